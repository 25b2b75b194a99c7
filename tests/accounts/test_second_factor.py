"""Switching the second factor on, logging in with it, losing the phone, switching it off."""

import base64
import hashlib
import hmac
import re
import struct
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from tests.accounts.conftest import is_in, log_in
from tomoiki.accounts.models import User
from tomoiki.accounts.services import reset_second_factor
from tomoiki.core.database import db, in_write


class Phone:
    """An authenticator app whose clock the test moves on."""

    def __init__(self, page: str) -> None:
        found = re.search(r'id="key">([A-Z2-7 -]+)<', page)
        assert found, page
        self._secret = re.sub(r"[ -]", "", found[1])
        self.clock = 1_800_000_000

    def code(self) -> str:
        key = base64.b32decode(self._secret + "=" * (-len(self._secret) % 8))
        digest = hmac.digest(key, struct.pack(">Q", self.clock // 30), hashlib.sha1)
        place = digest[-1] & 15
        return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def switch_on(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Phone:
    page = client.post("/tf-setup", data={"setup": "authenticator"}).text
    phone = Phone(page)
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: phone.clock))
    found = re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert found, page
    answer = client.post(found[1], data={"code": phone.code()})
    assert (answer.status_code, answer.location) == (302, "/account")
    phone.clock += 30
    return phone


@pytest.fixture
def phone(caseworker: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Phone:
    return switch_on(caseworker, monkeypatch)


def test_the_qr_code_is_a_picture_in_the_page(caseworker: FlaskClient) -> None:
    page = caseworker.post("/tf-setup", data={"setup": "authenticator"}).text

    assert 'src="data:image/svg+xml;base64,' in page
    assert not re.search(r"<style|<script|style=|\son\w+=", page)


def test_a_wrong_code_does_not_switch_it_on(
    caseworker: FlaskClient, stored: Callable[[str], User], failures: Callable[[], int]
) -> None:
    page = caseworker.post("/tf-setup", data={"setup": "authenticator"}).text
    action = re.search(r'action="(/tf-setup/[^"]+)"', page)

    assert action
    caseworker.post(action[1], data={"code": "000000"})

    assert stored("caseworker").tf_primary_method is None
    assert failures() == 0


def test_with_it_the_password_is_not_enough(phone: Phone, client: FlaskClient) -> None:
    answer = log_in(client)

    assert answer.location == "/tf-validate?next=/"
    assert not is_in(client)
    assert "is wrong" not in client.get("/tf-validate").text
    assert client.post("/tf-validate", data={"code": phone.code()}).location == "/"
    assert is_in(client)


def test_a_code_works_once(phone: Phone, app: Flask) -> None:
    code = phone.code()
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        log_in(client)
        client.post("/tf-validate", data={"code": code})

    assert is_in(first)
    assert not is_in(second)


def test_a_code_leaves_no_trace_in_version_and_change_log(
    phone: Phone, client: FlaskClient, stored: Callable[[str], User]
) -> None:
    before = stored("caseworker")
    log_in(client)

    client.post("/tf-validate", data={"code": phone.code()})

    after = stored("caseworker")
    assert after.version == before.version
    assert after.tf_last_counter == phone.clock // 30


def test_wrong_codes_are_counted_as_failed_log_ins(phone: Phone, client: FlaskClient) -> None:
    log_in(client)
    codes = [client.post("/tf-validate", data={"code": "000000"}).status_code for _ in range(10)]

    answer = client.post("/tf-validate", data={"code": phone.code()})

    assert set(codes) == {200}
    assert answer.status_code == 429
    assert log_in(client).status_code == 429  # and the password alone forgives nothing


def test_the_right_password_forgives_no_wrong_codes(
    phone: Phone, client: FlaskClient, failures: Callable[[], int]
) -> None:
    log_in(client)
    client.post("/tf-validate", data={"code": "000000"})

    log_in(client)

    assert failures() == 1


def test_a_recovery_code_replaces_the_phone_once(
    phone: Phone, caseworker: FlaskClient, app: Flask, stored: Callable[[str], User]
) -> None:
    page = caseworker.post("/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    code = re.findall(r"<b>([0-9a-f-]+)</b>", page)[0]
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        log_in(client)
        client.post("/mf-recovery", data={"code": f" {code.upper()} "})

    assert is_in(first)
    assert not is_in(second)
    assert code not in str(stored("caseworker").mf_recovery_codes)  # encrypted at rest


def test_it_can_be_switched_off(phone: Phone, caseworker: FlaskClient, client: FlaskClient) -> None:
    caseworker.post("/tf-setup", data={"setup": "disable"})

    assert log_in(client).location == "/"


def test_no_other_method_is_offered(caseworker: FlaskClient, stored: Callable[[str], User]) -> None:
    for method in ("email", "sms", "nonsense"):
        assert 'id="key"' not in caseworker.post("/tf-setup", data={"setup": method}).text

    assert stored("caseworker").tf_primary_method is None


def test_an_old_session_must_give_the_password_again(caseworker: FlaskClient) -> None:
    with caseworker.session_transaction() as kept:
        kept["fs_paa"] -= 3600

    answer = caseworker.get("/tf-setup")

    assert answer.location.startswith("/verify")
    assert 'action="/verify?next=/tf-setup"' in caseworker.get(answer.location).text


def test_an_administrator_can_take_it_off(phone: Phone, app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        in_write(lambda: reset_second_factor(db.session(), db.session.get_one(User, 2)))

    assert log_in(client).location == "/"


def test_codes_still_work_after_a_restart(
    phone: Phone, make_app: Callable[..., Flask], client: FlaskClient
) -> None:
    again = make_app().test_client()
    log_in(again)

    again.post("/tf-validate", data={"code": phone.code()})

    assert is_in(again)
