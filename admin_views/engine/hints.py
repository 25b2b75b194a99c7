"""What the form of a new record is told by what stands in it so far: people who may be meant, values read out of a text.

Each is a suggestion with a button (`Offer`). A script asks while one types; without it a button of the form asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin_views.engine.boxes import Box, Desk, Offer, Passage, desk
from admin_views.engine.mixin import ScreenPages

Typed = MultiDict[str, str]
LOOK, TAKE = "_look", "_take"


@dataclass(frozen=True)
class Hints:
    """What was found out: by field what stands under it, boxes beside the form, and what is certain."""

    about: str = ""  # beside the title
    under: Mapping[str, Sequence[Offer | str]] = field(default_factory=dict)
    boxes: Sequence[Box | Passage] = ()
    certain: str = ""  # so sure that it stands above the buttons too
    marks: Mapping[str, str] = field(default_factory=dict)  # kept with the form though no control of it


@dataclass(frozen=True)
class Beside:
    """What makes the hints of a form, and the fields that it looks at."""

    run: Callable[[Desk, Typed], Hints]
    fields: tuple[str, ...]


class HintPages(ScreenPages):
    """The route that answers while one types; mixed into the engine's view."""

    @expose("/hints", methods=("POST",))
    def hints_view(self) -> Any:
        """Answer with the pieces of the form's page that change."""
        if self.screen.beside is None:
            abort(404)
        return self.render("engine/hints.html", screen=self.screen, hints=self.hints(request.form))

    def hints(self, typed: Typed) -> Hints:
        """Return what the form is told."""
        beside = self.screen.beside
        return beside.run(desk(), typed) if beside else Hints()


def is_asked() -> bool:
    """Tell whether the form was sent to be told, not to be saved."""
    return LOOK in request.form or TAKE in request.form


def taken() -> Typed:
    """Return what was sent, with the value of the offer that was pressed in its control."""
    sent = MultiDict(request.form)
    name, _equals, value = sent.get(TAKE, "").partition("=")
    if name:
        sent[name] = value
        sent.pop(f"{name}-text", None)
    return sent
