"""Backup: database and keys in one sealed file, opened again and checked before it counts; and the way back.

What the file holds: the length of a description, the description (when, schema, rows of each table, keys), then the
database as SQLite keeps it, all compressed.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from flask import current_app

from tomoiki.core import instance, schema, snapshots
from tomoiki.core.database import db
from tomoiki.core.sealing import BackupFault, Damaged, FromNewer, seal, unseal

READ = 2**20
WORKSHOP = "backup-work-"  # folders of copies in the making, which a killed process leaves behind


class Exists(BackupFault):
    """A file of that name is there already."""


class Busy(BackupFault):
    """Somebody else is at it."""

    words = "Another backup is being made. Try again in a minute."


class HasData(BackupFault):
    """The instance is in use; a restored one would take its place."""

    words = (
        "This instance holds data, and nothing was changed. Restore into a new one: set TOMOIKI_INSTANCE to "
        "another folder (and DATABASE_URL, if you use it, to an empty database)."
    )


class OtherKeys(BackupFault):
    """The environment gives another key than the backup's."""


@dataclass(frozen=True)
class Described:
    """What stands before the database in a backup."""

    made_at: str
    revision: str | None
    rows: Mapping[str, int]
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    bytes: int
    seconds: float
    rows: int


# -- there -------------------------------------------------------------------------------------------------------------
def write_backup(path: Path, passphrase: str, *, replace: bool = False, wait: float = 60) -> Made:
    """Write the backup and open it again; the file has its name (mode 0600) only when it was found whole."""
    began = time.monotonic()
    _refuse_existing(path, replace)
    with one_at_a_time(wait=wait), _workshop() as folder:
        copy = folder / "copy.db"
        rows = snapshots.copy_database(copy)
        described = Described(
            datetime.now(UTC).isoformat(), snapshots.revision_of(copy), rows, instance.keys(current_app)
        )
        with _part_of(path) as part:
            _write(part, _packed(described, copy), passphrase)
            copy.unlink()
            read_backup(part, passphrase, folder / "check.db")
            _refuse_existing(path, replace)
            part.replace(path)
    return Made(path, path.stat().st_size, time.monotonic() - began, sum(rows.values()))


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """Name the unfinished file beside the finished one, and leave none behind."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _refuse_existing(path: Path, replace: bool) -> None:
    if path.exists() and not replace:
        raise Exists(f"{path} is there already. Give another name, or --force to replace it.")


def _write(path: Path, parts: Iterable[bytes], passphrase: str) -> None:
    path.unlink(missing_ok=True)  # of one that was killed
    with _new_file(path) as file:
        seal(parts, file, passphrase)
        file.flush()
        os.fsync(file.fileno())


def _packed(described: Described, database: Path) -> Iterator[bytes]:
    press = zlib.compressobj(level=1)
    description = json.dumps(asdict(described)).encode()
    yield press.compress(len(description).to_bytes(4, "big") + description)
    with database.open("rb") as file:
        while part := file.read(READ):
            yield press.compress(part)
    yield press.flush()


@contextmanager
def _workshop() -> Iterator[Path]:
    """Make a folder beside the data for copies in the making; clear away what a killed process left."""
    home = Path(current_app.instance_path)
    for left in home.glob(f"{WORKSHOP}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_at_a_time(name: str = "backup-lock", wait: float = 0) -> Iterator[None]:
    """Keep other processes of this instance, and other hosts of this PostgreSQL, from doing the same; raise Busy."""
    with ExitStack() as until_done:
        path = Path(current_app.instance_path) / name
        lock = until_done.enter_context(closing(sqlite3.connect(path, timeout=wait, isolation_level=None)))
        try:
            lock.execute("BEGIN EXCLUSIVE")  # a lock that ends with its process, on Windows too
        except sqlite3.OperationalError:
            raise Busy from None
        if db.engine.dialect.name == "postgresql":
            connection = until_done.enter_context(db.engine.connect())
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(zlib.crc32(name.encode())))):
                raise Busy
        yield


# -- and back ----------------------------------------------------------------------------------------------------------
def read_backup(path: Path, passphrase: str, database: Path) -> Described:
    """Open the whole file, put its database into a new file, check that, and return what stands before it."""
    with path.open("rb") as file, _new_file(database) as target:
        described = _unpack(_pressed_out(unseal(file, passphrase)), target)
    snapshots.verify(database, described.rows)
    return described


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file


def _pressed_out(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts decompressed, never much at once: empty pages press a thousand to one."""
    press = zlib.decompressobj()
    for part in parts:
        waiting = part
        while waiting:
            yield press.decompress(waiting, READ)
            waiting = press.unconsumed_tail
    yield press.flush()
    if not press.eof:
        raise Damaged


def _unpack(parts: Iterator[bytes], target: BinaryIO) -> Described:
    begun = b""
    while len(begun) < 4 or len(begun) < 4 + int.from_bytes(begun[:4], "big"):  # noqa: PLR2004 - the length's own
        begun += next(parts)
    end = 4 + int.from_bytes(begun[:4], "big")
    target.write(begun[end:])
    target.writelines(parts)
    return Described(**json.loads(begun[4:end]))


def refuse_data() -> None:
    """Raise HasData unless this instance is new: nobody can log in, and its tables, if any, are ours."""
    revision, tables = schema.revision_and_tables()
    if not tables:
        return
    if revision is None or not schema.is_known(revision):
        raise HasData
    with db.engine.connect() as connection:
        if connection.exec_driver_sql('SELECT 1 FROM "user" LIMIT 1').first():
            raise HasData


def restore(path: Path, passphrase: str) -> Described:
    """Put a backup's database and keys into this new instance; until all is found good, nothing changes."""
    refuse_data()
    with one_at_a_time(), _workshop() as folder:
        copy = folder / "restored.db"
        described = read_backup(path, passphrase, copy)
        if not schema.is_known(described.revision):
            raise FromNewer
        if names := instance.keys_set_otherwise(described.keys):
            raise OtherKeys(
                f"{names[0]} of the environment is not the backup's. Unset it, then restore again."
            )
        schema.migrate_file(copy)
        if db.engine.dialect.name == "postgresql":
            schema.upgrade()
        instance.keep_keys(current_app, described.keys)
        snapshots.put_in_place(copy)
    return described
