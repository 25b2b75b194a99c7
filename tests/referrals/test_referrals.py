"""Passing a case on: nothing of a person goes out without her consent, unless life or body are at risk."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_partner, a_person, a_referral
from tomoiki.core.dates import now, today
from tomoiki.people.models import Consent
from tomoiki.referrals.models import Referral

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]

pytestmark = pytest.mark.storage


@pytest.fixture
def draft(saved: Saved) -> int:
    """A draft to a lawyer."""
    saved(a_case())
    return saved(a_referral(case_id=1))


def ask(browser: FlaskClient, key: int, **values: Any) -> Any:
    return browser.post(f"/referrals/{key}/move", data={"to": "asked"} | values)


def test_without_consent_it_is_not_asked(caseworker: FlaskClient, draft: int, value: Value) -> None:
    page = caseworker.get(f"/referrals/{draft}/move?to=asked")

    answer = caseworker.post(f"/referrals/{draft}/move", data=form_of(page, shared_items=["name"]))

    assert answer.status_code == 422
    assert "The person has not agreed to this." in words(answer)
    assert value(Referral, draft, "status") == "draft"


def test_with_a_consent_it_rests_on_it(
    caseworker: FlaskClient, draft: int, saved: Saved, value: Value
) -> None:
    saved(Consent(person_id=1, scope="share_medical"))
    consent = saved(Consent(person_id=1, scope="share_lawyer"))

    answer = ask(caseworker, draft, shared_items="story")

    assert answer.status_code == 303
    assert [value(Referral, draft, name) for name in ("status", "consent", "shared_items")] == [
        "asked", consent, ["story"],
    ]  # fmt: skip


@pytest.mark.parametrize("scope", ["share_medical", "record"])
def test_consent_to_something_else_does_not_do(
    scope: str, caseworker: FlaskClient, draft: int, saved: Saved
) -> None:
    saved(Consent(person_id=1, scope=scope))

    assert ask(caseworker, draft).status_code == 422


def test_consent_that_was_withdrawn_does_not_do(caseworker: FlaskClient, draft: int, saved: Saved) -> None:
    saved(Consent(person_id=1, scope="share_lawyer", given_at=now(), withdrawn_at=now()))

    assert ask(caseworker, draft).status_code == 422


def test_what_the_persons_own_page_notes_does(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    saved(a_case(person=a_person(consent_scope=["share_lawyer"])))
    key = saved(a_referral(case_id=1))

    assert ask(caseworker, key).status_code == 303
    assert value(Referral, key, "consent") is None


def test_an_emergency_does_and_its_reason_stays(caseworker: FlaskClient, draft: int, value: Value) -> None:
    asked = ask(caseworker, draft, emergency_reason="意識がない")
    emptied = caseworker.post(f"/referrals/{draft}/edit", data={"emergency_reason": ""})

    assert (asked.status_code, emptied.status_code) == (303, 422)
    assert value(Referral, draft, "emergency_reason") == "意識がない"


@pytest.mark.parametrize(
    ("state", "to"), [("draft", "accepted"), ("asked", "done"), ("declined", "asked"), ("done", "withdrawn")]
)
def test_a_move_that_is_not_in_the_list_is_refused(
    state: str, to: str, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    saved(a_case())
    key = saved(a_referral(case_id=1, status=state))

    caseworker.post(f"/referrals/{key}/move", data={"to": to})

    assert value(Referral, key, "status") == state


def test_a_referral_begins_as_a_draft_of_today(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    saved(a_case(), a_partner())

    caseworker.post("/referrals/new", data={"case": "1", "partner": "1", "kind": "lawyer"})

    assert (value(Referral, 1, "status"), value(Referral, 1, "asked_on")) == ("draft", today())


def test_an_answer_is_not_due_before_it_is_asked_for(caseworker: FlaskClient, draft: int) -> None:
    answer = caseworker.post(f"/referrals/{draft}/edit", data={"expected_on": "2026-04-01"})

    assert answer.status_code == 422


def test_a_partner_who_was_asked_stays(admin: FlaskClient, draft: int) -> None:
    assert admin.post("/partners/1/delete").status_code == 409


def test_the_treasurer_reads_what_it_cost_and_for_which_case(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_case(number="T2026-0142", person=a_person(full_name_vi="Nguyễn Thị Bưởi")))
    saved(a_referral(case_id=1, cost=5500, purpose="妊娠の相談"), a_referral(case_id=1, purpose="離婚"))

    page = treasurer.get("/referrals/")

    assert page.text.count("<tr data-id") == 1
    assert "T2026-0142" in page.text
    assert "5,500" in page.text
    assert not {"Bưởi", "妊娠", "Lawyer"} & set(words(page).split())
