"""The table backup_log, and what administrators are told of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, Session, mapped_column

from tomoiki.core.backups import Made
from tomoiki.core.database import Base, Moment, db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.notices import Notice
from tomoiki.core.sealing import BackupFault

TOO_OLD = timedelta(days=2)
NIGHTLY, BY_COMMAND = "nightly", "command"


class BackupLog(Base):
    """One backup that was made or failed."""

    __tablename__ = "backup_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    path: Mapped[str] = mapped_column(sa.String(300))
    bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    seconds: Mapped[float | None] = mapped_column(sa.Float)
    ok: Mapped[bool]
    message: Mapped[str | None] = mapped_column(sa.String(300))


def faults() -> tuple[type[Exception], ...]:
    """Return what is told in a line instead of a traceback; the driver in use has its own kind of error."""
    driver = db.engine.dialect.loaded_dbapi.Error
    return BackupFault, OSError, sqlite3.Error, sa.exc.SQLAlchemyError, driver


def logged(kind: str, at: datetime, path: Path, make: Callable[[], Made]) -> Made:
    """Make a backup and write down what came of it; a failure goes on to whoever asked."""
    try:
        made = make()
    except Exception as fault:
        with suppress(sa.exc.SQLAlchemyError):  # perhaps nothing can be written: the disk is full
            _write(at=at, kind=kind, path=str(path), ok=False, message=words_of(fault)[:300])
        raise
    _write(at=at, kind=kind, path=str(path), ok=True, bytes=made.bytes, seconds=made.seconds)
    return made


def _write(**values: Any) -> None:
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(sa.insert(BackupLog).values(values | {"path": values["path"][-300:]}))
        connection.commit()


def words_of(fault: BaseException) -> str:
    """Return a failure in one line, without values of the database."""
    if isinstance(fault, BackupFault):
        return str(fault)
    if isinstance(fault, OSError):
        return (
            f"{fault.strerror or type(fault).__name__}: {fault.filename}"
            if fault.filename
            else str(fault.strerror)
        )
    return (str(getattr(fault, "orig", fault)).splitlines() or [type(fault).__name__])[0]


def last_good(session: Session, kind: str | None = None) -> BackupLog | None:
    """Return the newest backup that succeeded."""
    rows = sa.select(BackupLog).where(BackupLog.ok).order_by(BackupLog.at.desc()).limit(1)
    return session.scalars(rows if kind is None else rows.where(BackupLog.kind == kind)).first()


def last_failure(session: Session) -> BackupLog | None:
    """Return the newest entry if it tells of a failure."""
    newest = session.scalars(
        sa.select(BackupLog).order_by(BackupLog.at.desc(), BackupLog.id.desc()).limit(1)
    ).first()
    return None if newest is None or newest.ok else newest


def backup_notice(good: BackupLog | None, failure: BackupLog | None, now: datetime) -> Notice:
    """Say how old and how large the last backup is; warn when it is older than two days or the last try failed."""
    if good is None:
        text, is_old = _("There is no backup yet."), True
    else:
        values = {"at": f"{in_tokyo(good.at):%Y-%m-%d %H:%M}", "size": readable_size(good.bytes or 0)}
        text, is_old = _("Last backup: %(at)s, %(size)s.", **values), now - good.at > TOO_OLD
        if is_old:
            text += " " + _("It is older than two days.")
    if failure is not None:
        text += " " + _("The last try failed: %(reason)s", reason=failure.message or "")
    return Notice(text, is_warning=is_old or failure is not None)


def readable_size(size: int) -> str:
    """Return bytes as people say them: 12.3 MB."""
    thousand = 1000.0
    value, unit = size / thousand, "kB"
    for larger in ("MB", "GB"):
        if value >= thousand:
            value, unit = value / thousand, larger
    return f"{value:,.1f} {unit}"
