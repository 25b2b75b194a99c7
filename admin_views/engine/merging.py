"""Merging two records: which value of each field stays, then everything moves in one step; and taking that back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.conflict import comparable, current, text_of
from admin_views.engine.detail import read_row
from admin_views.engine.filling import form_names, put_value
from admin_views.engine.office import office
from admin_views.engine.putting_back import holds
from admin_views.engine.rows import name_of
from admin_views.engine.saving import save_changes
from admin_views.engine.screen import Screen
from admin_views.engine.unique import unique_names
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import Unreadable
from tomoiki.core.dates import now
from tomoiki.core.fields import Field, field_behind, fields_of
from tomoiki.core.history import REASON, ChangeLog, Origin, log_untouched, restored
from tomoiki.core.merging import MERGED, MergeRun, move_references
from tomoiki.core.records import Fault, Record, model_of

BOTH = "both"  # of several codes: those of both records
EMPTY: tuple[Any, ...] = (None, "", [])
Picks = Mapping[str, str]  # by field whose value stays: the id of a record, or BOTH


@dataclass(frozen=True)
class Pick:
    """A field that both records fill differently: what stands in each, by its id; several codes can be joined."""

    name: str
    label: str
    texts: Mapping[int, str]
    can_join: bool = False

    def usual(self, stays: Record) -> str:
        """Return what is taken unless somebody chooses."""
        return BOTH if self.can_join else str(stays.id)


@dataclass(frozen=True)
class Compared:
    """Two records side by side: what to choose, what only one has (with its id) and stays, what is the same."""

    picks: list[Pick]
    single: list[tuple[str, str, int]]
    alike: list[tuple[str, str]]


def compare(screen: Screen, one: Record, other: Record) -> Compared:
    """Compare what this viewer sees of both, in the form's order."""
    found = Compared([], [], [])
    rows = [read_row(screen, record.id) or {} for record in (one, other)]
    names = [name for name in form_names(screen) if all(name in row for row in rows)]
    for what in (fields_of(screen.model)[name] for name in names):
        label = str(screen.labels.get(what.name, what.label))
        values = {record.id: current(record, what) for record in (one, other)}
        texts = {key: _words(what, value) for key, value in values.items() if value not in EMPTY}
        if len(texts) == 1:
            found.single.extend((label, text, key) for key, text in texts.items())
        elif texts and len({comparable(what, value) for value in values.values()}) > 1:
            found.picks.append(Pick(what.name, label, texts, what.is_plural))
        elif texts:
            found.alike.append((label, texts[one.id]))
    return found


def _words(what: Field, value: Any) -> str:
    return _("Hidden") if what.secret else text_of(what, value)


# -- merging -----------------------------------------------------------------------------------------------------------
def merge(session: Session, screen: Screen, winner: Record, loser: Record, picks: Picks) -> list[Fault]:
    """Let one record stay with the values that were picked, and all that points at the other point at it.

    Return why not: then nothing may be committed.
    """
    run = MergeRun(entity=winner.__tablename__, winner_id=winner.id, loser_id=loser.id)
    session.add(run)
    session.flush()
    with acting(replace(actor(), origin=f"{Origin.merged}:{run.id}")):
        taken = dict(_taken(screen, winner, loser, picks))
        setattr(loser, f"{MERGED}_id", winner.id)
        for name in taken.keys() & set(unique_names(type(loser))):
            setattr(loser, name, None)  # no two records have it, not even one that went
        session.flush()
        for name, value in taken.items():
            put_value(session, winner, fields_of(type(winner))[name], value)
        if faults := save_changes(session, winner):
            return [_of_field(screen, fault) for fault in faults]
        if not taken:  # its history tells of the merge too
            log_untouched(session, winner)
        return [*_told(move_references(session, loser, winner))]


def _taken(screen: Screen, winner: Record, loser: Record, picks: Picks) -> Iterator[tuple[str, Any]]:
    """Yield what the winner takes from the loser: what she has not, and of what both have as picked."""
    asked = {pick.name: pick.usual(winner) for pick in compare(screen, winner, loser).picks}
    for name, what in fields_of(screen.model).items():
        hers, others = current(winner, what), current(loser, what)
        if what.read_only or others in EMPTY:
            continue
        picked = picks.get(name, asked[name]) if name in asked else ""
        if picked == BOTH and what.is_plural:
            yield name, sorted({*hers, *others})
        elif picked == str(loser.id) or hers in EMPTY:
            yield name, others


def _of_field(screen: Screen, fault: Fault) -> Fault:
    what = fields_of(screen.model).get(fault.field)
    return Fault(f"{screen.labels.get(fault.field, what.label)}: {fault.message}") if what else fault


def _told(faults: Sequence[tuple[Record, Fault]]) -> Iterator[Fault]:
    """Yield which records stand in the way and why; of hidden ones only that there are some."""
    hidden = False
    for record, fault in faults:
        screen = office().screen_of(type(record))
        if screen is None or read_row(screen, record.id, ()) is None:
            hidden = True
        else:
            yield Fault(f"{screen.name} #{record.id} {name_of(record)}: {fault.message}")
    if hidden:
        yield Fault(_("Records that are hidden from you stand in the way. Ask an administrator."))


# -- taking a merge back -----------------------------------------------------------------------------------------------
@dataclass
class Undone:
    """What came of taking a merge back: how many records returned, and how many changed again since and stay."""

    returned: int = 0
    left: int = 0
    faults: list[Fault] = field(default_factory=list)


def unmerge(session: Session, run: MergeRun) -> Undone:
    """Take a merge back, newest change first; a field that somebody changed since stays as it is."""
    loser = session.get(model_of(run.entity), run.loser_id)
    if loser is None or getattr(loser, f"{MERGED}_id") != run.winner_id:
        return Undone(
            faults=[Fault(_("The record it went into was merged again since. Take that back first."))]
        )
    done = Undone()
    with acting(replace(actor(), origin=f"{Origin.unmerged}:{run.id}")):
        for change in changes_of(session, run):
            try:
                is_whole = _return(session, change)
            except Unreadable:
                return Undone(faults=[Fault(_("The data key that this was kept with is gone."))])
            done.returned += is_whole
            done.left += not is_whole
    run.undone_at, run.undone_by = now(), actor().id
    return done


def changes_of(session: Session, run: MergeRun) -> Sequence[ChangeLog]:
    """Return what a merge changed, newest first."""
    rows = sa.select(ChangeLog).where(ChangeLog.at >= run.at, ChangeLog.origin == f"{Origin.merged}:{run.id}")
    return session.scalars(rows.order_by(ChangeLog.id.desc())).all()


def _return(session: Session, change: ChangeLog) -> bool:
    """Put back what stands as the change left it; tell whether that is all of it."""
    model = model_of(change.entity)
    record = session.get(model, change.record_id)
    if record is None:
        return False
    fields = [
        (key, what) for key in change.diff if key != REASON and (what := field_behind(model, key)) is not None
    ]
    standing = [(key, what) for key, what in fields if holds(record, what, change.diff[key][1])]
    for key, what in standing:
        put_value(session, record, what, restored(what, change.diff[key][0]))
    if not fields:
        log_untouched(session, record)
    session.flush()
    return len(standing) == len(fields)
