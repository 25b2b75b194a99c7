"""From the first call to a case: what an inquiry fills in, where it may go, what stands for good."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_person, an_activity, an_inquiry
from tomoiki.cases.models import Activity, Case, Inquiry
from tomoiki.core.dates import now
from tomoiki.people.models import ResidenceStatus

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
CALL = {"channel": "phone", "summary": "Em cần giúp", "urgency": "now"}

pytestmark = pytest.mark.storage


def test_three_answers_are_enough(caseworker: FlaskClient, value: Value) -> None:
    page = caseworker.get("/inquiries/new")

    answer = caseworker.post("/inquiries/new", data=form_of(page, **CALL))

    assert answer.status_code == 303
    assert value(Inquiry, 1, "number").startswith("S20")
    assert value(Inquiry, 1, "number").endswith("-00001")
    assert now() - value(Inquiry, 1, "received_at") < timedelta(minutes=2)
    assert (value(Inquiry, 1, "status"), value(Inquiry, 1, "worker_type")) == ("new", "unknown")


def test_the_form_asks_in_the_order_of_a_call(caseworker: FlaskClient) -> None:
    page = caseworker.get("/inquiries/new").text

    places = [
        page.index(f'name="{name}"') for name in ("channel", "summary", "urgency", "language", "name_text")
    ]
    assert places == sorted(places)


def test_the_number_is_of_the_fiscal_year_in_which_it_came(caseworker: FlaskClient, value: Value) -> None:
    for day in ("2026-03-31T23:59", "2026-04-01T00:00"):
        caseworker.post("/inquiries/new", data=CALL | {"received_at": day})

    assert [value(Inquiry, key, "number") for key in (1, 2)] == ["S2025-00001", "S2026-00001"]


def test_the_office_may_number_otherwise(admin: FlaskClient, saved: Saved, value: Value) -> None:
    from tomoiki.accounts.models import Setting  # noqa: PLC0415

    listed = admin.get("/settings/?per_page=200").text
    row = listed[: listed.index("Format of inquiry numbers")].rpartition('data-id="')[2].split('"')[0]
    admin.post(f"/settings/{row}/edit", data={"value": "SOS-{seq:03d}/{FY}"})
    admin.post("/inquiries/new", data=CALL | {"received_at": "2026-05-01T10:00"})

    assert value(Setting, int(row), "value") == "SOS-{seq:03d}/{FY}"
    assert value(Inquiry, 1, "number") == "SOS-001/2026"


def test_the_worker_type_follows_from_the_persons_status(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    saved(ResidenceStatus(person=a_person(), status="student"))

    caseworker.post("/inquiries/new", data=CALL | {"person": "1"})

    assert value(Inquiry, 1, "worker_type") == "student"


@pytest.mark.parametrize("missing", ["channel", "summary", "urgency"])
def test_without_one_of_the_three_it_is_sent_back(
    missing: str, caseworker: FlaskClient, count: Callable[[type[Any]], int]
) -> None:
    answer = caseworker.post("/inquiries/new", data=CALL | {missing: ""})

    assert answer.status_code == 422
    assert count(Inquiry) == 0


def test_the_first_response_is_stamped_with_who_gave_it(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(an_inquiry(received_at=now() - timedelta(hours=1)))

    caseworker.post(f"/inquiries/{key}/move", data={"to": "responded", "first_response_at": ""})

    assert now() - value(Inquiry, key, "first_response_at") < timedelta(minutes=2)
    assert value(Inquiry, key, "first_response_by") == 2


def test_the_first_response_is_never_overwritten(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    first = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
    key = saved(
        an_inquiry(status="unreachable", received_at=first - timedelta(hours=1), first_response_at=first)
    )

    refused = caseworker.post(
        f"/inquiries/{key}/move", data={"to": "responded", "first_response_at": "2026-05-02T09:00"}
    )
    emptied = caseworker.post(f"/inquiries/{key}/move", data={"to": "responded", "first_response_at": ""})
    answer = caseworker.post(f"/inquiries/{key}/move", data={"to": "responded"})

    assert (refused.status_code, emptied.status_code, answer.status_code) == (422, 422, 303)
    assert "The first response was noted already" in words(refused)
    assert value(Inquiry, key, "first_response_at") == first


@pytest.mark.parametrize(
    ("answered", "message"),
    [("2026-05-01T08:59", "cannot be before the inquiry"), ("2099-01-01T09:00", "still to come")],
)
def test_a_first_response_at_an_impossible_time_is_refused(
    answered: str, message: str, caseworker: FlaskClient, saved: Saved
) -> None:
    key = saved(an_inquiry(received_at=datetime(2026, 5, 1, 0, 0, tzinfo=UTC)))

    answer = caseworker.post(
        f"/inquiries/{key}/move", data={"to": "responded", "first_response_at": answered}
    )

    assert answer.status_code == 422
    assert message in words(answer)


def test_no_state_but_the_first_is_without_an_answer_in_the_database(session: Session) -> None:
    session.add(an_inquiry(status="info_only"))

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("state", "to"),
    [
        ("new", "linked"),
        ("new", "info_only"),
        ("responded", "spam"),
        ("linked", "new"),
        ("spam", "responded"),
    ],
)
def test_a_move_that_is_not_in_the_list_is_refused(
    state: str, to: str, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    answered = None if state in ("new", "spam") else now()
    key = saved(an_inquiry(status=state, received_at=now() - timedelta(hours=1), first_response_at=answered))

    caseworker.post(f"/inquiries/{key}/move", data={"to": to})

    assert value(Inquiry, key, "status") == state


def test_a_duplicate_names_the_other(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    saved(an_inquiry())
    key = saved(an_inquiry())

    missing = caseworker.post(f"/inquiries/{key}/move", data={"to": "duplicate"})
    itself = caseworker.post(f"/inquiries/{key}/move", data={"to": "duplicate", "duplicate_of": str(key)})
    answer = caseworker.post(f"/inquiries/{key}/move", data={"to": "duplicate", "duplicate_of": "1"})

    assert (missing.status_code, itself.status_code, answer.status_code) == (422, 422, 303)
    assert "no duplicate of itself" in words(itself)
    assert value(Inquiry, key, "status") == "duplicate"


def test_a_case_takes_over_what_the_inquiry_told_and_is_linked_by_itself(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    told = {"summary": "Công ty nợ lương", "categories": ["wage_unpaid"], "worker_type": "ssw"}
    key = saved(
        an_inquiry(
            person=a_person(),
            urgency="today",
            status="responded",
            received_at=now(),
            first_response_at=now(),
            **told,
        )
    )

    page = caseworker.get(f"/cases/new?inquiry={key}")
    answer = caseworker.post("/cases/new", data=form_of(page))
    moved = caseworker.post(f"/inquiries/{key}/move", data={"to": "linked"})

    assert (answer.status_code, moved.status_code) == (303, 303)
    found = {
        name: value(Case, 1, name) for name in ("person", "story", "priority", "worker_type", "categories")
    }
    assert found == {
        "person": 1, "story": told["summary"], "priority": "today", "worker_type": "ssw",
        "categories": ["wage_unpaid"],
    }  # fmt: skip
    assert (value(Inquiry, key, "case"), value(Inquiry, key, "status")) == (1, "linked")


def test_what_the_case_says_itself_stands(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(an_inquiry(person=a_person(), categories=["visa"]))

    caseworker.post("/cases/new", data={"inquiry": str(key), "story": "自分の言葉", "categories": "housing"})

    assert (value(Case, 1, "story"), value(Case, 1, "categories")) == ("自分の言葉", ["housing"])


def test_it_becomes_no_case_without_one(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(an_inquiry(status="responded", received_at=now(), first_response_at=now()))

    assert caseworker.post(f"/inquiries/{key}/move", data={"to": "linked"}).status_code == 422


def test_an_activity_is_about_an_inquiry_until_there_is_a_case(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(an_inquiry(person=a_person()))
    page = caseworker.get(f"/inquiries/{key}")

    caseworker.post("/activities/new", data={"inquiry": str(key), "type": "chat", "note": "返信した"})

    assert 'name="inquiry" value="1"' in page.text
    assert (value(Activity, 1, "inquiry"), value(Activity, 1, "case")) == (key, None)
    assert "返信した" in words(caseworker.get(f"/inquiries/{key}"))


@pytest.mark.parametrize(
    ("about", "message"),
    [({}, "Say which case or which inquiry"), ({"case": "1", "inquiry": "1"}, "not both")],
)
def test_an_activity_is_about_exactly_one(
    about: dict[str, str], message: str, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(), an_inquiry())

    answer = caseworker.post("/activities/new", data={"type": "chat"} | about)

    assert answer.status_code == 422
    assert message in words(answer)


@pytest.mark.parametrize("is_about_both", [False, True])
def test_so_says_the_database(is_about_both: bool, session: Session) -> None:
    session.add(an_activity(inquiry=an_inquiry()) if is_about_both else an_activity(case=None))

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
