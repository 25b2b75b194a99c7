"""Where a record stands in the list that one came from: the way back to that very page, and its neighbours.

The list is told by the address that the browser came from, so that the rows of a list stay light; from there on it
travels in the address of the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask import request
from werkzeug.datastructures import MultiDict

from admin_views.engine.arguments import Arguments, address_of, parse_id, read_arguments
from admin_views.engine.listing import asked_order, asked_rows, ordered_ids
from admin_views.engine.rows import params
from admin_views.engine.saved_views import list_address
from admin_views.engine.screen import Screen
from tomoiki.core.database import db


@dataclass(frozen=True)
class Place:
    """Addresses of the list and of the records before and after in it; empty where there is none."""

    back: str
    before: str = ""
    after: str = ""


def place_of(screen: Screen, key: int) -> Place:
    """Return the record's place; without a list that one came from, no more than the way to the whole list."""
    given = _given(screen)
    if given is None:
        return Place(f"/{screen.slug}/")
    asked = read_arguments(screen, given)
    back = list_address(screen, _pairs(asked, asked.page))
    before = (asked.page - 1) * asked.per_page
    skipped = max(before - 1, 0)
    ids = _ids(screen, asked, skipped, asked.per_page + 2)
    if key not in ids:
        return Place(back)
    at = ids.index(key)

    def address(beside: int) -> str:
        if not 0 <= beside < len(ids):
            return ""
        page = (skipped + beside) // asked.per_page + 1
        return address_of(f"/{screen.slug}/{ids[beside]}", _pairs(asked, page, always=True))

    return Place(back, address(at - 1), address(at + 1))


def _given(screen: Screen) -> MultiDict[str, str] | None:
    """Return the arguments of the list: in the record's own address, or in that of the page before."""
    if request.args:
        return request.args
    came = request.referrer or ""
    parts = urlsplit(came)
    if not came.startswith(request.host_url):
        return None
    if parts.path == f"/{screen.slug}/":
        return MultiDict(parse_qsl(parts.query))
    is_record = parts.path.startswith(f"/{screen.slug}/") and parse_id(parts.path.rpartition("/")[2])
    return MultiDict(parse_qsl(parts.query)) if is_record and parts.query else None


def _ids(screen: Screen, asked: Arguments, skipped: int, rows: int) -> list[int]:
    ordered = ordered_ids(screen.model, asked_rows(screen, asked), asked_order(screen, asked))
    return list(db.session.scalars(ordered, params() | {"rows": rows, "skipped": skipped}))


def _pairs(asked: Arguments, page: int, *, always: bool = False) -> list[tuple[str, str]]:
    """Return the list's arguments; `always` some, because they say that there is a list."""
    return [*asked.to_query(), *([("page", str(page))] if page > 1 or always else [])]
