"""The search page: hits of every screen that the viewer may read, a few each, by the same index as the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from admin_views.engine.lookup import Found, find_records
from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.screen import Screen
from tomoiki.core.search import indexed_classes
from tomoiki.core.text import QUERY_LENGTH

SHOWN = 5


@dataclass(frozen=True)
class Group:
    """What was found on one screen, and whether its list holds more."""

    screen: Screen
    hits: list[Found]
    has_more: bool


def search_page() -> Any:
    """Show what fits, grouped by screen."""
    if viewer().id is None:
        return to_login()
    query = request.args.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH]
    return render_template("engine/search.html", query=query, groups=groups_for(query) if query else [])


def groups_for(query: str) -> list[Group]:
    """Return the screens with hits; one screen a table, for study sessions are events."""
    found, seen = [], set()
    for screen in office().screens.values():
        model = screen.model
        if (
            model in seen
            or screen.only
            or not indexed_classes(model, None)
            or not access().may(viewer(), "read", model)
        ):
            continue
        seen.add(model)
        if hits := find_records(model, query):
            found.append(Group(screen, hits[:SHOWN], len(hits) > SHOWN))
    return found
