"""The tables user, invitation, login_failure and setting."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security import UserMixin
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column

from tomoiki.accounts.settings import SettingKey, fault_of
from tomoiki.core import formats
from tomoiki.core.database import Base, Moment
from tomoiki.core.fields import codes, col
from tomoiki.core.records import Fault, Record
from tomoiki.core.vocabulary import Choice


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

    def faults(self, session: Session) -> Iterator[Fault]:
        """Check the value as its setting wants it."""
        if fault := fault_of(self.key, self.value):
            yield Fault(fault, "value")
