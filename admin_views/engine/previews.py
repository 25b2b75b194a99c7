"""What the import pages show of a plan: columns to choose, first rows as they will be stored, suspicions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine import uploads
from admin_views.engine.mapping import TO_NOTE, Column, MappedSheet, Target
from admin_views.engine.plans import Choice, Plan, PlannedRow, Suspicion
from admin_views.engine.reading_rows import CellFault
from admin_views.engine.references import References
from admin_views.engine.rows import label_columns, record_named
from admin_views.engine.values import plain_text, separator
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.records import Record

FIRST_ROWS = 10
SAMPLES = 2
HIDDEN = "••••"

_CHOICES: Mapping[str, tuple[tuple[Choice, LazyString], ...]] = {
    "record": (
        ("keep", _("Import as another")),
        ("update", _("Change that one")),
        ("skip", _("Do not import")),
    ),
    "row": (("keep", _("Import both")), ("skip", _("Do not import"))),
    "joined": (("update", _("The same one")), ("keep", _("Make another")), ("skip", _("Do not import"))),
    "certain": (),
}


@dataclass(frozen=True)
class ShownCell:
    """A value as it will be stored; `before` is what stands there now, `is_bad` marks raw text."""

    text: str
    before: str = ""
    is_bad: bool = False
    is_changed: bool = False


@dataclass(frozen=True)
class Line:
    """One of the first rows as it will be stored."""

    place: str
    fate: str
    cells: Sequence[ShownCell]


@dataclass(frozen=True)
class Doubt:
    """A suspicion with its choices; `name` is the control's, `first` the choice that stands unless another is made."""

    words: str
    reason: LazyString
    link: str
    name: str
    choices: Sequence[tuple[Choice, LazyString]]


@dataclass(frozen=True)
class ShownColumn:
    """A column with its first values and what it fills."""

    header: str
    samples: Sequence[str]
    value: str
    is_lost: bool


@dataclass(frozen=True)
class Preview:
    """All that the preview page shows."""

    upload: uploads.Upload
    plan: Plan
    heads: Sequence[LazyString | str]
    lines: Sequence[Line]
    doubts: Sequence[Doubt]
    remarks: Sequence[tuple[CellFault, int]]

    @property
    def count(self) -> int:
        """Return how many rows the button imports."""
        return self.plan.count("new") + self.plan.count("changed")


def preview_of(plan: Plan, upload: uploads.Upload, slug: str) -> Preview:
    """Return what the preview page shows of a plan."""
    targets = {target.path: target for one in plan.sheets for target in one.targets}
    shown = list(targets.values())
    return Preview(
        upload,
        plan,
        [target.label for target in shown],
        [_line(row, shown) for row in _first_rows(plan)],
        list(_doubts(plan, slug)),
        list(grouped(plan.remarks)),
    )


def _first_rows(plan: Plan) -> list[PlannedRow]:
    """The first rows; of changes, which must be seen before they are made, the first as well."""
    first = list(plan.rows[:FIRST_ROWS])
    changes = [row for row in plan.rows[FIRST_ROWS:] if row.fate == "changed"]
    return first + changes[: FIRST_ROWS * 5]


def grouped(remarks: Sequence[CellFault]) -> Iterator[tuple[CellFault, int]]:
    """Say a remark once that stands at many rows alike: same column, value and words."""
    groups: dict[tuple[str, str, str, str], list[CellFault]] = {}
    for remark in remarks:
        key = (remark.sheet, remark.column, remark.shown, str(remark.reason))
        groups.setdefault(key, []).append(remark)
    for alike in groups.values():
        yield alike[0], len(alike)


def _line(row: PlannedRow, targets: Sequence[Target]) -> Line:
    place = " ".join(filter(None, (row.read.sheet.sheet.name, str(row.read.number))))
    return Line(place, row.fate, [_cell(row, target) for target in targets])


def _cell(row: PlannedRow, target: Target) -> ShownCell:
    """Show the value, what it replaces, or the raw text that could not be read; secret values never."""
    path = target.path
    if path in row.changes and row.stored is not None:
        before, after = row.stored.values.get(path), row.changes[path]
        return ShownCell(_shown(row, target, after) or "—", _shown(row, target, before), is_changed=True)
    if path in row.read.values:
        return ShownCell(_shown(row, target, row.read.values[path]))
    is_bad = any(fault.column == row.read.sheet.header_of(path) for fault in row.read.faults)
    if is_bad:
        return ShownCell(
            HIDDEN if target.field.secret and row.read.raw(path) else row.read.raw(path), is_bad=True
        )
    return ShownCell(row.read.raw(path) if target.is_extra else "")


def _shown(row: PlannedRow, target: Target, value: Any) -> str:
    if target.field.secret and value:
        return HIDDEN
    if target.field.kind == "ref":
        return _label(row.read.references, record_named(target.field.target), value) if value else ""
    return plain_text(target.field, value)


def _label(references: References, model: type[Record], record_id: int) -> str:
    """Return the name of a record as this viewer may read it."""
    record, names = references.record(model, record_id), label_columns(model, references.viewer)
    found = (getattr(record, name) for name in names or ()) if record is not None else ()
    return next((str(value) for value in found if value), f"#{record_id}")


def _doubts(plan: Plan, slug: str) -> Iterator[Doubt]:
    """Yield each suspicion with the words that name its row, and what may be chosen."""
    rows = {row.read.place: row for row in plan.rows}
    sheets = [one.sheet.name for one in plan.sheets]
    for suspicion in plan.duplicates:
        sheet, number = suspicion.places[-1]
        places = separator().join(" ".join(filter(None, (name, str(row)))) for name, row in suspicion.places)
        words = str(_("Row %(rows)s %(name)s", rows=places, name=_name(rows[sheet, number])))
        link = f"/{slug}/{suspicion.record}" if suspicion.record and not suspicion.at else ""
        name = f"dup-{sheets.index(sheet)}-{number}"
        yield Doubt(words, suspicion.reason, link, name, _CHOICES[_kind(suspicion)])


def _kind(suspicion: Suspicion) -> str:
    if suspicion.is_joined:
        return "joined"
    if suspicion.level == "certain":
        return "certain"
    return "row" if suspicion.record is None else "record"


def _name(row: PlannedRow) -> str:
    """Return what names the row: the fields of which every row must have one, else its first text; secrets never."""
    vital = [path for group in ledger_of(row.read.main).vital for path in group]
    targets = {target.path: target for target in row.read.sheet.targets}
    texts = [
        path for path, target in targets.items() if target.field.kind == "text" and not target.field.secret
    ]
    return next((str(row.read.values[path]) for path in (*vital, *texts) if path in row.read.values), "")


def columns_of(one: MappedSheet, *, has_note: bool) -> list[ShownColumn]:
    """Return the columns of a sheet for the page that maps them."""
    return [
        _shown_column(one, column, has_note)
        for column in one.columns
        if column.header and not column.is_reason
    ]


def _shown_column(one: MappedSheet, column: Column, has_note: bool) -> ShownColumn:
    is_secret = bool(column.target and column.target.field.secret)
    values = (row.values[column.index] for row in one.sheet.rows if column.index < len(row.values))
    samples = [value.strip()[:30] for value in _first_filled(values)]
    value = column.target.path if column.target else TO_NOTE if column.into_note and has_note else ""
    return ShownColumn(
        column.header, [HIDDEN] * bool(samples) if is_secret else samples, value, column.is_lost
    )


def _first_filled(values: Iterator[str]) -> list[str]:
    found: list[str] = []
    for value in values:
        if value.strip():
            found.append(value)
        if len(found) == SAMPLES:
            break
    return found
