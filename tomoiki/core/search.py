"""One search index over all records, written with them; FTS5 on SQLite, a tsvector on PostgreSQL (DESIGN 5).

A row's id is `entity << 32 | record`, so one entity is a range and the newest stand last. Each token begins
with the letter of its visibility class: a search asks only for the classes that the user may read, and so a
word that stands in a hidden field answers exactly like nonsense.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeGuard

import sqlalchemy as sa
from sqlalchemy import ColumnElement, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import get_history

from tomoiki.core.fields import Described, Field, fields_of, model_named
from tomoiki.core.formats import Format
from tomoiki.core.records import Listed, Record, record_models
from tomoiki.core.text import terms, tokens

CLASSES = {"open": "o", "names": "n", "narrative": "t"}  # the least guarded first
SHIFT = 32
BATCH = 5000  # ids in one statement; databases limit their number
STREAM = {"yield_per": 2000}  # rows held at once
INDEX = "search_index"
TOKENIZER = "unicode61 remove_diacritics 0"
BEGINNINGS = "2 3 4"  # so many signs of a token are indexed as beginnings: its class and up to three letters
OPTIONS = f"tokenize='{TOKENIZER}', detail='none', prefix='{BEGINNINGS}'"
CREATE_SQLITE = f"CREATE VIRTUAL TABLE {INDEX} USING fts5(body, {OPTIONS})"
CREATE_POSTGRESQL = (
    f"CREATE TABLE {INDEX} (id BIGINT PRIMARY KEY, body TSVECTOR NOT NULL)",
    f"CREATE INDEX ix_{INDEX}_body ON {INDEX} USING GIN (body)",
)


def entity_number(model: type[Described]) -> int:
    """Return a number for a table that stays the same for ever: 28 bits of its name's checksum."""
    return zlib.crc32(model.__tablename__.encode()) & 0xFFFFFFF


def indexed_models() -> list[type[Record]]:
    """Return the models that have something to find."""
    return [model for model in record_models() if _indexed(model)]


@cache
def _indexed(model: type[Described]) -> list[Field]:
    return [field for field in fields_of(model).values() if field.search]


def _own(model: type[Described]) -> list[Field]:
    """Return the indexed fields that stand in the record itself."""
    return [field for field in _indexed(model) if field.kind != "ref"]


def _brought(field: Field) -> list[Field]:
    """Return what a reference brings from its target: facts no more guarded than the reference is."""
    order = list(CLASSES)
    allowed = order[: order.index(field.search or "open") + 1]
    return [own for own in _own(model_named(field.target)) if own.search in allowed]


Sees = Callable[[type[Record], str], bool]


def indexed_classes(
    model: type[Described], mask: frozenset[str] | None, sees: Sees = lambda model, name: True
) -> list[str]:
    """Return the classes a mask lets one search: `open`, and those that it shows all of.

    Under a mask a reference counts as shown if `sees` says so of every field that it brings.
    """
    fields = _indexed(model)
    if mask is None:
        return sorted({field.search for field in fields if field.search})
    hidden = {field.search for field in fields if field.name not in mask or not _shows_all(field, sees)}
    seen = {field.search for field in fields if field.search and field.search not in hidden}
    return sorted({"open", *seen}) if fields else []


def _shows_all(field: Field, sees: Sees) -> bool:
    if field.kind != "ref":
        return True
    target: type[Record] = model_named(field.target)  # type: ignore[assignment]  # every ref points at a Record
    return all(sees(target, own.name) for own in _brought(field))


def install() -> None:
    """Keep the index in step with every session's flushes."""
    if not event.contains(Session, "before_flush", _note):
        event.listen(Session, "before_flush", _note)
        event.listen(Session, "after_flush", _refresh)
        event.listen(Session, "after_soft_rollback", _forget)


class _Touched:
    """What a flush does to the index: records written, rows gone, and records that others are found by."""

    def __init__(self) -> None:
        self.written: set[Record] = set()
        self.gone: set[tuple[type[Record], int]] = set()
        self.renamed: dict[Record, set[str]] = {}  # with the fields that changed


def _note(session: Session, context: object, instances: object) -> None:
    touched: _Touched = session.info.setdefault("search", _Touched())
    touched.written.update(record for record in (*session.new, *session.dirty) if _is_indexed(record))
    for record in filter(_is_indexed, session.dirty):
        if changed := _changed(record):
            touched.renamed.setdefault(record, set()).update(changed)
    touched.gone.update((type(record), record.id) for record in session.deleted if _is_indexed(record))


def _is_indexed(record: object) -> TypeGuard[Record]:
    return isinstance(record, Record) and bool(_indexed(type(record)))


def _changed(record: Record) -> set[str]:
    state: InstanceState[Record] = sa.inspect(record)
    names = [field.name for field in _own(type(record)) if field.name in state.committed_state]
    return {name for name in names if get_history(record, name).has_changes()}


def _forget(session: Session, previous: object) -> None:
    session.info.pop("search", None)


def _refresh(session: Session, context: object) -> None:
    touched: _Touched = session.info.pop("search", _Touched())
    stale: dict[type[Record], set[int]] = {}
    for model, record_id in touched.gone:
        stale.setdefault(model, set()).add(record_id)
    for record in touched.written:
        stale.setdefault(type(record), set()).add(record.id)
    for record, changed in touched.renamed.items():
        for pointing, field in _pointing_at(type(record)):
            if changed.isdisjoint(own.name for own in _brought(field)):
                continue
            column = pointing.__table__.c[f"{field.name}_id"]
            far = session.scalars(sa.select(pointing.__table__.c.id).where(column == record.id))
            stale.setdefault(pointing, set()).update(far)
    for model, found in stale.items():
        ids = sorted(found)
        for start in range(0, len(ids), BATCH):
            index_records(session.connection(), model, ids[start : start + BATCH])


def _pointing_at(model: type[Record]) -> Iterator[tuple[type[Record], Field]]:
    for pointing in indexed_models():
        for field in _indexed(pointing):
            if field.kind == "ref" and field.target == model.__name__:
                yield pointing, field


def index_records(
    connection: Connection, model: type[Record], ids: Sequence[int] | None = None, *, are_new: bool = False
) -> int:
    """Write the index rows of these records (None: of all) anew; return how many stand there now."""
    base = entity_number(model) << SHIFT
    key = "rowid" if connection.dialect.name == "sqlite" else "id"
    if ids is None:
        connection.execute(_gone(f"{key} BETWEEN :low AND :high"), _bounds(base))
    elif ids and not are_new:
        connection.execute(_gone(f"{key} = :id"), [{"id": base + i} for i in ids])
    insert = _insert(connection.dialect.name)
    count = 0
    for rows in _documents(connection, model, ids).partitions(2000):
        found = [{"id": base + row[0], "body": _body(model, row)} for row in rows]
        connection.execute(insert, found)
        count += len(found)
    return count


def rebuild(connection: Connection) -> int:
    """Write the whole index anew; return how many records stand in it."""
    connection.execute(_gone("1 = 1"))
    return sum(index_records(connection, model) for model in indexed_models())


def index_many(connection: Connection, model: type[Record], ids: Sequence[int]) -> None:
    """Write the index rows of records that were just made."""
    if _indexed(model):
        for start in range(0, len(ids), BATCH):
            index_records(connection, model, ids[start : start + BATCH], are_new=True)


def forget_many(connection: Connection, model: type[Record], ids: Sequence[int]) -> None:
    """Take records that were just deleted out of the index."""
    if ids and _indexed(model):
        key = "rowid" if connection.dialect.name == "sqlite" else "id"
        base = entity_number(model) << SHIFT
        gone = sa.text(f"DELETE FROM {INDEX} WHERE {key} = :id")  # noqa: S608 - names of our own
        connection.execute(gone, [{"id": base + i} for i in ids])


def _bounds(base: int) -> dict[str, int]:
    return {"low": base, "high": base + 2**SHIFT - 1}


@cache
def _gone(where: str) -> sa.TextClause:
    return sa.text(f"DELETE FROM {INDEX} WHERE {where}")  # noqa: S608 - names of our own


@cache
def _insert(dialect: str) -> sa.TextClause:
    if dialect == "sqlite":
        return sa.text(f"INSERT INTO {INDEX} (rowid, body) VALUES (:id, :body)")  # noqa: S608
    return sa.text(
        f"INSERT INTO {INDEX} (id, body) VALUES (:id, array_to_tsvector(string_to_array(:body, ' ')))"  # noqa: S608
    )


def _documents(
    connection: Connection, model: type[Record], ids: Sequence[int] | None
) -> sa.CursorResult[Any]:
    if ids is None:
        ordered = _all_documents(model).order_by(model.__table__.c.id)
        return connection.execute(ordered, execution_options=STREAM)
    return connection.execute(_some_documents(model), {"ids": list(ids)})


@cache
def _all_documents(model: type[Record]) -> sa.Select[Any]:
    table = model.__table__
    columns: list[ColumnElement[Any]] = []
    joined: sa.FromClause = table
    for field in _indexed(model):
        if field.kind == "ref":
            far = model_named(field.target).__table__.alias(field.name)
            joined = sa.outerjoin(joined, far, table.c[f"{field.name}_id"] == far.c.id)
            columns.extend(far.c[own.name] for own in _brought(field))
        else:
            columns.append(table.c[field.name])
    return sa.select(table.c.id, *columns).select_from(joined)


@cache
def _some_documents(model: type[Record]) -> sa.Select[Any]:
    ids = sa.bindparam("ids", expanding=True, type_=sa.Integer)
    return _all_documents(model).where(model.__table__.c.id.in_(ids))


def _body(model: type[Record], row: Sequence[Any]) -> str:
    values = iter(row[1:])
    found: dict[str, None] = {}
    for field in _indexed(model):
        letter = CLASSES[field.search or "open"]
        for source in _brought(field) if field.kind == "ref" else (field,):
            found.update(dict.fromkeys(map(letter.__add__, _tokens(next(values), source.format))))
    return " ".join(found)


def _tokens(value: Any, form: Format | None) -> list[str]:
    if not isinstance(value, str):
        return []
    found = tokens(value)
    if form is not None and form.link == "tel:":
        groups = tokens(
            form.show(value)
        )  # 090-1234-5678 is typed with and without its hyphens, or as +81 90 …
        found += (*groups, *(group.lstrip("0") for group in groups[:1]), value[1:3])
        digits = value.removeprefix("+81").removeprefix("+84")
        found += ("0" + digits, value.removeprefix("+"))
    return found


def out_of_step(connection: Connection, model: type[Record]) -> Iterator[int]:
    """Yield the ids of records whose index row is missing or stale, and of index rows without a record."""
    stands = _stored(connection, **_bounds(entity_number(model) << SHIFT))
    key, body = next(stands, _END)
    for row in _documents(connection, model, None):
        while key < row[0]:
            yield key
            key, body = next(stands, _END)
        if key != row[0]:
            yield row[0]
            continue
        expected = _body(model, row)
        if body != expected and {*body.split(" ")} != {*expected.split(" ")}:  # PostgreSQL sorts them
            yield key
        key, body = next(stands, _END)
    if key < _END[0]:
        yield from (key, *(rest for rest, _ in stands))


_END = (2**SHIFT, "")


def _stored(connection: Connection, low: int, high: int) -> Iterator[tuple[int, str]]:
    if connection.dialect.name == "sqlite":
        text = f"SELECT rowid, body FROM {INDEX} WHERE rowid BETWEEN :low AND :high ORDER BY rowid"  # noqa: S608
    else:
        body = "array_to_string(tsvector_to_array(body), ' ')"
        text = f"SELECT id, {body} FROM {INDEX} WHERE id BETWEEN :low AND :high ORDER BY id"  # noqa: S608
    for key, body in connection.execute(sa.text(text), {"low": low, "high": high}, execution_options=STREAM):
        yield key % 2**SHIFT, body


def count_of_nobody(connection: Connection) -> int:
    """Return how many index rows belong to no table at all."""
    key = "rowid" if connection.dialect.name == "sqlite" else "id"
    known = ", ".join(str(entity_number(model)) for model in indexed_models())
    count = f"SELECT count(*) FROM {INDEX} WHERE {key} >> {SHIFT} NOT IN ({known})"  # noqa: S608
    return int(connection.execute(sa.text(count)).scalar_one())


def matching(model: type[Listed], query: str, classes: Iterable[str], dialect: str) -> ColumnElement[bool]:
    """Return the condition `id IN (…)` for records that hold every word of the query in these classes."""
    match = _match(query, classes, dialect)
    if match is None:
        return sa.false()
    key, holds = _holds(dialect)
    base = entity_number(model) << SHIFT
    text = f"SELECT {key} - {base} FROM {INDEX} WHERE {holds} AND {key} BETWEEN :low AND :high"  # noqa: S608
    found = _bound(text, {"match": match, **_bounds(base)})
    return model.__table__.c.id.in_(found.columns(sa.column("id", sa.Integer)).scalar_subquery())


def newest_matching(
    model: type[Listed], found: sa.Select[Any], query: str, classes: Iterable[str], dialect: str
) -> sa.Select[Any]:
    """Return the select narrowed to records that `matching` means, newest first.

    Here the index leads, not the table: with a limit only so many hits are read, however common the word.
    """
    match = _match(query, classes, dialect)
    if match is None:
        return found.where(sa.false())
    key, holds = _holds(dialect)
    base = entity_number(model) << SHIFT
    table, index = model.__table__, sa.table(INDEX, sa.column(key, sa.BigInteger))
    joined = table.join(index, table.c.id == index.c[key] - base)
    is_here = index.c[key].between(base, base + 2**SHIFT - 1)
    fitting = found.select_from(joined).where(_bound(holds, {"match": match}), is_here)
    return fitting.order_by(index.c[key].desc())


def _match(query: str, classes: Iterable[str], dialect: str) -> str | None:
    """Return the query in the database's own language, or None if nothing can fit it."""
    words, letters = terms(query), [CLASSES[name] for name in classes]
    if not words or not letters:
        return None
    spell = _fts5 if dialect == "sqlite" else _tsquery
    return spell([(term.tokens, term.is_prefix) for term in words], letters)


def _holds(dialect: str) -> tuple[str, str]:
    """Return the name of the index's key, and the condition that a row of it fits `:match`."""
    lite = ("rowid", f"{INDEX} MATCH :match")
    return lite if dialect == "sqlite" else ("id", f"{INDEX}.body @@ CAST(:match AS tsquery)")


def _bound(text: str, values: dict[str, Any]) -> sa.TextClause:
    return sa.text(text).bindparams(
        *(sa.bindparam(name, value, unique=True) for name, value in values.items())
    )


Words = list[tuple[tuple[str, ...], bool]]


def _fts5(words: Words, letters: list[str]) -> str:
    return _query(words, letters, lambda token, prefix: f'"{token}"' + ("*" if prefix else ""), ("AND", "OR"))


def _tsquery(words: Words, letters: list[str]) -> str:
    return _query(words, letters, lambda token, prefix: f"'{token}'" + (":*" if prefix else ""), ("&", "|"))


def _query(
    words: Words, letters: list[str], quote: Callable[[str, bool], str], joins: tuple[str, str]
) -> str:
    conjunction, disjunction = (f" {join} " for join in joins)
    parts = []
    for word, is_prefix in words:
        last = len(word) - 1
        for at, token in enumerate(word):
            options = disjunction.join(quote(letter + token, is_prefix and at == last) for letter in letters)
            parts.append(f"({options})")
    return conjunction.join(parts)
