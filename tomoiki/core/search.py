"""One search index over all records, written with them; FTS5 on SQLite, a tsvector on PostgreSQL (DESIGN 5).

A row's id is `entity << 32 | record`, so one entity is a range and the newest stand last. Each token begins with the
letter of its visibility class: a search asks only for the classes that the user may read, and so a word that stands
in a hidden field answers exactly like nonsense.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from tomoiki.core.database import Base
from tomoiki.core.fields import Described, Field, fields_of, model_named
from tomoiki.core.formats import Format
from tomoiki.core.records import Record
from tomoiki.core.text import terms, tokens

CLASSES = {"open": "o", "names": "n", "narrative": "t"}
SHIFT = 32
INDEX = "search_index"
CREATE_SQLITE = f"CREATE VIRTUAL TABLE {INDEX} USING fts5(body, tokenize='unicode61 remove_diacritics 0', detail='none')"
CREATE_POSTGRESQL = (
    f"CREATE TABLE {INDEX} (id BIGINT PRIMARY KEY, body TSVECTOR NOT NULL)",
    f"CREATE INDEX ix_{INDEX}_body ON {INDEX} USING GIN (body)",
)


def entity_number(model: type[Described]) -> int:
    """Return a number for a table that stays the same for ever (31 bits of its name's checksum, shortened to 28)."""
    return zlib.crc32(model.__tablename__.encode()) & 0xFFFFFFF


def indexed_models() -> list[type[Record]]:
    """Return the models that have something to find."""
    found = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]
    return sorted((model for model in found if _indexed(model)), key=lambda model: model.__tablename__)


def _indexed(model: type[Described]) -> list[Field]:
    return [field for field in fields_of(model).values() if field.search]


def indexed_classes(model: type[Described], mask: frozenset[str] | None) -> list[str]:
    """Return the classes that a mask lets one search: `open` always, another only if all its fields are visible."""
    fields = _indexed(model)
    if mask is None:
        return sorted({field.search for field in fields if field.search})
    hidden = {field.search for field in fields if field.name not in mask}
    return sorted({"open", *(field.search for field in fields if field.search and field.search not in hidden)}) if fields else []


def install() -> None:
    """Keep the index in step with every session's flushes."""
    if not event.contains(Session, "before_flush", _note):
        event.listen(Session, "before_flush", _note)
        event.listen(Session, "after_flush", _refresh)
        event.listen(Session, "after_soft_rollback", _forget)


def _note(session: Session, context: object, instances: object) -> None:
    touched = session.info.setdefault("search", (set(), set()))
    touched[0].update(record for record in (*session.new, *session.dirty) if _is_indexed(record))
    touched[1].update((type(record), record.id) for record in session.deleted if _is_indexed(record))


def _is_indexed(record: object) -> bool:
    return isinstance(record, Record) and bool(_indexed(type(record)))


def _forget(session: Session, previous: object) -> None:
    session.info.pop("search", None)


def _refresh(session: Session, context: object) -> None:
    records, gone = session.info.pop("search", ((), ()))
    stale: dict[type[Record], set[int]] = {}
    for model, record_id in gone:
        stale.setdefault(model, set()).add(record_id)
    for record in records:
        stale.setdefault(type(record), set()).add(record.id)
    for model, ids in list(stale.items()):
        for pointing, field in _pointing_at(model):
            if changed := [i for i in ids if _renamed(records, model, i)]:
                column = pointing.__table__.c[f"{field.name}_id"]
                far = session.execute(sa.select(pointing.__table__.c.id).where(column.in_(changed))).scalars()
                stale.setdefault(pointing, set()).update(far)
    for model, ids in stale.items():
        index_records(session.connection(), model, sorted(ids))


def _renamed(records: Iterable[Record], model: type[Record], record_id: int) -> bool:
    return any(type(record) is model and record.id == record_id and record.version > 1 for record in records)


def _pointing_at(model: type[Record]) -> Iterator[tuple[type[Record], Field]]:
    for pointing in indexed_models():
        for field in _indexed(pointing):
            if field.kind == "ref" and field.target == model.__name__:
                yield pointing, field


def index_records(connection: Connection, model: type[Record], ids: Sequence[int] | None = None) -> int:
    """Write the index rows of these records (None: of all) anew; return how many stand there now."""
    base = entity_number(model) << SHIFT
    key = "rowid" if connection.dialect.name == "sqlite" else "id"
    if ids is None:
        connection.exec_driver_sql(f"DELETE FROM {INDEX} WHERE {key} BETWEEN {base} AND {base + 2**SHIFT - 1}")
    elif ids:
        gone = sa.text(f"DELETE FROM {INDEX} WHERE {key} = :id")  # noqa: S608 - names of our own
        connection.execute(gone, [{"id": base + i} for i in ids])
    insert = _insert(connection)
    count = 0
    for rows in _documents(connection, model, ids).partitions(2000):
        found = [{"id": base + row[0], "body": _body(model, row)} for row in rows]
        if found:
            connection.execute(insert, found)
        count += len(found)
    return count


def _insert(connection: Connection) -> sa.TextClause:
    if connection.dialect.name == "sqlite":
        return sa.text(f"INSERT INTO {INDEX} (rowid, body) VALUES (:id, :body)")  # noqa: S608
    return sa.text(
        f"INSERT INTO {INDEX} (id, body) VALUES (:id, array_to_tsvector(string_to_array(:body, ' ')))"  # noqa: S608
    )


def _documents(connection: Connection, model: type[Record], ids: Sequence[int] | None) -> sa.CursorResult[Any]:
    table, columns, joined = model.__table__, [], model.__table__
    for field in _indexed(model):
        if field.kind == "ref":
            far = model_named(field.target)
            alias = far.__table__.alias(field.name)
            joined = sa.outerjoin(joined, alias, table.c[f"{field.name}_id"] == alias.c.id)  # type: ignore[assignment]
            columns.extend(alias.c[name] for name in _own_search(far))
        else:
            columns.append(table.c[field.name])
    statement = sa.select(table.c.id, *columns).select_from(joined)
    if ids is not None:
        statement = statement.where(table.c.id.in_(ids))
    return connection.execute(statement)


def _own_search(model: type[Described]) -> list[str]:
    return [field.name for field in _indexed(model) if field.kind != "ref"]


def _body(model: type[Record], row: Sequence[Any]) -> str:
    values = iter(row[1:])
    found: dict[str, None] = {}
    for field in _indexed(model):
        for visibility, form in _parts(field):
            letter = CLASSES[visibility]
            for token in _tokens(next(values), form):
                found[letter + token] = None
    return " ".join(found)


def _parts(field: Field) -> Iterator[tuple[str, Format | None]]:
    """Yield class and format of each value a field brings; the target's open facts are not more open than the field."""
    if field.kind != "ref":
        yield field.search or "open", field.format
        return
    far = model_named(field.target)
    for own in _indexed(far):
        if own.kind != "ref":
            is_open = own.search == "open" and field.search == "open"
            yield ("open" if is_open else "names" if field.search == "open" else field.search or "names"), own.format


def _tokens(value: Any, form: Format | None) -> Iterator[str]:
    if not isinstance(value, str):
        return
    yield from tokens(value)
    if form is not None and form.link == "tel:":
        digits = value.removeprefix("+81").removeprefix("+84")
        yield from ("0" + digits, value.removeprefix("+"))


def matching(model: type[Record], query: str, classes: Iterable[str], dialect: str) -> ColumnElement[bool]:
    """Return the condition `id IN (…)` for records that hold every word of the query in one of these classes."""
    words, letters = terms(query), [CLASSES[name] for name in classes]
    if not words or not letters:
        return sa.false()
    base = entity_number(model) << SHIFT
    bounds = {"low": base, "high": base + 2**SHIFT - 1}
    write = _fts5 if dialect == "sqlite" else _tsquery
    match = write([(term.tokens, term.is_prefix) for term in words], letters)
    if dialect == "sqlite":
        text = f"SELECT rowid - {base} FROM {INDEX} WHERE {INDEX} MATCH :match AND rowid BETWEEN :low AND :high"  # noqa: S608
    else:
        text = f"SELECT id - {base} FROM {INDEX} WHERE body @@ CAST(:match AS tsquery) AND id BETWEEN :low AND :high"  # noqa: S608
    found = sa.text(text).bindparams(sa.bindparam("match", match, unique=True), **bounds)
    return model.__table__.c.id.in_(found.columns(sa.column("id", sa.Integer)).scalar_subquery())


Words = list[tuple[tuple[str, ...], bool]]


def _fts5(words: Words, letters: list[str]) -> str:
    return _query(words, letters, lambda token, prefix: f'"{token}"' + ("*" if prefix else ""), ("AND", "OR"))


def _tsquery(words: Words, letters: list[str]) -> str:
    return _query(words, letters, lambda token, prefix: f"'{token}'" + (":*" if prefix else ""), ("&", "|"))


def _query(words: Words, letters: list[str], quote: Callable[[str, bool], str], joins: tuple[str, str]) -> str:
    conjunction, disjunction = (f" {join} " for join in joins)
    parts = []
    for word, is_prefix in words:
        last = len(word) - 1
        for at, token in enumerate(word):
            options = disjunction.join(quote(letter + token, is_prefix and at == last) for letter in letters)
            parts.append(f"({options})")
    return conjunction.join(parts)
