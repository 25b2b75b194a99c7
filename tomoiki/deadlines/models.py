"""The tables fact (出来事), deadline_rule, deadline (期限) and holiday."""

import datetime
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tomoiki.accounts.models import User
from tomoiki.cases.models import Case
from tomoiki.core import formats
from tomoiki.core.actors import actor
from tomoiki.core.dates import today
from tomoiki.core.fields import col, ref
from tomoiki.core.records import Fault, Moves, Record
from tomoiki.deadlines.lists import DeadlineStatus, FactKind, FactSource, HolidayRule, RuleCalc, Unit
from tomoiki.people.models import Person


def _take_person(record: "Fact | Deadline", session: Session) -> None:
    """Whom it is about is the person of the case, unless said otherwise."""
    if record.person_id is None and record.case_id:
        with session.no_autoflush:
            case = session.get(Case, record.case_id)
            record.person_id = case.person_id if case else None


class Fact(Record):
    """Something that happened on a day; rules count from it. There may be several of one kind."""

    __label__ = ("kind",)
    __table_args__ = (
        sa.Index("ix_fact_on", "on", "id", "case_id", "person_id"),
        sa.CheckConstraint('"until" >= "on"', name="until_after_on"),
    )

    person: Mapped[Person] = ref(
        label=_("Person"),
        on_delete="cascade",
        search="names",
        filled=True,
        help=_("Left empty: the person of the case."),
    )
    person_id: Mapped[int]
    case: Mapped[Case | None] = ref(label=_("Case"), on_delete="cascade", search="open")
    case_id: Mapped[int | None]
    kind: Mapped[str] = col(label=_("What happened"), choices=FactKind)
    on: Mapped[date] = col(label=_("Happened on"))
    until: Mapped[date | None] = col(label=_("Until"))
    amount: Mapped[int | None] = col(label=_("Amount"), unit="JPY", low=0, check="amount >= 0")
    source: Mapped[str | None] = col(label=_("Known from"), choices=FactSource)
    note: Mapped[str | None] = col(label=_("Note"), long=True, narrative=True, search="narrative")

    def prepare(self, session: Session) -> None:
        """It happened to the person of the case."""
        _take_person(self, session)

    def faults(self, session: Session) -> Iterator[Fault]:
        """It happened to somebody, and does not end before it began."""
        if not any((self.person_id, self.person)):
            yield Fault(_("Say which case or which person this is about."), "person")
        if self.until and self.until < self.on:
            yield Fault(_("The last day is before the first. Check both dates."), "until")


class DeadlineRule(Record):
    """How a legal day follows from an event: the arithmetic by name, the numbers and their source here."""

    __label__ = ("label_{lang}", "label_ja")
    __sublabel__ = "source"
    __key__ = ("code",)

    code: Mapped[str] = col(label=_("Rule code"), search="open", unique=True)
    label_ja: Mapped[str] = col(label=_("Name (Japanese)"), search="open")
    label_vi: Mapped[str | None] = col(label=_("Name (Vietnamese)"), search="open")
    label_en: Mapped[str | None] = col(label=_("Name (English)"), search="open")
    trigger_field: Mapped[str] = col(
        label=_("Counts from"), help=_("Names of events, with commas between them.")
    )
    calc: Mapped[RuleCalc] = col(label=_("Reckoning"), default=RuleCalc.period)
    unit: Mapped[Unit] = col(label=_("Unit"), default=Unit.day)
    length: Mapped[int] = col(label=_("Length"), low=0, high=5000, check="length >= 0")
    second_length: Mapped[int | None] = col(
        label=_("Second length"), low=0, high=5000, help=_("For what, the note says.")
    )
    count_first_day: Mapped[bool] = col(label=_("The first day counts"), default=False)
    holiday_rule: Mapped[HolidayRule] = col(label=_("On a closed day"), default=HolidayRule.none)
    lead_days: Mapped[str | None] = col(
        label=_("Warn so many days before"),
        format=formats.NUMBERS,
        help=_("Numbers with commas between them: 30, 14, 7."),
    )
    source: Mapped[str | None] = col(label=_("Source"))
    caveat: Mapped[str | None] = col(label=_("Note on the rule"), long=True)
    valid_from: Mapped[date | None] = col(label=_("In force from"))
    valid_to: Mapped[date | None] = col(label=_("In force until"))
    mandatory: Mapped[bool] = col(label=_("Must be settled"), default=False)

    def faults(self, session: Session) -> Iterator[Fault]:
        """A rule is in force before it is over."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield Fault(_("The last day is before the first. Check both dates."), "valid_to")


class Deadline(Record):
    """A legal day of a case or a person: the last day by law, and the last safe one."""

    __label__ = ("due_on",)
    __moves__ = Moves(
        "status",
        {
            DeadlineStatus.open: (DeadlineStatus.done, DeadlineStatus.waived, DeadlineStatus.void),
            DeadlineStatus.missed: (DeadlineStatus.done, DeadlineStatus.waived),
        },
        needs={DeadlineStatus.waived: ("waived_reason",)},
        asks={DeadlineStatus.done: ("done_on",)},
    )
    __table_args__ = (
        sa.UniqueConstraint("case_id", "rule_id", "trigger_on"),
        sa.Index(
            "uq_deadline_person_id_rule_id_trigger_on",
            "person_id",
            "rule_id",
            "trigger_on",
            unique=True,
            sqlite_where=sa.text("case_id IS NULL"),
            postgresql_where=sa.text("case_id IS NULL"),
        ),
        sa.Index("ix_deadline_safe_on", "safe_on", "id", "case_id", "person_id", "status"),
        sa.Index("ix_deadline_status", "status", "safe_on", "id", "case_id", "person_id"),
        sa.Index("ix_deadline_due_on", "due_on"),
        sa.CheckConstraint("case_id IS NOT NULL OR person_id IS NOT NULL", name="of_somebody"),
        sa.CheckConstraint("(done_on IS NULL) = (status <> 'done')", name="done_on_a_day"),
        sa.CheckConstraint("status <> 'waived' OR waived_reason IS NOT NULL", name="waived_for_a_reason"),
    )

    case: Mapped[Case | None] = ref(label=_("Case"), on_delete="cascade", search="open")
    case_id: Mapped[int | None]
    person: Mapped[Person | None] = ref(
        label=_("Person"), on_delete="cascade", search="names", help=_("Left empty: the person of the case.")
    )
    person_id: Mapped[int | None]
    rule: Mapped[DeadlineRule] = ref(label=_("Kind of deadline"))
    rule_id: Mapped[int]
    trigger_on: Mapped[date] = col(label=_("Counted from"))
    due_on: Mapped[date] = col(label=_("Due on"), due=True)
    safe_on: Mapped[date] = col(
        label=_("Safe until"), help=_("The last open day: warnings count to it."), due=True
    )
    status: Mapped[DeadlineStatus] = col(label=_("Status"), default=DeadlineStatus.open, read_only=True)
    done_on: Mapped[date | None] = col(label=_("Done on"), help=_("Left empty: today."), read_only=True)
    done_by: Mapped[User | None] = ref(label=_("Done by"), read_only=True)
    done_by_id: Mapped[int | None]
    waived_reason: Mapped[str | None] = col(
        label=_("Why it is not needed"), long=True, narrative=True, search="narrative"
    )
    manual_due: Mapped[bool] = col(
        label=_("Day set by hand"), default=False, help=_("A change of what it counts from leaves it alone.")
    )

    def prepare(self, session: Session) -> None:
        """It is about the person of the case; what is done was done today by whoever says so."""
        _take_person(self, session)
        if self.status is DeadlineStatus.done:
            self.done_on = self.done_on or today()
            self.done_by_id = self.done_by_id or actor().id

    def faults(self, session: Session) -> Iterator[Fault]:
        """It is of somebody, and the safe day is not after the last one."""
        if not (self.case_id or self.case or self.person_id or self.person):
            yield Fault(_("Say which case or which person this is about."), "case")
        if self.safe_on > self.due_on:
            yield Fault(_("The safe day is after the last day. Check both dates."), "safe_on")
        if self.done_on and self.done_on > today():
            yield Fault(_("This day is still to come. Check the date."), "done_on")

    @classmethod
    def open_of(cls, whole: Record) -> sa.Select[Any] | None:
        """What the law asks for is done or waived before the case is over."""
        if not isinstance(whole, Case):
            return None
        must = sa.exists().where(DeadlineRule.id == cls.rule_id, DeadlineRule.mandatory)
        is_open = cls.status.in_((DeadlineStatus.open, DeadlineStatus.missed))
        return sa.select(cls).where(cls.case_id == whole.id, is_open, must)

    def keeps(self, session: Session) -> LazyString | str | None:
        """What was done stays as evidence."""
        is_done = self.status is DeadlineStatus.done
        return _("A deadline that was met is part of the record and stays.") if is_done else None


class Holiday(Record):
    """A day on which offices are closed."""

    __label__ = ("name",)
    __sublabel__ = "date"
    __key__ = ("date",)

    date: Mapped[datetime.date] = col(label=_("Closed on"), unique=True)
    name: Mapped[str] = col(label=_("Name of the day"), search="open")
