"""What somebody has typed: kept when the connection breaks, never when it is secret, gone when saved or logged out."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.offices import Office
from tests.browser.pages import save
from tests.browser.windows import Windows, log_in
from tests.databases import PASSWORD

DRAFTS = "Object.entries(sessionStorage).map(([key, value]) => key + value).join()"


def _drafts(page: Page) -> str:
    return str(page.evaluate(DRAFTS))


def _send_without_network(windows: Windows, page: Page) -> None:
    page.context.set_offline(True)
    page.click("main .bar .btn-primary")
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    windows.forgive()


def test_a_draft_outlives_a_broken_connection_but_secrets_do_not(windows: Windows, office: Office) -> None:
    page = windows.open(office, "caseworker")
    page.goto("/people/new")
    page.fill("[name=name_used]", "Bưởi")
    page.check("[name=gender][value=female]")
    page.fill("[name=safe_contact]", "姉に電話")
    _send_without_network(windows, page)

    page.goto("/people/new")

    expect(page.locator("[name=name_used]")).to_have_value("Bưởi")
    expect(page.locator("[name=gender][value=female]")).to_be_checked()
    expect(page.locator("[name=safe_contact]")).to_have_value("")
    expect(page.locator("#draft")).to_be_visible()
    save(page)
    page.wait_for_url(re.compile(r"/people/\d+$"))
    assert "Bưởi" not in _drafts(page)


def test_words_typed_while_offline_are_kept_at_once_but_no_secret(window: Window) -> None:
    page = window("caseworker")
    page.goto("/people/new")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.fill("[name=safe_contact]", "姉に電話")
    page.fill("[name=name_used]", "Bưởi")

    assert "Bưởi" in _drafts(page)
    assert "姉に電話" not in _drafts(page)
    page.context.set_offline(False)


def test_logging_out_forgets_the_draft(windows: Windows, office: Office) -> None:
    page = windows.open(office)
    page.goto("/login")
    log_in(page, "organiser@demo.example")
    page.evaluate("sessionStorage['draft 1'] = 'Bưởi'")

    page.click(".top details.menu >> nth=-1")
    page.click(".top [action='/logout'] button")
    page.wait_for_url("**/login")

    assert _drafts(page) == ""


def test_leaving_unsaved_words_is_asked_about(window: Window) -> None:
    page = window("caseworker")
    asked: list[Any] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/people/new")
    page.fill("[name=name_used]", "Bưởi")

    page.goto("/people/")

    assert asked == ["beforeunload"]


def test_a_day_and_a_postal_code_are_read_back_as_they_are_typed(window: Window) -> None:
    page = window("caseworker")
    page.goto("/people/new")

    page.fill("[name=birth_date]", "H8.11.25")
    page.press("[name=birth_date]", "Tab")
    expect(page.locator("#birth_date-h")).to_have_text("平成8年11月25日（月）")
    page.fill("[name=postal_code]", "105-0011")
    page.press("[name=postal_code]", "Tab")

    expect(page.locator("#postal_code-h")).to_have_text("東京都港区芝公園")
    expect(page.locator("[name=pref]")).to_have_value("13")
    expect(page.locator("[name=city]")).to_have_value("港区")
    expect(page.locator("[name=address]")).to_have_value("港区芝公園")
    page.evaluate("window.onbeforeunload = null")


def test_a_form_sent_after_the_session_ended_comes_back_filled(windows: Windows, office: Office) -> None:
    page = windows.open(office, "caseworker", may_answer=(400, 401))
    page.goto("/people/new")
    page.fill("[name=name_used]", "Bưởi")
    page.context.clear_cookies()
    save(page)
    page.fill("[name=email]", "caseworker@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main .btn-primary")
    page.click("main .btn-primary")

    expect(page.locator("[name=name_used]")).to_have_value("Bưởi")
    save(page)
    page.wait_for_url(re.compile(r"/people/\d+$"))
