"""Boxes: what a page tells beside its own subject, made by a function of a subject for who is looking (`Piece`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from flask import current_app
from sqlalchemy.orm import Session

from admin_views.engine.office import access, office, viewer
from admin_views.engine.stamp import Reckoned
from tomoiki.core.access import Verb, Viewer
from tomoiki.core.database import db
from tomoiki.core.dates import now, today
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
    """A verb on the record in the row: its address, the state that a move leads to, and what tells whom it is about."""

    label: str
    address: str
    to: str
    about: str
    is_primary: bool = False


@dataclass(frozen=True)
class Offer:
    """A value for a control of the form beside: one press takes it over, unless `by_itself` nothing else does."""

    name: str
    value: str
    label: str
    words: str = ""  # what stands in the box of a reference
    by_itself: bool = False  # follows from a box that was ticked just now, where nothing else was chosen


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
    buttons: Sequence[Button] = ()
    offer: Offer | None = None
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
    offer: Offer | None = None  # at the foot
    id: str = ""


@dataclass(frozen=True)
class Passage:
    """Words to be copied, in a language of their own."""

    title: str
    text: str
    language: str


@dataclass(frozen=True)
class Jotter:
    """A small form that writes down what was done: about which record, of which kind, in words, how long it took."""

    title: str
    address: str
    about: tuple[str, str, Sequence[tuple[int, str]]]  # control, label, records to choose from
    kinds: Sequence[tuple[str, str]]
    help: str
    language: str


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

    make: Callable[[Desk], Box | Jotter | Strip | None]
    model: type[Listed]
    verb: Verb = "read"
    place: Place = "left"


def desk(*, is_whole: bool = False) -> Desk:
    """Return the desk of who is looking now."""
    return Desk(db.session(), viewer(), now(), today(), is_whole, current_app.extensions["tomoiki_boards"][1])


def allowed(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the pieces, each once, if this viewer has the right and the office the records."""
    for piece in dict.fromkeys(pieces):
        if office().screen_of(piece.model) and access().may(viewer(), piece.verb, piece.model):
            yield piece
