"""The tables inquiry (SOS・相談受付), case (ケース), case_person, case_staff (担当割当) and activity (対応記録)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session

from tomoiki.accounts.models import User
from tomoiki.cases.lists import (
    COUNTED,
    RESTRICTED_BY_DEFAULT,
    WITHOUT_RESULT,
    ActivityType,
    Answer,
    CaseCategory,
    CaseOrigin,
    CasePersonRole,
    CaseStatus,
    Channel,
    Confidentiality,
    ConfidentialReason,
    CrimePrevention,
    InquiryClosedReason,
    InquiryStatus,
    Outcome,
    Priority,
    StaffRole,
)
from tomoiki.core.actors import actor
from tomoiki.core.dates import now, today
from tomoiki.core.fields import codes, col, ref, refs
from tomoiki.core.lists import Language, Prefecture
from tomoiki.core.records import Fault, Moves, Numbering, Record, open_ends
from tomoiki.core.wordings import label_of
from tomoiki.organisations.models import Organisation
from tomoiki.people.lists import WORKER_TYPE_OF_STATUS, WorkerType
from tomoiki.people.models import Person
from tomoiki.people.services import current_status

REOPEN_WITHIN = timedelta(days=365)
OPEN_ENDS = _(
    "A stay or a deadline that must be settled is still open. Settle it, or say why the case is closed all the same."
)
CLOCKS_DIFFER = timedelta(minutes=5)  # a phone may be a little ahead of the server


def _refuse_without_reason(case: "Case", session: Session) -> Fault | None:
    if set(case.outcomes) & WITHOUT_RESULT:
        return None
    message = _("Closing at once needs one of: could not be reached, withdrew, out of scope, duplicate.")
    return Fault(message, "outcomes")


def _refuse_late_reopening(case: "Case", session: Session) -> Fault | None:
    is_late = case.closed_on is not None and today() - case.closed_on > REOPEN_WITHIN
    message = _("This case was closed more than 12 months ago. Open a new case instead.")
    return Fault(message) if is_late else None


class Case(Record):
    """One matter of one person, from opening to closing."""

    __label__ = ("number",)
    __sublabel__ = "title"
    __numbering__ = Numbering("number", "number_format_case", "opened_on")
    __moves__ = Moves(
        "status",
        {
            CaseStatus.open: (CaseStatus.active, CaseStatus.closed),
            CaseStatus.active: (CaseStatus.waiting, CaseStatus.resolved, CaseStatus.closed),
            CaseStatus.waiting: (CaseStatus.active,),
            CaseStatus.resolved: (CaseStatus.closed,),
            CaseStatus.closed: (CaseStatus.reopened,),
            CaseStatus.reopened: (CaseStatus.active,),
        },
        needs={CaseStatus.closed: ("outcomes",), CaseStatus.resolved: ("outcomes",)},
        asks={CaseStatus.closed: ("outcome_note",), CaseStatus.resolved: ("outcome_note",)},
        refuses={
            (CaseStatus.open, CaseStatus.closed): _refuse_without_reason,
            (CaseStatus.active, CaseStatus.closed): _refuse_without_reason,
            (CaseStatus.closed, CaseStatus.reopened): _refuse_late_reopening,
        },
        excuses={CaseStatus.closed: "closed_although"},
    )
    # The default sort, and what the scope of every role asks for, in one index: deep pages never touch the table.
    __table_args__ = (
        sa.Index("ix_case_opened_on", "opened_on", "id", "confidential", "owner_id"),
        sa.Index("ix_case_status", "status", "opened_on", "id", "confidential", "owner_id"),
        sa.Index("ix_case_closed_on", "closed_on", "id", "confidential", "owner_id"),
    )

    number: Mapped[str] = col(label=_("Case number"), search="open", unique=True, read_only=True)
    person: Mapped[Person] = ref(label=_("Person"), search="names")
    person_id: Mapped[int]
    inquiry: Mapped["Inquiry | None"] = ref(
        label=_("Inquiry it began with"),
        search="open",
        help=_("What the inquiry holds is taken over where the case says nothing itself."),
    )
    inquiry_id: Mapped[int | None]
    opened_on: Mapped[date] = col(label=_("Opened on"), default=today)
    status: Mapped[CaseStatus] = col(label=_("Status"), default=CaseStatus.open, read_only=True)
    priority: Mapped[str | None] = col(label=_("Urgency"), choices=Priority)
    primary_category: Mapped[str | None] = col(label=_("Main category"), choices=CaseCategory)
    categories: AssociationProxy[list[str]] = codes(
        CaseCategory, label=_("Categories"), table="case_category"
    )
    title: Mapped[str] = col(
        label=_("Title"),
        search="narrative",
        default="",
        help=_(
            "No names of people or companies: it stands in lists and notices. Left empty, the main category is used."
        ),
    )
    story: Mapped[str | None] = col(label=_("Story"), long=True, narrative=True, search="narrative")
    worker_type: Mapped[str] = col(label=_("Worker type"), choices=WorkerType, default="unknown")
    employer: Mapped[Organisation | None] = ref(label=_("Employer"), search="narrative")
    employer_id: Mapped[int | None]
    org_supervising: Mapped[Organisation | None] = ref(
        label=_("Supervising or support organisation"), search="narrative"
    )
    owner: Mapped[User | None] = ref(label=_("Owner"))
    owner_id: Mapped[int | None]
    confidential: Mapped[Confidentiality] = col(label=_("Confidentiality"), default=Confidentiality.normal)
    confidential_reason: Mapped[str | None] = col(
        label=_("Reason for confidentiality"), choices=ConfidentialReason
    )
    resolved_at: Mapped[datetime | None] = col(label=_("Resolved at"), read_only=True)
    closed_on: Mapped[date | None] = col(label=_("Closed on"), read_only=True)
    closed_although: Mapped[str | None] = col(
        label=_("Why it is closed although something is open"), long=True, narrative=True, read_only=True
    )
    outcomes: AssociationProxy[list[str]] = codes(Outcome, label=_("Outcomes"), table="case_outcome")
    outcome_note: Mapped[str | None] = col(label=_("Note on the outcome"), long=True, narrative=True)
    prevented_crime_flag: Mapped[CrimePrevention | None] = col(
        label=_("Kept from crime"), help=_("The caseworker's own judgement.")
    )
    origin: Mapped[CaseOrigin] = col(label=_("Origin"), default=CaseOrigin.office, read_only=True)
    next_action: Mapped[str | None] = col(label=_("Next action"), narrative=True, search="narrative")
    next_action_on: Mapped[date | None] = col(label=_("Next action on"))
    reopened_from: Mapped["Case | None"] = ref(label=_("Reopened from"), read_only=True)
    ledger_no: Mapped[str | None] = col(label=_("Ledger number"), search="narrative")

    def prepare(self, session: Session) -> None:
        """Fill title, worker type, main category, level of confidentiality and the days that go with a status."""
        if self.id is None and self.inquiry_id:
            with session.no_autoflush:
                self._take_over(session.get(Inquiry, self.inquiry_id))
        self._prepare_categories()
        if not (self.title or "").strip():
            self.title = str(label_of(CaseCategory, self.primary_category or "other"))
        if self.worker_type == "unknown" and self.person_id:
            self.worker_type = _worker_type(session, self.person_id)
        is_new = self.id is None
        if is_new and self.confidential is Confidentiality.normal:
            self._restrict()
        if is_new and self.owner_id is None and self.confidential is not Confidentiality.normal:
            self.owner_id = actor().id  # otherwise nobody but administrators would ever find it again
        self._stamp()

    def _take_over(self, inquiry: "Inquiry | None") -> None:
        """Carry over what the first contact told, so that nobody types it again."""
        if inquiry is None:
            return
        if self.person_id is None and inquiry.person_id:
            self.person_id = inquiry.person_id
        self.story = self.story or inquiry.summary
        self.priority = self.priority or inquiry.urgency
        self.employer_id = self.employer_id or inquiry.organisation_id
        if self.worker_type in (None, "unknown"):
            self.worker_type = inquiry.worker_type
        if not list(self.categories):
            self.categories = list(inquiry.categories)

    def _prepare_categories(self) -> None:
        chosen = list(self.categories)
        if self.primary_category and self.primary_category not in chosen:
            self.categories.append(self.primary_category)
        elif chosen and not self.primary_category:
            self.primary_category = next(
                (code.value for code in CaseCategory if code.value in chosen), chosen[0]
            )

    def _restrict(self) -> None:
        for code in self.categories:
            if reason := RESTRICTED_BY_DEFAULT.get(code):
                self.confidential, self.confidential_reason = Confidentiality.restricted, reason.value

    def _stamp(self) -> None:
        if self.status is CaseStatus.resolved and self.resolved_at is None:
            self.resolved_at = now()
        elif self.status is CaseStatus.closed and self.closed_on is None:
            if self.origin is not CaseOrigin.imported:  # when an old ledger's case ended nobody knows
                self.closed_on = today()
        elif self.status is CaseStatus.reopened:
            self.resolved_at = self.closed_on = self.closed_although = None

    def faults(self, session: Session) -> Iterator[Fault]:
        """A case was opened today or before, and is not closed over what is open without a reason."""
        if self.opened_on > today():
            yield Fault(_("This day is still to come. Check the date."), "opened_on")
        if self._is_closing and not (self.closed_although or "").strip() and open_ends(session, self):
            yield Fault(OPEN_ENDS, "closed_although")

    @property
    def _is_closing(self) -> bool:
        return self.status is CaseStatus.closed and sa.inspect(self).attrs.status.history.has_changes()

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """The main category is one of the categories."""
        links = sa.inspect(cls).relationships["categories_links"].mapper.local_table.c
        is_linked = sa.exists().where(links.case_id == cls.id, links.code == cls.primary_category)
        yield (
            "main category is not among the categories",
            sa.select(cls.id).where(cls.primary_category.is_not(None), ~is_linked),
        )

    def keeps(self, session: Session) -> LazyString | str | None:
        """A closed case stays."""
        is_closed = self.status is CaseStatus.closed
        return _("A closed case is part of the record and stays.") if is_closed else None


def _worker_type(session: Session, person_id: int) -> str:
    with session.no_autoflush:
        status = current_status(session, person_id, today())
    return WORKER_TYPE_OF_STATUS.get(status.status if status else "", WorkerType.unknown).value


ENDED = (
    InquiryStatus.info_only, InquiryStatus.referred_out, InquiryStatus.unreachable, InquiryStatus.spam
)  # fmt: skip


class Inquiry(Record):
    """A first contact, often in the night and without a name; person and case may come later."""

    __label__ = ("number",)
    __sublabel__ = "name_text"
    __numbering__ = Numbering("number", "number_format_inquiry", "received_at")
    __moves__ = Moves(
        "status",
        {
            InquiryStatus.new: (InquiryStatus.responded, InquiryStatus.duplicate, InquiryStatus.spam),
            InquiryStatus.responded: (
                InquiryStatus.linked,
                InquiryStatus.info_only,
                InquiryStatus.referred_out,
                InquiryStatus.unreachable,
            ),
            InquiryStatus.unreachable: (InquiryStatus.responded,),
            InquiryStatus.info_only: (InquiryStatus.linked,),
        },
        needs={InquiryStatus.linked: ("case",), InquiryStatus.duplicate: ("duplicate_of",)},
        asks={
            InquiryStatus.responded: ("first_response_at",),
            **dict.fromkeys(ENDED, ("closed_reason",)),
        },
    )
    __table_args__ = (
        sa.Index("ix_inquiry_received_at", "received_at", "id", "case_id", "person_id"),
        sa.Index("ix_inquiry_status", "status", "received_at", "id", "case_id", "person_id"),
        sa.CheckConstraint(
            "first_response_at IS NOT NULL OR status IN ('new', 'duplicate', 'spam')", name="answered"
        ),
        sa.CheckConstraint("first_response_at >= received_at", name="answer_after_question"),
        sa.CheckConstraint("duplicate_of_id <> id", name="of_another"),
    )

    number: Mapped[str] = col(label=_("Inquiry number"), search="open", unique=True, read_only=True)
    received_at: Mapped[datetime] = col(label=_("Received at"), default=now)
    channel: Mapped[str] = col(label=_("Channel"), choices=Channel, index=True)
    channel_handle: Mapped[str | None] = col(label=_("Account name"), personal=True, search="names")
    name_text: Mapped[str | None] = col(
        label=_("Name given"), personal=True, search="names", help=_("Nobody has to give a name.")
    )
    language: Mapped[str | None] = col(label=_("Language"), choices=Language)
    pref: Mapped[str | None] = col(label=_("Prefecture"), choices=Prefecture)
    summary: Mapped[str] = col(
        label=_("What they say"),
        long=True,
        narrative=True,
        search="narrative",
        help=_("In their own words, in any language."),
    )
    urgency: Mapped[str] = col(label=_("Urgency"), choices=Priority, index=True)
    categories: AssociationProxy[list[str]] = codes(
        CaseCategory, label=_("Categories"), table="inquiry_category"
    )
    worker_type: Mapped[str] = col(label=_("Worker type"), choices=WorkerType, default="unknown")
    company_text: Mapped[str | None] = col(label=_("Company, as told"), narrative=True, search="narrative")
    organisation: Mapped[Organisation | None] = ref(label=_("Organisation"), search="narrative")
    organisation_id: Mapped[int | None]
    first_response_at: Mapped[datetime | None] = col(
        label=_("First response at"), help=_("Left empty: now. Once given it stands.")
    )
    first_response_by: Mapped[User | None] = ref(label=_("First response by"))
    first_response_by_id: Mapped[int | None]
    status: Mapped[InquiryStatus] = col(label=_("Status"), default=InquiryStatus.new, read_only=True)
    person: Mapped[Person | None] = ref(label=_("Person"), search="names")
    person_id: Mapped[int | None]
    case: Mapped[Case | None] = ref(label=_("Case"), search="open", late=True)
    case_id: Mapped[int | None]
    closed_reason: Mapped[str | None] = col(label=_("Reason for ending"), choices=InquiryClosedReason)
    duplicate_of: Mapped["Inquiry | None"] = ref(label=_("Duplicate of"))
    duplicate_of_id: Mapped[int | None]
    is_test: Mapped[bool] = col(label=_("Only a test"), default=False)

    def prepare(self, session: Session) -> None:
        """Take the worker type from the person, the case from the one opened here, and stamp the first response."""
        if self.person_id and self.worker_type in (None, "unknown"):
            self.worker_type = _worker_type(session, self.person_id)
        if self.case_id is None and self.id:
            with session.no_autoflush:
                opened = sa.select(Case.id).where(Case.inquiry_id == self.id).order_by(Case.id).limit(1)
                self.case_id = session.scalar(opened)
        if self.status is InquiryStatus.responded and self.first_response_at is None:
            self.first_response_at = now()
        if self.first_response_at is not None and self.first_response_by_id is None:
            self.first_response_by_id = actor().id

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check the times; the first response is never overwritten."""
        latest, answered = now() + CLOCKS_DIFFER, self.first_response_at
        if self.received_at > latest:
            yield Fault(_("This moment is still to come. Check day and time."), "received_at")
        past = sa.inspect(self).attrs.first_response_at.history.deleted
        if past and past[0] not in (None, answered):
            yield Fault(_("The first response was noted already and stays as it is."), "first_response_at")
        elif answered is not None and answered > latest:
            yield Fault(_("This moment is still to come. Check day and time."), "first_response_at")
        elif answered is not None and answered < self.received_at:
            yield Fault(_("The first response cannot be before the inquiry."), "first_response_at")
        if self.duplicate_of_id is not None and self.duplicate_of_id == self.id:
            yield Fault(_("An inquiry is no duplicate of itself. Choose the earlier one."), "duplicate_of")


class CasePerson(Record):
    """Somebody else whom a case concerns: a spouse, a child, a colleague."""

    __called__ = _("Others whom the case concerns")
    __label__ = ("role",)
    __table_args__ = (sa.UniqueConstraint("case_id", "person_id"),)

    case: Mapped[Case] = ref(label=_("Case"), on_delete="cascade", index=False)
    person: Mapped[Person] = ref(label=_("Person"))
    role: Mapped[CasePersonRole] = col(label=_("Role on the case"))


class CaseStaff(Record):
    """Who works on a case from when to when, and what an interpreter may see."""

    __label__ = ("role",)
    __table_args__ = (sa.Index("ix_case_staff_user_id", "user_id", "case_id", "from_on", "to_on", "answer"),)

    case: Mapped[Case] = ref(label=_("Case"), on_delete="cascade", search="open")
    user: Mapped[User] = ref(label=_("User"), index=False)
    user_id: Mapped[int]
    role: Mapped[StaffRole] = col(label=_("Role on the case"))
    from_on: Mapped[date] = col(label=_("First day"), default=today)
    to_on: Mapped[date | None] = col(label=_("Last day"))
    answer: Mapped[Answer] = col(label=_("Answer"), default=Answer.accepted)
    may_contact: Mapped[bool] = col(label=_("May contact the person"), default=False)
    share_story: Mapped[bool] = col(label=_("May read the story"), default=False)
    share_health: Mapped[bool] = col(label=_("May read about health"), default=False)
    may_see_secret: Mapped[bool] = col(label=_("May see it although secret"), default=False)

    def faults(self, session: Session) -> Iterator[Fault]:
        """An assignment does not end before it begins."""
        if self.to_on and self.to_on < self.from_on:
            yield Fault(_("The last day is before the first. Check both dates."), "to_on")


class Activity(Record):
    """One thing done about a case; the only source of 延べ人数."""

    __label__ = ("type",)
    __table_args__ = (
        sa.Index("ix_activity_at", "at", "id", "case_id", "by_id"),
        sa.CheckConstraint("(case_id IS NULL) <> (inquiry_id IS NULL)", name="case_or_inquiry"),
    )

    case: Mapped[Case | None] = ref(label=_("Case"), search="open")
    case_id: Mapped[int | None]
    inquiry: Mapped["Inquiry | None"] = ref(
        label=_("Inquiry"), search="open", help=_("Only while there is no case.")
    )
    inquiry_id: Mapped[int | None]
    at: Mapped[datetime] = col(label=_("Time"), default=now)
    type: Mapped[str] = col(label=_("Type"), choices=ActivityType)
    minutes: Mapped[int | None] = col(
        label=_("Minutes"), unit=_("min"), low=0, high=1440, check="minutes BETWEEN 0 AND 1440"
    )
    by: Mapped[User | None] = ref(label=_("Done by"))
    by_id: Mapped[int | None]
    interpreter: Mapped[User | None] = ref(label=_("Interpreter (user)"))
    place: Mapped[str | None] = col(label=_("Place"), narrative=True, search="narrative")
    note: Mapped[str | None] = col(label=_("Record"), long=True, narrative=True, search="narrative")
    note_lang: Mapped[str | None] = col(label=_("Language of the record"), choices=Language)
    persons: Mapped[list[Person]] = refs(label=_("People contacted"), table="activity_person")
    counts_as_contact: Mapped[bool | None] = col(
        label=_("Counts as contact"), help=_("Left open, the type decides.")
    )

    def prepare(self, session: Session) -> None:
        """Whoever writes it did it, with the person of the case, unless said otherwise; the type decides the counting."""
        if self.id is None and self.by_id is None and self.by is None and not actor().is_importing:
            self.by_id = actor().id
        if self.counts_as_contact is None:
            self.counts_as_contact = self.type in COUNTED
        if self.id is None and not self.persons:
            with session.no_autoflush:
                about = session.get(Case, self.case_id) if self.case_id else None
                about = about or (session.get(Inquiry, self.inquiry_id) if self.inquiry_id else None)
                self.persons = [about.person] if about and about.person else []

    def faults(self, session: Session) -> Iterator[Fault]:
        """An activity is about a case or an inquiry, never about both."""
        about = [self.case_id or self.case, self.inquiry_id or self.inquiry]
        if not any(about):
            yield Fault(_("Say which case or which inquiry this is about."), "case")
        elif all(about):
            yield Fault(_("This is about a case or about an inquiry, not both. Leave one empty."), "inquiry")
