"""Importing in the browser: choose a file, see what would become of it, import it; nothing before that."""

import io
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_views.engine import uploads
from tests.engine.importing import sample, screens
from tomoiki.core.database import db
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

NAMES = json.loads(sample("hostile/upload_names.json"))["names"]
Login = Callable[[str], FlaskClient]


@pytest.fixture
def office(make_app: Callable[..., Flask]) -> Flask:
    return make_app(screens=screens())


@pytest.fixture
def log_in(office: Flask) -> Login:
    def enter(role: str) -> FlaskClient:
        client = office.test_client()
        client.post("/login", data={"email": f"{role}@example.org", "password": "correct horse battery"})
        return client

    return enter


@pytest.fixture
def admin(log_in: Login) -> FlaskClient:
    return log_in("admin")


def preview(
    client: FlaskClient, data: bytes, name: str = "list.csv", slug: str = "organisations"
) -> TestResponse:
    return client.post(f"/{slug}/import", data={"step": "preview", "file": (io.BytesIO(data), name)})


def token(answer: TestResponse) -> str:
    (found,) = re.findall(r'name="token" value="([^"]+)"', answer.text)
    return str(found)


def stored(office: Flask, model: type[Organisation | Person]) -> int:
    with office.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def kept(office: Flask) -> list[Path]:
    return list((Path(office.instance_path) / uploads.FOLDER).glob("*"))


def test_the_first_page_asks_for_a_file(admin: FlaskClient) -> None:
    answer = admin.get("/organisations/import")

    assert answer.status_code == 200
    assert 'type="file"' in answer.text


def test_a_preview_stores_nothing_and_the_button_all_good_rows(admin: FlaskClient, office: Flask) -> None:
    shown = preview(admin, sample("companies.csv"), "companies.csv")
    before = stored(office, Organisation)

    done = admin.post("/organisations/import", data={"step": "run", "token": token(shown)})

    assert (shown.status_code, before) == (200, 0)
    assert (done.status_code, done.location) == (303, "/organisations/")
    assert stored(office, Organisation) == 37
    assert kept(office) == []


def test_the_preview_shows_counts_cells_to_mend_and_duplicates(admin: FlaskClient) -> None:
    text = preview(admin, sample("companies.csv"), "companies.csv").text

    for wanted in ("37<small>", "6<small>", "9.999E+12", "21, 33", "従業員数"):
        assert wanted in text


def test_a_preview_shows_no_card_number_that_can_be_read(admin: FlaskClient) -> None:
    text = preview(admin, sample("people_vn.csv"), "people_vn.csv", "people").text

    assert "EZ00001003CT" not in text.upper()
    assert "••••" in text


def test_the_kept_file_is_encrypted_and_for_its_owner_alone(admin: FlaskClient, office: Flask) -> None:
    preview(admin, "会社名\n見本商事".encode())

    (path,) = kept(office)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "見本商事".encode() not in path.read_bytes()


def test_another_browser_cannot_run_the_import(admin: FlaskClient, log_in: Login, office: Flask) -> None:
    shown = preview(admin, "会社名\n見本商事".encode())

    answer = log_in("caseworker").post("/organisations/import", data={"step": "run", "token": token(shown)})

    assert answer.status_code == 422
    assert stored(office, Organisation) == 0


def test_a_file_is_kept_for_two_hours(admin: FlaskClient, office: Flask) -> None:
    shown = preview(admin, "会社名\n見本商事".encode())
    (path,) = kept(office)
    os.utime(path, (0, time.time() - uploads.MOST_SECONDS - 1))

    assert admin.post("/organisations/import", data={"step": "run", "token": token(shown)}).status_code == 422
    preview(admin, "会社名\n見本農園".encode())
    assert kept(office) != [path]


@pytest.mark.parametrize("role", ["auditor", "treasurer"])
def test_who_may_not_create_is_refused(role: str, log_in: Login) -> None:
    client = log_in(role)

    assert client.get("/organisations/import").status_code == 403
    assert preview(client, b"name\nx").status_code == 403


def test_a_screen_without_import_has_no_such_page(admin: FlaskClient) -> None:
    assert admin.get("/residence-statuses/import").status_code == 404


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"x\n1", "会社名\n".encode()])
def test_a_refused_file_is_answered_in_words(data: bytes, admin: FlaskClient) -> None:
    answer = preview(admin, data)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_no_file_is_answered_in_words(admin: FlaskClient) -> None:
    assert admin.post("/organisations/import", data={"step": "preview"}).status_code == 422


def test_cells_are_shown_as_text(admin: FlaskClient) -> None:
    text = preview(admin, sample("hostile/xss.csv"), "<img src=x onerror=alert(1)>.csv", "people").text

    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_decides_nothing(name: str, admin: FlaskClient, office: Flask) -> None:
    answer = preview(admin, "会社名\n見本商事".encode(), name)

    assert answer.status_code in (200, 422)
    assert all(re.fullmatch(r"[\w-]{43}\.bin", path.name) for path in kept(office))
    assert "\r\nSet-Cookie: a" not in str(answer.headers)
