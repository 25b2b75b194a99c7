"""Walking through a list from record to record, and back to the place in it."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Window


def test_brackets_lead_to_the_neighbours_and_the_way_back_to_the_page(window: Window) -> None:
    page = window("caseworker")
    page.goto("/cases/?sort=title&per_page=5&page=2")
    rows = [row.get_attribute("data-id") for row in page.locator("tr[data-id]").all()]
    page.locator("main .row-link >> nth=1").click()
    page.wait_for_url(f"**/cases/{rows[1]}")

    page.keyboard.press("]")
    page.wait_for_url(re.compile(rf"/cases/{rows[2]}\?"))
    page.keyboard.press("[")
    page.wait_for_url(re.compile(rf"/cases/{rows[1]}\?"))
    page.locator("main p.small a").first.click()

    page.wait_for_url("**/cases/?sort=title&per_page=5&page=2")
    expect(page.locator("tr[data-id]").first).to_have_attribute("data-id", rows[0] or "")
