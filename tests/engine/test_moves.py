"""Moving a record from state to state: only where it may go, with what the new state asks for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_donation
from tomoiki.cases.models import Case, CaseStatus
from tomoiki.core.dates import now, today
from tomoiki.events.models import Event
from tomoiki.money.models import Donation

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]


def test_the_page_offers_the_states_that_may_follow(caseworker: FlaskClient, saved: Saved) -> None:
    page = caseworker.get(f"/cases/{saved(a_case())}").text

    assert 'href="/cases/1/move?to=active"' in page
    assert 'href="/cases/1/move?to=closed"' in page
    assert "move?to=waiting" not in page


def test_a_record_without_a_way_on_offers_none(treasurer: FlaskClient, saved: Saved) -> None:
    page = treasurer.get(f"/donations/{saved(a_donation(status='void'))}").text

    assert "/move?to=" not in page


def test_who_may_not_change_a_record_is_offered_no_move(
    enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    auditor = enter("auditor")
    key = saved(a_donation())

    assert "/move?to=" not in auditor.get(f"/donations/{key}").text
    assert auditor.post(f"/donations/{key}/move", data={"to": "void"}).status_code == 403


def test_a_move_asks_first_and_is_then_made(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case())

    page = caseworker.get(f"/cases/{key}/move?to=active")
    answer = caseworker.post(f"/cases/{key}/move", data=form_of(page))

    assert "Change the status to “In progress”?" in words(page)
    assert (answer.status_code, answer.location) == (303, f"/cases/{key}")
    assert "The status is now “In progress”." in words(caseworker.get(answer.location))
    assert value(Case, key, "status") == "active"


@pytest.mark.parametrize("to", ["waiting", "reopened", "open", "nonsense", "", "<b>"])
def test_a_move_that_is_not_allowed_is_refused_in_words(
    to: str, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())

    answer = caseworker.post(f"/cases/{key}/move", data={"to": to})

    assert (answer.status_code, answer.location) == (303, f"/cases/{key}")
    assert "From “Received” this cannot become" in words(caseworker.get(answer.location))
    assert value(Case, key, "status") == "open"


def test_closing_at_once_asks_why(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case())
    page = caseworker.get(f"/cases/{key}/move?to=closed")

    refused = caseworker.post(f"/cases/{key}/move", data=form_of(page, outcomes=["R3"], outcome_note="和解"))
    answer = caseworker.post(f"/cases/{key}/move", data=form_of(refused, outcomes=["X1"]))

    assert 'name="outcomes"' in page.text
    assert refused.status_code == 422
    assert "Closing at once needs one of" in words(refused)
    assert form_of(refused).getlist("outcomes") == ["R3"]
    assert answer.status_code == 303
    assert value(Case, key, "closed_on") == today()
    assert (value(Case, key, "outcomes"), value(Case, key, "outcome_note")) == (["X1"], "和解")


def test_what_is_typed_wrong_on_the_way_is_refused(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())

    answer = caseworker.post(f"/cases/{key}/move", data={"to": "closed", "outcomes": ["X1", "nonsense"]})

    assert answer.status_code == 422
    assert "“nonsense” is not in the list." in words(answer)
    assert value(Case, key, "status") == "open"


def test_solved_then_closed_keeps_both_days_and_reopening_clears_them(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(status=CaseStatus.active))

    for to in ("resolved", "closed"):
        caseworker.post(f"/cases/{key}/move", data={"to": to, "outcomes": "R3"})
    stamped = [value(Case, key, name) for name in ("resolved_at", "closed_on")]
    caseworker.post(f"/cases/{key}/move", data={"to": "reopened"})

    assert stamped[0] is not None
    assert stamped[1] == today()
    assert [value(Case, key, name) for name in ("resolved_at", "closed_on")] == [None, None]
    assert value(Case, key, "status") == "reopened"


def test_a_case_closed_for_more_than_a_year_stays_closed(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(
        a_case(status=CaseStatus.closed, closed_on=today() - timedelta(days=366), opened_on=date(2024, 1, 1))
    )

    answer = caseworker.post(f"/cases/{key}/move", data={"to": "reopened"})

    assert answer.status_code == 422
    assert "Open a new case instead." in words(answer)
    assert value(Case, key, "status") == "closed"


def test_a_move_is_in_the_history(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())

    caseworker.post(f"/cases/{key}/move", data={"to": "active"})

    assert "Status: Received → In progress" in words(caseworker.get(f"/cases/{key}/history"))


def test_a_record_without_states_cannot_move(admin: FlaskClient) -> None:
    assert admin.get("/funds/1/move?to=active").status_code == 404


def test_an_event_is_published_and_a_gift_voided(
    organiser: FlaskClient, treasurer: FlaskClient, saved: Saved, value: Value
) -> None:
    event = saved(Event(number="E1", kind="study", title_ja="x", starts_at=now()))
    gift = saved(a_donation())

    organiser.post(f"/study-sessions/{event}/move", data={"to": "published"})
    treasurer.post(f"/donations/{gift}/move", data={"to": "void"})

    assert (value(Event, event, "status"), value(Donation, gift, "status")) == ("published", "void")
