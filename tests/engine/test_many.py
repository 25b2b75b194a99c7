"""Many records at once: picked rows or all that match, looked through, done together, told, taken back as a whole."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin_views.engine import bulk_pages, uploads
from tests.databases import Queries
from tests.engine.browsing import change, form_of, words
from tests.factories import a_case, a_person
from tomoiki.cases.models import Case, CaseStaff, CaseStatus
from tomoiki.core.actors import SYSTEM, acting
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now
from tomoiki.core.history import ChangeLog
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.people.models import Person

pytestmark = pytest.mark.storage
Value = Callable[[type[Any], int, str], Any]
Count = Callable[[type[Any]], int]
Saved = Callable[..., int]


def ask(browser: FlaskClient, slug: str, do: str, *ids: int, **more: Any) -> TestResponse:
    """Press a button of the bar with these rows picked."""
    rows = {"which": "chosen", "id": [str(key) for key in ids]} if ids else {"which": "all"}
    return browser.post(f"/{slug}/bulk", data={"do": do, **rows, **more})


def look(browser: FlaskClient, page: TestResponse, slug: str, **typed: Any) -> TestResponse:
    """Fill in the form and see what it does."""
    return browser.post(f"/{slug}/bulk", data=form_of(page, **typed))


def do(browser: FlaskClient, preview: TestResponse, slug: str) -> TestResponse:
    """Press the button under the preview and go where it leads."""
    answer = browser.post(f"/{slug}/bulk", data=form_of(preview))
    assert answer.status_code == 303, words(answer)
    return browser.get(answer.location)


def undo(browser: FlaskClient, result: TestResponse) -> TestResponse:
    """Press the button that takes all of it back."""
    return browser.post(result.request.path, data=form_of(result), follow_redirects=True)


def three_cases(saved: Saved) -> list[int]:
    return [saved(a_case(title=f"題{n}", owner_id=1, categories=["visa"])) for n in range(3)]


# -- picking -----------------------------------------------------------------------------------------------------------
def test_boxes_stand_in_the_list_once_one_asks_for_them(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case(title="題"))

    plain, picking = caseworker.get("/cases/"), caseworker.get("/cases/?select=1")

    assert 'href="/cases/?select=1"' in plain.text
    assert 'form="bulk"' not in plain.text
    assert f'name="id" value="{key}" form="bulk" aria-label="Select 題' in picking.text


@pytest.mark.parametrize("role", ["auditor", "interpreter"])
def test_who_may_change_nothing_has_nothing_to_pick(
    role: str, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    key, browser = saved(a_person(full_name_vi="Hoa")), enter(role)

    assert 'form="bulk"' not in browser.get("/people/?select=1").text
    assert ask(browser, "people", "change", key).status_code == 403


def test_nothing_picked_is_said(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    answer = caseworker.post("/cases/bulk", data={"do": "change", "which": "chosen"}, follow_redirects=True)

    assert "Select rows first." in words(answer)


# -- changing ----------------------------------------------------------------------------------------------------------
def test_fields_are_changed_after_a_preview_and_go_back_as_a_whole(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    first, second, third = three_cases(saved)
    page = ask(caseworker, "cases", "change", first, second)

    preview = look(caseworker, page, "cases", owner="2", categories=["housing"], categories__how="add")
    assert "→" in words(preview)
    assert value(Case, first, "owner") == 1
    result = do(caseworker, preview, "cases")

    assert [value(Case, key, "owner") for key in (first, second, third)] == [2, 2, 1]
    assert value(Case, first, "categories") == ["housing", "visa"]
    assert "2 records still stand as they were left" in words(result)
    undo(caseworker, result)
    assert [value(Case, key, "owner") for key in (first, second)] == [1, 1]
    assert value(Case, first, "categories") == ["visa"]


def test_the_log_has_a_line_for_each_record_under_one_origin(
    app: Flask, caseworker: FlaskClient, saved: Saved
) -> None:
    keys = three_cases(saved)

    do(caseworker, look(caseworker, ask(caseworker, "cases", "change"), "cases", priority="now"), "cases")

    with app.app_context():
        lines = db.session.query(ChangeLog).filter(ChangeLog.origin.startswith("bulk:")).all()
        assert sorted(line.record_id for line in lines) == keys
        assert len({line.origin for line in lines}) == 1
        assert all(line.diff["priority"] == [None, "now"] for line in lines)


def test_all_that_match_are_meant_not_more(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    first, second, third = three_cases(saved)
    change(caseworker, f"/cases/{third}", categories=["housing"])

    page = ask(caseworker, "cases", "change", list="categories=visa")
    do(caseworker, look(caseworker, page, "cases", priority="now"), "cases")

    assert [value(Case, key, "priority") for key in (first, second, third)] == ["now", "now", None]


def test_a_move_that_is_not_allowed_is_left_out_and_told(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    first = saved(a_case(title="題", status=CaseStatus.open))
    second = saved(a_case(title="別", status=CaseStatus.waiting))

    preview = look(caseworker, ask(caseworker, "cases", "change", first, second), "cases", status="waiting")
    assert "1 record is left out" in words(preview)
    assert "1 record stands so already." in words(preview)
    assert "this cannot become" in words(preview)
    active = look(caseworker, ask(caseworker, "cases", "change", first, second), "cases", status="active")
    do(caseworker, active, "cases")

    assert [value(Case, key, "status") for key in (first, second)] == [CaseStatus.active, CaseStatus.active]


def test_a_state_that_needs_something_asks_each_record(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case(status=CaseStatus.active))

    preview = look(caseworker, ask(caseworker, "cases", "change", key), "cases", status="resolved")

    assert "Fill in" in words(preview)
    assert "There is nothing to do." in words(preview)


def test_what_somebody_changed_since_the_preview_stays_hers(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved, value: Value
) -> None:
    first, second, _third = three_cases(saved)
    preview = look(caseworker, ask(caseworker, "cases", "change", first, second), "cases", owner="2")
    change(admin, f"/cases/{first}", owner="4", owner__text="")
    change(admin, f"/cases/{second}", title="新しい題")

    result = do(caseworker, preview, "cases")

    assert "Somebody changed this since the preview." in words(result)
    assert [value(Case, key, "owner") for key in (first, second)] == [4, 2]


def test_records_out_of_her_sight_are_not_touched(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    hers = saved(a_case(owner_id=2))
    hidden = saved(a_case(owner_id=1, confidential="secret", confidential_reason="x"))

    page = ask(caseworker, "cases", "change", hers, hidden)
    do(caseworker, look(caseworker, page, "cases", priority="now"), "cases")

    assert [value(Case, key, "priority") for key in (hers, hidden)] == ["now", None]


def test_a_field_is_emptied_only_when_asked(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case(priority="now", owner_id=2))

    page = ask(caseworker, "cases", "change", key)
    nothing = look(caseworker, page, "cases")
    do(caseworker, look(caseworker, page, "cases", clear=["priority"]), "cases")

    assert "Fill in what is to be changed." in words(nothing)
    assert (value(Case, key, "priority"), value(Case, key, "owner")) == (None, 2)


def test_what_cannot_be_read_is_said_by_its_field(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())

    answer = look(caseworker, ask(caseworker, "cases", "change", key), "cases", opened_on="2026-11-31")

    assert answer.status_code == 422
    assert "2026-11-31" in answer.text


def test_a_second_click_does_nothing_twice(caseworker: FlaskClient, saved: Saved, count: Count) -> None:
    key = saved(a_case())
    preview = look(caseworker, ask(caseworker, "cases", "change", key), "cases", priority="now")

    do(caseworker, preview, "cases")
    lines = count(ChangeLog)
    do(caseworker, preview, "cases")

    assert count(ChangeLog) == lines


def test_an_undo_leaves_what_was_changed_since(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved, value: Value
) -> None:
    first, second, _third = three_cases(saved)
    preview = look(caseworker, ask(caseworker, "cases", "change", first, second), "cases", owner="2")
    result = do(caseworker, preview, "cases")
    change(admin, f"/cases/{first}", title="新しい題")

    assert undo(admin, admin.get(result.request.path)).status_code == 200

    assert [value(Case, key, "owner") for key in (first, second)] == [2, 1]


def test_others_see_no_page_of_it(
    caseworker: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    key = saved(a_case())
    preview = look(caseworker, ask(caseworker, "cases", "change", key), "cases", priority="now")
    result = do(caseworker, preview, "cases")

    assert enter("organiser").get(result.request.path).status_code == 403
    assert enter("admin").get(result.request.path).status_code == 200
    assert enter("admin").get("/bulk/999999").status_code == 404


def test_thousands_run_beside_the_pages_which_show_how_far_it_is(
    caseworker: FlaskClient, saved: Saved, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_pages, "AT_ONCE", 1)
    first, second, _third = three_cases(saved)
    preview = look(caseworker, ask(caseworker, "cases", "change", first, second), "cases", priority="now")

    answer = caseworker.post("/cases/bulk", data=form_of(preview))
    assert answer.location.startswith("/cases/bulk?job=")
    for thread in threading.enumerate():
        if thread.name == "bulk-cases":
            thread.join()
    arrived = caseworker.get(answer.location)

    assert arrived.location.startswith("/bulk/")
    assert "2 records still stand as they were left" in words(caseworker.get(arrived.location))
    assert value(Case, first, "priority") == "now"


def test_a_state_of_the_work_is_shown_in_words(app: Flask, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())
    token = "a" * 43
    with app.app_context():
        uploads.tell(token, {"done": 250, "total": 10_000})

    page = caseworker.get(f"/cases/bulk?job={token}")

    assert "250 of 10000 records are done." in words(page)
    assert "This page may be closed; the work goes on." in words(page)
    assert page.headers["Refresh"] == "1"


def test_a_group_that_may_not_stand_whole_is_done_one_by_one(
    admin: FlaskClient, saved: Saved, value: Value, count: Count
) -> None:
    event = saved(Event(number="E", kind="study", title_ja="会", starts_at=now(), fund_id=1, language=["ja"]))
    other = saved(Event(number="F", kind="study", title_ja="別", starts_at=now(), fund_id=1, language=["ja"]))
    key = saved(Attendee(name="花子"))
    first = saved(Registration(event_id=event, attendee_id=key))
    second = saved(Registration(event_id=other, attendee_id=key))

    page = ask(admin, "registrations", "change", first, second)
    result = do(admin, look(admin, page, "registrations", event=str(other)), "registrations")

    assert "contradicts another record" in words(result)
    assert [value(Registration, one, "event") for one in (first, second)] == [event, other]


def test_a_preview_asks_no_more_for_many_rows_than_for_few(
    organiser: FlaskClient, saved: Saved, queries: Queries
) -> None:
    few = [saved(Attendee(name=f"花子{n}")) for n in range(2)]
    saved(*(Attendee(name=f"太郎{n}") for n in range(40)))

    def asked(*ids: int) -> int:
        page = ask(organiser, "attendees", "change", *ids)
        queries.clear()
        look(organiser, page, "attendees", grade="3")
        return len(queries.selects)

    assert asked(*few) == asked()


def test_taking_back_is_one_transaction_over_all_tables(
    app: Flask, admin: FlaskClient, saved: Saved, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, case = saved(a_person(full_name_vi="Hoa")), saved(a_case(title="題"))
    with app.app_context(), acting(replace(SYSTEM, origin="bulk:1")):
        begin_write()
        db.session.get_one(Case, case).title = "別の題"
        db.session.get_one(Person, person).full_name_vi = "Lan"
        db.session.commit()
    page = admin.get("/bulk/1")

    with monkeypatch.context() as broken:
        broken.setattr(Person, "faults", _break)
        with pytest.raises(Broken):
            undo(admin, page)
    assert (value(Case, case, "title"), value(Person, person, "full_name_vi")) == ("別の題", "Lan")
    undo(admin, admin.get("/bulk/1"))

    assert (value(Case, case, "title"), value(Person, person, "full_name_vi")) == ("題", "Hoa")


class Broken(Exception):  # noqa: N818 - named after the fact
    """The machine failed half-way."""


def _break(self: Person, session: Session) -> Any:
    raise Broken


def test_work_and_undo_ask_no_more_for_many_records_than_for_few(
    admin: FlaskClient, saved: Saved, queries: Queries
) -> None:
    event = saved(Event(number="E", kind="study", title_ja="会", starts_at=now(), fund_id=1, language=["ja"]))
    person = saved(a_person())
    few = [saved(a_case(person_id=person, worker_type="ssw")) for n in range(2)]
    more = [saved(a_case(person_id=person, worker_type="ssw")) for n in range(20)]
    pupils = [saved(Attendee(name=f"花子{n}")) for n in range(22)]
    saved(*(CaseStaff(case_id=case, user_id=2, role="interpreter") for case in (*few, *more)))

    def asked(slug: str, what: str, *ids: int, **typed: Any) -> tuple[int, int]:
        page = ask(admin, slug, what, *ids)
        preview = look(admin, page, slug, **typed) if typed else page
        queries.clear()
        result = do(admin, preview, slug)
        counts = [len(queries.selects)]
        queries.clear()
        undo(admin, result)
        return counts[0], len(queries.selects)

    assert asked("cases", "delete", *few) == asked("cases", "delete", *more)
    assert asked("attendees", "register", *pupils[:2], event=str(event)) == asked(
        "attendees", "register", *pupils[2:], event=str(event)
    )


# -- deleting ----------------------------------------------------------------------------------------------------------
def test_records_are_deleted_with_what_goes_along_and_return(
    admin: FlaskClient, saved: Saved, count: Count
) -> None:
    first, second, _third = three_cases(saved)
    saved(*(CaseStaff(case_id=first, user_id=user, role="interpreter") for user in (2, 5)))

    preview = ask(admin, "cases", "delete", first, second)
    assert "Delete 2 records?" in words(preview)
    assert "Staff of cases 2" in words(preview)
    result = do(admin, preview, "cases")
    assert (count(Case), count(CaseStaff)) == (1, 0)
    undo(admin, result)

    assert (count(Case), count(CaseStaff)) == (3, 2)


def test_what_must_stay_is_left_out(admin: FlaskClient, saved: Saved, count: Count) -> None:
    free, held = saved(a_person(full_name_vi="Hoa")), saved(a_person(full_name_vi="Lan"))
    saved(a_case(person_id=held))

    preview = ask(admin, "people", "delete", free, held)
    do(admin, preview, "people")

    assert "1 record is left out" in words(preview)
    assert count(Person) == 1


# -- verbs of a screen, export -----------------------------------------------------------------------------------------
def test_cases_are_assigned_to_a_caseworker(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    first, second, _third = three_cases(saved)

    page = ask(caseworker, "cases", "assign", first, second)
    do(caseworker, look(caseworker, page, "cases", owner="2"), "cases")

    assert [value(Case, key, "owner") for key in (first, second)] == [2, 2]


def test_attendees_are_added_to_a_session(
    organiser: FlaskClient, admin: FlaskClient, saved: Saved, count: Count
) -> None:
    event = saved(Event(number="E", kind="study", title_ja="会", starts_at=now(), fund_id=1, language=["ja"]))
    keys = [saved(Attendee(name=f"花子{n}")) for n in range(2)]
    saved(Registration(event_id=event, attendee_id=keys[0]))

    page = ask(organiser, "attendees", "register", *keys)
    preview = look(organiser, page, "attendees", event=str(event))
    result = do(organiser, preview, "attendees")

    assert "花子1 Event 会" in words(preview)
    assert count(Registration) == 2
    assert "contradicts another record" in words(result)
    undo(admin, admin.get(result.request.path))
    assert count(Registration) == 1


def test_picked_rows_alone_leave_with_a_purpose(admin: FlaskClient, saved: Saved) -> None:
    first, second, _third = three_cases(saved)

    page = ask(admin, "cases", "csv", first, second)
    assert "2 records" in words(page)
    file = admin.post("/cases/export.csv", data=form_of(page, purpose="Report"))

    text = file.data.decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [str(first), str(second)]


def test_all_that_match_leave_by_the_usual_page(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    answer = ask(admin, "cases", "csv", list="status=open")

    assert (answer.status_code, answer.location) == (303, "/cases/export.csv?status=open")
