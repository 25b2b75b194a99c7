"""The database: one declarative base, SQLite events, the writers' lock, and our column types."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from tomoiki.core.vocabulary import Choice

T = TypeVar("T")
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=60000", "synchronous=NORMAL")


class Unreadable(Exception):  # noqa: N818 - named after the fact
    """An encrypted value cannot be opened with the keys at hand."""


class EncryptedText(TypeDecorator[str]):
    """Text that lies encrypted in the database (S2 fields); the keys stand outside it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out; raise Unreadable when no key fits."""
        return None if value is None else decrypt(value)


def encrypt(text: str) -> str:
    """Return the text as a Fernet token under the newest data key."""
    return encrypt_bytes(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of a token; raise Unreadable when no key opens it."""
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    """Return the bytes as a Fernet token under the newest data key."""
    return _cipher().encrypt(data)


def decrypt_bytes(token: bytes) -> bytes:
    """Return the bytes of a token; raise Unreadable when no key opens it."""
    try:
        return _cipher().decrypt(token)
    except InvalidToken:
        raise Unreadable from None


def _cipher() -> MultiFernet:
    cipher: MultiFernet = current_app.extensions["tomoiki_cipher"]
    return cipher


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps no zone, so it is taken off and put back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive moment is a fault of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables stand on this; constraint names are derived, so that migrations can address them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def choice_type(choices: type[Choice]) -> sa.Enum:
    """Return VARCHAR + CHECK holding the codes of a closed list, alike on both databases."""
    return sa.Enum(
        choices,
        name=choices.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=30,
    )


@event.listens_for(Engine, "do_connect")
def _make_private(dialect: Any, record: object, arguments: Any, options: object) -> None:
    """A new database file is its owner's alone; SQLite gives its journals the same mode."""
    path = arguments[0] if dialect.name == "sqlite" and arguments else ""
    if isinstance(path, str) and path and not path.startswith((":", "file:")) and not Path(path).exists():
        with suppress(OSError):  # SQLite says in its own words what is wrong with the place
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # the driver sends no BEGIN of its own; _begin does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_writer = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN DEFERRED")


def begin_write(session: Session | None = None) -> None:
    """Take SQLite's one write lock up front, so that no reader has to be promoted ("database is locked").

    Ends the read transaction that loading the user opened: objects read before are expired.
    """
    session = session or db.session()
    if session.in_transaction():
        session.rollback()
    session.connection(execution_options={"write": True})


def in_write(work: Callable[[], T]) -> T:
    """Do the work in one write transaction of the request's session and commit it."""
    begin_write()
    try:
        result = work()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return result
