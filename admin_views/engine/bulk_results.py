"""What was done to many records at once: how much, what was left out and why, and taking it back as a whole."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin_views.engine import beside, uploads
from admin_views.engine.arguments import Arguments
from admin_views.engine.bulk import GROUP, Outcome, do_all, entries_of, grouped, newest_change, reason_of
from admin_views.engine.deeds import PuttingBack
from admin_views.engine.histories import user_names
from admin_views.engine.lookup import named
from admin_views.engine.office import access, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.putting_back import may_put_back, restore, screen_of, take_out
from admin_views.engine.screen import Screen
from admin_views.engine.undoing import children_first, model_of
from admin_views.engine.values import label
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.history import Change, ChangeLog, Origin
from tomoiki.core.records import Listed

AT_ONCE = 500  # so many are done before a browser grows impatient
NAMED = 5  # so many of those that are left out are named
MOST_IDS = 30_000  # a statement of SQLite takes no more values


def keep_outcome(token: str, outcome: Outcome) -> None:
    """Keep for a while what was left out and why."""
    uploads.keep_wishes(token, {"done": outcome.done, "same": outcome.same, "left": grouped(outcome.left)})


def result_address(number: int, token: str) -> str:
    """Return the page of what was done; with what was left out as long as that is kept."""
    return f"/bulk/{number}?job={token}"


@dataclass(frozen=True)
class Standing:
    """What was done under one number and still stands so that it can go back."""

    changed: Mapping[str, Mapping[int, tuple[int, Mapping[str, Any]]]]
    made: Sequence[int]  # of the log
    gone: Sequence[int]

    @property
    def count(self) -> int:
        """Return how many records that are."""
        return sum(map(len, self.changed.values())) + len(self.made) + len(self.gone)


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
        return _take_back(number, screen_of(first.entity))
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
        (screen.name if (screen := screen_of(entity)) else entity, label(Change, action), count)
        for entity, action, count in counts
    ]
    main = screen_of(first.entity) if first else None
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


def standing(session: Session, number: int) -> Standing:
    """Return what nobody touched since."""
    changed: dict[str, dict[int, tuple[int, Mapping[str, Any]]]] = {}
    others: list[tuple[int, str, int, str, int]] = []
    rows = sa.select(
        ChangeLog.id,
        ChangeLog.entity,
        ChangeLog.record_id,
        ChangeLog.action,
        ChangeLog.version,
        ChangeLog.diff,
    ).where(*entries_of(number))
    for key, entity, record_id, action, version, diff in session.execute(rows.order_by(ChangeLog.id)):
        if action == Change.change:
            before = changed.setdefault(entity, {}).get(record_id, (0, {}))[1]
            first = {
                name: [before[name][0], ends[1]] if name in before else ends for name, ends in diff.items()
            }
            changed[entity][record_id] = version, {**before, **first}
        else:
            others.append((key, entity, record_id, action, version))
    versions = {
        name: _versions(session, name, _ids(changed.get(name, {}), others, name))
        for name in {*changed, *(one[1] for one in others)}
    }
    for name, entries in changed.items():
        changed[name] = {key: entry for key, entry in entries.items() if versions[name].get(key) == entry[0]}
    made = [one for one in others if one[3] == Change.create and versions[one[1]].get(one[2]) == one[4]]
    gone = [one for one in others if one[3] == Change.delete and one[2] not in versions[one[1]]]
    order = [*children_first({one[1]: {one[2]} for one in gone})][::-1]
    gone.sort(key=lambda one: (order.index(one[1]), one[0]))
    return Standing(changed, [one[0] for one in made], [one[0] for one in gone])


def _ids(
    changed: Mapping[int, Any], others: Sequence[tuple[int, str, int, str, int]], name: str
) -> list[int]:
    return sorted({*changed, *(one[2] for one in others if one[1] == name)})


def _versions(session: Session, name: str, ids: Sequence[int]) -> dict[int, int]:
    model, found = model_of(name), dict[int, int]()
    for start in range(0, len(ids), GROUP):
        rows = sa.select(model.id, model.version).where(model.id.in_(ids[start : start + GROUP]))
        found.update({row[0]: row[1] for row in session.execute(rows)})
    return found


# -- taking it back ----------------------------------------------------------------------------------------------------
def _take_back(number: int, screen: Screen | None) -> Any:
    token = request.form.get("once", "")
    if not uploads.is_token(token):
        abort(400)
    stands = standing(db.session(), number)

    def work(tell: beside.Tell) -> dict[str, Any]:
        outcome = take_back(db.session(), number, tell)
        keep_outcome(token, outcome)
        return {"number": number}

    if not uploads.claim(token):
        return redirect(result_address(number, token), 303)
    if stands.count > AT_ONCE and screen is not None:
        beside.start("bulk-undo", token, work, stands.count)
        return redirect(f"/{screen.slug}/bulk?job={token}", 303)
    uploads.tell(token, work(lambda done, total: None))
    flash(gettext("Taken back."), "success")
    return redirect(result_address(number, token), 303)


def take_back(session: Session, number: int, tell: beside.Tell = lambda done, total: None) -> Outcome:
    """Take back what still stands of it; what cannot go back stays and is told with the reason."""
    stands, whole = standing(session, number), Outcome()
    for name, entries in stands.changed.items():
        screen = screen_of(name)
        if screen is None or screen.model.__stands__ or not may_put_back(screen.model, Change.change):
            whole.left |= dict.fromkeys(entries, gettext("You may not change this record."))
            continue
        seen = newest_change(session)
        ids = sorted(entries)
        for start in range(0, len(ids), MOST_IDS):
            asked = Arguments(ids=tuple(ids[start : start + MOST_IDS]))
            part = do_all(
                session, replace(screen, only={}), asked, PuttingBack(screen, entries), seen, tell,
                f"{Origin.bulk_undone}:{number}",
            )  # fmt: skip
            whole.done += part.done
            whole.same += part.same
            whole.left |= part.left
    _one_by_one(session, [*stands.gone, *stands.made], whole, tell)
    return whole


def _one_by_one(session: Session, numbers: Sequence[int], whole: Outcome, tell: beside.Tell) -> None:
    if not numbers:
        return
    begin_write(session)
    for at, key in enumerate(numbers, start=1):
        change = session.get_one(ChangeLog, key)
        screen, step = screen_of(change.entity), session.begin_nested()
        model = model_of(change.entity)
        is_there = session.scalar(sa.select(model.id).where(model.id == change.record_id)) is not None
        faults = []
        if screen is not None and change.action == Change.create:
            faults = take_out(session, screen, change) if is_there else []
        elif not is_there:
            faults = restore(session, change, [change])  # what went along is in the list itself
        if faults:
            step.rollback()
            whole.left[change.record_id] = reason_of(faults)
        else:
            step.commit()
            whole.done += 1
        tell(at, len(numbers))
    session.commit()
