"""New and edit: the form from the Screen's rows, saving, and what happens when a form comes twice or too late."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from admin_views.engine.arguments import parse_id
from admin_views.engine.conflict import Conflict, find_conflict, resolve
from admin_views.engine.filling import fill, form_names, stands_outside
from admin_views.engine.hints import is_asked, taken
from admin_views.engine.histories import user_names
from admin_views.engine.inlines import InlineRows, inline_rows, save_all
from admin_views.engine.inputs import Input, OptionalFlagInput, Stored, input_for
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.resuming import RESUME
from admin_views.engine.saving import save_changes, save_new
from admin_views.engine.screen import Row
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.history import log_access
from tomoiki.core.records import Fault, Record
from tomoiki.core.sent_forms import find_sent, remember_sent

THEN = "_then"
TYPED = frozenset({"line", "area", "number", "combo"})


class FormPages(ScreenPages):
    """The routes of new and edit; mixed into the engine's view."""

    @expose("/new", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Show an empty or prefilled form, or save a new record."""
        if not self.screen.creates:
            abort(404)
        form = self._form(None, taken() if is_asked() else None)
        if _is_only_shown():
            return self._form_page(form, None, [])
        if (known := find_sent(db.session(), self.model, _once())) is not None:
            return redirect(_next() or f"/{self.screen.slug}/{known}", 303)
        record, inlines = self.model(**self.screen.only), self._inlines(None)
        faults = _filled(form, record, inlines)
        faults = faults or save_new(db.session(), record, lambda: save_all(db.session(), inlines))
        if faults := faults or stands_outside(record, "create"):
            return self._refused(form, None, faults, inlines)
        remarks = _remarks(record)
        remember_sent(db.session(), record, _once())
        record_id = record.id
        try:
            db.session.commit()
        except IntegrityError:  # the same form came twice at once, and the other one was saved first
            db.session.rollback()
            record_id = find_sent(db.session(), self.model, _once()) or abort(409)
        return self._gone_on(record_id) or self._saved(record_id, remarks)

    def _gone_on(self, record_id: int) -> Any:
        """Go on from the record that was just saved, if the button says so; it stays saved whatever comes of that."""
        then = self.screen.then
        if then is None or THEN not in request.form:
            return None
        begin_write()
        address = then.run(db.session(), db.session.get_one(self.model, record_id), request.form)
        db.session.commit()
        return redirect(address, 303)

    @expose("/<key>/edit", methods=("GET", "POST"))
    def edit_view(self, key: str) -> Any:
        """Show the form of a record, or save its changes."""
        record = self.get_one(key, "update")
        if _is_only_shown():
            return self._form_page(self._form(record), record, [])
        sent = resolve(request.form, record, self._names())
        version = parse_id(sent["_version"]) if "_version" in sent else record.version
        if version != record.version:
            conflict = find_conflict(
                db.session(), self.screen, record, version, sent, self._form(record, sent)
            )
            if conflict.clashes:
                return self._conflict_page(record, conflict)
            sent = conflict.merged
        return self._save_edit(record, self._form(record, sent))

    def _save_edit(self, record: Record, form: Any) -> Any:
        record_id, inlines = record.id, self._inlines(record)
        try:
            faults = _filled(form, record, inlines)
            faults = faults or save_changes(db.session(), record, lambda: save_all(db.session(), inlines))
            faults = faults or stands_outside(record, "update", "create")
        except StaleDataError:  # somebody else saved between our reading and our writing
            return self.edit_view(str(record_id))
        if faults:
            return self._refused(form, record_id, faults, inlines)
        remarks = _remarks(record)
        db.session.commit()
        return self._saved(record_id, remarks)

    # -- the form --------------------------------------------------------------------------------------------------
    def _names(self) -> list[str]:
        return form_names(self.screen)

    def _form(self, record: Record | None, sent: MultiDict[str, str] | None = None) -> Any:
        given = (sent or request.form) if request.method == "POST" else None
        is_new = record is None
        form = self._form_class(record)(given, obj=Stored(record) if record else None)
        if is_asked():
            _leave_blank_alone(form)
        for name in set(form._fields) - set(self._names()):
            delattr(form, name)
        for name, codes in self.screen.taps.items():
            if name in form:
                form[name].taps = codes
        if is_new and given is None:
            _show_prefilled(form)
        return form

    def _form_class(self, record: Record | None) -> Any:
        """Return the form's class; a field that this very record has otherwise gets a control of its own."""
        known = fields_of(self.model)
        own = {name: record.field_as(name, vars(record)) for name in self.screen.fields} if record else {}
        others = {name: input_for(field) for name, field in own.items() if field is not known[name]}
        return type("OwnForm", (self._create_form_class,), others) if others else self._create_form_class

    def _inlines(self, record: Record | None) -> list[InlineRows]:
        return inline_rows(self.screen, self.form_base_class, record)

    def _form_page(
        self,
        form: Any,
        record: Record | None,
        faults: list[Fault],
        status: int = 200,
        inlines: list[InlineRows] | None = None,
    ) -> Any:
        inlines = self._inlines(record) if inlines is None else inlines
        rows = _rows(form, self.screen.form)
        for name, say in self.screen.notes.items():
            if name in form:
                form[name].notes = say(db.session())
        if not (faults or _wrong(form)):
            _place_cursor(rows)
        page = self.render(
            "engine/form.html",
            screen=self.screen,
            rows=rows,
            folded=[] if record else _folded(rows, self.screen.folds),
            record=record,
            faults=faults,
            inlines=inlines,
            wrong=[*_wrong(form), *(field for one in inlines for row in one.rows for field in row.wrong)],
            once=_once() or new_token(),
            version=request.form.get("_version") or (record.version if record else ""),
            next=_next(),
            hints=self.hints(taken() if request.method == "POST" else request.args)
            if record is None
            else None,
        )
        if record is not None:
            self._log_shown(record.id, [field.name for field in form if field.field.secret and field.data])
        return make_response(page, status)

    def _log_shown(self, record_id: int, names: list[str]) -> None:
        """Write down that a page shows secret fields, as a click on the record's own page would."""
        if names:
            db.session.rollback()  # a POST may hold the write lock; what it had to say is on the page by now
            log_access("reveal", self.model.__tablename__, record_id, ", ".join(names))

    def _refused(
        self, form: Any, record_id: int | None, faults: list[Fault], inlines: list[InlineRows]
    ) -> Any:
        """Show the form again with what was typed, and each fault by its field."""
        general = []
        for fault in faults:
            field = form._fields.get(fault.field)
            if field is None:
                general.append(fault)
            elif fault.message and str(fault.message) not in field.errors:
                field.errors = [*field.errors, str(fault.message)]
        db.session.rollback()
        record = self.get_one(str(record_id), "update") if record_id else None
        general = [fault for fault in general if fault.message]
        general += [Fault(text) for one in inlines for row in one.rows for text in row.errors]
        return self._form_page(form, record, general, 422, inlines)

    def _conflict_page(self, record: Record, conflict: Conflict) -> Any:
        who = (
            user_names(db.session(), {conflict.user_id}).get(conflict.user_id, _("System"))
            if conflict.user_id
            else _("System")
        )
        time = in_tokyo(conflict.at).strftime("%H:%M") if conflict.at else ""
        page = self.render(
            "engine/conflict.html", screen=self.screen, record=record, conflict=conflict, who=who, time=time
        )
        self._log_shown(record.id, conflict.secrets)
        return make_response(page, 409)

    def _saved(self, record_id: int, remarks: Iterable[str] = ()) -> Any:
        flash(_("Saved."), "success")
        for remark in remarks:
            flash(remark, "warning")
        if request.form.get("_again"):
            return redirect(f"/{self.screen.slug}/{record_id}/edit", 303)
        return redirect(_next() or f"/{self.screen.slug}/{record_id}", 303)


def _filled(form: Any, record: Record, inlines: Iterable[InlineRows]) -> list[Fault]:
    """Put what was typed into the record and the rows of its form; a fault without words where it cannot be read."""
    faults = fill(form, record)
    are_right = [one.check(record) for one in inlines]
    return faults or ([] if all(are_right) else [Fault("")])


def _wrong(form: Any) -> list[Input]:
    return [field for field in form if field.errors]


def _remarks(record: Record) -> list[str]:
    return [str(remark) for remark in record.remarks(db.session())]


def _rows(form: Any, declared: Iterable[Row]) -> list[list[Input]]:
    """Return the form's rows with the controls that this viewer has."""
    found = []
    for row in declared:
        names = (row,) if isinstance(row, str) else row
        controls = [form[name] for name in names if name in form]
        if controls:
            found.append(controls)
    return found


def _folded(rows: list[list[Input]], begins: str) -> list[list[Input]]:
    """Return the rows from this field on: none where one of them asks to be seen."""
    at = next((at for at, row in enumerate(rows) if any(one.short_name == begins for one in row)), len(rows))
    asking = any(one.errors or one.short_name in request.args for row in rows[at:] for one in row)
    return [] if asking else rows[at:]


def _place_cursor(rows: Iterable[Iterable[Input]]) -> None:
    """Let the cursor stand in the first control that one types into."""
    typed = (control for row in rows for control in row if control.shape in TYPED)
    if (first := next(typed, None)) is not None:
        first.begins = True


def _leave_blank_alone(form: Any) -> None:
    """Complain about nothing that is still empty: the form is not being saved."""
    for field in form:
        if not any(text.strip() for text in field.raw_data or ()):
            field.process_errors, field.errors = [], ()


def _show_prefilled(form: Any) -> None:
    given = request.args
    for field in form:
        if field.name in given or f"{field.name}-text" in given:
            field.process(given)
            field.process_errors = []
            if isinstance(field, OptionalFlagInput):
                field.raw_data = given.getlist(field.name)


def _is_only_shown() -> bool:
    """Tell whether the form is opened, comes back after a log-in in between, or asks for hints: none of it saves."""
    return request.method == "GET" or RESUME in request.form or is_asked()


def _once() -> str:
    """Return the token of the form that was sent."""
    return request.form.get("_once", "")


def _next() -> str:
    """Return the page to go back to, if it is one of ours."""
    asked = request.values.get("_next", "")
    # browsers drop tabs and take a backslash for a slash: either could make "//" of it
    is_plain = asked.isprintable() and "\\" not in asked
    return asked if is_plain and asked.startswith("/") and not asked.startswith("//") else ""


def new_token() -> str:
    """Return a token that marks one form."""
    return secrets.token_urlsafe(18)


def count_words(wrong: int) -> str:
    """Return the sentence over a refused form."""
    return ngettext("Not saved. Mend %(num)d place.", "Not saved. Mend %(num)d places.", wrong)
