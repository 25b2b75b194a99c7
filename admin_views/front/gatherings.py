"""Boxes of the event organiser: the next session, visits that are overdue, new students."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.boxes import Box, Desk, Line
from admin_views.engine.days import chip, day_words
from admin_views.engine.parts import Part, counts
from admin_views.engine.values import label
from admin_views.front.words import all_of, dotted, number
from tomoiki.accounts.settings import SettingKey, get_settings
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.languages import language
from tomoiki.events.lists import FollowUpKind
from tomoiki.events.models import Event
from tomoiki.indicators.rules import Period
from tomoiki.indicators.students import new_students

FEW = 5


def next_event(desk: Desk) -> Box:
    """The next session: places taken and who waits; those after it under it."""
    part = Part(
        "events",
        (("status", "published"), ("status", "closed"), ("starts_at.from", desk.today.isoformat())),
    )
    title = f"title_{language()}" if f"title_{language()}" in fields_of(Event) else "title_ja"
    names = (title, "title_ja", "starts_at", "place", "capacity")
    rows, count = part.first(desk.session, names, FEW, "starts_at")
    lines = [
        Line(
            row.get(title) or row["title_ja"],
            f"/events/{row['id']}",
            dotted(
                day_words(in_tokyo(row["starts_at"]).date()),
                f"{in_tokyo(row['starts_at']):%H:%M}",
                row.get("place"),
            ),
        )
        for row in rows
    ]
    return Box(
        _("Next session"),
        lines[:1] + (_seats(desk, rows[0]["id"], rows[0]["capacity"]) if rows else []) + lines[1:],
        links=all_of(part, count),
        empty=_("No session is planned. Publish one to see it here."),
    )


def _seats(desk: Desk, event: int, capacity: int) -> list[Line]:
    of_event = ("event", str(event))
    taken = Part("registrations", (of_event, ("status", "confirmed"), ("status", "attended")))
    waits = Part("registrations", (of_event, ("status", "waitlisted")))
    seats, waiting = counts(desk.session, taken, waits)
    limit = _("of %(count)s places", count=number(capacity)) if capacity else ""
    return [
        Line(_("Places confirmed"), taken.address, limit, measure=number(seats), count=seats),
        Line(_("On the waitlist"), waits.address, measure=number(waiting), count=waiting),
    ]


def overdue_visits(desk: Desk) -> Box:
    """Follow-up visits that should have been made."""
    yesterday = desk.today - timedelta(days=1)
    part = Part("follow-ups", (("status", "planned"), ("due_on.to", yesterday.isoformat())))
    rows, count = part.first(desk.session, ("organisation", "due_kind", "due_on"), FEW, "due_on")
    return Box(
        _("Overdue visits"),
        [
            Line(
                row["organisation"],
                f"/follow-ups/{row['id']}",
                label(FollowUpKind, row["due_kind"]),
                mark=chip(row["due_on"], desk.today),
            )
            for row in rows
        ],
        links=all_of(part, count),
        empty=_("No visit is overdue."),
    )


def _reckon(session: Session, today: date) -> tuple[int, int]:
    found = get_settings(session, (SettingKey.fy_start_month, SettingKey.new_student_goal))
    year = Period.of_fiscal_year(today, int(found["fy_start_month"]))
    return new_students(session, year), int(found["new_student_goal"])


def students(desk: Desk) -> Box:
    """New students of this fiscal year against the goal (I26)."""
    count, goal = desk.reckon(_reckon)
    return Box(
        _("New students"),
        about=_("this fiscal year"),
        lead=number(count),
        lead_sub=_("of %(count)s, the goal", count=number(goal)),
        meter=(min(count, goal), goal) if goal else None,
        help=_(
            "Students whose first attendance ever, at a study session, Japanese class or exchange meeting, falls in this"
            " fiscal year. Merged records count once; staff and supported people are left out."
        ),
    )
