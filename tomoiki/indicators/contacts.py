"""Who turned to the office, who was supported, how soon the first answer came (I1 to I4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.accounts.settings import SettingKey, get_flag
from tomoiki.cases.lists import COUNTED, InquiryStatus
from tomoiki.cases.models import Activity, Inquiry
from tomoiki.events.lists import EventKind, RegistrationStatus
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.indicators.rules import Period, median, nights, ninetieth
from tomoiki.people.models import Person
from tomoiki.shelter.lists import StayStatus
from tomoiki.shelter.models import Stay

NOT_COUNTED = (InquiryStatus.spam, InquiryStatus.duplicate)
MET_AT_ONCE = ("outreach", "walk_in")  # nobody waits for an answer
CAME = (StayStatus.inside, StayStatus.out)


@dataclass(frozen=True)
class FirstContacts:
    """The inquiries of a period: how many (I1), how many of nobody known (I2b), how soon answered (I4), in minutes."""

    received: int
    unidentified: int
    median_minutes: float | None
    ninetieth_minutes: float | None
    unanswered: int


def counted() -> sa.ColumnElement[bool]:
    """Inquiries that count: no test, not for somebody else, none told of twice."""
    return sa.and_(Inquiry.is_test.is_(False), Inquiry.status.not_in(NOT_COUNTED))


def waiting() -> sa.ColumnElement[bool]:
    """Inquiries that nobody answered yet."""
    return sa.and_(Inquiry.is_test.is_(False), Inquiry.status == InquiryStatus.new)


def first_contacts(session: Session, period: Period) -> FirstContacts:
    """Return the inquiries received in the period, in one query."""
    columns = (Inquiry.channel, Inquiry.person_id, Inquiry.received_at, Inquiry.first_response_at)
    within = (Inquiry.received_at >= period.start, Inquiry.received_at < period.end)
    rows = session.execute(sa.select(*columns).where(counted(), *within)).all()
    waiting = [row for row in rows if row.channel not in MET_AT_ONCE]
    minutes = [
        (row.first_response_at - row.received_at).total_seconds() / 60
        for row in waiting
        if row.first_response_at is not None
    ]
    return FirstContacts(
        len(rows),
        sum(row.person_id is None for row in rows),
        median(minutes),
        ninetieth(minutes),
        len(waiting) - len(minutes),
    )


def people_supported(session: Session, period: Period) -> int:
    """Return how many different people were contacted, lodged or advised in the period (I2)."""
    met = sa.union(_contacted(period), _lodged(period), _advised(period)).subquery("met")
    winner = _winners()
    found = sa.select(sa.func.count(winner.c.winner_id.distinct()))
    return session.scalar(found.select_from(met.join(winner, winner.c.id == met.c.person_id))) or 0


def person_contacts(session: Session, period: Period, today: date) -> int:
    """Return 延べ人数 (I3): each person of each contact; nights of stays too where the office counts them."""
    met, winner = _contacts(period).subquery("met"), _winners()
    each = sa.select(met.c.activity_id, winner.c.winner_id).distinct()
    each = each.select_from(met.join(winner, winner.c.id == met.c.person_id))
    contacts = session.scalar(sa.select(sa.func.count()).select_from(each.subquery("each"))) or 0
    return contacts + (
        _nights(session, period, today) if get_flag(session, SettingKey.nobe_includes_nights) else 0
    )


def _winners() -> Any:
    """Return for each person who she is: the record that hers was merged into, also over two steps."""
    person, other = Person.__table__, Person.__table__.alias("other")
    who = sa.func.coalesce(other.c.merged_into_id, person.c.merged_into_id, person.c.id).label("winner_id")
    joined = person.outerjoin(other, other.c.id == person.c.merged_into_id)
    return sa.select(person.c.id, who).select_from(joined).subquery("winner")


def _contacts(period: Period) -> sa.Select[Any]:
    """Return activity and person of each contact in the period."""
    link = sa.inspect(Activity).relationships["persons"].secondary
    if link is None:
        raise TypeError("activities have people")
    activity, inquiry = Activity.__table__, Inquiry.__table__
    joined = activity.join(link, link.c.activity_id == activity.c.id).outerjoin(
        inquiry, inquiry.c.id == activity.c.inquiry_id
    )
    return (
        sa.select(link.c.activity_id, link.c.person_id)
        .select_from(joined)
        .where(
            sa.func.coalesce(activity.c.counts_as_contact, activity.c.type.in_(COUNTED)),
            activity.c.at >= period.start,
            activity.c.at < period.end,
            sa.or_(inquiry.c.id.is_(None), counted()),
        )
    )


def _contacted(period: Period) -> sa.Select[Any]:
    return sa.select(_contacts(period).subquery("contact").c.person_id)


def _stays(period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of stays that overlap the period; who left on its first day was not there any more."""
    is_there = sa.or_(Stay.check_out.is_(None), Stay.check_out > period.first, Stay.check_in >= period.first)
    return Stay.status.in_(CAME), Stay.check_in <= period.last, is_there


def _lodged(period: Period) -> sa.Select[Any]:
    return sa.select(Stay.person_id).where(*_stays(period))


def _advised(period: Period) -> sa.Select[Any]:
    """Return the supported people who came to a consultation day."""
    return (
        sa.select(Attendee.person_id)
        .join(Registration, Registration.attendee_id == Attendee.id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Event.kind == EventKind.consult,
            Event.starts_at >= period.start,
            Event.starts_at < period.end,
            Registration.status == RegistrationStatus.attended,
            Attendee.person_id.is_not(None),
        )
    )


def _nights(session: Session, period: Period, today: date) -> int:
    rows = session.execute(sa.select(Stay.check_in, Stay.check_out).where(*_stays(period)))
    return sum(nights(row.check_in, row.check_out, period, today) for row in rows)
