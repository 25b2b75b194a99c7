"""A screen's own verbs on one record: a button on its page, an address, a service."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect
from flask_admin import expose

from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, viewer
from admin_views.engine.screen import Action
from tomoiki.core.database import db


class ActionPages(ScreenPages):
    """The route of a screen's actions; mixed into the engine's view."""

    @expose("/<key>/do/<verb>", methods=("POST",))
    def run_view(self, key: str, verb: str) -> Any:
        """Run the action on the record, if it is offered there (`name` is what Flask-Admin calls this method)."""
        action = self._action(verb)
        if not access().may(viewer(), action.needs, self.model):
            abort(403)
        record = self.get_one(key, action.needs)
        if not action.offered(record):
            abort(404)
        record_id = record.id
        message = action.run(db.session(), record)
        db.session.commit()
        flash(message, "success")
        return redirect(action.after or f"/{self.screen.slug}/{record_id}", 303)

    def _action(self, name: str) -> Action:
        found = next((one for one in self.screen.actions if one.name == name and not one.page), None)
        return found or abort(404)
