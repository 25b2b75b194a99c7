"""The tables case (ケース), case_staff (担当割当) and activity (対応記録)."""

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
    CaseStatus,
    Confidentiality,
    ConfidentialReason,
    CrimePrevention,
    Outcome,
    Priority,
    StaffRole,
)
from tomoiki.core.actors import actor
from tomoiki.core.dates import now, today
from tomoiki.core.fields import codes, col, ref, refs
from tomoiki.core.lists import Language
from tomoiki.core.records import Fault, Moves, Numbering, Record
from tomoiki.core.wordings import label_of
from tomoiki.organisations.models import Organisation
from tomoiki.people.lists import WORKER_TYPE_OF_STATUS, WorkerType
from tomoiki.people.models import Person
from tomoiki.people.services import current_status

REOPEN_WITHIN = timedelta(days=365)
AT_ONCE = (CaseStatus.open, CaseStatus.active)  # closing from here needs a reason without result


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
        needs={
            CaseStatus.closed: ("outcomes", "outcome_note"),
            CaseStatus.resolved: ("outcomes", "outcome_note"),
        },
    )
    # The default sort, and what the scope of every role asks for, in one index: deep pages never touch the table.
    __table_args__ = (
        sa.Index("ix_case_opened_on", "opened_on", "id", "confidential", "owner_id"),
        sa.Index("ix_case_status", "status", "opened_on", "id", "confidential", "owner_id"),
    )

    number: Mapped[str] = col(label=_("Case number"), search="open", unique=True, read_only=True)
    person: Mapped[Person] = ref(label=_("Person"), search="names")
    person_id: Mapped[int]
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
        self._prepare_categories()
        if not self.title.strip():
            self.title = str(label_of(CaseCategory, self.primary_category or "other"))
        if self.worker_type == "unknown" and self.person_id:
            self.worker_type = _worker_type(session, self.person_id)
        is_new = self.id is None
        if is_new and self.confidential is Confidentiality.normal:
            self._restrict()
        if is_new and self.owner_id is None and self.confidential is not Confidentiality.normal:
            self.owner_id = actor().id  # otherwise nobody but administrators would ever find it again
        self._stamp()

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
            self.closed_on = today()
        elif self.status is CaseStatus.reopened:
            self.resolved_at = self.closed_on = None

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check days, and what closing asks for (DOMAIN 2.8)."""
        if self.opened_on > today():
            yield Fault(_("This day is still to come. Check the date."), "opened_on")
        before = sa.inspect(self).attrs.status.history.deleted
        closes_at_once = before and before[0] in AT_ONCE and self.status is CaseStatus.closed
        if closes_at_once and not set(self.outcomes) & WITHOUT_RESULT:
            message = _(
                "Closing at once needs one of: could not be reached, withdrew, out of scope, duplicate."
            )
            yield Fault(message, "outcomes")
        if (
            before
            and before[0] is CaseStatus.closed
            and self._closed_before
            and today() - self._closed_before > REOPEN_WITHIN
        ):
            yield Fault(_("This case was closed more than 12 months ago. Open a new case instead."), "status")

    @property
    def _closed_before(self) -> date | None:
        past = sa.inspect(self).attrs.closed_on.history.deleted
        return past[0] if past else self.closed_on

    def keeps(self, session: Session) -> LazyString | str | None:
        """A closed case stays."""
        return (
            _("A closed case is part of the record and stays.") if self.status is CaseStatus.closed else None
        )


def _worker_type(session: Session, person_id: int) -> str:
    with session.no_autoflush:
        status = current_status(session, person_id, today())
    return (
        WORKER_TYPE_OF_STATUS.get(status.status, WorkerType.unknown).value
        if status
        else WorkerType.unknown.value
    )


class CaseStaff(Record):
    """Who works on a case from when to when, and what an interpreter may see."""

    __label__ = ("role",)
    __table_args__ = (sa.Index("ix_case_staff_user_id", "user_id", "case_id", "from_on", "to_on", "answer"),)

    case: Mapped[Case] = ref(label=_("Case"), on_delete="cascade", search="open")
    user: Mapped[User] = ref(label=_("User"), index=False)
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
    __table_args__ = (sa.Index("ix_activity_at", "at", "id", "case_id", "by_id"),)

    case: Mapped[Case] = ref(label=_("Case"), search="open")
    case_id: Mapped[int]
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
        if self.id is None and self.by_id is None and self.by is None:
            self.by_id = actor().id
        if self.counts_as_contact is None:
            self.counts_as_contact = self.type in COUNTED
        if self.id is None and self.case_id and not self.persons:
            with session.no_autoflush:
                case = session.get(Case, self.case_id)
                self.persons = [case.person] if case else []
