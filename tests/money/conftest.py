"""Browsers and looks into the database, as the engine's tests have them, and what a fund holds."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.engine.conftest import _nothing_kept, admin, count, enter, treasurer, value
from tomoiki.core.database import db
from tomoiki.money.services import balance

__all__ = ["_nothing_kept", "admin", "count", "enter", "held", "treasurer", "value"]


@pytest.fixture
def held(app: Flask) -> Callable[..., int]:
    """Return what a fund holds on a day: `held(1)`."""

    def read(fund: int, day: date = date.max) -> int:
        with app.app_context():
            return balance(db.session(), fund, day)

    return read
