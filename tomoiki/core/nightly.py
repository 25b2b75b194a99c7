"""What the running server does every night: chores of the rooms, then the backup; made up for when a night was missed."""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tomoiki.core.backup_log import NIGHTLY, backup_notice, last_failure, last_good, logged, words_of
from tomoiki.core.backups import Busy, Made, one_at_a_time, write_backup
from tomoiki.core.database import db, in_write
from tomoiki.core.dates import in_tokyo
from tomoiki.core.instance import write_private
from tomoiki.core.notices import Notice, tell

log = logging.getLogger(__name__)
FIRST_LOOK, LOOK, AFTER_FAILURE = 30.0, 60.0, 3600.0  # seconds
NAME = "tomoiki-{:%Y-%m-%d}.backup"
PASSPHRASE = "backup-passphrase"  # noqa: S105 - the file's name
TIME, DAYS, MONTHS = "backup_time", "backup_days", "backup_months"  # settings


Chore = Callable[
    [Session, date], None
]  # what a room does in the night of a day; twice does no more than once


def install(app: Flask, told: frozenset[str], chores: Sequence[Chore] = ()) -> None:
    """Tell these roles how old the last backup is; let rooms have their chores done."""
    app.extensions["tomoiki_chores"] = chores
    tell(app, told, _notice)


def _notice(session: Session) -> Notice:
    found = backup_notice(last_good(session), last_failure(session), datetime.now(UTC))
    if is_passphrase_ours():
        words = _(
            "The passphrase of the nightly backups stands in the instance folder, in the file backup-passphrase. "
            "When you copy backups elsewhere, keep the passphrase as well, at another place: they open only with it."
        )
        return Notice(f"{found.text} {words}", found.is_warning)
    return found


# -- when, and which are kept (pure) -----------------------------------------------------------------------------------
def is_due(now: datetime, at: time, last: datetime | None) -> bool:
    """Tell whether no backup was made since the last time that it was `at` in Tokyo."""
    here = in_tokyo(now)
    turn = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if turn > here:
        turn -= timedelta(days=1)
    return last is None or last < turn


def kept(days: Iterable[date], daily: int, monthly: int) -> frozenset[date]:
    """Return which days' backups stay: the newest ones, and the first of each of the newest months."""
    newest_first = sorted(set(days), reverse=True)
    firsts = {(day.year, day.month): day for day in newest_first}
    return frozenset((*newest_first[:daily], *list(firsts.values())[:monthly]))


# -- the passphrase ----------------------------------------------------------------------------------------------------
def is_passphrase_ours() -> bool:
    """Tell whether the passphrase stands in the instance folder, not in the environment."""
    return not os.environ.get("TOMOIKI_BACKUP_PASSPHRASE")


def nightly_passphrase() -> str:
    """Return the passphrase of backups that nobody is asked for; make one when the office set none."""
    if given := os.environ.get("TOMOIKI_BACKUP_PASSPHRASE"):
        return given
    path = Path(current_app.instance_path) / PASSPHRASE
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").rstrip("\r\n")


def set_passphrase(passphrase: str) -> Path:
    """Keep the passphrase that the office chose; nightly backups from now on open with it."""
    path = Path(current_app.instance_path) / PASSPHRASE
    new = path.with_name(f"{PASSPHRASE}.new")
    new.unlink(missing_ok=True)
    write_private(new, passphrase)
    return new.replace(path)


# -- the chores --------------------------------------------------------------------------------------------------------
def do_chores(now: datetime, last: datetime | None) -> datetime | None:
    """Do what rooms want done every night, unless it was done since; return when that was."""
    at = time.fromisoformat(_setting(TIME))
    db.session.remove()
    if not is_due(now, at, last):
        return last
    chores: Sequence[Chore] = current_app.extensions["tomoiki_chores"]
    for chore in chores:
        in_write(partial(chore, db.session(), in_tokyo(now).date()))
        db.session.remove()
    return now


# -- making it ---------------------------------------------------------------------------------------------------------
def backups_folder() -> Path:
    """Return the folder of backups in the instance, made when absent."""
    folder = Path(current_app.instance_path) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def make_if_due(now: datetime) -> Made | None:
    """Make the night's backup unless it is there or another process is at it; let go of those kept no longer."""
    if not _is_due(now):
        return None
    with suppress(Busy), one_at_a_time("nightly-lock"):
        if not _is_due(now):  # another process was quicker
            return None
        path = backups_folder() / NAME.format(in_tokyo(now))
        made = logged(NIGHTLY, now, path, lambda: write_backup(path, nightly_passphrase(), replace=True))
        _clear_away(path.parent, int(_setting(DAYS)), int(_setting(MONTHS)))
        return made
    return None


def _is_due(now: datetime) -> bool:
    last = last_good(db.session(), NIGHTLY)
    at = time.fromisoformat(_setting(TIME))
    db.session.remove()
    return is_due(now, at, last.at if last else None)


def _setting(key: str) -> str:
    return str(current_app.extensions["tomoiki_setting"](db.session(), key))


def _clear_away(folder: Path, daily: int, monthly: int) -> None:
    found = {day: path for path in folder.iterdir() if (day := _day_of(path.name))}
    stays = kept(found, daily, monthly)
    for day, path in found.items():
        if day not in stays:
            path.unlink(missing_ok=True)


def _day_of(name: str) -> date | None:
    found = re.fullmatch(r"tomoiki-(\d{4}-\d{2}-\d{2})\.backup", name)
    return date.fromisoformat(found[1]) if found else None


# -- in the running server ---------------------------------------------------------------------------------------------
@contextmanager
def nightly(app: Flask) -> Iterator[None]:
    """While the server runs, look every minute whether a backup is due: a computer that slept wakes up late."""
    over = threading.Event()
    threading.Thread(target=_watch, args=(app, over), name="nightly backup", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(app: Flask, over: threading.Event) -> None:
    pause, tidied = FIRST_LOOK, None
    while not over.wait(pause):
        pause = LOOK
        try:
            with app.app_context():
                tidied = do_chores(datetime.now(UTC), tidied)
                make_if_due(datetime.now(UTC))
        except Exception as fault:  # whatever it was: the next try is in an hour, and the page says so
            log.error("The nightly work failed: %s", words_of(fault))  # noqa: TRY400 - a trace may hold data
            pause = AFTER_FAILURE
