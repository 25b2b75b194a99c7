"""Moving a record from one state to another: allowed moves only, with what the new state asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.engine.filling import fill
from admin_views.engine.inputs import Stored, input_for
from admin_views.engine.lookup import named
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.saving import save_changes
from admin_views.engine.values import label
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Fault, Listed, Moves, Record, open_ends
from tomoiki.core.vocabulary import Choice


@dataclass(frozen=True)
class Move:
    """A state that may follow, in words."""

    to: str
    label: str


def moves_of(model: type[Listed], row: Mapping[str, Any]) -> list[Move]:
    """Return the states that may follow the record's own."""
    moves = model.__moves__
    if moves is None or row.get(moves.field) is None:
        return []
    choices = fields_of(model)[moves.field].choices
    allowed = next((after for before, after in moves.allowed.items() if before == row[moves.field]), ())
    return [Move(state.value, label(choices, state.value)) for state in allowed] if choices else []


def is_unsettled(model: type[Listed], row: Mapping[str, Any]) -> bool:
    """Tell whether the record may still move: what is done or given up is not near any more."""
    moves = model.__moves__
    return moves is None or bool(moves.allowed.get(row.get(moves.field)))  # type: ignore[arg-type]  # its states


@dataclass(frozen=True)
class OpenEnd:
    """Something of the record that is still open: of which kind, what names it, where it is."""

    kind: str
    text: str
    address: str


class MovePages(ScreenPages):
    """The route of a move; mixed into the engine's view."""

    @expose("/<key>/move", methods=("GET", "POST"))
    def move_view(self, key: str) -> Any:
        """Ask for what the new state needs, then move."""
        record = self.get_one(key, "update")
        moves = self.model.__moves__
        asked = request.values.get("to", "")
        if moves is None:
            abort(404)
        current = getattr(record, moves.field)
        to = next((state for state in moves.allowed.get(current, ()) if state.value == asked), None)
        if to is None:
            words = {"now": self._state_label(current.value), "asked": self._state_label(asked)}
            flash(_("From “%(now)s” this cannot become “%(asked)s”.", **words), "error")
            return redirect(f"/{self.screen.slug}/{record.id}", 303)
        form = self._move_form(record, moves, to)
        if request.method == "GET":
            refused = moves.refusal(db.session(), record, to)
            return self._move_page(record, to, form, [refused] if refused and not refused.field else [])
        return self._move(record, moves, to, form)

    def _state_label(self, code: str) -> str:
        choices = fields_of(self.model)[self.model.__moves__.field].choices if self.model.__moves__ else None
        return label(choices, code[:40]) if choices else code[:40]

    def _move_form(self, record: Record, moves: Moves, to: Choice) -> Any:
        """Return the form of what the new state needs, and of what it asks for besides."""
        known, may, needed = fields_of(self.model), access(), moves.needs.get(to, ())
        if to in moves.excuses and open_ends(db.session(), record):
            needed = (*needed, moves.excuses[to])
        asked = dict.fromkeys((*needed, *moves.asks.get(to, ())))
        names = [name for name in asked if may.shows(viewer(), self.model, name)]
        controls = {name: input_for(replace(known[name], required=name in needed)) for name in names}
        form_class = type("MoveForm", (self.form_base_class,), controls)
        return form_class(request.form if request.method == "POST" else None, obj=Stored(record))

    def _move(self, record: Record, moves: Moves, to: Any, form: Any) -> Any:
        faults = fill(form, record)
        if not faults and (refused := moves.refusal(db.session(), record, to)):
            faults = [refused]
        if not faults:
            setattr(record, moves.field, to)
            faults = save_changes(db.session(), record)
        if faults:
            record_id = record.id
            db.session.rollback()
            return self._move_page(self.get_one(str(record_id), "update"), to, form, faults)
        record_id = record.id
        db.session.commit()
        flash(_("The status is now “%(status)s”.", status=self._state_label(to.value)), "success")
        return redirect(f"/{self.screen.slug}/{record_id}", 303)

    def _move_page(self, record: Record, to: Any, form: Any, faults: list[Fault]) -> Any:
        for fault in faults:
            if fault.field in form and fault.message:
                form[fault.field].errors = [*form[fault.field].errors, str(fault.message)]
        general = [fault for fault in faults if fault.field not in form and fault.message]
        page = self.render(
            "engine/move.html",
            screen=self.screen,
            record=record,
            to=to,
            state=self._state_label(to.value),
            form=form,
            faults=general,
            open_ends=list(_seen_open_ends(record)) if to in self.model.__moves__.excuses else [],
        )
        return make_response(page, 422 if faults else 200)


def _seen_open_ends(record: Record) -> Iterator[OpenEnd]:
    """Yield what is still open of the record, as far as this viewer may see it."""
    ends = open_ends(db.session(), record)
    for model in dict.fromkeys(map(type, ends)):
        screen = office().screen_of(model)
        if screen is not None and access().may(viewer(), "read", model):
            for found in named(model, [end.id for end in ends if type(end) is model]):
                yield OpenEnd(str(screen.name), found.text, f"/{screen.slug}/{found.id}")
