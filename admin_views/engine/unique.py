"""Values that must be unique: taken by a stored record, or standing twice in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.plans import PlannedRow
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Record

BATCH = 500

Said = dict[tuple[type[Record], str], dict[Any, list[tuple[PlannedRow, str]]]]


def refuse_taken(session: Session, rows: Sequence[PlannedRow]) -> None:
    """Note a fault on each row that brings a value which another record has."""
    for (model, name), values in _said(rows).items():
        owners = _owners(session, model, name, list(values))
        for value, places in values.items():
            for number, (row, path) in enumerate(places):
                owner = owners.get(value)
                its_own = row.stored.id if row.stored is not None and "." not in path else None
                if owner is not None and owner != its_own:
                    _refuse(row, path, _("Another record has this value already. It must be unique."))
                elif number:
                    first = places[0][0].read.number
                    _refuse(row, path, _("Row %(row)s has this value already. It must be unique.", row=first))


def _refuse(row: PlannedRow, path: str, reason: Any) -> None:
    row.read.fault(path, reason)
    row.fate, row.drafts = "error", {}


def _said(rows: Sequence[PlannedRow]) -> Said:
    found: Said = {}
    for row in rows:
        for draft in row.drafts.values():
            for name in unique_names(draft.model):
                value = draft.said.get(name)
                if value not in (None, ""):
                    path = f"{draft.at}.{name}" if draft.at else name
                    found.setdefault((draft.model, name), {}).setdefault(value, []).append((row, path))
        for name, value in row.changes.items():
            if "." not in name and name in unique_names(row.read.main) and value not in (None, ""):
                found.setdefault((row.read.main, name), {}).setdefault(value, []).append((row, name))
    return found


@cache
def unique_names(model: type[Record]) -> tuple[str, ...]:
    """Return the fields that a person fills and no two records share."""
    known = fields_of(model)
    return tuple(
        column.name
        for column in model.__table__.c
        if column.unique and column.name in known and not known[column.name].read_only
    )


def _owners(session: Session, model: type[Record], name: str, values: Sequence[Any]) -> Mapping[Any, int]:
    column = model.__table__.c[name]
    found: dict[Any, int] = {}
    for start in range(0, len(values), BATCH):
        rows = sa.select(column, model.__table__.c.id).where(column.in_(values[start : start + BATCH]))
        found.update((row[0], row[1]) for row in session.execute(rows))
    return found
