"""The demo's pledges and receipts: what was promised, and what was certified of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.money.lists import (
    DonationKind,
    DonationStatus,
    DonorKind,
    PledgeStatus,
    ReceiptKind,
    ReceiptPreference,
    ReceiptStatus,
)
from tomoiki.money.models import Donation, Donor, Pledge
from tomoiki.money.receipts import CERTIFIED, Receipt, ReceiptLine

Facts = dict[str, Any]
MONTHLY = "マンスリーサポーター"
STILL_GIVES = 75  # days since the last gift of a pledge that runs


def add_pledges(chance: Chance, rows: Rows) -> None:
    """Say of everybody who gave each month what she had promised; the gifts name their pledge."""
    by_donor: dict[int, list[Row]] = {}
    for gift in rows.all(Donation):
        if gift["campaign"] == MONTHLY and gift["refund_of_id"] is None:
            by_donor.setdefault(gift["donor_id"], []).append(gift)
    for gifts in sorted(by_donor.values(), key=lambda found: found[0]["received_on"]):
        first, last = gifts[0]["received_on"], gifts[-1]["received_on"]
        pledge = rows.add(
            Pledge, moment(first, 9), donor_id=gifts[0]["donor_id"], amount=gifts[0]["amount"], day=first.day,
            start_on=first, gateway="demo-pay", **_course(chance, last),
        )  # fmt: skip
        for gift in gifts:
            gift["pledge_id"] = pledge


def _course(chance: Chance, last: date) -> Facts:
    if (chance.last_day - last).days <= STILL_GIVES and not chance.happens(0.2):
        return {"status": PledgeStatus.active}
    status = chance.rng.choice((PledgeStatus.paused, PledgeStatus.failed, PledgeStatus.ended))
    return {"status": status, "end_on": last if status is PledgeStatus.ended else None}


def add_receipts(chance: Chance, rows: Rows) -> None:
    """Certify the gifts as each donor wishes: at once, or in January for the year before."""
    gifts = [gift for gift in rows.all(Donation) if _is_certified(rows, gift)]
    plans = [*_each(chance, rows, gifts), *_yearly(chance, rows, gifts)]
    for at, (issued_on, kind, covered) in enumerate(sorted(plans, key=lambda plan: plan[0])):
        if at % 29 == 17 and issued_on < chance.last_day:  # noqa: PLR2004 - now and then a name was wrong
            _issue(rows, issued_on, kind, covered, ReceiptStatus.cancelled)
            issued_on += timedelta(days=1)  # noqa: PLW2901 - the right one follows
        status = ReceiptStatus.reissued if at % 23 == 11 else ReceiptStatus.issued  # noqa: PLR2004 - lost in the post
        _issue(rows, issued_on, kind, covered, status)


Plan = tuple[date, ReceiptKind, list[Row]]


def _is_certified(rows: Rows, gift: Row) -> bool:
    if gift["donor_id"] is None or gift["status"] is not DonationStatus.confirmed or gift["amount"] < 0:
        return False
    donor = rows.get(Donor, gift["donor_id"])
    return gift["kind"] in CERTIFIED and donor["kind"] is not DonorKind.anonymous and bool(donor["address"])


def _each(chance: Chance, rows: Rows, gifts: Sequence[Row]) -> Iterator[Plan]:
    for gift in gifts:
        issued_on = gift["received_on"] + timedelta(days=chance.rng.randint(3, 12))
        if _wish(rows, gift) is ReceiptPreference.each and issued_on <= chance.last_day:
            yield issued_on, ReceiptKind.each, [gift]


def _yearly(chance: Chance, rows: Rows, gifts: Sequence[Row]) -> Iterator[Plan]:
    covered: dict[tuple[int, int], list[Row]] = {}
    for gift in gifts:
        if _wish(rows, gift) is ReceiptPreference.yearly:
            covered.setdefault((gift["received_on"].year, gift["donor_id"]), []).append(gift)
    for (year, _donor), found in covered.items():
        issued_on = date(year + 1, 1, 15)
        if issued_on <= chance.last_day:
            yield issued_on, ReceiptKind.yearly, found


def _wish(rows: Rows, gift: Row) -> Any:
    return rows.get(Donor, gift["donor_id"])["receipt_pref"]


def _issue(rows: Rows, on: date, kind: ReceiptKind, gifts: Sequence[Row], status: ReceiptStatus) -> None:
    donor = rows.get(Donor, gifts[0]["donor_id"])
    amounts = [0 if gift["kind"] is DonationKind.in_kind else gift["amount"] for gift in gifts]
    receipt = rows.add(
        Receipt, moment(on, 15), donor_id=donor["id"], issued_on=on, kind=kind, total=sum(amounts),
        year=gifts[0]["received_on"].year, name_printed=donor["name"], address_printed=donor["address"],
        status=status, reissue_no=1 if status is ReceiptStatus.reissued else 0,
    )  # fmt: skip
    for gift, amount in zip(gifts, amounts, strict=True):
        rows.add(ReceiptLine, moment(on, 15), receipt_id=receipt, donation_id=gift["id"], amount=amount)
        if status is not ReceiptStatus.cancelled:
            gift |= {"receipt_id": receipt, "status": DonationStatus.receipted}
