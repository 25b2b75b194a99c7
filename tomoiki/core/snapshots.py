"""The whole database as one SQLite file, and back: whichever database the office uses, its copy is of one kind.

SQLite copies itself page by page while others write. From PostgreSQL rows are read in one REPEATABLE READ transaction
into a file that our own migrations made; values travel as the text that both databases store.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tomoiki.core import schema
from tomoiki.core.database import Base, db
from tomoiki.core.sealing import BackupFault
from tomoiki.core.search import CREATE_POSTGRESQL, INDEX

BATCH = 2000
LARGE = "bytea"  # files: one row at a time
# PostgreSQL's types whose values SQLite keeps in another form (SQLAlchemy's), and how they are read.
_READ = {
    "timestamp with time zone": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "date": "to_char({}, 'YYYY-MM-DD')",
    "boolean": "CAST({} AS integer)",
    "json": "CAST({} AS text)",
    "tsvector": "array_to_string(tsvector_to_array({}), ' ')",
}


class Unsound(BackupFault):
    """The database, or the copy of it, is not what it should be."""

    def __str__(self) -> str:
        """Say in what."""
        return f"The database is damaged: {super().__str__()}. Run: flask --app app check"


class InUse(BackupFault):
    """Somebody has the database open."""

    words = "This instance is running. Stop it first."


def copy_database(target: Path) -> Mapping[str, int]:
    """Copy the database into a new file (mode 0600) and return how many rows each table has there."""
    target.touch(mode=0o600)
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as source, closing(sqlite3.connect(target)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]  # SQLite's own
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without its -wal
            return count_rows(copy)
    return _copy_postgresql(target)


def count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {
        name: connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608 - names of the database's own
        for name in _tables(connection)
    }


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables without those that the search index keeps inside."""
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in named if not name.startswith((f"{INDEX}_", "sqlite_"))]


def verify(path: Path, rows: Mapping[str, int]) -> None:
    """Raise Unsound unless the file is whole, refers to nothing that is gone, and has all these rows."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        try:
            faults = [fault for (fault,) in copy.execute("PRAGMA integrity_check")]
            dangling = sorted({row[0] for row in copy.execute("PRAGMA foreign_key_check")})
            found = count_rows(copy)
        except sqlite3.DatabaseError as error:
            raise Unsound(str(error)) from None
    if faults != ["ok"]:
        raise Unsound(faults[0])
    if dangling:
        raise Unsound(f"rows refer to what is gone, in {', '.join(dangling)}")
    if found != dict(rows):
        raise Unsound("rows are missing")


def revision_of(path: Path) -> str | None:
    """Return the revision of the database in a file."""
    with closing(sqlite3.connect(path)) as connection:
        if "alembic_version" not in _tables(connection):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else None


def put_in_place(path: Path) -> None:
    """Let the file's rows (at this program's schema) be the database, in one step; what was there is gone."""
    if db.engine.dialect.name == "sqlite":
        _replace_file(path, Path(str(db.engine.url.database)))
    else:
        _fill_postgresql(path)


def _replace_file(path: Path, target: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    if target.exists():
        with closing(sqlite3.connect(target, timeout=1)) as old:
            try:
                old.execute("PRAGMA journal_mode=DELETE")  # fails while anybody else has it open
            except sqlite3.OperationalError:
                raise InUse from None
    for suffix in ("-wal", "-shm"):  # the remains of another database would be taken for this one's
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    path.replace(target)


# -- PostgreSQL --------------------------------------------------------------------------------------------------------
def _copy_postgresql(target: Path) -> Mapping[str, int]:
    with _reading() as connection:
        revision = _revision(connection)
        if not schema.is_known(revision):
            raise BackupFault(f"The database comes from a newer tomoiki (schema {revision}). Use that one.")
        schema.migrate_file(target, revision)
        columns = _columns(connection)
        with closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
            for table in _tables(copy):
                if table != "alembic_version":
                    _copy_table(connection, copy, table, columns[table])
            copy.commit()
            return {table: _count(connection, table) for table in _tables(copy)}


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {_quoted(table)}").scalar_one())  # noqa: S608


@contextmanager
def _reading() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def _revision(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _columns(connection: Connection) -> dict[str, dict[str, str]]:
    """Return the types of the columns of each table, but for what the database reckons itself."""
    known = connection.exec_driver_sql(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in known:
        found.setdefault(table, {})[column] = kind
    return found


def _copy_table(
    connection: Connection, copy: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> None:
    values = ", ".join(_READ.get(kind, "{}").format(_quoted(name)) for name, kind in columns.items())
    names = ", ".join("rowid" if (table, name) == (INDEX, "id") else _quoted(name) for name in columns)
    marks = ", ".join("?" * len(columns))
    copy.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - what the migrations put there
    insert = f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})"  # noqa: S608
    with connection.connection.driver_connection.cursor(name="copy") as cursor:  # type: ignore[union-attr]  # psycopg's
        cursor.execute(f"SELECT {values} FROM {_quoted(table)}")  # noqa: S608
        while rows := cursor.fetchmany(1 if LARGE in columns.values() else BATCH):
            copy.executemany(insert, rows)


def _fill_postgresql(path: Path) -> None:
    tables = [table.name for table in Base.metadata.sorted_tables]  # what is referred to comes first
    with db.engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        columns = _columns(connection)
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        connection.exec_driver_sql(f"TRUNCATE {', '.join(map(_quoted, [*tables, INDEX]))}")
        connection.exec_driver_sql(f"DROP INDEX ix_{INDEX}_body")  # built at once, not word by word
        for table in (*tables, INDEX):
            _fill_table(connection, copy, table, columns[table])
            if "id" in columns[table] and table != INDEX:
                _count_on(connection, table)
        connection.exec_driver_sql(CREATE_POSTGRESQL[1])
        connection.exec_driver_sql("ANALYZE")  # or the next questions would be planned for empty tables
        connection.commit()


def _fill_table(
    connection: Connection, copy: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> None:
    names = ", ".join(map(_quoted, columns))
    source = names.replace('"id"', "rowid") if table == INDEX else names
    rows: Iterable[Any] = copy.execute(f"SELECT {source} FROM {_quoted(table)}")  # noqa: S608
    if table == INDEX:
        rows = ((key, _vector(body)) for key, body in rows)
    raw: Any = connection.connection.driver_connection
    # One statement for a table, so that a row may refer to one that comes after it.
    with raw.cursor() as cursor, cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)


def _vector(body: str) -> str:
    """Return tokens as PostgreSQL reads a tsvector."""
    return " ".join("'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in body.split())


def _count_on(connection: Connection, table: str) -> None:
    """Let the next id follow the last one."""
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(_quoted(table), "id")))
    if sequence:
        last = f"SELECT setval('{sequence}', coalesce(max(id), 1), max(id) IS NOT NULL) FROM {_quoted(table)}"  # noqa: S608
        connection.exec_driver_sql(last)


def _quoted(name: str) -> str:
    return f'"{name}"'
