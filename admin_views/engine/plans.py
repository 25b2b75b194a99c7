"""What an import will do, said before it does it: each row with its fate, cells to mend, suspicions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import LazyString

from admin_views.engine.mapping import MappedSheet, Targets, lost_columns
from admin_views.engine.matching import Stored
from admin_views.engine.reading_rows import CellFault, ReadRow
from admin_views.engine.screen import Screen
from tomoiki.core.ledgers import Values

Fate = Literal["new", "changed", "same", "error", "skipped"]


class NotAllowed(Exception):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """This viewer may not import here."""


@dataclass
class PlannedRow:
    """A row and its fate; `stored` is the record that it is already, `changes` what it would change there."""

    read: ReadRow
    fate: Fate = "new"
    stored: Stored | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> Values:
        """Return the values of the record itself."""
        return {path: value for path, value in self.read.values.items() if "." not in path}

    @property
    def child(self) -> Values:
        """Return the values of the one other record that is made with it."""
        return {path.rpartition(".")[2]: v for path, v in self.read.values.items() if "." in path}


@dataclass(frozen=True)
class Skipped:
    """A row that is an earlier row again; `only_here` are its cells that the earlier one has otherwise."""

    sheet: str
    row: int
    same_as: int
    reason: LazyString
    only_here: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return {**vars(self), "reason": str(self.reason), "only_here": dict(self.only_here)}


@dataclass(frozen=True)
class Suspicion:
    """Rows that are perhaps one record, or a row that is perhaps a stored record; a person decides."""

    sheet: str
    rows: tuple[int, ...]
    reason: LazyString
    record: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return {**vars(self), "rows": list(self.rows), "level": "probable", "reason": str(self.reason)}


@dataclass(frozen=True)
class Plan:
    """What an import will do; nothing has been stored yet."""

    screen: Screen
    sheets: Sequence[MappedSheet]
    targets: Targets
    rows: Sequence[PlannedRow]
    skipped: Sequence[Skipped] = ()
    duplicates: Sequence[Suspicion] = ()

    def count(self, fate: Fate) -> int:
        """Return how many rows have this fate."""
        return sum(row.fate == fate for row in self.rows)

    @property
    def faults(self) -> list[CellFault]:
        """Return every cell to mend, in the order of the file."""
        return [fault for row in self.rows for fault in row.read.faults]

    @property
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
