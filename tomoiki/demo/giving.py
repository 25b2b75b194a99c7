"""The demo's funds, donors and donations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.core.dates import months_later
from tomoiki.demo import names
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.organisations import Organisations
from tomoiki.demo.rows import Rows
from tomoiki.money.lists import (
    DonationKind,
    DonationStatus,
    DonorKind,
    FundKind,
    PublishName,
    ReceiptPreference,
)
from tomoiki.money.models import GENERAL, Donation, Donor, Fund
from tomoiki.organisations.models import Organisation

Facts = dict[str, Any]
RESTRICTED = (  # code, name, opening balance, what it may be spent on, the campaign that asks for it
    ("MEDICAL", "医療支援基金", 850_000, ("medical", "maternity"), "医療支援キャンペーン"),
    ("LEGAL", "法務支援基金", 420_000, ("legal", "visa_fee"), "法律相談を届けよう"),
    ("SHELTER", "シェルター基金", 1_200_000, ("shelter", "food"), "冬のシェルター募金"),
)
GRANT = "GRANT-1"
CARD_FEE = 0.036
KINDS = (DonorKind.individual, DonorKind.company, DonorKind.group, DonorKind.anonymous)
AMOUNTS = {  # yen and how often
    DonorKind.individual: (
        (1000, 5),
        (3000, 12),
        (5000, 18),
        (10_000, 22),
        (30_000, 8),
        (50_000, 3),
        (100_000, 2),
    ),
    DonorKind.company: ((30_000, 4), (50_000, 6), (100_000, 8), (300_000, 3), (500_000, 1)),
    DonorKind.group: ((10_000, 4), (23_500, 2), (30_000, 4), (48_200, 2), (100_000, 1)),
    DonorKind.anonymous: ((1000, 4), (4327, 2), (7812, 2), (10_000, 4)),
}
METHODS = {
    DonorKind.individual: (
        ("bank", 40), ("yucho_furikae", 15), ("card", 22), ("cash", 10), ("paypay", 5), ("convenience", 3),
    ),
    DonorKind.company: (("bank", 10),),
    DonorKind.group: (("bank", 6), ("cash", 4)),
    DonorKind.anonymous: (("box", 6), ("cash", 4)),
}  # fmt: skip
GOODS = (
    ("米 30kg", 12_000),
    ("紙おむつ 10箱", 18_000),
    ("冬物衣類 2箱", 8000),
    ("レトルト食品 100食", 20_000),
)
MEMOS = (
    "冬募金のお礼状を送付済み。",
    "匿名での掲載を希望。",
    "電話で使い道の問い合わせあり。",
    "勉強会の会場で受領。",
)


@dataclass(frozen=True)
class Giver:
    """A donor as far as her gifts need to know her."""

    id: int
    kind: DonorKind
    since: date


def add_funds(session: Session, chance: Chance, rows: Rows, bodies: Organisations) -> Mapping[str, int]:
    """Add three restricted funds and a grant beside the general one; return ids by code."""
    since = moment(chance.first_day, 9)
    opening: Facts = {"opening_on": chance.first_day, "start_on": chance.first_day}
    funds = {GENERAL: session.scalars(sa.select(Fund.id).where(Fund.code == GENERAL)).one()}
    for code, name, balance, support_types, _ in RESTRICTED:
        purpose = f"{name}として使途を指定された寄附を管理する。"
        facts: Facts = {"kind": FundKind.restricted, "purpose": purpose, "opening_balance": balance}
        funds[code] = rows.add(
            Fund, since, code=code, name=name, support_types=support_types, **facts, **opening
        )
    funds[GRANT] = rows.add(
        Fund, since, code=GRANT, name="助成事業「学びと居場所」", kind=FundKind.grant, return_unused=True,
        grantor_id=bodies.by_role["grantor"][0], support_types=("education", "event"), budget=3_000_000,
        end_on=months_later(chance.first_day, 48) - timedelta(days=1), **opening,
    )  # fmt: skip
    return funds


def add_donors(chance: Chance, rows: Rows, bodies: Organisations, count: int) -> list[Giver]:
    """Add that many donors, in the order in which they first gave."""
    companies = [*bodies.by_role["donor"], *bodies.by_role["grantor"]]
    companies += [found for found in bodies.by_role["employer"] if found % 3 == 0]
    givers = []
    for at, since in enumerate(chance.days(count)):
        kind = KINDS[0] if at == 0 else chance.rng.choices(KINDS, (68, 18, 11, 3))[0]
        facts = (
            _company(rows, companies.pop())
            if kind is DonorKind.company and companies
            else _giver(chance, at, kind)
        )
        donor_id = rows.add(Donor, moment(since, 9), **facts, **_wishes(chance, facts["kind"]))
        givers.append(Giver(donor_id, facts["kind"], since))
    return givers


def _company(rows: Rows, organisation_id: int) -> Facts:
    known = rows.get(Organisation, organisation_id)
    same = ("name", "name_kana", "corporate_number", "postal_code", "address", "phone")
    facts: Facts = {key: known[key] for key in same}
    return facts | {
        "kind": DonorKind.company,
        "organisation_id": organisation_id,
        "email": known["contact_email"],
    }


def _giver(chance: Chance, at: int, kind: DonorKind) -> Facts:
    if kind is DonorKind.anonymous:
        return {"kind": kind, "name": f"匿名希望 {at:03d}"}
    place, (name, kana) = names.address(chance.rng), names.japanese_name(chance.rng)
    facts: Facts = {key: place[key] for key in ("address", "postal_code")}
    if kind is not DonorKind.individual:
        word, kana = chance.rng.choice(names.COMPANY_WORDS)
        return facts | {"kind": DonorKind.group, "name": f"{word}の集い", "name_kana": kana}
    ways = {"email": f"kifu{at:04d}@example.jp", "phone": names.mobile(20_000 + at)}
    household = {"household_key": f"世帯{at:03d}"} if chance.happens(0.06) else {}
    return (
        facts
        | {"kind": kind, "name": name, "name_kana": kana, "is_officer": at in (3, 11)}
        | ways
        | household
    )


def _wishes(chance: Chance, kind: DonorKind) -> Facts:
    if kind is DonorKind.anonymous:
        return {"receipt_pref": ReceiptPreference.none, "publish_name": PublishName.no}
    receipt = chance.rng.choices(tuple(ReceiptPreference), (5, 4, 1))[0]
    return {"receipt_pref": receipt, "publish_name": chance.rng.choice(tuple(PublishName))}


def add_donations(
    chance: Chance, rows: Rows, funds: Mapping[str, int], givers: Sequence[Giver], count: int
) -> None:
    """Add about that many gifts in the order of their days, and a few refunds after them."""
    monthly = [giver for giver in givers if giver.kind is DonorKind.individual][:: max(2, len(givers) // 12)]
    gifts = [gift for giver in monthly for gift in _monthly(chance, funds, giver)]
    gifts = chance.rng.sample(gifts, min(len(gifts), count * 45 // 100))
    gifts += [_box(chance, funds) for _ in range(max(1, count // 25))]
    gifts += [_goods(chance, funds, chance.rng.choice(givers)) for _ in range(max(1, count // 30))]
    gifts += [_granted(chance, funds, year) for year in range(3)]
    gifts += [_gift(chance, funds, chance.rng.choice(givers)) for _ in range(count - len(gifts))]
    for at, gift in enumerate(sorted(gifts, key=lambda facts: facts["received_on"])):
        if "gateway" in gift:
            gift["gateway_txn"] = f"DEMO-{at:06d}"
        rows.add(Donation, moment(gift["received_on"], 16), **gift)
    _refund_some(chance, rows, max(1, count // 130))


def _gift(chance: Chance, funds: Mapping[str, int], giver: Giver) -> Facts:
    amounts, methods = AMOUNTS[giver.kind], METHODS[giver.kind]
    amount = chance.rng.choices([yen for yen, _ in amounts], [weight for _, weight in amounts])[0]
    method = chance.rng.choices([code for code, _ in methods], [weight for _, weight in methods])[0]
    facts: Facts = {"donor_id": giver.id, "received_on": chance.day(giver.since), "method": method}
    facts |= _purpose(chance, funds) | _status(chance)
    if chance.happens(0.06):
        facts |= {"kind": DonationKind.membership, "fund_id": funds[GENERAL], "campaign": None}
        amount = 5000
    facts["memo"] = chance.rng.choice(MEMOS) if chance.happens(0.1) else None
    return facts | {"amount": amount} | (_by_card(amount) if method == "card" else {})


def _purpose(chance: Chance, funds: Mapping[str, int]) -> Facts:
    if chance.happens(0.68):
        return {"fund_id": funds[GENERAL]}
    code, *_, campaign = chance.rng.choice(RESTRICTED)
    return {"fund_id": funds[code], "campaign": campaign}


def _status(chance: Chance) -> Facts:
    if chance.happens(0.03):
        return {"status": chance.rng.choice((DonationStatus.draft, DonationStatus.void))}
    return {"status": DonationStatus.confirmed}


def _by_card(amount: int) -> Facts:
    return {"method": "card", "gateway": "demo-pay", "fee": round(amount * CARD_FEE)}


def _monthly(chance: Chance, funds: Mapping[str, int], giver: Giver) -> Iterator[Facts]:
    """Yield the gifts of somebody who gives by card each month since she began."""
    amount = chance.rng.choice((1000, 1000, 2000, 3000, 5000))
    for month in range(36):
        received_on = months_later(giver.since, month)
        if received_on > chance.last_day:
            return
        facts: Facts = {
            "donor_id": giver.id,
            "received_on": received_on,
            "amount": amount,
            "fund_id": funds[GENERAL],
        }
        yield facts | _by_card(amount) | {"campaign": "マンスリーサポーター"}


def _box(chance: Chance, funds: Mapping[str, int]) -> Facts:
    amount = chance.rng.randint(800, 19_000)
    return {"received_on": chance.day(), "amount": amount, "method": "box", "fund_id": funds[GENERAL]}


def _goods(chance: Chance, funds: Mapping[str, int], giver: Giver) -> Facts:
    what, value = chance.rng.choice(GOODS)
    return {
        "donor_id": giver.id, "received_on": chance.day(giver.since), "amount": value, "in_kind_value": value,
        "in_kind_desc": what, "method": "in_kind", "kind": DonationKind.in_kind, "fund_id": funds[GENERAL],
    }  # fmt: skip


def _granted(chance: Chance, funds: Mapping[str, int], year: int) -> Facts:
    received_on = min(months_later(chance.first_day, 12 * year + 1), chance.last_day)
    facts: Facts = {
        "received_on": received_on,
        "amount": 1_000_000,
        "method": "bank",
        "fund_id": funds[GRANT],
    }
    return facts | {"kind": DonationKind.grant, "memo": f"助成金 {year + 1}年目"}


def _refund_some(chance: Chance, rows: Rows, count: int) -> None:
    """Give some gifts back: a negative row that names the gift."""
    gifts = [row for row in rows.all(Donation) if _is_refundable(row, chance.last_day)]
    for gift in chance.rng.sample(gifts, min(count, len(gifts))):
        gift["status"] = DonationStatus.refunded
        received_on = gift["received_on"] + timedelta(days=10)
        same: Facts = {key: gift[key] for key in ("donor_id", "fund_id", "method", "kind", "campaign")}
        rows.add(
            Donation, moment(received_on, 16), received_on=received_on, amount=-gift["amount"],
            refund_of_id=gift["id"], memo="重複して振り込まれたため返金。", **same,
        )  # fmt: skip


def _is_refundable(row: Facts, last_day: date) -> bool:
    is_plain = row["status"] is DonationStatus.confirmed and row["method"] == "bank" and row["donor_id"]
    return bool(is_plain) and row["received_on"] + timedelta(days=10) <= last_day
