"""A user's last hour: what she changed, and taking all of it back at once; for who may take steps back."""

from __future__ import annotations

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
from tomoiki.core.history import Change, ChangeLog, Origin
from tomoiki.core.records import Fault

HOUR = timedelta(hours=1)
MOST = 200
NOT_BY_HAND = (
    Origin.imported,
    Origin.undone,
    Origin.reverted,
)  # a list is taken back as a whole, on its own page


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
    """Return what a user changed in the last hour and nobody took back since, newest first; lists apart."""
    rows = sa.select(ChangeLog).where(ChangeLog.user_id == user_id, *_of_the_hour(session))
    return list(session.scalars(rows.order_by(ChangeLog.id.desc()).limit(MOST)))


def _of_the_hour(session: Session) -> Iterator[sa.ColumnElement[bool]]:
    since = now() - HOUR
    yield ChangeLog.at > since
    for kind in NOT_BY_HAND:
        yield ~ChangeLog.origin.startswith(f"{kind}:")
    back = sa.select(ChangeLog.origin).where(
        ChangeLog.at > since, ChangeLog.origin.startswith(f"{Origin.reverted}:")
    )
    yield ChangeLog.id.not_in({int(origin.partition(":")[2]) for origin in session.scalars(back)})


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
    return back.do([part.key for part in back.parts()])


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
    rows = sa.select(ChangeLog.user_id, sa.func.count()).where(*_of_the_hour(session))
    counts = {row[0]: row[1] for row in session.execute(rows.group_by(ChangeLog.user_id)) if row[0]}
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
