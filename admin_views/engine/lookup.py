"""Finding records by a few letters: for search boxes of references, within what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, jsonify, request
from flask_admin import expose
from sqlalchemy import ColumnElement

from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import in_scope, label_of, label_text, params, record_named, shown
from admin_views.engine.screen import Screen
from admin_views.engine.values import plain_text
from tomoiki.core.access import Grant
from tomoiki.core.database import db
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.history import log_access
from tomoiki.core.merging import standing
from tomoiki.core.records import Listed
from tomoiki.core.search import indexed_classes, newest_matching
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
            log_access("refused", self.model.__tablename__)
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
    model: type[Listed], query: str = "", *, exact_label: bool = False, only: Any = None, most: int = MOST
) -> list[Found]:
    """Return at most so many records that fit the words, newest first; with `exact_label` one of that very name alone."""
    labels = _labels(model)
    if labels is None:
        return []
    table = model.__table__
    labels = labels.where(*(table.c[name] == value for name, value in (only or {}).items()), *standing(model))
    if "active" in table.c:
        labels = labels.where(table.c.active)
    hits = {
        one.id: one
        for part in _fitting(model, labels, query)
        for one in _read(model, part.limit(most), params())
    }
    found = sorted(hits.values(), key=lambda one: -one.id)[:most]
    same = [one for one in found if fold(one.text) == fold(query)] if exact_label else []
    return same if len(same) == 1 else found


def _fitting(model: type[Listed], labels: sa.Select[Any], query: str) -> Iterator[sa.Select[Any]]:
    """Yield the selects of what fits, newest first: one for each mask, for each lets her search other words."""
    who, may, dialect = viewer(), access(), db.engine.dialect.name
    if not query.strip():
        yield labels.where(_visible(model)).order_by(model.__table__.c.id.desc())
    elif not may.may(who, "read", model):  # labels only
        yield newest_matching(model, labels, query, ["open"], dialect)
    else:
        for mask in may.masks(who, model):
            rows = labels.where(mask.rows()) if mask.rows else labels
            yield newest_matching(model, rows, query, classes(model, mask), dialect)


def named(model: type[Listed], ids: Iterable[int]) -> list[Found]:
    """Return the labels of these records, those that she may see, newest first."""
    wanted = list(ids)
    question = seen_alike("named", model.__tablename__)
    statement = office().kept.get(question, lambda: _named(model)) if wanted else None
    return [] if statement is None else _read(model, statement, params() | {"ids": wanted})


def stands(model: type[Listed], key: int) -> bool:
    """Tell whether a record may be pointed at: it was not merged into another."""
    own = standing(model)
    return not own or db.session.scalar(sa.select(model.id).where(model.id == key, *own)) is not None


def _named(model: type[Listed]) -> sa.Select[Any] | None:
    labels, key = _labels(model), model.__table__.c.id
    if labels is None:
        return None
    chosen = key.in_(sa.bindparam("ids", expanding=True, type_=sa.Integer))
    return labels.where(_visible(model), chosen).order_by(key.desc())


def _labels(model: type[Listed]) -> sa.Select[Any] | None:
    """Return the select of ids and labels, or None where she may see no label."""
    table = model.__table__
    text = label_of(model, table, viewer())
    if text is None or not (access().may(viewer(), "read", model) or may_look_up(model)):
        return None
    return sa.select(table.c.id, text, _sub_column(model))


def _read(model: type[Listed], statement: sa.Select[Any], values: Mapping[str, Any]) -> list[Found]:
    rows = db.session.execute(statement, values).all()
    return [Found(row[0], label_text(model, row[1]), _sub_text(model, row[2])) for row in rows]


def _visible(model: type[Listed]) -> ColumnElement[bool]:
    who, may = viewer(), access()
    scope = may.scope(who, model) if may.may(who, "read", model) else None  # else labels only
    return sa.true() if scope is None else scope


def classes(model: type[Listed], mask: Grant) -> list[str]:
    """Return the classes of the search index that she may search on the rows of this mask."""
    who, may = viewer(), access()
    return indexed_classes(model, mask.fields, lambda target, name: may.sees(who, target, name))


def _sub_column(model: type[Listed]) -> ColumnElement[Any]:
    name = model.__sublabel__
    if not name or not access().may(viewer(), "read", model):
        return sa.literal(None)
    what = fields_of(model)[name]
    return _sub_name(model, what) if what.kind == "ref" else shown(model, model.__table__, name, viewer())


def _sub_name(model: type[Listed], what: Field) -> ColumnElement[Any]:
    """Return the SQL of the name of what this field points at; none where a row may hide the field from her."""
    target = record_named(what.target)
    far = target.__table__.alias()
    text = label_of(target, far, viewer())
    if text is None or access().rows_showing(viewer(), model, what.name) is not None:
        return sa.literal(None)
    key = model.__table__.c[f"{what.name}_id"]
    found = sa.select(text).where(far.c.id == key, in_scope(target, far, viewer()))
    return found.correlate(model.__table__).scalar_subquery()


def _sub_text(model: type[Listed], value: Any) -> str:
    if value is None:
        return ""
    what = fields_of(model)[model.__sublabel__]
    return label_text(record_named(what.target), value) if what.kind == "ref" else plain_text(what, value)
