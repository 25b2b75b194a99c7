"""The telephone of a volunteer on the train: 375 px, Vietnamese, one thumb."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.offices import Office
from tests.browser.pages import save

IPHONE, SMALLEST = 375, 320
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def test_a_person_is_edited_in_vietnamese(window: Window, office: Office) -> None:
    person = office.sql("SELECT min(id) FROM person")[0][0]
    page = window("caseworker", "vi", IPHONE)
    page.goto(f"/people/{person}")
    page.click("text=Sửa")
    page.fill("[name=name_used]", "Bé Út")
    page.fill("[name=birth_date]", "25/11/1996")
    _fits(page)
    save(page)

    page.wait_for_url(re.compile(r"/people/\d+$"))
    expect(page.locator("[role=status]")).to_have_text("Đã lưu.")
    expect(page.locator(".facts >> nth=0")).to_contain_text("1996-11-25")
    expect(page.locator("main")).to_contain_text("Bé Út")
    _fits(page)


def _fits(page: Page) -> None:
    for width in (IPHONE, SMALLEST):
        page.set_viewport_size({"width": width, "height": 720})
        assert not page.evaluate(TOO_WIDE), f"{page.url} scrolls sideways at {width} px"


def test_the_drawer_opens_closes_and_gives_the_focus_back(window: Window) -> None:
    page = window("caseworker", "vi", IPHONE)
    page.goto("/")
    drawer, button = page.locator("#nav"), page.locator("[data-drawer]")
    expect(drawer).to_be_hidden()

    button.click()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")

    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()
