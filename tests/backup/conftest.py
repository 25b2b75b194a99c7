"""An office with records of every kind, its commands, and all that its database holds."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask
from flask_babel import Babel

from tests.databases import Store, let_go
from tests.factories import a_case, a_donation, a_person
from tomoiki.core import schema, sealing
from tomoiki.core.actors import SYSTEM, acting
from tomoiki.core.database import Base, db, in_write
from tomoiki.core.saved_views import SavedView, keep_habit, keep_view
from tomoiki.core.search import INDEX
from tomoiki.demo.office import build_office

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - of these tests only
Run = Callable[..., Result]
Contents = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody guesses these, and a tenth of a second for each adds up."""
    monkeypatch.setattr(sealing, "_COST", (4, 8, 1))


@pytest.fixture
def office(make_app: Callable[..., Flask], database: Store) -> Flask:
    """A migrated database with made-up records of every kind, and some that were saved one by one."""
    if database.take("office"):
        return make_app()
    app = an_office(make_app, database)
    with app.app_context(), acting(SYSTEM):
        in_write(lambda: build_office(db.session(), date(2026, 6, 30), lambda word: word[::-1], 0.05))
        in_write(_save_some)
    let_go(app)
    database.keep("office")
    return app


def _save_some() -> None:
    secret = {"residence_card_no": "AB12345678CD", "safe_contact": "Chỉ nhắn tin 夜のみ '\\ \""}
    person = a_person(code="X-1", **secret)  # no number that the demo's counters give
    db.session.add_all([person, a_donation(number="X-1"), a_case(number="X-1", person=person)])
    view = SavedView(screen="cases", name="進行中", query="status=open", role="caseworker")
    keep_view(db.session(), view)
    keep_habit(db.session(), 1, "cases", view_id=view.id, per_page=100)


def an_office(make_app: Callable[..., Flask], database: Store, **config: Any) -> Flask:
    """Build an application on a database that has just been migrated."""
    database.empty()
    app = make_app(config)
    with app.app_context():
        schema.upgrade()
    return app


@pytest.fixture
def elsewhere(make_app: Callable[..., Flask], database: Store, tmp_path: Path) -> Callable[[], Flask]:
    """Destroy the database, then build an application with a folder and keys of its own on an empty one."""

    def build() -> Flask:
        database.empty()
        folder = tmp_path / "elsewhere"
        folder.mkdir(mode=0o700)
        keys = {"SECRET_KEY": "another", "TOMOIKI_DATA_KEY": Fernet.generate_key().decode()}
        return make_app({"TOMOIKI_INSTANCE": str(folder), **keys})

    return build


def run(app: Flask, *words: str | Path, passphrase: str = PASSPHRASE) -> Result:
    """Run a command that reads its passphrase from standard input."""
    asks = words[0] in ("backup", "restore", "backup-passphrase")
    more = ["--passphrase-stdin"] if asks else []
    result = app.test_cli_runner().invoke(args=[*map(str, words), *more], input=f"{passphrase}\n")
    let_go(app)
    return result


def contents(app: Flask) -> Contents:
    """Return every row of every table, as the program reads them; of the index the words."""
    with app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
        }
        found[INDEX] = _index(connection)
    let_go(app)
    return found


def _index(connection: sa.Connection) -> list[str]:
    is_sqlite = connection.dialect.name == "sqlite"
    body = "body" if is_sqlite else "array_to_string(tsvector_to_array(body), ' ')"
    rows = connection.execute(sa.text(f"SELECT {'rowid' if is_sqlite else 'id'}, {body} FROM {INDEX}"))  # noqa: S608
    return sorted(f"{key} {sorted(words.split())}" for key, words in rows)


def execute(app: Flask, *statements: str) -> None:
    """Run SQL past everything that would prevent it, foreign keys too."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            connection.detach()
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.detach()
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


@pytest.fixture
def in_english() -> Iterator[None]:
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.app_context():
        yield
