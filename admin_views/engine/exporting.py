"""The rows of a list as they leave the office: one select, read in batches, turned into cells column by column.

All that depends on who asks, in which language, is settled when an `Export` is made; it then runs on a connection
of its own, with neither request nor session around it (notes, trap 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.engine import Connection, Engine

from admin_views.engine.arguments import Arguments
from admin_views.engine.export_cells import APART, Cells, Kind, Values, cells_of, kind_of
from admin_views.engine.listing import asked_order, asked_rows, ordering, sort_key
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import flag, in_scope, label_of, params, record_named, selection, values_of
from admin_views.engine.screen import Screen
from tomoiki.core.access import Grant
from tomoiki.core.database import db
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.history import log_export
from tomoiki.core.records import Record

BATCH = 500  # more rows at a time no longer fit the processor's cache: a tenth slower
IDS, FIRST, LAST = "exported_ids", "first_exported", "last_exported"
FEW = 5000  # records whose labels are read once: joined to each row they take five times as long
NEAR = 4  # times as many records as are asked for: up to here a range is read faster than a list


@dataclass(frozen=True)
class Links:
    """The selects of (record, value) of a field of several values: for the records in IDS, or from FIRST to LAST."""

    listed: sa.Select[Any]
    between: sa.Select[Any]


@dataclass(frozen=True)
class Column:
    """One column of the file: its header, what its cells are, and how a batch of stored values becomes cells."""

    name: str
    header: str
    kind: Kind
    cells: Cells
    links: Links | None = None  # of several values
    labels: sa.Select[Any] | None = None  # of a reference to one of FEW records: (id, label) of each


@dataclass(frozen=True)
class Export:
    """What will leave: ready to run, once or more often, in any thread."""

    screen: Screen
    columns: Sequence[Column]
    count: int
    engine: Engine
    statement: sa.Select[Any]
    params: Mapping[str, Any]
    masks: tuple[
        Sequence[Grant], Sequence[Grant]
    ]  # of reading and of exporting; flags of several lead each row

    @property
    def headers(self) -> list[str]:
        """Return the header row: the record's id, by which the importer finds it again, then the labels."""
        return ["id", *(column.header for column in self.columns)]

    def batches(self) -> Iterator[list[Values]]:
        """Yield the rows in batches, each as its columns: the ids, then as `columns`."""
        with self._reading() as connection:
            few = dict.fromkeys(column.labels for column in self.columns if column.labels is not None)
            labels = {one: dict(_pairs(connection, one, self.params)) for one in few}
            for rows in self._rows(connection):
                yield self._cells(connection, list(zip(*rows, strict=True)), labels)

    def _rows(self, connection: Connection) -> Iterator[Sequence[Values]]:
        if connection.dialect.name == "postgresql":  # its cursor must be told to stay on the server
            with connection.execute(
                self.statement, self.params, execution_options={"yield_per": BATCH}
            ) as found:
                yield from found.partitions()
        else:  # SQLite reads on demand; straight from the driver it takes two thirds of the time
            with connection.execute(self.statement, self.params) as found:
                while rows := found.cursor.fetchmany(BATCH):
                    yield rows

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the data from the first row to the last."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    def _cells(
        self, connection: Connection, found: list[Values], labels: Mapping[sa.Select[Any], Mapping[int, Any]]
    ) -> list[Values]:
        ids, flags = found[0], self._flags
        stored = iter(found[1 + flags :])
        cells = [ids]
        for column in self.columns:
            values = next(stored) if column.links is None else self._several(connection, column.links, ids)
            if column.labels is not None:
                values = list(map(labels[column.labels].get, values))
            cells.append(column.cells(values))
        return self._masked(cells, found[1 : 1 + flags]) if flags else cells

    def _several(self, connection: Connection, links: Links, ids: Values) -> Values:
        """Return the values of each record in one text, by one query for the batch."""
        first, last = min(ids), max(ids)
        if last - first < NEAR * len(ids):
            statement, which = links.between, {FIRST: first, LAST: last}
        else:
            is_array = connection.dialect.name == "postgresql"
            statement, which = links.listed, {IDS: list(ids) if is_array else json.dumps(ids)}
        found: dict[int, str] = {}
        for key, value in _pairs(connection, statement, {**self.params, **which}):
            found[key] = f"{found[key]}{APART}{value}" if key in found else value
        return list(map(found.get, ids))

    # -- what single rows hide ---------------------------------------------------------------------------------------
    @property
    def _flags(self) -> int:
        return sum(len(masks) for masks in self.masks if len(masks) > 1)

    def _masked(self, cells: list[Values], flags: list[Values]) -> list[Values]:
        """Empty the cells that no mask of their row lets through."""
        rows = list(zip(*flags, strict=True))
        shown = {row: self._shown(row) for row in set(rows)}
        for at, column in enumerate(self.columns, start=1):
            if not all(column.name in names for names in shown.values()):
                nothing = None if column.kind == "number" else ""
                cells[at] = [
                    cell if column.name in shown[row] else nothing
                    for cell, row in zip(cells[at], rows, strict=True)
                ]
        return cells

    def _shown(self, flags: Values) -> frozenset[str]:
        """Return the columns that a row with these flags shows: what may be read there and also exported."""
        names = frozenset(column.name for column in self.columns)
        left = list(flags)
        for masks in self.masks:
            own = [left.pop(0) for _mask in masks] if len(masks) > 1 else [1]
            open_to = [mask.fields for mask, is_on in zip(masks, own, strict=True) if is_on]
            if None not in open_to:
                names &= frozenset().union(*(fields for fields in open_to if fields))
        return names


def _pairs(
    connection: Connection, statement: sa.Select[Any], values: Mapping[str, Any]
) -> Sequence[tuple[int, Any]]:
    with connection.execute(statement, values) as rows:
        return rows.cursor.fetchall()


def plan_export(screen: Screen, asked: Arguments) -> Export:
    """Return what this viewer may export of the list that the arguments ask for, all its pages."""
    who, may, model = viewer(), access(), screen.model
    names = exported_fields(screen)
    masks = may.masks(who, model), may.masks(who, model, "export")
    fields = {name: fields_of(model)[name] for name in names}
    targets = {name: what.target for name, what in fields.items() if what.kind == "ref"}
    few = {target: _few_labels(record_named(target)) for target in dict.fromkeys(targets.values())}
    labels = {name: one for name, target in targets.items() if (one := few[target]) is not None}
    single = [name for name, what in fields.items() if not what.is_plural and name not in labels]
    chosen = selection(model, single)
    flags = [flag(mask) for alike in masks if len(alike) > 1 for mask in alike]
    taken = chosen.columns[len(chosen.columns) - len(chosen.names) :]
    stored = dict(zip(chosen.names, taken, strict=True))
    stored |= {name: model.__table__.c[f"{name}_id"] for name in labels}
    known = [what for name, what in fields.items() if name in stored or what.is_plural]
    where = exportable_rows(screen, asked)
    values = [stored[what.name] for what in known if not what.is_plural]
    return Export(
        screen,
        [_column(screen, what, labels.get(what.name)) for what in known],
        count_rows(screen, where),
        db.engine,
        _select(screen, asked, [model.__table__.c.id, *flags, *values], chosen.joined).where(*where),
        params(),
        masks,
    )


def log_leaving(export: Export, kind: str, purpose: str) -> None:
    """Write down that these rows leave: what for, as which kind of file, how many."""
    detail = " · ".join(filter(None, (purpose, kind, str(export.count))))
    log_export(export.screen.model.__tablename__, detail)


def exported_fields(screen: Screen) -> tuple[str, ...]:
    """Return the fields that this viewer may take along: never a secret one, only what she may see and export."""
    who, may, model = viewer(), access(), screen.model
    masks = may.fields(who, model), may.fields(who, model, "export")
    return tuple(
        name
        for name, what in fields_of(model).items()
        if what.exported and not what.secret and all(mask is None or name in mask for mask in masks)
    )


def exportable_rows(screen: Screen, asked: Arguments) -> list[ColumnElement[bool]]:
    """Return the conditions of the list's rows that this viewer may export."""
    scope = access().scope(viewer(), screen.model, "export")
    return [*asked_rows(screen, asked), *([] if scope is None else [scope])]


def count_rows(screen: Screen, where: Sequence[ColumnElement[bool]]) -> int:
    """Return how many rows meet the conditions."""
    statement = sa.select(sa.func.count()).select_from(screen.model.__table__).where(*where)
    return db.session.execute(statement, params()).scalar_one()


def holds_personal_data(screen: Screen) -> bool:
    """Tell whether the screen shows something of a person: exporting it asks for a purpose."""
    for what in fields_of(screen.model).values():
        if what.personal or what.narrative:
            return True
        if what.target:
            target = record_named(what.target)
            known = fields_of(target)
            if any(known[name].personal for name in target.__label__ if name in known):
                return True
    return False


def _select(
    screen: Screen, asked: Arguments, columns: Sequence[ColumnElement[Any]], joined: sa.FromClause
) -> sa.Select[Any]:
    """Return the select in the order that was asked for; without one as the rows were entered, which is fastest."""
    table = screen.model.__table__
    if not asked.sort:
        return sa.select(*columns).select_from(joined).order_by(table.c.id)
    name, is_down = asked_order(screen, asked)
    key, start = sort_key(screen.model, name)
    if start is not table:  # sorted by the label of a reference
        keys = sa.select(table.c.id, key.label("sort_key")).select_from(start).subquery("sorted")
        joined, key = joined.join(keys, keys.c.id == table.c.id), keys.c.sort_key
    return sa.select(*columns).select_from(joined).order_by(*ordering(key, table.c.id, is_down))


def _column(screen: Screen, what: Field, labels: sa.Select[Any] | None) -> Column:
    header = str(screen.labels.get(what.name, what.label))
    links = _links(screen, what) if what.is_plural else None
    return Column(what.name, header, kind_of(what), cells_of(what), links, labels)


def _few_labels(target: type[Record]) -> sa.Select[Any] | None:
    """Return the select of the labels of all records of a table, if they are few."""
    table, who = target.__table__, viewer()
    far = table.alias()
    text = label_of(target, far, who)
    if text is None or db.session.execute(sa.select(table.c.id).offset(FEW).limit(1)).first():
        return None
    return sa.select(far.c.id, text).where(in_scope(target, far, who))


def _links(screen: Screen, what: Field) -> Links:
    owner, values = values_of(screen.model, what)
    values = values.order_by(None)
    if db.engine.dialect.name == "postgresql":
        listed = values.where(owner == sa.any_(sa.bindparam(IDS, type_=sa.ARRAY(sa.Integer))))
    else:
        asked = sa.func.json_each(sa.bindparam(IDS, type_=sa.String)).table_valued("value")
        listed = values.where(owner.in_(sa.select(asked.c.value)))
    first, last = (sa.bindparam(name, type_=sa.Integer) for name in (FIRST, LAST))
    return Links(listed, values.where(owner.between(first, last)))
