"""What an import will do, said before it does it: each row with its fate, cells to mend, suspicions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from flask_babel import LazyString

from admin_views.engine.drafts import Draft
from admin_views.engine.mapping import Mapped, MappedSheet, Targets, lost_columns
from admin_views.engine.matching import Stored
from admin_views.engine.reading_rows import CellFault, ReadRow
from admin_views.engine.screen import Screen
from tomoiki.core.ledgers import Values

Fate = Literal["new", "changed", "same", "error", "skipped"]
Choice = Literal["keep", "skip", "update"]
Place = tuple[str, int]


class NotAllowed(Exception):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """This viewer may not import here."""


@dataclass(slots=True, eq=False)
class PlannedRow:
    """A row and its fate; `stored` is the record that it is already, `changes` what it would change there.

    `drafts` are the records it makes. A row that speaks of the same record as another one follows its `leader`.
    """

    read: ReadRow
    fate: Fate = "new"
    drafts: dict[str, Draft] = field(default_factory=dict)
    stored: Stored | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    leader: PlannedRow | None = None

    @property
    def own(self) -> Values:
        """Return the values of the record itself."""
        return {path: value for path, value in self.read.values.items() if "." not in path}

    def below(self, at: str) -> Values:
        """Return the values of another record of the row."""
        return {
            path.rpartition(".")[2]: v
            for path, v in self.read.values.items()
            if path.rpartition(".")[0] == at
        }


@dataclass(frozen=True)
class Skipped:
    """A row that is an earlier row again; `only_here` are its cells that the earlier one has otherwise."""

    sheet: str
    row: int
    same_as: int
    reason: LazyString | str
    only_here: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return {**vars(self), "reason": str(self.reason), "only_here": dict(self.only_here)}


@dataclass(frozen=True)
class Suspicion:
    """Rows that are perhaps one record, or a row that is perhaps a stored record; a person decides.

    `at` leads to the record that is meant: "" is the row's own. `is_joined` says that they are one unless a
    person parts them.
    """

    places: tuple[Place, ...]
    reason: LazyString
    record: int | None = None
    at: str = ""
    is_joined: bool = False
    level: str = "probable"

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return {
            "sheet": self.places[-1][0],
            "rows": [row for _sheet, row in self.places],
            "sheets": [sheet for sheet, _row in self.places],
            "record": self.record,
            "level": self.level,
            "reason": str(self.reason),
        }


@dataclass(frozen=True)
class Plan:
    """What an import will do; nothing has been stored yet."""

    screen: Screen
    mapped: Mapped
    targets: Targets
    rows: Sequence[PlannedRow]
    skipped: Sequence[Skipped] = ()
    duplicates: Sequence[Suspicion] = ()
    keys: Collection[Any] = ()  # by which rows were told apart
    seen_until: int = 0  # the newest entry of the change log when the plan was made

    @property
    def sheets(self) -> Sequence[MappedSheet]:
        """Return the sheets that are read."""
        return self.mapped.sheets

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Return how many rows have each fate."""
        return Counter(row.fate for row in self.rows)

    def count(self, fate: Fate) -> int:
        """Return how many rows have this fate."""
        return self.counts.get(fate, 0)

    @cached_property
    def faults(self) -> list[CellFault]:
        """Return every cell to mend, in the order of the file."""
        return [fault for row in self.rows for fault in row.read.faults]

    @cached_property
    def remarks(self) -> list[CellFault]:
        """Return what the user should know of cells that were read."""
        return [remark for row in self.rows if row.fate != "error" for remark in row.read.remarks]

    @property
    def lost(self) -> list[str]:
        """Return the columns whose values are not taken over."""
        return lost_columns(self.sheets)

    def as_json(self) -> dict[str, Any]:
        """Return the outcome in the form of the outside contract (DESIGN section 6)."""
        return {
            "new": self.count("new"),
            "changed": self.count("changed"),
            "same": self.count("same"),
            "errors": [fault.as_json() for fault in self.faults],
            "skipped": [skipped.as_json() for skipped in self.skipped],
            "duplicates": [suspicion.as_json() for suspicion in self.duplicates],
        }
