"""What the engine knows of the running application: its screens, its permissions, and who is looking."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session

from admin_views.engine.kept import Kept
from admin_views.engine.screen import Screen
from tomoiki.core.access import Access, Viewer
from tomoiki.core.languages import language
from tomoiki.core.records import Listed
from tomoiki.core.wordings import wording


@dataclass(frozen=True)
class Office:
    """Screens by slug, the matrix, who is looking, and the office's settings by key."""

    screens: Mapping[str, Screen]
    access: Access
    viewer: Callable[[], Viewer]
    setting: Callable[[Session, str], str]
    kept: Kept = field(default_factory=Kept)
    asked: Kept = field(
        default_factory=lambda: Kept(most=200)
    )  # selects of pages: large, and each search has one
    saved: Kept = field(default_factory=Kept)  # views and habits of users

    def screen_of(self, model: type[Listed]) -> Screen | None:
        """Return the screen of a table: where links to its records lead."""
        return self.screen_of_table(model.__tablename__)

    def screen_of_table(self, name: str) -> Screen | None:
        """Return the same by the table's name, as logs have it; one that shows all of its records, if there is one."""
        return self._by_table.get(name)

    @cached_property
    def _by_table(self) -> Mapping[str, Screen]:
        whole_last = sorted(self.screens.values(), key=lambda screen: not screen.only)
        return {screen.model.__tablename__: screen for screen in whole_last}


def office() -> Office:
    """Return the application's own."""
    return cast("Office", current_app.extensions["tomoiki_office"])


def access() -> Access:
    """Return the permissions in force."""
    return office().access


def viewer() -> Viewer:
    """Return who is looking at this page, asked once a request; a command sets it by `look_as`."""
    who: Viewer | None = g.get("viewer")
    if who is None:
        who = g.viewer = office().viewer()
    return who


def seen_alike(*question: Hashable) -> tuple[Hashable, ...]:
    """Return the question with what else decides an answer that all of the same roles share: language and words."""
    return (*question, viewer().roles, language(), wording().stamp)


def look_as(who: Viewer) -> None:
    """Let a command see with these eyes."""
    g.viewer = who
