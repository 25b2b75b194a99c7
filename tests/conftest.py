"""What all tests share: the databases, the application on them, a logged-in browser, and no network."""

import contextvars
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import coverage
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

# Before any test imports app.py, which builds an application: never in the developer's own folder.
_INSTANCE = tempfile.mkdtemp(prefix="tomoiki-test-")
os.environ["TOMOIKI_INSTANCE"] = _INSTANCE
for _name in ("DATABASE_URL", "SECRET_KEY", "TOMOIKI_DATA_KEY", "HOST", "PORT", "TOMOIKI_BASE_URL"):
    os.environ.pop(_name, None)

from tests import databases, postgresql  # noqa: E402 - after the folder is set
from tomoiki.accounts.models import Role  # noqa: E402
from tomoiki.core import history, instance, search  # noqa: E402
from tomoiki.core.access import Viewer  # noqa: E402
from tomoiki.core.actors import SYSTEM, acting  # noqa: E402
from tomoiki.core.database import begin_write, db  # noqa: E402

DATA_KEY = Fernet.generate_key().decode()


def pytest_unconfigure() -> None:
    shutil.rmtree(_INSTANCE, ignore_errors=True)


# Walks over thousands of pages and second runs tell nothing new of which lines are tested, and counting slows them.
UNCOUNTED = ("walk", "browser", "postgresql")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    counting = []
    if any(map(item.get_closest_marker, UNCOUNTED)):
        while (one := coverage.Coverage.current()) is not None:  # a process of xdist has one in another
            one.stop()
            counting.append(one)
    try:
        return (yield)
    finally:
        for one in reversed(counting):
            one.start()


# -- databases -------------------------------------------------------------------------------------------
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases of a test that does not name them itself."""
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database" in metafunc.fixturenames and not any("database" in names for names in named):
        is_both = metafunc.definition.get_closest_marker("storage") or os.environ.get("TEST_ALL")
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("database", kinds if is_both else kinds[:1], indirect=True)


class _Stores:
    """The databases of this test process, each started when first asked for."""

    def __init__(self, folder: Path, open_until: ExitStack) -> None:
        self._folder, self._open_until = folder, open_until
        self._found: dict[str, databases.Store] = {}
        self._missing = ""

    def get(self, kind: str) -> databases.Store:
        if kind not in self._found:
            self._found[kind] = self._sqlite() if kind == "sqlite" else self._postgresql()
        return self._found[kind]

    def _sqlite(self) -> databases.Store:
        return databases.SQLite(self._folder)

    def _postgresql(self) -> databases.Store:
        if not self._missing:
            try:
                return self._open_until.enter_context(databases.running_postgresql(f"tomoiki_{os.getpid()}"))
            except postgresql.NoServer as error:
                self._missing = str(error)
        if os.environ.get("CI"):
            pytest.fail(self._missing)
        pytest.skip(self._missing)


@pytest.fixture(scope="session")
def _stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Stores]:
    with ExitStack() as open_until:
        yield _Stores(tmp_path_factory.mktemp("databases"), open_until)


@pytest.fixture
def database(request: pytest.FixtureRequest, _stores: _Stores) -> databases.Store:
    """A fresh copy of the template: all tables, general fund, settings, one user per role (ids 1 to 6)."""
    store = _stores.get(request.param)
    store.restore()
    return store


# -- applications ----------------------------------------------------------------------------------------
class OwnContextClient(FlaskClient):
    """A browser whose requests share nothing with the test: neither Flask's `g`, nor session, nor actor."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> Any:
        if not buffered:  # a stream is read in the test's own context
            return super().open(*args, buffered=False, **kwargs)
        answer = contextvars.Context().run(super().open, *args, buffered=True, **kwargs)
        for one in (*answer.history, answer):
            one.request.environ["wsgi.input"].close()  # Werkzeug leaves it open, on the disk if it was large
        return answer


def _config(folder: Path, url: str) -> dict[str, Any]:
    return {
        "TESTING": True,
        "SECRET_KEY": "not secret",
        "TOMOIKI_DATA_KEY": DATA_KEY,
        "TOMOIKI_INSTANCE": str(folder),
        "SQLALCHEMY_DATABASE_URI": url,
        "WTF_CSRF_ENABLED": False,
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__rounds": 1,
            "argon2__memory_cost": 8,
            "argon2__parallelism": 1,
        },
    }


@pytest.fixture
def make_app(database: databases.Store, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Build an application with a configuration, screens or matrix of its own: `make_app(access=...)`."""
    from app import create_app  # noqa: PLC0415 - core tests run without it

    made: list[Flask] = []

    def make(config: dict[str, Any] | None = None, **parts: Any) -> Flask:
        app = create_app(_config(tmp_path, database.url) | (config or {}), **parts)
        app.test_client_class = OwnContextClient
        made.append(app)
        return app

    yield make
    for app in made:
        databases.let_go(app)


@pytest.fixture(scope="session")
def _apps() -> dict[str, Flask]:
    return {}


@pytest.fixture
def app(
    database: databases.Store, _apps: dict[str, Flask], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The whole application, built once for all tests; whoever changes its configuration takes `make_app`."""
    from app import create_app  # noqa: PLC0415 - core tests run without it

    if database.kind not in _apps:
        folder = tmp_path_factory.mktemp(f"instance-{database.kind}")
        _apps[database.kind] = create_app(_config(folder, database.url))
        _apps[database.kind].test_client_class = OwnContextClient
    yield _apps[database.kind]
    databases.let_go(_apps[database.kind])


@pytest.fixture
def bare_app(database: databases.Store, tmp_path: Path) -> Iterator[Flask]:
    """Database, keys, languages, change log and search index; no login and no screen."""
    app = Flask("bare", static_folder=None)
    instance.configure(app, _config(tmp_path, database.url))
    db.init_app(app)
    Babel(app, default_locale="en")
    history.install()
    search.install()
    yield app
    databases.let_go(app)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session that may write. It holds SQLite's write lock: a test with `client` takes `saved` instead."""
    with app.app_context():
        begin_write()
        yield db.session()
        db.session.rollback()


@pytest.fixture
def saved(app: Flask) -> Callable[..., int]:
    """Save records in a transaction of their own and return the id of the first: `saved(Person(...))`."""

    def save(*records: Any) -> int:
        with app.app_context():
            begin_write()
            db.session.add_all(records)
            db.session.commit()
            return int(records[0].id)

    return save


# -- users -----------------------------------------------------------------------------------------------
@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has logged in with."""
    return app.test_client()


@pytest.fixture
def login(app: Flask) -> Callable[[str], FlaskClient]:
    """Return a browser logged in with this role: `login("treasurer")`."""

    def log_in(role: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/login", data={"email": f"{role}@example.org", "password": databases.PASSWORD})
        assert answer.status_code in (302, 303), answer.text
        return client

    return log_in


@pytest.fixture
def as_viewer() -> Callable[..., Viewer]:
    """Return the template's user of that role as permission sees her: `as_viewer("caseworker")`."""

    def view(role: str, *more: str) -> Viewer:
        return Viewer([known.value for known in Role].index(role) + 1, frozenset((role, *more)))

    return view


@pytest.fixture(autouse=True)
def _nobody_acts() -> Iterator[None]:
    """Let each test begin as the system: a stream that a test reads itself leaves its reader acting."""
    with acting(SYSTEM):
        yield


# -- watching --------------------------------------------------------------------------------------------
@pytest.fixture
def queries() -> Iterator[databases.Queries]:
    """Record statements, for query budgets: `assert len(queries.selects) <= 6`."""
    recorder = databases.Queries()
    sa.event.listen(Engine, "before_cursor_execute", recorder.note)
    yield recorder
    sa.event.remove(Engine, "before_cursor_execute", recorder.note)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let sockets reach this machine only."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield
