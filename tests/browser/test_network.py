"""Nothing is asked of anybody else, no stock file of Flask-Admin is served, and a fault would be noticed."""

from pathlib import Path

import pytest

import admin_views
from admin_views.engine.files import static
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
    sizes = {"ui.js": 3000, "combo.js": 3200, "forms.js": 4000, "hints.js": 3000}
    assert [name for name, most in sizes.items() if (STATIC / name).stat().st_size > most] == []


def test_a_list_needs_seven_files_of_ours(windows: Windows, office: Office) -> None:
    page = windows.open(office, "admin")
    page.goto("/cases/")

    names = (
        "bootstrap/bootstrap.min.css",
        "ui.css",
        "print.css",
        "ui.js",
        "combo.js",
        "icons.svg",
        "favicon.svg",
    )
    assert {address.removeprefix(office.address) for address in windows.asked()} <= {
        "/cases/",
        *map(static, names),
    }


@pytest.mark.parametrize("name", ["/cases/", "/cases/{case}", "/cases/new", "/people/", "/account"])
def test_a_first_visit_weighs_100_kb_and_each_later_page_12(
    name: str, window: Window, office: Office
) -> None:
    page = window("admin")
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda sent: sizes.update({sent.url: sent.sizes()["responseBodySize"]}))
    address = name.format(**office.ids)
    page.goto(address)
    page.wait_for_load_state("networkidle")

    assert sum(sizes.values()) <= 100 * 1024, sizes
    assert sizes[office.address + address] <= 12 * 1024


def test_a_browser_may_keep_our_files_for_a_year(window: Window) -> None:
    page = window("admin")

    for name in ("bootstrap/bootstrap.min.css", "ui.css", "ui.js", "forms.js", "icons.svg", "favicon.svg"):
        answer = page.request.get(static(name))
        assert "max-age=31536000" in answer.headers["cache-control"]
        assert "immutable" in answer.headers["cache-control"]


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
