"""What is reckoned for the records of a page: columns that no table has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from admin_views.engine.office import access, viewer
from admin_views.engine.screen import Figure, Screen
from admin_views.engine.values import yen

Row = Mapping[str, Any]


def visible_figures(screen: Screen) -> list[Figure]:
    """Return the figures that this viewer may be told."""
    may, who = access(), viewer()
    return [one for one in screen.figures if not one.needs or may.sees(who, screen.model, one.needs)]


def reckon(session: Session, figure: Figure, rows: Sequence[Row]) -> Mapping[int, Markup]:
    """Return what the figure says of each row, as safe HTML."""
    values = figure.run(session, rows) if rows else {}
    return {key: _html(figure, value) for key, value in values.items() if value not in (None, "")}


def _html(figure: Figure, value: Any) -> Markup:
    return escape(yen(value) if figure.kind == "yen" else value)
