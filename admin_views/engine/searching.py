"""The search over all screens that the viewer may read: a page of a few hits each, and JSON while one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import abort, jsonify, render_template, request
from flask_babel import gettext as _

from admin_views.engine.lookup import Found, find_records
from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.screen import Screen
from tomoiki.core.search import indexed_classes
from tomoiki.core.text import QUERY_LENGTH, fold, terms

SHOWN = 5
NAMED = 2  # under the box, of a screen whose records are named so
SHOWN_TYPING = 7  # under the box, of all screens together: what a hand reaches by the arrow keys


@dataclass(frozen=True)
class Group:
    """What was found on one screen, and whether its list holds more."""

    screen: Screen
    hits: list[Found]
    has_more: bool
    is_named: bool  # a record's own name fits, not what it tells of or refers to


def search_page() -> Any:
    """Show what fits, grouped by screen; answer a script in JSON."""
    is_typing = request.accept_mimetypes.best == "application/json"
    if viewer().id is None:
        return abort(401) if is_typing else to_login()
    query = request.args.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH]
    groups = groups_for(query) if query else []
    if is_typing:
        return jsonify([*_typed(groups), _all(query)] if groups else [])
    return render_template("engine/search.html", query=query, groups=groups)


def _typed(groups: list[Group]) -> list[dict[str, Any]]:
    """Return a few hits of each group, most of those that are named so."""
    found: list[dict[str, Any]] = []
    left = SHOWN_TYPING
    for at, group in enumerate(groups):
        share = NAMED if group.is_named else max(1, left // (len(groups) - at))
        rows = [_line(group.screen, one) for one in group.hits[: min(left, share)]]
        left -= len(rows)
        found += [{"text": str(group.screen.name), "rows": rows}] if rows else []
    return found


def _line(screen: Screen, one: Found) -> dict[str, str]:
    return {"text": one.text, "sub": one.sub, "href": f"/{screen.slug}/{one.id}"}


def _all(query: str) -> dict[str, str]:
    return {"text": _("Show all that fits"), "href": f"/search?q={quote(query)}"}


def groups_for(query: str) -> list[Group]:
    """Return the screens with hits, those with the name first; one screen a table: study sessions are events."""
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
        if hits := find_records(model, query, most=SHOWN + 1):
            found.append(Group(screen, hits[:SHOWN], len(hits) > SHOWN, _is_named(hits, query)))
    return sorted(found, key=lambda group: not group.is_named)


def _is_named(hits: list[Found], query: str) -> bool:
    words = [word for term in terms(query) for word in term.tokens]
    return any(all(word in fold(hit.text) for word in words) for hit in hits)
