"""The front page: what each role finds there is declared (`Board`); who holds two roles finds both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from flask import Flask, current_app, request
from flask_admin import BaseView, expose
from flask_babel import format_date
from sqlalchemy.orm import Session

from admin_views.engine import pages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.stamp import Reckoned
from tomoiki.core.access import Verb, Viewer
from tomoiki.core.database import db
from tomoiki.core.dates import now, today
from tomoiki.core.languages import language
from tomoiki.core.notices import notices_for
from tomoiki.core.records import Listed

Place = Literal["left", "right", "below"]


@dataclass(frozen=True)
class Desk:
    """Where a box is made: the session, who looks at which moment, whether at the whole office."""

    session: Session
    viewer: Viewer
    now: datetime
    today: date
    is_whole: bool
    reckoned: Reckoned
    known: dict[Any, Any] = field(default_factory=dict)

    def reckon(self, answer: Callable[[Session, date], Any]) -> Any:
        """Return numbers of the whole office, reckoned anew only after something changed."""
        if answer not in self.known:
            self.known[answer] = self.reckoned.get(
                self.session, (answer, self.today), lambda: answer(self.session, self.today)
            )
        return self.known[answer]


@dataclass(frozen=True)
class Counted:
    """A link to a list that says how many rows stand there."""

    label: str
    address: str
    count: int | None = None


@dataclass(frozen=True)
class Button:
    """A move of the record in the row: its address, the state it moves to, and what tells whom it is about."""

    label: str
    address: str
    to: str
    about: str


@dataclass(frozen=True)
class Line:
    """A row of a box: what leads, what is under it, and at its end a measure, a mark and a button."""

    text: str
    address: str = ""
    sub: str = ""
    tag: str = ""  # safe HTML, as are the marks
    mark: str = ""
    measure: str = ""
    measure_sub: str = ""
    tone: str = ""
    button: Button | None = None
    count: int | None = None  # what the list behind the address holds


@dataclass(frozen=True)
class Box:
    """Some rows under a title; what it says when there are none; links to the lists behind."""

    title: str
    lines: Sequence[Line] = ()
    about: str = ""
    lead: str = ""
    lead_sub: str = ""
    meter: tuple[int, int] | None = None
    help: str = ""
    links: Sequence[Counted] = ()
    sentence: str = ""
    sentence_tone: str = ""
    note: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Tile:
    """A number with its definition; the list behind it, where it shows the same number."""

    label: str
    help: str
    value: str
    unit: str = ""
    address: str = ""
    notes: Sequence[str | Counted] = ()


@dataclass(frozen=True)
class Strip:
    """At most four tiles under a title."""

    title: str
    about: str
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Piece:
    """What makes a box or a strip, for those who may do this with the records it is about."""

    make: Callable[[Desk], Box | Strip | None]
    model: type[Listed]
    verb: Verb = "read"
    place: Place = "left"


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
    left: list[Box] = field(default_factory=list)
    right: list[Box] = field(default_factory=list)
    below: list[Strip] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether no role of hers has a board."""
        return not (self.left or self.right or self.below)


def _day_words(day: date) -> str:
    skeleton = "M月d日（E）" if language() == "ja" else "EEEE d/M" if language() == "vi" else "EEEE d MMMM"
    return str(format_date(day, skeleton))


def _pieces(boards: Sequence[Board]) -> Iterator[Piece]:
    """Yield the pieces of this viewer's boards, each once, if she has the right and the office the records."""
    found = dict.fromkeys(piece for board in boards for piece in board.pieces)
    for piece in found:
        if office().screen_of(piece.model) and access().may(viewer(), piece.verb, piece.model):
            yield piece


class Home(BaseView):
    """The front page."""

    @expose("/")
    def index(self) -> Any:
        """Show the boards of the viewer's roles."""
        return self.render("engine/home.html", front=_front())

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        return pages.to_login() if viewer().id is None else None


def _front() -> Front:
    session, who = db.session(), viewer()
    office_boards, reckoned = current_app.extensions["tomoiki_boards"]
    boards = [board for board in office_boards if board.role in who.roles]
    is_whole = request.args.get("of") == "office"
    desk = Desk(session, who, now(), today(), is_whole, reckoned)
    front = Front(
        list(notices_for(who, session)),
        _day_words(desk.today),
        is_whole,
        any(board.is_two_sided for board in boards),
    )
    for piece in _pieces(boards):
        if (made := piece.make(desk)) is not None:
            getattr(front, piece.place).append(made)
    return front


def install(app: Flask, boards: Sequence[Board]) -> None:
    """Let the front page show these boards; with them are kept the numbers that change only with the data."""
    app.extensions["tomoiki_boards"] = boards, Reckoned()
