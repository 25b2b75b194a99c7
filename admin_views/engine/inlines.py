"""Rows of another table inside a record's form: shown, read, checked and saved with it, by the child's permissions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.arguments import parse_id
from admin_views.engine.detail import pointing_field
from admin_views.engine.filling import fill, stands_outside
from admin_views.engine.inputs import Input, Stored, input_for
from admin_views.engine.lookup import named
from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import params, record_named
from admin_views.engine.saving import save_changes, save_new
from admin_views.engine.screen import Inline, Screen
from tomoiki.core.access import Verb
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Fault, Record

EMPTY_ROWS = 3
MOST_ROWS = 200
NEW = "new"  # what stands in a new row's names before its number
TEMPLATE = f"{NEW}N"  # the row that a browser's script copies


@dataclass
class InlineRow:
    """One row: its controls, the record it stands for (none: a new one), and what is wrong with it as a whole."""

    prefix: str
    form: Any
    record: Record | None = None
    is_stored: bool = False
    is_sent: bool = False
    may_delete: bool = False
    is_removed: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def version(self) -> int | str:
        """Return the version that the row was opened at."""
        return request.form.get(f"{self.prefix}version") or (self.record.version if self.record else 0)

    @property
    def wrong(self) -> list[Input]:
        """Return the controls with errors."""
        return [control for control in self.form if control.errors]

    @property
    def is_filled(self) -> bool:
        """Tell whether the row says something: it came with the form, and is stored or was typed into."""
        return self.is_sent and (self.is_stored or any(_is_touched(control) for control in self.form))


def _is_touched(control: Input) -> bool:
    """Tell whether something else stands there than in an empty row."""
    default = control.default() if callable(control.default) else control.default
    if control.field.kind == "flag":
        return control.name in request.form and not default
    texts = [*request.form.getlist(control.name), *request.form.getlist(f"{control.name}-text")]
    untouched = "" if default is None else control.show(default)
    return any(text.strip() not in ("", untouched) for text in texts)


class InlineRows:
    """The rows of one inline in one form."""

    def __init__(self, screen: Screen, inline: Inline, form_base: type[Any], parent: Record | None) -> None:
        """Build the rows that are stored, those that were sent, and empty ones."""
        self.inline, self.parent, self._base = inline, parent, form_base
        self.model, self.by = inline.model, pointing_field(inline, screen.model)
        child = office().screen_of(inline.model)
        self.name = str(child.name) if child else str(fields_of(inline.model)[inline.fields[0]].label)
        self.one = str(child.one) if child else self.name
        self.may_create = access().may(viewer(), "create", self.model)
        self.rows = list(self._stored()) + (list(self._new()) if self.may_create else [])

    @property
    def template(self) -> InlineRow | None:
        """Return the row that a script copies."""
        return self._row(TEMPLATE, None) if self.may_create else None

    def _prefix(self, key: int | str) -> str:
        return f"{self.model.__tablename__}-{key}-"

    def _stored(self) -> Iterator[InlineRow]:
        records = _children(self.model, self.by, self.parent.id) if self.parent is not None else ()
        labels, deletable = self._labels(records), _within(self.model, records, "delete")
        for record in records:
            row = self._row(record.id, record, labels)
            row.may_delete = record.id in deletable
            row.is_removed = row.may_delete and bool(row.is_sent and request.form.get(f"{row.prefix}remove"))
            yield row

    def _new(self) -> Iterator[InlineRow]:
        sent = _sent_numbers(self.model) if request.method == "POST" else []
        for number in sent or range(1, EMPTY_ROWS + 1):
            yield self._row(f"{NEW}{number}", None)

    def _labels(self, records: Sequence[Any]) -> Mapping[str, Mapping[int, str]]:
        """Return the labels of what the rows point at, asked once a field instead of once a row."""
        known = fields_of(self.model)
        found = {}
        for name in [name for name in self.inline.fields if known[name].kind == "ref"]:
            ids = sorted({key for record in records if (key := getattr(record, f"{name}_id"))})
            found[name] = {one.id: one.text for one in named(record_named(known[name].target), ids)}
        return found

    def _row(
        self, key: int | str, record: Record | None, labels: Mapping[str, Mapping[int, str]] | None = None
    ) -> InlineRow:
        prefix, known = self._prefix(key), fields_of(self.model)
        shown = access().fields(viewer(), self.model)
        names = [name for name in self.inline.fields if shown is None or name in shown]
        extra: dict[str, dict[str, Any]] = {name: {"known": one} for name, one in (labels or {}).items()}
        controls = {
            name: input_for(known[name], _default(self.model, name), **extra.get(name, {})) for name in names
        }
        is_sent = request.method == "POST" and any(name.startswith(prefix) for name in request.form)
        form = type("RowForm", (self._base,), controls)(
            request.form if is_sent else None, obj=Stored(record) if record else None, prefix=prefix
        )
        return InlineRow(prefix, form, record, is_stored=record is not None, is_sent=is_sent)

    def check(self, parent: Record) -> bool:
        """Put what was typed into the records; tell whether every row could be read."""
        is_right = True
        for row in [row for row in self.rows if row.is_filled and not row.is_removed]:
            if row.record is None:
                row.record = self.model(**{self.by: parent})
            elif f"{row.prefix}version" in request.form and parse_id(str(row.version)) != row.record.version:
                row.errors.append(_("Somebody else changed this row meanwhile. Look at it again."))
            is_right &= not fill(row.form, row.record) and not row.errors
        return is_right

    def save(self, session: Session) -> list[Fault]:
        """Write the rows in the running transaction; return a fault without words if one breaks a rule."""
        for row in [row for row in self.rows if row.is_filled]:
            for fault in self._save(session, row):
                _place(row, fault)
        return [Fault("") for row in self.rows if row.errors or row.wrong]

    def _save(self, session: Session, row: InlineRow) -> Sequence[Fault]:
        record = row.record
        if record is None:
            return ()
        if row.is_removed:
            if reason := record.keeps(session):
                return [Fault(reason)]
            session.delete(record)
            session.flush()
            return ()
        is_new = record.id is None
        faults = save_new(session, record) if is_new else save_changes(session, record)
        verbs: tuple[Verb, ...] = ("create",) if is_new else ("update", "create")
        return faults or stands_outside(record, *verbs)


def _default(model: type[Record], name: str) -> Any:
    default = getattr(model.__table__.c.get(name), "default", None)
    if default is None:
        return None
    return (lambda: default.arg(None)) if default.is_callable else default.arg


def _children(model: type[Record], by: str, key: int) -> Sequence[Any]:
    table, scope = model.__table__, access().scope(viewer(), model, "update")
    if not access().may(viewer(), "update", model):
        return []
    where = [table.c[f"{by}_id"] == key, *([scope] if scope is not None else [])]
    found = sa.select(model).where(*where).order_by(table.c.id).limit(MOST_ROWS)
    return db.session.scalars(found, params()).all()


def _within(model: type[Record], records: Sequence[Any], verb: Verb) -> set[int]:
    """Return the ids of these records that she may do this to."""
    ids = [record.id for record in records]
    scope = access().scope(viewer(), model, verb)
    if scope is None or not ids:
        return set(ids)
    return set(db.session.scalars(sa.select(model.id).where(model.id.in_(ids), scope), params()))


def _sent_numbers(model: type[Record]) -> list[int]:
    pattern = re.compile(rf"{re.escape(model.__tablename__)}-{NEW}([0-9]{{1,4}})-")
    numbers = {int(found[1]) for name in request.form if (found := pattern.match(name))}
    return sorted(numbers)[:MOST_ROWS]


def _place(row: InlineRow, fault: Fault) -> None:
    """Put a fault by its control, or over the row."""
    control = next((one for one in row.form if one.short_name == fault.field), None)
    if control is None:
        row.errors.append(str(fault.message))
    else:
        control.errors = [*control.errors, str(fault.message)]


def inline_rows(screen: Screen, form_base: type[Any], parent: Record | None) -> list[InlineRows]:
    """Return the inlines of a form that this viewer may fill in."""
    found = [one for one in screen.inlines if not (one.once and parent is not None)]
    made = [
        InlineRows(screen, one, form_base, parent)
        for one in found
        if any(access().may(viewer(), verb, one.model) for verb in _WRITING)
    ]
    return [one for one in made if one.rows]


_WRITING: tuple[Verb, ...] = ("create", "update")


def save_all(session: Session, inlines: Iterable[InlineRows]) -> list[Fault]:
    """Write the rows of all inlines."""
    return [fault for one in inlines for fault in one.save(session)]
