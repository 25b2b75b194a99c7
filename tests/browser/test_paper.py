"""What is printed: the words of a page as a table, black on white, and nothing to press."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.offices import Office

A4 = 718  # px between the margins


@pytest.mark.parametrize("dark", [False, True])
def test_a_list_is_printed_as_a_table(window: Window, dark: bool) -> None:
    page = window("caseworker", "vi", A4, dark=dark)
    page.goto("/cases/?status=active")
    page.emulate_media(media="print")

    for pressed in (".top", "#nav", ".head .acts", "main form .find"):
        expect(page.locator(pressed)).to_be_hidden()
    expect(page.locator("form .chip.on")).to_be_visible()  # what the list is of
    assert page.locator(".chip:not(.on):visible").count() == 0
    expect(page.locator("thead")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('tbody td')).display") == "table-cell"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(34, 40, 43)"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_record_is_printed_with_its_facts_and_without_buttons(window: Window, office: Office) -> None:
    page = window("caseworker", "ja", A4)
    page.goto(f"/cases/{office.ids['case']}")
    page.emulate_media(media="print")

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".facts").first).to_be_visible()
    assert page.locator("button:visible, main .btn:visible, textarea:visible").count() == 0
