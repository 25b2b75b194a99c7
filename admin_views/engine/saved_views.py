"""Saved views: lists by name, a user's own or shared with her roles, and the one that a list opens with.

A view is an address. It is read anew with the eyes of who looks, so that it holds nothing hidden from her.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from admin_views.engine.arguments import Arguments, Pairs, address_of, read_arguments
from admin_views.engine.habits import saved
from admin_views.engine.office import office, seen_alike, viewer
from admin_views.engine.screen import Screen

ALL = (("page", "1"),)  # arguments that ask for nothing, and yet say that somebody asked
NO_SCREEN: frozenset[str] = frozenset()
NOT_SAVED = (
    "q",
    "per_page",
)  # words that somebody looked for may name a person; the rows of a page are a habit


@dataclass(frozen=True)
class Offered:
    """A view as this user may use it now: `role` if it is shared, `is_whole` if none of it is hidden from her."""

    id: int
    name: str
    pairs: Pairs
    role: str = ""
    is_whole: bool = True

    @property
    def arguments(self) -> MultiDict[str, str]:
        """Return what the list is asked for."""
        return MultiDict(list(self.pairs))

    def address(self, screen: Screen) -> str:
        """Return where it leads."""
        return address_of(f"/{screen.slug}/", self.pairs or ALL)


@dataclass(frozen=True)
class Chip:
    """One of the chips over a list."""

    text: str
    address: str
    is_on: bool


def offered(screen: Screen) -> Sequence[Offered]:
    """Return the views of the list that this user has: her own, then those of her roles."""
    known = saved()
    if not known.views.get(screen.slug):
        return ()
    found: Sequence[Offered] = office().saved.get(
        seen_alike("offered", known.stamp, viewer().id, screen.slug),
        lambda: [offer(screen, row) for row in known.views[screen.slug]],
    )
    return found


def offer(screen: Screen, row: Any) -> Offered:
    """Return a stored view as she may use it."""
    asked = read_arguments(screen, MultiDict(parse_qsl(row.query)))
    return Offered(row.id, row.name, arguments_of_view(asked), row.role or "", not asked.notices)


def arguments_of_view(asked: Arguments) -> Pairs:
    """Return what a view keeps of a list's arguments."""
    return tuple(pair for pair in asked.to_query() if pair[0] not in NOT_SAVED)


def query_of(asked: Arguments) -> str:
    """Return the arguments as a view stores them."""
    return urlencode(arguments_of_view(asked))


def opening(screen: Screen) -> Offered | None:
    """Return the view that the list opens with when nothing is asked for."""
    number = saved().first.get(screen.slug)
    return next((view for view in offered(screen) if view.id == number), None) if number else None


def list_address(screen: Screen, pairs: Pairs) -> str:
    """Return the list's address with these arguments; with none it is the whole list, whatever it opens with."""
    return address_of(f"/{screen.slug}/", pairs or (ALL if saved().first.get(screen.slug) else ()))


def chips(screen: Screen, asked: Arguments) -> list[Chip]:
    """Return the way to all rows and to each view; none where there are no views."""
    views = offered(screen)
    if not views:
        return []
    now = sorted(arguments_of_view(asked))
    return [Chip(view.name, view.address(screen), sorted(view.pairs) == now) for view in views]


def opened_otherwise(screens: Iterable[Screen]) -> frozenset[str]:
    """Return the screens for which her own view takes the place of what the menu opens them with."""
    first = saved().first
    return (
        frozenset(screen.slug for screen in screens if screen.start and screen.slug in first)
        if first
        else NO_SCREEN
    )
