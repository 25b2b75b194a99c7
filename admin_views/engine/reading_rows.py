"""One row of a file read into values by the fields' own rules; what cannot be read is said cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine.mapping import Column, MappedSheet, Target, Targets, model_at
from admin_views.engine.mapping import step as step_of
from admin_views.engine.reading_cells import Also, Cell, read_cell, read_long
from admin_views.engine.references import References
from admin_views.engine.screen import Screen
from tomoiki.core.dates import FiscalYear
from tomoiki.core.formulas import rearmed
from tomoiki.core.ledgers import Ledger, ledger_of, squeezed
from tomoiki.core.reading import BadInput
from tomoiki.core.records import Record
from tomoiki.core.tables import SheetRow

_NOTHING = frozenset(
    squeezed(word)
    for word in ("なし", "無し", "無", "-", "--", "ー", "―", "－",
                 "n/a", "na", "none", "nil", "null", "không", "không có",
                 "不明", "未記入", "空欄", "該当なし", "特になし", "#N/A")
)  # fmt: skip
_MAY_BE_NOTHING = frozenset({"day", "moment", "choice", "codes", "ref"})
_HIDDEN = "••••"


@dataclass(frozen=True)
class CellFault:
    """A cell (or with no column a row) that cannot be taken over, and why."""

    sheet: str
    row: int
    column: str
    value: str
    reason: LazyString | str
    is_secret: bool = False

    @property
    def shown(self) -> str:
        """Return the value as a page may show it."""
        return _HIDDEN if self.is_secret and self.value else self.value

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it, the reason in the language being spoken."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": str(self.reason),
        }


NOTHING_SAID: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class ReadRow:
    """What was read of one row: values by path, lines for the note, faults and remarks."""

    sheet: MappedSheet
    cells: SheetRow
    main: type[Record]
    references: References
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    faults: tuple[CellFault, ...] = ()
    remarks: tuple[CellFault, ...] = ()
    only_new: Mapping[str, Any] = field(default_factory=lambda: NOTHING_SAID)
    empty: frozenset[str] = frozenset()  # fields whose cells an export's row leaves empty
    id: int | None = None
    unclear: Mapping[str, LazyString] = field(
        default_factory=lambda: NOTHING_SAID
    )  # references that perhaps name what stands there

    @property
    def number(self) -> int:
        """Return the number by which a person finds the row."""
        return self.cells.number

    @property
    def place(self) -> tuple[str, int]:
        """Return sheet and row."""
        return self.sheet.sheet.name, self.cells.number

    def raw(self, path: str) -> str:
        """Return what stands in the cell of a field."""
        column = self.sheet.column_of(path)
        if column is None or column.index >= len(self.cells.values):
            return ""
        return self.cells.values[column.index]

    def fault(self, path: str, reason: LazyString | str) -> None:
        """Note a fault of the field, by its column's own words."""
        self.faults += (self._cell(path, reason),)

    def remark(self, path: str, reason: LazyString | str) -> None:
        """Note what a person should know of the field."""
        self.remarks += (self._cell(path, reason),)

    def _cell(self, path: str, reason: LazyString | str) -> CellFault:
        column = self.sheet.column_of(path)
        is_secret = bool(column and column.target and column.target.field.secret)
        return CellFault(*self.place, self.sheet.header_of(path), self.raw(path), reason, is_secret)

    def unless_known(self, path: str, value: Any) -> None:
        """Set what only a new record gets."""
        if path not in self.values:
            self.only_new = {**self.only_new, path: value}

    def record(self, path: str) -> Any:
        """Return the record that a reference of this row names, or None."""
        named = self.values.get(path)
        if named is None:
            return None
        owner, _dot, name = path.rpartition(".")
        return self.references.record(step_of(model_at(self.main, owner), name).model, named)


@dataclass(frozen=True)
class Reader:
    """Reads the rows of one screen's lists."""

    screen: Screen
    targets: Targets
    constants: Mapping[str, Any]
    references: References
    fiscal_start: int
    has_note: bool

    def read(self, sheet: MappedSheet, row: SheetRow) -> ReadRow:
        """Read every cell, then let the rooms complete what a row leaves unsaid."""
        found = ReadRow(sheet, row, self.screen.records, self.references)
        also: dict[str, Any] = {}
        empty: set[str] = set()
        _refuse_surplus(found, row)
        for column in sheet.columns:
            text = rearmed(row.values[column.index]) if column.index < len(row.values) else ""
            if not text.strip():
                if sheet.has_id and column.target is not None:
                    empty.add(column.target.path)
            elif column.is_id:
                _read_id(found, column, text)
            elif column.target is not None:
                also |= self._read_cell(found, column, column.target, text)
            elif column.into_note:
                _read_note(found, column.header, column.header, text)
        found.empty = frozenset(empty)
        self._add(found, also)
        if found.id is None and not sheet.has_id:
            self._complete(found)
        self._take_note(found)
        return found

    def _add(self, found: ReadRow, also: Mapping[str, Any]) -> None:
        for path, value in also.items():
            if path in self.targets:
                found.values.setdefault(path, value)
        for path, value in self.constants.items():
            found.values.setdefault(path, value)

    def _read_cell(self, found: ReadRow, column: Column, target: Target, text: str) -> Also:
        cell = Cell(target, text, found.sheet, self.references, self.fiscal_start, self.screen.records)
        try:
            read, also, rest = read_cell(cell)
        except BadInput as fault:
            return self._not_read(found, column, target, text, fault)
        for more in rest:
            if not self.has_note:
                found.fault(target.path, _("Two values stand in one cell. Give each a column of its own."))
                return {}
            found.notes.append((column.header, more))
            found.remark(
                target.path, _("Two values in one cell: the first is taken, the other is in the note.")
            )
        if read.remark:
            found.remark(target.path, read.remark)
        if target.field.kind in ("text", "long") and text.lstrip().startswith("="):
            found.remark(target.path, _("It looks like a formula and is kept as text."))
        if read.value not in (None, "", []):
            found.values[target.path] = text if read.value == text else read.value  # one object, not two
        prefix = f"{target.owner}." if target.owner else ""
        return {prefix + name: value for name, value in also.items()}

    def _not_read(self, found: ReadRow, column: Column, target: Target, text: str, fault: BadInput) -> Also:
        """A cell may say that there is nothing, or name somebody unknown; the rest is for a person to mend."""
        may_be_nothing = target.field.kind in _MAY_BE_NOTHING or target.field.format is not None
        is_required = target.field.required or target.path in self._vital
        if squeezed(text) in _NOTHING and may_be_nothing and not is_required:
            return {}
        if found.sheet.has_id and target.field.kind == "ref":
            found.unclear = {**found.unclear, target.path: fault.message}
            return {}
        if target.path in self._ledger.to_note and self.has_note:
            found.notes.append((column.header, text.strip()))
            found.remark(target.path, _("Nobody of this name is known here. It stands in the note."))
            return {}
        found.fault(target.path, fault.message)
        return {}

    @property
    def _ledger(self) -> Ledger:
        return ledger_of(self.screen.records)

    @property
    def _vital(self) -> frozenset[str]:
        return frozenset(path for group in self._ledger.vital for path in group)

    def _complete(self, found: ReadRow) -> None:
        """Ask each room, the farthest records first."""
        for at in sorted(nodes_of(found.values), key=lambda at: (-at.count(".") - bool(at), at)):
            model = model_at(self.screen.records, at)
            ledger_of(model).complete(found, f"{at}." if at else "")
        if "" not in nodes_of(found.values):
            self._ledger.complete(found, "")
        self._check_year(found)

    def _check_year(self, found: ReadRow) -> None:
        year = found.sheet.sheet.year
        numbering = self.screen.records.__numbering__
        day = found.values.get(numbering.day) if numbering else None
        if numbering is None or year is None or not year.is_fiscal:
            return
        if not isinstance(day, date) or isinstance(day, datetime):
            return
        if FiscalYear.of(day, self.fiscal_start).start_year != year.year:
            found.remark(
                numbering.day, _("This day is not in the year of the sheet. Perhaps a typing error.")
            )

    def _take_note(self, found: ReadRow) -> None:
        """Join a text for the note to what has no other home, never put it over one that stands already."""
        name = self._ledger.note
        if not found.sheet.has_id and name and isinstance(found.values.get(name), str):
            found.notes.insert(0, ("", found.values.pop(name)))


def nodes_of(values: Mapping[str, Any]) -> set[str]:
    """Return the records of which a row speaks, by the path that leads to each; "" is the main one."""
    return {path.rpartition(".")[0] for path in values}


def _refuse_surplus(found: ReadRow, row: SheetRow) -> None:
    """Cells beyond the header mean that a value holds the delimiter: its neighbours are no longer sure."""
    width = len(found.sheet.columns)
    surplus = [value for value in row.values[width:] if value.strip()]
    if surplus:
        reason = _("The row has more cells than the header. Put values with commas into quotation marks.")
        found.faults += (CellFault(*found.place, "", " ".join(surplus), reason),)


def _read_id(found: ReadRow, column: Column, text: str) -> None:
    if text.strip().isdecimal():
        found.id = int(text)
    else:
        reason = _("This is not a number of a record. Leave the cell as it was exported, or empty.")
        found.faults += (CellFault(*found.place, column.header, text, reason),)


def _read_note(found: ReadRow, header: str, name: str, text: str) -> None:
    """Keep a cell without a home as a line `header: text`."""
    try:
        found.notes.append((name, read_long(text).value))
    except BadInput as fault:
        found.faults += (CellFault(*found.place, header, text, fault.message),)
