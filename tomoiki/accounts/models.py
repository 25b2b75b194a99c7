"""The tables user, invitation, login_failure, setting and choice."""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _
from flask_security import UserMixin
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column

from tomoiki.accounts.settings import SettingKey, fault_of, field_of, kind_of
from tomoiki.core import formats
from tomoiki.core.database import Base, Moment
from tomoiki.core.fields import Field, codes, col, fields_of
from tomoiki.core.records import Fault, Record
from tomoiki.core.vocabulary import Choice, OpenChoice, list_name
from tomoiki.core.wordings import ListName, as_declared


class Role(Choice):
    """What a user may do; the matrix stands in accounts/matrix.py."""

    admin = "admin", _("Administrator")
    caseworker = "caseworker", _("Caseworker")
    treasurer = "treasurer", _("Treasurer")
    organiser = "organiser", _("Event organiser")
    interpreter = "interpreter", _("Interpreter / volunteer")
    auditor = "auditor", _("Auditor")


class Interface(Choice):
    """The languages of the screens, each named in itself."""

    ja = "ja", _("日本語")
    vi = "vi", _("Tiếng Việt")
    en = "en", _("English")


class Theme(Choice):
    """Light, dark, or as the computer says."""

    auto = "auto", _("Automatic")
    light = "light", _("Light")
    dark = "dark", _("Dark")


def _uniquifier() -> str:
    return secrets.token_hex(16)


class User(Record, UserMixin):
    """Somebody who logs in. A user with no password yet has been invited and has not come."""

    __label__ = ("name",)
    __sublabel__ = "email"
    __key__ = ("email",)
    __unlogged__: ClassVar[frozenset[str]] = frozenset(
        {"password", "fs_uniquifier", "tf_totp_secret", "tf_last_counter", "mf_recovery_codes"}
    )  # secrets have no place in a change log that others read

    email: Mapped[str] = col(label=_("E-mail"), unique=True, format=formats.EMAIL, search="open")
    name: Mapped[str] = col(label=_("Name"), format=formats.NAME, search="open", index=True)
    roles: AssociationProxy[list[str]] = codes(Role, label=_("Roles"), table="user_role")  # type: ignore[assignment]  # not a table of roles
    active: Mapped[bool] = col(label=_("May log in"), default=True)
    language: Mapped[Interface] = col(label=_("Language of the screens"), default=Interface.ja)
    theme: Mapped[Theme] = col(label=_("Theme"), default=Theme.auto)

    password: Mapped[str | None] = mapped_column(sa.String(255))
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True, default=_uniquifier)
    tf_primary_method: Mapped[str | None] = mapped_column(sa.String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(sa.String(255))
    tf_last_counter: Mapped[int | None] = mapped_column()
    mf_recovery_codes: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(sa.JSON()))

    def get_id(self) -> str:
        """Return what the session cookie holds; a new one logs the user out everywhere."""
        return self.fs_uniquifier

    def prepare(self, session: Session) -> None:
        """Addresses are stored in small letters: two spellings of one would be two users."""
        self.email = (self.email or "").lower()

    def faults(self, session: Session) -> Iterator[Fault]:
        """A user has a role, and one administrator always remains who can log in."""
        if not self.roles:
            yield Fault(_("Choose at least one role."), "roles")
        is_admin = self.active and Role.admin.value in self.roles
        if self.id and not is_admin and is_last_admin(session, self.id):
            yield Fault(
                _("This is the last administrator who can log in. Make somebody else administrator first."),
                "roles",
            )

    def keeps(self, session: Session) -> LazyString | str | None:
        """A user who ever did something is deactivated, not deleted."""
        if is_last_admin(session, self.id):
            return _("This is the last administrator who can log in.")
        return None


def is_last_admin(session: Session, user_id: int) -> bool:
    """Tell whether this user is, in the database, the only active administrator."""
    links = sa.inspect(User).relationships["roles_links"].mapper.local_table
    is_admin = sa.exists().where(links.c.user_id == User.id, links.c.code == Role.admin.value)
    admins = sa.select(User.id).where(is_admin, User.active)
    with session.no_autoflush:
        return list(session.scalars(admins)) == [user_id]


class Invitation(Base):
    """A link by which a user sets a password once, within 48 hours; only its hash is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class LoginFailure(Base):
    """A failed log-in: of which account (hashed) and from which address; counted for 15 minutes."""

    __tablename__ = "login_failure"
    __table_args__ = (
        sa.Index("ix_login_failure_account", "account", "at"),
        sa.Index("ix_login_failure_address", "address", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    account: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(60))


class Setting(Record):
    """A value that the office chose; what has no row here stands at its default in accounts/settings.py."""

    __label__ = ("key",)

    key: Mapped[str] = col(label=_("Setting"), choices=SettingKey, unique=True, read_only=True)
    value: Mapped[str | None] = col(label=_("Value"), long=True)

    @classmethod
    def field_as(cls, name: str, row: Mapping[str, Any]) -> Field:
        """The value is asked and shown as its setting is: a number, a day, a switch."""
        return field_of(row["key"]) if name == "value" else super().field_as(name, row)

    def prepare(self, session: Session) -> None:
        """A value equal to the default need not be stored: it follows when the default moves on."""
        if self.value == kind_of(self.key).default:
            self.value = None

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check the value as its setting wants it."""
        if fault := fault_of(self.key, self.value):
            yield Fault(fault, "value")


CODE = re.compile("[a-z0-9][a-z0-9_]{0,39}")


class OfficeChoice(Record):
    """What the office changed of one code of a list: its words, its place, its last day; or a code of its own."""

    __tablename__ = "choice"
    __label__ = ("ja", "code")
    __table_args__ = (sa.UniqueConstraint("list", "code"),)

    list: Mapped[str] = col(label=_("List"), choices=ListName)
    code: Mapped[str] = col(
        label=_("Code"), help=_("Small letters, digits and _. It stays for ever; the words may change.")
    )
    ja: Mapped[str | None] = col(label=_("In Japanese"), help=_("Left empty, the word stays as it was."))
    vi: Mapped[str | None] = col(label=_("In Vietnamese"))
    en: Mapped[str | None] = col(label=_("In English"))
    sort: Mapped[int | None] = col(
        label=_("Place in the list"), help=_("The codes stand at 10, 20, 30 and so on."), low=0, high=100_000
    )
    active: Mapped[bool] = col(label=_("May be chosen"), default=True)
    valid_from: Mapped[date | None] = col(label=_("First day"))
    valid_to: Mapped[date | None] = col(
        label=_("Last day"), help=_("After it the code is offered no more. Old records keep showing it.")
    )

    def faults(self, session: Session) -> Iterator[Fault]:
        """A code of the office's own goes into an open list only, and has a word; none is renamed or said twice."""
        if not CODE.fullmatch(self.code or "") and not self._is_declared:
            yield Fault(_("Use small letters, digits and _ only (for example night_shift)."), "code")
        choices = find_list(self.list)
        if choices is None:
            yield Fault(_("This list is not the office's to change."), "list")
        elif not self._is_declared and not issubclass(choices, OpenChoice):
            yield Fault(_("The program acts on the codes of this list; none can be added."), "code")
        if not self._is_declared and not self.ja:
            yield Fault(_("A new code needs its word in Japanese."), "ja")
        for name in ("list", "code"):
            if self.id and sa.inspect(self).attrs[name].history.deleted:
                yield Fault(_("A code stays as it is. Retire it and add another one."), name)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield Fault(_("The last day is before the first. Check both dates."), "valid_to")
        yield from self._taken(session)

    @property
    def _is_declared(self) -> bool:
        choices = find_list(self.list)
        return choices is not None and self.code in as_declared(choices)

    def _taken(self, session: Session) -> Iterator[Fault]:
        table = OfficeChoice.__table__
        same = sa.select(table.c.id).where(
            table.c.list == self.list, table.c.code == self.code, table.c.id != (self.id or 0)
        )
        with session.no_autoflush:
            if session.scalar(same.limit(1)) is not None:
                yield Fault(_("This code has been changed already. Edit that row."), "code")

    def keeps(self, session: Session) -> LazyString | str | None:
        """A code of the office's own that a record uses stays; it can be retired."""
        if self._is_declared or not (count := count_uses(session, self.list, self.code)):
            return None
        return ngettext(
            "%(num)d record uses this code. Give it a last day instead.",
            "%(num)d records use this code. Give it a last day instead.",
            count,
        )


def places_of(name: str) -> Iterator[tuple[type[Record], Field]]:
    """Yield where a list of the office is used; one that the program alone fills in is not the office's."""
    for mapper in Record.registry.mappers:
        if issubclass(mapper.class_, Record):
            for field in fields_of(mapper.class_).values():
                if field.choices is not None and list_name(field.choices) == name and _is_offices(field):
                    yield mapper.class_, field


def _is_offices(field: Field) -> bool:
    is_fixed = field.choices is ListName or (
        field.choices is not None and issubclass(field.choices, OpenChoice) and field.read_only
    )
    return not is_fixed


def find_list(name: str | None) -> type[Choice] | type[OpenChoice] | None:
    """Return the list of that name, if a table of the office uses it."""
    return next((field.choices for _model, field in places_of(name or "")), None)


def count_uses(session: Session, name: str, code: str) -> int:
    """Return how many records hold this code of the list."""
    count = 0
    for model, field in places_of(name):
        if field.kind == "codes":
            table = sa.inspect(model).relationships[f"{field.name}_links"].mapper.local_table
            held = sa.select(sa.func.count()).select_from(table).where(table.c.code == code)
        else:
            column = model.__table__.c[field.name]
            held = (
                sa.select(sa.func.count())
                .select_from(model.__table__)
                .where(sa.cast(column, sa.String) == code)
            )
        with session.no_autoflush:
            count += int(session.scalar(held) or 0)
    return count
