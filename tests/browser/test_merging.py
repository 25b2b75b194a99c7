"""Two records of one donor become one in a real browser, and two again; each page on the way is open to everybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.pages import save
from tests.browser.test_accessibility import assert_open_on_a_desk


def _make(page: Page, name: str, **values: str) -> str:
    page.goto("/donors/new")
    for control, text in {"name": name, **values}.items():
        page.fill(f"[name={control}]", text)
    save(page)
    return page.url.rpartition("/")[2]


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(f"main {button}").click()


@pytest.mark.parametrize(
    ("lang", "width", "scripts"), [("ja", 1280, True), ("vi", 375, False)], ids=["with scripts", "without"]
)
def test_a_donor_who_stands_there_twice(lang: str, width: int, scripts: bool, window: Window) -> None:
    name, mail = f"{lang} {width}", f"{lang}.{width}@example.org"
    page = window("admin", lang, width, scripts=scripts)
    stays = _make(page, f"見本 {name}", email=mail, phone="03-1234-5678")
    goes = _make(page, f"見本　{name}", email=mail, phone="03-8765-4321", address="港区芝公園")
    gift = _give(page, goes)

    page.goto("/donors/duplicates")
    row = page.locator(".lines > li", has=page.locator(f'a[href="/donors/{goes}"]'))
    with page.expect_navigation():
        row.locator("a.btn").click()
    page.check(f"[name=pick-phone][value='{goes}']")
    _press(page, "form .btn-primary")

    expect(page).to_have_url(re.compile(f"/donors/{stays}$"))
    expect(page.locator("main")).to_contain_text("03-8765-4321")
    expect(page.locator("main")).to_contain_text("港区芝公園")
    expect(page.locator(f'main a[href="/donations/{gift}"]')).to_have_count(1)
    _look(page, scripts)
    page.locator(f'main .note a[href="/donors/{goes}"]').click()
    page.wait_for_url(re.compile(f"/donors/{goes}$"))
    _look(page, scripts)
    page.locator(f'main a[href="/donors/{goes}/unmerge"]').click()
    page.wait_for_url("**/unmerge")
    _look(page, scripts)
    _press(page, "form .btn-primary")

    expect(page).to_have_url(re.compile(f"/donors/{goes}$"))
    expect(page.locator(f'main a[href="/donations/{gift}"]')).to_have_count(1)
    page.goto("/donors/duplicates")
    with page.expect_navigation():
        row.locator("form button").click()
    expect(page.locator(".box.flush .lines", has_text=mail)).to_have_count(0)
    page.locator("main details summary").click()
    _look(page, scripts)


def _give(page: Page, donor: str) -> str:
    page.goto(f"/donations/new?donor={donor}")
    page.fill("[name=amount]", "5000")
    save(page)
    return page.url.rpartition("/")[2]


def _look(page: Page, scripts: bool) -> None:
    if scripts:  # axe is one
        assert_open_on_a_desk(page)
        page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
