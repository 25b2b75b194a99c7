"""From an SOS to its case: at once where the person is known or new, else by a page that asks who it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.arguments import MAX_ID, parse_id
from admin_views.engine.detail import read_row
from admin_views.engine.filling import stands_outside
from admin_views.engine.lookup import named, stands
from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.rows import name_of
from admin_views.engine.saving import save_changes, save_new
from admin_views.intake import NOBODY
from admin_views.likely import Likely, likely_people
from tomoiki.cases.models import Case, Inquiry
from tomoiki.cases.rules import read_message
from tomoiki.cases.services import case_of, link_case, may_become_case, person_of
from tomoiki.core.database import begin_write, db
from tomoiki.core.history import log_access
from tomoiki.core.names import read_name
from tomoiki.core.reading import BadInput
from tomoiki.core.records import Fault
from tomoiki.people.models import Person

NEW = "new"  # it is none of those who are known


def install(app: Flask) -> None:
    """Add the page."""
    address = f"/inquiries/<int(max={MAX_ID}):key>/case"
    app.add_url_rule(address, "open_case", open_case_page, methods=("GET", "POST"))


def page_of(inquiry: Inquiry) -> str:
    """Return where one says who it is."""
    return f"/inquiries/{inquiry.id}/case"


def go_on(session: Session, inquiry: Inquiry, typed: Mapping[str, str]) -> str:
    """Open the case of an inquiry that was just written down, if nothing has to be asked; say where to go."""
    if not access().may(viewer(), "create", Case):
        return f"/inquiries/{inquiry.id}"
    if inquiry.person_id is None and (not inquiry.name_text or (not typed.get(NOBODY) and _likely(inquiry))):
        flash(_("The inquiry is saved. Say whose case it is."), "success")
        return page_of(inquiry)
    faults = _open(session, inquiry, inquiry.person_id, inquiry.name_text or "")
    if not faults:
        return _opened(inquiry)
    session.rollback()
    flash(_("The inquiry is saved. Say whose case it is."), "success")
    return page_of(inquiry)


def _likely(inquiry: Inquiry) -> list[Likely]:
    told = {"name_text": inquiry.name_text or "", "channel_handle": inquiry.channel_handle or ""}
    return likely_people(db.session(), told, read_message(inquiry.summary, {}).phones)


def _opened(inquiry: Inquiry) -> str:
    case = db.session.get_one(Case, inquiry.case_id)
    flash(_("Saved. Case %(number)s is open.", number=case.number), "success")
    return f"/cases/{case.id}"


def _open(session: Session, inquiry: Inquiry, person_id: int | None, name: str) -> list[Fault]:
    """Make the case, and the person where she is new; return the rules that this would break."""
    if person_id is None:
        person = person_of(inquiry, name)
        if faults := save_new(session, person) or stands_outside(person, "create"):
            return faults
        person_id = person.id
    inquiry.person_id = person_id
    case = case_of(inquiry)
    if faults := save_new(session, case) or stands_outside(case, "create"):
        return faults
    link_case(inquiry, case)
    return save_changes(session, inquiry)


def open_case_page(key: int) -> Any:
    """Ask whose case it is, and open it."""
    if viewer().id is None:
        return to_login()
    if request.method == "POST":
        begin_write()
    inquiry = _inquiry(key)
    if not may_become_case(inquiry):
        return redirect(f"/cases/{inquiry.case_id}" if inquiry.case_id else f"/inquiries/{inquiry.id}", 303)
    return _asked(inquiry) if request.method == "GET" else _answered(inquiry)


def _asked(inquiry: Inquiry) -> str:
    page = _page(inquiry, {})
    log_access("view", Inquiry.__tablename__, inquiry.id)
    return page


def _inquiry(key: int) -> Inquiry:
    """Return the inquiry if she may change it and open cases; else end the page as the inquiry's own would."""
    if not access().may(viewer(), "create", Case) or not access().may(viewer(), "update", Inquiry):
        log_access("refused", Inquiry.__tablename__)
        abort(403)
    row = read_row(office().screens["inquiries"], key, ())
    if row is None or not row["may.update"]:
        db.session.rollback()
        log_access("refused", Inquiry.__tablename__, key)
        abort(404 if row is None else 403)
    is_locked = request.method == "POST"  # of two presses at once the second finds the case of the first
    return db.session.get_one(Inquiry, key, populate_existing=True, with_for_update=is_locked)


def _answered(inquiry: Inquiry) -> Any:
    """Open the case for the person that was chosen, or for a new one of that name."""
    chosen, name = request.form.get("person", ""), request.form.get("name", "").strip()
    person_id, faults = parse_id(chosen), dict[str, str]()
    if chosen == NEW:
        try:
            name = read_name(name).value
        except BadInput as fault:
            faults["name"] = str(fault.message)
    elif person_id is None or not named(Person, [person_id]) or not stands(Person, person_id):
        faults["person"] = _("Choose who it is.")
    broken = [] if faults else _open(db.session(), inquiry, None if chosen == NEW else person_id, name)
    if broken:
        faults["person"] = " ".join(str(fault.message) for fault in broken)
    if faults:
        key = inquiry.id
        db.session.rollback()
        return make_response(_page(_inquiry(key), faults), 422)
    address = _opened(inquiry)
    db.session.commit()
    return redirect(address, 303)


def _page(inquiry: Inquiry, faults: Mapping[str, str]) -> str:
    people = _likely(inquiry)
    linked = named(Person, [inquiry.person_id]) if inquiry.person_id else []
    first = linked[0].id if linked else "" if people else NEW
    return render_template(
        "office/open_case.html",
        screen=office().screens["inquiries"],
        inquiry=inquiry,
        title=name_of(inquiry),
        linked=linked,
        people=[one for one in people if one.id != inquiry.person_id],
        chosen=request.form.get("person") or str(first),
        name=request.form.get("name", inquiry.name_text or ""),
        faults=faults,
    )
