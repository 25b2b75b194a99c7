"""Putting back: one field, one change, a deleted record; refused in words where it no longer fits."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change, controls, form_of, words
from tests.factories import a_case, a_person, an_activity, an_organisation
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core.database import db
from tomoiki.core.history import ChangeLog
from tomoiki.money.models import Donor
from tomoiki.money.receipts import Receipt
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person, ResidenceStatus

pytestmark = pytest.mark.storage
Value = Callable[[type[Any], int, str], Any]
Count = Callable[[type[Any]], int]
Saved = Callable[..., int]


class Log:
    """A look into the change log: the newest change of a kind, and by which way it was made."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, entity: str, action: str = "change") -> int:
        return int(self._newest(entity, action).id)

    def origin(self, entity: str, action: str = "change") -> str:
        return str(self._newest(entity, action).origin)

    def _newest(self, entity: str, action: str) -> ChangeLog:
        with self.app.app_context():
            rows = db.session.query(ChangeLog).filter_by(entity=entity, action=action)
            return rows.order_by(ChangeLog.id.desc()).first()


@pytest.fixture
def last(app: Flask) -> Log:
    return Log(app)


@pytest.fixture
def others(enter: Callable[[str], FlaskClient]) -> list[FlaskClient]:
    """Return those who may not: they do not edit what is put back here."""
    return [enter(role) for role in ("auditor", "treasurer", "interpreter")]


# -- one change --------------------------------------------------------------------------------------------------
def test_a_change_is_shown_first_and_then_put_back_as_one_change(
    caseworker: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(a_case(title="題", story="話", categories=["visa"], opened_on=None))
    change(caseworker, f"/cases/{key}", title="別の題", priority="now", categories=["visa", "housing"])
    address = f"/cases/{key}/put-back/{last('case')}"

    assert f'href="{address}"' in caseworker.get(f"/cases/{key}/history").text
    page = caseworker.get(address)
    assert "別の題 → 題" in words(page)
    assert value(Case, key, "title") == "別の題"
    answer = caseworker.post(address, data=form_of(page))

    assert (answer.status_code, answer.location) == (303, f"/cases/{key}")
    assert [value(Case, key, name) for name in ("title", "priority")] == ["題", None]
    assert value(Case, key, "categories") == ["visa"]
    assert last.origin("case") == address.replace(f"/cases/{key}/put-back/", "revert:")
    told = words(caseworker.get(f"/cases/{key}/history"))
    assert "Change put back" in told
    assert "Title: 別の題 → 題" in told


def test_one_field_alone(caseworker: FlaskClient, saved: Saved, value: Value, last: Log) -> None:
    key = saved(a_case(title="題", story="話"))
    change(caseworker, f"/cases/{key}", title="別の題", story="別の話")

    caseworker.post(f"/cases/{key}/put-back/{last('case')}", data={"field": "story"})

    assert (value(Case, key, "title"), value(Case, key, "story")) == ("別の題", "話")


def test_what_was_changed_again_since_is_named_and_stays(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(a_case(title="題", story="話"))
    change(caseworker, f"/cases/{key}", title="別の題", story="別の話")
    address = f"/cases/{key}/put-back/{last('case')}"
    change(admin, f"/cases/{key}", title="三つ目の題")

    page = caseworker.get(address)
    refused = caseworker.post(address, data={"field": ["title", "story"]})

    assert "This was changed again since." in words(page)
    assert "stays: 三つ目の題" in words(page)
    assert refused.status_code == 409
    assert "Title: This was changed again since." in words(refused)
    assert (value(Case, key, "title"), value(Case, key, "story")) == ("三つ目の題", "別の話")
    assert caseworker.post(address, data=form_of(page)).status_code == 303
    assert (value(Case, key, "title"), value(Case, key, "story")) == ("三つ目の題", "話")


def test_a_reference_that_is_gone_refuses(admin: FlaskClient, saved: Saved, value: Value, last: Log) -> None:
    saved(an_organisation(name="甲社"))
    key = saved(a_case(employer_id=1))
    change(admin, f"/cases/{key}", employer="", employer__text="")
    address = f"/cases/{key}/put-back/{last('case')}"
    admin.post("/organisations/1/delete")

    answer = admin.post(address, data={"field": "employer_id"})

    assert answer.status_code == 409
    assert "Employer: This record was not found." in words(answer)
    assert value(Case, key, "employer") is None


def test_a_unique_value_that_is_taken_refuses(
    admin: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(an_organisation(name="甲社", corporate_number="1010001000006"))
    change(admin, f"/organisations/{key}", corporate_number="")
    saved(an_organisation(name="乙社", corporate_number="1010001000006"))

    answer = admin.post(
        f"/organisations/{key}/put-back/{last('organisation')}", data={"field": "corporate_number"}
    )

    assert answer.status_code == 409
    assert "Another record has this value already." in words(answer)
    assert value(Organisation, key, "corporate_number") is None


def test_a_secret_value_returns_from_its_ciphertext_and_is_never_shown(
    caseworker: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(a_person(passport_no="AB1234567"))
    change(caseworker, f"/people/{key}", passport_no="CD7654321")
    address = f"/people/{key}/put-back/{last('person')}"

    page = caseworker.get(address)
    caseworker.post(address, data=form_of(page))

    assert "1234567" not in page.text
    assert "7654321" not in page.text
    assert value(Person, key, "passport_no") == "AB1234567"


def test_people_yes_and_no_days_and_moments_return(
    admin: FlaskClient, saved: Saved, value: Value, last: Log, app: Flask
) -> None:
    cuc = saved(a_person(full_name_vi="Trần Thị Cúc"))
    key = saved(an_activity(counts_as_contact=True, minutes=30, persons=[]))
    before = value(Activity, key, "at")
    change(
        admin,
        f"/activities/{key}",
        persons=[str(cuc)],
        counts_as_contact="no",
        minutes="",
        at="2026-01-02 10:00",
    )
    address = f"/activities/{key}/put-back/{last('activity')}"

    admin.post(address, data=form_of(admin.get(address)))

    assert value(Activity, key, "at") == before
    assert (value(Activity, key, "counts_as_contact"), value(Activity, key, "minutes")) == (True, 30)
    with app.app_context():
        assert db.session.get(Activity, key).persons == []


def test_a_status_is_left_to_its_own_moves(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(a_case(status="active"))
    caseworker.post(f"/cases/{key}/move", data={"to": "resolved", "outcomes": "R3"})
    address = f"/cases/{key}/put-back/{last('case')}"

    answer = caseworker.post(address, data={"field": "status"})

    assert answer.status_code == 409
    assert value(Case, key, "status") == "resolved"
    assert f'href="/cases/{key}/step-back"' in admin.get(address).text
    assert "step-back" not in caseworker.get(address).text


# -- who may -----------------------------------------------------------------------------------------------------
def test_only_who_may_edit_the_record_now_may_put_back(
    admin: FlaskClient, others: list[FlaskClient], saved: Saved, last: Log, caseworker: FlaskClient
) -> None:
    key = saved(a_case(title="題", confidential="restricted", owner_id=1))
    change(admin, f"/cases/{key}", title="別の題")
    address = f"/cases/{key}/put-back/{last('case')}"

    for client in (caseworker, *others):
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, data={"field": "title"}).status_code in (403, 404)
    assert last("case") == int(address.rpartition("/")[2])


def test_a_field_that_people_do_not_fill_in_is_refused(
    admin: FlaskClient, saved: Saved, value: Value, last: Log, app: Flask
) -> None:
    key = saved(a_case(title="題"))
    with app.app_context():
        db.session.get(Case, key).number = "T-1"
        db.session.commit()

    answer = admin.post(f"/cases/{key}/put-back/{last('case')}", data={"field": "number"})

    assert answer.status_code == 409
    assert value(Case, key, "number") == "T-1"


def test_a_change_of_another_record_or_a_receipt_is_none(
    admin: FlaskClient, treasurer: FlaskClient, saved: Saved, last: Log, app: Flask
) -> None:
    key = saved(a_case(title="題"), a_case(title="二つ目"))
    change(admin, f"/cases/{key}", title="別の題")
    donor = saved(Donor(code="D-1", name="甲"))
    receipt = saved(Receipt(number="R-1", donor_id=donor, name_printed="甲", year=2026))
    with app.app_context():
        db.session.get(Receipt, receipt).name_printed = "乙"
        db.session.commit()

    assert admin.get(f"/cases/{key + 1}/put-back/{last('case')}").status_code == 404
    for number in ("999999", "99999999999999999999", "x"):
        assert admin.get(f"/cases/{key}/put-back/{number}").status_code == 404
    assert treasurer.post(f"/receipts/{receipt}/put-back/{last('receipt')}").status_code == 403


# -- a deleted record --------------------------------------------------------------------------------------------
def test_a_deleted_record_returns_with_what_went_along(
    admin: FlaskClient, saved: Saved, value: Value, count: Count, last: Log
) -> None:
    person = a_person(full_name_vi="Trần Thị Cúc", passport_no="AB1234567")
    saved(person, *(ResidenceStatus(person=person, status=status) for status in ("student", "ssw1")))
    admin.post("/people/1/delete", data=form_of(admin.get("/people/1/delete")))
    gone = last("person", "delete")
    address = f"/people/1/put-back/{gone}"

    assert f'href="{address}"' in admin.get(f"/change-log/{gone}").text
    page = admin.get(address)
    assert "2 records that were deleted along with it come back too." in words(page)
    answer = admin.post(address, data=form_of(page))

    assert (answer.status_code, answer.location) == (303, "/people/1")
    assert (count(Person), count(ResidenceStatus)) == (1, 2)
    assert value(Person, 1, "full_name_vi") == "Trần Thị Cúc"
    assert value(Person, 1, "passport_no") == "AB1234567"
    assert last.origin("person", "create") == f"revert:{gone}"
    assert "Cúc" in words(admin.get("/people/?q=cuc"))


def test_no_and_nought_return_as_they_were(admin: FlaskClient, saved: Saved, value: Value, last: Log) -> None:
    key = saved(an_activity(counts_as_contact=False, minutes=0))
    admin.post(f"/activities/{key}/delete")

    admin.post(f"/activities/{key}/put-back/{last('activity', 'delete')}")

    assert (value(Activity, key, "counts_as_contact"), value(Activity, key, "minutes")) == (False, 0)


def test_a_case_returns_two_deep_with_its_staff(
    admin: FlaskClient, saved: Saved, count: Count, last: Log, value: Value
) -> None:
    saved(CaseStaff(case=a_case(title="題", categories=["visa"]), user_id=2, role="lead"))
    admin.post("/cases/1/delete")

    admin.post(f"/cases/1/put-back/{last('case', 'delete')}")

    assert (count(Case), count(CaseStaff)) == (1, 1)
    assert value(Case, 1, "categories") == ["visa"]


def test_a_deleted_record_that_pointed_at_something_gone_is_refused(
    admin: FlaskClient, saved: Saved, count: Count, last: Log
) -> None:
    saved(an_organisation(name="甲社"))
    key = saved(a_case(employer_id=1))
    admin.post(f"/cases/{key}/delete")
    admin.post("/organisations/1/delete")

    answer = admin.post(f"/cases/{key}/put-back/{last('case', 'delete')}")

    assert answer.status_code == 409
    assert "Employer: the record that it pointed at is gone." in words(answer)
    assert count(Case) == 0


def test_it_is_put_back_once_and_by_nobody_else(
    admin: FlaskClient, others: list[FlaskClient], saved: Saved, count: Count, last: Log
) -> None:
    key = saved(a_person())
    admin.post(f"/people/{key}/delete")
    address = f"/people/{key}/put-back/{last('person', 'delete')}"

    assert [one.post(address).status_code for one in others] == [403, 403, 403]
    assert "put-back" not in others[0].get(f"/change-log/{last('person', 'delete')}").text
    assert count(Person) == 0
    assert admin.post(address).status_code == 303
    assert admin.post(address).status_code == 409
    assert count(Person) == 1


def test_a_new_record_takes_no_number_of_a_deleted_one(
    admin: FlaskClient, saved: Saved, count: Count, last: Log
) -> None:
    key = saved(a_person(full_name_vi="Cúc"))
    admin.post(f"/people/{key}/delete")

    other = saved(a_person(full_name_vi="Lan"))
    admin.post(f"/people/{key}/put-back/{last('person', 'delete')}")

    assert other != key
    assert count(Person) == 2
    assert "Cúc" not in admin.get(f"/people/{other}/history").text


# -- the last hour -----------------------------------------------------------------------------------------------
WHY = {"reason": "間違えて操作した"}


def test_an_administrator_takes_back_a_users_last_hour(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value, count: Count
) -> None:
    key = saved(a_case(title="題", status="active"))
    change(caseworker, f"/cases/{key}", title="二つ目")
    change(caseworker, f"/cases/{key}", title="三つ目")
    caseworker.post(f"/cases/{key}/move", data={"to": "resolved", "outcomes": "R3"})
    caseworker.post("/organisations/new", data=form_of(caseworker.get("/organisations/new"), name="甲社"))

    page = admin.get("/last-hour?user=2")
    answer = admin.post("/last-hour", data=form_of(page, **WHY))

    assert "Title: 題 → 二つ目" in words(page)
    assert "Take 4 changes back" in words(page)
    assert "4 changes were taken back." in words(answer)
    assert (value(Case, key, "title"), value(Case, key, "status")) == ("題", "active")
    assert count(Organisation) == 0
    assert "One step back, because: 間違えて操作した" in words(admin.get(f"/cases/{key}/history"))
    assert "changed nothing in the last hour" in words(admin.get("/last-hour?user=2"))


def test_what_cannot_go_back_is_listed_with_its_reason_and_left(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key, other = saved(a_case(title="題")), saved(a_case(title="甲"))
    change(caseworker, f"/cases/{key}", title="二つ目")
    change(caseworker, f"/cases/{other}", title="乙")
    change(admin, f"/cases/{key}", title="三つ目")

    answer = admin.post("/last-hour", data={"user": "2", **WHY})

    assert "1 change was taken back." in words(answer)
    assert "1 change was left as it is." in words(answer)
    assert "Title: This was changed again since." in words(answer)
    assert (value(Case, key, "title"), value(Case, other, "title")) == ("三つ目", "甲")


def test_the_last_hour_goes_back_as_a_whole_or_not_at_all(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, case = saved(a_person(full_name_vi="Hoa")), saved(a_case(title="題"))
    change(caseworker, f"/people/{person}", full_name_vi="Lan")
    change(caseworker, f"/cases/{case}", title="別の題")
    monkeypatch.setattr(Person, "faults", lambda self, session: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        admin.post("/last-hour", data={"user": "2", **WHY})

    assert (value(Person, person, "full_name_vi"), value(Case, case, "title")) == ("Lan", "別の題")


def test_what_went_back_in_part_is_taken_back_for_the_rest(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value, last: Log
) -> None:
    key = saved(a_case(title="題", story="話"))
    change(caseworker, f"/cases/{key}", title="別の題", story="別の話")
    caseworker.post(f"/cases/{key}/put-back/{last('case')}", data={"field": "title"})

    answer = admin.post("/last-hour", data={"user": "2", **WHY})

    assert "left" not in words(answer)
    assert (value(Case, key, "title"), value(Case, key, "story")) == ("題", "話")


def test_taking_an_hour_back_can_be_taken_back(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="題"))
    change(caseworker, f"/cases/{key}", title="別の題")
    admin.post("/last-hour", data={"user": "2", **WHY})

    assert "changed nothing" in words(admin.get("/last-hour?user=2"))
    admin.post("/last-hour", data={"user": "1", **WHY})

    assert value(Case, key, "title") == "別の題"
    assert "Title: 題 → 別の題" in words(admin.get("/last-hour?user=2"))


def test_what_was_deleted_returns_once_with_what_went_along(
    admin: FlaskClient, saved: Saved, count: Count
) -> None:
    saved(CaseStaff(case=a_case(title="題"), user_id=2, role="lead"))
    admin.post("/cases/1/delete")

    answer = admin.post("/last-hour", data={"user": "1", **WHY})

    assert "left" not in words(answer)
    assert (count(Case), count(CaseStaff)) == (1, 1)


def test_the_last_hour_asks_for_a_reason_and_is_the_administrators(
    admin: FlaskClient, caseworker: FlaskClient, others: list[FlaskClient], saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="題"))
    change(caseworker, f"/cases/{key}", title="二つ目")

    for other in (caseworker, *others):
        assert other.get("/last-hour?user=2").status_code == 403
        assert other.post("/last-hour", data={"user": "2", **WHY}).status_code == 403
    assert admin.post("/last-hour", data={"user": "2"}).status_code == 422
    assert admin.post("/last-hour", data={"user": "x", **WHY}).status_code == 404
    assert admin.get("/last-hour?user=99999999999999999999").status_code == 200
    assert value(Case, key, "title") == "二つ目"
    assert "reason" in controls(admin.get("/last-hour?user=2"))
