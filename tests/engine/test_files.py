"""Files of a record: sent, seen, given back, found, deleted, put back; refused in words."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.databases import Queries
from tests.engine.browsing import change, form_of, words
from tests.engine.importing import SAMPLES
from tests.engine.uploading import DOCX, PDF, TEXT, XLSX, photo, upload
from tests.factories import a_case, a_donation, a_person, an_expense
from tomoiki.accounts.models import Setting
from tomoiki.core import attachments
from tomoiki.core.attachments import Attachment, Content, let_go
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import today
from tomoiki.core.history import AccessLog, ChangeLog

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Enter = Callable[[str], FlaskClient]
HOSTILE = SAMPLES / "hostile"
KNOWN = json.loads((HOSTILE / "hostile.expected.json").read_text(encoding="utf-8"))["files"]
UPLOADS = [one for one in KNOWN if not one["upload_as"].endswith("import")]


@pytest.fixture
def look(app: Flask) -> Callable[[Any], Any]:
    """Return what a select gives: `look(sa.select(Attachment.filename))`."""

    def ask(statement: Any) -> Any:
        with app.app_context():
            return db.session.scalars(statement).all()

    return ask


Look = Callable[[Any], Any]
NAMES, COUNT = sa.select(Attachment.filename).order_by(Attachment.id), sa.select(sa.func.count(Attachment.id))


def test_several_files_are_kept_at_once_and_stand_on_the_page(
    caseworker: FlaskClient, saved: Saved, look: Look
) -> None:
    key = saved(a_case())
    files = (("診断.pdf", PDF), ("写真.JPG", photo()), ("表.xlsx", XLSX), ("書類.docx", DOCX), ("メモ", TEXT))

    answer = upload(caseworker, f"/cases/{key}", *files, kind="contract")
    page = caseworker.get(f"/cases/{key}")

    assert (answer.status_code, answer.location) == (303, f"/cases/{key}#files")
    assert look(NAMES) == ["診断.pdf", "写真.JPG", "表.xlsx", "書類.docx", "メモ.txt"]
    assert "5 files were kept." in words(page)
    assert "Employment contract ・ PDF ・ 1 KB" in words(page)
    assert page.text.count("/small") == 1


def test_the_bytes_lie_encrypted_in_a_table_of_their_own(
    caseworker: FlaskClient, saved: Saved, app: Flask
) -> None:
    upload(caseworker, f"/cases/{saved(a_case())}", ("a.txt", TEXT))

    with app.app_context():
        raw = bytes(db.session.execute(sa.text("SELECT data FROM attachment_content")).scalar_one())
        assert TEXT not in raw
        assert db.session.scalar(sa.select(Content.data)) == TEXT


@pytest.mark.parametrize(
    ("file", "served"),
    [
        (("同意書.pdf", PDF), ("application/pdf", "attachment")),
        (("a.txt", "領収".encode("cp932")), ("text/plain; charset=cp932", "attachment")),
        (("a.png", photo("PNG")), ("image/png", "inline")),
        (("a.HEIC", photo("HEIF")), ("image/jpeg", "inline; filename=a.jpg")),
    ],
)
def test_a_file_is_given_with_a_fixed_type_and_without_rights(
    file: tuple[str, bytes], served: tuple[str, str], caseworker: FlaskClient, saved: Saved, look: Look
) -> None:
    key = saved(a_case())
    upload(caseworker, f"/cases/{key}", file)

    answer = caseworker.get(f"/cases/{key}/files/1")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == served[0]
    assert answer.headers["Content-Disposition"].startswith(served[1])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert look(sa.select(AccessLog.detail).where(AccessLog.action == "download")) == ["#1"]


def test_a_photo_comes_back_upright_and_tells_no_place(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    upload(caseworker, f"/cases/{key}", ("a.jpg", photo(size=(400, 200))))

    whole, small = (caseworker.get(f"/cases/{key}/files/1{end}").data for end in ("", "/small"))

    assert Image.open(io.BytesIO(whole)).size == (200, 400)
    assert dict(Image.open(io.BytesIO(whole)).getexif()) == {}
    assert Image.open(io.BytesIO(small)).size == (80, 160)


def test_no_small_picture_of_identity_papers_stands_on_a_page(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    refused = upload(caseworker, f"/cases/{key}", ("card.jpg", photo()), kind="residence_card")
    upload(caseworker, f"/cases/{key}", ("card.jpg", photo()), kind="residence_card", covered="yes")

    assert refused.status_code == 422
    assert "Cover the My Number" in words(refused)
    assert "/small" not in caseworker.get(f"/cases/{key}").text
    assert caseworker.get(f"/cases/{key}/files/1/small").status_code == 404
    assert caseworker.get(f"/cases/{key}/files/1").status_code == 200


# -- refused -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("known", UPLOADS, ids=[one["file"] for one in UPLOADS])
def test_a_hostile_file_does_what_it_must(
    known: dict[str, Any], caseworker: FlaskClient, saved: Saved, look: Look
) -> None:
    key = saved(a_case())

    answer = upload(caseworker, f"/cases/{key}", (known["file"], (HOSTILE / known["file"]).read_bytes()))

    if answer.status_code == 303:
        assert known["must"] == "refuse_or_download_only"
        given = caseworker.get(f"/cases/{key}/files/1")
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["Content-Type"] == "application/pdf"
    else:
        assert answer.status_code == 422
        assert known["file"] in words(answer)
        assert look(COUNT) == [0]


def test_one_bad_file_keeps_no_good_one_out(caseworker: FlaskClient, saved: Saved, look: Look) -> None:
    answer = upload(caseworker, f"/cases/{saved(a_case())}", ("good.pdf", PDF), ("bad.pdf", b"<html>"))

    assert answer.status_code == 422
    assert "bad.pdf: This is a web page" in words(answer)
    assert "1 file was kept." in words(answer)
    assert look(NAMES) == ["good.pdf"]


def test_a_name_is_shown_as_text_and_decides_nothing(
    caseworker: FlaskClient, saved: Saved, look: Look, tmp_path: Any
) -> None:
    names = json.loads((HOSTILE / "upload_names.json").read_text(encoding="utf-8"))["names"]
    key = saved(a_case())
    for at, name in enumerate(names):
        assert upload(caseworker, f"/cases/{key}", (name, b"name,phone\nA,%d\n" % at)).status_code in (
            303,
            422,
        )

    page = caseworker.get(f"/cases/{key}").text

    assert "<img src=x" not in page
    assert "日本語 ファイル名①㈱.csv" in look(NAMES)
    assert [caseworker.get(f"/cases/{key}/files/{at}").status_code for at in (1, 5, 9)] == [200] * 3


def test_a_file_over_the_offices_size_is_refused(
    caseworker: FlaskClient, app: Flask, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MB", 10)  # files of real megabytes would only take time
    with app.app_context():
        begin_write()
        db.session.execute(sa.update(Setting).where(Setting.key == "file_max_mb").values(value="1"))
        db.session.commit()

    answer = upload(caseworker, f"/cases/{saved(a_case())}", ("big.txt", b"a" * 11))

    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in words(answer)


def test_a_request_that_is_too_large_is_told_in_words(
    caseworker: FlaskClient, app: Flask, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)

    answer = upload(caseworker, f"/cases/{saved(a_case())}", ("big.txt", b"a" * 2000))

    assert answer.status_code == 413
    assert "This is too large." in words(answer)


def test_nothing_chosen_and_the_same_twice_are_told(
    caseworker: FlaskClient, saved: Saved, look: Look
) -> None:
    key = saved(a_case())
    upload(caseworker, f"/cases/{key}", ("a.pdf", PDF))

    nothing = caseworker.post(f"/cases/{key}/files", data={})
    twice = upload(caseworker, f"/cases/{key}", ("b.pdf", PDF))

    assert (nothing.status_code, twice.status_code) == (422, 422)
    assert "Choose a file first." in words(nothing)
    assert "b.pdf: The very same file is here already." in words(twice)
    assert look(COUNT) == [1]


# -- whose -------------------------------------------------------------------------------------------------------------
def test_the_treasurer_sees_receipts_of_the_books_alone(
    caseworker: FlaskClient, treasurer: FlaskClient, enter: Enter, saved: Saved
) -> None:
    case, expense = saved(a_case(owner_id=2)), saved(an_expense(case_id=1))
    upload(caseworker, f"/cases/{case}", ("病院.pdf", PDF), kind="receipt")
    upload(caseworker, f"/expenses/{expense}", ("領収書.pdf", PDF), kind="receipt")
    upload(caseworker, f"/expenses/{expense}", ("診断書.txt", TEXT), kind="medical")

    page, auditors = treasurer.get(f"/expenses/{expense}"), enter("auditor").get(f"/expenses/{expense}")

    for seen in (page, auditors):
        assert "領収書.pdf" in seen.text
        assert "診断書.txt" not in seen.text
    assert 'id="files"' not in treasurer.get(f"/cases/{case}").text
    assert [treasurer.get(f"/cases/{case}/files/{at}").status_code for at in (1, 2)] == [404, 404]
    assert treasurer.get(f"/expenses/{expense}/files/3").status_code == 404
    assert upload(treasurer, f"/cases/{case}", ("a.pdf", PDF)).status_code == 403
    assert upload(treasurer, f"/expenses/{expense}", ("a.txt", TEXT + b"2")).status_code == 303
    assert upload(enter("auditor"), f"/expenses/{expense}", ("a.txt", TEXT)).status_code == 403
    assert "領収書.pdf" in treasurer.get("/search?q=領収書").text
    assert "病院.pdf" not in treasurer.get("/search?q=病院").text


def test_what_hangs_on_a_hidden_record_is_hidden(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    hers, other = saved(a_case(owner_id=2)), saved(a_case(owner_id=1, confidential="restricted"))
    upload(admin, f"/cases/{other}", ("Quirvax.pdf", PDF))

    assert upload(caseworker, f"/cases/{other}", ("a.pdf", PDF)).status_code == 404
    assert caseworker.get(f"/cases/{other}/files/1").status_code == 404
    assert caseworker.get(f"/cases/{hers}/files/1").status_code == 404
    assert caseworker.get("/attachments/1").status_code == 404
    assert "Quirvax" not in caseworker.get("/attachments/").text
    assert "Quirvax.pdf" not in caseworker.get("/search?q=Quirvax").text
    assert "Quirvax.pdf" in admin.get("/search?q=quirvax").text


# -- deleted and put back ----------------------------------------------------------------------------------------------
def test_a_deleted_file_is_put_back_with_its_bytes(admin: FlaskClient, saved: Saved, look: Look) -> None:
    key = saved(a_case())
    upload(admin, f"/cases/{key}", ("a.pdf", PDF))
    admin.post("/attachments/1/delete")
    gone = look(sa.select(ChangeLog.id).where(ChangeLog.entity == "attachment", ChangeLog.action == "delete"))

    address = f"/attachments/1/put-back/{gone[0]}"
    told = words(admin.get(f"/cases/{key}/history"))
    admin.post(address, data=form_of(admin.get(address)))

    assert "File deleted: a.pdf" in told
    assert admin.get(f"/cases/{key}/files/1").data == PDF


def test_files_go_with_their_record_and_come_back_with_it(
    admin: FlaskClient, saved: Saved, look: Look
) -> None:
    key, other = saved(a_person()), saved(a_donation())
    assert key == other == 1
    upload(admin, f"/people/{key}", ("person.pdf", PDF))
    upload(admin, f"/donations/{other}", ("gift.pdf", PDF))
    asked = words(admin.get(f"/people/{key}/delete"))
    admin.post(f"/people/{key}/delete")
    left = look(NAMES)
    gone = look(sa.select(ChangeLog.id).where(ChangeLog.entity == "person", ChangeLog.action == "delete"))

    address = f"/people/{key}/put-back/{gone[0]}"
    answer = admin.post(address, data=form_of(admin.get(address)))

    assert "Files" in asked
    assert left == ["gift.pdf"]
    assert answer.status_code == 303
    assert sorted(look(NAMES)) == ["gift.pdf", "person.pdf"]
    assert admin.get(f"/people/{key}/files/1").data == PDF


def test_bytes_go_thirty_days_after_their_file(
    admin: FlaskClient, app: Flask, saved: Saved, look: Look
) -> None:
    key = saved(a_case())
    upload(admin, f"/cases/{key}", ("stays.pdf", PDF))
    upload(admin, f"/cases/{key}", ("goes.txt", TEXT))
    admin.post("/attachments/2/delete")
    for days in (0, 31):
        with app.app_context():
            begin_write()
            let_go(db.session(), today() + timedelta(days=days))
            db.session.commit()
        assert look(sa.select(Content.id).order_by(Content.id)) == ([1, 2] if days == 0 else [1])
    gone = look(sa.select(ChangeLog.id).where(ChangeLog.entity == "attachment", ChangeLog.action == "delete"))

    address = f"/attachments/2/put-back/{gone[0]}"
    answer = admin.post(address, data=form_of(admin.get(address)))

    assert "The file itself is gone." in words(answer)


def test_a_file_that_came_stands_in_the_records_history(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    upload(caseworker, f"/cases/{key}", ("契約書.pdf", PDF))

    assert "File added: 契約書.pdf" in words(caseworker.get(f"/cases/{key}/history"))


def test_what_a_file_shows_is_corrected_and_found(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    upload(caseworker, f"/cases/{key}", ("IMG_0001.pdf", PDF))
    change(caseworker, "/attachments/1", label="雇用契約の表紙", kind="contract")

    assert "雇用契約の表紙" in caseworker.get(f"/cases/{key}").text
    assert "雇用契約の表紙" in caseworker.get("/attachments/?q=雇用契約").text
    assert f"/cases/{key}/files/1" in caseworker.get("/attachments/1").text


def test_files_cost_a_page_one_statement_and_no_bytes(
    caseworker: FlaskClient, saved: Saved, queries: Queries
) -> None:
    key = saved(a_case())
    for at in range(5):
        upload(caseworker, f"/cases/{key}", (f"{at}.txt", b"text %d" % at))
    caseworker.get(f"/cases/{key}")
    queries.clear()

    caseworker.get(f"/cases/{key}")
    caseworker.get("/attachments/")

    assert not [one for one in queries.statements if "attachment_content" in one]
    assert (
        len([one for one in queries.statements if "count(*) OVER" in one and "FROM attachment" in one]) == 1
    )
