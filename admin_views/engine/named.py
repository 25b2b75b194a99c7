"""Filters with a name, `field.is=today`: days reckoned from this one, what is empty, what is mine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import in_scope, label_columns, link_table, record_named
from tomoiki.core.access import VIEWER
from tomoiki.core.database import db
from tomoiki.core.dates import FiscalYear, month_of, today
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.records import Listed

TIMES = ("day", "moment")
SOON = timedelta(days=30)
Words = dict[str, LazyString]
MINE: Words = {"me": _("Mine")}
EMPTINESS: Words = {"none": _("Empty"), "any": _("Not empty")}
PERIODS: Words = {
    "today": _("Today"),
    "month": _("This month"),
    "year": _("This fiscal year"),
    "last-year": _("Last fiscal year"),
}
DUE: Words = {"overdue": _("Overdue"), "soon": _("Next 30 days")}
WORDS = MINE | PERIODS | DUE | EMPTINESS


@dataclass(frozen=True)
class Named:
    """A named filter in force; of a period, its days as they are today."""

    word: str
    low: date | None = None
    high: date | None = None


def words_for(what: Field) -> Words:
    """Return the names that filters of this field may have for this viewer."""
    offered: Words = {}
    if what.kind == "ref" and what.target == "User":
        offered |= MINE
    if what.kind in TIMES:
        offered |= PERIODS | (DUE if what.due else {})
    if what.optional and what.kind != "flag" and _is_told(what):
        offered |= EMPTINESS
    return offered


def _is_told(what: Field) -> bool:
    """Tell whether she sees of a reference that it is there."""
    return what.kind != "ref" or label_columns(record_named(what.target), viewer()) is not None


def named(word: str) -> Named:
    """Return the filter of that name, its days reckoned from this one."""
    if word not in PERIODS and word not in DUE:
        return Named(word)
    return Named(word, *_days(word, today()))


def _days(word: str, day: date) -> tuple[date | None, date | None]:
    if word == "today":
        return day, day
    if word == "overdue":
        return None, day - timedelta(days=1)
    if word == "soon":
        return day, day + SOON
    if word == "month":
        return month_of(day)
    year = FiscalYear.of(day, int(office().setting(db.session(), "fy_start_month")))
    if word == "last-year":
        year = FiscalYear.of(year.first - timedelta(days=1), year.start_month)
    return year.first, year.last


def holds_name(model: type[Listed], what: Field, value: Named) -> list[ColumnElement[bool]]:
    """Return the conditions of a named filter beyond its days."""
    if value.word in EMPTINESS:
        filled = _filled(model, what)
        return [filled if value.word == "any" else sa.not_(filled)]
    if value.word == "me":
        return [model.__table__.c[f"{what.name}_id"] == VIEWER]
    return _unsettled(model) if value.word == "overdue" else []


def _filled(model: type[Listed], what: Field) -> ColumnElement[bool]:
    """Return the condition that she sees something in the field: a reference out of her sight is none."""
    table = model.__table__
    if what.kind == "codes":
        owner = link_table(model, what.name).c[f"{model.__tablename__}_id"]
        return sa.select(owner).where(owner == table.c.id).exists()
    if what.kind != "ref":
        return table.c[what.name].is_not(None)
    key, target = table.c[f"{what.name}_id"], record_named(what.target)
    may = access()
    if not may.may(viewer(), "read", target) or may.scope(viewer(), target) is None:
        return key.is_not(None)
    far = target.__table__.alias()
    return sa.select(far.c.id).where(far.c.id == key, in_scope(target, far, viewer())).exists()


def _unsettled(model: type[Listed]) -> list[ColumnElement[bool]]:
    """Return the condition that the record may still move: what is done is not overdue."""
    moves = model.__moves__
    if moves is None or not access().sees(viewer(), model, moves.field):
        return []
    choices: Any = fields_of(model)[moves.field].choices
    settled = [state for state in choices if not moves.allowed.get(state)]
    return [model.__table__.c[moves.field].not_in(settled)] if settled else []
