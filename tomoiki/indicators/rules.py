"""The arithmetic of the indicators: periods, medians, how late an answer is (DOMAIN 8)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from tomoiki.core.dates import TOKYO, FiscalYear, month_of, months_later

Lateness = Literal["", "warn", "urgent"]
SOON = 0.7  # from this part of the time that an answer may take, it is nearly late
MONTHS, LEAST_MONTHS = 6, 3  # months that an average is over; with fewer months of data there is none


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included; moments from 00:00 to 24:00 in Tokyo."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.first, time.min, TOKYO)

    @property
    def end(self) -> datetime:
        """The moment it is over."""
        return datetime.combine(self.last + timedelta(days=1), time.min, TOKYO)

    @classmethod
    def of_fiscal_year(cls, day: date, start_month: int) -> Period:
        """The fiscal year of that day."""
        year = FiscalYear.of(day, start_month)
        return cls(year.first, year.last)

    @classmethod
    def of_month(cls, day: date) -> Period:
        """The calendar month of that day."""
        return cls(*month_of(day))

    @classmethod
    def full_months_before(cls, day: date, months: int = MONTHS) -> Period:
        """So many whole months, the last one the month before that day's."""
        first = day.replace(day=1)
        return cls(months_later(first, -months), first - timedelta(days=1))


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, of an even count the mean of the two in the middle; None of nothing."""
    return statistics.median(values) if values else None


def ninetieth(values: Sequence[float]) -> float | None:
    """Return the least value that nine of ten do not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[-(-9 * len(ordered) // 10) - 1] if ordered else None


def nights(check_in: date, check_out: date | None, period: Period, today: date) -> int:
    """Return the nights of a stay inside the period (I9); a stay that goes on has those until today."""
    after = period.last + timedelta(days=1)
    out = min(today, after) if check_out is None else check_out
    return max(0, (min(out, after) - max(check_in, period.first)).days)


def months_left(held: int, spent: int, first_spent_on: date | None, today: date) -> float | None:
    """Return for how many months the money lasts (I20); None with too few months of data or nothing spent."""
    enough = Period.full_months_before(today, LEAST_MONTHS).last.replace(day=1)
    begun = (
        first_spent_on is not None and months_later(first_spent_on.replace(day=1), LEAST_MONTHS - 1) <= enough
    )
    if not begun or spent <= 0:
        return None
    return int(10 * max(held, 0) * MONTHS / spent + 0.5) / 10


def lateness(waited: timedelta, allowed: timedelta) -> Lateness:
    """Tell whether an answer is late, nearly late, or in good time."""
    if waited > allowed:
        return "urgent"
    return "warn" if waited >= allowed * SOON else ""
