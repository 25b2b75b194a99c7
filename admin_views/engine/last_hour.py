"""A user's last hour: what she changed, and taking all of it back at once; for who may take steps back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import abort, make_response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine.arguments import parse_id
from admin_views.engine.detail import read_row
from admin_views.engine.histories import Sentence, changes_in_words, user_names
from admin_views.engine.office import access, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.putting_back import PutBack, may_put_back, restore, screen_of, take_out
from admin_views.engine.stepping_back import REASON_LENGTH
from admin_views.engine.undoing import model_of
from admin_views.engine.values import label
from admin_views.engine.ways import ways
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import in_tokyo, now
from tomoiki.core.history import REASON, Change, ChangeLog, Origin
from tomoiki.core.records import Fault

HOUR = timedelta(hours=1)
MOST = 200
WHOLE = frozenset(  # taken back on a page of their own
    {Origin.imported, Origin.undone, Origin.merged, Origin.unmerged, Origin.bulk, Origin.bulk_undone}
)


@dataclass(frozen=True)
class Deed:
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
    return _page(user_id, list(_deeds(db.session(), changes_of(db.session(), user_id))) if user_id else [])


def changes_of(session: Session, user_id: int) -> list[ChangeLog]:
    """Return what a user changed in the last hour and what still stands of it, newest first; lists and merges apart."""
    return [change for change in _standing(session) if change.user_id == user_id][:MOST]


def _standing(session: Session) -> Iterator[ChangeLog]:
    """Yield what anybody changed in the last hour and nobody took back since, newest first.

    What was taken back is a change of its own, which can be taken back in turn: then the first one stands again.
    """
    rows = sa.select(ChangeLog).where(
        ChangeLog.at > now() - HOUR, *(~ChangeLog.origin.startswith(f"{kind}:") for kind in WHOLE)
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
        return _page(user_id, list(_deeds(session, changes_of(session, user_id))), is_missing=True)
    begin_write(session)
    done, left = take_back(session, user_id, why)
    session.commit()
    changes = {change.id: change for change in changes_of(session, user_id)}
    deeds = [
        deed
        for number, faults in left.items()
        if number in changes
        for deed in _deeds(session, [changes[number]], [str(fault.message) for fault in faults])
    ]
    return _page(user_id, deeds, done=done)


def take_back(session: Session, user_id: int, why: str) -> tuple[int, dict[int, list[Fault]]]:
    """Take back a user's last hour, newest first, each change wholly or not at all; return how many, and why not."""
    done, left = 0, dict[int, list[Fault]]()
    for number in [change.id for change in changes_of(session, user_id)]:
        step = session.begin_nested()
        try:
            faults = _take_one_back(session, session.get_one(ChangeLog, number), why)
        except (IntegrityError, StaleDataError):
            faults = [
                Fault(
                    _(
                        "This cannot be saved: it contradicts another record. Check values that must be unique."
                    )
                )
            ]
        if faults:
            step.rollback()
            left[number] = faults
        else:
            step.commit()
            done += 1
    return done, left


def _take_one_back(session: Session, change: ChangeLog, why: str) -> list[Fault]:
    screen = screen_of(change.entity)
    if screen is None or screen.model.__stands__:
        return [Fault(_("Records of this kind are not put back."))]
    model = model_of(change.entity)
    is_there = session.scalar(sa.select(model.id).where(model.id == change.record_id)) is not None
    if change.action == Change.create:
        return take_out(session, screen, change) if is_there else []
    if change.action == Change.delete:
        if is_there:  # it came back along with what it hung on
            return []
        return restore(session, change) if may_put_back(model, change.action) else [_not_hers()]
    row = read_row(screen, change.record_id, ())
    if row is None or not row["may.update"]:
        return [_not_hers()]
    back = PutBack(session, screen, session.get_one(model, change.record_id), change, why)
    parts = [part for part in back.parts() if not part.is_back]
    return back.do([part.key for part in parts]) if parts else []


def _not_hers() -> Fault:
    return Fault(_("You may not change this record, or it is gone."))


# -- the page ----------------------------------------------------------------------------------------------------------
def _deeds(session: Session, changes: Sequence[ChangeLog], reasons: Sequence[str] = ()) -> Iterator[Deed]:
    told = ways(session, [change.origin for change in changes])
    for change in changes:
        screen = screen_of(change.entity)
        name = screen.one if screen else change.entity
        address = f"/{screen.slug}/{change.record_id}" if screen else ""
        link = Markup('<a href="{}">{} #{}</a>').format(address, name, change.record_id)
        words = changes_in_words(session, change.entity, change.record_id, change.diff)
        time = in_tokyo(change.at).strftime("%H:%M")
        yield Deed(time, label(Change, change.action), told[change.origin], link, words, reasons)


def _users(session: Session) -> list[tuple[int, str, int]]:
    """Return who changed something in the last hour, with how much."""
    counts = Counter(change.user_id for change in _standing(session) if change.user_id)
    names = user_names(session, set(counts))
    return sorted((key, names.get(key, f"#{key}"), count) for key, count in counts.items())


def _page(
    user_id: int | None, deeds: Sequence[Deed], *, done: int | None = None, is_missing: bool = False
) -> Any:
    session = db.session()
    page = render_template(
        "engine/last_hour.html",
        users=_users(session),
        user=user_id,
        name=user_names(session, {user_id}).get(user_id, "") if user_id else "",
        deeds=deeds,
        done=done,
        missing=is_missing,
    )
    return make_response(page, 422 if is_missing else 200)
