"""Pages beside the screens: front page, search, languages, errors, log-in before everything, headers."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views import SCREENS
from admin_views.engine import pages
from admin_views.engine.files import static
from tests.databases import PASSWORD
from tests.engine.browsing import words
from tests.factories import a_case, a_donation, a_person
from tomoiki.accounts.models import User
from tomoiki.core.database import begin_write, db

Saved = Callable[..., int]


# -- log-in ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["/", "/cases/", "/cases/1", "/cases/new", "/cases/1/edit", "/search?q=x"]
)
def test_everything_asks_for_log_in_and_leads_back(address: str, client: FlaskClient) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")


def test_a_form_sent_without_log_in_leads_to_log_in(client: FlaskClient) -> None:
    answer = client.post("/people/new", data={"name_used": "x"})

    assert (answer.status_code, answer.location) == (302, "/login")


def test_health_is_told_to_anybody(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


# -- menu and front page -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        ("treasurer", "/donations/", "/people/"),
        ("organiser", "/events/", "/donations/"),
        ("interpreter", "/cases/", "/users/"),
    ],
)
def test_the_menu_holds_what_the_role_may_open(
    role: str, seen: str, hidden: str, enter: Callable[[str], FlaskClient]
) -> None:
    page = enter(role).get("/").text

    assert f'href="{seen}"' in page
    assert f'href="{hidden}"' not in page


def test_the_menu_marks_where_one_is(admin: FlaskClient) -> None:
    assert '<a href="/cases/" aria-current="page">' in admin.get("/cases/").text


def test_a_user_without_a_role_is_told_whom_to_ask(
    admin: FlaskClient, enter: Callable[[str], FlaskClient], app: Flask
) -> None:
    with app.app_context():
        begin_write()
        user = db.session.get(User, 6)
        assert user
        user.roles.clear()
        db.session.commit()

    assert "Nothing is open to you yet." in words(enter("auditor").get("/"))


# -- search ------------------------------------------------------------------------------------------------------
def test_one_search_finds_in_all_tables_that_are_open(
    caseworker: FlaskClient, treasurer: FlaskClient, saved: Saved
) -> None:
    saved(*(a_case(person=a_person(full_name_vi="Lê An")) for _ in range(7)), a_donation(memo="Lê An"))

    found, hers = caseworker.get("/search?q=le an"), treasurer.get("/search?q=le an")

    assert 'href="/people/7"' in found.text
    assert 'href="/people/?q=le%20an"' in found.text
    assert "/donations/" not in words(found)
    assert 'href="/people/' not in hers.text
    assert 'href="/donations/1"' in hers.text


TYPING = {"Accept": "application/json"}


@pytest.mark.storage
def test_while_one_types_the_search_answers_in_groups(caseworker: FlaskClient, saved: Saved) -> None:
    saved(*(a_case(person=a_person(full_name_vi="Lê An")) for _ in range(7)))

    *groups, rest = caseworker.get("/search?q=le an", headers=TYPING).json or []

    rows = {group["text"]: group["rows"] for group in groups}
    assert rows.keys() == {"Cases", "People"}
    assert [row["href"] for row in rows["People"]] == ["/people/7", "/people/6"]
    assert rows["People"][0]["text"] == "Lê An"
    assert next(iter(rows)) == "People"  # a case refers to them only
    assert rest == {"text": "Show all that fits", "href": "/search?q=le%20an"}


def test_while_one_types_nothing_is_found_beyond_what_the_page_would_show(
    treasurer: FlaskClient, saved: Saved
) -> None:
    saved(a_case(person=a_person(full_name_vi="Lê An")))

    assert treasurer.get("/search?q=le an", headers=TYPING).json == []
    assert treasurer.get("/search?q=", headers=TYPING).json == []


def test_while_one_types_after_logging_out_nothing_comes(client: FlaskClient) -> None:
    assert client.get("/search?q=x", headers=TYPING).status_code == 401


@pytest.mark.parametrize(
    ("query", "told"), [("", "Type a name"), ("nobody", "Nothing was found."), ("%00", "Type a name")]
)
def test_a_search_without_hits_says_what_to_do(query: str, told: str, caseworker: FlaskClient) -> None:
    assert told in words(caseworker.get(f"/search?q={query}"))


# -- languages ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "word"), [("ja", "ケース"), ("vi", "Hồ sơ"), ("en", "Cases")])
def test_pages_speak_the_language_that_was_chosen(
    code: str, word: str, login: Callable[[str], FlaskClient]
) -> None:
    client = login("caseworker")

    answer = client.get(f"/lang/{code}", headers={"Referer": "http://localhost/cases/"})
    page = client.get("/cases/").text

    assert answer.location == "http://localhost/cases/"
    assert f'<html lang="{code}"' in page
    assert word in page


@pytest.mark.parametrize("back", ["https://evil.example/", "http://localhost/lang/ja", ""])
def test_choosing_a_language_leads_to_no_foreign_page(back: str, client: FlaskClient) -> None:
    assert client.get("/lang/vi", headers={"Referer": back}).location == "/"


def test_an_unknown_language_changes_nothing(admin: FlaskClient) -> None:
    admin.get("/lang/xx")

    assert '<html lang="en"' in admin.get("/").text


def test_every_list_and_form_speaks_all_three_languages(admin: FlaskClient) -> None:
    for code in ("ja", "vi", "en"):
        admin.get(f"/lang/{code}")
        for screen in SCREENS:
            assert admin.get(f"/{screen.slug}/?filter=1").status_code == 200
            assert f'<html lang="{code}"' in admin.get(f"/{screen.slug}/?sort=x&q=x").text
            assert admin.get(f"/{screen.slug}/new").status_code in (200, 403, 404)


# -- errors ------------------------------------------------------------------------------------------------------
def test_who_tried_too_often_reads_how_long_to_wait_and_whom_to_ask(client: FlaskClient) -> None:
    wrong = {"email": "admin@example.org", "password": "wrong"}
    client.get("/lang/en")
    answers = [client.post("/login", data=wrong) for _ in range(11)]

    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "900"
    assert "Wait 15 minutes, then try again." in words(answers[-1])
    assert re.search(r"number 429-[0-9a-f]{6}", words(answers[-1]))


def test_an_error_tells_a_visitor_as_much_as_a_user(client: FlaskClient) -> None:
    client.get("/lang/en")

    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert "This page was not found." in words(answer)


@pytest.mark.parametrize(("method", "code"), [("delete", 405), ("put", 405)])
def test_an_unusual_request_gets_a_page_too(method: str, code: int, admin: FlaskClient) -> None:
    answer = getattr(admin, method)("/cases/")

    assert answer.status_code == code
    assert "This request could not be understood." in words(answer)


def test_a_fault_of_ours_is_a_number_and_no_detail(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app({"TESTING": False, "PROPAGATE_EXCEPTIONS": False})
    client = app.test_client()
    client.post("/login", data={"email": "admin@example.org", "password": PASSWORD})
    client.get("/lang/en")

    def fail(*arguments: object) -> None:
        raise ValueError("田中 太郎")

    monkeypatch.setattr(pages, "menu", fail)
    monkeypatch.setattr("admin_views.engine.listing.read_arguments", fail)
    answer = client.get("/cases/")

    assert answer.status_code == 500
    number = words(answer).split("comes again: number ")[1].split()[0]
    assert f"fault {number}: ValueError at test_pages.py" in caplog.text
    assert "田中" not in answer.text + caplog.text


# -- headers and files -------------------------------------------------------------------------------------------
def test_pages_are_not_kept_and_not_framed(admin: FlaskClient) -> None:
    headers = admin.get("/cases/").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Strict-Transport-Security" in admin.get("/cases/", base_url="https://localhost").headers


@pytest.mark.parametrize("name", ["ui.css", "ui.js", "combo.js", "icons.svg", "bootstrap/bootstrap.min.css"])
def test_the_pages_own_files_are_served(name: str, client: FlaskClient) -> None:
    assert client.get(static(name)).status_code == 200
    assert "max-age=31536000" in client.get(static(name)).headers["Cache-Control"]
    assert re.fullmatch(rf"/static/[0-9a-f]{{10}}/{name}", static(name))
