"""Finding records by a few letters: for search boxes of references, within what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, jsonify, request
from flask_admin import expose
from sqlalchemy import ColumnElement

from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import label_columns, label_expression, label_text, params
from admin_views.engine.screen import Screen
from admin_views.engine.values import plain_text
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Listed
from tomoiki.core.search import indexed_classes, matching
from tomoiki.core.text import fold

MOST = 20


@dataclass(frozen=True)
class Found:
    """A record that fits: its id, its label, and what tells it from another of the same label."""

    id: int
    text: str
    sub: str = ""


class LookupPages(ScreenPages):
    """The route of the search box; mixed into the engine's view."""

    @expose("/lookup")
    def ajax_lookup(self) -> Any:
        """Answer with the records that fit, as JSON."""
        if not may_look_up(self.screen.model):
            abort(403)
        found = find_records(self.screen.model, request.args.get("q", ""), only=self.screen.only)
        return jsonify([{"id": one.id, "text": one.text, "sub": one.sub} for one in found])


def may_look_up(model: type[Listed]) -> bool:
    """Tell whether she may read the table, or may save a form that points at it and only needs its labels."""
    may, who = access(), viewer()
    if may.may(who, "read", model):
        return True
    if model.__tablename__ not in may.labels_open:
        return False
    return any(_points_at(screen, model) for screen in office().screens.values() if _may_save(screen))


def _may_save(screen: Screen) -> bool:
    return any(access().may(viewer(), verb, screen.model) for verb in ("create", "update"))


def _points_at(screen: Screen, model: type[Listed]) -> bool:
    known = fields_of(screen.model)
    return any(known[name].target == model.__name__ for name in screen.fields)


def find_records(
    model: type[Listed],
    query: str = "",
    *,
    ids: Sequence[int] | None = None,
    exact_label: bool = False,
    only: Any = None,
) -> list[Found]:
    """Return at most 20 records that fit words or ids, newest first; with `exact_label` one of that very name alone."""
    names = label_columns(model, viewer())
    if names is None or (not access().may(viewer(), "read", model) and not may_look_up(model)):
        return []
    table = model.__table__
    where = [_visible(model, query), *(table.c[name] == value for name, value in (only or {}).items())]
    if ids is not None:
        where.append(table.c.id.in_(ids))
    elif "active" in table.c:
        where.append(table.c.active)
    sub = _sub_column(model)
    statement = sa.select(table.c.id, label_expression(table, names), sub).where(*where)
    rows = db.session.execute(statement.order_by(table.c.id.desc()).limit(MOST), params()).all()
    found = [Found(row[0], label_text(model, row[1]), _sub_text(model, row[2])) for row in rows]
    same = [one for one in found if fold(one.text) == fold(query)] if exact_label else []
    return same if len(same) == 1 else found


def _visible(model: type[Listed], query: str) -> ColumnElement[bool]:
    who, may = viewer(), access()
    dialect = db.engine.dialect.name
    if not may.may(who, "read", model):  # labels only
        return matching(model, query, ["open"], dialect) if query.strip() else sa.true()
    conditions = []
    for mask in may.masks(who, model):
        rows = mask.rows() if mask.rows else sa.true()
        match = (
            matching(model, query, indexed_classes(model, mask.fields), dialect)
            if query.strip()
            else sa.true()
        )
        conditions.append(sa.and_(rows, match))
    return sa.or_(*conditions)


def _sub_column(model: type[Listed]) -> ColumnElement[Any]:
    name = model.__sublabel__
    if name and access().may(viewer(), "read", model) and access().sees(viewer(), model, name):
        return model.__table__.c[name]
    return sa.literal(None)


def _sub_text(model: type[Listed], value: Any) -> str:
    return plain_text(fields_of(model)[model.__sublabel__], value) if value is not None else ""
