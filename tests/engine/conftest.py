"""Browsers that speak English, and a look into the database after a page was served."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.view import EngineView
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Record

Login = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _nothing_kept(request: pytest.FixtureRequest) -> None:
    """Forget counts and views that the shared application kept: a copied database has the stamp of the last test's."""
    if "app" in request.fixturenames:
        forget_counts(request.getfixturevalue("app"))


def forget_counts(app: Flask) -> None:
    for view in app.extensions["admin"][0]._views:  # noqa: SLF001
        if isinstance(view, EngineView):
            view.reckoned.forget()
    app.extensions["tomoiki_office"].saved.clear()
    app.extensions["tomoiki_boards"][1].forget()


@pytest.fixture
def enter(login: Login) -> Login:
    """Return a browser with this role whose pages are English: `enter("treasurer")`."""

    def log_in(role: str) -> FlaskClient:
        client = login(role)
        client.get("/lang/en")
        return client

    return log_in


@pytest.fixture
def admin(enter: Login) -> FlaskClient:
    return enter("admin")


@pytest.fixture
def caseworker(enter: Login) -> FlaskClient:
    return enter("caseworker")


@pytest.fixture
def treasurer(enter: Login) -> FlaskClient:
    return enter("treasurer")


@pytest.fixture
def organiser(enter: Login) -> FlaskClient:
    return enter("organiser")


@pytest.fixture
def value(app: Flask) -> Callable[[type[Record], int, str], Any]:
    """Return what stands in a record's field: `value(Case, 1, "title")`; of a reference its id."""

    def read(model: type[Record], key: int, name: str) -> Any:
        with app.app_context():
            record = db.session.get(model, key)
            known = fields_of(model).get(name)
            found = getattr(record, f"{name}_id" if known and known.kind == "ref" else name)
            return sorted(found) if known and known.kind == "codes" else found

    return read


@pytest.fixture
def count(app: Flask) -> Callable[[type[Any]], int]:
    """Return how many rows a table has."""

    def read(model: type[Any]) -> int:
        with app.app_context():
            return int(db.session.query(model).count())

    return read
