"""One select over Core rows: columns, labels of references, and only what the viewer may see (lists and details)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.office import access, viewer
from tomoiki.core.access import Grant, Viewer, scope_params
from tomoiki.core.fields import Field, fields_of, model_named
from tomoiki.core.languages import language
from tomoiki.core.records import Listed, label_fields


@dataclass(frozen=True)
class Selection:
    """A select of records: the statement's columns by field, and the masks whose flags each row carries."""

    model: type[Listed]
    columns: Sequence[sa.ColumnElement[Any]]
    names: Sequence[str]
    joined: sa.FromClause
    masks: Sequence[Grant]

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return the row's values by field name, without those that its masks hide; `id` is always there."""
        flags = len(self.masks) if len(self.masks) > 1 else 0
        values = dict(zip(self.names, row[1 + flags :], strict=True))
        values["id"] = row[0]
        shown = self._shown(row[1 : 1 + flags])
        return (
            values
            if shown is None
            else {name: value for name, value in values.items() if _base(name) in shown}
        )

    def _shown(self, flags: Sequence[Any]) -> frozenset[str] | None:
        masks = (
            self.masks if not flags else [mask for mask, flag in zip(self.masks, flags, strict=True) if flag]
        )
        if any(mask.fields is None for mask in masks):
            return None
        return frozenset({"id"}.union(*(mask.fields or () for mask in masks)))


def _base(name: str) -> str:
    return name.partition(".")[0]


def selection(model: type[Listed], names: Iterable[str], who: Viewer | None = None) -> Selection:
    """Return the select of these fields for this viewer; references give their label and, as `name.id`, their id."""
    who = who or viewer()
    masks = access().masks(who, model)
    possible = access().fields(who, model)
    build = _Builder(model, who)
    for name in dict.fromkeys(names):
        if possible is None or name in possible:
            build.add(fields_of(model)[name])
    flags = [_flag(mask) for mask in masks] if len(masks) > 1 else []
    columns = [model.__table__.c.id, *flags, *build.columns]
    return Selection(model, columns, build.names, build.joined, masks)


def _flag(mask: Grant) -> ColumnElement[Any]:
    return sa.case((mask.rows(), 1), else_=0) if mask.rows else sa.literal(1)


@dataclass
class _Builder:
    model: type[Listed]
    who: Viewer
    columns: list[ColumnElement[Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    joined: Any = None

    def __post_init__(self) -> None:
        self.joined = self.model.__table__

    def add(self, what: Field) -> None:
        if what.is_plural:
            return
        if what.kind == "ref":
            self._add_reference(what)
        else:
            self.columns.append(self.model.__table__.c[what.name])
            self.names.append(what.name)

    def _add_reference(self, what: Field) -> None:
        target = record_named(what.target)
        text = label_columns(target, self.who)
        if text is None:
            return
        far = target.__table__.alias(what.name)
        key = self.model.__table__.c[f"{what.name}_id"]
        self.joined = self.joined.outerjoin(far, sa.and_(key == far.c.id, _in_scope(target, far, self.who)))
        self.columns += [label_expression(far, text), far.c.id]
        self.names += [what.name, f"{what.name}.id"]


def record_named(name: str) -> type[Listed]:
    """Return the model of that name as the Record it is."""
    return model_named(name)  # type: ignore[return-value]  # every ref points at a Record


def label_columns(target: type[Listed], who: Viewer) -> tuple[str, ...] | None:
    """Return the fields that may name a record of this table to her, best first; None: not even its name."""
    names = label_fields(target, language())
    may = access()
    if not may.may(who, "read", target):
        return names if target.__tablename__ in may.labels_open else None
    shown = may.fields(who, target)
    found = tuple(name for name in names if name in fields_of(target) and (shown is None or name in shown))
    return found or None


def label_expression(far: Any, names: Sequence[str]) -> ColumnElement[Any]:
    """Return the SQL of a record's label: the first of these columns that is filled."""
    columns = [far.c[name] for name in names if name in far.c]
    return columns[0] if len(columns) == 1 else sa.func.coalesce(*columns)


def _in_scope(target: type[Listed], far: Any, who: Viewer) -> ColumnElement[bool]:
    may = access()
    scope = may.scope(who, target) if may.may(who, "read", target) else None
    if scope is None:
        return sa.true()
    table = target.__table__
    return sa.select(table.c.id).where(table.c.id == far.c.id, scope).correlate(far).exists()


def label_text(target: type[Listed], value: Any) -> str:
    """Return the label as text: a code that names a record is shown by its own label."""
    from admin_views.engine.values import plain_text  # noqa: PLC0415 - values know no rows

    first = target.__label__[0] if target.__label__ else ""
    known = fields_of(target).get(first)
    return plain_text(known, value) if known is not None and value is not None else str(value or "")


def label_shower(target: type[Listed]) -> Callable[[Any], str]:
    """Return the function that reads a label of this table: for a list, chosen once."""
    first = fields_of(target).get(target.__label__[0]) if target.__label__ else None
    if first is None or (first.kind == "text" and first.format is None):
        return str
    return lambda value: label_text(target, value)


def plurals(
    session: Session, model: type[Listed], names: Iterable[str], ids: Sequence[int]
) -> Mapping[str, Any]:
    """Return {field: {record: [values]}} for fields of several values: one query a field."""
    found: dict[str, dict[int, list[Any]]] = {}
    for name in names:
        what = fields_of(model)[name]
        if not what.is_plural or not ids:
            continue
        rows = session.execute(
            _codes(model, what, ids) if what.kind == "codes" else _references(model, what, ids), params()
        )
        into = found.setdefault(name, {})
        for owner, value in rows:
            into.setdefault(owner, []).append(value)
    return found


def _codes(model: type[Listed], what: Field, ids: Sequence[int]) -> sa.Select[Any]:
    link = link_table(model, what.name)
    owner = link.c[f"{model.__tablename__}_id"]
    return sa.select(owner, link.c.code).where(owner.in_(ids)).order_by(owner, link.c.code)


def link_table(model: type[Listed], name: str) -> sa.FromClause:
    """Return the link table of a field of several codes."""
    found: sa.FromClause = sa.inspect(model).relationships[f"{name}_links"].mapper.local_table
    return found


def _references(model: type[Listed], what: Field, ids: Sequence[int]) -> sa.Select[Any]:
    target = record_named(what.target)
    link = sa.inspect(model).relationships[what.name].secondary
    if link is None:
        raise TypeError(what.name)
    owner, far = link.c[f"{model.__tablename__}_id"], target.__table__.alias("far")
    names = label_columns(target, viewer())
    if names is None:
        return sa.select(owner, owner).where(sa.false())
    joined = link.join(
        far, sa.and_(link.c[f"{target.__tablename__}_id"] == far.c.id, _in_scope(target, far, viewer()))
    )
    return (
        sa.select(owner, label_expression(far, names))
        .select_from(joined)
        .where(owner.in_(ids))
        .order_by(far.c.id)
    )


def params() -> dict[str, Any]:
    """Return the values of the names that every scope uses."""
    return scope_params(viewer())
