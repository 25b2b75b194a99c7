"""The vocabulary is tested on a bare application; messages that name a month need one to know the language."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel


@pytest.fixture
def in_english() -> Iterator[None]:
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.app_context():
        yield


@pytest.fixture
def app(bare_app: Flask) -> Flask:
    """The vocabulary needs neither screens nor login: `session` and `saved` stand on the bare application here."""
    return bare_app
