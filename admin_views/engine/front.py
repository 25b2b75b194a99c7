"""The front page: what each role finds there is declared (`Board`); who holds two roles finds both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask, current_app, request
from flask_admin import BaseView, expose
from flask_babel import format_date

from admin_views.engine import pages
from admin_views.engine.boxes import Box, Jotter, Piece, Strip, allowed, desk
from admin_views.engine.office import viewer
from admin_views.engine.stamp import Reckoned
from tomoiki.core.languages import language
from tomoiki.core.notices import notices_for


@dataclass(frozen=True)
class Board:
    """What one role finds on the front page; with `is_two_sided` she may look at her own day or at the office."""

    role: str
    pieces: Sequence[Piece]
    is_two_sided: bool = False


@dataclass
class Front:
    """The front page as the template shows it."""

    told: Sequence[Any]
    day: str
    is_whole: bool
    sides: bool
    left: list[Box | Jotter] = field(default_factory=list)
    right: list[Box | Jotter] = field(default_factory=list)
    below: list[Strip] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether no role of hers has a board."""
        return not (self.left or self.right or self.below)


def _day_words(day: date) -> str:
    skeleton = "M月d日（E）" if language() == "ja" else "EEEE d/M" if language() == "vi" else "EEEE d MMMM"
    return str(format_date(day, skeleton))


class Home(BaseView):
    """The front page."""

    @expose("/")
    def index(self) -> Any:
        """Show the boards of the viewer's roles."""
        return self.render("engine/home.html", front=_front())

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        return pages.to_login() if viewer().id is None else None


def _front() -> Front:
    here = desk(is_whole=request.args.get("of") == "office")
    boards = [
        board for board in current_app.extensions["tomoiki_boards"][0] if board.role in here.viewer.roles
    ]
    front = Front(
        list(notices_for(here.viewer, here.session)),
        _day_words(here.today),
        here.is_whole,
        any(board.is_two_sided for board in boards),
    )
    for piece in allowed(piece for board in boards for piece in board.pieces):
        if (made := piece.make(here)) is not None:
            getattr(front, piece.place).append(made)
    return front


def install(app: Flask, boards: Sequence[Board]) -> None:
    """Let the front page show these boards; with them are kept the numbers that change only with the data."""
    app.extensions["tomoiki_boards"] = boards, Reckoned()
