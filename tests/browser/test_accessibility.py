"""Each kind of page: axe finds nothing, light or dark; on a phone nothing is too small to tap or wider than it."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.browser.offices import Office
from tests.browser.pages import PAGES
from tests.browser.windows import HIGH, LOW

AXE = Axe().axe_script
PHONE, DESK = 375, 1280
LANGS = ("ja", "vi", "en") if os.environ.get("TEST_ALL") else ("vi",)  # whose words are the longest
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
# What can be tapped and is less than 44 px high; the link of a row is as large as its row.
TOO_SMALL = """() => [...document.querySelectorAll(
    'main a, main button, main summary, main label:has(input), main input:not([type=hidden]), main select, .top a')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden, label input, p'))
  .map(e => [e, (e.matches('.cards .row-link') ? e.closest('tr')
      : e.matches('.lines .row-link, .tl .row-link') ? e.closest('li')
      : e.matches('input') && e.closest('label') || e).getBoundingClientRect()])
  .filter(([e, box]) => box.height > 0 && box.height < 43.5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${Math.round(box.height)}px`)"""


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):  # half a megabyte, that a page needs once
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def options(*, sizes: bool = True, colours: bool = True) -> dict[str, Any]:
    rules = {"target-size": {"enabled": sizes}, "color-contrast": {"enabled": colours}}
    return {"resultTypes": ["violations"], "rules": rules}


def assert_open_on_a_phone(page: Page, *, sizes: bool = True) -> None:
    """Look at a page with axe, with a thumb, and on the narrowest phone."""
    assert faults(page, options(sizes=sizes, colours=False)) == []  # they are the same on a desk
    assert page.evaluate(TOO_SMALL) == []
    assert not page.evaluate(TOO_WIDE)
    page.set_viewport_size({"width": 320, "height": LOW})
    assert not page.evaluate(TOO_WIDE)


def assert_open_on_a_desk(page: Page, *, sizes: bool = True) -> None:
    """Look at a page with axe, also in the dark."""
    assert faults(page, options(sizes=sizes)) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert faults(page, COLOURS) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", [name for name, kind in PAGES.items() if not kind.is_alike])
def test_a_page_is_open_to_everybody(
    name: str, lang: str, window: Window, office: Office, unused_office: Office
) -> None:
    kind = PAGES[name]
    place = kind.office(office, unused_office)
    page = window(kind.role, lang, PHONE, may_answer=(kind.status,), of=place)
    kind.way(page, place)

    assert page.locator("html").get_attribute("lang") == lang
    assert_open_on_a_phone(page, sizes=not kind.covers)
    page.set_viewport_size({"width": DESK, "height": HIGH})
    if kind.covers:  # what lies over a page lies elsewhere on a desk
        kind.way(page, place)
    assert_open_on_a_desk(page, sizes=not kind.covers)


def test_a_dark_system_gives_dark_pages_from_the_first_paint(window: Window) -> None:
    page = window("caseworker", dark=True)
    page.goto("/cases/")

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 26)"


def test_axe_would_find_a_fault(window: Window) -> None:
    page = window("admin")
    page.goto("/cases/")
    page.evaluate("document.querySelector('main input[name=q]').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('main input[name=q]').placeholder = ''")
    page.evaluate("document.querySelector('h1').remove()")
    page.evaluate("document.documentElement.style.setProperty('--muted', '#aaa')")

    assert {fault.partition(":")[0] for fault in faults(page, options())} >= {
        "label",
        "page-has-heading-one",
        "color-contrast",
    }
