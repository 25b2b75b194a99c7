"""Browsers and looks into the database, as the engine's tests have them."""

from tests.engine.conftest import _nothing_kept, admin, caseworker, count, enter, treasurer, value

__all__ = ["_nothing_kept", "admin", "caseworker", "count", "enter", "treasurer", "value"]
