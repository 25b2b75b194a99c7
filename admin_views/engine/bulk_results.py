"""What was done to many records at once: how much, what was left out and why, and taking it back as a whole."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin_views.engine import beside, uploads
from admin_views.engine.bulk import Outcome, entries_of, grouped
from admin_views.engine.bulk_undo import standing, take_back
from admin_views.engine.histories import user_names
from admin_views.engine.lookup import named
from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.screen import Screen
from admin_views.engine.values import label
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.history import Change, ChangeLog
from tomoiki.core.records import Listed

AT_ONCE = 500  # so many are done before a browser grows impatient
NAMED = 5  # so many of those that are left out are named


def keep_outcome(token: str, outcome: Outcome) -> None:
    """Keep for a while what was left out and why."""
    uploads.keep_wishes(token, {"done": outcome.done, "same": outcome.same, "left": grouped(outcome.left)})


def result_address(number: int, token: str) -> str:
    """Return the page of what was done; with what was left out as long as that is kept."""
    return f"/bulk/{number}?job={token}"


def bulk_page(number: int) -> Any:
    """Show what was done to many records under this number; take it back when asked."""
    if viewer().id is None:
        return to_login()
    session, token = db.session(), request.values.get("job", "")
    first = session.scalar(sa.select(ChangeLog).where(*entries_of(number)).order_by(ChangeLog.id).limit(1))
    kept = uploads.find_wishes(token) if uploads.is_token(token) else {}
    if first is None and not kept:
        abort(404)
    if first is not None and not _may_look(first):
        abort(403)
    if request.method == "POST":
        if first is None:
            abort(404)
        return _take_back(number, office().screen_of_table(first.entity))
    return _page(session, number, first, kept)


def _may_look(first: ChangeLog) -> bool:
    """Whoever did it may take it back, and whoever may take back what others did."""
    is_hers = first.user_id is not None and first.user_id == viewer().id
    return is_hers or (access().may_take_back(viewer()) and access().may(viewer(), "read", ChangeLog))


def _page(session: Session, number: int, first: ChangeLog | None, kept: Mapping[str, Any]) -> Any:
    counts = session.execute(
        sa.select(ChangeLog.entity, ChangeLog.action, sa.func.count())
        .where(*entries_of(number))
        .group_by(ChangeLog.entity, ChangeLog.action)
        .order_by(sa.func.count().desc())
    ).all()
    done = [
        (
            screen.name if (screen := office().screen_of_table(entity)) else entity,
            label(Change, action),
            count,
        )
        for entity, action, count in counts
    ]
    main = office().screen_of_table(first.entity) if first else None
    left = [
        (reason, len(ids), names_of(main.model, ids[:NAMED]) if main else {}, main)
        for reason, ids in (kept.get("left") or {}).items()
    ]
    who = user_names(session, {first.user_id}).get(first.user_id, "") if first and first.user_id else ""
    return render_template(
        "engine/bulk_result.html",
        number=number,
        once=secrets.token_urlsafe(32),
        screen=main,
        who=who,
        time=in_tokyo(first.at).strftime("%Y-%m-%d %H:%M") if first else "",
        done=done,
        kept=kept,
        left=left,
        standing=standing(session, number).count,
    )


def names_of(model: type[Listed], ids: Sequence[int]) -> dict[int, str]:
    """Return what names these records to this viewer, their number where nothing does."""
    texts = {one.id: one.text for one in named(model, ids)}
    return {key: texts.get(key) or f"#{key}" for key in ids}


# -- taking it back ----------------------------------------------------------------------------------------------------
def _take_back(number: int, screen: Screen | None) -> Any:
    token = request.form.get("once", "")
    if not uploads.is_token(token):
        abort(400)
    stands = standing(db.session(), number)

    def work(tell: beside.Tell) -> dict[str, Any]:
        outcome = take_back(db.session(), number, tell)
        keep_outcome(token, outcome)
        return {"number": number, "done": outcome.done}

    if not uploads.claim(token):
        return redirect(result_address(number, token), 303)
    if stands.count > AT_ONCE and screen is not None:
        beside.start("bulk-undo", token, work, stands.count)
        return redirect(f"/{screen.slug}/bulk?job={token}", 303)
    state = work(lambda done, total: None)
    uploads.tell(token, state)
    if state["done"]:
        flash(gettext("Taken back."), "success")
    return redirect(result_address(number, token), 303)
