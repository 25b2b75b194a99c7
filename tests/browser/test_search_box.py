"""The search box in the header: what fits stands under it while one types."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window

BOX = ".top [name=q]"


def _type(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator("#find-l [role=option]").first).to_be_visible()


def test_arrows_and_enter_open_what_was_found(window: Window) -> None:
    page = window("admin")
    page.goto("/events/")
    _type(page, "nguyen")

    assert page.locator("#find-l [role=group]").count() > 1
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#find-l [aria-selected=true]")
    expect(page.locator(BOX)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/[a-z-]+/\d+$"))


def test_enter_alone_opens_the_page_of_all_hits(window: Window) -> None:
    page = window("admin")
    page.goto("/")
    _type(page, "nguyen")

    page.keyboard.press("Enter")

    page.wait_for_url("**/search?q=nguyen")


def test_the_last_line_leads_to_all_hits_by_mouse(window: Window) -> None:
    page = window("admin")
    page.goto("/")
    _type(page, "nguyen")

    page.locator("#find-l [role=option]").last.click()

    page.wait_for_url("**/search?q=nguyen")


def test_escape_closes_the_hits_and_keeps_the_words(window: Window) -> None:
    page = window("admin")
    page.goto("/")
    _type(page, "nguyen")

    page.keyboard.press("Escape")

    expect(page.locator("#find-l")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value("nguyen")
