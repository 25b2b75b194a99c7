"""The office of `world`, built once a process and copied like the template."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.view import EngineView
from tests.databases import Store
from tests.permissions.world import World, build
from tomoiki.core.database import db

_BUILT: dict[str, World] = {}


@pytest.fixture
def world(app: Flask, database: Store, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One record of each kind; on SQLite a copy of the file made for the first test."""
    _forget_counts(app)
    if database.kind != "sqlite":
        return build(app)
    copy, path = tmp_path_factory.getbasetemp() / "world.db", Path(database.url.removeprefix("sqlite:///"))
    if "sqlite" not in _BUILT:
        _BUILT["sqlite"] = build(app)
        with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close()
        target.close()
    else:
        with app.app_context():
            db.engine.dispose()
        shutil.copyfile(copy, path)
    return _BUILT["sqlite"]


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
