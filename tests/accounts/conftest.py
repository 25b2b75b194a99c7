"""The room of the accounts alone, on a real database, with one plain page beside."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, DictLoader

from admin_views.starting import STARTS
from tests.conftest import OwnContextClient, _config
from tests.databases import PASSWORD, Store, let_go
from tomoiki.accounts import commands, login, setup
from tomoiki.accounts.models import LoginFailure, User
from tomoiki.core import history, instance, languages, search
from tomoiki.core.actors import actor
from tomoiki.core.database import begin_write, db

TEMPLATES = Path(__file__).parents[2] / "admin_views" / "templates"
# What the engine's frames promise: blocks `title`, `main` and `languages`, messages, and icons.
FRAME = (
    "<title>{% block title %}{% endblock %}</title>"
    "{% for message in get_flashed_messages() %}<p class=note>{{ message }}</p>{% endfor %}"
    "{% block main %}{% endblock %}{% block languages %}{% endblock %}"
)


@pytest.fixture
def make_app(database: Store, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(**config: Any) -> Flask:
        app = Flask("accounts", static_folder=None, template_folder=str(TEMPLATES))
        instance.configure(app, _config(tmp_path, database.url) | config)
        frames = DictLoader({"engine/plain.html": FRAME, "engine/page.html": FRAME})
        app.jinja_loader = ChoiceLoader([frames, app.jinja_loader])  # type: ignore[list-item]
        app.jinja_env.globals.update(icon="".format, kept_fields=list)
        db.init_app(app)
        CSRFProtect(app)
        history.install()
        search.install()
        languages.install(app, login.user_language, lambda: "en")
        login.install(app)
        setup.install(app, STARTS)
        commands.install(app)
        app.add_url_rule("/", "home", _home)
        app.test_client_class = OwnContextClient
        made.append(app)
        return app

    yield make
    for app in made:
        let_go(app)


def _home() -> Any:
    """Say who is here; an engine page would send the others to log-in."""
    viewer = login.current_viewer()
    if viewer.id is None:
        return login.to_login()
    seen = {"id": viewer.id, "roles": sorted(viewer.roles), "opened": sorted(viewer.opened)}
    return seen | {"actor": actor().name}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def caseworker(login: Callable[[str], FlaskClient]) -> FlaskClient:
    """A browser logged in as caseworker."""
    return login("caseworker")


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Change a user as the users screen would: `change("auditor", active=False)`."""

    def save(role: str, **values: Any) -> None:
        with app.app_context():
            begin_write()
            user = db.session.scalars(sa.select(User).where(User.email == f"{role}@example.org")).one()
            for name, value in values.items():
                setattr(user, name, value)
            db.session.commit()

    return save


@pytest.fixture
def stored(app: Flask) -> Callable[[str], User]:
    """Return a user as the database has her."""

    def read(role: str) -> User:
        with app.app_context():
            user = db.session.scalars(sa.select(User).where(User.email == f"{role}@example.org")).one()
            db.session.expunge_all()
            return user

    return read


@pytest.fixture
def failures(app: Flask) -> Callable[[], int]:
    """Count the rows of failed log-ins."""

    def count() -> int:
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count(LoginFailure.id))) or 0

    return count


WRONG = "wrong wrong wrong"


def log_in(client: FlaskClient, role: str = "caseworker", password: str = PASSWORD, **extra: Any) -> Any:
    """Send the log-in form."""
    return client.post("/login", data={"email": f"{role}@example.org", "password": password}, **extra)


def is_in(client: FlaskClient) -> bool:
    """Tell whether this browser is logged in."""
    return bool(client.get("/").status_code == 200)


def form_token(html: str) -> str:
    """Return the CSRF token of a form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, html
    return found[1]
