"""A form on its way: sent twice, sent back, sent without a token, sent into a contradiction."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine import forms
from tests.databases import PASSWORD, Store
from tests.engine.browsing import change, form_of, new_id, words
from tests.factories import a_case, an_activity
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core import schema
from tomoiki.core.database import db
from tomoiki.core.dates import now
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

Value = Callable[[type[Any], int, str], Any]
Count = Callable[[type[Any]], int]
Saved = Callable[..., int]


# -- twice -------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_form_sent_twice_makes_one_record(caseworker: FlaskClient, count: Count) -> None:
    form = form_of(caseworker.get("/people/new"), name_used="Bưởi")

    answers = [caseworker.post("/people/new", data=form) for _ in range(2)]

    assert [new_id(answer) for answer in answers] == [1, 1]
    assert count(Person) == 1


def test_two_forms_make_two_records_even_if_alike(caseworker: FlaskClient, count: Count) -> None:
    for _ in range(2):
        caseworker.post("/people/new", data=form_of(caseworker.get("/people/new"), name_used="Bưởi"))

    assert count(Person) == 2


@pytest.mark.storage
def test_a_form_sent_twice_at_the_very_same_time_makes_one_record(
    caseworker: FlaskClient, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(caseworker.get("/people/new"), name_used="Bưởi")
    caseworker.post("/people/new", data=form)
    find, answers = forms.find_sent, iter([None])  # the other one is not seen yet
    monkeypatch.setattr(forms, "find_sent", lambda *asked: next(answers, find(*asked)))

    assert new_id(caseworker.post("/people/new", data=form)) == 1
    assert count(Person) == 1


def test_the_token_of_one_screen_says_nothing_on_another(admin: FlaskClient, count: Count) -> None:
    admin.post("/people/new", data={"name_used": "Bưởi", "_once": "same"})

    answer = admin.post("/organisations/new", data={"name": "甲", "_once": "same"})

    assert answer.status_code == 409
    assert "Nothing was overwritten." in words(answer)
    assert count(Organisation) == 0


def test_an_office_that_was_migrated_can_save_a_form(bare_app: Flask, database: Store) -> None:
    database.empty()

    with bare_app.app_context():
        schema.upgrade()

        assert sa.inspect(db.engine).has_table("sent_form")


def test_a_refused_form_may_be_sent_again(caseworker: FlaskClient, count: Count) -> None:
    refused = caseworker.post("/people/new", data=form_of(caseworker.get("/people/new")))

    new_id(caseworker.post("/people/new", data=form_of(refused, name_used="Bưởi")))

    assert (refused.status_code, count(Person)) == (422, 1)


# -- where to, afterwards ----------------------------------------------------------------------------------------
def test_a_save_leads_to_the_record_and_says_so(caseworker: FlaskClient) -> None:
    answer = caseworker.post("/people/new", data={"name_used": "Bưởi"})

    assert (answer.status_code, answer.location) == (303, "/people/1")
    assert "Saved." in words(caseworker.get(answer.location))


def test_save_and_go_on_stays_in_the_form(caseworker: FlaskClient) -> None:
    answer = caseworker.post("/people/new", data={"name_used": "Bưởi", "_again": "1"})

    assert (answer.status_code, answer.location) == (303, "/people/1/edit")


def test_a_form_goes_back_to_where_it_was_called(caseworker: FlaskClient, saved: Saved) -> None:
    case = saved(a_case())
    page = caseworker.get(f"/activities/new?case={case}&_next=/cases/{case}")

    answer = caseworker.post("/activities/new", data=form_of(page, type="call"))

    assert answer.location == f"/cases/{case}"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "/a\nb",
    ],
)
def test_a_form_leads_to_no_foreign_page(address: str, caseworker: FlaskClient) -> None:
    answer = caseworker.post("/people/new", data={"name_used": "Bưởi", "_next": address})

    assert answer.location == "/people/1"


def test_something_is_written_down_from_the_page_of_its_case(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    case = saved(a_case())
    page = caseworker.get(f"/cases/{case}").text
    token = re.search(r'name="_once" value="([^"]+)"', page)
    assert token
    sent = {
        "case": case,
        "_once": token[1],
        "_next": f"/cases/{case}",
        "type": "call",
        "note": "電話した",
        "minutes": "１５",
    }

    answer = caseworker.post("/activities/new", data=sent)

    assert answer.location == f"/cases/{case}"
    assert value(Activity, 1, "minutes") == 15
    assert "電話した" in words(caseworker.get(answer.location))


# -- refused -----------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_place_taken_twice_is_told_without_the_databases_words(
    organiser: FlaskClient, saved: Saved, count: Count
) -> None:
    event = saved(Event(number="E1", kind="study", title_ja="x", starts_at=now()))
    attendee = saved(Attendee(name="見本 花子"))
    sent = {"event": event, "attendee": attendee}
    organiser.post("/registrations/new", data=sent)

    answer = organiser.post("/registrations/new", data=sent)

    assert (answer.status_code, count(Registration)) == (422, 1)
    assert "it contradicts another record" in words(answer)
    assert "INSERT" not in answer.text


def test_a_record_that_she_could_not_see_afterwards_is_not_saved(
    enter: Callable[[str], FlaskClient], saved: Saved, count: Count
) -> None:
    case = a_case()
    saved(CaseStaff(case=case, user_id=5, role="interpreter"))
    interpreter = enter("interpreter")

    answer = interpreter.post("/activities/new", data={"case": 1, "type": "call", "by": "2"})

    assert (answer.status_code, count(Activity)) == (422, 0)
    assert "You may not save this: it would be hidden from you." in words(answer)
    assert new_id(interpreter.post("/activities/new", data={"case": 1, "type": "call"})) == 1


def test_a_caseworker_writes_down_what_a_colleague_did(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = new_id(caseworker.post("/activities/new", data={"case": saved(a_case()), "type": "call", "by": 1}))

    assert value(Activity, key, "by") == 1


def test_a_case_given_away_as_secret_is_refused(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case(owner_id=2))

    answer = change(caseworker, f"/cases/{key}", confidential="secret", owner="1", title="渡す")

    assert answer.status_code == 422
    assert form_of(answer)["title"] == "渡す"
    assert value(Case, key, "confidential") == "normal"


def test_a_save_that_came_second_by_a_hair_is_compared_again(
    caseworker: FlaskClient, saved: Saved, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = saved(a_case())
    save, troubles = forms.save_changes, iter([StaleDataError()])

    def save_second(*record: Any) -> Any:
        for trouble in troubles:
            raise trouble
        return save(*record)

    monkeypatch.setattr(forms, "save_changes", save_second)

    assert change(caseworker, f"/cases/{key}", title="新しい題").status_code == 303
    assert value(Case, key, "title") == "新しい題"


# -- tokens (notes, trap 4) --------------------------------------------------------------------------------------
@pytest.fixture
def guarded(make_app: Callable[..., Flask]) -> FlaskClient:
    """A browser of an administrator where forms need their token, as outside of tests."""
    client = make_app({"WTF_CSRF_ENABLED": True}).test_client()
    page = client.get("/login").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    client.post("/login", data={"email": "admin@example.org", "password": PASSWORD, "csrf_token": token[1]})
    client.get("/lang/en")
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/people/new", "/people/1/edit", "/people/1/delete", "/people/1/reveal", "/people/import",
        "/cases/1/move", "/cases/1/reason", "/users/1/do/invite", "/logout",
    ],
)  # fmt: skip
def test_nothing_is_done_without_the_forms_token(
    address: str, guarded: FlaskClient, saved: Saved, count: Count
) -> None:
    saved(a_case())

    answer = guarded.post(address, data={"name_used": "x", "field": "passport_no", "to": "active"})

    assert answer.status_code == 400
    said = words(answer)
    assert "This form is no longer valid." in said or "nothing has been saved yet" in said
    assert (count(Person), count(Case)) == (1, 1)


def test_with_its_token_a_form_is_saved(guarded: FlaskClient) -> None:
    assert new_id(guarded.post("/people/new", data=form_of(guarded.get("/people/new"), name_used="x"))) == 1


def test_every_form_of_the_pages_carries_the_token(guarded: FlaskClient, saved: Saved) -> None:
    saved(an_activity())
    for address in (
        "/people/new",
        "/cases/1",
        "/cases/1/edit",
        "/cases/1/delete",
        "/cases/1/move?to=active",
        "/users/1",
    ):
        page = guarded.get(address).text
        assert page.count('method="post"') == page.count('name="csrf_token"'), address
