"""Browsers that speak English, and what the books hold after a page was served."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tomoiki.core.database import db
from tomoiki.money.services import balance

Login = Callable[[str], FlaskClient]


@pytest.fixture
def enter(login: Login) -> Login:
    """Return a browser with this role whose pages are English."""

    def log_in(role: str) -> FlaskClient:
        client = login(role)
        client.get("/lang/en")
        return client

    return log_in


@pytest.fixture
def treasurer(enter: Login) -> FlaskClient:
    return enter("treasurer")


@pytest.fixture
def admin(enter: Login) -> FlaskClient:
    return enter("admin")


@pytest.fixture
def value(app: Flask) -> Callable[[type[Any], int, str], Any]:
    """Return what stands in a record's column: `value(Receipt, 1, "total")`."""

    def read(model: type[Any], key: int, name: str) -> Any:
        with app.app_context():
            return getattr(db.session.get(model, key), name)

    return read


@pytest.fixture
def held(app: Flask) -> Callable[..., int]:
    """Return what a fund holds on a day: `held(1)`."""

    def read(fund: int, day: date = date.max) -> int:
        with app.app_context():
            return balance(db.session(), fund, day)

    return read
