"""The tables shelter (施設), bed (ベッド) and stay (入居)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session

from tomoiki.cases.lists import Confidentiality
from tomoiki.cases.models import Case
from tomoiki.core.dates import today
from tomoiki.core.fields import col, ref
from tomoiki.core.lists import Prefecture
from tomoiki.core.records import Fault, Moves, Record
from tomoiki.people.models import Person
from tomoiki.shelter.lists import BedKind, ExitTo, GenderPolicy, StayReason, StayStatus
from tomoiki.shelter.rules import Span

BLOCKING = (StayStatus.reserved, StayStatus.inside, StayStatus.out)  # the others never came


class Shelter(Record):
    """A house of the office; where it stands is secret."""

    __label__ = ("name", "code")
    __sublabel__ = "gender_policy"
    __key__ = ("code",)

    code: Mapped[str] = col(label=_("Shelter code"), search="open", unique=True)
    name: Mapped[str] = col(label=_("Shelter name"), search="narrative")
    address: Mapped[str | None] = col(label=_("Address"), personal=True, secret=True)
    pref: Mapped[str | None] = col(label=_("Prefecture"), choices=Prefecture)
    gender_policy: Mapped[GenderPolicy] = col(label=_("For whom"), default=GenderPolicy.mixed)
    rules_ja: Mapped[str | None] = col(label=_("House rules (Japanese)"), long=True)
    rules_vi: Mapped[str | None] = col(label=_("House rules (Vietnamese)"), long=True)
    monthly_rent: Mapped[int | None] = col(
        label=_("Rent a month"), unit="JPY", low=0, check="monthly_rent >= 0"
    )
    active: Mapped[bool] = col(label=_("In use"), default=True)


class Bed(Record):
    """A bed in a shelter, from the day it is there to the day it is gone."""

    __label__ = ("label",)
    __sublabel__ = "kind"
    __table_args__ = (sa.UniqueConstraint("shelter_id", "label"),)

    shelter: Mapped[Shelter] = ref(label=_("Shelter"), search="open", index=False)
    shelter_id: Mapped[int]
    label: Mapped[str] = col(label=_("Bed label"), search="open", index=True)
    kind: Mapped[BedKind] = col(label=_("Kind of bed"), default=BedKind.shared)
    active_from: Mapped[date | None] = col(label=_("In use from"))
    active_to: Mapped[date | None] = col(label=_("In use until"))

    def faults(self, session: Session) -> Iterator[Fault]:
        """A bed is there before it is gone."""
        if self.active_from and self.active_to and self.active_to < self.active_from:
            yield Fault(_("The last day is before the first. Check both dates."), "active_to")


def _refuse_another_day(stay: "Stay", session: Session) -> Fault | None:
    message = _("Leaving can be taken back on the same day only. Book a new stay instead.")
    return None if stay.check_out == today() else Fault(message)


class Stay(Record):
    """Somebody in a bed from one day up to another; one bed and one person have one stay at a time."""

    __label__ = ("check_in",)
    __moves__ = Moves(
        "status",
        {
            StayStatus.reserved: (StayStatus.inside, StayStatus.cancelled, StayStatus.no_show),
            StayStatus.inside: (StayStatus.out,),
        },
        needs={StayStatus.out: ("check_out",)},
        asks={StayStatus.inside: ("rules_signed_on",), StayStatus.out: ("exit_to",)},
        refuses={(StayStatus.out, StayStatus.inside): _refuse_another_day},
    )
    __table_args__ = (
        sa.Index("ix_stay_check_in", "check_in", "id", "case_id", "person_id"),
        sa.CheckConstraint("check_out >= check_in", name="out_after_in"),
        sa.CheckConstraint("status <> 'out' OR check_out IS NOT NULL", name="left_on_a_day"),
    )

    bed: Mapped[Bed] = ref(label=_("Bed"))
    bed_id: Mapped[int]
    person: Mapped[Person] = ref(
        label=_("Person"), search="names", filled=True, help=_("Left empty: the person of the case.")
    )
    person_id: Mapped[int]
    case: Mapped[Case] = ref(label=_("Case"), search="open")
    case_id: Mapped[int]
    check_in: Mapped[date] = col(label=_("Check-in"), default=today)
    planned_out: Mapped[date | None] = col(label=_("Planned to leave on"))
    check_out: Mapped[date | None] = col(
        label=_("Check-out"), help=_("The last night is the one before. Open: the bed stays taken.")
    )
    status: Mapped[StayStatus] = col(label=_("Status"), default=StayStatus.reserved, read_only=True)
    reason: Mapped[str | None] = col(label=_("Reason for the stay"), choices=StayReason)
    exit_to: Mapped[str | None] = col(label=_("Went to"), choices=ExitTo)
    fee_per_night: Mapped[int] = col(
        label=_("Fee per night"), unit="JPY", default=0, low=0, check="fee_per_night >= 0"
    )
    rules_signed_on: Mapped[date | None] = col(label=_("House rules signed on"))

    @property
    def span(self) -> Span:
        """Return the nights of this stay; while nobody checked out it goes on."""
        return Span(self.check_in, self.check_out)

    def prepare(self, session: Session) -> None:
        """Who stays is the person of the case, unless said otherwise; who left went somewhere."""
        if self.person_id is None and self.case_id:
            with session.no_autoflush:
                case = session.get(Case, self.case_id)
                self.person_id = case.person_id if case else None
        if self.status is StayStatus.out and self.exit_to is None:
            self.exit_to = ExitTo.unknown.value

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check days, and that neither bed nor person has another stay on the same night."""
        if self.check_out and self.check_out < self.check_in:
            yield Fault(_("Check-out is before check-in. Check both dates."), "check_out")
            return
        if self.planned_out and self.planned_out < self.check_in:
            yield Fault(_("The planned day is before check-in. Check both dates."), "planned_out")
        if self.status in BLOCKING:
            if other := self._in_the_way(session, Stay.bed_id == self.bed_id):
                yield Fault(_bed_taken(session, other), "bed")
            if other := self._in_the_way(session, Stay.person_id == self.person_id):
                yield Fault(_("This person has another stay %(span)s.", span=_days(other)), "person")

    @classmethod
    def open_of(cls, whole: Record) -> sa.Select[Any] | None:
        """While somebody is in a bed, or is expected there, the case goes on."""
        is_open = cls.status.in_((StayStatus.reserved, StayStatus.inside))
        return sa.select(cls).where(cls.case_id == whole.id, is_open) if isinstance(whole, Case) else None

    def _in_the_way(self, session: Session, alike: sa.ColumnElement[bool]) -> "Stay | None":
        rows = sa.select(Stay).where(alike, Stay.status.in_(BLOCKING), Stay.id != (self.id or 0))
        with session.no_autoflush:
            found = session.scalars(rows.order_by(Stay.check_in))
            return next((other for other in found if self.span.overlaps(other.span)), None)

    def keeps(self, session: Session) -> LazyString | str | None:
        """A stay that took place stays."""
        took_place = self.status in (StayStatus.inside, StayStatus.out)
        return _("A stay that took place is part of the record and stays.") if took_place else None


def _bed_taken(session: Session, other: Stay) -> LazyString:
    """Say who is in the bed: by case number, of a secret case not even by that."""
    case = session.get_one(Case, other.case_id)
    if case.confidential is Confidentiality.secret:
        return _("This bed is taken %(span)s.", span=_days(other))
    return _("This bed is taken %(span)s (%(case)s).", span=_days(other), case=case.number)


def _days(stay: Stay) -> LazyString:
    end = stay.check_out or stay.planned_out
    if end is None:
        return _("from %(first)s with no end", first=stay.check_in)
    if stay.check_out is None:
        return _("from %(first)s, planned until %(last)s", first=stay.check_in, last=end)
    return _("from %(first)s to %(last)s", first=stay.check_in, last=end)


# -- the same in the database ------------------------------------------------------------------------------------------
# Two clerks may book at once, so the rule stands there too: ranges on PostgreSQL, triggers on SQLite. Neither is part
# of the metadata; a migration that builds `stay` anew on SQLite creates its triggers again.
_LIVE = "status IN ('reserved', 'in', 'out')"
ON_POSTGRESQL = tuple(
    f"ALTER TABLE stay ADD CONSTRAINT no_two_stays_{key} EXCLUDE USING gist "
    f"(int4range({key}_id, {key}_id, '[]') WITH &&, daterange(check_in, check_out) WITH &&) WHERE ({_LIVE})"
    for key in ("bed", "person")
)  # a range of one number: that needs no extension
ON_SQLITE = tuple(
    f"""CREATE TRIGGER no_two_stays_{verb.split()[0].lower()} BEFORE {verb} ON stay WHEN NEW.{_LIVE}
    AND (NEW.check_out IS NULL OR NEW.check_in < NEW.check_out) AND EXISTS (
      SELECT 1 FROM stay AS other WHERE other.id IS NOT NEW.id AND other.{_LIVE}
      AND (other.bed_id = NEW.bed_id OR other.person_id = NEW.person_id)
      AND (other.check_out IS NULL OR other.check_in < other.check_out)
      AND (NEW.check_out IS NULL OR other.check_in < NEW.check_out)
      AND (other.check_out IS NULL OR NEW.check_in < other.check_out))
    BEGIN SELECT RAISE(ABORT, 'two stays on the same night'); END"""  # noqa: S608 - our own words
    for verb in ("INSERT", "UPDATE")
)
for _dialect, _statements in (("postgresql", ON_POSTGRESQL), ("sqlite", ON_SQLITE)):
    for _statement in _statements:
        _made = sa.DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
        sa.event.listen(Stay.__table__, "after_create", _made)
