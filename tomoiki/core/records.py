"""What every table of the office has in common: identity, who and when, version, label, numbers and its own rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import LazyString
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from tomoiki.core.actors import actor
from tomoiki.core.database import Base, Moment
from tomoiki.core.fields import Described, Field, fields_of
from tomoiki.core.vocabulary import Choice
from tomoiki.core.wordings import label_of


@dataclass(frozen=True)
class Fault:
    """A rule that a record breaks: the field to stand by (or none) and what to do, in words."""

    message: LazyString | str
    field: str = ""


Refusal = Callable[[Any, Session], Fault | None]


@dataclass(frozen=True)
class Moves:
    """Which state may follow which, and what a move asks for.

    `needs` names the fields that must be filled to enter a state, `asks` those that may be filled on the way.
    `refuses` tells of a move why this record cannot make it now, or None; a step back asks it too. `excuses` names
    the field for why a state is entered although something of the record is still open.
    """

    field: str
    allowed: Mapping[Choice, tuple[Choice, ...]]
    needs: Mapping[Choice, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    asks: Mapping[Choice, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    refuses: Mapping[tuple[Choice, Choice], Refusal] = dataclasses.field(default_factory=dict)
    excuses: Mapping[Choice, str] = dataclasses.field(default_factory=dict)

    def refusal(self, session: Session, record: Record, to: Choice) -> Fault | None:
        """Say why the record cannot go from its state to this one now, or return None."""
        refuse = self.refuses.get((getattr(record, self.field), to))
        return refuse(record, session) if refuse else None


@dataclass(frozen=True)
class Numbering:
    """How a record gets its number: the setting with the format, and the field whose fiscal year counts."""

    field: str
    setting: str
    day: str = ""


def _now() -> datetime:
    return datetime.now(UTC)


def _actor_id() -> int | None:
    return actor().id


class Listed(Described):
    """A row that a screen can show; a log is no more than that."""

    __abstract__ = True
    __is_logged__: ClassVar[bool] = True  # every change of the table stands in the change log
    __label__: ClassVar[tuple[str, ...]] = ()  # the first of these fields that is filled names the record
    __sublabel__: ClassVar[str] = ""  # tells two of the same name apart
    __numbering__: ClassVar[Numbering | None] = None
    __moves__: ClassVar[Moves | None] = None
    __key__: ClassVar[tuple[str, ...]] = ()  # fields by which a person finds the record again
    __stands__: ClassVar[bool] = False  # what was done is never put back from the log: a receipt stands
    __hangs_on__: ClassVar[tuple[str, str] | None] = (
        None  # table and id of the record, of any table, that it goes with
    )
    __called__: ClassVar[LazyString | None] = None  # the name of a table that has no screen to name it
    __unlogged__: ClassVar[frozenset[str]] = frozenset()  # columns that have no place in the change log

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)

    @classmethod
    def field_as(cls, name: str, row: Mapping[str, Any]) -> Field:
        """Return a field as this very row has it: the value of a setting is a number, a day or a switch."""
        return fields_of(cls)[name]


class Record(Listed):
    """A row of the office: every model of a subject derives from it."""

    __abstract__ = True

    created_at: Mapped[datetime] = mapped_column(Moment, default=_now, sort_order=90)
    created_by: Mapped[int | None] = mapped_column(default=_actor_id, sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=_now, onupdate=_now, sort_order=92)
    updated_by: Mapped[int | None] = mapped_column(default=_actor_id, onupdate=_actor_id, sort_order=93)
    version: Mapped[int] = mapped_column(default=1, sort_order=94)

    def __init_subclass__(cls, **options: Any) -> None:
        """Let SQLAlchemy check the version of every update (a stale save raises StaleDataError)."""
        super().__init_subclass__(**options)
        if not vars(cls).get("__abstract__"):
            mapper = sa.inspect(cls)
            mapper.version_id_col = cls.__table__.c.version
            mapper.version_id_generator = lambda version: (version or 0) + 1

    def prepare(self, session: Session) -> None:
        """Fill what follows from other fields; called before a record is checked and saved."""

    def faults(self, session: Session) -> Iterator[Fault]:
        """Yield the rules that this record breaks; nothing is saved while there is one."""
        yield from ()

    def settle(self, session: Session) -> Iterator[Fault]:
        """Change in other records what follows from this one, once it and the rows of its form are written.

        Yield the rules that the whole breaks; nothing is saved while there is one.
        """
        yield from ()

    def remarks(self, session: Session) -> Iterator[LazyString | str]:
        """Yield what whoever saved this should know, though it is saved."""
        yield from ()

    def give_way(self, other: Record) -> None:
        """Step back, or let the other one, when two records that are one have both: only one of them may count."""

    @classmethod
    def open_of(cls, whole: Record) -> sa.Select[Any] | None:
        """Return the rows of this table that are still open and belong to that record, or None if none ever do."""
        return None

    @classmethod
    def untied(cls) -> Iterator[tuple[str, sa.Select[int]]]:
        """Yield what must hold between rows, as the words for where it does not and the ids there (`flask check`)."""
        yield from ()

    def keeps(self, session: Session) -> LazyString | str | None:
        """Say why this record must not be deleted, or return None."""
        return None

    def __str__(self) -> str:
        """Return the record's name in full; pages ask access for what the user may see of it."""
        named = ((name, getattr(self, name)) for name in label_fields(type(self)))
        return next((self._in_words(name, value) for name, value in named if value), f"#{self.id}")

    def _in_words(self, name: str, value: Any) -> str:
        field = fields_of(type(self)).get(name)
        return str(label_of(field.choices, value) if field and field.choices else value)


def record_models() -> list[type[Record]]:
    """Return the models of all the office's tables, by name."""
    found = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]
    return sorted(found, key=lambda model: str(model.__tablename__))


@cache
def model_of(table: str) -> type[Record]:
    """Return the model of a table; raise LookupError when there is none."""
    found = next((model for model in record_models() if model.__tablename__ == table), None)
    if found is None:
        raise LookupError(table)
    return found


def open_ends(session: Session, record: Record) -> list[Record]:
    """Return what of this record is still open, of whichever table."""
    if record.id is None:
        return []
    asked = [rows for model in record_models() if (rows := model.open_of(record)) is not None]
    with session.no_autoflush:
        return [found for rows in asked for found in session.scalars(rows)]


def label_fields(model: type[Listed], language: str = "ja") -> tuple[str, ...]:
    """Return the fields that may name a record, best first; `title_{lang}` stands for the reader's language."""
    return tuple(name.replace("{lang}", language) for name in model.__label__)


def fill_defaults(record: Record) -> None:
    """Set what nobody gave to the column's default, so that rules see the record as it will be stored."""
    for name, default in _defaults(type(record)):
        if getattr(record, name) is None:
            setattr(record, name, default())


@cache
def _defaults(model: type[Record]) -> Sequence[tuple[str, Callable[[], Any]]]:
    found: list[tuple[str, Callable[[], Any]]] = []
    for attribute in sa.inspect(model).column_attrs:
        default = attribute.columns[0].default
        if isinstance(default, CallableColumnDefault):
            found.append((attribute.key, partial(default.arg, None)))  # type: ignore[arg-type]  # ours ask for no context
        elif isinstance(default, ScalarElementColumnDefault):
            found.append((attribute.key, partial(_as_it_is, default.arg)))
    return found


def _as_it_is(value: Any) -> Any:
    return value


class Counter(Base):
    """The last number given in one series and year; counted inside the saving transaction, so no gap by race."""

    __tablename__ = "counter"
    series: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


_NEXT = sa.text(
    "INSERT INTO counter (series, year, last) VALUES (:series, :year, :step) "
    "ON CONFLICT (series, year) DO UPDATE SET last = counter.last + :step RETURNING last"
)


def next_number(session: Session, series: str, year: int, step: int = 1) -> int:
    """Take the next number (or a block of `step`, whose last is returned) of the series in that fiscal year."""
    found: int = session.execute(_NEXT, {"series": series, "year": year, "step": step}).scalar_one()
    return found


def give_number(
    session: Session, record: Record, number_format: str, fiscal_year_of: Callable[[date], int]
) -> None:
    """Give a new record its number, unless it brought one; the fiscal year is that of its own day."""
    rule = record.__numbering__
    if rule is None or getattr(record, rule.field):
        return
    year = fiscal_year_of(_day_of(record, rule.day)) if rule.day else 0
    seq = next_number(session, record.__tablename__, year)
    setattr(record, rule.field, number_format.format(FY=year, seq=seq))


def _day_of(record: Record, name: str) -> date:
    from tomoiki.core.dates import in_tokyo, today  # noqa: PLC0415

    value = getattr(record, name) or today()
    return in_tokyo(value).date() if isinstance(value, datetime) else value
