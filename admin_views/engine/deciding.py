"""The fate of each row: what it is already, what it makes, what it finds, what it perhaps is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from admin_views.engine.drafts import Builder
from admin_views.engine.finding import Finder
from admin_views.engine.mapping import ID, Mapped, Target, Targets, model_at, step
from admin_views.engine.matching import MOST_NAMESAKES, Asked, Known, Matcher, Stored, comparable, signature
from admin_views.engine.office import access
from admin_views.engine.plans import Choice, Place, Plan, PlannedRow, Skipped, Suspicion
from admin_views.engine.rows import label_columns
from admin_views.engine.screen import Screen
from admin_views.engine.unique import refuse_taken
from tomoiki.core.access import Viewer
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import Ledger, ledger_of
from tomoiki.core.vocabulary import as_stored

AT_ONCE = 10_000
NO_SUCH = _("There is no record with this number that you may change.")


@dataclass
class Planner:
    """Tells the fate of each row: first which rows are one record, then what stands in the database."""

    session: Session
    screen: Screen
    viewer: Viewer
    mapped: Mapped
    targets: Targets
    rows: Sequence[PlannedRow]
    builder: Builder
    choices: Mapping[Place, Choice]
    constants: Mapping[str, Any]
    namesakes: dict[Hashable, list[PlannedRow]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    duplicates: list[Suspicion] = field(default_factory=list)
    seen: dict[Hashable, PlannedRow] = field(default_factory=dict)

    def plan(self, seen_until: int) -> Plan:
        """Decide every row."""
        self.ledger: Ledger = ledger_of(self.screen.records)
        self.columns = _distinct(self.mapped)
        self.note = self.ledger.note if self.ledger.note in fields_of(self.screen.records) else ""
        for row in self.rows:
            self._build(row)
        good = [row for row in self.rows if row.fate != "error"]
        leaders = list(self._group([row for row in good if row.read.id is None]))
        numbered = [row for row in good if row.read.id is not None]
        self._prepare([*leaders, *numbered])
        for some in batched([*numbered, *leaders]):
            self._load(some)
            for row in some:
                self._decide(row) if row.read.id is None else self._decide_by_id(row)
        refuse_taken(self.session, self.rows)
        for row in self.rows:
            self._follow(row)
        self.skipped.sort(key=lambda one: (one.sheet, one.row))
        return Plan(
            self.screen, self.mapped, self.targets, self.rows, self.skipped, self.duplicates,
            self.seen.keys(), seen_until,
        )  # fmt: skip

    def _build(self, row: PlannedRow) -> None:
        if self.choices.get(row.read.place) == "skip":
            row.fate = "skipped"
            self.skipped.append(Skipped(*row.read.place, row.read.number, _("Left out as you chose."), {}))
        elif row.read.id is None or row.read.faults:
            may = access()
            for path in [path for path in row.read.values if "." in path]:
                if not may.may(self.viewer, "create", model_at(self.screen.records, path.rpartition(".")[0])):
                    del row.read.values[path]
            for path, reason in row.read.unclear.items():
                row.read.fault(path, reason)
            row.drafts = self.builder.build(row.read)
            if row.read.faults:
                row.fate, row.drafts = "error", {}

    # -- rows that are one record --------------------------------------------------------------------------
    def _group(self, rows: Sequence[PlannedRow]) -> Iterator[PlannedRow]:
        """Yield rows of records of their own; of the same record the first one leads."""
        seen = self.seen
        for row in self._in_time(rows):
            if row.fate == "skipped":
                continue
            keys = list(self.ledger.certain(row.read.values))
            leader = next((seen[key] for key in keys if key in seen), None)
            if leader is None:
                seen |= dict.fromkeys(keys, row)
                yield row
            elif self.ledger.later_wins:
                self._merge(row, leader)
            else:
                self._skip(row, leader)

    def _in_time(self, rows: Sequence[PlannedRow]) -> Sequence[PlannedRow]:
        if not self.ledger.first_stays:
            return rows
        name = self.ledger.first_stays[0]

        def moment(row: PlannedRow) -> float:
            value = row.read.values.get(name)
            return value.timestamp() if isinstance(value, datetime) else float("inf")

        return sorted(rows, key=moment)

    def _merge(self, row: PlannedRow, leader: PlannedRow) -> None:
        """The later row's texts win; the first one's time keeps its place."""
        row.leader = leader
        for path, value in row.read.values.items():
            if path not in self.ledger.first_stays:
                leader.read.values[path] = value
        headers = {header for header, _text in row.read.notes}
        kept = [note for note in leader.read.notes if note[0] not in headers]
        leader.read.notes[:] = [*kept, *row.read.notes]
        leader.drafts = self.builder.build(leader.read)
        self.duplicates.append(
            Suspicion((leader.read.place, row.read.place), self.ledger.why_certain, level="certain")
        )

    def _skip(self, row: PlannedRow, leader: PlannedRow) -> None:
        row.fate, row.drafts = "skipped", {}
        only_here = {
            row.read.sheet.header_of(path) or path: row.read.raw(path)
            for path, value in row.read.values.items()
            if value != leader.read.values.get(path) and not self._is_secret(path) and row.read.raw(path)
        }
        only_here |= {header or path: text for header, text in row.read.notes
                      if (header, text) not in leader.read.notes for path in (self.note,)}  # fmt: skip
        self.skipped.append(Skipped(*row.read.place, leader.read.number, self.ledger.why_certain, only_here))

    def _is_secret(self, path: str) -> bool:
        return path in self.targets and self.targets[path].field.secret

    def _follow(self, row: PlannedRow) -> None:
        """A row that was joined to an earlier one shares its fate."""
        if row.leader is None:
            return
        row.drafts = {}
        row.fate = "changed" if row.leader.fate == "new" else "same"
        if row.leader.fate == "error":
            row.read.fault(
                "", _("The row to which it belongs cannot be imported: %(row)s.", row=row.leader.read.number)
            )
            row.fate = "error"

    # -- what stands in the database -----------------------------------------------------------------------
    def _prepare(self, rows: Sequence[PlannedRow]) -> None:
        """Find out what of stored records must be known to decide these rows."""
        matcher = Matcher(self.session, self.viewer)
        known = fields_of(self.screen.records)
        own = [t.path for t in self.columns if not t.owner and not t.is_extra and t.path != self.note]
        said = {name for row in rows for name in row.read.values if "." not in name and name in known}
        constants = [name for name in self.constants if "." not in name]
        self.compared = tuple(dict.fromkeys((*own, *constants, *sorted(said - {self.note}))))
        ups = {
            at
            for row in rows
            for at in row.drafts
            if at and "." not in at and step(self.screen.records, at).is_up
        }
        note = (self.note,) if self.note else ()
        names = tuple(dict.fromkeys((*self.compared, *note, *sorted(ups))))
        self.asked = Asked(self.screen.records, names, self._children(), self.compared)
        self.matcher, self.used = matcher, set[int]()
        self.finder = Finder(
            matcher, self.screen, self.columns, self.choices, self.duplicates, has_note=bool(note)
        )
        self.finder.load(rows)
        self.defaults = _defaults(self.screen, self.compared)

    def _load(self, rows: Sequence[PlannedRow]) -> None:
        """Read the stored records that these rows may be; those of earlier rows are let go."""
        self.known = Known(self.ledger)
        new = [row for row in rows if row.read.id is None]
        certain = {row: [*self.ledger.certain(row.read.values)] for row in new}
        wanted = {key for row in new for key in (*certain[row], *self.ledger.probable(self._keyed(row)))}
        wanted |= {self._signature(row) for row in new if not certain[row]}
        asked = replace(self.asked, by_equality=not all(certain.values()), wanted=frozenset(wanted))
        numbered = [row.read.id for row in rows if row.read.id is not None]
        self.known = self.matcher.load(asked, (row.read.values for row in new), numbered)

    def _signature(self, row: PlannedRow) -> Hashable:
        return signature({**self.defaults, **row.own}, self.compared)

    def _children(self) -> dict[str, tuple[str, ...]]:
        """The fields of records that point at the main one, as far as columns fill them."""
        found: dict[str, tuple[str, ...]] = {}
        for target in self.columns:
            if target.owner and "." not in target.owner and not step(self.screen.records, target.owner).is_up:
                found[target.owner] = (*found.get(target.owner, ()), target.field.name)
        return found

    def _decide_by_id(self, row: PlannedRow) -> None:
        row.stored = self.known.by_id.get(row.read.id or 0)
        if row.stored is None or not row.stored.may_change:
            row.read.fault(ID, NO_SUCH)
            row.fate = "error"
            return
        for path, reason in row.read.unclear.items():
            if not self._names_it(row, path, row.stored.values.get(path)):
                row.read.fault(path, reason)
        self._compare(row, row.stored)

    def _names_it(self, row: PlannedRow, path: str, record_id: int | None) -> bool:
        """Tell whether a cell that names nobody, or several, names the record that stands there already."""
        if record_id is None:
            return False
        target = step(self.screen.records, path).model
        names = label_columns(target, self.viewer) or ()
        record = row.read.references.record(target, record_id)
        return any(
            comparable(str(getattr(record, name) or "")) == comparable(row.read.raw(path)) for name in names
        )

    def _decide(self, row: PlannedRow) -> None:
        keys = list(self.ledger.certain(row.read.values))
        row.stored = self.known.find_certain(keys) or (None if keys else self._equal(row))
        if row.stored is None and self.choices.get(row.read.place) == "update":
            row.stored = next(self.known.find_probable(self._keyed(row)), None)
        if row.stored is not None:
            self._compare(row, row.stored)
        else:
            self.finder.resolve(row)
            if row.read.faults:
                row.fate, row.drafts = "error", {}
                return
            self._suspect(row)
            self._write_note(row)
        for key in self.ledger.probable(self._keyed(row)):
            self.namesakes.setdefault(key, []).append(row)

    def _keyed(self, row: PlannedRow) -> dict[str, Any]:
        """Return the row's values with its own text for the note, which waits apart until the end."""
        own = next((text for header, text in row.read.notes if not header), None)
        return {**row.read.values, self.note: own} if own and self.note else row.read.values

    def _equal(self, row: PlannedRow) -> Stored | None:
        """Find a record equal to a row without a key: so a list without numbers adds nothing twice.

        Each record is found once: of two equal rows the second is a record of its own.
        """
        for stored in self.known.equal.get(self._signature(row), ()):
            if (
                stored.id not in self.used
                and not self._lacks(stored, row)
                and self._has_children(stored, row)
                and self.finder.fits(row, stored)
            ):
                self.used.add(stored.id)
                return stored
        return None

    def _has_children(self, stored: Stored, row: PlannedRow) -> bool:
        said = {at: self._said_below(row, at) for at in self._children()}
        return all(stored.has_child(at, values) for at, values in said.items() if values)

    def _said_below(self, row: PlannedRow, at: str) -> dict[str, Any]:
        """What cells say of a record that points at the main one; what follows from them is not compared."""
        paths = [
            target.path for target in self.columns if target.owner == at and target.path in row.read.values
        ]
        return {path.rpartition(".")[2]: row.read.values[path] for path in paths}

    def _lacks(self, stored: Stored, row: PlannedRow) -> list[tuple[str, str]]:
        known = stored.values.get(self.note) or ""
        if isinstance(known, dict):
            return [(header, text) for header, text in row.read.notes if known.get(header) != text]
        return [note for note in row.read.notes if note_line(note) not in known]

    def _compare(self, row: PlannedRow, stored: Stored) -> None:
        """Find what a row says otherwise than the record that it is.

        An empty cell changes nothing, except in an export of ours, which shows the whole record.
        """
        row.drafts = {at: draft for at, draft in row.drafts.items() if self._adds(row, stored, at)}
        changes = self._changes(row, stored)
        row.changes, row.fate = changes, "changed" if changes or row.drafts else "same"
        if row.fate == "same" and not row.read.faults:
            row.stored = None  # a long list needs the room
            return
        if row.fate == "changed" and not stored.may_change:
            row.read.fault("", _("It would change a record that you may not change."))
        elif changes:
            self._check_change(row, stored)
        if row.read.faults:
            row.fate, row.drafts = "error", {}

    def _changes(self, row: PlannedRow, stored: Stored) -> dict[str, Any]:
        changes = {
            path: value
            for path, value in row.own.items()
            if comparable_exactly(stored.values.get(path)) != comparable_exactly(value)
            and path not in self.ledger.first_stays
        }
        for path in row.read.empty:
            field, stands = self.targets[path].field, stored.values.get(path)
            if "." not in path and not field.required and stands not in (None, "", []):
                changes[path] = [] if field.is_plural else None
        if lacks := self._lacks(stored, row):
            changes[self.note] = self._with_notes(stored.values.get(self.note), lacks)
        if self.ledger.later_wins:
            changes |= self.finder.changes(row, stored)
        return changes

    def _adds(self, row: PlannedRow, stored: Stored, at: str) -> bool:
        """Tell whether a row that is stored already says something new of a record that points at it."""
        said = self._said_below(row, at) if at in self._children() else {}
        if not said or stored.has_child(at, said):
            return False
        row.drafts[at].links[step(self.screen.records, at).by] = stored.id
        return True

    def _check_change(self, row: PlannedRow, stored: Stored) -> None:
        record = self.session.get(self.screen.records, stored.id)
        if record is None:
            return
        apply_changes(record, row.changes)
        record.prepare(self.session)
        for fault in record.faults(self.session):
            row.read.fault(fault.field, fault.message)
        self.session.expunge(record)

    # -- new rows ------------------------------------------------------------------------------------------
    def _write_note(self, row: PlannedRow) -> None:
        draft, name = row.drafts[""], self.note
        if row.read.notes and name:
            draft.set(name, self._with_notes(None, row.read.notes))

    def _with_notes(self, stands: Any, notes: Sequence[tuple[str, str]]) -> Any:
        if fields_of(self.screen.records)[self.note].kind == "json":
            return {**(stands or {}), **dict(notes)}
        return "\n".join(filter(None, (stands, *map(note_line, notes))))

    def _suspect(self, row: PlannedRow) -> None:
        """Note stored records and earlier rows that a new row perhaps is."""
        if self.choices.get(row.read.place) == "keep":
            return
        why = self.ledger.why_probable
        for stored in self.known.find_probable(self._keyed(row)):
            self.duplicates.append(Suspicion((row.read.place,), why, stored.id))
        for earlier in self._namesakes(row):
            self.finder.is_twice(earlier, row)
            self.duplicates.append(Suspicion((earlier.read.place, row.read.place), why))

    def _namesakes(self, row: PlannedRow) -> Iterator[PlannedRow]:
        seen: set[Place] = set()
        for key in self.ledger.probable(self._keyed(row)):
            for earlier in self.namesakes.get(key, ())[:MOST_NAMESAKES]:
                apart = self.ledger.are_apart(row.read.values, earlier.read.values)
                if earlier.read.place not in seen and not apart:
                    seen.add(earlier.read.place)
                    yield earlier


def batched(rows: Sequence[PlannedRow]) -> Iterator[Sequence[PlannedRow]]:
    """Yield so many rows at a time that the records they may be find room in memory."""
    yield from (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def note_line(note: tuple[str, str]) -> str:
    """Return a cell without a home as a line of the note."""
    header, text = note
    return f"{header}: {text}" if header else text


def comparable_exactly(value: Any) -> Hashable:
    """Return codes in one order, and what is empty as nothing."""
    return tuple(sorted(value)) if isinstance(value, list) else None if value == "" else value


def apply_changes(record: Any, changes: Mapping[str, Any]) -> None:
    """Set the record's own changed fields."""
    known = fields_of(type(record))
    for name, value in changes.items():
        if "." in name:
            continue
        field = known[name]
        if field.kind == "choice" and field.choices and value is not None:
            value = as_stored(field.choices, value)  # noqa: PLW2901 - rules ask for the member, not its code
        setattr(record, f"{name}_id" if field.kind == "ref" else name, value)


def _distinct(mapped: Mapped) -> list[Target]:
    return list({target.path: target for one in mapped.sheets for target in one.targets}.values())


def _defaults(screen: Screen, names: Sequence[str]) -> dict[str, Any]:
    """Return what a new record holds in fields of which a row says nothing."""
    found: dict[str, Any] = {}
    for column in screen.records.__table__.c:
        if column.name in names and isinstance(column.default, ScalarElementColumnDefault):
            found[column.name] = column.default.arg
    return {**found, **ledger_of(screen.records).fills, **screen.only}
