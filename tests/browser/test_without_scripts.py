"""The same work with JavaScript switched off."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.offices import Office
from tests.browser.pages import save

PERSON = "SELECT full_name_vi FROM person WHERE full_name_vi IS NOT NULL ORDER BY id LIMIT 1"


def test_a_case_is_opened_by_typing_and_choosing_among_those_who_fit(window: Window) -> None:
    page = window("caseworker", scripts=False, may_answer=(422,))
    page.goto("/cases/new")
    page.fill("[name=person-text]", "nguyen")
    page.fill("[name=title]", "寮を出された")
    save(page)
    offered = page.locator("[type=radio][name=person]")
    words = page.locator("label:has([type=radio][name=person]) >> nth=1").inner_text().splitlines()[0]
    assert offered.count() > 1
    expect(page.locator("[name=title]")).to_have_value("寮を出された")

    offered.nth(1).check()
    save(page)

    page.wait_for_url(re.compile(r"/cases/\d+$"))
    expect(page.locator(".facts.five")).to_contain_text(words.split(" P-")[0])


def test_the_drawer_opens_by_its_address(window: Window) -> None:
    page = window("caseworker", "vi", 375, scripts=False)
    page.goto("/")
    expect(page.locator("#nav")).to_be_hidden()

    page.click("[href='#nav']")
    expect(page.locator("#nav")).to_be_visible()
    page.click("#nav >> text=Hồ sơ")

    expect(page.locator("h1")).to_contain_text("Hồ sơ")


def test_filters_open_and_narrow_a_list(window: Window) -> None:
    page = window("caseworker", scripts=False)
    page.goto("/cases/")
    everything = page.locator("h1").inner_text()
    page.click("text=絞り込みを足す")
    page.check("[name=status][value=waiting]")
    page.click("#filters .btn-primary")

    expect(page.locator(".chip.on:not([aria-current])")).to_contain_text("状態: 結果待ち")
    assert page.locator("h1").inner_text() != everything


def test_an_sos_is_told_who_it_may_be_and_leads_to_her_case(window: Window, office: Office) -> None:
    name, phone = office.sql("SELECT name_used, phone_jp FROM person WHERE phone_jp LIKE '+81%' ORDER BY id")[
        0
    ]
    page = window("caseworker", scripts=False)
    page.goto("/inquiries/new")
    page.click("label:has([name=channel][value=zalo])")
    page.click("label:has([name=urgency][value=normal])")
    page.fill("[name=summary]", f"Em ở Gunma, {phone}")
    page.fill("[name=name_text]", name)
    page.click("[name=_look]")
    page.click("button[name=_take][value='pref=10']")
    expect(page.locator("[name=pref]")).to_have_value("10")
    page.click("#people button >> nth=0")
    expect(page.locator("#people .ok")).to_have_text("結びつけました")

    save(page)

    page.wait_for_url(re.compile(r"/cases/\d+$"))
    expect(page.locator("main")).to_contain_text("Em ở Gunma")
