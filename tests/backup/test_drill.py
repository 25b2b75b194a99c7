"""The drill: backed up while people write, and killed while they save; nothing that was acknowledged is lost."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.backup.conftest import PASSPHRASE, contents, run
from tests.databases import PASSWORD, Store, let_go
from tests.engine.browsing import form_of
from tomoiki.core.database import db, in_write
from tomoiki.organisations.models import Organisation

PROJECT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TEST_KILLS") or 3)
ROWS = 1500  # of a file that is imported meanwhile: some two seconds of work
WRITERS = 3


# -- backed up under load ------------------------------------------------------------------------------------
class Writers:
    """Threads that save one organisation after another, each in its own transaction, and note what was committed."""

    def __init__(self, app: Flask) -> None:
        self.app, self.saved, self.over = app, Queue[str](), threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(at,)) for at in range(WRITERS)]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _write(self, at: int) -> None:
        count = 0
        while not self.over.is_set():
            name = f"株式会社{at}の{count}"
            with self.app.app_context():
                in_write(lambda name=name: db.session.add(Organisation(name=name)))
            self.saved.put(name)
            count += 1

    def take(self, count: int) -> set[str]:
        """Wait until so many more were saved and return their names."""
        return {self.saved.get(timeout=60) for _ in range(count)}


@pytest.mark.storage
def test_a_backup_under_write_load_is_the_office_at_one_moment(
    office: Flask, elsewhere: Callable[[], Flask], tmp_path: Path
) -> None:
    file = tmp_path / "office.backup"
    with Writers(office) as writers:
        before = writers.take(20)
        answer = office.test_cli_runner().invoke(
            args=["backup", str(file), "--passphrase-stdin"], input=f"{PASSPHRASE}\n"
        )
        writers.take(5)
    assert answer.exit_code == 0, answer.output
    let_go(office)
    after = contents(office)
    other = elsewhere()

    restored = run(other, "restore", file, passphrase=PASSPHRASE)

    assert restored.exit_code == 0, restored.output
    found = contents(other)
    assert before <= names(other)
    for table in found.keys() - {"counter", "backup_log"}:
        assert set(found[table]) <= set(after[table]), table  # they only added: each row as it still is
    assert len(found["organisation"]) < len(after["organisation"])


def names(app: Flask) -> set[str]:
    with app.app_context():
        found = set(db.session.scalars(sa.select(Organisation.name)))
    let_go(app)
    return found


# -- killed while people save --------------------------------------------------------------------------------
class _Stay(HTTPRedirectHandler):
    """A redirect is the answer we wait for, not a way to go."""

    def redirect_request(self, *arguments: object) -> None:
        return None


@dataclass
class Server:
    """The real program as a process of its own, and browsers that are logged in to it."""

    env: dict[str, str]
    port: int = 0
    acknowledged: Queue[str] = field(default_factory=Queue)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Start it; kill it without a word at the end of the block."""
        command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
        process = subprocess.Popen(  # noqa: S603 - our own words
            command, cwd=PROJECT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.fullmatch(r"http://127\.0\.0\.1:(\d+)\n", line):
                    self.port = int(found[1])
                    break
            yield process
        finally:
            process.kill()
            process.communicate()

    def command(self, *words: str, typed: str = "") -> str:
        """Run a command of the program and return what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "app", *words]
        ran = subprocess.run(  # noqa: S603 - our own words
            command, cwd=PROJECT, env=self.env, input=typed, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def importing(self, file: Path) -> subprocess.Popen[bytes]:
        """Begin to import a file in a process of its own."""
        command = [sys.executable, "-m", "flask", "--app", "app", "import", "organisations", str(file)]
        return subprocess.Popen(  # noqa: S603 - our own words
            command, cwd=PROJECT, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def get(self, browser: OpenerDirector, path: str) -> dict[str, str]:
        """Return what a page's form would send."""
        with browser.open(f"http://127.0.0.1:{self.port}{path}", timeout=60) as page:
            return form_of(SimpleNamespace(text=page.read().decode())).to_dict()  # type: ignore[arg-type]

    def post(self, browser: OpenerDirector, path: str, **values: str) -> int:
        """Send a form and return the code of the answer."""
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            with browser.open(url, urlencode(values).encode(), timeout=60) as page:
                return int(page.status)
        except URLError as answer:
            if (code := getattr(answer, "code", None)) is None:
                raise
            return int(code)

    def enter(self) -> OpenerDirector:
        """Return a browser that is logged in."""
        browser = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())
        fields = self.get(browser, "/login")
        code = self.post(browser, "/login", **(fields | {"email": "hoa@example.org", "password": PASSWORD}))
        assert code in (302, 303)
        return browser

    def save(self, browser: OpenerDirector, name: str) -> None:
        """Save organisations until the server is gone; note those that it acknowledged."""
        count = 0
        try:
            while True:
                path = "/organisations/new"
                fields = self.get(browser, path) | {"name": f"Office {name}-{count}"}
                assert self.post(browser, path, **fields) == 303
                self.acknowledged.put(fields["name"])
                count += 1
        except (OSError, HTTPException):  # killed, before its answer or in the middle of it
            return


@pytest.fixture
def server(database: Store, tmp_path: Path) -> Server:
    database.empty()
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    url = database.url if database.kind == "postgresql" else f"sqlite:///{instance / 'tomoiki.db'}"
    env = {**os.environ, "TOMOIKI_INSTANCE": str(instance), "DATABASE_URL": url, "PORT": "0"}
    return Server(env | {"PYTHONUNBUFFERED": "1"})


@pytest.mark.storage
def test_what_was_acknowledged_survives_a_kill_at_any_moment(server: Server, tmp_path: Path) -> None:
    server.command("db", "upgrade")
    server.command(
        "users", "add", "hoa@example.org", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    kept: set[str] = set()
    for kill in range(KILLS):
        with server.running() as process:
            browsers = [server.enter() for _ in range(WRITERS)]
            writers = [
                threading.Thread(target=server.save, args=(browser, f"{kill}-{at}"))
                for at, browser in enumerate(browsers)
            ]
            file = tmp_path / "companies.csv"
            file.write_text("会社名\n" + "\n".join(f"Firm {kill} No {at}" for at in range(ROWS)))
            importing = server.importing(file)
            for writer in writers:
                writer.start()
            kept |= {server.acknowledged.get(timeout=60) for _ in range(3 + kill * 37 % 101)}
            process.kill()
            importing.kill()
            importing.wait()
            for writer in writers:
                writer.join()
    while not server.acknowledged.empty():
        kept.add(server.acknowledged.get())

    assert json.loads(server.command("check", "--json"))["findings"] == []
    names = stored(server)
    assert kept <= names
    imported = {kill: sum(name.startswith(f"Firm {kill} ") for name in names) for kill in range(KILLS)}
    assert set(imported.values()) <= {0, ROWS}  # all of a file or nothing of it
    assert len(kept) >= 3 * KILLS


def stored(server: Server) -> set[str]:
    engine = sa.create_engine(server.env["DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT name FROM organisation")))
