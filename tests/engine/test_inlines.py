"""Rows of another table in a record's own form: all or nothing, by the rights of the child."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change, form_of, new_id, words
from tests.factories import a_case, a_person
from tomoiki.cases.models import Case, CaseStaff
from tomoiki.core.database import begin_write, db
from tomoiki.core.history import ChangeLog
from tomoiki.people.models import Person, ResidenceStatus

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Count = Callable[[type[Any]], int]
Value = Callable[[type[Any], int, str], Any]
STAFF, STATUS = "case_staff-", "residence_status-"


def test_a_case_comes_with_three_empty_rows_that_are_not_saved(
    admin: FlaskClient, saved: Saved, count: Count
) -> None:
    key = saved(a_case())
    form = form_of(admin.get(f"/cases/{key}/edit"))

    answer = admin.post(f"/cases/{key}/edit", data=form)

    assert [name for name in form if name.startswith(f"{STAFF}new") and name.endswith("user")] == [
        f"{STAFF}new{at}-user" for at in (1, 2, 3)
    ]
    assert answer.status_code == 303
    assert count(CaseStaff) == 0


def test_rows_are_saved_with_a_new_record(admin: FlaskClient, value: Value, count: Count) -> None:
    sent = {
        "name_used": "Bưởi",
        f"{STATUS}new1-status": "ssw1",
        f"{STATUS}new1-expires_on": "2027-03-31",
        f"{STATUS}new7-status": "student",
    }

    key = new_id(admin.post("/people/new", data=sent))

    assert count(ResidenceStatus) == 2
    assert value(ResidenceStatus, 1, "person") == key
    assert value(ResidenceStatus, 1, "expires_on") == date(2027, 3, 31)


def test_rows_are_changed_and_logged_each_by_itself(
    admin: FlaskClient, saved: Saved, value: Value, app: Flask
) -> None:
    key = saved(a_case())
    staff = saved(CaseStaff(case_id=key, user_id=2, role="lead", from_on=date(2026, 4, 1)))

    answer = change(admin, f"/cases/{key}", **{f"{STAFF}{staff}-to_on": "2026-09-30"})

    assert answer.status_code == 303
    assert value(CaseStaff, staff, "to_on") == date(2026, 9, 30)
    with app.app_context():
        last = db.session.query(ChangeLog).order_by(ChangeLog.id.desc()).first()
        assert (last.entity, last.diff) == ("case_staff", {"to_on": [None, "2026-09-30"]})


def test_a_faulty_row_stands_by_its_row_and_nothing_is_saved(
    admin: FlaskClient, saved: Saved, value: Value, count: Count
) -> None:
    key = saved(a_case(title="Before"))
    sent = {"title": "After", f"{STAFF}new2-role": "lead", f"{STAFF}new2-to_on": "2026-02-30"}

    answer = admin.post(f"/cases/{key}/edit", data=sent)

    assert answer.status_code == 422
    assert "Fill in User." in words(answer)
    assert "February 2026 has only 28 days" in words(answer)
    assert form_of(answer)[f"{STAFF}new2-to_on"] == "2026-02-30"
    assert (value(Case, key, "title"), count(CaseStaff)) == ("Before", 0)


def test_a_rule_of_a_row_refuses_the_whole(admin: FlaskClient, count: Count) -> None:
    sent = {
        "name_used": "Bưởi",
        f"{STATUS}new1-granted_on": "2026-05-01",
        f"{STATUS}new1-expires_on": "2026-04-01",
    }

    answer = admin.post("/people/new", data=sent)

    assert "before the day of granting" in words(answer)
    assert (count(Person), count(ResidenceStatus)) == (0, 0)


def test_an_administrator_takes_a_row_away(admin: FlaskClient, saved: Saved, count: Count) -> None:
    key = saved(a_case())
    staff = saved(CaseStaff(case_id=key, user_id=2, role="lead"))

    change(admin, f"/cases/{key}", **{f"{STAFF}{staff}-remove": "yes"})

    assert count(CaseStaff) == 0


def test_who_may_not_delete_a_row_does_not_take_it_away(
    caseworker: FlaskClient, saved: Saved, count: Count
) -> None:
    key = saved(a_case())
    staff = saved(CaseStaff(case_id=key, user_id=2, role="lead"))
    form = form_of(caseworker.get(f"/cases/{key}/edit"))

    caseworker.post(f"/cases/{key}/edit", data=form | {f"{STAFF}{staff}-remove": "yes"})

    assert f"{STAFF}{staff}-role" in form
    assert "Take this row away" not in caseworker.get(f"/cases/{key}/edit").text
    assert count(CaseStaff) == 1


def test_a_row_of_another_record_is_out_of_reach(admin: FlaskClient, saved: Saved, value: Value) -> None:
    other = saved(CaseStaff(case=a_case(), user_id=2, role="lead"))
    key = saved(a_case())

    admin.post(f"/cases/{key}/edit", data={f"{STAFF}{other}-role": "support"})

    assert value(CaseStaff, other, "role") == "lead"


def test_a_row_that_somebody_changed_meanwhile_is_not_overwritten(
    admin: FlaskClient, saved: Saved, value: Value, app: Flask
) -> None:
    key = saved(a_case())
    staff = saved(CaseStaff(case_id=key, user_id=2, role="lead"))
    form = form_of(admin.get(f"/cases/{key}/edit"), **{f"{STAFF}{staff}-role": "support"})
    with app.app_context():
        begin_write()
        db.session.get_one(CaseStaff, staff).to_on = date(2099, 1, 1)
        db.session.commit()

    answer = admin.post(f"/cases/{key}/edit", data=form)

    assert "Somebody else changed this row" in words(answer)
    assert value(CaseStaff, staff, "role") == "lead"


def test_a_form_without_rows_changes_none(admin: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case())
    staff = saved(CaseStaff(case_id=key, user_id=2, role="lead"))

    admin.post(f"/cases/{key}/edit", data={"title": "After"})

    assert value(CaseStaff, staff, "role") == "lead"


def test_words_typed_without_javascript_find_the_record(
    admin: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())

    admin.post(
        f"/cases/{key}/edit", data={f"{STAFF}new1-user-text": "caseworker", f"{STAFF}new1-role": "lead"}
    )

    assert value(CaseStaff, 1, "user") == 2


def test_rows_follow_the_scope_of_the_child(caseworker: FlaskClient, saved: Saved, count: Count) -> None:
    hidden = saved(a_case(person=a_person(), confidential="restricted", owner_id=1))

    answer = caseworker.post(
        f"/cases/{hidden}/edit", data={f"{STAFF}new1-user": "2", f"{STAFF}new1-role": "lead"}
    )

    assert answer.status_code == 404
    assert count(CaseStaff) == 0
