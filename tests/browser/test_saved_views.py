"""A list made one's own: columns chosen, saved under a name, opened with it, and all rows again."""

from playwright.sync_api import expect

from tests.browser.conftest import Window


def test_a_list_is_arranged_saved_opened_and_let_go_without_scripts(window: Window) -> None:
    page = window("caseworker", scripts=False)
    page.goto("/referrals/")
    page.get_by_role("link", name="列", exact=True).click()
    boxes = page.locator("[name=column]")
    page.locator("main [name^=place-] >> nth=1").fill("1")
    page.locator("main [name^=place-] >> nth=0").fill("2")
    boxes.nth(2).uncheck()
    page.locator("main .btn-primary").click()
    arranged = page.url
    heads = page.locator("thead th").all_inner_texts()
    assert "columns=" in arranged

    page.get_by_role("link", name="この表示を保存").click()
    page.fill("[name=name]", "私の並び")
    page.check("[name=opens]")
    page.locator("main .btn-primary").click()
    page.goto("/referrals/")

    assert page.url == arranged
    assert page.locator("thead th").all_inner_texts() == heads
    expect(page.locator("main [aria-current=page]")).to_have_text("私の並び")
    page.get_by_role("link", name="すべて", exact=True).click()
    expect(page.locator("main [aria-current=page]")).to_have_text("すべて")
    assert len(page.locator("thead th").all()) > len(heads)

    page.goto("/referrals/views")
    page.get_by_role("link", name="変更する").click()
    page.get_by_role("button", name="この表示を削除する").click()
    page.goto("/referrals/")
    expect(page.locator("main [aria-current=page]")).to_have_count(0)
