"""What users saved of their lists, read once after each save: views, the view a list opens with, the rows of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin_views.engine.office import office, viewer
from admin_views.engine.screen import Screen
from tomoiki.core.access import Viewer
from tomoiki.core.database import db
from tomoiki.core.saved_views import habits_of, stamp_of, views_for

PER_PAGE = 50


@dataclass(frozen=True)
class Saved:
    """What one user saved, by screen."""

    stamp: int = 0
    views: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)  # the view that the list opens with
    per_page: Mapping[str, int] = field(default_factory=dict)


NOTHING = Saved()


def saved() -> Saved:
    """Return what this user saved, and what is shared with her roles."""
    who = viewer()
    stamp = stamp_of(db.session()) if who.id is not None else None
    if stamp is None:
        return NOTHING
    found: Saved = office().saved.get((stamp, who.id, who.roles), lambda: _load(stamp, who))
    return found


def _load(stamp: int, who: Viewer) -> Saved:
    session, views = db.session(), dict[str, list[Any]]()
    for row in views_for(session, who.id or 0, who.roles):
        views.setdefault(row.screen, []).append(row)
    hers = {row.id for rows in views.values() for row in rows}
    habits = habits_of(session, who.id or 0)
    return Saved(
        stamp,
        views,
        {row.screen: row.view_id for row in habits if row.view_id in hers},
        {row.screen: row.per_page for row in habits if row.per_page},
    )


def usual_rows(screen: Screen) -> int:
    """Return how many rows a page of the list has when none are asked for."""
    return saved().per_page.get(screen.slug, PER_PAGE)
