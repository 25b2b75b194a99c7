"""Putting a form's values into a record, and asking whether the record may stand as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.inputs import Input
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import is_opened, may_rows, params, record_named
from admin_views.engine.screen import Screen
from tomoiki.core.access import Verb
from tomoiki.core.database import db
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.records import Fault, Record


def form_names(screen: Screen) -> list[str]:
    """Return the form's fields that this viewer may see and that people fill in."""
    shown, known = access().fields(viewer(), screen.model), fields_of(screen.model)
    return [
        name
        for name in screen.fields
        if not known[name].read_only and name not in screen.only and (shown is None or name in shown)
    ]


def fill(form: Any, record: Record) -> list[Fault]:
    """Put the form's values into the record; return a fault without words where the form itself has errors.

    A required field is missed only where the record does not fill it in by itself.
    """
    form.validate()
    with db.session.no_autoflush:
        for field in form:
            if not field.errors:
                put_in(record, field)
        record.prepare(db.session())
    for field in form:
        if _stands(record, field) in (None, "", []):
            field.mark_missing()
    return [Fault("", field.name) for field in form if field.errors]


def _stands(record: Record, field: Input) -> Any:
    return getattr(record, f"{field.short_name}_id" if field.field.kind == "ref" else field.short_name)


def put_in(record: Record, field: Input) -> None:
    """Put what a control holds into the record."""
    known = field.field
    if known.kind in ("ref", "refs"):
        field.populate_obj(record, field.short_name)
    elif known.kind == "codes":
        set_codes(record, field.short_name, field.data or [])
    elif field.data is not None:
        setattr(record, field.short_name, field.data)
    else:
        empty(record, field)


def empty(record: Record, field: Input) -> None:
    """Empty the field, or put back the default of one that is never empty; a day of today stays what it was."""
    column = type(record).__table__.c[field.short_name]
    if column.nullable:
        setattr(record, field.short_name, None)
    elif column.default is not None and column.default.is_scalar:
        setattr(record, field.short_name, column.default.arg)


def set_codes(record: Record, name: str, codes: list[str]) -> None:
    """Change only the links that differ, so that the log tells just these."""
    current = getattr(record, name)
    for code in [code for code in current if code not in codes]:
        current.remove(code)
    for code in codes:
        if code not in current:
            current.append(code)


def put_value(session: Session, record: Record, what: Field, value: Any) -> None:
    """Set a field to a value as `current` and the log tell it: of references their ids."""
    if what.kind == "ref":
        setattr(record, f"{what.name}_id", value)
    elif what.kind == "refs":
        found = [session.get(record_named(what.target), key) for key in value]
        setattr(record, what.name, [one for one in found if one is not None])
    elif what.kind == "codes":
        set_codes(record, what.name, value)
    else:
        setattr(record, what.name, value)


def stands_outside(record: Record, *verbs: Verb) -> list[Fault]:
    """Return a fault if a record, as it stands now, is not among those that she may create, or change."""
    model, opened = type(record), is_opened(type(record), record.id)
    scopes = [may_rows(model, verb, opened=opened) for verb in verbs]
    within = [scope for scope in scopes if scope is not None]
    if len(within) < len(scopes):
        return []
    key = model.__table__.c.id
    found = office().kept.get(
        seen_alike("outside", model.__tablename__, verbs, opened),
        lambda: sa.select(key).where(key == sa.bindparam("key"), sa.or_(*within)),
    )
    if db.session.scalar(found, params() | {"key": record.id}) is not None:
        return []
    return [Fault(_("You may not save this: it would be hidden from you."))]


def outside(session: Session, model: type[Record], verb: Verb, ids: Sequence[int]) -> bool:
    """Tell whether one of these, as it is written now, is not among those to which she may do this."""
    scope = access().scope(viewer(), model, verb)
    if scope is None:
        return False
    within = sa.select(sa.func.count()).select_from(model.__table__).where(model.id.in_(ids), scope)
    return session.scalar(within, params()) != len(ids)
