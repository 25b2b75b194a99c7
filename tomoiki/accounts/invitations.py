"""Invitations: a link by which somebody sets her own password, once and within 48 hours."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import (
    Flask,
    current_app,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import login_user
from sqlalchemy.orm import Session

from tomoiki.accounts.models import Invitation, User
from tomoiki.accounts.services import end_sessions, password_fault, set_password
from tomoiki.core.database import begin_write, db
from tomoiki.core.languages import LANGUAGES

LIFE = timedelta(hours=48)
# The address holds a secret: no other site, no cache and no search engine may learn it.
SECRET_PAGE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def install(app: Flask) -> None:
    """Add the page behind an invitation."""
    app.add_url_rule("/invitation/<token>", "invitation", _page, methods=["GET", "POST"])


def invite(session: Session, user: User) -> str:
    """Return the token of a new invitation; older ones are void and the user's sessions end."""
    session.execute(sa.delete(Invitation).where(Invitation.user_id == user.id))
    token = secrets.token_urlsafe(32)
    session.add(Invitation(user_id=user.id, token_hash=_hash(token), expires_at=datetime.now(UTC) + LIFE))
    end_sessions(user)
    session.flush()
    return token


def base_address() -> str:
    """Return how this office is reached: TOMOIKI_BASE_URL, else as this request came, else HOST and PORT."""
    if base := os.environ.get("TOMOIKI_BASE_URL"):
        return base.rstrip("/")
    if has_request_context():
        return request.host_url.rstrip("/")
    return f"http://{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"


def invitation_address(token: str) -> str:
    """Return the full link to hand over."""
    return f"{base_address()}/invitation/{token}"


def find_invited(session: Session, token: str, at: datetime) -> sa.Row[Invitation, User] | None:
    """Return the invitation that this token still opens, and its user."""
    return session.execute(
        sa.select(Invitation, User)
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.token_hash == _hash(token), Invitation.used_at.is_(None))
        .where(Invitation.expires_at > at, User.active)
    ).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def take_language() -> None:
    """Keep the language chosen on a page whose address must not be left for /lang/…"""
    if request.args.get("lang") in LANGUAGES:
        session["lang"] = request.args["lang"]


def _page(token: str) -> ResponseReturnValue:
    take_language()
    if request.method == "POST":
        begin_write()
    invited = find_invited(db.session(), token, datetime.now(UTC))
    if invited is None:
        return make_response(render_template("account/invitation_over.html"), 410, SECRET_PAGE)
    if request.method == "GET":
        return _form(invited[1], {})
    if faults := _faults(request.form.get("password", ""), request.form.get("password_again", "")):
        return _form(invited[1], faults)
    return _accept(*invited)


def _form(user: User, faults: dict[str, str]) -> ResponseReturnValue:
    page = render_template("account/invitation.html", user=user, faults=faults)
    return make_response(page, 422 if faults else 200, SECRET_PAGE)


def _faults(password: str, again: str) -> dict[str, str]:
    if fault := password_fault(password):
        return {"password": str(fault)}
    if password != again:
        return {"password_again": _("The two passwords differ. Type the same one twice.")}
    return {}


def _accept(invitation: Invitation, user: User) -> ResponseReturnValue:
    invitation.used_at = datetime.now(UTC)
    set_password(db.session(), user, request.form["password"])
    db.session.flush()
    # A link must not go round the second factor.
    plugins = current_app.extensions["security"].two_factor_plugins
    answer: ResponseReturnValue | None = plugins.tf_enter(user, False, "invitation", next_loc=None)
    if answer is None:
        login_user(user, authn_via=["invitation"])
        answer = redirect("/", 303)
    db.session.commit()
    return answer
