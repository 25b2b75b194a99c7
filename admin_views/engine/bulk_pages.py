"""The pages of many records at once: what is to be done, what it would do, how far it is."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from admin_views.engine import beside, uploads
from admin_views.engine.arguments import Arguments, address_of, parse_id, read_arguments
from admin_views.engine.bulk import Deed, do_all, grouped, look_through, newest_change
from admin_views.engine.bulk_results import AT_ONCE, NAMED, keep_outcome, names_of, result_address
from admin_views.engine.deeds import Changing, Deleting, Making, form_for
from admin_views.engine.deleting import dependants_of
from admin_views.engine.export_pages import ExportPages
from admin_views.engine.exporting import count_rows
from admin_views.engine.listing import asked_rows, export_address
from admin_views.engine.office import office
from admin_views.engine.screen import Many, Screen
from admin_views.engine.verbs import FILES, HOW, BulkVerb, changeable, verbs_of
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of

MOST_PICKED = 1000
UNREADABLE = 422


class BulkPages(ExportPages):
    """The route of many at once; mixed into the engine's view."""

    @expose("/bulk", methods=("GET", "POST"))
    def bulk_view(self) -> Any:
        """Ask what is to be done to the picked rows, show what it would do, or do it."""
        verbs = {verb.name: verb for verb in verbs_of(self.screen)}
        if not verbs:
            abort(403)
        if request.method == "GET":
            return (
                self._bulk_progress()
                if "job" in request.args
                else redirect(f"/{self.screen.slug}/?select=1", 303)
            )
        verb = verbs.get(request.form.get("do", ""))
        if verb is None:
            abort(403)
        asked = picked(self.screen)
        if asked is None:
            flash(_("Select rows first."), "error")
            return redirect(f"/{self.screen.slug}/?select=1", 303)
        if verb.name in FILES:
            whole = not asked.ids
            return (
                redirect(export_address(self.screen, asked, verb.name), 303)
                if whole
                else self.send(asked, verb.name)
            )
        return self._bulk_step(verb, asked)

    def _bulk_step(self, verb: BulkVerb, asked: Arguments) -> Any:
        step = request.form.get("step", "")
        form = None if verb.name == "delete" else self._bulk_form(verb, is_sent=bool(step))
        deed = self._deed(verb, form)
        is_wrong = form is not None and _is_wrong(form, verb)
        if form is not None and (not step or is_wrong or not (deed.names or isinstance(deed, Making))):
            fault = _("Fill in what is to be changed.") if step and not is_wrong else ""
            return self._ask_what(verb, asked, form, fault)
        if step == "run":
            return self._run_bulk(deed, asked)
        return self._bulk_preview(verb, deed, asked)

    # -- what is to be done --------------------------------------------------------------------------------------
    def _bulk_form(self, verb: BulkVerb, *, is_sent: bool) -> Any:
        many = verb.many
        screen, is_new = (_screen_made(many), True) if many and many.makes else (self.screen, False)
        names = many.fields if many else changeable(self.screen)
        form = form_for(screen, names, self.form_base_class, request.form if is_sent else None, is_new=is_new)
        form.validate()
        return form

    def _deed(self, verb: BulkVerb, form: Any) -> Deed:
        if form is None:
            return Deleting()
        if verb.many and verb.many.makes:
            return Making(verb.many, self.screen, form)
        how = {name: request.form.get(f"{name}-how", "add") for name in form._fields}
        return Changing(self.screen, form, request.form.getlist("clear"), how)

    def _ask_what(self, verb: BulkVerb, asked: Arguments, form: Any, fault: str) -> Any:
        wrong = [field for field in form if field.errors] if request.form.get("step") else []
        page = self.render(
            "engine/bulk.html",
            screen=self.screen,
            verb=verb,
            form=form,
            how=HOW,
            clearable={one.name for one in form if fields_of(self.model)[one.name].optional}
            - {_state(self.screen)}
            if not (verb.many and verb.many.makes)
            else (),
            count=count_rows(self.screen, asked_rows(self.screen, asked)),
            carried=_carried(only=("do", "list", "which", "id", "shown")),
            wrong=wrong,
            fault=fault,
            back=_back(self.screen, asked),
        )
        return make_response(page, UNREADABLE if wrong or fault else 200)

    # -- what it would do ----------------------------------------------------------------------------------------
    def _bulk_preview(self, verb: BulkVerb, deed: Deed, asked: Arguments) -> Any:
        session = db.session()
        seen = newest_change(session)
        outcome, ready = look_through(session, self.screen, asked, deed)
        left = [
            (reason, len(ids), names_of(self.model, ids[:NAMED]))
            for reason, ids in grouped(outcome.left).items()
        ]
        along = dependants_of(session, self.model, ready) if verb.name == "delete" and ready else ()
        return self.render(
            "engine/bulk_preview.html",
            screen=self.screen,
            verb=verb,
            outcome=outcome,
            left=left,
            names=names_of(self.model, [one.record_id for one in outcome.samples]),
            along=[one for one in along if one.goes_along],
            carried=[
                *_carried(),
                ("seen", str(seen)),
                ("rows", str(outcome.done)),
                ("job", secrets.token_urlsafe(32)),
            ],
            back=_back(self.screen, asked),
        )

    # -- doing it ------------------------------------------------------------------------------------------------
    def _run_bulk(self, deed: Deed, asked: Arguments) -> Any:
        token, seen = request.form.get("job", ""), parse_id(request.form.get("seen", "")) or 0
        if not uploads.is_token(token):
            abort(400)
        progress = f"/{self.screen.slug}/bulk?job={token}"
        if not uploads.claim(token):  # a second click
            return redirect(progress, 303)
        screen = self.screen
        rows = parse_id(request.form.get("rows", "")) or 0

        def work(tell: beside.Tell) -> dict[str, Any]:
            outcome = do_all(db.session(), screen, asked, deed, seen, tell)
            keep_outcome(token, outcome)
            return {"number": outcome.number}

        if rows > AT_ONCE:
            beside.start(f"bulk-{screen.slug}", token, work, rows)
            return redirect(progress, 303)
        state = work(lambda done, total: None)
        uploads.tell(token, state)
        return redirect(result_address(state["number"], token), 303)

    def _bulk_progress(self) -> Any:
        """Show how far it is; the page asks again by itself, with or without JavaScript."""
        token = request.args["job"]
        state = uploads.state_of(token)
        if state is not None and "number" in state:
            return redirect(result_address(state["number"], token), 303)
        if state is None or "fault" in state:
            flash(state["fault"] if state else _("Nothing is known of this work any more."), "error")
            return redirect(f"/{self.screen.slug}/", 303)
        answer = make_response(self.render("engine/bulk_progress.html", screen=self.screen, state=state))
        answer.headers["Refresh"] = "1"
        return answer


def picked(screen: Screen) -> Arguments | None:
    """Return what the form picked: rows by their ids, or all that the list holds; None where nothing is."""
    form = request.form
    asked = read_arguments(screen, MultiDict(parse_qsl(form.get("list", ""))))
    if form.get("which") == "all":
        return asked
    texts = form.get("shown", "").split(",") if form.get("which") == "page" else form.getlist("id")
    asked.ids = tuple(key for text in texts[:MOST_PICKED] if (key := parse_id(text)))
    return asked if asked.ids else None


def _screen_made(many: Many) -> Screen:
    screen = office().screen_of(many.makes) if many.makes else None
    return screen or abort(404)


def _is_wrong(form: Any, verb: BulkVerb) -> bool:
    """Tell whether something typed cannot be read, or is missing where records are made."""
    if verb.many and verb.many.makes:
        for field in form:
            if field.data in (None, "", []):
                field.mark_missing()
    return any(field.errors for field in form)


def _state(screen: Screen) -> str:
    return screen.model.__moves__.field if screen.model.__moves__ else ""


def _carried(only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what the next page must know, as the form sent it."""
    left = ("csrf_token", "step", "seen", "rows", "job")
    pairs = request.form.items(multi=True)
    return [(name, value) for name, value in pairs if (name in only if only else name not in left)]


def _back(screen: Screen, asked: Arguments) -> str:
    return address_of(f"/{screen.slug}/", [*asked.to_query(), ("select", "1")])
