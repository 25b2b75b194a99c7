"""Boxes of the treasurer: what waits to be settled, how long the money lasts, this month against last."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from admin_views.engine.boxes import Box, Counted, Desk, Line, Strip, Tile
from admin_views.engine.days import day_words
from admin_views.engine.parts import Part
from admin_views.engine.values import label, yen
from admin_views.front.words import all_of, dotted, number
from tomoiki.indicators.rules import Period
from tomoiki.indicators.runway import Lasting, Runway, runway
from tomoiki.money.lists import SupportType

FEW, MOST_TYPES = 5, 6
SHORT = 3  # months: money that lasts less is told in red
GIFTS = (("status", "confirmed"), ("status", "receipted"), ("status", "refunded"))
SPENT = (("status", "approved"), ("status", "paid"))


def lines_to_match(desk: Desk) -> Box:
    """Lines of the bank that have found nothing they pay for."""
    part = Part("bank-lines", (("match_status", "unmatched"), ("match_status", "candidate")))
    names = ("payer_raw", "memo", "tx_on", "amount_in", "amount_out")
    rows, count = part.first(desk.session, names, FEW, "tx_on")
    return Box(
        _("Bank lines to match"),
        [
            Line(
                row["payer_raw"] or row["memo"] or "—",
                f"/bank-lines/{row['id']}",
                day_words(row["tx_on"]),
                measure=yen(row["amount_in"] or -row["amount_out"]),
            )
            for row in rows
        ],
        links=all_of(part, count),
        empty=_("Every line of the bank is matched."),
    )


def expenses_to_approve(desk: Desk) -> Box:
    """Expenses that were submitted."""
    part = Part("expenses", (("status", "submitted"),))
    names = ("support_type", "number", "paid_on", "amount", "case")
    rows, count = part.first(desk.session, names, FEW, "paid_on")
    return Box(
        _("Expenses to approve"),
        [
            Line(
                label(SupportType, row["support_type"]),
                f"/expenses/{row['id']}",
                dotted(row["number"], row.get("case"), day_words(row["paid_on"])),
                measure=yen(row["amount"]),
            )
            for row in rows
        ],
        links=all_of(part, count),
        empty=_("No expense waits for approval."),
    )


def receipts_due(desk: Desk) -> Box:
    """Gifts whose donors wait for a receipt."""
    part = Part("donations", (("view", "receipt-due"),))
    rows, count = part.first(desk.session, ("donor", "number", "received_on", "amount"), FEW, "received_on")
    return Box(
        _("Receipts due"),
        [
            Line(
                row.get("donor") or row["number"],
                f"/donations/{row['id']}",
                dotted(row["number"], day_words(row["received_on"])),
                measure=yen(row["amount"]),
            )
            for row in rows
        ],
        links=all_of(part, count),
        empty=_("No receipt is due."),
    )


def _definition() -> str:
    return _(
        "Balance divided by the average of what the last six full months cost. A dash stands where there are fewer"
        " than three months of expenses. A type of support counts the funds that may be spent on it."
    )


def lasting(desk: Desk) -> Box:
    """For how many months there is money, by what it is spent on; what runs out first leads."""
    found: Runway = desk.reckon(runway)
    sentence, tone = _sentence(found.types)
    return Box(
        _("How long the money lasts"),
        [
            Line(
                label(SupportType, code),
                sub=_("%(amount)s a month", amount=yen(one.monthly)),
                measure=_months(one),
                tone="urgent" if one.months is not None and one.months < SHORT else "",
            )
            for code, one in found.types[:MOST_TYPES]
        ],
        sentence=sentence,
        sentence_tone=tone,
        help=_definition(),
    )


def _sentence(types: Sequence[tuple[str, Lasting]]) -> tuple[str, str]:
    """Say what runs out first, or that nothing does."""
    known = [(code, one) for code, one in types if one.months is not None]
    if not known:
        return _("There are not yet three months of expenses to reckon with."), "muted"
    code, worst = known[0]
    months = worst.months or 0
    if months >= SHORT:
        return _("Every type of support is paid for at least %(count)s months.", count=SHORT), "ok"
    missing = max(SHORT * worst.monthly - worst.held, 0)
    words = {"what": label(SupportType, code), "months": f"{months:.1f}", "amount": yen(missing)}
    return _(
        "%(what)s: money for %(months)s months. %(amount)s are missing for three months.", **words
    ), "urgent"


def _months(one: Lasting) -> str:
    return "—" if one.months is None else _("%(months)s months", months=f"{one.months:,.1f}")


def funds(desk: Desk) -> Box:
    """What each open fund holds, and for how many months."""
    found: Runway = desk.reckon(runway)
    return Box(
        _("Funds"),
        [
            Line(
                one.name,
                f"/funds/{one.id}",
                _months(one.lasting),
                measure=yen(one.lasting.held),
                tone="urgent" if one.lasting.held < 0 else "",
            )
            for one in found.funds
        ],
        help=_definition(),
        links=(Counted(_("All funds"), "/funds/"),),
        empty=_("There is no fund yet."),
    )


def month(desk: Desk) -> Strip:
    """What came in and went out this month, beside the last."""
    now, last = Period.of_month(desk.today), Period.full_months_before(desk.today, 1)
    return Strip(
        _("This month against last"),
        _("until %(day)s", day=day_words(desk.today)),
        (
            _tile(desk, _("Came in"), _came_in(), ("donations", "received_on", GIFTS), (now, last)),
            _tile(desk, _("Spent"), _went_out(), ("expenses", "paid_on", SPENT), (now, last)),
        ),
    )


def _came_in() -> str:
    return _("Confirmed gifts received in the month, before fees; refunds are taken off.")


def _went_out() -> str:
    return _("Expenses of the month that were approved or paid.")


def _tile(
    desk: Desk,
    title: str,
    told: str,
    what: tuple[str, str, Sequence[tuple[str, str]]],
    periods: tuple[Period, Period],
) -> Tile:
    slug, day, states = what
    sums, links = [], []
    for period, words in zip(periods, (_("this month: %(count)s"), _("last month: %(count)s")), strict=True):
        within = ((f"{day}.from", period.first.isoformat()), (f"{day}.to", period.last.isoformat()))
        part = Part(slug, (*states, *within))
        count, total = part.total(desk.session, "amount")
        sums.append(total)
        links.append(Counted(words % {"count": number(count)}, part.address, count))
    before = _("last month %(amount)s", amount=yen(sums[1]))
    return Tile(title, told, yen(sums[0]), notes=(before, *links))
