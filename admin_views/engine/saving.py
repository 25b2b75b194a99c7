"""Saving one record: what follows is filled in, its rules are asked, and nothing of the database's words gets out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import cast

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine.office import office
from tomoiki.core.dates import FiscalYear
from tomoiki.core.fields import field_behind, fields_of
from tomoiki.core.records import Fault, Record, fill_defaults, give_number

Rows = Callable[[], list[Fault]]  # writes the rows of the record's form
CONTRADICTS = _("This cannot be saved: it contradicts another record. Check values that must be unique.")


def attempt(session: Session, work: Callable[[], list[Fault]]) -> list[Fault]:
    """Do the work wholly or not at all in the running transaction; return why not."""
    step = session.begin_nested()
    try:
        faults = work()
    except (IntegrityError, StaleDataError):
        faults = [Fault(CONTRADICTS)]
    if faults:
        step.rollback()
    else:
        step.commit()
    return faults


def save_new(session: Session, record: Record, rows: Rows = list) -> list[Fault]:
    """Add a record in the running transaction; return the rules it breaks, then nothing is saved."""
    return _save(session, record, rows, is_new=True)


def save_together(session: Session, records: Sequence[Record]) -> list[Fault]:
    """Add records as if each had been saved, but written at once; return the rules that they break."""
    year_of = _fiscal_year(session)
    with session.no_autoflush:
        for record in records:
            fill_defaults(record)
            record.prepare(session)
            _number(session, record, year_of)
    session.add_all(records)
    session.flush()
    faults = [fault for record in records for fault in (*record.faults(session), *record.settle(session))]
    session.flush()
    return faults


def save_changes(session: Session, record: Record, rows: Rows = list) -> list[Fault]:
    """Write a changed record in the running transaction; return the rules it breaks, then nothing is saved."""
    return _save(session, record, rows, is_new=False)


def _save(session: Session, record: Record, rows: Rows, *, is_new: bool) -> list[Fault]:
    faults = _write(session, record, is_new=is_new) or rows()
    if faults := faults or list(record.settle(session)):
        return faults
    session.flush()
    return []


def _write(session: Session, record: Record, *, is_new: bool) -> list[Fault]:
    with session.no_autoflush:
        if is_new:
            fill_defaults(record)
        record.prepare(session)
        faults = [*record.faults(session), *_taken(session, record)]
        if faults:
            return faults
        if is_new:
            _number(session, record, _fiscal_year(session))
            session.add(record)
    try:
        session.flush()
    except IntegrityError:
        return [Fault(CONTRADICTS)]
    return []


def _number(session: Session, record: Record, year_of: Callable[[date], int]) -> None:
    rule = record.__numbering__
    if rule is not None and not getattr(record, rule.field):
        give_number(session, record, office().setting(session, rule.setting), year_of)


def _fiscal_year(session: Session) -> Callable[[date], int]:
    start = int(office().setting(session, "fy_start_month"))
    return lambda day: FiscalYear.of(day, start).start_year


def _taken(session: Session, record: Record) -> list[Fault]:
    """Find values, or several together, that must be unique and stand in another record already."""
    table, faults = type(record).__table__, []
    for names in _unique(type(record)):
        values = {name: getattr(record, name) for name in names}
        if any(value in (None, "") for value in values.values()):
            continue
        alike = (table.c[name] == value for name, value in values.items())
        others = sa.select(table.c.id).where(*alike, table.c.id != (record.id or 0))
        if session.scalar(others.limit(1)) is not None:
            faults.append(_double(type(record), names))
    return faults


@cache
def _unique(model: type[Record]) -> list[tuple[str, ...]]:
    """Return the columns, or sets of them, of which no two rows may have the same; partial ones are the database's."""
    known, table = fields_of(model), cast("sa.Table", model.__table__)
    alone = [(name,) for name in known if name in table.c and table.c[name].unique]
    together = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    return alone + [
        tuple(column.name for column in item.columns) for item in together if len(item.columns) > 1
    ]


def _double(model: type[Record], names: tuple[str, ...]) -> Fault:
    if len(names) == 1:
        return Fault(_("Another record has this value already. It must be unique."), names[0])
    fields = [field for name in names if (field := field_behind(model, name)) is not None]
    words = " + ".join(str(field.label) for field in fields)
    return Fault(_("Another record has the same already: %(fields)s.", fields=words), fields[-1].name)
