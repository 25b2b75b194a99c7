"""Taking an import back: what it made goes, what it changed returns, and what people touched since is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.core.actors import acting, actor
from tomoiki.core.database import Base, begin_write
from tomoiki.core.dates import now
from tomoiki.core.fields import fields_of
from tomoiki.core.history import ChangeLog, log_gone, restored
from tomoiki.core.imports import ImportRun
from tomoiki.core.records import model_of, record_models
from tomoiki.core.search import forget_many

BATCH = 500

Ids = dict[str, set[int]]


@dataclass
class Undone:
    """What an undo did: how many records went, how many returned to what they were, how many were left."""

    gone: int = 0
    returned: int = 0
    left: int = 0


@dataclass
class _Touched:
    """What an import did to which records, with the version that it left them in."""

    made: dict[str, dict[int, int]] = field(default_factory=dict)
    changed: dict[str, dict[int, int]] = field(default_factory=dict)


def undo_import(session: Session, run: ImportRun) -> Undone:
    """Take an import back in one write transaction; the caller has asked whether she may."""
    run_id = run.id
    begin_write(session)
    run = session.get_one(ImportRun, run_id)
    if run.undone_at is not None:
        session.rollback()
        return Undone()
    touched = _touched(session, run)
    going = {table: _unchanged(session, table, versions) for table, versions in touched.made.items()}
    _leave_referenced(session, going)
    done = Undone(left=sum(map(len, touched.made.values())) - sum(map(len, going.values())))
    with acting(replace(actor(), origin=f"undo:{run_id}")):
        _return_changed(session, run, touched, done)
        for table in children_first(going):
            _delete(session, run, table, sorted(going[table]))
            done.gone += len(going[table])
    run.undone_at, run.undone_by = now(), actor().id
    session.commit()
    return done


def left_of(session: Session, run: ImportRun, most: int) -> Sequence[tuple[str, int]]:
    """Return records of an undone import that are still there, as table and id."""
    found: list[tuple[str, int]] = []
    for table, versions in _touched(session, run).made.items():
        ids = sorted(versions)
        for start in range(0, len(ids), BATCH):
            there = sa.select(_table(table).c.id).where(_table(table).c.id.in_(ids[start : start + BATCH]))
            found += [(table, record_id) for record_id in session.scalars(there)]
            if len(found) >= most:
                return found[:most]
    return found


def _table(name: str) -> sa.Table:
    return Base.metadata.tables[name]


def _of(run: ImportRun) -> tuple[Any, ...]:
    return ChangeLog.id.between(run.log_from, run.log_to), ChangeLog.origin == run.origin


def _touched(session: Session, run: ImportRun) -> _Touched:
    found = _Touched()
    entries = sa.select(ChangeLog.entity, ChangeLog.record_id, ChangeLog.version, ChangeLog.action).where(
        *_of(run)
    )
    for entity, record_id, version, action in session.execute(entries.order_by(ChangeLog.id)):
        made = found.made.setdefault(entity, {})
        if action == "create" or record_id in made:
            made[record_id] = version
        else:
            found.changed.setdefault(entity, {})[record_id] = version
    return found


def _unchanged(session: Session, table: str, versions: Mapping[int, int]) -> set[int]:
    """Return the records that nobody has saved since."""
    columns, ids = _table(table).c, sorted(versions)
    found: set[int] = set()
    for start in range(0, len(ids), BATCH):
        rows = session.execute(
            sa.select(columns.id, columns.version).where(columns.id.in_(ids[start : start + BATCH]))
        )
        found.update(record_id for record_id, version in rows if version == versions[record_id])
    return found


# -- what must stay because something else points at it ----------------------------------------------------
def _leave_referenced(session: Session, going: Ids) -> None:
    """Leave records to which others point that stay; then those to which these point, and so on."""
    for entity, target in _hanging():
        for name, ids in going.items():
            ids.difference_update(session.scalars(sa.select(target).where(entity == name).distinct()))
    while True:
        held: Ids = {}
        for table, key in _pointers(going):
            held.setdefault(key.column.table.name, set()).update(_held(session, table, key, going))
        if not any(ids & going[name] for name, ids in held.items()):
            return
        for name, ids in held.items():
            going[name] -= ids


def _hanging() -> Iterator[tuple[Any, Any]]:
    """Yield the columns of rows that hang on records of any table: on which table's, and on which."""
    for model in record_models():
        if model.__hangs_on__ is not None:
            entity, target = (model.__table__.c[name] for name in model.__hangs_on__)
            yield entity, target


def _pointers(going: Ids) -> Iterator[tuple[sa.Table, sa.ForeignKey]]:
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            is_own_link = "id" not in table.c and key.ondelete == "CASCADE"
            if going.get(key.column.table.name) and not is_own_link:
                yield table, key


def _held(session: Session, table: sa.Table, key: sa.ForeignKey, going: Ids) -> Iterator[int]:
    owner, whose = _owner(table)
    ids = sorted(going[key.column.table.name])
    for start in range(0, len(ids), BATCH):
        rows = sa.select(owner, key.parent).where(key.parent.in_(ids[start : start + BATCH]))
        for owner_id, target_id in session.execute(rows):
            if owner_id not in going.get(whose, ()):
                yield target_id


def _owner(table: sa.Table) -> tuple[Any, str]:
    """Return the column that names the record a row belongs to: its own id, or of a link table its owner's."""
    if "id" in table.c:
        return table.c.id, table.name
    key = next(key for key in table.foreign_keys if key.ondelete == "CASCADE")
    return key.parent, key.column.table.name


def children_first(going: Ids) -> Iterator[str]:
    """Yield the tables, each after those that point at it."""
    waiting = {table for table, ids in going.items() if ids}
    while waiting:
        ready = [name for name in waiting if not any(_may_point(other, name) for other in waiting - {name})]
        yield from ready or sorted(waiting)
        waiting -= set(ready or waiting)


def _may_point(table: str, other: str) -> bool:
    """Tell whether rows of a table may point at those of another; what hangs on records of any table does."""
    keys = _table(table).foreign_keys
    return model_of(table).__hangs_on__ is not None or any(key.column.table.name == other for key in keys)


def _delete(session: Session, run: ImportRun, name: str, ids: Sequence[int]) -> None:
    table, model = _table(name), model_of(name)
    for start in range(0, len(ids), BATCH):
        group = ids[start : start + BATCH]
        diffs = session.execute(
            sa.select(ChangeLog.record_id, ChangeLog.version, ChangeLog.diff).where(
                *_of(run),
                ChangeLog.entity == name,
                ChangeLog.record_id.in_(group),
                ChangeLog.action == "create",
            )
        ).all()
        session.execute(table.delete().where(table.c.id.in_(group)))
        log_gone(session, name, [(record_id, version, diff) for record_id, version, diff in diffs])
        forget_many(session.connection(), model, group)


# -- what was changed --------------------------------------------------------------------------------------
def _return_changed(session: Session, run: ImportRun, touched: _Touched, done: Undone) -> None:
    for name, versions in touched.changed.items():
        unchanged = _unchanged(session, name, versions)
        done.left += len(versions) - len(unchanged)
        ids = sorted(unchanged)
        for start in range(0, len(ids), BATCH):
            done.returned += _return(session, run, name, ids[start : start + BATCH])


def _return(session: Session, run: ImportRun, name: str, ids: Sequence[int]) -> int:
    model = model_of(name)
    entries = sa.select(ChangeLog.record_id, ChangeLog.diff).where(
        *_of(run), ChangeLog.entity == name, ChangeLog.record_id.in_(ids), ChangeLog.action == "change"
    )
    records = {record.id: record for record in session.scalars(sa.select(model).where(model.id.in_(ids)))}
    for record_id, diff in session.execute(entries.order_by(ChangeLog.id.desc())).all():
        for key, (old, _new) in diff.items():
            setattr(records[record_id], key, restored(fields_of(model).get(key), old))
    session.flush()
    for record in records.values():
        session.expunge(record)
    return len(records)


def count_of(session: Session, run: ImportRun) -> int:
    """Return how many records an import made or changed."""
    touched = _touched(session, run)
    return sum(map(len, (*touched.made.values(), *touched.changed.values())))
