"""One Chromium and one office with three made-up years for all tests; windows of its users."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.offices import Office, demo_office, fresh_office
from tests.browser.windows import MISSING, Keys, NoBrowser, Windows, chromium
from tomoiki.core.dates import today

HERE = Path(__file__).parent
Window = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with ExitStack() as open_until:
        try:
            found = open_until.enter_context(chromium())
        except NoBrowser:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        yield found


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The shared office: a test changes only records that no other test looks at."""
    with demo_office(tmp_path_factory.mktemp("office"), today()) as office:
        yield office


@pytest.fixture(scope="session")
def unused_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose first administrator is never made."""
    with fresh_office(tmp_path_factory.mktemp("unused")) as office:
        yield office


@pytest.fixture(scope="session")
def _keys() -> Keys:
    return {}


@pytest.fixture
def windows(browser: Browser, _keys: Keys) -> Iterator[Windows]:
    windows = Windows(browser, _keys)
    yield windows
    windows.close()
    assert windows.complaints() == []


@pytest.fixture
def window(windows: Windows, office: Office) -> Window:
    """Open a window on the shared office: `window("caseworker", "vi", 375)`."""

    def open_one(*who: Any, of: Office = office, **how: Any) -> Page:
        return windows.open(of, *who, **how)

    return open_one
