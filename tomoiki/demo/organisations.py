"""The demo's organisations: employers, supervising bodies, schools, grantors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tomoiki.demo import names
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Rows
from tomoiki.organisations.models import Organisation

Facts = dict[str, Any]
NOTES = (
    "寮費の控除について改善を約束。",
    "担当者が交代した。次回は新しい担当者に連絡。",
    "勉強会の案内を社員に回してくれる。",
)


@dataclass(frozen=True)
class Organisations:
    """The ids of the organisations by role, and the field of specified skills of each employer."""

    by_role: Mapping[str, Sequence[int]]
    field_of: Mapping[int, str]

    def one(self, rng: Random, *roles: str) -> int:
        """Return any organisation that has one of these roles."""
        return rng.choice([found for role in roles for found in self.by_role[role]])


def add_organisations(chance: Chance, rows: Rows, count: int) -> Organisations:
    """Add that many, each role in its share."""
    by_role: dict[str, list[int]] = {}
    field_of: dict[int, str] = {}
    since = moment(chance.first_day, 10)
    for at, role in enumerate(_shares(count)):
        facts = _MAKERS.get(role, _body)(len(by_role.get(role, ())), role)
        if role != "sending":
            facts["corporate_number"] = names.corporate_number(at + 1)
        field_of_employer = facts.pop("field", "")
        found = rows.add(Organisation, since, **facts, **_contact(chance, at))
        by_role.setdefault(role, []).append(found)
        field_of[found] = field_of_employer
    return Organisations(by_role, field_of)


_SHARES = {
    "employer": 18,
    "supervising": 6,
    "support": 5,
    "sending": 2,
    "school": 5,
    "grantor": 2,
    "donor": 2,
}


def _shares(count: int) -> list[str]:
    whole = sum(_SHARES.values())
    roles = [role for role, share in _SHARES.items() for _ in range(max(1, round(count * share / whole)))]
    return sorted(roles, key=list(_SHARES).index)


def _employer(at: int, role: str) -> Facts:
    industry, ssw_field, word, kana = names.TRADES[(at + at // len(names.COMPANY_WORDS)) % len(names.TRADES)]
    name, name_kana = names.company_word(at, uses=len(names.TRADES))
    roles = [role, "donor"] if at % 9 == 4 else [role]  # noqa: PLR2004 - some employers also give
    return {
        "name": f"株式会社{name}{word}", "name_kana": name_kana + kana, "roles": roles, "industry": industry,
        "field": ssw_field,
    }  # fmt: skip


_FORMS = {
    "supervising": ("協同組合{}国際交流会", "許9999-{:06d}"),
    "support": ("合同会社{}サポート", "99登-{:06d}"),
    "school": ("学校法人{}日本語学院", ""),
    "grantor": ("公益財団法人{}助成財団", ""),
    "donor": ("一般社団法人{}の会", ""),
}


def _body(at: int, role: str) -> Facts:
    form, licence = _FORMS[role]
    name, kana = names.company_word(at)
    return {
        "name": form.format(name), "name_kana": kana, "roles": [role],
        "license_no": licence.format(at) or None, "industry": "education" if role == "school" else None,
    }  # fmt: skip


def _sending(at: int, role: str) -> Facts:
    return {
        "name": f"Công ty CP Nhân lực Mẫu {at + 1:02d}",
        "roles": [role],
        "note": "送出機関。法人番号なし。",
    }


_MAKERS: dict[str, Callable[[int, str], Facts]] = {"employer": _employer, "sending": _sending}


def _contact(chance: Chance, at: int) -> Facts:
    contact, _ = names.japanese_name(chance.rng)
    place = names.address(chance.rng)
    facts: Facts = {key: place[key] for key in ("pref", "address", "postal_code")}
    facts |= {
        "phone": names.landline(at),
        "contact_name": contact,
        "contact_email": f"info{at:03d}@example.com",
    }
    return facts
