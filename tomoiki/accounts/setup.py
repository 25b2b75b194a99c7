"""The first run: whoever holds the one-time address that the server printed becomes administrator."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, abort, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security import login_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tomoiki.accounts.invitations import SECRET_PAGE, base_address, take_language
from tomoiki.accounts.models import Interface, Role, Setting, User
from tomoiki.accounts.services import add_user, password_fault
from tomoiki.accounts.settings import KINDS, SettingKey, fault_of
from tomoiki.core.database import begin_write, db
from tomoiki.core.identifiers import read_email
from tomoiki.core.languages import language
from tomoiki.core.names import read_name
from tomoiki.core.reading import BadInput

START = "start"


@dataclass(frozen=True)
class Start:
    """A way to begin: its words, what is done at once, and the page that one finds oneself on."""

    label: LazyString
    note: LazyString
    address: str = "/"
    run: Callable[[Session], object] = lambda session: None


OFFICE = (SettingKey.org_name_ja, SettingKey.fy_start_month, SettingKey.language)


def install(app: Flask, starts: Mapping[str, Start]) -> None:
    """Add the page with these ways to begin, the usual one first, and let `serve` print its address."""
    app.extensions["tomoiki_starts"] = starts
    app.extensions["tomoiki_setup_address"] = partial(setup_address, app)
    app.add_url_rule("/setup", "setup", _page, methods=["GET", "POST"])


def setup_address(app: Flask) -> str | None:
    """Return the address of the first run and make its token when needed; None once there is a user."""
    path = _token_file(app)
    with app.app_context():
        if _has_user(db.session()):
            path.unlink(missing_ok=True)
            return None
        if not path.exists():
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(32))
        return f"{base_address()}/setup?token={path.read_text()}"


def _token_file(app: Flask) -> Path:
    return Path(app.instance_path) / "setup-token"


def _has_user(session: Session) -> bool:
    return session.scalar(sa.select(User.id).limit(1)) is not None


def _page() -> ResponseReturnValue:
    if request.method == "POST":
        _take_turns()
    token = _check_token()
    if request.method == "GET":
        take_language()
        return _form(token, _defaults(), {})
    entries = {name: request.form.get(name, "") for name in (*_READERS, *OFFICE)}
    entries[START] = request.form.get(START, list(_starts())[-1])
    faults = _faults(entries)
    return _form(token, entries, faults) if faults else _begin(entries)


def _take_turns() -> None:
    """Of two posts at once let only one find no user: SQLite has one lock, elsewhere a row serves as it."""
    begin_write()
    row = sa.select(Setting.id).where(Setting.key == SettingKey.org_name_ja.value).with_for_update()
    db.session.execute(row)


def _check_token() -> str:
    path = _token_file(current_app)
    if _has_user(db.session()) or not path.exists():
        abort(404)
    given = request.values.get("token", "")
    if not given or not hmac.compare_digest(given.encode(), path.read_bytes()):
        abort(403)
    return given


def _defaults() -> dict[str, str]:
    usual = {"language": language(), START: next(iter(_starts()))}
    return {key.value: KINDS[key.value].default for key in OFFICE} | usual


def _starts() -> Mapping[str, Start]:
    found: Mapping[str, Start] = current_app.extensions["tomoiki_starts"]
    return found


def _form(token: str, entries: Mapping[str, str], faults: Mapping[str, LazyString]) -> ResponseReturnValue:
    page = render_template(
        "account/setup.html",
        token=token,
        entries=entries,
        faults=faults,
        languages=Interface,
        starts=_starts(),
    )
    return make_response(page, 422 if faults else 200, SECRET_PAGE)


def _check_password(text: str) -> None:
    if fault := password_fault(text):
        raise BadInput(fault)


_READERS = {"name": read_name, "email": read_email, "password": _check_password}


def _faults(entries: Mapping[str, str]) -> dict[str, LazyString]:
    faults: dict[str, LazyString] = {}
    for name, read in _READERS.items():
        try:
            read(entries[name])
        except BadInput as fault:
            faults[name] = fault.message
    for key in OFFICE:
        text = entries[key].strip()
        if refused := fault_of(key, text) if text else _("This must not be empty."):
            faults[key.value] = refused
    if entries[START] not in _starts():
        faults[START] = _("Choose one of the list.")
    return faults


def _begin(entries: Mapping[str, str]) -> ResponseReturnValue:
    session, start = db.session(), _starts()[entries[START]]
    person = (entries["email"], entries["name"], [Role.admin], entries["password"], entries["language"])
    try:
        user = add_user(session, *person)
        _store_settings(session, entries)
        start.run(session)
    except IntegrityError:  # no row to wait for: then the unique keys of the settings let one win
        session.rollback()
        abort(404)
    login_user(user, authn_via=["setup"])
    session.commit()
    _token_file(current_app).unlink(missing_ok=True)
    return redirect(start.address, 303)


def _store_settings(session: Session, entries: Mapping[str, str]) -> None:
    found = {setting.key: setting for setting in session.scalars(sa.select(Setting))}
    for key in OFFICE:
        setting = found.get(key.value) or Setting(key=key.value)
        setting.value = entries[key].strip()
        session.add(setting)
    session.flush()
