"""Many records at once: looked through first, then done in one transaction, one origin that goes back as a whole.

What is done to one record is a `Deed`; it passes whatever a form would pass. What cannot be done is left out and told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine.arguments import Arguments
from admin_views.engine.listing import asked_rows
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import params
from admin_views.engine.saving import attempt
from admin_views.engine.screen import Screen
from tomoiki.core.access import Verb
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import in_write
from tomoiki.core.fields import field_behind, fields_of
from tomoiki.core.history import ChangeLog, Origin
from tomoiki.core.records import Fault

GROUP = 250
SHOWN = 10
NOT_OPEN = lazy_gettext("You may not change this record.")
Conditions = Sequence[sa.ColumnElement[bool]]
Tell = Callable[[int, int], None]


@dataclass
class Sample:
    """One record of the preview: its id, and what would change as label, old, new."""

    record_id: int
    changes: Sequence[tuple[str, str, str]] = ()


@dataclass
class Outcome:
    """What became, or would become, of the records: how many, which stay as they are, and which are left out why."""

    done: int = 0
    same: int = 0
    left: dict[int, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    number: int = 0  # of the origin

    def add(self, part: Outcome) -> None:
        """Count what became of more of them."""
        self.done += part.done
        self.same += part.same
        self.left |= part.left


class Deed(ABC):
    """What is done to each record; one kind a subclass."""

    verb: Verb = "update"
    names: frozenset[str] = frozenset()  # fields of the record that it touches
    is_joint = False  # many are flushed together

    def meet(self, session: Session, records: Sequence[Any]) -> None:  # noqa: B027 - most need not ask
        """Ask at once what is to be known of a group."""

    @abstractmethod
    def changes(self, session: Session, record: Any) -> Sequence[tuple[str, str, str]] | None:
        """Do it in memory and return what changes, as label, old, new; None where it stands so already."""

    @abstractmethod
    def save(self, session: Session, record: Any) -> list[Fault]:
        """Do it and write it, or say why not."""

    def settle(self, session: Session, records: Sequence[Any]) -> bool:
        """Finish what was written together; tell whether all of it may stand so."""
        return True


class Refusing(Exception):  # noqa: N818 - named after the fact
    """This record cannot be dealt with so."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = list(faults)


def reason_of(faults: Iterable[Fault]) -> str:
    """Return faults as one text."""
    return " ".join(str(fault.message) for fault in faults if fault.message)


# -- which -----------------------------------------------------------------------------------------------------------
def open_rows(session: Session, screen: Screen, where: Conditions, deed: Deed) -> tuple[list[int], list[int]]:
    """Return the ids that are meant, apart: those to which this viewer may do it, and those to which she may not."""
    table, conditions = screen.model.__table__, list[sa.ColumnElement[bool]]()
    if (scope := access().scope(viewer(), screen.model, deed.verb)) is not None:
        conditions.append(scope)
    for name in sorted(deed.names):
        if (rows := access().rows_showing(viewer(), screen.model, name)) is not None:
            conditions.append(rows)
    may = sa.case((sa.and_(*conditions), 1), else_=0) if conditions else sa.literal(1)
    found = sa.select(table.c.id, may).where(*where).order_by(table.c.id)
    rows_found = session.execute(found, params()).all()
    return [key for key, on in rows_found if on], [key for key, on in rows_found if not on]


def newest_change(session: Session) -> int:
    """Return the number of the newest change: what a preview has seen."""
    return session.scalar(sa.select(sa.func.max(ChangeLog.id))) or 0


def _touched_since(session: Session, screen: Screen, deed: Deed, seen: int) -> set[int]:
    """Return the records in which somebody changed what this is about, after the preview."""
    rows = sa.select(ChangeLog.record_id, ChangeLog.diff).where(
        ChangeLog.id > seen, ChangeLog.entity == screen.model.__tablename__
    )
    return {
        record_id
        for record_id, diff in session.execute(rows)
        if not deed.names or any(name in deed.names for name in _changed(screen, diff))
    }


def _changed(screen: Screen, diff: Mapping[str, Any]) -> Iterator[str]:
    return (field.name for key in diff if (field := field_behind(screen.model, key)) is not None)


# -- looking through ---------------------------------------------------------------------------------------------------
def look_through(session: Session, screen: Screen, asked: Arguments, deed: Deed) -> tuple[Outcome, list[int]]:
    """Return what would become of the records, and the ids of those to which it would be done; writes nothing."""
    ids, closed = open_rows(session, screen, asked_rows(screen, asked), deed)
    outcome = Outcome(left=dict.fromkeys(closed, str(NOT_OPEN)))
    ready: list[int] = []
    for records in _loaded(session, screen, ids):
        deed.meet(session, records)
        ready += [record.id for record in records if _look_at(session, deed, record, outcome)]
    session.rollback()  # what was tried in memory is never written
    return outcome, ready


def _look_at(session: Session, deed: Deed, record: Any, outcome: Outcome) -> bool:
    """Do it to a record in memory; tell whether it is to be written."""
    with session.no_autoflush:
        try:
            changes = deed.changes(session, record)
        except Refusing as refused:
            outcome.left[record.id] = reason_of(refused.faults)
            return False
    if changes is None:
        outcome.same += 1
        return False
    outcome.done += 1
    if len(outcome.samples) < SHOWN:
        outcome.samples.append(Sample(record.id, changes))
    return True


def _loaded(session: Session, screen: Screen, ids: Sequence[int]) -> Iterator[list[Any]]:
    """Yield the records in groups; each group is let go before the next is read."""
    model = screen.records
    codes = [name for name, what in fields_of(model).items() if what.kind == "codes"]
    links = [selectinload(getattr(model, f"{name}_links")) for name in codes]  # else a query for each record
    for start in range(0, len(ids), GROUP):
        chosen = sa.select(model).where(model.id.in_(ids[start : start + GROUP])).order_by(model.id)
        found: list[Any] = list(session.scalars(chosen.options(*links)))
        yield found
        for record in found:
            if record in session:
                session.expunge(record)


# -- doing -------------------------------------------------------------------------------------------------------------
def do_all(  # noqa: PLR0913, PLR0917 - what is done where, since when, and who hears of it
    session: Session,
    screen: Screen,
    asked: Arguments,
    deed: Deed,
    seen: int,
    tell: Tell = lambda done, total: None,
) -> Outcome:
    """Do it to all that it fits, in one write transaction; whatever was changed since the preview stays out of it."""

    def work() -> Outcome:
        ids, closed = open_rows(session, screen, asked_rows(screen, asked), deed)
        touched, number = _touched_since(session, screen, deed, seen) & {*ids}, _next_number(session)
        with acting(replace(actor(), origin=f"{Origin.bulk}:{number}")):
            done = write_all(session, screen, [key for key in ids if key not in touched], deed, tell)
        done.number = number
        done.left |= dict.fromkeys(closed, str(NOT_OPEN))
        done.left |= dict.fromkeys(touched, _("Somebody changed this since the preview."))
        return done

    return in_write(work)


def write_all(session: Session, screen: Screen, ids: Sequence[int], deed: Deed, tell: Tell) -> Outcome:
    """Do it to these records in the running transaction, and tell how far it is."""
    outcome, seen_so_far = Outcome(), 0
    for records in _loaded(session, screen, ids):
        _write(session, screen, deed, records, outcome)
        seen_so_far += len(records)
        tell(seen_so_far, len(ids))
    return outcome


def _write(session: Session, screen: Screen, deed: Deed, records: Sequence[Any], outcome: Outcome) -> None:
    """Write a group: together where that goes, else one by one."""
    ids = [record.id for record in records]
    for record_id in _jointly(session, deed, records, outcome) if deed.is_joint else ids:
        if reason := _alone(session, screen, deed, record_id):
            outcome.left[record_id] = reason
        else:
            outcome.done += 1


def _jointly(session: Session, deed: Deed, records: Sequence[Any], outcome: Outcome) -> Sequence[int]:
    """Write a group together, which is much faster; if not all of it may be, write nothing and return its ids."""
    step, part, kept = session.begin_nested(), Outcome(), []
    deed.meet(session, records)
    for record in records:
        if _look_at(session, deed, record, part):
            kept.append(record)
        else:
            session.expunge(record)
    ids = [record.id for record in kept]
    outcome.same += part.same
    outcome.left |= part.left
    try:
        session.flush()
        is_right = deed.settle(session, kept)
        session.flush()
    except (IntegrityError, StaleDataError):
        is_right = False
    if not is_right:
        step.rollback()
        return ids
    step.commit()
    outcome.done += len(ids)
    return ()


def _alone(session: Session, screen: Screen, deed: Deed, record_id: int) -> str:
    """Write one record as a form would; return why not."""
    record = session.get(screen.records, record_id, populate_existing=True)
    if record is None:
        return _("This record is gone.")
    faults = attempt(session, lambda: deed.save(session, record))
    return (reason_of(faults) or _("This cannot be saved so.")) if faults else ""


def _next_number(session: Session) -> int:
    """Return a number for the origin: below it stands nothing of it in the log."""
    if session.connection().dialect.name == "sqlite":  # nobody else writes now
        return newest_change(session) + 1
    sequence = sa.func.pg_get_serial_sequence(ChangeLog.__tablename__, "id")
    return int(session.scalar(sa.select(sa.func.nextval(sequence))) or 0)


def entries_of(number: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition of what was done at once under this number."""
    return ChangeLog.id >= number, ChangeLog.origin == f"{Origin.bulk}:{number}"


def grouped(left: Mapping[int, str]) -> dict[str, list[int]]:
    """Return records by why they were left out, the commonest reason first."""
    found: dict[str, list[int]] = {}
    for record_id, reason in left.items():
        found.setdefault(reason, []).append(record_id)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))
