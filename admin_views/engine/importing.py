"""Importing a list: a plan that says what becomes of every row, then all of it in one transaction."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from admin_views.engine.mapping import (
    NOTE,
    MappedSheet,
    Target,
    Targets,
    map_sheets,
    note_target,
    targets_of,
    unknown_field,
)
from admin_views.engine.matching import MOST_NAMESAKES, Stored, load_known, own_names
from admin_views.engine.office import access
from admin_views.engine.plans import NotAllowed, Plan, PlannedRow, Skipped, Suspicion
from admin_views.engine.reading_rows import CellFault, read_row, read_value
from admin_views.engine.saving import save_changes, save_new
from admin_views.engine.screen import Screen
from tomoiki.core.access import Viewer
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import begin_write
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.reading import BadInput
from tomoiki.core.records import Fault, Record
from tomoiki.core.tables import Refused, Sheet

ORIGIN = "import"


def may_import(screen: Screen, viewer: Viewer) -> bool:
    """Tell whether lists can be imported on this screen, by this viewer."""
    return bool(screen.importable and screen.creates) and access().may(viewer, "create", screen.records)


def plan_import(  # noqa: PLR0913 - each is one thing that a person chose
    session: Session,
    screen: Screen,
    sheets: Sequence[Sheet],
    viewer: Viewer,
    *,
    set_values: Mapping[str, str] | None = None,
    mapping: Mapping[str, str | None] | None = None,
) -> Plan:
    """Read, check and match every row; raise NotAllowed, or Refused for the whole file."""
    if not may_import(screen, viewer):
        raise NotAllowed
    targets, note = targets_of(screen, viewer), note_target(screen, viewer)
    constants = _constants(set_values or {}, targets)
    mapped = map_sheets(screen, sheets, targets, note, mapping or {})
    rows = [PlannedRow(read_row(one, row, targets, constants)) for one in mapped for row in one.sheet.rows]
    if not rows:
        raise Refused(_("The file has no rows below its header. Nothing was imported."))
    with session.no_autoflush:
        for row in rows:
            _check(session, screen, row)
        return _Planner(session, screen, viewer, mapped, targets, rows).plan()


def _constants(set_values: Mapping[str, str], targets: Targets) -> dict[str, Any]:
    found = {}
    for name, text in set_values.items():
        if name not in targets:
            raise Refused(unknown_field(name, targets))
        try:
            found[name] = read_value(targets[name].field, text)[0].value
        except BadInput as fault:
            reason = _("%(name)s: %(reason)s", name=name, reason=fault.message)
            raise Refused(reason) from None
    return found


def _check(session: Session, screen: Screen, row: PlannedRow) -> None:
    """Ask the rules of the record as it would be stored; a row with unreadable cells has said enough."""
    for path in _missing(screen, row):
        row.read.fault(path, _("This must be filled."))
    if not row.read.faults:
        record, child = _new_records(screen, row)
        for fault in _faults(session, record):
            row.read.fault(fault.field, fault.message)
        if child is not None:
            for fault in _faults(session, child):
                row.read.fault(f"{child.__tablename__}.{fault.field}", fault.message)
    if row.read.faults:
        row.fate = "error"


def _missing(screen: Screen, row: PlannedRow) -> Iterator[str]:
    """Yield required fields that are empty, unless their cell is reported already or they are given by us."""
    reported = {fault.column for fault in row.read.faults}
    for name, what in fields_of(screen.records).items():
        given = what.read_only or name in screen.only or name in row.read.values
        if what.required and not given and row.read.sheet.headers.get(name) not in reported:
            yield name


def _faults(session: Session, record: Record) -> list[Fault]:
    record.prepare(session)
    return list(record.faults(session))


def _new_records(screen: Screen, row: PlannedRow) -> tuple[Record, Record | None]:
    """Build the record of a new row and the one that is made with it; neither is in the session yet."""
    model = screen.records
    record = model(**{**ledger_of(model).fills, **screen.only, **row.own})
    if row.read.notes:
        setattr(record, NOTE, "\n".join(row.read.notes))
    return record, _new_child(row, record)


def _new_child(row: PlannedRow, record: Record) -> Record | None:
    target = next((target for target in row.read.sheet.targets if target.owner), None)
    return target.model(**{target.by: record}, **row.child) if target is not None and row.child else None


@dataclass
class _Planner:
    """Tells the fate of each row, in the order of the file."""

    session: Session
    screen: Screen
    viewer: Viewer
    sheets: Sequence[MappedSheet]
    targets: Targets
    rows: Sequence[PlannedRow]
    seen: dict[Hashable, PlannedRow] = field(default_factory=dict)
    namesakes: dict[Hashable, list[PlannedRow]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    duplicates: list[Suspicion] = field(default_factory=list)

    def plan(self) -> Plan:
        self.ledger = ledger_of(self.screen.records)
        good = [row for row in self.rows if row.fate != "error"]
        filled = _distinct(self.sheets)
        values = [row.read.values for row in good]
        self.names = own_names(filled)
        self.known = load_known(
            self.session, self.screen.records, self.viewer, values, self.names, list(self.targets.values())
        )
        self.defaults = _defaults(self.screen, self.names)
        for row in good:
            self._decide(row)
        return Plan(self.screen, self.sheets, self.targets, self.rows, self.skipped, self.duplicates)

    def _decide(self, row: PlannedRow) -> None:
        keys = list(self.ledger.certain(row.own))
        earlier = next((self.seen[key] for key in keys if key in self.seen), None)
        if earlier is not None:
            self._skip(row, earlier)
            return
        self.seen |= dict.fromkeys(keys, row)
        row.stored = self.known.find_certain(keys) or (None if keys else self._equal(row))
        if row.stored is not None:
            self._compare(row, row.stored)
        elif row.fate == "new":
            self._suspect(row)
        for key in self.ledger.probable(row.own):
            self.namesakes.setdefault(key, []).append(row)

    def _skip(self, row: PlannedRow, earlier: PlannedRow) -> None:
        row.fate = "skipped"
        only_here = {
            row.read.sheet.headers.get(path, path): row.read.raw.get(path, "")
            for path, value in row.read.values.items()
            if value != earlier.read.values.get(path) and not self._is_secret(path)
        }
        only_here |= dict(
            note.partition(": ")[::2] for note in row.read.notes if note not in earlier.read.notes
        )
        sheet, number = row.read.place
        self.skipped.append(Skipped(sheet, number, earlier.read.number, self.ledger.why_certain, only_here))

    def _is_secret(self, path: str) -> bool:
        return path in self.targets and self.targets[path].field.secret

    def _equal(self, row: PlannedRow) -> Stored | None:
        """Find a record equal to a row without a key: so a list without numbers adds nothing twice."""
        values = {**self.defaults, **row.own}
        return self.known.find_equal(values, self.names, row.child, row.read.notes)

    def _compare(self, row: PlannedRow, stored: Stored) -> None:
        """Find what a row says otherwise than the record that it is; an empty cell changes nothing."""
        changes = {path: value for path, value in row.own.items() if stored.values.get(path) != value}
        if notes := stored.lacks(row.read.notes):
            changes[NOTE] = "\n".join(filter(None, (stored.values.get(NOTE), *notes)))
        if row.child and not stored.has_child(row.child):
            changes |= {path: value for path, value in row.read.values.items() if "." in path}
        row.changes, row.fate = changes, "changed" if changes else "same"
        if changes and not stored.may_change:
            row.read.faults.append(
                CellFault(*row.read.place, "", "", _("It would change a record that you may not change."))
            )
        if changes:
            self._check_change(row, stored)
        if row.read.faults:
            row.fate = "error"

    def _check_change(self, row: PlannedRow, stored: Stored) -> None:
        own = {path: value for path, value in row.changes.items() if "." not in path}
        for fault in _faults(self.session, self.screen.records(**{**stored.values, **own})):
            row.read.fault(fault.field, fault.message)

    def _suspect(self, row: PlannedRow) -> None:
        """Note stored records and earlier rows that a new row perhaps is."""
        sheet, number = row.read.place
        why = self.ledger.why_probable
        for stored in self.known.find_probable(row.own):
            self.duplicates.append(Suspicion(sheet, (number,), why, stored.id))
        for earlier in self._namesakes(row):
            self.duplicates.append(Suspicion(sheet, (earlier.read.number, number), why))

    def _namesakes(self, row: PlannedRow) -> Iterator[PlannedRow]:
        seen: set[tuple[str, int]] = set()
        for key in self.ledger.probable(row.own):
            for earlier in self.namesakes.get(key, ())[:MOST_NAMESAKES]:
                if earlier.read.place not in seen and not self.ledger.are_apart(row.own, earlier.own):
                    seen.add(earlier.read.place)
                    yield earlier


def _distinct(sheets: Sequence[MappedSheet]) -> list[Target]:
    return list({target.path: target for one in sheets for target in one.targets}.values())


def _defaults(screen: Screen, names: Sequence[str]) -> dict[str, Any]:
    """Return what a new record holds in fields of which a row says nothing."""
    found: dict[str, Any] = {}
    for column in screen.records.__table__.c:
        if column.name in names and isinstance(column.default, ScalarElementColumnDefault):
            found[column.name] = column.default.arg
    return {**found, **ledger_of(screen.records).fills, **screen.only}


def run_import(session: Session, plan: Plan) -> None:
    """Store a plan in one write transaction, or nothing of it; raise Refused when a row no longer fits."""
    begin_write(session)
    try:
        with acting(replace(actor(), origin=ORIGIN)):
            for row in plan.rows:
                if row.fate == "new":
                    _add(session, plan, row)
                elif row.fate == "changed":
                    _change(session, plan, row)
            session.commit()
    except BaseException:
        session.rollback()
        raise


def _add(session: Session, plan: Plan, row: PlannedRow) -> None:
    record, _child = _new_records(plan.screen, row)
    _stop_at(row, save_new(session, record))
    _add_child(session, row, record)


def _add_child(session: Session, row: PlannedRow, record: Record) -> None:
    child = _new_child(row, record)
    if child is not None:
        _stop_at(row, save_new(session, child))


def _change(session: Session, plan: Plan, row: PlannedRow) -> None:
    record = session.get(plan.screen.records, row.stored.id) if row.stored else None
    if record is None:
        raise Refused(_gone(row))
    own = {path: value for path, value in row.changes.items() if "." not in path}
    for name, value in own.items():
        setattr(record, name, value)
    if own:
        _stop_at(row, save_changes(session, record))
    if len(own) < len(row.changes):
        _add_child(session, row, record)


def _gone(row: PlannedRow) -> LazyString:
    return _("Row %(row)s: its record was deleted meanwhile. Import the file again.", row=row.read.number)


def _stop_at(row: PlannedRow, faults: Sequence[Fault]) -> None:
    """Give up the whole import: since the plan was made somebody changed what this row depends on."""
    if faults:
        raise Refused(
            _(
                "Row %(row)s cannot be stored, so nothing was: %(reason)s",
                row=row.read.number,
                reason=faults[0].message,
            )
        )
