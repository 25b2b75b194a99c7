"""Importing in the browser: choose a file, see what would become of it, import it; nothing before that."""

import contextvars
import io
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import lazy_gettext
from werkzeug.test import TestResponse

from admin_views.engine import beside, import_jobs, uploads
from tests.engine.importing import sample
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now
from tomoiki.core.tables import Refused
from tomoiki.events.lists import EventKind
from tomoiki.events.models import Event
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

NAMES = json.loads(sample("hostile/upload_names.json"))["names"]
HOSTILE = [
    one
    for one in json.loads(sample("hostile/hostile.expected.json"))["files"]
    if one["upload_as"] == "table import"
]
Login = Callable[[str], FlaskClient]


@pytest.fixture
def office(app: Flask) -> Flask:
    """The shared application, whose folder holds no uploads of earlier tests."""
    shutil.rmtree(Path(app.instance_path) / uploads.FOLDER, ignore_errors=True)
    return app


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
    return list((Path(office.instance_path) / uploads.FOLDER).glob("*.bin"))


def test_the_first_page_asks_for_a_file(admin: FlaskClient) -> None:
    answer = admin.get("/organisations/import")

    assert answer.status_code == 200
    assert 'type="file"' in answer.text


def test_a_preview_stores_nothing_and_the_button_all_good_rows(admin: FlaskClient, office: Flask) -> None:
    shown = preview(admin, sample("companies.csv"), "companies.csv")
    before = stored(office, Organisation)

    done = admin.post("/organisations/import", data={"step": "run", "token": token(shown)})

    assert (shown.status_code, before) == (200, 0)
    assert (done.status_code, done.location) == (303, "/organisations/import/1")
    assert stored(office, Organisation) == 37
    assert [path.name for path in kept(office)] == ["rejects-1.bin"]


def test_the_preview_shows_counts_cells_to_mend_and_duplicates(admin: FlaskClient) -> None:
    text = preview(admin, sample("companies.csv"), "companies.csv").text

    for wanted in ("37<small>", "6<small>", "9.999E+12", "21、33"):
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
    assert admin.get("/users/import").status_code == 404


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


# -- from upload to the mended rejects, and back ------------------------------------------------------------
LIST = "会社名,法人番号,電話\n見本商事,,03-0000-0001\n架空農園,,letters\n"


def post(client: FlaskClient, slug: str = "organisations", **data: object) -> TestResponse:
    return client.post(f"/{slug}/import", data=data)


def choose(
    client: FlaskClient, data: bytes, name: str = "list.csv", slug: str = "organisations"
) -> TestResponse:
    return post(client, slug, step="file", file=(io.BytesIO(data), name))


def imported(client: FlaskClient, data: bytes, name: str = "list.csv", slug: str = "organisations") -> str:
    done = post(client, slug, step="run", token=token(preview(client, data, name, slug)))
    assert done.status_code == 303, done.text
    return str(done.location)


def test_the_second_step_shows_each_column_with_what_it_becomes(admin: FlaskClient) -> None:
    text = choose(admin, sample("legacy_cases.xlsx"), "legacy_cases.xlsx", "cases").text

    assert text.count('name="column"') == 26
    assert 'value="2021年度"' in text
    assert "■ 5月" in text
    assert "集計" in text


def test_columns_can_be_chosen_and_are_remembered(admin: FlaskClient, office: Flask) -> None:
    data = "とりひきさき,ばんごう\n見本商事,12\n".encode()
    shown = choose(admin, data)
    chosen = {
        "columns": "1",
        "header": ["とりひきさき", "ばんごう"],
        "column": ["name", "~note"],
        "sheet": "",
        "read-0": "on",
    }

    checked = post(admin, step="preview", token=token(shown), **chosen)
    post(admin, step="run", token=token(checked))
    again = choose(admin, "とりひきさき,ばんごう\n架空商事,13\n".encode())

    with office.app_context():
        assert db.session.execute(sa.select(Organisation.name, Organisation.note)).all() == [
            ("見本商事", "ばんごう: 12")
        ]
    assert '<option value="name" selected' in again.text
    assert '<option value="~note" selected' in again.text


def test_encoding_header_row_and_year_can_be_changed(admin: FlaskClient) -> None:
    shown = choose(admin, "memo\n会社名\n見本商事\n".encode("cp932"))

    again = post(
        admin, step="again", token=token(shown), columns="1", encoding="cp932", delimiter=";",
        sheet="", **{"read-0": "on", "header-row-0": "1", "year-0": "令和3年度"},
    )  # fmt: skip

    assert '<option value="cp932" selected' in again.text
    assert 'value="2021年度"' in again.text
    assert 'name="header" value="memo"' in again.text


def test_what_every_row_needs_is_asked_once(admin: FlaskClient, office: Flask) -> None:
    with office.app_context():
        begin_write()
        db.session.add(
            Event(number="EV1", kind=EventKind.study, title_ja="勉強会", starts_at=now(), capacity=25)
        )
        db.session.commit()
    shown = choose(admin, sample("google_forms_attendees.csv"), "form.csv", "registrations")
    assert 'name="value-event"' in shown.text

    checked = post(
        admin, "registrations", step="preview", token=token(shown), columns="1", sheet="",
        **{"read-0": "on", "value-event": "EV1"},
    )  # fmt: skip

    assert "38<small>" in checked.text


def test_rejected_rows_come_as_a_workbook_and_mended_they_go_in(admin: FlaskClient, office: Flask) -> None:
    result = imported(admin, LIST.encode())
    page = admin.get(result)
    answer = admin.get(f"{result}/rejects.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert f"{result}/rejects.xlsx" in page.text
    assert rows[0][:3] == ("会社名", "法人番号", "電話")
    assert rows[1][0] == "架空農園"
    assert "電話" in str(rows[1][3])

    book.worksheets[0]["C2"] = "03-0000-0002"
    mended = io.BytesIO()
    book.save(mended)
    imported(admin, mended.getvalue(), "mended.xlsx")

    with office.app_context():
        assert db.session.execute(sa.select(Organisation.name, Organisation.note)).all() == [
            ("見本商事", None), ("架空農園", None)
        ]  # fmt: skip


def test_the_rejects_can_be_saved_before_anything_is_stored(admin: FlaskClient, office: Flask) -> None:
    answer = post(admin, step="rejects", token=token(preview(admin, LIST.encode())))

    assert answer.data.startswith(b"PK")
    assert stored(office, Organisation) == 0


def test_rejects_are_for_whoever_imported(admin: FlaskClient, log_in: Login) -> None:
    result = imported(admin, LIST.encode())

    assert log_in("caseworker").get(f"{result}/rejects.xlsx").status_code == 404


def test_a_formula_in_a_rejected_row_stays_text(admin: FlaskClient) -> None:
    answer = post(
        admin, step="rejects", token=token(preview(admin, "会社名,電話\n=1+1 x,letters\n".encode()))
    )

    cell = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1 x", "s")


def test_an_import_is_taken_back_as_a_whole(admin: FlaskClient, office: Flask) -> None:
    result = imported(admin, sample("companies.csv"), "companies.csv")
    assert "37<small>" in admin.get(result).text

    undone = admin.post(f"{result}/undo", follow_redirects=True)

    assert undone.status_code == 200
    assert stored(office, Organisation) == 0
    assert f"{result}/undo" not in undone.text
    assert result in admin.get("/organisations/import").text


def test_what_was_changed_since_is_listed_and_left(admin: FlaskClient, office: Flask) -> None:
    result = imported(admin, "会社名\n見本商事\n架空農園\n".encode())
    version = 1
    admin.post(
        "/organisations/1/edit", data={"name": "見本商事", "phone": "03-0000-0009", "version": str(version)}
    )

    undone = admin.post(f"{result}/undo", follow_redirects=True)

    assert stored(office, Organisation) == 1
    assert "/organisations/1" in undone.text


@pytest.mark.parametrize("role", ["caseworker", "organiser"])
def test_another_user_who_may_not_delete_cannot_take_it_back(
    role: str, admin: FlaskClient, log_in: Login
) -> None:
    result = imported(admin, "会社名\n見本商事\n".encode())

    assert log_in(role).post(f"{result}/undo").status_code == 403


def test_whoever_imported_may_take_it_back(log_in: Login, office: Flask) -> None:
    client = log_in("organiser")
    result = imported(client, "会社名\n見本商事\n".encode())

    assert client.post(f"{result}/undo").status_code == 303
    assert stored(office, Organisation) == 0


def test_a_duplicate_can_be_left_out_or_change_what_is_there(admin: FlaskClient, office: Flask) -> None:
    imported(admin, "会社名,法人番号\n株式会社見本商事,7999901010074\n".encode())
    data = "会社名,電話\n(有)見本商事,03-0000-0003\n".encode()

    left_out = post(
        admin, step="run", token=token(preview(admin, data)), **{"read-sheet": "", "dup-0-2": "skip"}
    )
    assert (left_out.status_code, stored(office, Organisation)) == (303, 1)
    post(admin, step="run", token=token(preview(admin, data)), **{"read-sheet": "", "dup-0-2": "update"})

    with office.app_context():
        assert db.session.scalars(sa.select(Organisation.phone)).all() == ["+81300000003"]


def test_a_long_list_is_imported_beside_the_pages(
    admin: FlaskClient, office: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "AT_ONCE", 1)
    monkeypatch.setattr(beside.threading, "Thread", AtOnce)

    sent = post(admin, step="run", token=token(preview(admin, LIST.encode())), rows="2")
    done = admin.get(sent.location)

    assert sent.location.startswith("/organisations/import?job=")
    assert (done.status_code, done.location) == (303, "/organisations/import/1")


class AtOnce:
    """A thread that has ended when it has begun."""

    def __init__(self, target: Callable[[], None], **options: object) -> None:
        self.target = target

    def start(self) -> None:
        contextvars.Context().run(self.target)


def test_progress_is_shown_without_javascript(admin: FlaskClient, office: Flask) -> None:
    key = "a" * 43
    with office.app_context():
        uploads.keep_rejects(9, b"")  # makes the folder
        uploads.tell(key, {"done": 1000, "total": 5000})

    page = admin.get(f"/organisations/import?job={key}")

    assert page.headers["Refresh"] == "1"
    assert '<progress max="5000" value="1000"' in page.text
    assert admin.get("/organisations/import?job=none").status_code == 303


def test_a_background_import_that_is_refused_says_so(admin: FlaskClient, office: Flask) -> None:
    key = "b" * 43
    with office.app_context():
        uploads.keep_rejects(9, b"")
        uploads.tell(key, {"fault": "not today"})

    page = admin.get(f"/organisations/import?job={key}")

    assert (page.status_code, "not today" in page.text) == (422, True)


@pytest.mark.parametrize("file", HOSTILE, ids=[one["file"] for one in HOSTILE])
def test_a_hostile_upload_is_answered_in_words(
    file: dict[str, Any], admin: FlaskClient, office: Flask
) -> None:
    started = time.monotonic()

    answer = choose(admin, sample(f"hostile/{file['file']}"), file["file"], "people")
    if answer.status_code == 200:
        answer = post(admin, "people", step="preview", token=token(answer))

    assert time.monotonic() - started < 20
    assert answer.status_code in ((422,) if file["must"] == "refuse" else (200, 422))
    assert stored(office, Person) == 0
    assert admin.get("/people/import").status_code == 200


def test_limits_are_settings(admin: FlaskClient, office: Flask) -> None:
    with office.app_context():
        begin_write()
        db.session.execute(sa.text("UPDATE setting SET value = '1' WHERE key = 'import_max_rows'"))
        db.session.commit()

    assert preview(admin, "会社名\n見本\n架空\n".encode()).status_code == 422
    assert preview(admin, "会社名\n見本\n".encode()).status_code == 200


def test_a_second_click_imports_nothing_twice(admin: FlaskClient, office: Flask) -> None:
    key = token(preview(admin, "会社名\n見本商事\n".encode()))
    with office.app_context():
        assert uploads.claim(key)

    second = post(admin, step="run", token=key)

    assert second.location == f"/organisations/import?job={key}"
    assert stored(office, Organisation) == 0


def test_a_refused_import_can_be_tried_again(
    admin: FlaskClient, office: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = token(preview(admin, "会社名\n見本商事\n".encode()))

    def refuse(*arguments: object) -> None:
        raise Refused(lazy_gettext("not now"))

    with monkeypatch.context() as patch:
        patch.setattr(import_jobs, "run_import", refuse)
        assert post(admin, step="run", token=key).status_code == 422

    assert post(admin, step="run", token=key).status_code == 303
    assert stored(office, Organisation) == 1


def test_a_sheet_is_left_out_or_read_as_a_person_says(admin: FlaskClient) -> None:
    shown = choose(admin, sample("legacy_cases.xlsx"), "legacy_cases.xlsx", "cases")
    sheets = {"columns": "1", "sheet": ["2021年度", "2022年度", "集計"]}

    again = post(
        admin, "cases", step="again", token=token(shown), **sheets, **{"read-1": "on", "read-2": "on"}
    )
    checked = post(admin, "cases", step="preview", token=token(again))

    assert 'value="集計"' in again.text
    assert (
        "63<small>" in checked.text
    )  # 66 rows of the second sheet, without 3 to mend; the summary has no column
