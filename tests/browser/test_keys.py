"""Keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.offices import Office


@pytest.fixture
def page(window: Window) -> Page:
    page = window("admin")
    page.goto("/cases/")
    return page


@pytest.mark.parametrize(
    ("key", "place"),
    [("s", "/inquiries/new"), ("n", "/cases/new"), ("?", "/help/?of=cases")],
)
def test_a_key_opens_a_page(key: str, place: str, page: Page) -> None:
    page.keyboard.press(key)

    page.wait_for_url(f"**{place}")


def test_slash_goes_to_the_search_and_writes_no_slash(page: Page) -> None:
    page.keyboard.press("/")

    expect(page.locator(".top [name=q]")).to_be_focused()
    expect(page.locator(".top [name=q]")).to_have_value("")


def test_j_and_k_walk_the_rows_and_enter_opens_one(page: Page) -> None:
    rows = page.locator("main .row-link")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/cases/\d+$"))
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/cases/\d+/edit$"))


def test_no_key_acts_while_one_types_or_with_keys_switched_off(page: Page) -> None:
    page.focus(".top [name=q]")
    page.keyboard.type("nse?jk")
    expect(page.locator(".top [name=q]")).to_have_value("nse?jk")

    page.goto("/account")
    page.check("[name=keys][value=off]", force=True)
    page.click("main .btn-primary >> nth=0")
    page.goto("/cases/")
    page.keyboard.press("n")
    page.keyboard.press("j")

    assert page.url.endswith("/cases/")
    expect(page.locator("body")).to_be_focused()


def test_the_header_offers_an_sos_only_to_who_may_take_one(window: Window, office: Office) -> None:
    for role, is_offered in (("caseworker", True), ("treasurer", False)):
        page = window(role)
        page.goto("/")
        assert page.locator(".top [data-key=s]").count() == is_offered
