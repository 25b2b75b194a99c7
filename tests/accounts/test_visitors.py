"""Who is behind a request, from one request to the next."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.conftest import WRONG, is_in, log_in
from tests.databases import PASSWORD, Queries
from tomoiki.accounts import visitors
from tomoiki.accounts.models import User
from tomoiki.accounts.services import set_password
from tomoiki.core.database import db, in_write

NEW = "a whole new password"


def test_a_known_user_costs_one_query(caseworker: FlaskClient, queries: Queries) -> None:
    for _page in range(2):  # one that meets the user, one that reads the idle limit
        caseworker.get("/")
    queries.clear()

    caseworker.get("/")

    assert len(queries.selects) == 1


def test_a_page_sends_no_cookie(caseworker: FlaskClient) -> None:
    caseworker.get("/")

    assert "Set-Cookie" not in caseworker.get("/").headers


def test_a_deactivated_user_is_out_at_the_next_request(
    caseworker: FlaskClient, change: Callable[..., None]
) -> None:
    assert is_in(caseworker)

    change("caseworker", active=False)

    assert not is_in(caseworker)


def test_a_change_of_roles_counts_at_the_next_request(
    caseworker: FlaskClient, change: Callable[..., None]
) -> None:
    caseworker.get("/")

    change("caseworker", roles=["auditor", "treasurer"])

    assert caseworker.get("/").json["roles"] == ["auditor", "treasurer"]


def test_only_so_many_users_are_kept(
    app: Flask, login: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "REMEMBERED", 1)

    first, second = login("auditor"), login("treasurer")

    assert [is_in(client) for client in (first, second, first)] == [True, True, True]


def test_the_change_log_learns_who_acts(caseworker: FlaskClient, client: FlaskClient) -> None:
    assert caseworker.get("/").json["actor"] == "Caseworker"
    assert client.get("/").status_code == 302


def test_records_opened_with_a_reason_close_again(caseworker: FlaskClient) -> None:
    with caseworker.session_transaction() as kept:
        kept["opened"] = [
            ["case", 7, time.time() + 300],
            ["case", 8, time.time() - 1],
        ]

    assert caseworker.get("/").json["opened"] == [["case", 7]]
    caseworker.post("/logout")
    log_in(caseworker, "auditor")
    assert caseworker.get("/").json["opened"] == []


def test_an_import_may_act_as_somebody(app: Flask, change: Callable[..., None]) -> None:
    find = app.extensions["tomoiki_viewer_of"]
    change("auditor", active=False)

    with app.app_context():
        viewer, who = find(" Treasurer@Example.org")
        assert (viewer.id, viewer.roles, viewer.opened) == (3, {"treasurer"}, frozenset())
        assert (who.id, who.name, who.origin) == (3, "Treasurer", "import")
        assert find("auditor@example.org") is find("nobody@example.org") is None


def _last_seen(client: FlaskClient, minutes: float) -> None:
    client.get("/")
    with client.session_transaction() as kept:
        kept["seen"] = int(time.time() - 60 * minutes)


def test_one_is_logged_out_after_half_an_hour_without_use(caseworker: FlaskClient) -> None:
    _last_seen(caseworker, 29)
    assert is_in(caseworker)

    _last_seen(caseworker, 31)

    assert not is_in(caseworker)
    assert "しばらく操作がなかった" in caseworker.get("/login").text  # in her language, not the office's


def test_the_office_sets_the_idle_time(app: Flask, login: Callable[[str], FlaskClient]) -> None:
    with app.app_context():
        change = "UPDATE setting SET value = '5' WHERE key = 'session_minutes'"
        in_write(lambda: db.session.connection().exec_driver_sql(change))
    client = login("auditor")

    _last_seen(client, 6)

    assert not is_in(client)


# -- passwords -------------------------------------------------------------------------------------------
def test_a_new_password_keeps_this_browser_and_ends_the_others(
    caseworker: FlaskClient, login: Callable[[str], FlaskClient], app: Flask
) -> None:
    other = login("caseworker")
    form = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}

    answer = caseworker.post("/change", data=form)

    assert (answer.status_code, answer.location) == (302, "/account")
    assert is_in(caseworker)
    assert not is_in(other)
    assert log_in(app.test_client(), password=PASSWORD).status_code == 200
    assert log_in(app.test_client(), password=NEW).status_code == 302


@pytest.mark.parametrize(
    ("form", "words", "counted"),
    [
        ({"password": WRONG, "new_password": NEW, "new_password_confirm": NEW}, "password-e", 1),
        (
            {"password": PASSWORD, "new_password": "x", "new_password_confirm": "x"},
            "new_password-e",
            0,
        ),
        ({"password": PASSWORD, "new_password": NEW, "new_password_confirm": "other"}, "confirm-e", 0),
    ],
    ids=["wrong old one", "short", "typed differently"],
)
def test_a_bad_change_says_what_is_wrong(
    caseworker: FlaskClient, failures: Callable[[], int], form: dict[str, str], words: str, counted: int
) -> None:
    page = caseworker.post("/change", data=form)

    assert page.status_code == 200
    assert words in page.text
    assert failures() == counted


def test_an_accent_typed_in_two_ways_is_one_password(app: Flask, client: FlaskClient) -> None:
    composed = unicodedata.normalize("NFC", "Nguyễn Thị Hồng")
    with app.app_context():
        in_write(lambda: set_password(db.session(), db.session.get_one(User, 2), composed))

    log_in(client, password=unicodedata.normalize("NFD", composed))

    assert is_in(client)


# -- one's own account -----------------------------------------------------------------------------------
def test_the_account_page_shows_who_one_is(caseworker: FlaskClient) -> None:
    page = caseworker.get("/account").text

    assert "caseworker@example.org" in page
    assert 'href="/change"' in page
    assert 'action="/logout"' in page


def test_language_and_theme_are_kept(caseworker: FlaskClient, stored: Callable[[str], User]) -> None:
    with caseworker.session_transaction() as kept:
        kept["lang"] = "en"

    answer = caseworker.post("/account", data={"language": "vi", "theme": "dark"})

    assert (answer.status_code, answer.location) == (303, "/account")
    assert (stored("caseworker").language, stored("caseworker").theme) == ("vi", "dark")
    page = caseworker.get("/account").text
    assert 'value="vi" checked' in page
    assert 'href="/lang' not in page


def test_nonsense_changes_nothing(caseworker: FlaskClient, stored: Callable[[str], User]) -> None:
    caseworker.post("/account", data={"language": "xx", "theme": "pink"})

    assert (stored("caseworker").language, stored("caseworker").theme) == ("ja", "auto")
