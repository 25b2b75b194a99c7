"""Pages that belong to no screen: language, health, errors; and the headers of every answer."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from admin_views.engine import files, readings, resuming
from admin_views.engine.detail import composer_types, day_heading
from admin_views.engine.files import icon, static
from admin_views.engine.forms import count_words, new_token
from admin_views.engine.menu import menu, quick, sidebar
from admin_views.engine.office import office, viewer
from admin_views.engine.rows import name_of
from admin_views.engine.values import separator
from tomoiki.core.languages import LANGUAGES, language, speak_here

CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Add the pages, the headers and the static files."""
    app.add_url_rule("/lang/<code>", "lang", choose_language)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok", {"Content-Type": "text/plain"}))
    app.register_error_handler(HTTPException, _error_page)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_headers)
    app.jinja_env.globals.update(
        menu=menu, sidebar=sidebar, viewer=viewer, office=office, language=language, icon=icon, script=script,
        static=static, quick=quick, count_words=count_words, name_of=name_of, day_heading=day_heading, once=new_token,
        composer_types=composer_types, separator=separator,
    )  # fmt: skip
    readings.install(app)
    resuming.install(app)
    files.install(app)


def script(name: str) -> Markup:
    """Return the element that loads a script of ours."""
    return Markup('<script nonce="{}" src="{}"></script>').format(nonce(), static(name))


def nonce() -> str:
    """Return this answer's nonce: only scripts that carry it run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def choose_language(code: str) -> Any:
    """Keep the language, in the session and in the browser, and go back to where one was."""
    back = request.referrer or "/"
    is_ours = back.startswith(request.host_url) and "/lang/" not in back
    answer = redirect(back if is_ours else "/")
    if code in LANGUAGES:
        session["lang"] = code
        speak_here(answer, code)
    return answer


def to_login() -> Any:
    """Go to the log-in page, and from there back here."""
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _headers(answer: Response) -> Response:
    put = answer.headers.setdefault
    put("Content-Security-Policy", CSP.format(nonce=g.get("nonce", "none")))
    put("X-Content-Type-Options", "nosniff")
    put("Referrer-Policy", "same-origin")
    put("Cross-Origin-Opener-Policy", "same-origin")
    put("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    answer.headers["Cache-Control"] = "no-store"  # Flask-Security's own is one that no browser knows
    if request.is_secure:
        put("Strict-Transport-Security", "max-age=31536000")
    return files.pack(answer)


def _error_page(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004
        return error
    if error.code == 500:  # noqa: PLR2004
        return _unexpected(error)
    if isinstance(error, CSRFError) and resuming.is_form(request.path):
        return make_response(resuming.offer_form() if viewer().id else resuming.ask_again(), 400)
    if request.path.endswith("/lookup") or request.path.startswith("/readings/"):
        return make_response({"error": error.name}, error.code)
    number = f"{error.code}-{secrets.token_hex(3)}"
    current_app.logger.warning("answer %s on %s", number, request.endpoint)
    page = _fault_page(*_words(error), error.code, number)
    page.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return page


def _fault_page(title: str, advice: str, code: int, number: str) -> Response:
    page = render_template("engine/error.html", title=title, advice=advice, number=number)
    return make_response(page, code)


def _words(error: HTTPException) -> tuple[str, str]:
    if isinstance(error, CSRFError):
        return _("This form is no longer valid."), _("Go back, open the page again and send it once more.")
    words = {
        403: (_("You may not do this."), _("An administrator can do it, or give you the role for it.")),
        404: (
            _("This page was not found."),
            _("It was deleted, or it is not open to you. Look for it from the front page."),
        ),
        409: (
            _("Somebody else saved at the same moment."),
            _("Nothing was overwritten. Open the page again and save once more."),
        ),
        413: (_("This is too large."), _("Send a smaller file, or split it.")),
        429: (
            _("Too many attempts."),
            _(
                "Wait 15 minutes, then try again. If you forgot your password, ask an administrator for a link."
            ),
        ),
    }
    return words.get(
        error.code or 0, (_("This request could not be understood."), _("Go back and try again."))
    )


def _unexpected(error: Exception) -> Any:
    """Tell a number that the administrator finds in the log; the log holds no personal data but the kind of fault."""
    if current_app.testing or current_app.debug:
        raise error
    number = f"500-{secrets.token_hex(3)}"
    place = _place(error)
    current_app.logger.error(
        "fault %s: %s at %s on %s", number, type(error).__name__, place, request.endpoint
    )
    advice = _("Nothing was saved. Try once more; if it happens again, tell the administrator.")
    return _fault_page(_("Something went wrong on our side."), advice, 500, number)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
