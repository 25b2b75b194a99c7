"""The first run: from the printed address to the first administrator."""

import re
import threading
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.conftest import is_in
from tomoiki.accounts.models import User
from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.accounts.setup import setup_address
from tomoiki.cases.models import Case
from tomoiki.core.database import db, in_write
from tomoiki.demo import commands

FORM = {
    "name": "山本 直子",
    "email": "Naoko@Example.org",
    "password": "correct horse battery",
    "org_name_ja": "ともいき支援会",
    "fy_start_month": "1",
    "language": "vi",
}


@pytest.fixture
def token(app: Flask) -> str:
    """The token of an office where nobody is yet."""
    with app.app_context():
        in_write(lambda: db.session.connection().exec_driver_sql('DELETE FROM "user"'))
    address = setup_address(app)
    assert address
    return address.partition("token=")[2]


def test_the_address_is_kept_until_it_is_used(app: Flask, token: str) -> None:
    path = Path(app.instance_path) / "setup-token"

    assert app.extensions["tomoiki_setup_address"]() == f"http://127.0.0.1:8000/setup?token={token}"
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_address_is_as_the_office_is_reached(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOMOIKI_BASE_URL", "https://office.example/")

    assert setup_address(app) == f"https://office.example/setup?token={token}"


def test_with_a_user_there_is_no_first_run(app: Flask, client: FlaskClient) -> None:
    path = Path(app.instance_path) / "setup-token"
    path.write_text("old")

    assert client.get("/setup?token=old").status_code == 404
    assert setup_address(app) is None
    assert not path.exists()


@pytest.mark.parametrize("wrong", ["", "x", "ü"])
def test_a_wrong_token_is_refused(client: FlaskClient, token: str, wrong: str) -> None:
    assert client.get("/setup", query_string={"token": wrong}).status_code == 403
    assert client.post("/setup", data=FORM | {"token": wrong}).status_code == 403


def test_an_empty_token_file_opens_nothing(app: Flask, client: FlaskClient, token: str) -> None:
    (Path(app.instance_path) / "setup-token").write_text("")

    assert client.get("/setup").status_code == 403


def test_the_form_keeps_its_secret(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/setup?token={token}")

    assert answer.status_code == 200
    assert f'name="token" value="{token}"' in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|<script|style=|\son\w+=", answer.text)


def test_the_form_speaks_another_language_at_the_same_address(client: FlaskClient, token: str) -> None:
    page = client.get(f"/setup?token={token}&lang=vi").text

    assert 'value="vi" lang="vi" selected' in page
    assert f"?token={token}&amp;lang=en" in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("email", "naoko"),
        ("password", "short"),
        ("org_name_ja", " "),
        ("fy_start_month", "13"),
        ("fy_start_month", "四"),
        ("language", "fr"),
    ],
)
def test_a_fault_stands_by_its_field_and_the_rest_is_kept(
    client: FlaskClient, token: str, field: str, typed: str
) -> None:
    answer = client.post("/setup", data=FORM | {"token": token, field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert answer.text.count('class="err"') == 1
    for name in {"name", "email", "org_name_ja"} - {field}:
        assert f'value="{FORM[name]}"' in answer.text
    assert FORM["password"] not in answer.text


def test_a_good_form_makes_the_first_administrator(app: Flask, client: FlaskClient, token: str) -> None:
    answer = client.post("/setup", data=FORM | {"token": token})

    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").json["roles"] == ["admin"]
    with app.app_context():
        user = db.session.scalars(sa.select(User)).one()
        assert (user.name, user.email, user.language) == ("山本 直子", "naoko@example.org", "vi")
        assert get_setting(db.session(), SettingKey.org_name_ja) == "ともいき支援会"
        assert get_setting(db.session(), SettingKey.fy_start_month) == "1"
        assert get_setting(db.session(), SettingKey.language) == "vi"
    assert client.post("/setup", data=FORM | {"token": token}).status_code == 404
    assert not (Path(app.instance_path) / "setup-token").exists()


@pytest.mark.storage
def test_of_two_posts_at_once_one_wins(app: Flask, token: str) -> None:
    clients, answers = [app.test_client() for _ in range(4)], list[int]()
    at_once = threading.Barrier(len(clients))

    def post(client: FlaskClient, number: int) -> None:
        at_once.wait()
        form = FORM | {"token": token, "email": f"n{number}@example.org"}
        answers.append(client.post("/setup", data=form).status_code)

    threads = [threading.Thread(target=post, args=(client, n)) for n, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 404, 404, 404]
    with app.app_context():
        assert len(db.session.scalars(sa.select(User.id)).all()) == 1
    assert sum(is_in(client) for client in clients) == 1


def test_the_last_question_is_how_to_begin(client: FlaskClient, token: str) -> None:
    page = client.get(f"/setup?token={token}").text

    assert 'name="start" value="file" checked' in page
    assert client.post("/setup", data=FORM | {"token": token, "start": "zzz"}).status_code == 422


@pytest.mark.parametrize(("start", "address"), [("file", "/import"), ("demo", "/"), ("empty", "/")])
def test_one_begins_with_what_one_chose(
    start: str, address: str, client: FlaskClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = partial(commands.build_office, scale=0.02)
    monkeypatch.setattr(commands, "build_office", small)

    answer = client.post("/setup", data=FORM | {"token": token, "start": start})

    assert (answer.status_code, answer.location) == (303, address)
    with client.application.app_context():
        assert bool(db.session.scalar(sa.select(sa.func.count(Case.id)))) == (start == "demo")
    assert client.get("/").json["roles"] == ["admin"]
