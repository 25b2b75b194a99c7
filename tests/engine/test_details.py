"""The page of one record: what leads, what is hidden until asked for, and what points at it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views import SCREENS
from admin_views.accounts import USERS
from tests.databases import PASSWORD
from tests.engine.browsing import form_of, words
from tests.factories import (
    a_bed,
    a_case,
    a_deadline,
    a_donation,
    a_person,
    a_referral,
    a_stay,
    an_activity,
    an_organisation,
)
from tomoiki.cases.models import Activity, CaseStaff
from tomoiki.core.database import db
from tomoiki.core.history import AccessLog
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.money.models import Donor

Count = Callable[[type[Any]], int]
Saved = Callable[..., int]


@pytest.fixture(autouse=True)
def _nothing_waits(app: Flask) -> None:
    """Forget access rows that another test's busy database left waiting in the shared application."""
    app.extensions.pop("tomoiki_access_waiting", None)


# -- what leads --------------------------------------------------------------------------------------------------
def test_title_number_state_and_tags_lead(caseworker: FlaskClient, saved: Saved) -> None:
    boxes = ["dismissal", "housing", "visa", "transfer", "living"]
    saved(a_case(title="給料が出ない", number="T2026-0042", priority="now", categories=boxes, owner_id=2))

    text = words(caseworker.get("/cases/1"))

    assert text.startswith("Cases / T2026-0042 給料が出ない Received At once")
    assert "2 more" in text
    assert "Nguyễn Thị Bưởi" in text


def test_what_cannot_wait_stands_before_the_details_and_on_a_phone_before_the_timeline(
    caseworker: FlaskClient, saved: Saved
) -> None:
    case = saved(a_case())
    saved(a_deadline(case_id=case))

    text = caseworker.get(f"/cases/{case}").text

    order = [text.index(mark) for mark in ("first-phone", "<h2>Deadlines", "<h2>Details", "<h2>Stays")]
    assert order == sorted(order)
    assert text.count("<h2>Deadlines") == text.count("first-phone") == 1


def test_an_ordinary_urgency_calls_for_no_attention(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(priority="normal"))

    assert '<span class="tag' not in caseworker.get("/cases/1").text


def test_a_reference_is_a_link_only_for_who_may_open_it(
    caseworker: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    saved(
        CaseStaff(
            case=a_case(employer=an_organisation(name="甲社"), owner_id=2), user_id=5, role="interpreter"
        )
    )

    assert '<a href="/people/1">Nguyễn Thị Bưởi</a>' in caseworker.get("/cases/1").text
    assert '<a href="/organisations/1">甲社</a>' in caseworker.get("/cases/1").text
    assert '<a href="/users/2">' not in caseworker.get("/cases/1").text
    assert "甲社" not in enter("interpreter").get("/cases/1").text


def test_fields_without_a_value_are_left_out_and_empty_facts_are_a_dash(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case())

    text = words(caseworker.get("/cases/1"))

    assert "Ledger number" not in text
    assert "Owner —" in text


def test_answers_of_a_registration_are_shown_line_by_line(organiser: FlaskClient, saved: Saved) -> None:
    event = Event(number="E1", kind="study", title_ja="会", starts_at=datetime(2026, 5, 1, tzinfo=UTC))
    saved(Registration(event=event, attendee=Attendee(name="花子"), answers={"<食事>": "halal"}, survey=None))

    page = organiser.get("/registrations/1").text

    assert "&lt;食事&gt;: halal" in page


def test_yes_and_no_stand_in_words(admin: FlaskClient, saved: Saved) -> None:
    saved(Donor(code="N1", name="甲", is_officer=True))

    assert "Officer of the organisation Yes" in words(admin.get("/donors/1"))


# -- secret fields -----------------------------------------------------------------------------------------------
def test_a_secret_is_shown_after_a_click_that_is_written_down(
    caseworker: FlaskClient, saved: Saved, app: Flask
) -> None:
    saved(a_person(passport_no="AB1234567", safe_contact="Messenger"))
    page = caseworker.get("/people/1")

    shown = caseworker.post("/people/1/reveal", data={"field": "passport_no"})

    assert "AB1234567" not in page.text
    assert "Showing it is recorded." in words(page)
    assert "AB1234567" in shown.text
    assert "Messenger" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert logged(app) == [("view", "person", 1, None), ("reveal", "person", 1, "passport_no")]


def logged(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        rows = db.session.query(AccessLog).order_by(AccessLog.id)
        return [(row.action, row.entity, row.record_id, row.detail) for row in rows]


@pytest.mark.parametrize("field", ["city", "nothing", "", "id", "__class__"])
def test_only_secret_fields_are_shown_that_way(field: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_person())

    assert caseworker.post("/people/1/reveal", data={"field": field}).status_code == 404


def test_a_form_that_shows_secrets_is_written_down_too(admin: FlaskClient, saved: Saved, app: Flask) -> None:
    saved(a_person(passport_no="C1234567", safe_contact="Messenger"), a_person())

    admin.get("/people/1/edit")
    admin.get("/people/2/edit")

    assert logged(app) == [("reveal", "person", 1, "passport_no, safe_contact")]


def test_looking_twice_within_the_hour_is_written_down_once(
    caseworker: FlaskClient, saved: Saved, count: Count
) -> None:
    saved(a_person())

    for _ in range(3):
        caseworker.get("/people/1")

    assert count(AccessLog) == 1


# -- a reason ----------------------------------------------------------------------------------------------------
def test_a_secret_case_opens_to_an_administrator_with_a_reason(
    admin: FlaskClient, saved: Saved, app: Flask
) -> None:
    saved(a_case(confidential="secret", owner_id=2, title="秘密の題"))

    asked = admin.get("/cases/1")
    missing = admin.post("/cases/1/reason", data={"reason": "  "})
    opened = admin.post("/cases/1/reason", data={"reason": "監査のため"})

    assert "秘密の題" not in asked.text + missing.text
    assert "This record is secret" in words(asked)
    assert (missing.status_code, opened.status_code, opened.location) == (422, 303, "/cases/1")
    assert "秘密の題" in admin.get("/cases/1").text
    assert "秘密の題" not in admin.get("/cases/").text
    assert ("reason", "case", 1, "監査のため") in logged(app)


def test_a_reason_opens_that_one_record_only(admin: FlaskClient, saved: Saved) -> None:
    saved(
        a_case(confidential="secret", owner_id=2), a_case(confidential="secret", owner_id=2, title="もう一つ")
    )

    admin.post("/cases/1/reason", data={"reason": "監査"})

    assert "もう一つ" not in admin.get("/cases/2").text


def test_a_reason_is_asked_for_nothing_else(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(confidential="secret", owner_id=1), a_case())

    assert admin.post("/cases/2/reason", data={"reason": "x"}).status_code == 404
    assert caseworker.post("/cases/1/reason", data={"reason": "x"}).status_code == 403
    assert admin.post("/cases/x/reason", data={"reason": "x"}).status_code == 404


# -- what points here --------------------------------------------------------------------------------------------
def test_related_records_are_listed_and_one_can_be_added(treasurer: FlaskClient, saved: Saved) -> None:
    donor = Donor(code="N1", name="甲")
    saved(donor, *(a_donation(donor=donor, amount=1000 + n) for n in range(12)))

    page = treasurer.get("/donors/1")

    assert "Donations 12" in words(page)
    assert page.text.count('class="row-link" href="/donations/') == 10
    assert 'href="/donations/?donor=1"' in page.text
    assert 'href="/donations/new?donor=1"' in page.text
    assert form_of(treasurer.get("/donations/new?donor=1"))["donor"] == "1"


def test_in_a_related_table_amounts_stand_right_and_a_phone_names_the_days(
    treasurer: FlaskClient, saved: Saved
) -> None:
    donor = Donor(code="N1", name="Gió")
    saved(donor, a_donation(donor=donor, amount=12000))

    page = treasurer.get("/donors/1").text

    assert '<td class="num" data-l="Amount">12,000 yen</td>' in page
    assert '<td class="nw" data-l="Received on">2026-04-01</td>' in page
    assert '<th scope="col" class="num">Amount</th>' in page


def test_a_related_table_shows_several_codes(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case(employer=an_organisation(name="甲社"), owner_id=2))

    assert "Cases 1" in words(admin.get("/organisations/1"))
    assert "Attendees 0" in words(admin.get("/organisations/1"))
    assert "Nothing here yet." in words(admin.get("/organisations/1"))


def test_who_may_not_read_them_sees_no_related_records(
    organiser: FlaskClient, treasurer: FlaskClient, saved: Saved
) -> None:
    saved(a_case(employer=an_organisation(name="甲社")))

    assert "Cases" not in words(organiser.get("/organisations/1"))
    assert "Attendees" not in words(treasurer.get("/organisations/1"))


def test_a_hidden_case_does_not_count_among_related_ones(caseworker: FlaskClient, saved: Saved) -> None:
    company = an_organisation()
    saved(a_case(employer=company), a_case(employer=company, confidential="secret", owner_id=1))

    assert "Cases 1" in words(caseworker.get("/organisations/1"))


def test_what_was_done_stands_in_time_newest_first(caseworker: FlaskClient, saved: Saved) -> None:
    case = a_case(owner_id=2)
    noon = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
    saved(
        *(
            an_activity(case=case, at=noon + timedelta(days=n), by_id=2, minutes=30, note=f"<{n}>\n行")
            for n in range(12)
        ),
        an_activity(case=case, at=noon - timedelta(days=1), type="system"),
    )

    page = caseworker.get("/cases/1")

    text = words(page)
    assert text.index("2026-05-12") < text.index("2026-05-11")
    assert "12:00" in text
    assert "&lt;11&gt;<br>行" in page.text
    assert 'href="/activities/?case=1"' in page.text


def test_what_was_done_today_says_today(caseworker: FlaskClient, saved: Saved) -> None:
    saved(an_activity(by_id=2))

    assert "Today " in words(caseworker.get("/cases/1"))


def test_an_interpreter_may_write_down_but_sees_her_own_only(
    enter: Callable[[str], FlaskClient], saved: Saved, count: Count
) -> None:
    case = a_case()
    saved(
        CaseStaff(case=case, user_id=5, role="interpreter"),
        an_activity(case=case, by_id=2, note="他の人の話"),
    )
    interpreter = enter("interpreter")

    interpreter.post("/activities/new", data={"case": 1, "type": "call", "note": "自分の話"})
    page = interpreter.get("/cases/1")

    assert count(Activity) == 2
    assert "自分の話" in page.text
    assert "他の人の話" not in page.text


# -- actions -----------------------------------------------------------------------------------------------------
def test_an_action_does_its_one_thing_and_says_so(admin: FlaskClient) -> None:
    assert 'action="/users/2/do/invite"' in admin.get("/users/2").text

    answer = admin.post("/users/2/do/invite")

    assert (answer.status_code, answer.location) == (303, "/users/2")
    assert "/invitation/" in words(admin.get("/users/2"))


def test_an_action_that_is_not_there_is_not_found(admin: FlaskClient, saved: Saved) -> None:
    assert admin.post("/users/2/do/nothing").status_code == 404
    assert admin.post("/users/999/do/invite").status_code == 404
    assert admin.get("/users/2/do/invite").status_code in (404, 405)


def test_an_action_asks_for_its_own_permission(enter: Callable[[str], FlaskClient]) -> None:
    auditor = enter("auditor")

    assert "/do/invite" not in auditor.get("/users/2").text
    assert auditor.post("/users/2/do/invite").status_code == 403


def test_an_action_that_is_not_offered_cannot_be_run(make_app: Callable[..., Flask]) -> None:
    never = replace(USERS, actions=(replace(USERS.actions[0], offered=lambda user: False),))
    client = make_app(screens=tuple(never if screen is USERS else screen for screen in SCREENS)).test_client()
    client.post("/login", data={"email": "admin@example.org", "password": PASSWORD})

    assert client.post("/users/2/do/invite").status_code == 404


def test_a_masked_record_shows_the_tables_that_the_mask_names_and_no_other(
    caseworker: FlaskClient, treasurer: FlaskClient, saved: Saved
) -> None:
    saved(a_case(person=a_person()), a_bed())
    saved(
        a_stay(case_id=1, person_id=1, bed_id=1, fee_per_night=500),
        a_referral(case_id=1, cost=5500),
        a_deadline(case_id=1, person_id=1),
    )

    whole, masked = words(caseworker.get("/cases/1")), words(treasurer.get("/cases/1"))

    assert {"Deadlines", "Stays", "Referrals", "Facts"} <= set(whole.split())
    assert not {"Deadlines", "Stays", "Referrals", "Facts", "500", "5,500"} & set(masked.split())
    assert "500" in words(treasurer.get("/stays/"))


def test_related_records_stand_in_the_order_of_their_own_list(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(person=a_person()))
    for month in (9, 6, 12):
        day = date(2046, month, 1)
        saved(a_deadline(case_id=1, person_id=1, trigger_on=day, due_on=day, safe_on=day))

    page = words(caseworker.get("/cases/1"))

    assert page.index("2046-06-01") < page.index("2046-09-01") < page.index("2046-12-01")
