"""What an administrator does with users: add one, give a password, take a lost second factor off."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from sqlalchemy.orm import Session

from tomoiki.accounts.models import Interface, Role, User
from tomoiki.core.identifiers import read_email
from tomoiki.core.names import read_name
from tomoiki.core.reading import BadInput
from tomoiki.core.vocabulary import find_choice

PASSWORD_LENGTH = 12
PASSWORD_MOST = 128  # hashing a whole book would keep the server busy


class EmailTaken(BadInput):
    """Somebody has this address already."""

    def __init__(self) -> None:
        super().__init__(_("There is a user with this address already."))


class UnknownRole(BadInput):
    """No role has this code, or none was given."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one role."))


class PasswordRefused(BadInput):
    """The password is too short or too long."""


def password_fault(password: str) -> LazyString | None:
    """Say what is wrong with a new password, or return None."""
    if len(password) < PASSWORD_LENGTH:
        return _("The password needs at least %(least)s characters.", least=PASSWORD_LENGTH)
    if len(password) > PASSWORD_MOST:
        return _("The password may have %(most)s characters.", most=PASSWORD_MOST)
    return None


def add_user(  # noqa: PLR0913, PLR0917 - each is a fact of the new user
    session: Session,
    email: str,
    name: str,
    roles: Iterable[str],
    password: str | None = None,
    language: str = "ja",
) -> User:
    """Add a user; without a password she is invited. Raise a BadInput that says what cannot be taken."""
    address = read_email(email).value.lower()
    if session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == address)):
        raise EmailTaken
    codes = sorted(set(roles))
    if not codes or not all(find_choice(Role, code) for code in codes):
        raise UnknownRole
    user = User(email=address, name=read_name(name).value, roles=codes)
    user.language = Interface[language]
    if password is not None:
        set_password(session, user, password)
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, user: User, password: str) -> None:
    """Give a user a new password and end all her sessions; raise PasswordRefused for a bad one."""
    if fault := password_fault(password):
        raise PasswordRefused(fault)
    normalise = current_app.extensions["security"].password_util.normalize  # as log-in will do
    user.password = hash_password(normalise(password))
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Make every session cookie of this user worthless."""
    user.fs_uniquifier = secrets.token_hex(16)


def reset_second_factor(session: Session, user: User) -> None:
    """Take off the second factor of somebody who lost her phone; she may switch it on again."""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    session.flush()
