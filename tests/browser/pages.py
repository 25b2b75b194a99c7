"""Each kind of page once, and how a user gets there. Accessibility is tested on them, docs/screens shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.offices import Office

SAMPLES = Path(__file__).parents[1] / "samples"
Way = Callable[[Page, Office], None]


@dataclass(frozen=True)
class Kind:
    """The way to a page, who goes it, and what the server answers at its end."""

    way: Way
    role: str = "admin"
    status: int = 200
    is_first: bool = False
    is_alike: bool = (
        False  # made of the same parts as the page before: shown, but looked at by axe there only
    )
    covers: bool = False  # something lies over the page, and what is half under it is no target now

    def office(self, demo: Office, unused: Office) -> Office:
        """Return the office it belongs to: only the first page of all is of one without users."""
        return unused if self.is_first else demo


def _at(address: str) -> Way:
    return lambda page, office: _go(page, address.format(**office.ids))


def _go(page: Page, address: str) -> None:
    page.goto(address)


def _setup(page: Page, office: Office) -> None:
    page.goto(office.setup_path())


def _refused_form(page: Page, office: Office) -> None:
    page.goto("/donations/new")
    page.fill("[name=received_on]", "2026-11-31")
    page.fill("[name=amount]", "いちまん")
    save(page)


def _conflict(page: Page, office: Office) -> None:
    address = f"/cases/{office.ids['clashing']}/edit"
    late, early = page, page.context.new_page()
    early.goto(address)
    late.goto(address)
    turn = 1 + int("2" not in early.input_value("[name=title]"))  # the next look finds what the last one left
    late.fill("[name=title]", "寮の鍵を返してもらえない")
    early.fill("[name=title]", f"寮の鍵のこと（{turn}回目）")
    early.fill("[name=next_action]", f"管理会社に{turn}回目の電話をする")
    save(early)
    early.close()
    save(late)


def _history(page: Page, office: Office) -> None:
    address = f"/cases/{office.ids['clashing']}"
    page.goto(f"{address}/edit")
    page.fill("[name=story]", page.input_value("[name=story]") + "\n会社に連絡した。")
    page.check("[name=priority][value=today]")
    save(page)
    page.goto(f"{address}/history")


def _import_columns(page: Page, office: Office) -> None:
    page.goto("/people/import")
    page.set_input_files("[name=file]", SAMPLES / "people_vn.csv")
    with page.expect_navigation():
        page.click("main .btn-primary")


def _import_preview(page: Page, office: Office) -> None:
    _import_columns(page, office)
    with page.expect_navigation():
        page.click("main .btn-primary")


def _pick(page: Page, verb: str, which: str) -> None:
    page.goto("/study-sessions/?select=1")
    page.check(f"[name=which][value={which}]", force=True)
    with page.expect_navigation():
        page.click(f"#bulk button[value={verb}]")


def _many(page: Page, office: Office) -> None:
    _pick(page, "change", "page")


def _many_preview(page: Page, office: Office) -> None:
    _pick(page, "change", "page")
    page.fill("[name=place]", "市民会館")
    with page.expect_navigation():
        page.click("main .bar .btn-primary")


def _many_deleted(page: Page, office: Office) -> None:
    _pick(page, "delete", "page")


def _many_done(page: Page, office: Office) -> None:
    _pick(page, "change", "page")
    page.fill("[name=waitlist_max]", str(10 + len(page.context.pages)))
    with page.expect_navigation():
        page.click("main .bar .btn-primary")
    if (button := page.locator("main form .btn-primary")).is_visible():
        with page.expect_navigation():
            button.click()


def _import_result(page: Page, office: Office) -> None:
    _import_preview(page, office)
    if (button := page.locator("main .btn-primary")).is_visible():  # the next look finds nothing new
        with page.expect_navigation():
            button.click()


def _log_in_again(page: Page, office: Office) -> None:
    page.goto("/people/new")
    page.fill("[name=full_name_vi]", "Nguyễn Văn Mất")
    known: list[Any] = page.context.cookies()
    page.context.clear_cookies(name="session")
    save(page)
    page.context.add_cookies(known)  # for the next look


def _put_back(page: Page, office: Office) -> None:
    _history(page, office)
    page.click("main a[href*='/put-back/'] >> nth=0")


def _step_back(page: Page, office: Office) -> None:
    address = f"/cases/{office.ids['clashing']}"
    page.goto(f"{address}/step-back")
    if not page.locator("main [name=reason]").count():  # the next look finds the step that the first one made
        page.goto(f"{address}/move?to=waiting")
        with page.expect_navigation():
            page.click("main form .btn-primary")
        page.goto(f"{address}/step-back")


def _open_drawer(page: Page, office: Office) -> None:
    page.goto("/")
    if (button := page.locator("[data-drawer]")).is_visible():
        button.click()


def _open_menu(page: Page, office: Office) -> None:
    _at("/cases/{case}")(page, office)
    page.click("main details.menu summary >> nth=0")


def _open_combo(page: Page, office: Office) -> None:
    page.goto("/cases/new")
    page.locator("[name=person-text]").press_sequentially("nguyen")
    page.wait_for_selector("[role=option]")
    page.press("[name=person-text]", "ArrowDown")


def _sos(page: Page, office: Office) -> None:
    name, phone = office.sql(
        "SELECT name_used, phone_jp FROM person WHERE phone_jp IS NOT NULL ORDER BY id LIMIT 1"
    )[0]
    page.goto("/inquiries/new")
    page.check("[name=categories][value=pregnancy]")
    page.fill("[name=name_text]", name)
    page.fill("[name=summary]", f"Em ở Gunma, hạn visa 20/1/2030, số của em {phone}")
    page.wait_for_selector("#people")
    page.wait_for_selector(
        "[name=urgency][value=now]:checked", state="attached"
    )  # by the box that was ticked


def _sos_to_case(page: Page, office: Office) -> None:
    _sos(page, office)
    page.click("label:has([name=channel][value=phone])")
    save(page)


def _logged_out(page: Page, office: Office) -> None:
    page.goto("/people/new")
    page.evaluate("document.querySelector('main [name=csrf_token]').value = 'old'")
    save(page)


def _refused_file(page: Page, office: Office) -> None:
    _go(page, f"/study-sessions/{office.ids['draft']}")  # a short page
    page.set_input_files("#file-input", SAMPLES / "hostile" / "svg_named.png")
    with page.expect_navigation():
        page.click("#files form button")


def _type_in_header(page: Page, office: Office) -> None:
    _go(page, "/cases/?per_page=10")
    page.locator(".top [name=q]").press_sequentially("nguyen")
    page.wait_for_selector("#find-l [role=option]")


def _save_view(page: Page, office: Office) -> None:
    page.goto("/cases/views?status=active&sort=-opened_on")
    if not page.locator("main .lines").count():  # the next look finds what the last one left
        page.fill("[name=name]", "支援中のケース")
        page.check("[name=role][value=caseworker]")
        with page.expect_navigation():
            page.click("main .btn-primary")
        page.goto("/cases/views?status=active&sort=-opened_on")


def _change_view(page: Page, office: Office) -> None:
    _save_view(page, office)
    page.click("main .lines .btn")


def save(page: Page) -> None:
    """Press the button that saves, and wait for what the server answers."""
    with page.expect_navigation():
        page.click("main .bar .btn-primary")


PAGES: dict[str, Kind] = {
    "login": Kind(_at("/login"), role=""),
    "setup": Kind(_setup, role="", is_first=True),
    "home": Kind(_at("/")),
    "home-caseworker": Kind(_at("/"), role="caseworker"),
    "home-treasurer": Kind(_at("/"), role="treasurer", is_alike=True),
    "home-organiser": Kind(_at("/"), role="organiser", is_alike=True),
    "home-auditor": Kind(_at("/"), role="auditor", is_alike=True),
    "home-interpreter": Kind(_at("/"), role="interpreter"),
    "drawer": Kind(_open_drawer),
    "cases": Kind(_at("/cases/?per_page=10")),
    "cases-filters": Kind(_at("/cases/?per_page=10&filter=1")),
    "cases-picking": Kind(_at("/cases/?per_page=10&select=1")),
    "many": Kind(_many),
    "many-preview": Kind(_many_preview),
    "many-deleted": Kind(_many_deleted),
    "many-done": Kind(_many_done),
    "cases-no-match": Kind(_at("/cases/?q=zzzz")),
    "cases-chosen-columns": Kind(
        _at("/cases/?per_page=10&columns=number,title,person,status,owner,story,next_action")
    ),
    "columns": Kind(_at("/cases/columns?columns=title,status")),
    "saved-views": Kind(_save_view),
    "saved-view": Kind(_change_view),
    "people": Kind(_at("/people/?per_page=10")),
    "donations": Kind(_at("/donations/?per_page=10")),
    "seminars-none": Kind(_at("/seminars/")),
    "case": Kind(_at("/cases/{case}")),
    "case-menu": Kind(_open_menu, covers=True),
    "case-interpreter": Kind(_at("/cases/{assigned}"), role="interpreter"),
    "file-refused": Kind(_refused_file, status=422),
    "files": Kind(_at("/attachments/?per_page=10")),
    "file": Kind(_at("/attachments/1")),
    "person": Kind(_at("/people/{person}")),
    "study-session": Kind(_at("/study-sessions/{session}")),
    "donor": Kind(_at("/donors/{donor}")),
    "case-new": Kind(_at("/cases/new")),
    "sos": Kind(_sos, role="caseworker"),
    "sos-to-case": Kind(_sos_to_case, role="caseworker"),
    "case-combobox": Kind(_open_combo, covers=True),
    "case-edit": Kind(_at("/cases/{case}/edit")),
    "person-edit": Kind(_at("/people/{person}/edit")),
    "donation-refused": Kind(_refused_form, status=422),
    "conflict": Kind(_conflict, status=409),
    "delete": Kind(_at("/study-sessions/{draft}/delete")),
    "delete-refused": Kind(_at("/cases/{case}/delete")),
    "history": Kind(_history),
    "move": Kind(_at("/cases/{case}/move?to=resolved")),
    "reason": Kind(_at("/cases/{secret}")),
    "search-typing": Kind(_type_in_header, covers=True),
    "search": Kind(_at("/search?q=nguyen")),
    "ledgers": Kind(_at("/import")),
    "import": Kind(_at("/people/import")),
    "import-columns": Kind(_import_columns),
    "import-preview": Kind(_import_preview),
    "import-result": Kind(_import_result),
    "put-back": Kind(_put_back),
    "last-hour": Kind(_at("/last-hour")),
    "export": Kind(_at("/people/export.csv")),
    "duplicates": Kind(_at("/people/duplicates")),
    "merge-choose": Kind(_at("/people/{person}/merge")),
    "merge": Kind(_at("/people/{person}/merge?merged_into={another}")),
    "step-back": Kind(_step_back),
    "vocabularies": Kind(_at("/vocabularies")),
    "permissions": Kind(_at("/permissions")),
    "help": Kind(_at("/help/")),
    "help-of-cases": Kind(_at("/help/?of=cases")),
    "log-in-again": Kind(_log_in_again, status=400),
    "logged-out": Kind(_logged_out, role="caseworker", status=400),
    "users": Kind(_at("/users/?per_page=10")),
    "settings": Kind(_at("/settings/?per_page=10")),
    "account": Kind(_at("/account")),
    "password": Kind(_at("/change")),
    "forbidden": Kind(_at("/users/?per_page=10"), role="caseworker", status=403),
    "not-found": Kind(_at("/people/999999"), status=404, is_alike=True),
    "saved-twice": Kind(_at("/answer/409"), status=409, is_alike=True),
    "too-large": Kind(_at("/answer/413"), status=413, is_alike=True),
    "too-often": Kind(_at("/answer/429"), role="", status=429),
    "fault": Kind(_at("/answer/500"), status=500, is_alike=True),
}
