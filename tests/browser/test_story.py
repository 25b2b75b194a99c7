"""Whole mornings at the office, in a real browser: from the first start to the first records."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.offices import Office, fresh_office
from tests.browser.pages import SAMPLES, save
from tests.browser.windows import Windows

RECORD = re.compile(r"/\d+$")


def test_from_the_printed_address_to_the_first_record(windows: Windows, tmp_path: Path) -> None:
    with fresh_office(tmp_path) as office:
        page = windows.open(office)
        page.goto(office.setup_path())
        page.fill("[name=name]", "山本 直子")
        page.fill("[name=email]", "naoko@example.org")
        page.fill("[name=password]", "たいへん 長い ひとつの ことば")
        page.click("main .btn-primary")
        page.wait_for_url("**/import")

        page.click("nav >> text=支援対象者")
        page.click("main .btn-primary >> nth=0")
        page.fill("[name=full_name_vi]", "Nguyễn Thị Bưởi")
        save(page)

        page.wait_for_url(RECORD)
        expect(page.locator("h1")).to_have_text("Nguyễn Thị Bưởi")
        expect(page.locator("[role=status]")).to_have_text("保存しました。")


def test_a_first_day_with_both_ledgers_a_case_a_gift_and_a_guest(windows: Windows, tmp_path: Path) -> None:
    with fresh_office(tmp_path) as office:
        page = _begin(windows, office)

        assert _import_file(page, "people", "people_vn.csv") == ("56行を取り込む", 6)  # two rows come twice
        assert _import_file(page, "organisations", "companies.csv") == ("37行を取り込む", 6)

        _find(page, "dang huu buoi")
        expect(page.locator("h1")).to_have_text("Đặng Hữu Bưởi")
        _open_case(page)
        _log_donation(page)
        _register(page)


def _begin(windows: Windows, office: Office) -> Page:
    page = windows.open(office)
    page.goto(office.setup_path())
    for name, text in (
        ("name", "山本 直子"),
        ("email", "a@example.org"),
        ("password", "three words in a row"),
    ):
        page.fill(f"[name={name}]", text)
    page.click("main .btn-primary")
    page.wait_for_url("**/import")
    return page


def _import_file(page: Page, slug: str, name: str) -> tuple[str, int]:
    """Import a sample; return what the button promised, and how many cells were to be mended."""
    page.goto(f"/{slug}/")
    page.click("main >> text=取込")
    page.set_input_files("[name=file]", SAMPLES / name)
    page.click("main .btn-primary")  # read the file
    page.click("main .btn-primary")  # the columns are right
    button = page.locator("main .btn-primary")
    words, faults = button.inner_text(), page.locator("main td.bad b").count()
    button.click()
    page.wait_for_url(f"**/{slug}/import/*")
    page.click("main a.btn-primary")  # to the list
    expect(page.locator("h1")).to_contain_text(f"{words.partition('行')[0]}件")
    return words, faults


def _find(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.click("main .row-link >> nth=0")


def _choose(page: Page, name: str, words: str) -> None:
    """Choose in a search box with the keyboard alone."""
    box = page.locator(f"[name={name}-text]")
    box.press_sequentially(words)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator(f"[name={name}]")).not_to_have_value("")


def _open_case(page: Page) -> None:
    page.goto("/cases/")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/new")
    _choose(page, "person", "buoi huu")
    expect(page.locator("[name=person-text]")).to_have_value("Đặng Hữu Bưởi")
    page.fill("[name=title]", "最終月の賃金未払い")
    page.check("[name=categories][value=wage_unpaid]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(RECORD)
    expect(page.locator("h1")).to_have_text("最終月の賃金未払い")
    expect(page.locator(".facts >> nth=0")).to_contain_text("Đặng Hữu Bưởi")


def _log_donation(page: Page) -> None:
    page.goto("/donors/new")
    page.fill("[name=name]", "佐藤 花子")
    save(page)
    page.wait_for_url(RECORD)
    page.click("text=寄附を追加する")
    expect(page.locator("[name=donor-text]")).to_have_value("佐藤 花子")
    page.fill("[name=amount]", "１０，０００")
    page.fill("[name=received_on]", "令和8年4月1日")
    save(page)
    page.wait_for_url(RECORD)
    expect(page.locator(".facts >> nth=0")).to_contain_text("10,000円")
    expect(page.locator(".facts >> nth=0")).to_contain_text("2026-04-01")


def _register(page: Page) -> None:
    page.goto("/study-sessions/new")
    page.fill("[name=title_ja]", "給与明細の読み方")
    page.fill("[name=starts_at]", "2026-12-05 14:00")
    save(page)
    page.wait_for_url(RECORD)
    session = page.url
    page.goto("/attendees/new")
    page.fill("[name=name]", "Lê Văn Nháp")
    save(page)
    page.wait_for_url(RECORD)
    page.goto(session)
    page.click("text=申込を追加する")
    _choose(page, "attendee", "le van nhap")
    save(page)
    page.wait_for_url(RECORD)
    page.goto(session)
    expect(page.locator("main table")).to_contain_text("Lê Văn Nháp")


def test_two_people_edit_one_case_and_nothing_is_lost(window: Window, office: Office) -> None:
    address = f"/cases/{_own_case(office)}"
    late, early = window("caseworker", may_answer=(409,)), window("admin")
    for page, title in ((late, "寮の鍵を返さない"), (early, "寮から出された")):
        page.goto(f"{address}/edit")
        page.fill("[name=title]", title)
    late.fill("[name=story]", "荷物がまだ部屋にある。")
    early.fill("[name=next_action]", "管理会社に電話する")
    save(early)
    early.wait_for_url(f"**{address}")
    save(late)

    expect(late.locator("h1")).to_have_text("変更が重なりました")
    expect(late.locator("[value=theirs] + span")).to_contain_text("寮から出された")
    expect(late.locator("[value=mine] + span")).to_contain_text("寮の鍵を返さない")
    late.check("[value=theirs]")
    late.click("main .btn-primary")

    late.wait_for_url(f"**{address}")
    for words in ("寮から出された", "荷物がまだ部屋にある。", "管理会社に電話する"):
        expect(late.locator("main")).to_contain_text(words)


def _own_case(office: Office) -> int:
    found = "SELECT id FROM 'case' WHERE status = 'open' AND confidential = 'normal' ORDER BY id LIMIT 1"
    return int(office.sql(found)[0][0])
