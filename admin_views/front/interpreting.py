"""Boxes of the interpreter: what she is asked, her cases, writing down what was done, her month, whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from admin_views.engine.boxes import Box, Button, Counted, Desk, Jotter, Line
from admin_views.engine.days import day_words
from admin_views.engine.parts import Part, seen
from admin_views.engine.values import label, labels, yen
from admin_views.front.words import all_of, dotted
from tomoiki.accounts.models import Setting
from tomoiki.accounts.settings import SettingKey
from tomoiki.cases.lists import ActivityType, Answer, StaffRole
from tomoiki.cases.models import Case
from tomoiki.core.dates import month_of
from tomoiki.core.languages import language
from tomoiki.core.lists import Prefecture
from tomoiki.core.wordings import chooseable
from tomoiki.indicators.casework import UNRESOLVED
from tomoiki.people.models import Person

FEW, MOST = 6, 50
OPEN = tuple(("status", state.value) for state in UNRESOLVED)
CASE = ("number", "person", "next_action", "next_action_on")
KINDS = ("interpret", "accompany", "call", "chat", "note")
HOUR = 60


def requests(desk: Desk) -> Box:
    """What she is asked to do and has not answered."""
    mine = (("user", str(desk.viewer.id)), ("answer", Answer.requested.value))
    part = Part("case-staff", mine)
    rows, count = part.first(desk.session, ("case", "role", "from_on", "to_on"), FEW, "from_on")
    cases = seen(desk.session, Case, CASE, (row["case.id"] for row in rows if row.get("case.id")))
    places = _places(desk, cases.values())
    return Box(
        _("Waiting for your answer"),
        [_request_line(row, cases.get(row.get("case.id") or 0, {}), places) for row in rows],
        links=all_of(part, count) if count > FEW else (),
        empty=_("Nobody is waiting for your answer."),
    )


def _request_line(row: Mapping[str, Any], case: Mapping[str, Any], places: Mapping[int, str]) -> Line:
    number, day = case.get("number") or row.get("case") or "", case.get("next_action_on") or row["from_on"]
    way = f"/case-staff/{row['id']}/do"
    return Line(
        case.get("next_action") or label(StaffRole, row["role"]),
        f"/cases/{case['id']}" if case else "",
        dotted(number, case.get("person"), places.get(case.get("person.id", 0))),
        measure=day_words(day),
        measure_sub=_("until %(day)s", day=day_words(row["to_on"])) if row.get("to_on") else "",
        buttons=(
            Button(_("Accept"), f"{way}/accept", "", number, is_primary=True),
            Button(_("Decline"), f"{way}/decline", "", number),
        ),
    )


def _places(desk: Desk, cases: Iterable[Mapping[str, Any]]) -> Mapping[int, str]:
    """Return where the people of these cases live, as far as she is told: no street."""
    ids = [case["person.id"] for case in cases if case.get("person.id")]
    people = seen(desk.session, Person, ("city", "pref"), ids)
    return {key: _place(row.get("city"), row.get("pref")) for key, row in people.items()}


def _place(city: str | None, pref: str | None) -> str:
    where = [city, label(Prefecture, pref) if pref else None]
    parts = [one for one in (where[::-1] if language() == "ja" else where) if one]
    return ("" if language() == "ja" else ", ").join(parts)


def assigned(desk: Desk) -> Box:
    """Her cases, and when something happens in them."""
    part = Part("cases", OPEN)
    rows, count = part.first(desk.session, CASE, FEW, "next_action_on")
    places = _places(desk, rows)
    return Box(
        _("Your cases"),
        [_case_line(row, places, desk.today) for row in rows],
        links=all_of(part, count),
        empty=_("No case is yours at the moment. The office asks you when it needs you."),
    )


def _case_line(row: Mapping[str, Any], places: Mapping[int, str], today: date) -> Line:
    name, number = row.get("person") or "", row["number"]
    text = row.get("next_action") or name or number
    rest = (part for part in (number, name, places.get(row.get("person.id", 0))) if part != text)
    return Line(text, f"/cases/{row['id']}", dotted(*rest), mark=_when(row.get("next_action_on"), today))


def _when(day: date | None, today: date) -> str:
    if day is None:
        return ""
    words = _("today") if day == today else day_words(day)
    return Markup('<span class="tag {}">{}</span>').format("urgent" if day < today else "", words)


def jotter(desk: Desk) -> Jotter | None:
    """A small form for what was done in one of her cases; none where she has none."""
    rows, _count = Part("cases", OPEN).first(desk.session, ("number", "person"), MOST, "number")
    if not rows:
        return None
    offered, words = {one.value for one in chooseable(ActivityType, desk.today)}, labels(ActivityType)
    return Jotter(
        _("Write down what was done"),
        "/activities/new",
        ("case", _("Case"), [(row["id"], dotted(row["number"], row.get("person"))) for row in rows]),
        [(code, words[code]) for code in KINDS if code in offered],
        _("You may write in your own language."),
        language(),
    )


def my_month(desk: Desk) -> Box:
    """How long she worked this month, and what she has paid for and waits for."""
    first, last = month_of(desk.today)
    me = str(desk.viewer.id)
    done = Part("activities", (("by", me), ("at.from", first.isoformat()), ("at.to", last.isoformat())))
    waiting = Part("expenses", (("status", "submitted"),))
    _activities, minutes = done.total(desk.session, "minutes")
    _expenses, amount = waiting.total(desk.session, "amount")
    return Box(
        _("This month"),
        [
            Line(
                _("Hours of work"),
                done.address,
                measure=_("%(hours)s h", hours=format_decimal(round(minutes / HOUR, 1))),
            ),
            Line(_("Travel costs waiting for approval"), waiting.address, measure=yen(amount)),
        ],
        links=(Counted(_("Claim travel costs"), "/expenses/new?support_type=travel"),),
    )


def emergency_numbers(desk: Desk) -> Box | None:
    """The numbers that the office has tried and written into its settings; nothing before."""
    key = SettingKey.emergency_contacts.value
    value = desk.session.scalar(sa.select(Setting.__table__.c.value).where(Setting.__table__.c.key == key))
    lines = [line.rpartition(" ") for line in (value or "").splitlines() if line.strip()]
    if not lines:
        return None
    return Box(
        _("Emergency numbers"),
        [Line(name or digits, f"tel:{digits}", measure=digits) for name, _sep, digits in lines],
    )
