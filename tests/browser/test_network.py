"""Nothing is asked of anybody else, no stock file of Flask-Admin is served, and a fault would be noticed."""

from pathlib import Path

import pytest

import admin_views
from tests.browser.conftest import Window
from tests.browser.offices import Office
from tests.browser.windows import Windows

STATIC = Path(admin_views.__file__).parent / "static"
STOCK = (
    "/admin/static/bootstrap/bootstrap4/css/bootstrap.min.css",
    "/admin/static/admin/js/form.js",
    "/static/admin/js/form.js",
    "/static/admin/vendor/jquery.min.js",
    "/static/vendor/select2/select2.min.js",
)


@pytest.mark.parametrize("address", STOCK)
def test_no_stock_file_is_served(address: str, window: Window) -> None:
    page = window("admin", may_answer=(404,))

    answer = page.request.get(address)

    assert answer.status == 404


def test_what_every_page_loads_stays_small() -> None:
    assert (STATIC / "ui.css").stat().st_size <= 14 * 1024
    assert all((STATIC / name).stat().st_size <= 3200 for name in ("ui.js", "combo.js"))


def test_a_page_needs_six_files_of_ours(windows: Windows, office: Office) -> None:
    page = windows.open(office, "admin")
    page.goto("/cases/")

    assert {address.removeprefix(office.address) for address in windows.asked()} <= {
        "/cases/",
        "/static/bootstrap/bootstrap.min.css",
        "/static/ui.css",
        "/static/ui.js",
        "/static/combo.js",
        "/static/icons.svg",
        "/static/favicon.svg",
    }


def test_a_script_or_style_that_slips_in_is_stopped_and_noticed(windows: Windows, office: Office) -> None:
    page = windows.open(office, "admin")
    page.goto("/cases/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\" onclick=\"1\">x</p>')"
    )

    assert any("Content Security Policy" in complaint for complaint in windows.forgive())


def test_a_request_to_elsewhere_is_noticed(windows: Windows, office: Office) -> None:
    page = windows.open(office, "admin")
    page.goto("/cases/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x.png\">')")
    page.wait_for_timeout(50)

    assert any("127.0.0.1:9" in complaint for complaint in windows.forgive())
