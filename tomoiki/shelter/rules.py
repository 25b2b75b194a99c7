"""When two stays get in each other's way (DOMAIN 2.3)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """The nights from one day up to, but not on, another; without an end it goes on."""

    first: date
    end: date | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no night in it: in and out on the same day."""
        return self.end is not None and self.end <= self.first

    def overlaps(self, other: "Span") -> bool:
        """Tell whether both hold the same night."""
        if self.is_empty or other.is_empty:
            return False
        begins_before = self.end is None or other.first < self.end
        return begins_before and (other.end is None or self.first < other.end)
