"""Collects the rows of the demo and writes them at once.

Not by the ORM: its listeners would stamp a change-log row with the clock for each record, and the demo should
be the same rows whenever it is made.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.core.database import Base
from tomoiki.core.dates import FiscalYear, in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Listed, Numbering, next_number
from tomoiki.core.search import index_records, indexed_models

Row = dict[str, Any]


class Rows:
    """The rows of all tables to come, each with its id; the ids go on after what stands in the database."""

    def __init__(self, session: Session) -> None:
        """Begin with no row."""
        self._session = session
        self._rows: dict[type[Listed], list[Row]] = {}
        self._links: dict[sa.Table, list[Row]] = {}
        self._first: dict[type[Listed], int] = {}

    def add(self, model: type[Listed], made_at: datetime, **values: Any) -> int:
        """Keep a row made at this moment and return the id it will have; codes and refs are lists."""
        rows = self._rows.setdefault(model, [])
        row = dict(_blank(model))
        row |= {name: made_at for name in ("created_at", "updated_at") if name in row}
        row["id"] = self._first_id(model) + len(rows)
        fields = fields_of(model)
        for name, value in values.items():
            if name in fields and fields[name].is_plural:
                self.link(model, name, row["id"], value)
            elif name in row or name in _json_columns(model):
                row[name] = value
            else:
                raise AttributeError(f"{model.__name__} has no {name}")
        rows.append(row)
        return cast("int", row["id"])

    def get(self, model: type[Listed], row_id: int) -> Row:
        """Return a row kept before, to read it or to complete it."""
        return self._rows[model][row_id - self._first_id(model)]

    def all(self, model: type[Listed]) -> list[Row]:
        """Return the rows kept of this model, in the order of their ids."""
        return self._rows.get(model, [])

    def link(self, model: type[Listed], name: str, row_id: int, values: Iterable[Any]) -> None:
        """Keep the values of a field of codes or refs of a row."""
        relations, owner = sa.inspect(model).relationships, f"{model.__tablename__}_id"
        if fields_of(model)[name].kind == "codes":
            table, far = _as_table(relations[f"{name}_links"].mapper.local_table), "code"
        else:
            table = _as_table(relations[name].secondary)
            far = next(column.name for column in table.c if column.name != owner)
        self._links.setdefault(table, []).extend({owner: row_id, far: value} for value in values)

    def write(self) -> Mapping[str, int]:
        """Give the numbers, insert everything and index it; return how many rows each table got."""
        numberer = _Numberer(self._session)
        for model, rows in self._rows.items():
            if model.__numbering__:
                numberer.number(model, rows, model.__numbering__)
        by_table = {_table(model): rows for model, rows in self._rows.items()} | self._links
        for table in Base.metadata.sorted_tables:
            _insert(self._session, table, by_table.get(table, []))
        connection = self._session.connection()
        for indexed in indexed_models():
            index_records(connection, indexed)
        return {_table(model).name: len(rows) for model, rows in self._rows.items()}

    def _first_id(self, model: type[Listed]) -> int:
        if model not in self._first:
            last = self._session.scalar(sa.select(sa.func.max(_table(model).c.id)))
            self._first[model] = (last or 0) + 1
        return self._first[model]


def _as_table(selectable: object) -> sa.Table:
    return cast("sa.Table", selectable)


def _table(model: type[Listed]) -> sa.Table:
    return _as_table(model.__table__)


@cache
def _blank(model: type[Listed]) -> Row:
    """Return a row of defaults by column; without JSON ones, where None would be stored as 'null', and reckoned ones."""
    left_out = _json_columns(model)
    columns = [column for column in _table(model).c if column.name not in left_out and not column.computed]
    return {column.name: _default(column) for column in columns}


@cache
def _json_columns(model: type[Listed]) -> frozenset[str]:
    return frozenset(column.name for column in _table(model).c if isinstance(column.type, sa.JSON))


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    return default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None


class _Numberer:
    """Takes numbers for whole blocks of rows, so that the office goes on counting after them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._start_month = int(get_setting(session, SettingKey.fy_start_month))

    def number(self, model: type[Listed], rows: list[Row], rule: Numbering) -> None:
        """Number the rows in their order within each fiscal year."""
        number_format = get_setting(self._session, SettingKey[rule.setting])
        year_of = self._year_of(rule.day)
        for year, members in groupby(sorted(rows, key=year_of), key=year_of):
            block = list(members)
            last = next_number(self._session, model.__tablename__, year, step=len(block))
            for seq, row in enumerate(block, last - len(block) + 1):
                row[rule.field] = number_format.format(FY=year, seq=seq)

    def _year_of(self, field: str) -> Callable[[Row], int]:
        return lambda row: FiscalYear.of(_day(row[field]), self._start_month).start_year if field else 0


def _day(value: date | datetime) -> date:
    return in_tokyo(value).date() if isinstance(value, datetime) else value


def _insert(session: Session, table: sa.Table, rows: list[Row]) -> None:
    by_columns: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    for alike in by_columns.values():
        session.execute(sa.insert(table), alike)
    if rows and "id" in table.c and session.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', "id")
        session.execute(sa.select(sa.func.setval(sequence, rows[-1]["id"])))
