"""Links by which people set their own password."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.conftest import is_in, log_in
from tomoiki.accounts.invitations import base_address, invite
from tomoiki.accounts.models import Invitation, User
from tomoiki.core.database import db, in_write

NEW = "a whole new password"
FORM = {"password": NEW, "password_again": NEW}


@pytest.fixture
def invited(app: Flask) -> Callable[[], str]:
    """Invite the auditor and return the address on this site."""

    def make() -> str:
        with app.app_context():
            token = in_write(lambda: invite(db.session(), db.session.get_one(User, 6)))
        return f"/invitation/{token}"

    return make


def test_an_invitation_sets_the_password_and_logs_in(
    client: FlaskClient, invited: Callable[[], str], app: Flask
) -> None:
    address = invited()
    page = client.get(address)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "auditor@example.org" in page.text

    answer = client.post(address, data=FORM)

    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").json["roles"] == ["auditor"]
    assert log_in(app.test_client(), "auditor", NEW).status_code == 302


def test_it_works_once(client: FlaskClient, invited: Callable[[], str], app: Flask) -> None:
    address = invited()
    client.post(address, data=FORM)

    assert app.test_client().get(address).status_code == 410
    assert app.test_client().post(address, data=FORM).status_code == 410


def test_it_works_for_48_hours(client: FlaskClient, invited: Callable[[], str], app: Flask) -> None:
    address = invited()
    with app.app_context():
        expires = db.session.scalars(sa.select(Invitation.expires_at)).one()
        assert timedelta(hours=47, minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=48)
        past = datetime.now(UTC) - timedelta(seconds=1)
        in_write(lambda: db.session.execute(sa.update(Invitation).values(expires_at=past)))

    answer = client.get(address)

    assert answer.status_code == 410
    assert "works no more" in answer.text


def test_a_new_one_voids_the_old(client: FlaskClient, invited: Callable[[], str]) -> None:
    old, new = invited(), invited()

    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200


def test_a_deactivated_user_cannot_use_it(
    client: FlaskClient, invited: Callable[[], str], change: Callable[..., None]
) -> None:
    address = invited()
    change("auditor", active=False)

    assert client.get(address).status_code == 410


def test_being_invited_anew_ends_old_sessions(
    login: Callable[[str], FlaskClient], invited: Callable[[], str]
) -> None:
    old = login("auditor")
    assert is_in(old)

    invited()

    assert not is_in(old)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": NEW, "password_again": "another one"}, "password_again"),
        ({"password": "x" * 129, "password_again": "x" * 129}, "password"),
        ({}, "password"),
    ],
    ids=["short", "different", "endless", "empty"],
)
def test_a_bad_password_is_explained(
    client: FlaskClient, invited: Callable[[], str], form: dict[str, str], field: str
) -> None:
    address = invited()

    answer = client.post(address, data=form)

    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert client.get(address).status_code == 200


def test_only_a_hash_is_kept(app: Flask, invited: Callable[[], str]) -> None:
    address = invited()

    with app.app_context():
        assert db.session.scalars(sa.select(Invitation.token_hash)).one() not in address


def test_a_link_does_not_go_round_the_second_factor(
    client: FlaskClient, invited: Callable[[], str], change: Callable[..., None]
) -> None:
    change("auditor", tf_primary_method="authenticator", tf_totp_secret="{}")  # noqa: S106

    answer = client.post(invited(), data=FORM)

    assert answer.location == "/tf-validate"
    assert not is_in(client)


def test_a_link_made_on_a_page_leads_to_the_same_site(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://office.local:8080"):
        assert base_address() == "http://office.local:8080"
