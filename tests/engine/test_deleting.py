"""Deleting: what goes along is listed first and logged each; what must stay says why."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from admin_views.engine import deleting
from admin_views.engine.values import label
from tests.engine.browsing import change, form_of, rows_of, words
from tests.factories import a_case, a_donation, a_person, an_activity, an_organisation
from tomoiki.accounts.models import User
from tomoiki.cases.models import Activity, Case, CasePerson, CaseStaff, CaseStatus
from tomoiki.core.database import Base, db
from tomoiki.core.history import ChangeLog
from tomoiki.core.records import Record
from tomoiki.core.wordings import TableName
from tomoiki.money.models import Fund
from tomoiki.people.models import Person, ResidenceStatus

Count = Callable[[type[Any]], int]
Saved = Callable[..., int]


@pytest.mark.storage
def test_what_goes_along_is_listed_then_deleted_and_each_logged(
    admin: FlaskClient, saved: Saved, count: Count, app: Flask
) -> None:
    person = a_person()
    saved(person, *(ResidenceStatus(person=person, status=status) for status in ("student", "ssw1")))

    page = admin.get("/people/1/delete")
    answer = admin.post("/people/1/delete", data=form_of(page))

    assert "Statuses of residence 2" in words(page)
    assert "Delete it and 2 records" in words(page)
    assert (answer.status_code, answer.location) == (303, "/people/")
    assert "Deleted." in words(admin.get(answer.location))
    assert (count(Person), count(ResidenceStatus)) == (0, 0)
    with app.app_context():
        gone = db.session.execute(sa.select(ChangeLog.entity).where(ChangeLog.action == "delete")).scalars()
        assert sorted(gone) == ["person", "residence_status", "residence_status"]


def test_what_has_no_screen_is_named_all_the_same(admin: FlaskClient, saved: Saved) -> None:
    saved(CasePerson(case=a_case(), person=a_person(), role="colleague"))

    page = words(admin.get("/cases/1/delete"))

    assert "Others whom the case concerns 1 record" in page
    assert "case_person" not in page


def test_every_table_of_records_has_a_name_for_people(app: Flask) -> None:
    records = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]

    with app.app_context():
        names = {record.__tablename__: label(TableName, record.__tablename__) for record in records}

    assert [table for table, name in names.items() if name == table] == []


def test_asking_deletes_nothing(admin: FlaskClient, saved: Saved, count: Count) -> None:
    saved(a_person())

    page = admin.get("/people/1/delete")

    assert "Nothing else." in words(page)
    assert count(Person) == 1


def test_staff_of_a_case_go_along_two_deep(admin: FlaskClient, saved: Saved, count: Count) -> None:
    saved(CaseStaff(case=a_case(), user_id=2, role="lead"))

    assert admin.post("/cases/1/delete").status_code == 303
    assert (count(Case), count(CaseStaff), count(Person)) == (0, 0, 1)


def test_what_others_depend_on_says_who_they_are(admin: FlaskClient, saved: Saved, count: Count) -> None:
    saved(an_activity())

    page, answer = admin.get("/cases/1/delete"), admin.post("/cases/1/delete")

    assert (page.status_code, answer.status_code) == (200, 409)
    assert "This cannot be deleted" in words(answer)
    assert "Other records depend on it: Activities 1" in words(answer)
    assert 'href="/cases/1/edit"' in answer.text
    assert count(Case) == 1


def test_a_person_named_in_an_activity_of_another_stays(
    admin: FlaskClient, saved: Saved, count: Count
) -> None:
    named = saved(a_person())
    activity = an_activity()
    saved(activity)
    change(admin, "/activities/1", persons=[str(named)])

    answer = admin.post(f"/people/{named}/delete")

    assert answer.status_code == 409
    assert "DELETE" not in answer.text
    assert count(Person) == 2


def test_a_closed_case_stays(admin: FlaskClient, saved: Saved, count: Count) -> None:
    saved(a_case(status=CaseStatus.closed))

    answer = admin.post("/cases/1/delete")

    assert answer.status_code == 409
    assert "A closed case is part of the record and stays." in words(answer)
    assert count(Case) == 1


def test_the_general_fund_stays(admin: FlaskClient, count: Count) -> None:
    answer = admin.post("/funds/1/delete")

    assert answer.status_code == 409
    assert "Every donation without a fund goes to the general fund." in words(answer)
    assert count(Fund) == 1


def test_users_are_not_deleted_and_the_last_administrator_stays_one(admin: FlaskClient, count: Count) -> None:
    assert admin.get("/users/2/delete").status_code == 404

    refused = change(admin, "/users/1", active=[])

    assert refused.status_code == 422
    assert "This is the last administrator who can log in." in words(refused)
    assert change(admin, "/users/1", roles=["auditor"]).status_code == 422
    assert count(User) == 6


def test_a_second_administrator_sets_the_first_free(admin: FlaskClient) -> None:
    change(admin, "/users/2", roles=["admin", "caseworker"])

    assert change(admin, "/users/1", roles=["auditor"]).status_code == 303
    assert admin.get("/users/1/edit").status_code == 403


def test_who_may_not_delete_is_not_offered_it(caseworker: FlaskClient, saved: Saved, count: Count) -> None:
    saved(a_case())

    assert "/cases/1/delete" not in caseworker.get("/cases/1").text
    assert caseworker.post("/cases/1/delete").status_code == 403
    assert count(Case) == 1


def test_a_company_behind_a_case_stays_and_without_it_goes(
    admin: FlaskClient, saved: Saved, count: Count
) -> None:
    saved(a_case(employer=an_organisation()))

    assert admin.post("/organisations/1/delete").status_code == 409
    change(admin, "/cases/1", employer="", employer__text="")
    assert admin.post("/organisations/1/delete").status_code == 303


def test_a_record_that_somebody_pointed_at_meanwhile_stays(
    admin: FlaskClient, saved: Saved, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(a_donation())

    def fail(*arguments: Any) -> None:
        raise IntegrityError("DELETE", {"name": "田中"}, Exception())

    monkeypatch.setattr(deleting, "delete", fail)
    answer = admin.post("/donations/1/delete")

    assert answer.status_code == 409
    assert "Other records still point at it." in words(answer)
    assert "田中" not in answer.text


def test_a_deleted_record_is_out_of_list_and_search(admin: FlaskClient, saved: Saved) -> None:
    saved(a_person(full_name_vi="Lê An"))
    assert rows_of(admin.get("/people/?q=le")) == [1]

    admin.post("/people/1/delete")

    assert rows_of(admin.get("/people/?q=le")) == []
    assert admin.get("/people/1").status_code == 404
    assert admin.get("/people/1/history").status_code == 404


def test_an_activity_leaves_its_people(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, count: Count
) -> None:
    case = saved(a_case())
    caseworker.post("/activities/new", data={"case": case, "type": "call"})

    assert admin.post("/activities/1/delete").status_code == 303
    assert (count(Activity), count(Case), count(Person)) == (0, 1, 1)
