"""The databases that tests run on: a template made once, and copied for each test."""

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection

from tests import postgresql
from tomoiki.accounts.models import Role, Setting, User
from tomoiki.accounts.settings import SettingKey
from tomoiki.core import search
from tomoiki.core.database import Base, db
from tomoiki.deadlines import deadline_rules, holidays
from tomoiki.deadlines.models import DeadlineRule, Holiday
from tomoiki.money.models import GENERAL, Fund

ROOMS = Path(__file__).parents[1] / "tomoiki"
PASSWORD = "correct horse battery"  # noqa: S105 - of each user in the template; its hash is as cheap as argon2 can be
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$nQ4C7fDDAYsdNcBXITm84A$vD0WPwVEJyBR2MNUS8HzGxPPfbBBJeu17GwXW1bnFjk"  # noqa: S105
)


class Store(Protocol):
    """One kind of database, with a template to copy."""

    kind: str
    url: str

    def restore(self) -> None:
        """Put the test's database back to the template."""

    def empty(self) -> None:
        """Leave the test a database without any table."""

    def keep(self, name: str) -> None:
        """Keep the test's database as it is under a name; nobody may be connected."""

    def take(self, name: str) -> bool:
        """Make the test's database a copy of what was kept under the name; return False if nothing was."""


class SQLite:
    """A file, copied."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template, self._path = folder / "template.db", folder / "test.db"
        self.url = f"sqlite:///{self._path}"
        seed(f"sqlite:///{self._template}")

    def restore(self) -> None:
        self.empty()
        shutil.copyfile(self._template, self._path)

    def empty(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def keep(self, name: str) -> None:
        shutil.copyfile(self._path, self._path.with_name(name))

    def take(self, name: str) -> bool:
        kept = self._path.with_name(name)
        if kept.exists():
            self.empty()
            shutil.copyfile(kept, self._path)
        return kept.exists()


class PostgreSQL:
    """A database of a server, made from a template database; only rows that changed are put back."""

    kind = "postgresql"

    def __init__(self, server: sa.URL, name: str) -> None:
        self._template, self._name = f"{name}_template", name
        self._kept: list[str] = []
        self._admin = _engine(server)
        self.url = server.set(database=name).render_as_string(hide_password=False)
        self._create(self._template, "template1")
        seed(server.set(database=self._template).render_as_string(hide_password=False))
        self._here = _engine(sa.make_url(self.url))
        self._create(self._name, self._template)
        with self._here.connect() as connection:
            self._seeded = _Seeded(connection)
        self._holds_tables = True

    def restore(self) -> None:
        if self._holds_tables:
            with self._here.connect() as connection:
                self._holds_tables = self._seeded.put_back(connection)
        if not self._holds_tables:
            self._create(self._name, self._template)
            self._holds_tables = True

    def empty(self) -> None:
        self._create(self._name, "template1")
        self._holds_tables = False

    def keep(self, name: str) -> None:
        self._create(self._kept_as(name), self._name)
        self._kept.append(self._kept_as(name))

    def take(self, name: str) -> bool:
        if self._kept_as(name) not in self._kept:
            return False
        self._create(self._name, self._kept_as(name))
        self._holds_tables = False  # those of the one who kept it
        return True

    def _kept_as(self, name: str) -> str:
        return f"{self._name}_{name}"

    def _create(self, name: str, template: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")

    def drop(self) -> None:
        """Leave nothing behind on a server that is not ours."""
        with self._admin.connect() as connection:
            for name in (self._name, self._template, *self._kept):
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


class _Seeded:
    """The rows of a seeded database, to put back into one whose tables are still the same: a tenth of a copy's time."""

    SCHEMA = """SELECT (SELECT sum(hashtext(a::text)) FROM pg_attribute a WHERE attrelid >= 16384),
        (SELECT sum(hashtext(i::text)) FROM pg_index i WHERE indexrelid >= 16384),
        (SELECT sum(hashtext(c::text)) FROM pg_constraint c WHERE oid >= 16384),
        (SELECT string_agg(t::text, '' ORDER BY oid) FROM pg_trigger t WHERE NOT tgisinternal)"""
    OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"

    def __init__(self, connection: Connection) -> None:
        self._schema = connection.exec_driver_sql(self.SCHEMA).one()
        tables = connection.exec_driver_sql(self.TABLES).scalars().all()
        self._sums_of = " UNION ALL ".join(
            f"SELECT '{name}', count(*), sum(hashtext(row::text)) FROM \"{name}\" row"  # noqa: S608 - our own names
            for name in tables
        )
        self._sums = set(self._ask_sums(connection))
        self._rows = {name: _copied(connection, name) for name in tables}
        self._sequences = "SELECT " + ", ".join(
            f"setval('{name}', {last or 1}, {last is not None})"
            for name, last in connection.exec_driver_sql(self.SEQUENCES)
        )

    def _ask_sums(self, connection: Connection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.exec_driver_sql(self._sums_of)]

    def put_back(self, connection: Connection) -> bool:
        """Return False, and change nothing, if the tables are no longer those that the rows are for."""
        connection.exec_driver_sql(self.OTHERS)
        if connection.exec_driver_sql(self.SCHEMA).one() != self._schema:
            return False
        connection.exec_driver_sql("SET session_replication_role = replica")  # in any order
        for name, *_ in set(self._ask_sums(connection)) - self._sums:
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608
            with connection.connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:  # type: ignore[attr-defined]
                copy.write(self._rows[name])
        connection.exec_driver_sql(self._sequences)
        return True


def _copied(connection: Connection, name: str) -> bytes:
    with connection.connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:  # type: ignore[attr-defined]
        return b"".join(bytes(block) for block in copy)


@contextmanager
def running_postgresql(name: str) -> Iterator[PostgreSQL]:
    """Start a server, make the template, and clean up."""
    with postgresql.server() as url:
        store = PostgreSQL(url, name)
        yield store
        store.drop()


def let_go(app: Flask) -> None:
    """Close every connection and forget what users saved, so that another copy can take the database's place."""
    if office := app.extensions.get("tomoiki_office"):
        office.saved.clear()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def load_models() -> None:
    """Make every table known, also of rooms that no test of this run imports."""
    for module in (
        "core.history",
        "core.backup_log",
        "core.sent_forms",
        "core.saved_views",
        "accounts.throttle",
    ):
        importlib.import_module(f"tomoiki.{module}")
    for models in (*sorted(ROOMS.glob("*/models.py")), *sorted(ROOMS.glob("money/*.py"))):
        importlib.import_module(f"tomoiki.{models.parent.name}.{models.stem}")


def seed(url: str) -> None:
    """Create what the migrations create, and one user per role."""
    load_models()
    engine = sa.create_engine(url)
    with engine.connect().execution_options(write=True) as connection:
        Base.metadata.create_all(connection)
        create_index(connection)
        _insert_rows(connection)
        connection.commit()
    engine.dispose()


def create_index(connection: Connection) -> None:
    """Create the search index, which no model describes."""
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in (search.CREATE_SQLITE,) if is_sqlite else search.CREATE_POSTGRESQL:
        connection.exec_driver_sql(statement)


def _insert_rows(connection: Connection) -> None:
    now = datetime.now(UTC)
    fresh = {"created_at": now, "updated_at": now, "version": 1}
    connection.execute(sa.insert(Fund), [fresh | {"code": GENERAL, "name": "一般", "kind": "general"}])
    connection.execute(sa.insert(Setting), [fresh | {"key": key.value} for key in SettingKey])
    connection.execute(sa.insert(DeadlineRule), [fresh | row for row in deadline_rules.seed_rows()])
    connection.execute(sa.insert(Holiday), [fresh | row for row in holidays.seed_rows()])
    people = [fresh | _user(role) for role in Role]
    connection.execute(sa.insert(User), people)
    links = Base.metadata.tables["user_role"]
    roles = [{"user_id": number, "code": role.value} for number, role in enumerate(Role, start=1)]
    connection.execute(sa.insert(links), roles)
    for model in (Fund, User, DeadlineRule, Holiday):
        search.index_records(connection, model)


def _user(role: Role) -> dict[str, object]:
    return {
        "email": f"{role.value}@example.org",
        "name": role.value.title(),
        "password": PASSWORD_HASH,
        "fs_uniquifier": f"{role.value:0>32}",
    }


class Queries:
    """The statements sent to the database since the test began, or since `clear()`."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def note(self, *arguments: Any) -> None:
        self.statements.append(arguments[2])

    def clear(self) -> None:
        self.statements.clear()

    @property
    def selects(self) -> list[str]:
        """Only what reads: neither BEGIN nor what saves."""
        return [
            statement
            for statement in self.statements
            if statement.lstrip("( \n").startswith(("SELECT", "WITH"))
        ]
