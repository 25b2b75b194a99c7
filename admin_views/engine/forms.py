"""New and edit: the form from the Screen's rows, saving, and what happens when a form comes twice or too late."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from admin_views.engine.arguments import parse_id
from admin_views.engine.conflict import Conflict, find_conflict, resolve
from admin_views.engine.histories import user_names
from admin_views.engine.inputs import Input, OptionalFlagInput, Stored
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import is_opened, may_rows, params
from admin_views.engine.saving import save_changes, save_new
from admin_views.engine.screen import Row
from tomoiki.core.access import Verb
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.history import log_access
from tomoiki.core.records import Fault, Record
from tomoiki.core.sent_forms import find_sent, remember_sent


class FormPages(ScreenPages):
    """The routes of new and edit; mixed into the engine's view."""

    @expose("/new", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Show an empty or prefilled form, or save a new record."""
        if not self.screen.creates:
            abort(404)
        form = self._form(None)
        if request.method == "GET":
            return self._form_page(form, None, [])
        if (known := find_sent(db.session(), self.model, _once())) is not None:
            return redirect(_next() or f"/{self.screen.slug}/{known}", 303)
        record = self.model(**self.screen.only)
        if faults := fill(form, record) or save_new(db.session(), record) or self._lost(record, "create"):
            return self._refused(form, None, faults)
        remember_sent(db.session(), record, _once())
        record_id = record.id
        try:
            db.session.commit()
        except IntegrityError:  # the same form came twice at once, and the other one was saved first
            db.session.rollback()
            record_id = find_sent(db.session(), self.model, _once()) or abort(409)
        return self._saved(record_id)

    @expose("/<key>/edit", methods=("GET", "POST"))
    def edit_view(self, key: str) -> Any:
        """Show the form of a record, or save its changes."""
        record = self.get_one(key, "update")
        if request.method == "GET":
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
        record_id = record.id
        try:
            faults = fill(form, record) or save_changes(db.session(), record)
            faults = faults or self._lost(record, "update", "create")
        except StaleDataError:  # somebody else saved between our reading and our writing
            return self.edit_view(str(record_id))
        if faults:
            return self._refused(form, record_id, faults)
        db.session.commit()
        return self._saved(record_id)

    # -- the form --------------------------------------------------------------------------------------------------
    def _names(self) -> list[str]:
        """Return the form's fields that this viewer may see and that people fill in."""
        shown, known = access().fields(viewer(), self.model), fields_of(self.model)
        return [
            name
            for name in self.screen.fields
            if not known[name].read_only and name not in self.screen.only and (shown is None or name in shown)
        ]

    def _form(self, record: Record | None, sent: MultiDict[str, str] | None = None) -> Any:
        given = (sent or request.form) if request.method == "POST" else None
        is_new = record is None
        form = self._create_form_class(given, obj=Stored(record) if record else None)
        for name in set(form._fields) - set(self._names()):
            delattr(form, name)
        if is_new and given is None:
            _show_prefilled(form)
        return form

    def _form_page(self, form: Any, record: Record | None, faults: list[Fault], status: int = 200) -> Any:
        page = self.render(
            "engine/form.html",
            screen=self.screen,
            rows=_rows(form, self.screen.form),
            record=record,
            faults=faults,
            wrong=[field for field in form if field.errors],
            once=_once() or new_token(),
            version=request.form.get("_version") or (record.version if record else ""),
            next=_next(),
        )
        if record is not None:
            self._log_shown(record.id, [field.name for field in form if field.field.secret and field.data])
        return make_response(page, status)

    def _log_shown(self, record_id: int, names: list[str]) -> None:
        """Write down that a page shows secret fields, as a click on the record's own page would."""
        if names:
            db.session.rollback()  # a POST may hold the write lock; what it had to say is on the page by now
            log_access("reveal", self.model.__tablename__, record_id, ", ".join(names))

    def _refused(self, form: Any, record_id: int | None, faults: list[Fault]) -> Any:
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
        return self._form_page(form, record, [fault for fault in general if fault.message], 422)

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

    def _lost(self, record: Record, *verbs: Verb) -> list[Fault]:
        """Return a fault if the record, as it stands now, is not among those that she may create, or change."""
        opened = is_opened(self.model, record.id)
        scopes = [may_rows(self.model, verb, opened=opened) for verb in verbs]
        within = [scope for scope in scopes if scope is not None]
        if len(within) < len(scopes):
            return []
        key = self.model.__table__.c.id
        found = office().kept.get(
            seen_alike("lost", self.screen.slug, verbs, opened),
            lambda: sa.select(key).where(key == sa.bindparam("key"), sa.or_(*within)),
        )
        if db.session.scalar(found, params() | {"key": record.id}) is not None:
            return []
        return [Fault(_("You may not save this: it would be hidden from you."))]

    def _saved(self, record_id: int) -> Any:
        flash(_("Saved."), "success")
        if request.form.get("_again"):
            return redirect(f"/{self.screen.slug}/{record_id}/edit", 303)
        return redirect(_next() or f"/{self.screen.slug}/{record_id}", 303)


def fill(form: Any, record: Record) -> list[Fault]:
    """Put the form's values into the record; return a fault without words where the form itself has errors.

    A required field is missed only where the record does not fill it in by itself.
    """
    form.validate()
    with db.session.no_autoflush:
        for field in form:
            if not field.errors:
                _fill(record, field)
        record.prepare(db.session())
    for field in form:
        if _stands(record, field) in (None, "", []):
            field.mark_missing()
    return [Fault("", field.name) for field in form if field.errors]


def _stands(record: Record, field: Input) -> Any:
    return getattr(record, f"{field.name}_id" if field.field.kind == "ref" else field.name)


def _fill(record: Record, field: Input) -> None:
    known = field.field
    if known.kind in ("ref", "refs"):
        field.populate_obj(record, field.name)
    elif known.kind == "codes":
        _set_codes(record, field.name, field.data or [])
    elif field.data is not None:
        setattr(record, field.name, field.data)
    else:
        _empty(record, field)


def _empty(record: Record, field: Input) -> None:
    """Empty the field, or put back the default of one that is never empty; a day of today stays what it was."""
    column = type(record).__table__.c[field.name]
    if column.nullable:
        setattr(record, field.name, None)
    elif column.default is not None and column.default.is_scalar:
        setattr(record, field.name, column.default.arg)


def _set_codes(record: Record, name: str, codes: list[str]) -> None:
    """Change only the links that differ, so that the log tells just these."""
    current = getattr(record, name)
    for code in [code for code in current if code not in codes]:
        current.remove(code)
    for code in codes:
        if code not in current:
            current.append(code)


def _rows(form: Any, declared: Iterable[Row]) -> list[list[Input]]:
    """Return the form's rows with the controls that this viewer has."""
    found = []
    for row in declared:
        names = (row,) if isinstance(row, str) else row
        controls = [form[name] for name in names if name in form]
        if controls:
            found.append(controls)
    return found


def _show_prefilled(form: Any) -> None:
    given = request.args
    for field in form:
        if field.name in given or f"{field.name}-text" in given:
            field.process(given)
            field.process_errors = []
            if isinstance(field, OptionalFlagInput):
                field.raw_data = given.getlist(field.name)


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
