"""For how many months the money lasts, by fund and by what it is spent on (I20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.indicators.rules import MONTHS, Period, months_left
from tomoiki.money.expenses import SETTLED, Expense
from tomoiki.money.lists import FundKind, SupportType
from tomoiki.money.models import Fund
from tomoiki.money.services import balances


@dataclass(frozen=True)
class Lasting:
    """What is there for something, what a month costs on average, and for how many months it lasts; None: unknown."""

    held: int
    monthly: int
    months: float | None


@dataclass(frozen=True)
class FundLasting:
    """A fund that is open, and how long it lasts."""

    id: int
    name: str
    lasting: Lasting


@dataclass(frozen=True)
class Runway:
    """The funds by name, and the types of support that cost anything, those that end first before the others."""

    funds: Sequence[FundLasting]
    types: Sequence[tuple[str, Lasting]]


@dataclass(frozen=True)
class _Spent:
    amount: int = 0
    first_on: date | None = None

    def __add__(self, other: _Spent) -> _Spent:
        days = [day for day in (self.first_on, other.first_on) if day]
        return _Spent(self.amount + other.amount, min(days, default=None))


def runway(session: Session, today: date) -> Runway:
    """Return for how long each fund and each type of support lasts, in four queries."""
    funds = session.execute(
        sa.select(Fund.id, Fund.name, Fund.kind)
        .where(sa.or_(Fund.end_on.is_(None), Fund.end_on >= today))
        .order_by(Fund.name, Fund.id)
    ).all()
    held = balances(session, [fund.id for fund in funds], today)
    spent = _spending(session, today)
    allowed = _allowed(session)
    by_fund = [
        FundLasting(fund.id, fund.name, _lasting(held[fund.id], _sum(spent, fund=fund.id), today))
        for fund in funds
    ]
    by_type = []
    for code in SupportType:
        uses = [
            fund.id
            for fund in funds
            if code.value in allowed.get(fund.id, ())
            or (fund.kind is FundKind.general and fund.id not in allowed)
        ]
        lasting = _lasting(sum(max(held[one], 0) for one in uses), _sum(spent, code=code.value), today)
        if lasting.monthly:
            by_type.append((code.value, lasting))
    by_type.sort(key=lambda one: (one[1].months is None, one[1].months or 0, -one[1].monthly))
    return Runway(by_fund, by_type)


def _spending(session: Session, today: date) -> Mapping[tuple[int, str], _Spent]:
    """Return what each fund paid for each type in the last full months, and when it first did."""
    window = Period.full_months_before(today)
    amount = sa.case((Expense.paid_on.between(window.first, window.last), Expense.amount), else_=0)
    statement = (
        sa.select(Expense.fund_id, Expense.support_type, sa.func.sum(amount), sa.func.min(Expense.paid_on))
        .where(Expense.status.in_(SETTLED), Expense.paid_on <= window.last)
        .group_by(Expense.fund_id, Expense.support_type)
    )
    return {(row[0], row[1]): _Spent(int(row[2]), row[3]) for row in session.execute(statement)}


def _allowed(session: Session) -> Mapping[int, set[str]]:
    link = sa.inspect(Fund).relationships["support_types_links"].mapper.local_table.c
    found: dict[int, set[str]] = {}
    for fund_id, code in session.execute(sa.select(link.fund_id, link.code)):
        found.setdefault(fund_id, set()).add(code)
    return found


def _sum(spent: Mapping[tuple[int, str], _Spent], fund: int = 0, code: str = "") -> _Spent:
    return sum((one for key, one in spent.items() if fund == key[0] or code == key[1]), _Spent())


def _lasting(held: int, spent: _Spent, today: date) -> Lasting:
    return Lasting(held, round(spent.amount / MONTHS), months_left(held, spent.amount, spent.first_on, today))
