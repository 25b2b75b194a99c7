"""Boxes of casework: who waits for an answer, what is due, free beds, next steps; the office's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.deadlines import NO_ADVICE
from admin_views.engine.boxes import Box, Button, Counted, Desk, Line, Strip, Tile
from admin_views.engine.days import chip, day_words
from admin_views.engine.office import access
from admin_views.engine.parts import Part, counts
from admin_views.engine.values import excerpt, label
from admin_views.front.words import all_of, dotted, minutes_words, number, span_words, tag
from tomoiki.accounts.settings import SettingKey, get_setting, get_settings
from tomoiki.cases.lists import CaseStatus, Channel, InquiryStatus, Priority
from tomoiki.cases.models import Inquiry
from tomoiki.core.lists import Prefecture
from tomoiki.indicators.casework import UNRESOLVED, CaseCounts, case_counts, open_age, solution_days
from tomoiki.indicators.contacts import FirstContacts, first_contacts, people_supported, person_contacts
from tomoiki.indicators.rules import Period, lateness

FEW, WORDS, SOON = 6, 14, timedelta(days=14)
OPEN = tuple(("status", state.value) for state in UNRESOLVED)
NOT_CLOSED = (*OPEN, ("status", CaseStatus.resolved.value))
SLA = {code.value: f"sla_minutes_{code.value}" for code in Priority}


# -- today -------------------------------------------------------------------------------------------------------
def waiting(desk: Desk) -> Box:
    """SOS that nobody answered, those with the least time left first."""
    part = Part("inquiries", (("view", "waiting"),))
    names = ("number", "summary", "urgency", "channel", "pref", "name_text", "received_at")
    rows, count = part.first(desk.session, names, FEW, "received_at", per="urgency")
    allowed = {
        code: timedelta(minutes=int(value))
        for code, value in get_settings(desk.session, SLA.values()).items()
    }
    rows = sorted(rows, key=lambda row: row["received_at"] + _allowed(row, allowed))[:FEW]
    may_answer = access().may(desk.viewer, "update", Inquiry)
    return Box(
        _("SOS waiting for an answer"),
        [_waiting_line(row, desk, _allowed(row, allowed), may_answer=may_answer) for row in rows],
        links=all_of(part, count),
        empty=_("No SOS is waiting for an answer."),
    )


def _allowed(row: Mapping[str, Any], allowed: Mapping[str, timedelta]) -> timedelta:
    """Return how long an answer may take; an urgency of the office's own counts as normal."""
    return allowed.get(SLA.get(row["urgency"], ""), allowed[SLA["normal"]])


def _waiting_line(row: Mapping[str, Any], desk: Desk, allowed: timedelta, *, may_answer: bool) -> Line:
    waited = desk.now - row["received_at"]
    words = row["summary"].split()
    text = excerpt(" ".join(words[:WORDS]) + ("…" if len(words) > WORDS else ""))
    pref = label(Prefecture, row["pref"]) if row["pref"] else ""
    address = f"/inquiries/{row['id']}"
    answer = Button(_("First response"), f"{address}/move", InquiryStatus.responded.value, row["number"])
    return Line(
        text,
        address,
        dotted(label(Channel, row["channel"]), pref, row["name_text"] or _("no name given")),
        tag(Priority, row["urgency"]),
        measure=_("waiting %(time)s", time=span_words(waited)),
        measure_sub=_("aim: %(time)s", time=span_words(allowed)),
        tone=lateness(waited, allowed),
        buttons=(answer,) if may_answer else (),
    )


def deadlines(desk: Desk) -> Box:
    """Deadlines of my cases, or of all, that are over or come within two weeks."""
    until = desk.today + SOON
    states = (("status", "open"), ("status", "missed"), ("safe_on.to", until.isoformat()))
    part = Part("deadlines", states if desk.is_whole else (("view", "own"), *states))
    rows, count = part.first(desk.session, ("rule", "safe_on", "case", "person"), FEW, "safe_on")
    return Box(
        _("Deadlines") if desk.is_whole else _("My deadlines"),
        [
            Line(
                row["rule"],
                f"/deadlines/{row['id']}",
                dotted(row.get("person"), row.get("case")),
                mark=chip(row["safe_on"], desk.today),
            )
            for row in rows
        ],
        about=_("within 14 days"),
        links=all_of(part, count),
        note=str(NO_ADVICE),
        empty=_("Nothing is due within 14 days."),
    )


def beds(desk: Desk) -> Box:
    """Beds that are free tonight, by house."""
    free, day = Part("beds", (("view", "free"),)), desk.today.isoformat()
    rows, count = free.first(desk.session, ("shelter", "label"), 200, "label")
    come = Part(
        "stays", (("check_in.from", day), ("check_in.to", day), ("status", "reserved"), ("status", "in"))
    )
    go = Part("stays", (("check_out.from", day), ("check_out.to", day)))
    every, coming, going = counts(desk.session, Part("beds", (("view", "in-use"),)), come, go)
    return Box(
        _("Shelter tonight"),
        [
            Line(house, measure=_("%(count)s free", count=free_there))
            for house, free_there in sorted(Counter(row["shelter"] or "—" for row in rows).items())
        ]
        + [
            Line(_("Arriving today"), come.address, measure=number(coming), count=coming),
            Line(_("Leaving today"), go.address, measure=number(going), count=going),
        ],
        lead=_("%(count)s free", count=number(count)),
        lead_sub=_("of %(count)s beds", count=number(every)),
        links=(Counted(_("Free beds"), free.address, count),),
    )


def next_steps(desk: Desk) -> Box:
    """What comes next in my cases, or in all, by day."""
    part = Part("cases", OPEN if desk.is_whole else (("view", "own"), *OPEN))
    rows, count = part.first(
        desk.session, ("number", "title", "next_action", "next_action_on"), FEW - 1, "next_action_on"
    )
    title = _("Cases: %(count)s") if desk.is_whole else _("My cases: %(count)s")
    return Box(
        _("Next steps"),
        [_case_line(row, desk.today) for row in rows],
        links=(Counted(title % {"count": number(count)}, part.address, count),),
        empty=_("No case of yours is open."),
    )


def _case_line(row: Mapping[str, Any], today: date) -> Line:
    day = row.get("next_action_on")
    when = "" if day is None else _("today") if day == today else day_words(day)
    text = row.get("next_action") or row.get("title") or row["number"]
    return Line(
        text,
        f"/cases/{row['id']}",
        dotted(row["number"] if text != row["number"] else "", row.get("person"), when),
        tone="urgent",
        measure=_("overdue") if day is not None and day < today else "",
    )


# -- the office's numbers ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Numbers:
    """What the strip and the box of cases show of the fiscal year so far, and of this month."""

    year: Period
    contacts: FirstContacts
    this_month: int
    last_month: int
    people: int
    person_contacts: int
    solution_days: float | None
    open_age: float | None
    cases: CaseCounts


def _reckon(session: Session, today: date) -> Numbers:
    year = Period.of_fiscal_year(today, int(get_setting(session, SettingKey.fy_start_month)))
    month = Period.of_month(today)
    last = Period.full_months_before(today, 1)
    return Numbers(
        year,
        first_contacts(session, year),
        first_contacts(session, month).received,
        first_contacts(session, last).received,
        people_supported(session, year),
        person_contacts(session, year, today),
        solution_days(session, year),
        open_age(session, today),
        case_counts(session, year, today),
    )


def _within(name: str, period: Period) -> tuple[tuple[str, str], ...]:
    return (f"{name}.from", period.first.isoformat()), (f"{name}.to", period.last.isoformat())


def _so_far(desk: Desk, year: Period) -> str:
    return _("fiscal year %(year)s, until %(day)s", year=year.first.year, day=day_words(desk.today))


def _seen(total: int, seen: int, part: Part) -> tuple[str, tuple[Counted, ...]]:
    """Return where a total leads: to its list, or, where that holds fewer rows for her, a link that says how many."""
    if total == seen:
        return part.address, ()
    return "", (Counted(_("of them open to you: %(count)s", count=number(seen)), part.address, seen),)


def movement(desk: Desk) -> Strip:
    """New, active and closed cases of the year (I7)."""
    found: Numbers = desk.reckon(_reckon)
    parts = (
        Part("cases", _within("opened_on", found.year)),
        Part("cases", NOT_CLOSED),
        Part("cases", _within("closed_on", found.year)),
    )
    told = (
        (_("New"), _("Opened in this fiscal year. Confidential cases are counted."), found.cases.opened),
        (
            _("Active now"),
            _("Opened and not closed today. Confidential cases are counted."),
            found.cases.active,
        ),
        (_("Closed"), _("Closed in this fiscal year. Confidential cases are counted."), found.cases.closed),
    )
    tiles = []
    for (name, definition, total), part, seen in zip(told, parts, counts(desk.session, *parts), strict=True):
        address, more = _seen(total, seen, part)
        tiles.append(Tile(name, definition, number(total), _("cases"), address, more))
    return Strip(_("Cases"), _so_far(desk, found.year), tiles)


def office_numbers(desk: Desk) -> Strip:
    """Inquiries, first response, solution and people of this fiscal year (I1 to I5)."""
    found: Numbers = desk.reckon(_reckon)
    received = Part("inquiries", (("view", "counted"), *_within("received_at", found.year)))
    unanswered = Part("inquiries", (("view", "waiting"), *_within("received_at", found.year)))
    activities = Part("activities", _within("at", found.year))
    seen, open_ones, done = counts(desk.session, received, unanswered, activities)
    return Strip(
        _("The office in numbers"),
        _so_far(desk, found.year),
        (
            _received(found, seen, received),
            _first_response(found.contacts, Counted(_waiting(open_ones), unanswered.address, open_ones)),
            _solution(found),
            _people(found, Counted(_("Activities: %(count)s", count=number(done)), activities.address, done)),
        ),
    )


def _waiting(count: int) -> str:
    return _("Waiting: %(count)s", count=number(count))


def _received(found: Numbers, seen: int, part: Part) -> Tile:
    address, more = _seen(found.contacts.received, seen, part)
    words = {"now": number(found.this_month), "last": number(found.last_month)}
    return Tile(
        _("Inquiries received"),
        _("Inquiries received in the period. Neither spam nor duplicates nor tests are counted."),
        number(found.contacts.received),
        _("inquiries"),
        address,
        (_("this month %(now)s, last month %(last)s", **words), *more),
    )


def _first_response(found: FirstContacts, link: Counted) -> Tile:
    value, unit = _time(found.median_minutes)
    notes = (
        []
        if found.ninetieth_minutes is None
        else [_("nine of ten within %(time)s", time=minutes_words(found.ninetieth_minutes))]
    )
    return Tile(
        _("Until the first response"),
        _(
            "Median of the time from receiving an inquiry to the first response, of inquiries received in the period"
            " and answered. Who came to the office or was met outside is left out."
        ),
        value,
        unit,
        notes=(*notes, link),
    )


def _time(minutes: float | None) -> tuple[str, str]:
    """Return minutes below two hours, else hours with one decimal; a dash when there is nothing to reckon."""
    if minutes is None:
        return "—", ""
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes:.0f}", _("min")
    return f"{minutes / 60:,.1f}", _("hours")


def _days(days: float | None) -> str:
    return "—" if days is None else f"{days:,.1f}"


def _solution(found: Numbers) -> Tile:
    return Tile(
        _("From SOS to solution"),
        _(
            "Median of the days from the first inquiry to the solution, of cases resolved in the period. Left out: who"
            " withdrew, was handed over, was out of scope or counted twice, and cases from old ledgers."
        ),
        _days(found.solution_days),
        _("days") if found.solution_days is not None else "",
        notes=(_("unresolved cases: %(days)s days (median)", days=_days(found.open_age)),),
    )


def _people(found: Numbers, link: Counted) -> Tile:
    words = {"contacts": number(found.person_contacts), "unknown": number(found.contacts.unidentified)}
    return Tile(
        _("People supported"),
        _(
            "People who were contacted, stayed in the shelter or came to a consultation day in the period, each counted"
            " once. Person-contacts count each person of each contact, and nights in the shelter if the settings say so."
            " Inquiries of nobody known are not among them."
        ),
        number(found.people),
        _("people"),
        notes=(_("person-contacts %(contacts)s, unidentified %(unknown)s", **words), link),
    )
