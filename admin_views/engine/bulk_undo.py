"""Taking back what was done to many records at once: all that still stands as it was left, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.bulk import (
    GROUP,
    NOT_OPEN,
    Deed,
    Outcome,
    Tell,
    entries_of,
    open_rows,
    reason_of,
    write_all,
)
from admin_views.engine.deeds import PuttingBack, TakingOut
from admin_views.engine.listing import readable
from admin_views.engine.office import office
from admin_views.engine.putting_back import restore_together, undo_change
from admin_views.engine.saving import attempt
from admin_views.engine.screen import Screen
from admin_views.engine.undoing import children_first
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import in_write
from tomoiki.core.history import Change, ChangeLog, Origin
from tomoiki.core.records import model_of

MOST_IDS = 30_000  # a statement of SQLite takes no more values
Entries = Mapping[int, tuple[int, Mapping[str, Any]]]  # by record: the version that was left, and the diff


@dataclass(frozen=True)
class Standing:
    """What was done under one number and still stands so that it can go back, by table."""

    changed: Mapping[str, Entries]
    gone: Mapping[str, Sequence[int]]  # numbers in the log; tables in the order in which they can come back
    made: Mapping[str, Mapping[int, int]]  # versions; tables in the order in which they can go

    @property
    def count(self) -> int:
        """Return how many records that are."""
        return sum(len(of) for kind in (self.changed, self.gone, self.made) for of in kind.values())


def standing(session: Session, number: int) -> Standing:
    """Return what nobody touched since."""
    log, changed, gone, made = ChangeLog, dict[str, Any](), dict[str, Any](), dict[str, Any]()
    rows = sa.select(log.id, log.entity, log.record_id, log.action, log.version, log.diff)
    for key, table, record_id, action, version, diff in session.execute(
        rows.where(*entries_of(number)).order_by(log.id)
    ):
        if action == Change.change:
            entries = changed.setdefault(table, {})
            entries[record_id] = version, _joined(entries.get(record_id, (0, {}))[1], diff)
        elif action == Change.create:
            made.setdefault(table, {})[record_id] = version
        else:
            gone.setdefault(table, {})[record_id] = key
    now = {table: _versions(session, table, ids) for table, ids in _ids(changed, gone, made).items()}
    return Standing(
        {
            table: {key: entry for key, entry in entries.items() if now[table].get(key) == entry[0]}
            for table, entries in changed.items()
        },
        {
            table: [key for record_id, key in gone[table].items() if record_id not in now[table]]
            for table in reversed([*children_first(gone)])
        },
        {
            table: {key: left for key, left in made[table].items() if now[table].get(key) == left}
            for table in children_first(made)
        },
    )


def _joined(before: Mapping[str, Any], diff: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return two changes of a record as one: what stood first, what stands now."""
    return {**before, **{name: [before.get(name, ends)[0], ends[1]] for name, ends in diff.items()}}


def _ids(*kinds: Mapping[str, Mapping[int, Any]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for kind in kinds:
        for table, of in kind.items():
            found.setdefault(table, set()).update(of)
    return found


def _versions(session: Session, table: str, ids: set[int]) -> dict[int, int]:
    model, keys, found = model_of(table), sorted(ids), dict[int, int]()
    for start in range(0, len(keys), GROUP):
        rows = sa.select(model.id, model.version).where(model.id.in_(keys[start : start + GROUP]))
        found.update({row[0]: row[1] for row in session.execute(rows)})
    return found


# -- taking it back ----------------------------------------------------------------------------------------------------
def take_back(session: Session, number: int, tell: Tell = lambda done, total: None) -> Outcome:
    """Take back what still stands of it, in one write transaction; what cannot go back stays, told with the reason."""
    return in_write(lambda: _take_back(session, number, tell))


def _take_back(session: Session, number: int, tell: Tell) -> Outcome:
    stands, whole, so_far = standing(session, number), Outcome(number=number), 0

    def tell_part(done: int, total: int) -> None:
        tell(so_far + done, stands.count)

    with acting(replace(actor(), origin=f"{Origin.bulk_undone}:{number}")):
        for table, entries in stands.changed.items():
            whole.add(_do(session, table, entries, partial(PuttingBack, entries=entries), tell_part))
            so_far += len(entries)
        for numbers in stands.gone.values():
            whole.add(_restore(session, numbers, tell_part))
            so_far += len(numbers)
        for table, versions in stands.made.items():
            whole.add(_do(session, table, versions, partial(TakingOut, versions=versions), tell_part))
            so_far += len(versions)
    return whole


def _do(
    session: Session, table: str, meant: Mapping[int, Any], deed_on: Callable[[Screen], Deed], tell: Tell
) -> Outcome:
    """Do it to the records of a table that she may deal with so."""
    screen, outcome = office().screen_of_table(table), Outcome()
    outcome.left = dict.fromkeys(meant, str(NOT_OPEN))
    if screen is None or screen.model.__stands__:
        return outcome
    deed, keys, ids = deed_on(screen), sorted(meant), list[int]()
    for start in range(0, len(keys), MOST_IDS):
        here = screen.model.id.in_(keys[start : start + MOST_IDS])
        ids += open_rows(session, screen, [here, readable(screen.model)], deed)[0]
    for key in ids:
        del outcome.left[key]
    outcome.add(write_all(session, screen, ids, deed, tell))
    return outcome


def _restore(session: Session, numbers: Sequence[int], tell: Tell) -> Outcome:
    """Make deleted records of a table anew: a group together where that goes, else one by one."""
    outcome = Outcome()
    for start in range(0, len(numbers), GROUP):
        group = numbers[start : start + GROUP]
        changes = session.scalars(
            sa.select(ChangeLog).where(ChangeLog.id.in_(group)).order_by(ChangeLog.id)
        ).all()
        alone = () if restore_together(session, changes) else changes
        outcome.done += len(changes) - len(alone)
        for change in alone:
            if faults := attempt(session, partial(undo_change, session, change, gone=[change])):
                outcome.left[change.record_id] = reason_of(faults)
            else:
                outcome.done += 1
        tell(start + len(group), len(numbers))
    return outcome
