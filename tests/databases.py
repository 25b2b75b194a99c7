"""The databases that tests run on: a template made once, and copied for each test."""

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests import postgresql
from tomoiki.accounts.models import Role, Setting, User
from tomoiki.accounts.settings import SettingKey
from tomoiki.core import search
from tomoiki.core.database import Base
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


class PostgreSQL:
    """A database of a server, made from a template database."""

    kind = "postgresql"

    def __init__(self, server: sa.URL, name: str) -> None:
        self._template, self._name = f"{name}_template", name
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self.url = server.set(database=name).render_as_string(hide_password=False)
        self._create(self._template, "template1")
        seed(server.set(database=self._template).render_as_string(hide_password=False))

    def restore(self) -> None:
        self._create(self._name, self._template)

    def empty(self) -> None:
        self._create(self._name, "template1")

    def _create(self, name: str, template: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")

    def drop(self) -> None:
        """Leave nothing behind on a server that is not ours."""
        with self._admin.connect() as connection:
            for name in (self._name, self._template):
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def running_postgresql(name: str) -> Iterator[PostgreSQL]:
    """Start a server, make the template, and clean up."""
    with postgresql.server() as url:
        store = PostgreSQL(url, name)
        yield store
        store.drop()


def load_models() -> None:
    """Make every table known, also of rooms that no test of this run imports."""
    for module in ("core.history", "core.backup_log", "core.sent_forms", "accounts.throttle"):
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
