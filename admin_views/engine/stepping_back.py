"""One step back: a record goes to the state it came from, with a reason that its history keeps."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.engine.mixin import ScreenPages
from admin_views.engine.saving import save_changes
from admin_views.engine.values import label
from tomoiki.core.database import db
from tomoiki.core.fields import field_behind, fields_of
from tomoiki.core.history import ChangeLog, give_reason, last_move, restored
from tomoiki.core.records import Fault, Record
from tomoiki.core.vocabulary import Choice

REASON_LENGTH = 300


class StepBackPages(ScreenPages):
    """The route of a step back; mixed into the engine's view."""

    @expose("/<key>/step-back", methods=("GET", "POST"))
    def step_back_view(self, key: str) -> Any:
        """Ask why, then put the record back to the state that it came from."""
        record = self.get_one(key, "update")
        if self.model.__moves__ is None:
            abort(404)
        move = last_move(db.session(), record)
        if move is None:
            flash(_("There is no step to take back: the history holds no last change of status."), "error")
            return redirect(f"/{self.screen.slug}/{record.id}", 303)
        reason = request.form.get("reason", "").strip()[:REASON_LENGTH]
        if request.method == "GET" or not reason:
            return self._step_back_page(record, move, [], is_missing=request.method == "POST")
        return self._step_back(record, move, reason)

    def _step_back(self, record: Record, move: ChangeLog, reason: str) -> Any:
        session, record_id, to = db.session(), record.id, self._state_before(move)
        refused = self.model.__moves__.refusal(session, record, to)
        faults = [refused] if refused else []
        if not faults:
            take_step_back(record, move)
            give_reason(session, record, reason)
            faults = save_changes(session, record)
        if faults:
            session.rollback()
            return self._step_back_page(self.get_one(str(record_id), "update"), move, faults)
        session.commit()
        flash(_("The status is “%(status)s” again.", status=_label_of(to)), "success")
        return redirect(f"/{self.screen.slug}/{record_id}", 303)

    def _state_before(self, move: ChangeLog) -> Choice:
        """Return the state that the record came from."""
        field = fields_of(self.model)[self.model.__moves__.field]
        state: Choice = restored(field, move.diff[field.name][0])
        return state

    def _step_back_page(
        self, record: Record, move: ChangeLog, faults: list[Fault], *, is_missing: bool = False
    ) -> Any:
        page = self.render(
            "engine/step_back.html",
            screen=self.screen,
            record=record,
            state=_label_of(self._state_before(move)),
            faults=[fault for fault in faults if fault.message],
            missing=is_missing,
        )
        return make_response(page, 422 if faults or is_missing else 200)


def take_step_back(record: Record, move: ChangeLog) -> None:
    """Put back the state and the stamps that came with it; what people typed on the way stays."""
    state = type(record).__moves__
    for name, (old, _new) in move.diff.items():
        field = field_behind(type(record), name)
        if field and (field.read_only or (state and field.name == state.field)):
            setattr(record, name, restored(field, old))


def _label_of(state: Choice) -> str:
    return label(type(state), state.value)
