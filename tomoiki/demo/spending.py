"""The demo's expenses: medical and legal costs outgrow their funds, and the general fund pays the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.cases.models import Case
from tomoiki.demo.chance import Chance, moment
from tomoiki.demo.rows import Row, Rows
from tomoiki.demo.team import Team
from tomoiki.events.lists import EventStatus
from tomoiki.events.models import Event
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import DonationStatus, ExpenseStatus
from tomoiki.money.models import GENERAL, Donation, Fund
from tomoiki.money.services import lowest_balance

Facts = dict[str, Any]
NEVER_LESS = 380_000  # yen that the general fund held on its poorest day
PENDING_DAYS = 20  # what is younger may still wait for approval


@dataclass(frozen=True)
class Cost:
    """A kind of cost: how often, from year to year; how much; to whom; in which account; from which fund first."""

    shares: tuple[int, int, int]
    low: int
    high: int
    payees: tuple[str, ...]
    account: str
    fund: str = GENERAL
    of_case: bool = False


COSTS: Mapping[str, Cost] = {
    "medical": Cost(
        (7, 16, 30), 6000, 68_000, ("見本総合病院", "例示クリニック", "架空薬局"), "medical", "MEDICAL", of_case=True
    ),
    "maternity": Cost((2, 4, 7), 8000, 90_000, ("見本産婦人科", "例示助産院"), "medical", "MEDICAL", of_case=True),
    "legal": Cost((3, 8, 15), 22_000, 110_000, ("例示法律事務所", "見本行政書士事務所"), "fees", "LEGAL", of_case=True),
    "visa_fee": Cost((3, 4, 6), 4000, 12_000, ("出入国在留管理局",), "support", "LEGAL", of_case=True),
    "shelter": Cost((10, 11, 12), 42_000, 78_000, ("見本不動産", "例示ハウジング"), "rent", "SHELTER"),
    "food": Cost((9, 11, 13), 2400, 16_000, ("みほん業務スーパー", "架空商店"), "supplies", "SHELTER", of_case=True),
    "travel": Cost((14, 16, 18), 480, 9800, ("例示鉄道", "見本バス"), "travel", of_case=True),
    "airfare": Cost((1, 2, 2), 38_000, 72_000, ("架空航空サービス",), "support", of_case=True),
    "interpretation": Cost((5, 6, 7), 3000, 12_000, ("登録通訳者",), "fees", of_case=True),
    "education": Cost((3, 3, 3), 3000, 24_000, ("見本書店",), "supplies", "GRANT-1"),
    "comms": Cost((6, 6, 6), 3200, 9800, ("例示通信",), "communication"),
    "office": Cost((6, 6, 6), 1800, 14_000, ("見本文具",), "supplies"),
    "fundraising": Cost((1, 2, 2), 12_000, 36_000, ("架空印刷",), "printing"),
}  # fmt: skip


@dataclass
class Purse:
    """What a bound fund can still spend on each day: never more than it will hold on any later day."""

    days: Sequence[date]
    lowest: Sequence[int]  # from that day on, before anything is spent
    spent: int = 0
    spent_by: dict[int, int] = field(default_factory=dict)

    def pays(self, day: date, amount: int) -> bool:
        """Take the amount if the fund can bear it."""
        at = bisect_left(self.days, day + timedelta(days=1)) - 1
        if at < 0 or self.lowest[at] - self.spent < amount:
            return False
        self.spent += amount
        return True


def add_expenses(chance: Chance, rows: Rows, team: Team, funds: Mapping[str, int], count: int) -> None:
    """Add about that many expenses, in the order of their days, and the costs of each event."""
    facts = [_cost(chance) for _ in range(count)] + _of_events(chance, rows)
    purses = {code: _purse(chance, rows, key) for code, key in funds.items() if code != GENERAL}
    matters = _Matters(chance, rows.all(Case))
    for one in sorted(facts, key=lambda found: found["paid_on"]):
        _add(chance, rows, team, funds, purses, matters, one)


def open_general_fund(session: Session, fund_id: int, first_day: date) -> None:
    """Give the general fund what the office must have saved before it could pay all that it paid."""
    saved = max(0, -lowest_balance(session, fund_id, first_day)) + NEVER_LESS
    facts = {"opening_balance": saved, "opening_on": first_day, "updated_at": moment(first_day, 9)}
    session.execute(sa.update(Fund).where(Fund.id == fund_id).values(facts))


def _cost(chance: Chance) -> Facts:
    year = chance.rng.choices(
        (0, 1, 2), [sum(cost.shares[at] for cost in COSTS.values()) for at in range(3)]
    )[0]
    kind = chance.rng.choices(list(COSTS), [cost.shares[year] for cost in COSTS.values()])[0]
    first = date(chance.first_day.year + year, chance.first_day.month, chance.first_day.day)
    day = chance.day(first, first + timedelta(days=364))
    cost = COSTS[kind]
    amount = chance.rng.randint(cost.low // 10, cost.high // 10) * 10
    if kind == "medical" and chance.happens(0.05):
        amount *= 4  # a stay in hospital without insurance
    return {
        "paid_on": day, "support_type": kind, "amount": amount, "account": cost.account,
        "payee": chance.rng.choice(cost.payees), "wants": cost.fund, "of_case": cost.of_case,
    }  # fmt: skip


def _of_events(chance: Chance, rows: Rows) -> list[Facts]:
    """Return what the room of each event cost."""
    return [
        {
            "paid_on": event["starts_at"].date(), "support_type": "event", "account": "meeting",
            "amount": chance.rng.randint(30, 120) * 100, "payee": "区民センター", "wants": "GRANT-1",
            "event_id": event["id"],
        }
        for event in rows.all(Event)
        if event["status"] is EventStatus.held
    ]  # fmt: skip


def _purse(chance: Chance, rows: Rows, fund_id: int) -> Purse:
    fund = rows.get(Fund, fund_id)
    gifts = [
        (row["received_on"], row["amount"])
        for row in rows.all(Donation)
        if row["fund_id"] == fund_id and row["status"] not in (DonationStatus.draft, DonationStatus.void)
    ]
    moves = sorted([(chance.first_day, fund["opening_balance"]), *gifts])
    held = list(accumulate(amount for _day, amount in moves))
    by_day = {day: total for (day, _amount), total in zip(moves, held, strict=True)}  # the last of each day
    lowest = list(accumulate(reversed(by_day.values()), min))
    return Purse(list(by_day), list(reversed(lowest)))


@dataclass(frozen=True)
class _Matters:
    """The cases, to find one that was open on a day."""

    chance: Chance
    cases: Sequence[Row]

    def open_on(self, day: date) -> Row | None:
        """Return a case that was open then, if a few tries find one."""
        for _ in range(8):
            case = self.chance.rng.choice(self.cases)
            if case["opened_on"] <= day <= (case["closed_on"] or day):
                return case
        return None


def _add(  # noqa: PLR0913, PLR0917 - what an expense hangs on
    chance: Chance,
    rows: Rows,
    team: Team,
    funds: Mapping[str, int],
    purses: Mapping[str, Purse],
    matters: _Matters,
    facts: Facts,
) -> None:
    wants, of_case = facts.pop("wants"), facts.pop("of_case", False)
    day = facts["paid_on"]
    case = matters.open_on(day) if of_case else None
    by = case["owner_id"] if case and case["owner_id"] else chance.rng.choice(team.caseworkers)
    facts |= {"case_id": case["id"] if case else None, "created_by": by}
    facts |= _course(chance, team, day, by)
    is_settled = facts["status"] in (ExpenseStatus.approved, ExpenseStatus.paid)
    fund = wants if is_settled and wants in purses and purses[wants].pays(day, facts["amount"]) else GENERAL
    method = "cash" if facts["amount"] < 10_000 else "bank"  # noqa: PLR2004 - what a purse holds
    rows.add(Expense, moment(day, 12), fund_id=funds[fund], method=method, **facts)


def _course(chance: Chance, team: Team, day: date, by: int) -> Facts:
    """Return how far the expense has come: submitted by whoever paid, approved by the treasurer."""
    is_young = (chance.last_day - day).days < PENDING_DAYS
    if is_young and chance.happens(0.5):
        status = chance.rng.choice((ExpenseStatus.draft, ExpenseStatus.submitted, ExpenseStatus.rejected))
        return {"status": status, "submitted_by_id": None if status is ExpenseStatus.draft else by}
    if chance.happens(0.015):
        return {"status": ExpenseStatus.void, "submitted_by_id": by}
    status = ExpenseStatus.approved if is_young else ExpenseStatus.paid
    approved_on = min(day + timedelta(days=chance.rng.randint(0, 6)), chance.last_day)
    return {
        "status": status, "submitted_by_id": by, "approved_by_id": team.ids["treasurer"],
        "approved_at": moment(approved_on, 15),
    }  # fmt: skip
