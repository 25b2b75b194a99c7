"""What was typed survives the end of a session: the log-in pages carry it along, then the form shows it again.

Nothing of it is kept on the server. Only forms that can show what was sent without saving it (new and edit, by
`_resume`) are carried: a page that acts at once must not be sent on by somebody else's page.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_security import current_user
from werkzeug.exceptions import HTTPException

KEPT, PLACE, RESUME = "kept-", "kept-for", "_resume"
LOG_IN, CODE = "security.login", "security.two_factor_token_validation"
WAYS = frozenset({LOG_IN, CODE, "security.mf_recovery"})
LEFT = frozenset({"csrf_token", RESUME})


def install(app: Flask) -> None:
    """Look at each answer to a log-in, and let its templates carry what was typed."""
    app.after_request(_after_log_in)
    app.jinja_env.globals["kept_fields"] = _kept


def is_form(path: str) -> bool:
    """Tell whether a form lives at this address that can show what was typed."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return False
    return str(endpoint).endswith((".create_view", ".edit_view"))


def was_typed() -> bool:
    """Tell whether this request sends a form, from a browser that was here before."""
    is_known = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return request.method == "POST" and is_known and is_form(request.path)


def ask_again() -> Any:
    """Ask somebody whose session ended to log in, and carry along what she sent."""
    return make_response(_log_in_page(is_code=False), 401)


def offer_form() -> Any:
    """Offer to go back to the form as it was sent: it is from before the last log-in."""
    return _form_page(request.path, _sent())


def _sent() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT]


def _kept() -> list[tuple[str, str]]:
    """Return the hidden fields that log-in pages carry; at first they are what was sent, then what came along."""
    if request.method == "POST" and is_form(request.path):
        return [(PLACE, request.path), *((KEPT + name, value) for name, value in _sent())]
    return [(name, value) for name, value in request.form.items(multi=True) if name.startswith(KEPT)]


def _log_in_page(*, is_code: bool) -> str:
    way = url_for(CODE if is_code else LOG_IN)
    return render_template("engine/log_in_again.html", is_code=is_code, way=way)


def _form_page(place: str, sent: list[tuple[str, str]]) -> str:
    return render_template("engine/resume.html", place=place, sent=sent)


def _after_log_in(answer: Response) -> Response:
    place = request.form.get(PLACE, "") if request.method == "POST" and request.endpoint in WAYS else ""
    if not is_form(place) or answer.location is None:
        return answer
    for known in ("viewer", "language", "csrf_token"):  # found out before anybody was logged in
        g.pop(known, None)
    if current_user.is_authenticated:
        sent = [(name.removeprefix(KEPT), value) for name, value in _kept() if name != PLACE]
        page = _form_page(place, sent)
    elif answer.location.startswith(url_for(CODE)):
        page = _log_in_page(is_code=True)
    else:
        return answer
    del answer.headers["Location"]
    answer.status_code = 200
    answer.set_data(page)
    return answer
