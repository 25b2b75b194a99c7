"""Days and moments by chance, always from the same seed and never after the eve of the demo's day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tomoiki.core.dates import TOKYO, FiscalYear

YEARS = 3


@dataclass(frozen=True)
class Chance:
    """One stream of chance for one subject, so that a change in one does not stir the others."""

    subject: str
    today: date
    start_month: int
    rng: Random = field(init=False)

    def __post_init__(self) -> None:
        """Seed the stream with the subject's name."""
        object.__setattr__(self, "rng", Random(f"tomoiki {self.subject}"))  # noqa: S311 - must be the same each time

    @property
    def first_day(self) -> date:
        """Return the first day of the oldest of the three fiscal years."""
        this_year = FiscalYear.of(self.today, self.start_month)
        return FiscalYear(this_year.start_year - YEARS + 1, self.start_month).first

    @property
    def last_day(self) -> date:
        """Return the last day on which anything happened: yesterday, so that no hour is still to come."""
        return self.today - timedelta(days=1)

    def day(self, first: date | None = None, last: date | None = None) -> date:
        """Return a day between the two, by default within the three years; at the ends when they cross."""
        first, last = first or self.first_day, min(last or self.last_day, self.last_day)
        span = (last - first).days
        return first + timedelta(days=self.rng.randint(0, span)) if span > 0 else last

    def days(self, count: int) -> list[date]:
        """Return that many days within the three years, in their order."""
        return sorted(self.day() for _ in range(count))

    def moment(self, day: date, first_hour: int = 9, last_hour: int = 18) -> datetime:
        """Return a moment of that day in Tokyo, at five-minute steps."""
        return moment(day, self.rng.randint(first_hour, last_hour - 1), self.rng.randrange(0, 60, 5))

    def happens(self, probability: float) -> bool:
        """Tell whether it happens this time."""
        return self.rng.random() < probability

    def newcomers(self, count: int, newcomers: int) -> Sequence[bool]:
        """Tell for each of `count` occasions whether somebody new comes; the first is always new."""
        chosen = {0, *self.rng.sample(range(1, count), min(newcomers, count) - 1)}
        return [at in chosen for at in range(count)]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return that hour in Tokyo."""
    return datetime.combine(day, time(hour, minute), TOKYO).astimezone(UTC)
