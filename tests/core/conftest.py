"""The vocabulary is tested on a bare application; words need one too, to know the language."""

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
    """The vocabulary needs neither screens nor login: here `session` and `saved` stand on the bare one."""
    return bare_app
