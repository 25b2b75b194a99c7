"""The office of `world`, built once a process and copied like the template."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.view import EngineView
from tests.databases import Store, let_go
from tests.engine.conftest import forget_counts
from tests.permissions.world import World, build

HERE = Path(__file__).parent
_BUILT: dict[str, World] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.walk)


@pytest.fixture
def world(app: Flask, database: Store) -> World:
    """One record of each kind; built for the first test, copied for the others."""
    forget_counts(app)
    let_go(app)
    if not database.take("world"):
        _BUILT[database.kind] = build(app)
        let_go(app)
        database.keep("world")
    return _BUILT[database.kind]


def _forget_counts(app: Flask) -> None:
    """Forget what the shared application reckoned: a copied database has the stamp of the last test's."""
    for view in app.extensions["admin"][0]._views:  # noqa: SLF001
        if isinstance(view, EngineView):
            view.reckoned.forget()
    app.extensions["tomoiki_boards"][1].forget()


@pytest.fixture
def enter(login: Callable[[str], FlaskClient], world: World) -> Callable[[str], FlaskClient]:
    """Return a browser with this role whose pages are English."""

    def log_in(role: str) -> FlaskClient:
        client = login(role)
        client.get("/lang/en")
        return client

    return log_in
