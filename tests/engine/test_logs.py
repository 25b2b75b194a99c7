"""The logs as screens: read by those who may, changed by nobody, never telling more than the record itself."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.importing import plan_import
from admin_views.engine.storing import run_import
from tests.engine.browsing import change, rows_of, words
from tests.engine.importing import screen
from tests.factories import a_case, a_person
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.database import db
from tomoiki.core.dates import now
from tomoiki.core.history import AccessLog, ChangeLog
from tomoiki.core.sheets import read_grids

pytestmark = pytest.mark.storage
Saved = Callable[..., int]


def last(app: Flask, entity: str) -> int:
    with app.app_context():
        return int(
            db.session.query(ChangeLog).filter_by(entity=entity).order_by(ChangeLog.id.desc()).first().id
        )


def test_the_change_log_tells_who_did_what_to_which_record(admin: FlaskClient, saved: Saved) -> None:
    key = saved(a_case(title="Before"))
    change(admin, f"/cases/{key}", title="After")

    page = admin.get("/change-log/?entity=case&user=1")

    assert len(rows_of(page)) == 1
    assert f'<a href="/cases/{key}">#{key}</a>' in page.text


def test_its_page_says_the_change_in_words(admin: FlaskClient, saved: Saved, app: Flask) -> None:
    key = saved(a_case(title="Before"))
    change(admin, f"/cases/{key}", title="After")

    assert "Title: Before → After" in words(admin.get(f"/change-log/{last(app, 'case')}"))


def test_an_auditor_reads_that_a_case_changed_but_not_what(
    admin: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved, app: Flask
) -> None:
    key = saved(a_case(title="Quirvax", person=a_person(full_name_vi="Zumbado")))
    change(admin, f"/cases/{key}", title="Wexoldi")
    person = last(app, "person")
    auditor = enter("auditor")

    pages = [auditor.get(f"/change-log/{one}").text for one in (last(app, "case"), person)]

    assert not any(word in page for page in pages for word in ("Quirvax", "Wexoldi", "Zumbado"))
    assert all("changed" in page for page in pages)


def test_the_changes_of_a_secret_case_stay_hidden_from_an_administrator(
    admin: FlaskClient, saved: Saved, app: Flask
) -> None:
    saved(a_case(title="Quirvax", confidential="secret", owner_id=2))

    assert "Quirvax" not in admin.get(f"/change-log/{last(app, 'case')}").text


def test_secret_fields_are_never_told(admin: FlaskClient, saved: Saved, app: Flask) -> None:
    saved(a_person(passport_no="C1234567"))

    page = admin.get(f"/change-log/{last(app, 'person')}")

    assert "C1234567" not in page.text
    assert "gAAAA" not in page.text


@pytest.mark.parametrize("slug", ["change-log", "access-log"])
def test_nobody_writes_into_a_log(slug: str, admin: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    codes = [
        admin.post(f"/{slug}/{path}", data={"action": "x"}).status_code
        for path in ("new", "1/edit", "1/delete", "1/move", "import")
    ]

    assert codes == [403] * 5


def test_the_access_log_counts_every_new_look(admin: FlaskClient, saved: Saved) -> None:
    keys = [saved(a_case()) for _ in range(3)]
    admin.get(f"/cases/{keys[0]}")
    assert len(rows_of(admin.get("/access-log/"))) == 1

    for key in keys[1:]:
        admin.get(f"/cases/{key}")

    assert len(rows_of(admin.get("/access-log/?action=view&entity=case"))) == 3


def test_who_opened_a_case_is_found_by_its_number_in_the_log(
    admin: FlaskClient, saved: Saved, app: Flask
) -> None:
    keys = [saved(a_case()) for _ in range(2)]
    for key in keys:
        admin.get(f"/cases/{key}")

    found = rows_of(admin.get(f"/access-log/?entity=case&record_id.from={keys[1]}&record_id.to={keys[1]}"))

    with app.app_context():
        assert [db.session.get_one(AccessLog, one).record_id for one in found] == [keys[1]]


def test_a_refusal_stands_in_the_access_log(
    admin: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    enter("treasurer").get("/people/")

    assert "Refused" in words(admin.get("/access-log/?action=refused"))


def test_the_way_of_an_import_is_told_in_words_and_leads_to_it(
    admin: FlaskClient, login: Callable[[str], FlaskClient], app: Flask
) -> None:
    with app.app_context():
        plan = plan_import(
            db.session(), screen("people"), read_grids("氏名\nグエン\n".encode()), SYSTEM_VIEWER
        )
        run = run_import(db.session(), plan).id

    in_vietnamese = login("admin")
    in_vietnamese.get("/lang/vi")
    pages = [admin.get("/change-log/").text, in_vietnamese.get("/change-log/").text]
    answer = admin.get(f"/people/import/{run}")

    assert f'<a href="/people/import/{run}">Import {run}</a>' in pages[0]
    assert f'<a href="/people/import/{run}">Lần nhập {run}</a>' in pages[1]
    assert answer.status_code == 200
    assert "import:" not in words(admin.get("/change-log/1"))


def test_an_auditor_is_not_told_where_an_import_is_nor_why_somebody_looked(
    enter: Callable[[str], FlaskClient], app: Flask, saved: Saved
) -> None:
    saved(AccessLog(at=now(), action="reason", entity="case", record_id=1, detail="母の手術"))

    pages = [enter(role).get("/access-log/").text for role in ("admin", "auditor")]

    assert ["母の手術" in page for page in pages] == [True, False]
