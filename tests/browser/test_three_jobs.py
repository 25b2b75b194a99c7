"""The three jobs of every day, by keyboard alone and with a thumb in Vietnamese; how many interactions each takes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.offices import Office

RECORD = re.compile(r"/\d+$")


class Hands:
    """Does what a person does and counts: a key, a tap and a text typed are one interaction each."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def key(self, name: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(name)
        self.count += times

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += 1

    def tap(self, what: str) -> None:
        self.page.locator(what).first.click()
        self.count += 1

    def fill(self, name: str, text: str) -> None:
        self.page.fill(f"[name={name}]", text)
        self.count += 1

    def tab_to(self, name: str) -> None:
        """Press Tab until the control of this name has the focus."""
        for _ in range(60):
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
            self.key("Tab")
        raise AssertionError(f"Tab never reached {name}")


def _sos_by_keys(page: Page) -> int:
    page.goto("/cases/")
    hands = Hands(page)
    hands.key("s")
    page.wait_for_url("**/inquiries/new")
    expect(page.locator("[name=summary]")).to_be_focused()
    hands.type("Công ty giữ hộ chiếu")
    hands.key("Shift+Tab")  # back to where it comes from
    hands.key("ArrowDown")
    hands.key("Tab", 2)
    hands.key("Space")  # urgency
    hands.key("Control+Enter")
    page.wait_for_url(RECORD)
    return hands.count


def _case_by_keys(page: Page) -> int:
    page.goto("/")
    hands = Hands(page)
    hands.key("/")
    hands.type("T2026-0101")
    hands.key("Enter")
    page.wait_for_url("**/search?*")
    hands.key("j")
    hands.key("Enter")
    page.wait_for_url(RECORD)
    hands.key("e")
    page.wait_for_url("**/edit")
    hands.tab_to("title")
    hands.type("（続）")
    hands.key("Control+Enter")
    page.wait_for_url(RECORD)
    return hands.count


def _donation_by_keys(page: Page) -> int:
    page.goto("/donations/")
    hands = Hands(page)
    hands.key("n")
    page.wait_for_url("**/donations/new")
    hands.tab_to("amount")
    hands.type("12000")
    hands.key("Control+Enter")
    page.wait_for_url(RECORD)
    return hands.count


def _sos_by_thumb(page: Page) -> int:
    page.goto("/")
    hands = Hands(page)
    hands.tap(".top [data-key=s]")
    hands.tap("main label:has([name=channel])")
    hands.fill("summary", "Công ty giữ hộ chiếu")
    hands.tap("main label:has([name=urgency])")
    hands.tap("main .bar .btn-line")
    page.wait_for_url(RECORD)
    return hands.count


def _case_by_thumb(page: Page) -> int:
    page.goto("/")
    hands = Hands(page)
    hands.fill("q", "T2026-0101")
    hands.key("Enter")
    hands.tap("main .row-link")
    hands.tap("[data-key=e]")
    hands.fill("title", "Công ty giữ hộ chiếu")
    hands.tap("main .bar .btn-primary")
    page.wait_for_url(RECORD)
    return hands.count


def _donation_by_thumb(page: Page) -> int:
    page.goto("/")
    hands = Hands(page)
    hands.tap("[data-drawer]")
    hands.tap("#nav [href^='/donations/']")
    hands.tap("[data-key=n]")
    hands.fill("amount", "12000")
    hands.tap("main .bar .btn-primary")
    page.wait_for_url(RECORD)
    return hands.count


@pytest.mark.parametrize(
    ("job", "role", "most"),
    [
        (_sos_by_keys, "caseworker", 8),
        (_case_by_keys, "caseworker", 10),
        (_donation_by_keys, "treasurer", 5),
    ],
)
def test_a_job_is_done_by_keyboard_alone(
    job: Callable[[Page], int], role: str, most: int, window: Window
) -> None:
    page = window(role)

    count = job(page)

    assert count <= most  # as docs/accessibility.md says
    expect(page.locator(".ok-n")).to_be_visible()


@pytest.mark.parametrize(
    ("job", "role", "most"),
    [
        (_sos_by_thumb, "caseworker", 5),
        (_case_by_thumb, "caseworker", 6),
        (_donation_by_thumb, "treasurer", 5),
    ],
)
def test_a_job_is_done_with_a_thumb_in_vietnamese(
    job: Callable[[Page], int], role: str, most: int, window: Window, office: Office
) -> None:
    page = window(role, "vi", 375)

    count = job(page)

    assert count <= most  # as docs/accessibility.md says
    expect(page.locator(".ok-n")).to_have_text("Đã lưu.")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
