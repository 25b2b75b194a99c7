"""One select over Core rows: columns, labels of references, and only what the viewer may see (lists and details)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.office import access, viewer
from tomoiki.core.access import Grant, Verb, Viewer, scope_params
from tomoiki.core.fields import Field, fields_of, model_named
from tomoiki.core.languages import language
from tomoiki.core.merging import standing
from tomoiki.core.records import Listed, Record, label_fields

CODES = ","  # between the codes of one field; no code holds it


@dataclass(frozen=True)
class Selection:
    """A select of records: the statement's columns by field, and the masks whose flags each row carries.

    Several codes come in one column; several references (`refs`) take one more query for all rows.
    """

    model: type[Listed]
    columns: Sequence[sa.ColumnElement[Any]]
    names: Sequence[str]
    joined: sa.FromClause
    masks: Sequence[Grant]
    codes: Sequence[str] = ()
    refs: Sequence[str] = ()

    @property
    def shown(self) -> frozenset[str]:
        """Return the fields that rows may hold."""
        return frozenset((*self.names, *self.refs))

    def rows(
        self, session: Session, found: Sequence[Sequence[Any]], *, whole: bool = False
    ) -> list[dict[str, Any]]:
        """Return the values of each row; `whole` whatever its masks say, because a reason opened it."""
        read = [self._read(row, whole=whole) for row in found]
        for name in self.refs if read else ():
            targets = _reference_labels(session, self.model, name, [row["id"] for row in read])
            for row in read:
                if name in row:
                    row[name] = targets.get(row["id"], [])
        return read

    def _read(self, row: Sequence[Any], *, whole: bool) -> dict[str, Any]:
        """Return the row's values by field name, without those that its masks hide; `id` is always there."""
        flags = len(self.masks) if len(self.masks) > 1 else 0
        values = dict(zip(self.names, row[1 + flags :], strict=True))
        values["id"] = row[0]
        for name in self.codes:
            values[name] = sorted(values[name].split(CODES)) if values[name] else []
        for name in self.refs:
            values[name] = []
        shown = None if whole else self._shown(row[1 : 1 + flags])
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


def selection(model: type[Listed], names: Iterable[str]) -> Selection:
    """Return the select of these fields for this viewer; references give their label and, as `name.id`, their id."""
    who = viewer()
    masks = access().masks(who, model)
    possible = access().fields(who, model)
    build = _Builder(model, who)
    for name in dict.fromkeys(names):
        if possible is None or name in possible:
            build.add(fields_of(model)[name])
    flags = [flag(mask) for mask in masks] if len(masks) > 1 else []
    columns = [model.__table__.c.id, *flags, *build.columns]
    return Selection(model, columns, build.names, build.joined, masks, build.codes, build.refs)


def flag(mask: Grant) -> ColumnElement[Any]:
    """Return the SQL of whether a row is one of this mask's."""
    return sa.case((mask.rows(), 1), else_=0) if mask.rows else sa.literal(1)


@dataclass
class _Builder:
    model: type[Listed]
    who: Viewer
    columns: list[ColumnElement[Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    joined: Any = None

    def __post_init__(self) -> None:
        self.joined = self.model.__table__

    def add(self, what: Field) -> None:
        if what.kind == "refs":
            self.refs.append(what.name)
        elif what.kind == "codes":
            self.columns.append(_codes(self.model, what))
            self.names.append(what.name)
            self.codes.append(what.name)
        elif what.kind == "ref":
            self._add_reference(what)
        else:
            self.columns.append(self.model.__table__.c[what.name])
            self.names.append(what.name)

    def _add_reference(self, what: Field) -> None:
        target = record_named(what.target)
        far = target.__table__.alias()  # a name that no scope uses: within `exists` the table's own would win
        text = label_of(target, far, self.who)
        if text is None:
            return
        key = self.model.__table__.c[f"{what.name}_id"]
        self.joined = self.joined.outerjoin(far, sa.and_(key == far.c.id, in_scope(target, far, self.who)))
        self.columns += [text, far.c.id]
        self.names += [what.name, f"{what.name}.id"]


def record_named(name: str) -> type[Record]:
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


def label_of(target: type[Listed], far: Any, who: Viewer) -> ColumnElement[Any] | None:
    """Return the SQL of a record's label: the first naming column that is filled and that she sees on that row."""
    names = label_columns(target, who)
    if names is None:
        return None
    is_label_only = not access().may(who, "read", target)
    columns = [
        far.c[name] if is_label_only else shown(target, far, name, who) for name in names if name in far.c
    ]
    return columns[0] if len(columns) == 1 else sa.func.coalesce(*columns)


def shown(model: type[Listed], table: Any, name: str, who: Viewer) -> ColumnElement[Any]:
    """Return the column as she sees it: empty on rows whose masks hide it."""
    rows = access().rows_showing(who, model, name)
    return table.c[name] if rows is None else sa.case((_holds(model, table, rows), table.c[name]), else_=None)


def in_scope(target: type[Listed], far: Any, who: Viewer) -> ColumnElement[bool]:
    """Return the condition that a joined record is one she may read, or one whose label is open to her."""
    may = access()
    scope = may.scope(who, target) if may.may(who, "read", target) else None
    return sa.true() if scope is None else _holds(target, far, scope)


def _holds(model: type[Listed], table: Any, rows: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition on rows of the model as one on this table, which may be an alias of it."""
    own = model.__table__
    if table is own:
        return rows
    return sa.select(own.c.id).where(own.c.id == table.c.id, rows).correlate(table).exists()


def is_opened(model: type[Listed], key: int) -> bool:
    """Tell whether she gave a reason for the record of that id."""
    return (model.__tablename__, key) in viewer().opened


def may_rows(model: type[Listed], verb: Verb, *, opened: bool) -> ColumnElement[bool] | None:
    """Return the condition under which she may do this to a record, `opened` by a reason or not.

    What was merged into another record is read, no more.
    """
    scope, by_reason = access().scope(viewer(), model, verb), opened_rows(model, verb, opened=opened)
    rows = scope if scope is None or by_reason is None else sa.or_(scope, by_reason)
    own = standing(model) if verb in ("update", "delete") else []
    return sa.and_(*own, sa.true() if rows is None else rows) if own else rows


def opened_rows(model: type[Listed], verb: Verb, *, opened: bool) -> ColumnElement[bool] | None:
    """Return the condition under which the reason that she gave for a record counts, or None without a reason."""
    return access().reason_rows(viewer(), model, verb) if opened else None


def label_text(target: type[Listed], value: Any) -> str:
    """Return the label as text: a code that names a record is shown by its own label."""
    from admin_views.engine.values import plain_text  # noqa: PLC0415 - values know no rows

    first = target.__label__[0] if target.__label__ else ""
    known = fields_of(target).get(first)
    return plain_text(known, value) if known is not None and value is not None else str(value or "")


def name_of(record: Record) -> str:
    """Return what names a loaded record to this viewer."""
    names = label_columns(type(record), viewer()) or ()
    found = (value for name in names if (value := getattr(record, name)))
    return next((label_text(type(record), value) for value in found), f"#{record.id}")


def name_in(model: type[Listed], row: Mapping[str, Any], first: Sequence[str] = ()) -> str:
    """Return what names a record in a row as this viewer may read it: the first of these fields, else its label."""
    from admin_views.engine.values import plain_text  # noqa: PLC0415 - values know no rows

    known = fields_of(model)
    for name in (*first, *label_fields(model)):
        if value := row.get(name):
            field = known[name]
            return (
                label_text(record_named(field.target), value)
                if field.kind == "ref"
                else plain_text(field, value)
            )
    return f"#{row['id']}"


def label_shower(target: type[Listed]) -> Callable[[Any], str]:
    """Return the function that reads a label of this table: for a list, chosen once."""
    first = fields_of(target).get(target.__label__[0]) if target.__label__ else None
    if first is None or (first.kind == "text" and (first.format is None or first.format.is_plain)):
        return str
    return lambda value: label_text(target, value)


def _codes(model: type[Listed], what: Field) -> ColumnElement[Any]:
    """Return a record's codes in one text, beside the record: no query of their own."""
    link, table = link_table(model, what.name), model.__table__
    joined = sa.select(sa.func.aggregate_strings(link.c.code, CODES))
    return joined.where(link.c[f"{model.__tablename__}_id"] == table.c.id).correlate(table).scalar_subquery()


def values_of(model: type[Listed], what: Field) -> tuple[ColumnElement[int], sa.Select[Any]]:
    """Return the select of (record, value) for a field of several values, and its column of the record."""
    return _code_links(model, what) if what.kind == "codes" else _references(model, what)


def _code_links(model: type[Listed], what: Field) -> tuple[ColumnElement[int], sa.Select[Any]]:
    link = link_table(model, what.name)
    owner = link.c[f"{model.__tablename__}_id"]
    return owner, sa.select(owner, link.c.code).order_by(owner, link.c.code)


def link_table(model: type[Listed], name: str) -> sa.FromClause:
    """Return the link table of a field of several codes."""
    found: sa.FromClause = sa.inspect(model).relationships[f"{name}_links"].mapper.local_table
    return found


def _reference_labels(
    session: Session, model: type[Listed], name: str, ids: Sequence[int]
) -> Mapping[int, list[Any]]:
    """Return the labels of the records that each of these points at in a field of several."""
    owner, values = _references(model, fields_of(model)[name])
    found: dict[int, list[Any]] = {}
    for key, value in session.execute(values.where(owner.in_(ids)), params()):
        found.setdefault(key, []).append(value)
    return found


def _references(model: type[Listed], what: Field) -> tuple[ColumnElement[int], sa.Select[Any]]:
    target = record_named(what.target)
    link = sa.inspect(model).relationships[what.name].secondary
    if link is None:
        raise TypeError(what.name)
    owner, far = link.c[f"{model.__tablename__}_id"], target.__table__.alias("far")
    text = label_of(target, far, viewer())
    if text is None:
        return owner, sa.select(owner, owner.label("hidden")).where(sa.false())
    joined = link.join(
        far, sa.and_(link.c[f"{target.__tablename__}_id"] == far.c.id, in_scope(target, far, viewer()))
    )
    return owner, sa.select(owner, text).select_from(joined).order_by(far.c.id)


def params() -> dict[str, Any]:
    """Return the values of the names that every scope uses."""
    return scope_params(viewer())
