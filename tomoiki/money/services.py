"""What a fund holds: its balance on a day, and the least it will hold from a day on (DOMAIN 6.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tomoiki.core.fields import model_named

COUNTED_GIFTS = ("confirmed", "receipted", "refunded")
COUNTED_EXPENSES = ("approved", "paid")


def balance(session: Session, fund_id: int, day: date) -> int:
    """Return what the fund held at the end of that day, in yen: gifts count gross, expenses once approved."""
    return balances(session, [fund_id], day)[fund_id]


def balances(session: Session, fund_ids: Iterable[int], day: date) -> Mapping[int, int]:
    """Return what each of these funds held at the end of that day, in one query."""
    fund = _table("Fund")
    ids = list(fund_ids)
    sums = [_sum(part, part.c.fund_id == fund.c.id, part.c.day <= day) for part in (_gifts(), _expenses())]
    statement = sa.select(fund.c.id, fund.c.opening_balance + sums[0] - sums[1]).where(fund.c.id.in_(ids))
    with session.no_autoflush:
        return {row[0]: int(row[1]) for row in session.execute(statement)}


def lowest_balance(session: Session, fund_id: int, since: date, but: int | None = None) -> int:
    """Return the least that the fund holds at the end of any day from `since` on; `but` leaves one expense out."""
    held = balance(session, fund_id, since) + _left_out(session, fund_id, since, but)
    gifts, expenses = _gifts(), _expenses()
    later = sa.union_all(
        sa.select(gifts.c.day, gifts.c.amount).where(gifts.c.fund_id == fund_id, gifts.c.day > since),
        sa.select(expenses.c.day, -expenses.c.amount).where(
            expenses.c.fund_id == fund_id, expenses.c.day > since, expenses.c.id != (but or 0)
        ),
    ).subquery("later")
    days = sa.select(later.c.day, sa.func.sum(later.c.amount)).group_by(later.c.day).order_by(later.c.day)
    lowest = held
    with session.no_autoflush:
        for _day, moved in session.execute(days):
            held += int(moved)
            lowest = min(lowest, held)
    return lowest


def _left_out(session: Session, fund_id: int, day: date, but: int | None) -> int:
    """Return what an expense takes from that balance by now."""
    if but is None:
        return 0
    part = _expenses()
    with session.no_autoflush:
        found = session.scalar(
            sa.select(part.c.amount).where(part.c.id == but, part.c.fund_id == fund_id, part.c.day <= day)
        )
    return int(found or 0)


def _table(name: str) -> Any:
    return model_named(name).__table__


def _gifts() -> Any:
    gift = _table("Donation").alias("gift")
    return (
        sa.select(gift.c.id, gift.c.fund_id, gift.c.received_on.label("day"), gift.c.amount)
        .where(gift.c.status.in_(COUNTED_GIFTS))
        .subquery("gifts")
    )


def _expenses() -> Any:
    expense = _table("Expense").alias("spent")
    return (
        sa.select(expense.c.id, expense.c.fund_id, expense.c.paid_on.label("day"), expense.c.amount)
        .where(expense.c.status.in_(COUNTED_EXPENSES))
        .subquery("expenses")
    )


def _sum(part: Any, *where: ColumnElement[bool]) -> Any:
    return sa.select(sa.func.coalesce(sa.func.sum(part.c.amount), 0)).where(*where).scalar_subquery()
