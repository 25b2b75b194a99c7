"""Two records of one person, donor, company: which may be merged, what points at them, what is remembered of it.

A table whose records may be merged has the field `merged_into`. The record that goes stays in its table and readable,
with its own values; all that pointed at it points at the one that stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from tomoiki.core.actors import actor
from tomoiki.core.database import Base, Moment
from tomoiki.core.dates import now
from tomoiki.core.fields import Described, fields_of
from tomoiki.core.records import Fault, Listed, Record, record_models

MERGED = "merged_into"


class MergeRun(Base):
    """One merge. What it changed stands in the change log under its origin."""

    __tablename__ = "merge_run"
    __table_args__ = (sa.Index("ix_merge_run_loser", "entity", "loser_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    user_id: Mapped[int | None] = mapped_column(default=lambda: actor().id)
    entity: Mapped[str] = mapped_column(sa.String(40))
    winner_id: Mapped[int]
    loser_id: Mapped[int]
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None]


class NotSame(Base):
    """Two records that look alike and are two: somebody said so, and is not asked again."""

    __tablename__ = "not_same"
    __table_args__ = (sa.UniqueConstraint("entity", "low_id", "high_id", name="uq_not_same_pair"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    user_id: Mapped[int | None] = mapped_column(default=lambda: actor().id)
    entity: Mapped[str] = mapped_column(sa.String(40))
    low_id: Mapped[int]
    high_id: Mapped[int]


def is_mergeable(model: type[Described]) -> bool:
    """Tell whether records of this table may be merged."""
    return MERGED in fields_of(model)


def standing(model: type[Listed]) -> list[ColumnElement[bool]]:
    """Return the condition of records that were not merged into another; of most tables none.

    Nearly all fulfil it, and it is written so that SQLite does not look them up by it instead of in their order.
    """
    if not is_mergeable(model):
        return []
    is_merged: ColumnElement[bool] = model.__table__.c[f"{MERGED}_id"].is_not(None)
    return [sa.not_(is_merged.self_group())]


def last_merge(session: Session, loser: Record) -> MergeRun | None:
    """Return the merge by which a record went, if it was not taken back."""
    rows = sa.select(MergeRun).where(
        MergeRun.entity == loser.__tablename__, MergeRun.loser_id == loser.id, MergeRun.undone_at.is_(None)
    )
    return session.scalars(rows.order_by(MergeRun.id.desc()).limit(1)).first()


# -- not the same ------------------------------------------------------------------------------------------------------
def pair(one: int, other: int) -> tuple[int, int]:
    """Return two ids in the order in which a pair is kept."""
    return min(one, other), max(one, other)


def keep_apart(session: Session, model: type[Record], one: int, other: int) -> None:
    """Remember that these are two."""
    if pair(one, other) not in kept_apart(session, model):
        low, high = pair(one, other)
        session.add(NotSame(entity=model.__tablename__, low_id=low, high_id=high))


def forget_apart(session: Session, model: type[Record], one: int, other: int) -> None:
    """Forget that these are two."""
    ids = [number for number, ids in _said(session, model) if ids == pair(one, other)]
    session.execute(sa.delete(NotSame).where(NotSame.id.in_(ids)))


def kept_apart(session: Session, model: type[Record]) -> list[tuple[int, int]]:
    """Return the pairs that are two, newest first."""
    return list(dict.fromkeys(ids for _number, ids in _said(session, model) if ids[0] != ids[1]))


def _said(session: Session, model: type[Record]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield what was said of pairs; what was said of a merged record holds for the one that it went into."""
    low, high = model.__table__.alias("low"), model.__table__.alias("high")
    ends = [sa.func.coalesce(far.c[f"{MERGED}_id"], far.c.id) for far in (low, high)]
    rows = sa.select(NotSame.id, *ends).where(
        NotSame.entity == model.__tablename__, NotSame.low_id == low.c.id, NotSame.high_id == high.c.id
    )
    return ((row[0], pair(row[1], row[2])) for row in session.execute(rows.order_by(NotSame.id.desc())))


# -- what points at a record -------------------------------------------------------------------------------------------
@cache
def references_to(model: type[Record]) -> tuple[tuple[type[Record], str], ...]:
    """Return the fields of every table that point at this one."""
    fields = ((other, what) for other in record_models() for what in fields_of(other).values())
    return tuple((other, what.name) for other, what in fields if what.target == model.__name__)


def move_references(session: Session, loser: Record, winner: Record) -> list[tuple[Record, Fault]]:
    """Let all that points at one record point at the other, through the session, as if each had been saved.

    Of what both have, where no two may be the same, one gives way; if they are still the same then, that of the one
    that goes stays with it. What a rule forbids once it points there is returned: then nothing may be committed.
    """
    for model, name in references_to(type(loser)):
        if fields_of(model)[name].kind == "refs":
            _swap(session, model, name, loser, winner)
            continue
        for mine, others in twice(session, model, name, loser.id, winner.id).items():
            session.get_one(model, mine).give_way(session.get_one(model, others))
        session.flush()
        stay = twice(session, model, name, loser.id, winner.id)
        hers = sa.select(model).where(model.__table__.c[f"{name}_id"] == loser.id, model.id.not_in(stay))
        records = session.scalars(hers.order_by(model.id)).all()
        faults = [(record, fault) for record in records for fault in _broken(session, record, name, winner)]
        if faults:
            return faults
        for record in records:
            setattr(record, f"{name}_id", winner.id)
        session.flush()
    _rehang(session, loser, winner)
    return []


def _rehang(session: Session, loser: Record, winner: Record) -> None:
    """Let what hangs on the one, by the name of its table and its id, hang on the other."""
    for model in record_models():
        if model.__hangs_on__ is None:
            continue
        entity, key = model.__hangs_on__
        columns = model.__table__.c
        hers = sa.select(model).where(columns[entity] == loser.__tablename__, columns[key] == loser.id)
        for record in session.scalars(hers.order_by(model.id)).all():
            setattr(record, key, winner.id)
    session.flush()


def _swap(session: Session, model: type[Record], name: str, loser: Record, winner: Record) -> None:
    """Let records that name the one among others name the other, once."""
    several = getattr(model, name)
    for record in session.scalars(sa.select(model).where(several.contains(loser)).order_by(model.id)).all():
        kept = getattr(record, name)
        kept.remove(loser)
        if winner not in kept:
            kept.append(winner)
    session.flush()


def _broken(session: Session, record: Record, name: str, winner: Record) -> list[Fault]:
    """Return the rules that a record breaks once it points there: one person in two beds.

    It is asked as if it had always pointed there: that it changes is no fault, not even of a receipt.
    """
    key = f"{name}_id"
    old = getattr(record, key)
    with session.no_autoflush:
        set_committed_value(record, key, winner.id)
        found = [fault for fault in record.faults(session) if fault.field == name]
        set_committed_value(record, key, old)
    session.expire(record, [name])
    return found


def twice(session: Session, model: type[Record], name: str, loser_id: int, winner_id: int) -> dict[int, int]:
    """Return the rows of the one that the other has too, where the database allows only one; with the other's."""
    table, key, found = model.__table__, f"{name}_id", dict[int, int]()
    for names, where in _unique_sets(table, session.get_bind().dialect.name):
        if key not in names:
            continue
        hers, others = (
            sa.select(table).where(table.c[key] == one, *where).subquery() for one in (loser_id, winner_id)
        )
        alike = [hers.c[column] == others.c[column] for column in names if column != key]
        for mine, theirs in session.execute(sa.select(hers.c.id, others.c.id).where(*alike)):
            found[mine] = theirs
    return found


def _unique_sets(table: Any, dialect: str) -> Iterator[tuple[list[str], list[Any]]]:
    """Yield the columns of which no two rows have the same, with the condition of the rows that it is about."""
    for item in table.constraints:
        if isinstance(item, sa.UniqueConstraint):
            yield [column.name for column in item.columns], []
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options[dialect]["where"]
            yield [column.name for column in index.columns], [] if where is None else [where]
