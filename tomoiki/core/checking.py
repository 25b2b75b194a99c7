"""`flask check`: is everything as it should be? Reads in one transaction, while people work; changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import string
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from tomoiki.core import schema, search
from tomoiki.core.attachments import Attachment, Content
from tomoiki.core.database import Base, EncryptedText, Unreadable, db, decrypt, in_write
from tomoiki.core.history import ChangeLog
from tomoiki.core.nightly import PASSPHRASE
from tomoiki.core.records import Counter, Record, record_models
from tomoiki.core.search import STREAM

SHOWN = 20  # ids of one finding


@dataclass(frozen=True)
class Finding:
    """What is wrong, in which table or file, how often, and the first ids."""

    check: str
    where: str
    what: str
    count: int = 1
    ids: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return it in a line."""
        ids = ", ".join(map(str, self.ids)) + (" …" if self.count > len(self.ids) else "")
        return f"{self.check}: {self.where}: {self.what}" + (f" ({self.count:,}: {ids})" if self.ids else "")


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(check)
    app.cli.add_command(reindex)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def check(as_json: bool) -> None:
    """Check configuration, schema, foreign keys, encrypted fields, search index, sums, numbers and history."""
    began = time.monotonic()
    try:
        findings = list(find())
    except sa.exc.OperationalError as error:
        raise click.ClickException(
            f"The database cannot be read: {str(error.orig).splitlines()[0]}"
        ) from None
    report(findings, as_json=as_json, seconds=time.monotonic() - began)


@click.command()
@with_appcontext
def reindex() -> None:
    """Write the search index anew from the records, in one transaction: for what `check` finds out of step."""
    if schema.revision_and_tables()[0] != schema.head():
        raise click.ClickException(
            "The database is not at this program's schema. Run: flask --app app db upgrade"
        )
    began = time.monotonic()
    count = in_write(lambda: search.rebuild(db.session.connection()))
    click.echo(f"Indexed: {count:,} records in {time.monotonic() - began:.1f} s.")


def report(findings: list[Finding], *, as_json: bool = False, seconds: float = 0) -> None:
    """Print what was found; end with failure if that is anything."""
    if as_json:
        found = {
            "ok": not findings,
            "seconds": round(seconds, 1),
            "findings": [asdict(item) for item in findings],
        }
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"Findings: {len(findings)}." if findings else "Checked: everything is as it should be.")
    if findings:
        raise click.exceptions.Exit(1)


def find() -> Iterator[Finding]:
    """Yield everything that is not as it should be; with another schema than ours only that."""
    yield from _configuration()
    with _reading() as connection:
        astray = list(_schema(connection))
        yield from astray
        if not astray:
            for part in (_file, _foreign_keys, _secrets, _attachments, _index, _ties, _numbers, _history):
                yield from part(connection)


@contextmanager
def _reading() -> Iterator[Connection]:
    """Read everything as it stood at one moment."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _gathered(check: str, where: str, what: str, ids: Iterable[int]) -> Iterator[Finding]:
    """Yield one finding for any number of ids."""
    shown: list[int] = []
    count = 0
    for count, found in enumerate(ids, start=1):
        if count <= SHOWN:
            shown.append(found)
    if count:
        yield Finding(check, where, what, count, tuple(shown))


def _ids(connection: Connection, statement: sa.Executable) -> Iterator[int]:
    return (row[0] for row in connection.execute(statement, execution_options=STREAM))


# -- configuration and schema ------------------------------------------------------------------------------------------
def _configuration() -> Iterator[Finding]:
    folder = Path(current_app.instance_path)
    for name in ("secret_key", "tomoiki_data_key", PASSPHRASE):
        path = folder / name
        if path.exists() and _is_open_to_others(path):
            yield Finding("configuration", name, f"others can read it. Run: chmod 600 {path}")
    database = Path(db.engine.url.database or "") if db.engine.dialect.name == "sqlite" else None
    if database and database.exists() and all(map(_is_open_to_others, (database, database.parent))):
        yield Finding("configuration", database.name, f"others can read it. Run: chmod 700 {database.parent}")


def _is_open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _schema(connection: Connection) -> Iterator[Finding]:
    current, wanted = schema.revision_and_tables()[0], schema.head()
    if current != wanted:
        what = f"stands at {current or 'nothing'}, not at {wanted}. Run: flask --app app db upgrade"
        yield Finding("schema", "database", what)
        return
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see schema.py
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    options = {"compare_type": True, "include_name": schema.is_ours}
    context = MigrationContext.configure(connection, opts=options)
    for difference in compare_metadata(context, Base.metadata):
        yield Finding("schema", "database", f"differs from the program: {_in_words(difference)}")


def _in_words(difference: object) -> str:
    """Return one of Alembic's differences by kind and names."""
    parts = difference if isinstance(difference, list | tuple) else (difference,)
    inner = parts[0] if isinstance(parts[0], tuple) else parts
    names = (getattr(part, "name", part) for part in inner)
    return " ".join(str(name) for name in names if isinstance(name, str))


def _file(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    for (fault,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if fault != "ok":
            yield Finding("file", "database", fault)


# -- rows --------------------------------------------------------------------------------------------------------------
def _foreign_keys(connection: Connection) -> Iterator[Finding]:
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            far = key.column.table.alias("far")
            lost = (
                sa.select(next(iter(table.primary_key)))
                .outerjoin_from(table, far, key.parent == far.c[key.column.name])
                .where(key.parent.is_not(None), far.c[key.column.name].is_(None))
            )
            what = f"{key.parent.name} refers to what is gone"
            yield from _gathered("foreign keys", table.name, what, _ids(connection, lost))


def _secrets(connection: Connection) -> Iterator[Finding]:
    for model in record_models():
        columns = [column for column in model.__table__.c if isinstance(column.type, EncryptedText)]
        for column in columns:
            stored = sa.select(model.__table__.c.id, sa.type_coerce(column, sa.Text)).where(
                column.is_not(None)
            )
            rows = connection.execute(stored, execution_options=STREAM)
            shut = (row[0] for row in rows if not _opens(row[1]))
            yield from _gathered(
                "encrypted fields", model.__tablename__, f"{column.name} cannot be read", shut
            )
    diff = sa.cast(sa.type_coerce(ChangeLog.diff, sa.Text), sa.Text)
    logged = sa.select(ChangeLog.id, diff).where(diff.like('%"secret"%'))
    rows = connection.execute(logged, execution_options=STREAM)
    shut = (key for key, text in rows if not all(map(_opens, _SECRET.findall(text))))
    yield from _gathered("encrypted fields", "change_log", "a logged value cannot be read", shut)


def _attachments(connection: Connection) -> Iterator[Finding]:
    """Each file has its bytes, and they are those that were kept; one at a time, for they are large."""
    file = Attachment.__table__.c
    ids = list(connection.execute(sa.select(file.id, file.sha256).order_by(file.id)))
    wrong = [key for key, fingerprint in ids if _fingerprint(connection, key) != fingerprint]
    yield from _gathered("files", Attachment.__tablename__, "cannot be read, or is not what was kept", wrong)


def _fingerprint(connection: Connection, key: int) -> str | None:
    content = Content.__table__.c
    try:
        data = connection.scalar(sa.select(content.data).where(content.id == key))
    except Unreadable:
        return None
    return None if data is None else hashlib.sha256(data).hexdigest()


_SECRET = re.compile(r'\{"secret": ?"([^"]+)"\}')


def _opens(token: str) -> bool:
    try:
        decrypt(token)
    except Unreadable:
        return False
    return True


def _index(connection: Connection) -> Iterator[Finding]:
    for model in search.indexed_models():
        what = "not in step with the records"
        ids = search.out_of_step(connection, model)
        yield from _gathered("search index", model.__tablename__, what, ids)
    if count := search.count_of_nobody(connection):
        yield Finding("search index", "search_index", f"{count:,} rows belong to no table")


def _ties(connection: Connection) -> Iterator[Finding]:
    for model in record_models():
        for what, statement in model.untied():
            yield from _gathered("sums", model.__tablename__, what, _ids(connection, statement))


# -- numbers and history -----------------------------------------------------------------------------------------------
def _numbers(connection: Connection) -> Iterator[Finding]:
    """A counter that lags behind would give a number twice."""
    setting = current_app.extensions["tomoiki_setting"]
    last = {(row.series, row.year): row.last for row in connection.execute(sa.select(Counter.__table__))}
    for model in record_models():
        if rule := model.__numbering__:
            with Session(connection) as session:
                number = _pattern(setting(session, rule.setting))
            if rule.day and "FY" not in number.groupindex:
                continue  # the year does not show, so neither does the counter
            highest: dict[int, int] = {}
            column = model.__table__.c[rule.field]
            for (text,) in connection.execute(sa.select(column), execution_options=STREAM):
                if found := number.fullmatch(text):
                    year = int(found["FY"]) if rule.day else 0
                    highest[year] = max(highest.get(year, 0), int(found["seq"]))
            for year, seq in highest.items():
                counted = last.get((model.__tablename__, year), 0)
                if counted < seq:
                    what = f"number {seq} of {year or 'all years'} was given, but the counter stands at {counted}"
                    yield Finding("numbers", model.__tablename__, what)


def _pattern(number_format: str) -> re.Pattern[str]:
    """Return what reads a number back: `T{FY}-{seq:04d}` as T, year, hyphen, running number."""
    parts, known = [], set[str]()
    for words, name, *_ in string.Formatter().parse(number_format):
        parts.append(re.escape(words))
        if name:
            parts.append(f"(?P={name})" if name in known else f"(?P<{name}>[0-9]+)")
            known.add(name)
    return re.compile("".join(parts))


def _history(connection: Connection) -> Iterator[Finding]:
    """Every version of a record stands in the change log, and what was logged is there."""
    log = ChangeLog.__table__.c
    by_record = (log.entity, log.record_id)
    width = sa.func.max(log.version) - sa.func.min(log.version) + 1
    gaps = (
        sa.select(*by_record)
        .where(log.action != "delete")
        .group_by(*by_record)
        .having(width != sa.func.count(log.version.distinct()))
        .order_by(*by_record)
    )
    unlogged = {model.__tablename__ for model in record_models() if model.__unlogged__}
    rows = connection.execute(gaps, execution_options=STREAM)
    for entity, group in groupby(rows, key=lambda row: row[0]):
        if entity not in unlogged:
            ids = (row[1] for row in group)
            yield from _gathered("history", entity, "a version is missing in the change log", ids)
    for model in record_models():
        if model.__tablename__ not in unlogged:
            yield from _last_versions(connection, model)


def _last_versions(connection: Connection, model: type[Record]) -> Iterator[Finding]:
    log, table = ChangeLog.__table__.c, model.__table__
    newest = (
        sa.select(log.record_id, sa.func.max(log.id).label("id"))
        .where(log.entity == model.__tablename__)
        .group_by(log.record_id)
        .subquery()
    )
    joined = (
        sa.select(newest.c.record_id)
        .join_from(newest, ChangeLog.__table__, log.id == newest.c.id)
        .outerjoin(table, table.c.id == newest.c.record_id)
    )
    gone = joined.where(log.action != "delete", table.c.id.is_(None))
    yield from _gathered("history", model.__tablename__, "logged, but not there", _ids(connection, gone))
    differs = joined.where(log.action != "delete", table.c.version != log.version)
    yield from _gathered(
        "history", model.__tablename__, "version is not the last one logged", _ids(connection, differs)
    )
