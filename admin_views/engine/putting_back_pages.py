"""The page that asks before a change, or a deleted record, is put back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine.arguments import parse_id
from admin_views.engine.histories import changes_in_words, user_names
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.putting_back import PutBack, gone_with, may_put_back, restore
from admin_views.engine.rows import name_of
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.history import Change, ChangeLog
from tomoiki.core.records import Fault, Record


class PutBackPages(ScreenPages):
    """The route of putting back; mixed into the engine's view."""

    @expose("/<key>/put-back/<number>", methods=("GET", "POST"))
    def put_back_view(self, key: str, number: str) -> Any:
        """Show what would be, then put it back."""
        change = db.session.get(ChangeLog, parse_id(number) or 0)
        if change is None or (change.entity, str(change.record_id)) != (self.model.__tablename__, key):
            abort(404)
        if not may_put_back(self.model, change.action):
            abort(403)
        if change.action == Change.delete:
            return self._restore(change)
        return self._put_back(self.get_one(key, "update"), change)

    def _put_back(self, record: Record, change: ChangeLog) -> Any:
        faults: list[Fault] = []
        back, number = PutBack(db.session(), self.screen, record, change), change.id
        if request.method == "POST":
            try:
                faults = back.do(request.form.getlist("field"))
            except StaleDataError:
                faults = [Fault(_("Somebody else saved at the same moment."))]
            if not faults:
                return self._done(record.id)
            db.session.rollback()
            record = self.get_one(str(change.record_id), "update")
            change = db.session.get_one(ChangeLog, number)
            back = PutBack(db.session(), self.screen, record, change)
        shown = {"parts": back.parts(), "can_step": back.state in change.diff and back.is_last_step}
        return self._page(change, faults, name=name_of(record), **shown)

    def _restore(self, change: ChangeLog) -> Any:
        faults, number = restore(db.session(), change) if request.method == "POST" else [], change.id
        if request.method == "POST":
            if not faults:
                return self._done(change.record_id)
            db.session.rollback()
            change = db.session.get_one(ChangeLog, number)
        gone = gone_with(db.session(), change)
        told = changes_in_words(db.session(), change.entity, change.record_id, change.diff)
        name = f"{self.screen.one} #{change.record_id}"
        return self._page(change, faults, name=name, told=told, more=len(gone) - 1)

    def _done(self, record_id: int) -> Any:
        db.session.commit()
        flash(_("Put back."), "success")
        return redirect(f"/{self.screen.slug}/{record_id}", 303)

    def _page(self, change: ChangeLog, faults: list[Fault], **shown: Any) -> Any:
        who = user_names(db.session(), {change.user_id}) if change.user_id else {}
        page = self.render(
            "engine/put_back.html",
            screen=self.screen,
            change=change,
            who=who.get(change.user_id or 0, _("System")),
            time=in_tokyo(change.at).strftime("%Y-%m-%d %H:%M"),
            faults=[fault for fault in faults if fault.message],
            **shown,
        )
        return make_response(page, 409 if faults else 200)
