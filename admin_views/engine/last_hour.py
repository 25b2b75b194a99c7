"""A user's last hour: what she changed, and taking all of it back at once; for who may take steps back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import abort, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_views.engine.arguments import parse_id
from admin_views.engine.histories import Sentence, changes_in_words, user_names
from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.putting_back import undo_change
from admin_views.engine.saving import attempt
from admin_views.engine.stepping_back import REASON_LENGTH
from admin_views.engine.values import label
from admin_views.engine.ways import ways
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import in_tokyo, now
from tomoiki.core.history import REASON, Change, ChangeLog, Origin
from tomoiki.core.records import Fault
from tomoiki.core.saved_views import SavedView

HOUR = timedelta(hours=1)
MOST = 200
WHOLE = frozenset(  # taken back on a page of their own
    {Origin.imported, Origin.undone, Origin.merged, Origin.unmerged, Origin.bulk, Origin.bulk_undone}
)


@dataclass(frozen=True)
class Line:
    """One change of the hour, in words; after the undo with what kept it from going back."""

    time: str
    what: str
    way: Markup
    record: Markup
    sentences: Sequence[Sentence]
    reasons: Sequence[str] = ()


def last_hour_page() -> Any:
    """Show who changed something in the last hour, and of one user what; take it back when asked."""
    if viewer().id is None:
        return to_login()
    if not access().may_take_back(viewer()) or not access().may(viewer(), "read", ChangeLog):
        abort(403)
    if request.method == "POST":
        return _take_back(parse_id(request.form.get("user", "")) or abort(404))
    user_id = parse_id(request.args.get("user", ""))
    return _page(user_id, list(_lines(db.session(), changes_of(db.session(), user_id))) if user_id else [])


def changes_of(session: Session, user_id: int) -> list[ChangeLog]:
    """Return what a user changed in the last hour and what still stands of it, newest first; lists and merges apart."""
    return [change for change in _standing(session) if change.user_id == user_id][:MOST]


def _standing(session: Session) -> Iterator[ChangeLog]:
    """Yield what anybody changed in the last hour and nobody took back since, newest first.

    What was taken back is a change of its own, which can be taken back in turn: then the first one stands again.
    """
    rows = sa.select(ChangeLog).where(
        ChangeLog.at > now() - HOUR,
        ChangeLog.entity != SavedView.__tablename__,  # no record: her own list is her own affair
        *(~ChangeLog.origin.startswith(f"{kind}:") for kind in WHOLE),
    )
    returned: dict[int, set[str]] = {}
    reversed_since: set[tuple[str, str, int]] = set()
    for change in session.scalars(rows.order_by(ChangeLog.id.desc())):
        keys = change.diff.keys() - {REASON}
        is_change = change.action == Change.change
        if is_change and keys <= returned.get(change.id, set()):
            continue
        if (change.action, change.entity, change.record_id) in reversed_since:
            continue
        kind, _colon, number = change.origin.partition(":")
        if kind == Origin.reverted and is_change:
            returned.setdefault(int(number), set()).update(keys)
        elif kind == Origin.reverted:
            other = Change.delete if change.action == Change.create else Change.create
            reversed_since.add((other.value, change.entity, change.record_id))
        yield change


def _take_back(user_id: int) -> Any:
    why = request.form.get("reason", "").strip()[:REASON_LENGTH]
    session = db.session()
    if not why:
        return _page(user_id, list(_lines(session, changes_of(session, user_id))), is_missing=True)
    begin_write(session)
    done, left = take_hour_back(session, user_id, why)
    session.commit()
    changes = {change.id: change for change in changes_of(session, user_id)}
    lines = [
        line
        for number, faults in left.items()
        if number in changes
        for line in _lines(session, [changes[number]], [str(fault.message) for fault in faults])
    ]
    return _page(user_id, lines, done=done)


def take_hour_back(session: Session, user_id: int, why: str) -> tuple[int, dict[int, list[Fault]]]:
    """Take back a user's last hour, newest first, each change wholly or not at all; return how many, and why not."""
    numbers, left = [change.id for change in changes_of(session, user_id)], dict[int, list[Fault]]()
    for number in numbers:
        change = session.get_one(ChangeLog, number)
        if faults := attempt(session, partial(undo_change, session, change, why)):
            left[number] = faults
    return len(numbers) - len(left), left


# -- the page ----------------------------------------------------------------------------------------------------------
def _lines(session: Session, changes: Sequence[ChangeLog], reasons: Sequence[str] = ()) -> Iterator[Line]:
    told = ways(session, [change.origin for change in changes])
    for change in changes:
        screen = office().screen_of_table(change.entity)
        name = screen.one if screen else change.entity
        address = f"/{screen.slug}/{change.record_id}" if screen else ""
        link = Markup('<a href="{}">{} #{}</a>').format(address, name, change.record_id)
        words = changes_in_words(session, change.entity, change.record_id, change.diff)
        time = in_tokyo(change.at).strftime("%H:%M")
        yield Line(time, label(Change, change.action), told[change.origin], link, words, reasons)


def _users(session: Session) -> list[tuple[int, str, int]]:
    """Return who changed something in the last hour, with how much."""
    counts = Counter(change.user_id for change in _standing(session) if change.user_id)
    names = user_names(session, set(counts))
    return sorted((key, names.get(key, f"#{key}"), count) for key, count in counts.items())


def _page(
    user_id: int | None, lines: Sequence[Line], *, done: int | None = None, is_missing: bool = False
) -> Any:
    session = db.session()
    page = render_template(
        "engine/last_hour.html",
        users=_users(session),
        user=user_id,
        name=user_names(session, {user_id}).get(user_id, "") if user_id else "",
        lines=lines,
        done=done,
        missing=is_missing,
    )
    return make_response(page, 422 if is_missing else 200)
