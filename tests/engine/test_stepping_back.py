"""A step back: an administrator puts a record to the state it came from, and says why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_donation, a_stay, an_inquiry
from tomoiki.cases.models import Case, CaseStatus, Inquiry
from tomoiki.core.dates import now, today
from tomoiki.money.models import Donation
from tomoiki.shelter.models import Stay

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
REASON = {"reason": "違うケースを開いていた"}

pytestmark = pytest.mark.storage


@pytest.fixture
def closed(caseworker: FlaskClient, saved: Saved) -> int:
    """A case that was resolved and then closed on its pages."""
    key = saved(a_case(status=CaseStatus.active))
    for to in ("resolved", "closed"):
        caseworker.post(f"/cases/{key}/move", data={"to": to, "outcomes": "R3"})
    return key


def test_the_page_offers_it_to_administrators_only(
    admin: FlaskClient, caseworker: FlaskClient, closed: int
) -> None:
    assert f'href="/cases/{closed}/step-back"' in admin.get(f"/cases/{closed}").text
    assert "step-back" not in caseworker.get(f"/cases/{closed}").text


def test_the_state_and_its_stamps_go_back(admin: FlaskClient, closed: int, value: Value) -> None:
    page = admin.get(f"/cases/{closed}/step-back")
    answer = admin.post(f"/cases/{closed}/step-back", data=form_of(page, **REASON))

    assert "Put the status back to “Resolved”?" in words(page)
    assert (answer.status_code, answer.location) == (303, f"/cases/{closed}")
    assert "The status is “Resolved” again." in words(admin.get(answer.location))
    assert (value(Case, closed, "status"), value(Case, closed, "closed_on")) == ("resolved", None)
    assert value(Case, closed, "resolved_at") is not None
    assert value(Case, closed, "outcomes") == ["R3"]


def test_the_history_keeps_the_reason(admin: FlaskClient, closed: int) -> None:
    admin.post(f"/cases/{closed}/step-back", data=REASON)

    told = words(admin.get(f"/cases/{closed}/history"))

    assert "Status: Closed → Resolved" in told
    assert "One step back, because: 違うケースを開いていた" in told


def test_who_sees_only_a_part_of_the_record_does_not_read_the_reason(
    admin: FlaskClient, treasurer: FlaskClient, closed: int
) -> None:
    admin.post(f"/cases/{closed}/step-back", data=REASON)

    assert REASON["reason"] not in treasurer.get(f"/cases/{closed}/history").text


@pytest.mark.parametrize("reason", [{}, {"reason": "  "}])
def test_without_a_reason_nothing_goes_back(
    reason: dict[str, str], admin: FlaskClient, closed: int, value: Value
) -> None:
    answer = admin.post(f"/cases/{closed}/step-back", data=reason)

    assert answer.status_code == 422
    assert "Write why the last step was wrong." in words(answer)
    assert value(Case, closed, "status") == "closed"


def test_it_is_one_step_only(admin: FlaskClient, closed: int, value: Value) -> None:
    admin.post(f"/cases/{closed}/step-back", data=REASON)

    answer = admin.post(f"/cases/{closed}/step-back", data=REASON)

    assert answer.location == f"/cases/{closed}"
    assert "There is no step to take back" in words(admin.get(answer.location))
    assert value(Case, closed, "status") == "resolved"


def test_a_record_that_never_moved_stays(admin: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case())

    admin.post(f"/cases/{key}/step-back", data=REASON)

    assert value(Case, key, "status") == "open"


def test_a_caseworker_may_not(caseworker: FlaskClient, closed: int, value: Value) -> None:
    assert caseworker.get(f"/cases/{closed}/step-back").status_code == 403
    assert caseworker.post(f"/cases/{closed}/step-back", data=REASON).status_code == 403
    assert value(Case, closed, "status") == "closed"


def test_after_it_the_case_goes_on_from_there(admin: FlaskClient, closed: int, value: Value) -> None:
    admin.post(f"/cases/{closed}/step-back", data=REASON)

    admin.post(f"/cases/{closed}/move", data={"to": "closed"})

    assert value(Case, closed, "closed_on") == today()


def test_the_first_response_stands_whatever_goes_back(admin: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(an_inquiry(received_at=now() - timedelta(hours=1)))
    admin.post(f"/inquiries/{key}/move", data={"to": "responded"})
    first = value(Inquiry, key, "first_response_at")

    admin.post(f"/inquiries/{key}/step-back", data=REASON)
    went_back = value(Inquiry, key, "status")
    admin.post(f"/inquiries/{key}/move", data={"to": "responded"})

    assert (went_back, value(Inquiry, key, "status")) == ("new", "responded")
    assert first is not None
    assert value(Inquiry, key, "first_response_at") == first


@pytest.mark.parametrize(("days", "status"), [(0, "in"), (1, "out")])
def test_who_left_comes_back_on_the_same_day_only(
    days: int, status: str, admin: FlaskClient, saved: Saved, value: Value
) -> None:
    case = a_case()
    saved(case)
    first = today() - timedelta(days=3)
    key = saved(a_stay(case_id=1, person_id=1, check_in=first, check_out=None, status="in"))
    admin.post(f"/stays/{key}/move", data={"to": "out", "check_out": str(today() - timedelta(days=days))})

    answer = admin.post(f"/stays/{key}/step-back", data=REASON)

    assert answer.status_code == (303 if status == "in" else 422)
    assert value(Stay, key, "status") == status


def test_it_works_for_every_machine(admin: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_donation())
    admin.post(f"/donations/{key}/move", data={"to": "void"})

    admin.post(f"/donations/{key}/step-back", data=REASON)

    assert value(Donation, key, "status") == "confirmed"


def test_a_table_without_states_has_no_such_page(admin: FlaskClient) -> None:
    assert admin.get("/funds/1/step-back").status_code in (403, 404)
