"""Logging in and out, and what a wrong attempt gives away."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.conftest import WRONG, form_token, is_in, log_in
from tests.databases import PASSWORD
from tomoiki.accounts.models import LoginFailure
from tomoiki.accounts.throttle import account_key
from tomoiki.core.database import db


def test_the_right_password_opens_the_office(client: FlaskClient) -> None:
    answer = log_in(client)

    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/").json == {"id": 2, "roles": ["caseworker"], "opened": [], "actor": "Caseworker"}


def test_the_spelling_of_the_address_does_not_matter(client: FlaskClient) -> None:
    client.post("/login", data={"email": " Ｃaseworker@Example.ORG ", "password": PASSWORD})

    assert is_in(client)


def test_the_way_leads_back_to_the_page_asked_for(client: FlaskClient) -> None:
    address = client.get("/account").location

    assert address == "/login?next=/account"
    answer = client.post(address, data={"email": "caseworker@example.org", "password": PASSWORD})
    assert answer.location == "/account"


def test_nobody_is_sent_to_another_site(client: FlaskClient) -> None:
    form = {"email": "caseworker@example.org", "password": PASSWORD}

    assert client.post("/login?next=https://bad.example/", data=form).location == "/"


def test_wrong_password_unknown_and_deactivated_user_look_alike(
    client: FlaskClient, change: Callable[..., None]
) -> None:
    change("auditor", active=False)

    answers = [
        log_in(client, "caseworker", WRONG),
        log_in(client, "nobody", WRONG),
        log_in(client, "auditor", PASSWORD),
    ]

    pages = {re.sub(r"\w+@example.org", "X", answer.text) for answer in answers}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert "The e-mail address or the password is wrong." in pages.pop()
    assert not is_in(client)


def test_somebody_invited_cannot_come_in_without_a_password(
    client: FlaskClient, change: Callable[..., None]
) -> None:
    change("auditor", password=None)

    log_in(client, "auditor", "")
    log_in(client, "auditor", "anything at all")

    assert not is_in(client)


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = log_in(client).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "remember" not in cookie


def test_the_cookie_is_secure_behind_https(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOMOIKI_BASE_URL", "https://office.example")

    cookies = log_in(make_app().test_client()).headers.getlist("Set-Cookie")

    assert ["Secure" in cookie for cookie in cookies if cookie.startswith("session=")] == [True]


def test_remember_me_is_no_way_round_the_idle_limit(client: FlaskClient) -> None:
    form = {"email": "caseworker@example.org", "password": PASSWORD, "remember": "y"}

    cookies = client.post("/login", data=form).headers.getlist("Set-Cookie")

    assert not [cookie for cookie in cookies if cookie.startswith("remember")]


def test_a_post_without_token_is_refused(make_app: Callable[..., Flask]) -> None:
    client = make_app(WTF_CSRF_ENABLED=True).test_client()

    assert log_in(client).status_code == 400
    token = form_token(client.get("/login").text)
    form = {"email": "caseworker@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=form).status_code == 302
    for address in ("/logout", "/change", "/tf-setup", "/account", "/setup", "/invitation/x", "/mf-recovery"):
        assert client.post(address).status_code == 400, address
    assert is_in(client)


def test_one_logs_out_by_a_button_only(caseworker: FlaskClient) -> None:
    assert caseworker.get("/logout").status_code == 405
    assert is_in(caseworker)

    answer = caseworker.post("/logout")

    assert (answer.status_code, answer.location) == (302, "/login")
    assert not is_in(caseworker)


def test_there_is_no_door_for_programs(client: FlaskClient) -> None:
    answer = client.post("/login?include_auth_token=1", json={"email": "a@b.jp", "password": PASSWORD})

    assert not answer.is_json
    assert client.get("/register").status_code == client.get("/reset").status_code == 404


def test_pages_of_logging_in_hold_no_inline_style_or_script(client: FlaskClient) -> None:
    page = client.get("/login").text

    assert not re.search(r"<style|<script|style=|\son\w+=", page)


# -- throttle --------------------------------------------------------------------------------------------
def test_the_eleventh_attempt_waits_even_with_the_right_password(client: FlaskClient) -> None:
    answers = [log_in(client, password=WRONG).status_code for _ in range(10)]

    answer = log_in(client)

    assert set(answers) == {200}
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert not is_in(client)
    assert log_in(client, "auditor").status_code == 302  # another account is not shut


def test_spellings_of_one_address_are_counted_together(client: FlaskClient) -> None:
    for email in ("caseworker@example.org", "CASEWORKER@example.org", "ｃaseworker@example.org"):
        for _ in range(4):
            client.post("/login", data={"email": email, "password": WRONG})

    assert log_in(client).status_code == 429


def test_an_address_is_shut_after_fifty_failures(
    app: Flask, client: FlaskClient, saved: Callable[..., int]
) -> None:
    now = datetime.now(UTC)
    saved(*(LoginFailure(at=now, account=f"{n}", address="127.0.0.1") for n in range(50)))

    assert log_in(client).status_code == 429
    assert log_in(client, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 302


def test_failures_are_forgotten_after_a_quarter_of_an_hour(
    client: FlaskClient, saved: Callable[..., int], failures: Callable[[], int]
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    account = account_key("caseworker@example.org")
    saved(*(LoginFailure(at=long_ago, account=account, address="127.0.0.1") for _ in range(12)))

    log_in(client, password=WRONG)

    assert failures() == 1
    assert log_in(client).status_code == 302


def test_a_log_in_clears_the_account(client: FlaskClient, failures: Callable[[], int]) -> None:
    log_in(client, password=WRONG)
    log_in(client, "nobody")

    log_in(client)

    assert failures() == 1


def test_no_address_is_kept_in_the_clear(app: Flask, client: FlaskClient) -> None:
    log_in(client, "nobody")

    with app.app_context():
        assert "nobody" not in db.session.scalars(sa.select(LoginFailure.account)).one()


def test_the_address_is_the_visitors_behind_a_proxy(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOMOIKI_PROXIES", "1")
    app = make_app()

    log_in(app.test_client(), "nobody", headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})

    with app.app_context():
        assert db.session.scalars(sa.select(LoginFailure.address)).one() == "203.0.113.5"
