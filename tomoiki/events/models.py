"""The tables event, attendee, registration, commitment and follow_up."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session, aliased

from tomoiki.accounts.models import User
from tomoiki.core import formats
from tomoiki.core.dates import in_tokyo, months_later, now, today
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.lists import Language, Nationality
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.events.lists import (
    AffiliationKind,
    AgeBand,
    Attendance,
    CommitmentAnswer,
    CommitmentItem,
    EventKind,
    EventStatus,
    FollowUpKind,
    FollowUpStatus,
    RegistrationSource,
    RegistrationStatus,
)
from tomoiki.money.models import Fund
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

TOKEN_BYTES = 18  # 144 bits; DOMAIN 2.5 asks for at least 128


def _token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _refuse_to_unhold(event: "Event", session: Session) -> Fault | None:
    return Fault(_("What was held cannot be taken back."))


class Event(Record):
    """A study session, an employer seminar, or another thing people come to."""

    __label__ = ("title_{lang}", "title_ja")
    __sublabel__ = "number"
    __numbering__ = Numbering("number", "number_format_event", "starts_at")
    __moves__ = Moves(
        "status",
        {
            EventStatus.draft: (EventStatus.published, EventStatus.cancelled),
            EventStatus.published: (EventStatus.closed, EventStatus.held, EventStatus.cancelled),
            EventStatus.closed: (EventStatus.held, EventStatus.published, EventStatus.cancelled),
        },
        refuses={
            (EventStatus.held, to): _refuse_to_unhold for to in (EventStatus.published, EventStatus.closed)
        },
    )
    __table_args__ = (sa.Index("ix_event_starts_at", "starts_at", "id", "kind"),)

    number: Mapped[str] = col(label=_("Event number"), search="open", unique=True, read_only=True)
    kind: Mapped[EventKind] = col(label=_("Kind of event"))
    title_ja: Mapped[str] = col(label=_("Title (Japanese)"), search="open")
    title_vi: Mapped[str | None] = col(label=_("Title (Vietnamese)"), search="open")
    title_en: Mapped[str | None] = col(label=_("Title (English)"), search="open")
    starts_at: Mapped[datetime] = col(label=_("Starts at"))
    ends_at: Mapped[datetime | None] = col(label=_("Ends at"))
    place: Mapped[str | None] = col(label=_("Venue"), search="narrative")
    online_url: Mapped[str | None] = col(label=_("Online address"), format=formats.URL)
    capacity: Mapped[int] = col(
        label=_("Capacity"), unit=_("people"), help=_("0: no limit."), default=0, low=0, high=100000
    )
    waitlist_max: Mapped[int | None] = col(label=_("Longest waitlist"), unit=_("people"), low=0, high=100000)
    reg_open_at: Mapped[datetime | None] = col(label=_("Registration opens"))
    reg_close_at: Mapped[datetime | None] = col(label=_("Registration closes"))
    public_slug: Mapped[str | None] = col(
        label=_("Public address"), unique=True, help=_("Small letters, digits and hyphens.")
    )
    status: Mapped[EventStatus] = col(label=_("Status"), default=EventStatus.draft, read_only=True)
    fee: Mapped[int] = col(label=_("Fee for attendance"), unit="JPY", default=0, low=0)
    fund: Mapped[Fund | None] = ref(label=_("Fund"))
    organiser: Mapped[User | None] = ref(label=_("Organiser"))
    form_fields: Mapped[list[Any] | None] = col(label=_("Questions of the public form"), read_only=True)
    survey_url: Mapped[str | None] = col(label=_("Survey address"), format=formats.URL)
    certificate: Mapped[bool] = col(label=_("Gives a certificate"), default=False)
    language: AssociationProxy[list[str]] = codes(Language, label=_("Languages"), table="event_language")

    def faults(self, session: Session) -> Iterator[Fault]:
        """An event ends after it began; its address is plain."""
        if self.ends_at and self.ends_at <= self.starts_at:
            yield Fault(_("The end is not after the start. Check both times."), "ends_at")
        if self.public_slug and not all(
            char in "abcdefghijklmnopqrstuvwxyz0123456789-" for char in self.public_slug
        ):
            yield Fault(
                _("Use small letters, digits and hyphens only (for example study-12)."), "public_slug"
            )


class Attendee(Record):
    """A learner or supporter who comes to events; not a supported person, but may be linked to one by staff."""

    __label__ = ("name",)
    __sublabel__ = "affil_kind"
    __key__ = ("email", "name", "phone")

    name: Mapped[str] = col(label=_("Name"), personal=True, search="names", format=formats.NAME, index=True)
    name_kana: Mapped[str | None] = col(label=_("Name in katakana"), personal=True, search="names")
    email: Mapped[str | None] = col(
        label=_("E-mail"), personal=True, search="names", format=formats.EMAIL, index=True
    )
    phone: Mapped[str | None] = col(label=_("Phone"), personal=True, search="names", format=formats.PHONE_JP)
    affil_kind: Mapped[str | None] = col(label=_("Kind of affiliation"), choices=AffiliationKind)
    school: Mapped[Organisation | None] = ref(label=_("School or company"), search="narrative")
    grade: Mapped[str | None] = col(label=_("School year"))
    nationality: Mapped[str | None] = col(label=_("Nationality"), choices=Nationality, exported=False)
    age_band: Mapped[str | None] = col(label=_("Age"), choices=AgeBand)
    guardian_consent: Mapped[bool] = col(label=_("Guardian agrees"), help=_("Under 18."), default=False)
    person: Mapped[Person | None] = ref(label=_("Supported person"))
    person_id: Mapped[int | None]
    merged_into: Mapped["Attendee | None"] = ref(label=_("Merged into"), read_only=True)


def _refuse_another_day(registration: "Registration", session: Session) -> Fault | None:
    at = registration.checked_in_at
    message = _("Attendance can be taken back on the same day only.")
    return None if at is None or in_tokyo(at).date() == today() else Fault(message)


SUREST = (
    RegistrationStatus.attended, RegistrationStatus.confirmed, RegistrationStatus.pending,
    RegistrationStatus.waitlisted, RegistrationStatus.no_show, RegistrationStatus.declined_offer,
)  # fmt: skip


class Registration(Record):
    """One attendee's place at one event."""

    __label__ = ("status",)
    __moves__ = Moves(
        "status",
        {
            RegistrationStatus.pending: (RegistrationStatus.confirmed, RegistrationStatus.cancelled),
            RegistrationStatus.confirmed: (
                RegistrationStatus.attended,
                RegistrationStatus.cancelled,
                RegistrationStatus.no_show,
            ),
            RegistrationStatus.waitlisted: (RegistrationStatus.confirmed, RegistrationStatus.cancelled),
            RegistrationStatus.attended: (RegistrationStatus.confirmed,),
        },
        refuses={(RegistrationStatus.attended, RegistrationStatus.confirmed): _refuse_another_day},
    )
    __table_args__ = (
        sa.Index("ix_registration_registered_at", "registered_at", "id"),
        sa.Index(
            "uq_registration_event_id_attendee_id",
            "event_id",
            "attendee_id",
            unique=True,
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        ),
    )

    event: Mapped[Event] = ref(label=_("Event"))
    event_id: Mapped[int]
    attendee: Mapped[Attendee] = ref(label=_("Attendee"), search="names")
    attendee_id: Mapped[int]
    status: Mapped[RegistrationStatus] = col(
        label=_("Status"), default=RegistrationStatus.confirmed, read_only=True
    )
    mode: Mapped[Attendance] = col(label=_("Attends"), default=Attendance.venue)
    source: Mapped[RegistrationSource] = col(
        label=_("Registered by"), default=RegistrationSource.staff, read_only=True
    )
    registered_at: Mapped[datetime] = col(label=_("Registered at"), default=now)
    waitlist_no: Mapped[int | None] = col(label=_("Waitlist number"), read_only=True)
    token: Mapped[str] = col(
        label=_("Check-in token"), unique=True, default=_token, read_only=True, personal=True, exported=False
    )
    checked_in_at: Mapped[datetime | None] = col(label=_("Checked in at"), read_only=True)
    checked_in_by: Mapped[User | None] = ref(label=_("Checked in by"), read_only=True)
    cancelled_at: Mapped[datetime | None] = col(label=_("Cancelled at"), read_only=True)
    answers: Mapped[dict[str, Any] | None] = col(label=_("Answers"), personal=True, read_only=True)
    survey: Mapped[dict[str, Any] | None] = col(label=_("Survey"), personal=True, read_only=True)
    certificate_no: Mapped[str | None] = col(label=_("Certificate number"), unique=True, read_only=True)

    def prepare(self, session: Session) -> None:
        """Note the moment with the status."""
        if self.status is RegistrationStatus.attended and self.checked_in_at is None:
            self.checked_in_at = now()
        elif self.status is RegistrationStatus.cancelled and self.cancelled_at is None:
            self.cancelled_at = now()
        elif self.status is RegistrationStatus.confirmed:
            self.checked_in_at = None

    def give_way(self, other: Record) -> None:
        """Of two places at one event one is given up: that of whoever came stays, else the surer one."""
        if not isinstance(other, Registration):
            return
        gone = max(self, other, key=lambda one: SUREST.index(one.status))
        gone.status, gone.cancelled_at = RegistrationStatus.cancelled, now()

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """Nobody has two places at one event."""
        other = aliased(cls)
        twice = sa.exists().where(
            other.event_id == cls.event_id,
            other.attendee_id == cls.attendee_id,
            other.id < cls.id,
            other.status != RegistrationStatus.cancelled,
        )
        yield (
            "second place of the same attendee at the same event",
            sa.select(cls.id).where(cls.status != RegistrationStatus.cancelled, twice),
        )


MONTHS = {FollowUpKind.m3: 3, FollowUpKind.m6: 6, FollowUpKind.m12: 12}


class Commitment(Record):
    """One point of the checklist that an employer answered at a seminar."""

    __label__ = ("item",)
    __table_args__ = (sa.UniqueConstraint("event_id", "organisation_id", "item"),)

    event: Mapped[Event] = ref(label=_("Event"), index=False)
    organisation: Mapped[Organisation] = ref(label=_("Organisation"), search="open")
    item: Mapped[str] = col(label=_("Promise"), choices=CommitmentItem)
    answer: Mapped[CommitmentAnswer] = col(label=_("Answer"), default=CommitmentAnswer.undecided)
    due_on: Mapped[date | None] = col(label=_("To be done by"), due=True, index=True)


class FollowUp(Record):
    """A visit some months after a seminar: what became of what the employer promised."""

    __label__ = ("due_kind",)
    __sublabel__ = "due_on"
    __moves__ = Moves(
        "status",
        {
            FollowUpStatus.planned: (FollowUpStatus.visited, FollowUpStatus.skipped),
            FollowUpStatus.skipped: (FollowUpStatus.planned,),
        },
        needs={FollowUpStatus.visited: ("visited_on",)},
        asks={FollowUpStatus.visited: ("score", "findings")},
    )
    __table_args__ = (sa.Index("ix_follow_up_due_on", "due_on", "id"),)

    organisation: Mapped[Organisation] = ref(label=_("Organisation"), search="open")
    event: Mapped[Event | None] = ref(label=_("Event"))
    event_id: Mapped[int | None]
    due_kind: Mapped[FollowUpKind] = col(label=_("When"), default=FollowUpKind.m3)
    due_on: Mapped[date | None] = col(
        label=_("Visit due on"), help=_("Left empty, it is reckoned from the day of the event."), due=True
    )
    visited_on: Mapped[date | None] = col(label=_("Visited on"))
    by: Mapped[User | None] = ref(label=_("Visited by"))
    findings: Mapped[str | None] = col(label=_("Findings"), long=True, narrative=True, search="narrative")
    score: Mapped[int | None] = col(
        label=_("Score"), help=_("0 (nothing was kept) to 5 (all was kept)."), low=0, high=5,
        check="score BETWEEN 0 AND 5",
    )  # fmt: skip
    status: Mapped[FollowUpStatus] = col(label=_("Status"), default=FollowUpStatus.planned, read_only=True)

    def prepare(self, session: Session) -> None:
        """Reckon the day from the event, or from today."""
        if self.due_on is None:
            with session.no_autoflush:
                event = self.event or (session.get(Event, self.event_id) if self.event_id else None)
            start = in_tokyo(event.starts_at).date() if event else today()
            self.due_on = months_later(start, MONTHS[self.due_kind or FollowUpKind.m3])

    def faults(self, session: Session) -> Iterator[Fault]:
        """A visit is over before it is told of."""
        if self.visited_on and self.visited_on > today():
            yield Fault(_("This day is still to come. Check the date."), "visited_on")
        if self.status is FollowUpStatus.visited and not self.visited_on:
            yield Fault(_("Say on which day the visit was."), "visited_on")
