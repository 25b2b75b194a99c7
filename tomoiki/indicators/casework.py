"""How long it takes from the SOS to the solution, and how many cases there are (I5, I5b, I7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from tomoiki.cases.lists import CaseOrigin, CaseStatus
from tomoiki.cases.models import Case, Inquiry
from tomoiki.core.dates import TOKYO
from tomoiki.indicators.rules import Period, median

NOT_SOLVED = ("X2", "X3", "X4", "X5")  # withdrew, handed over, out of scope, duplicate
UNRESOLVED = (CaseStatus.open, CaseStatus.active, CaseStatus.waiting, CaseStatus.reopened)
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class CaseCounts:
    """Cases opened in the period, active on its last day that has come, closed in it (I7)."""

    opened: int
    active: int
    closed: int


def solution_days(session: Session, period: Period) -> float | None:
    """Return the median of days from the first word to the solution of cases resolved in the period (I5)."""
    outcome = sa.inspect(Case).relationships["outcomes_links"].mapper.local_table.c
    is_unsolved = sa.exists().where(outcome.case_id == Case.id, outcome.code.in_(NOT_SOLVED))
    origin, linked = aliased(Inquiry), aliased(Inquiry)
    first_linked = (
        sa.select(sa.func.min(linked.received_at)).where(linked.case_id == Case.id).scalar_subquery()
    )
    statement = (
        sa.select(
            Case.resolved_at,
            Case.opened_on,
            sa.func.coalesce(origin.received_at, first_linked, type_=Inquiry.received_at.type).label(
                "asked_at"
            ),
        )
        .outerjoin(origin, origin.id == Case.inquiry_id)
        .where(
            Case.resolved_at >= period.start,
            Case.resolved_at < period.end,
            Case.origin != CaseOrigin.imported,
            ~is_unsolved,
        )
    )
    return median(
        [
            (row.resolved_at - (row.asked_at or _morning(row.opened_on))).total_seconds() / SECONDS_A_DAY
            for row in session.execute(statement)
        ]
    )


def open_age(session: Session, today: date) -> float | None:
    """Return the median of days that unresolved cases are open (I5b)."""
    days = session.scalars(sa.select(Case.opened_on).where(Case.status.in_(UNRESOLVED)))
    return median([(today - day).days for day in days])


def case_counts(session: Session, period: Period, today: date) -> CaseCounts:
    """Return the cases of the period, in one query; one that ended on an unknown day is not active."""
    day = min(period.last, today)
    is_over = sa.or_(
        sa.and_(Case.closed_on.is_(None), Case.status == CaseStatus.closed), Case.closed_on <= day
    )
    conditions = (
        Case.opened_on.between(period.first, period.last),
        sa.and_(Case.opened_on <= day, sa.not_(sa.func.coalesce(is_over, sa.false()))),
        Case.closed_on.between(period.first, period.last),
    )
    sums = [sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0) for one in conditions]
    return CaseCounts(*(int(number) for number in session.execute(sa.select(*sums)).one()))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, TOKYO)
