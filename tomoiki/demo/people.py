"""The demo's people and their statuses of residence, one following the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tomoiki.core.dates import months_later
from tomoiki.demo import names
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Rows
from tomoiki.people.lists import WORKER_TYPE_OF_STATUS, ConsentException
from tomoiki.people.models import Consent, Person, ResidenceStatus

Facts = dict[str, Any]
PATHS: dict[str, tuple[tuple[str, int], ...]] = {  # statuses and their months
    "titp": (("titp1b", 12), ("titp2b", 24), ("ssw1", 12), ("ssw1", 12), ("ssw1", 12)),
    "ssw": (("ssw1", 12),) * 5,
    "eng": (("eng_hum_intl", 12), ("eng_hum_intl", 36), ("eng_hum_intl", 36)),
    "student": (
        ("student", 15),
        ("student", 12),
        ("student", 12),
        ("eng_hum_intl", 12),
        ("eng_hum_intl", 36),
    ),
    "dependent": (("dependent", 24), ("dependent", 36), ("dependent", 36)),
    "designated": (("titp2b", 24), ("designated", 6), ("designated", 6), ("ssw1", 12), ("ssw1", 12)),
    "spouse": (("spouse_jp", 12), ("spouse_jp", 36), ("spouse_jp", 36)),
}
WEIGHTS = (30, 34, 12, 10, 4, 6, 4)
SUB_TYPES = {"titp1b": "第1号団体監理型", "titp2b": "第2号団体監理型", "designated": "特定技能移行準備"}
SPECIAL_PERIOD = timedelta(days=60)  # an application keeps the old status alive for about two months
LAPSED_SHARE = 0.08  # their stay was over long before they came
RENEWAL_OPENS = timedelta(days=60)
SCOPES = ("record", "share_lawyer", "share_medical", "share_gov", "contact_after")


@dataclass(frozen=True)
class Stay:
    """One status of residence from one day to another."""

    status: str
    granted_on: date
    expires_on: date


@dataclass(frozen=True)
class Somebody:
    """A person made for the demo, as far as her cases and her registrations need to know her."""

    id: int
    full_name: str
    is_woman: bool
    stays: tuple[Stay, ...]
    employer: int

    def worker_type(self, on: date) -> str:
        """Return the worker type of the status that held on that day."""
        held = [stay for stay in self.stays if stay.granted_on <= on]
        if not held or held[-1].expires_on + SPECIAL_PERIOD < on:
            return "irregular"
        return WORKER_TYPE_OF_STATUS[held[-1].status].value


def add_person(chance: Chance, rows: Rows, came_on: date, employer: int, ssw_field: str) -> Somebody:
    """Add somebody who first asked for help on that day, with her stays up to now."""
    at = len(rows.all(Person)) + 1
    gender = chance.rng.choice(("female", "male"))
    name = names.vietnamese_name(chance.rng, gender)
    stays = _stays(chance, came_on)
    made_at = moment(came_on, 9)
    consent = _consent(chance, came_on)
    person_id = rows.add(
        Person, made_at, gender=gender, birth_date=_birth(chance, stays[0].granted_on),
        residence_card_no=names.residence_card(_card(at, len(stays) - 1)),
        passport_no=f"C{at:07d}" if at % 3 else None, **_names(chance, name), **_ways_to_reach(chance, at),
        **consent, **_japanese(chance),
    )  # fmt: skip
    for scope in consent.get("consent_scope", ()):
        given_at = consent["consent_at"]
        rows.add(Consent, made_at, person_id=person_id, scope=scope, given_at=given_at, method="written")
    for step, facts in enumerate(_statuses(chance, stays, ssw_field)):
        card = names.residence_card(_card(at, step))
        rows.add(ResidenceStatus, made_at, person_id=person_id, card_no=card, **facts)
    return Somebody(person_id, name.full, gender == "female", stays, employer)


def _card(person: int, step: int) -> int:
    return person * 6 + step


def _birth(chance: Chance, arrived_on: date) -> date:
    return chance.day(arrived_on - timedelta(days=365 * 36), arrived_on - timedelta(days=365 * 19))


def _names(chance: Chance, name: names.VietnameseName) -> Facts:
    facts: Facts = {"name_used": name.given}
    if chance.happens(0.96):
        facts |= {"full_name_vi": name.full, "family_name": name.family}
        facts |= {"middle_name": name.middle, "given_name": name.given}
    if chance.happens(0.9):
        facts |= {"name_card": name.card, "name_kana": name.kana}
    return facts


def _ways_to_reach(chance: Chance, at: int) -> Facts:
    facts: Facts = dict(names.address(chance.rng))
    facts["address"] += (
        f" {chance.rng.choice(names.HOUSES)}{chance.rng.randint(1, 3)}0{chance.rng.randint(1, 9)}"
    )
    facts |= {"phone_jp": names.mobile(at), "hometown_province": chance.rng.choice(names.PROVINCES)}
    facts["facebook"] = f"demo.vn.{at:05d}" if chance.happens(0.7) else None
    facts["zalo"] = names.vietnamese_mobile(at) if chance.happens(0.3) else None
    facts["phone_vn"] = names.vietnamese_mobile(at) if chance.happens(0.25) else None
    facts["email"] = f"vn{at:05d}@example.com" if chance.happens(0.4) else None
    facts["safe_contact"] = "Messengerのみ。寮には電話しない。" if chance.happens(0.12) else None
    return facts


def _consent(chance: Chance, came_on: date) -> Facts:
    if chance.happens(0.06):
        return {"consent_exception": ConsentException.life}
    scope = SCOPES[: chance.rng.randint(1, len(SCOPES))]
    return {"consent_at": moment(came_on, 8, 30), "consent_scope": list(scope)}


def _japanese(chance: Chance) -> Facts:
    level = chance.rng.choices(("none", "spoken", "N5", "N4", "N3", "N2"), (8, 22, 15, 30, 20, 5))[0]
    return {"japanese_level": level, "preferred_lang": "ja" if level == "N2" else "vi"}


def _stays(chance: Chance, came_on: date) -> tuple[Stay, ...]:
    """Return what she was granted since she arrived, up to now; some do not renew after they came."""
    path = PATHS[chance.rng.choices(tuple(PATHS), WEIGHTS)[0]]
    if chance.happens(LAPSED_SHARE):
        status, months = path[0]
        ended_on = came_on - timedelta(days=chance.rng.randint(70, 500))
        return (Stay(status, months_later(ended_on, -months), ended_on),)
    start = came_on - timedelta(days=chance.rng.randint(60, 900))
    stays: list[Stay] = []
    for status, months in path:
        if start > chance.last_day or (stays and start > came_on and chance.happens(0.12)):
            break
        stays.append(Stay(status, start, months_later(start, months)))
        start = stays[-1].expires_on
    return tuple(stays)


def _statuses(chance: Chance, stays: tuple[Stay, ...], ssw_field: str) -> list[Facts]:
    facts = [
        {
            "status": stay.status, "granted_on": stay.granted_on, "expires_on": stay.expires_on,
            "situation": "regular", "sub_type": SUB_TYPES.get(stay.status),
            "ssw_field": ssw_field if stay.status == "ssw1" else None,
            "source": chance.rng.choices(("card", "self_report", "expert"), (7, 2, 1))[0],
        }
        for stay in stays
    ]  # fmt: skip
    for at, (stay, after) in enumerate(pairwise(stays)):
        kind = "renewal" if stay.status == after.status else "change"
        facts[at] |= _application(chance, stay, kind) | {
            "decided_on": after.granted_on,
            "decision": "granted",
        }
    return [*facts[:-1], facts[-1] | _latest(chance, stays[-1])]


def _application(chance: Chance, stay: Stay, kind: str) -> Facts:
    applied_on = stay.expires_on - timedelta(days=chance.rng.randint(15, 55))
    return {"applied_on": max(applied_on, stay.granted_on), "application_type": kind}


def _latest(chance: Chance, stay: Stay) -> Facts:
    """Return how things stand with the last status: running, applied for, special period, lapsed."""
    left = stay.expires_on - chance.today
    if left > RENEWAL_OPENS:
        return {}
    if left < -SPECIAL_PERIOD:
        return {"situation": chance.rng.choice(("overstay", "provisional", "unknown", "departure_order"))}
    application = _application(chance, stay, "renewal")
    if application["applied_on"] > chance.last_day:
        return {}
    return application | {"situation": "special_period" if left.days < 0 else "regular"}
