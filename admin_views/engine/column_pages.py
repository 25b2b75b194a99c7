"""The page on which one chooses and orders the columns of a list, and how many rows a page has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask_admin import expose

from admin_views.engine.arguments import Arguments, address_of, parse_id, read_arguments
from admin_views.engine.columns import choosable, usual
from admin_views.engine.habits import usual_rows
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import viewer
from admin_views.engine.saved_views import list_address
from admin_views.engine.screen import Screen
from tomoiki.core.database import db
from tomoiki.core.saved_views import keep_habit

ROWS = (25, 50, 100, 200)
LAST = 1000  # where a column stands that was given no place


@dataclass(frozen=True)
class Choice:
    """One column that may be chosen: its place, or 0 if it is not shown."""

    name: str
    text: str
    place: int


class ColumnPages(ScreenPages):
    """The route of the columns; mixed into the engine's view."""

    @expose("/columns", methods=("GET", "POST"))
    def columns_view(self) -> Any:
        """Show what may be chosen; then show the list with it."""
        asked = read_arguments(self.screen, request.args)
        if request.method == "POST":
            return self._choose_columns(asked)
        asked.per_page = asked.usual
        return self.render(
            "engine/columns.html",
            screen=self.screen,
            choices=choices(self.screen, asked),
            rows=ROWS,
            asked=asked,
            back=list_address(self.screen, asked.to_query()),
            reset=address_of(
                f"/{self.screen.slug}/columns", [pair for pair in asked.to_query() if pair[0] != "columns"]
            ),
        )

    def _choose_columns(self, asked: Arguments) -> Any:
        rows, user = parse_id(request.form.get("per_page")), viewer().id
        if rows in ROWS and rows != usual_rows(self.screen) and user is not None:
            keep_habit(db.session(), user, self.screen.slug, per_page=rows)
            db.session.commit()
        chosen = tuple(_in_order(self.screen))
        asked.columns = () if chosen == usual(self.screen) else chosen
        asked.per_page = asked.usual
        return redirect(list_address(self.screen, asked.to_query()), 303)


def choices(screen: Screen, asked: Arguments) -> Sequence[Choice]:
    """Return the columns that are shown, in order, then the others."""
    texts, shown = choosable(screen), asked.columns or usual(screen)
    places = {name: place for place, name in enumerate(shown, start=1)}
    ordered = [*shown, *(name for name in texts if name not in places)]
    return [Choice(name, texts[name], places.get(name, 0)) for name in ordered]


def _in_order(screen: Screen) -> list[str]:
    """Return the columns that the form names, by the places it gives them."""
    known = choosable(screen)
    names = [name for name in dict.fromkeys(request.form.getlist("column")) if name in known]
    return sorted(names, key=lambda name: parse_id(request.form.get(f"place-{name}")) or LAST)
