"""Offices that a real browser can visit: the application behind the web server that the office runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask, abort
from waitress import create_server, wasyncore

from app import create_app
from tests.databases import PASSWORD_HASH
from tomoiki.accounts.settings import SettingKey
from tomoiki.accounts.setup import setup_address
from tomoiki.core.actors import SYSTEM, acting
from tomoiki.core.database import db, in_write
from tomoiki.core.serving import bring_up_to_date
from tomoiki.demo.office import build_office

CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


@dataclass(frozen=True)
class Office:
    """An application, where it answers, and the records that pages are shown of."""

    app: Flask
    address: str
    ids: dict[str, int] = field(default_factory=dict)

    def sql(self, statement: str, **values: object) -> list[Any]:
        """Ask or change the database behind the application's back."""
        with self.app.app_context(), db.engine.connect().execution_options(write=True) as connection:
            found = connection.execute(sa.text(statement), values)
            rows = list(found) if found.returns_rows else []
            connection.commit()
        return rows

    def setup_path(self) -> str:
        """Return the one-time address as the server prints it, without the host."""
        return f"/setup{(setup_address(self.app) or '').partition('/setup')[2]}"


@contextmanager
def fresh_office(folder: Path) -> Iterator[Office]:
    """An office right after `make run`: the schema, and nobody who could log in."""
    config = {
        "PROPAGATE_EXCEPTIONS": False,
        "SECRET_KEY": "not secret",
        "TOMOIKI_DATA_KEY": Fernet.generate_key().decode(),
        "TOMOIKI_INSTANCE": str(folder),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'tomoiki.db'}",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP,
    }
    app = create_app(config)
    app.add_url_rule(
        "/answer/<int:code>", "answer", abort
    )  # what goes wrong so seldom that no page leads there
    with app.app_context():
        bring_up_to_date(app)
    sockets: dict[int, Any] = {}

    def answer(environ: Any, start: Any) -> Any:
        # Of a file that is handed over and whose browser has gone, Waitress leaves the closing to Python.
        environ.pop("wsgi.file_wrapper")
        return app(environ, start)

    server = create_server(answer, map=sockets, host="127.0.0.1", port=0)
    answering = threading.Thread(target=server.run, daemon=True)
    answering.start()
    try:
        yield Office(app, f"http://127.0.0.1:{server.effective_port}")
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        answering.join()
        server.task_dispatcher.shutdown()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def demo_office(folder: Path, today: date) -> Iterator[Office]:
    """The same office with three made-up years, whose users share the tests' password."""
    with fresh_office(folder) as office:
        with office.app.app_context(), acting(SYSTEM):
            in_write(lambda: build_office(db.session(), today, lambda _: PASSWORD_HASH))
        office.sql("UPDATE setting SET value = '灯りの会' WHERE key = :key", key=SettingKey.org_name_ja.value)
        _hold_no_seminar(office)
        office.ids.update(_shown_records(office))
        yield office


def _hold_no_seminar(office: Office) -> None:
    """Leave one list empty."""
    office.sql("UPDATE event SET kind = 'exchange' WHERE kind = 'seminar'")


def _shown_records(office: Office) -> dict[str, int]:
    """Find records that have much to show, a secret case, and one that tests may change."""
    case, person = office.sql(
        "SELECT c.id, c.person_id FROM 'case' c JOIN activity a ON a.case_id = c.id"
        " WHERE c.status = 'active' AND c.confidential = 'normal' AND c.employer_id IS NOT NULL"
        " GROUP BY c.id ORDER BY count(*) DESC, c.id LIMIT 1"
    )[0]
    ways = {
        "clashing": "SELECT max(id) FROM 'case' WHERE status = 'active' AND confidential = 'normal'",
        "secret": "SELECT min(id) FROM 'case' WHERE confidential = 'secret'",
        "assigned": "SELECT min(s.case_id) FROM case_staff s JOIN 'case' c ON c.id = s.case_id"
        " WHERE s.role = 'interpreter' AND s.to_on IS NULL AND c.status = 'active'"
        " AND s.answer = 'accepted' AND c.confidential = 'normal'",
        "another": "SELECT max(id) FROM person WHERE full_name_vi IS NOT NULL",
        "session": "SELECT id FROM event WHERE kind = 'study' AND status = 'published' ORDER BY starts_at LIMIT 1",
        "draft": "SELECT min(id) FROM event WHERE kind = 'study' AND id NOT IN (SELECT event_id FROM registration)",
        "donor": "SELECT donor_id FROM donation WHERE donor_id IS NOT NULL"
        " GROUP BY donor_id ORDER BY count(*) DESC, donor_id LIMIT 1",
    }
    return {name: office.sql(way)[0][0] for name, way in ways.items()} | {"case": case, "person": person}
