"""Closing a case: what is still open of it is settled first, or somebody says why it is closed all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.importing import plan_import
from admin_views.engine.plans import Plan
from admin_views.engine.storing import run_import
from tests.engine.browsing import form_of, words
from tests.engine.importing import screen
from tests.factories import a_case, a_deadline, a_stay
from tomoiki.cases.models import Case, CaseStatus
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.database import db
from tomoiki.core.dates import today
from tomoiki.core.sheets import read_grids
from tomoiki.deadlines.models import DeadlineRule
from tomoiki.people.models import Person

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
WHY = "closed_although"
MANDATORY, OPTIONAL = 5, 6

pytestmark = pytest.mark.storage


@pytest.fixture(autouse=True)
def _rules(app: Flask) -> None:
    with app.app_context():
        for key in (MANDATORY, OPTIONAL):
            db.session.get_one(DeadlineRule, key).mandatory = key == MANDATORY
        db.session.commit()


@pytest.fixture
def solved(saved: Saved) -> int:
    return saved(a_case(status=CaseStatus.resolved, outcomes=["R3"], owner_id=2))


@pytest.fixture
def status(solved: int, value: Value) -> Callable[[], str]:
    """Return how the case stands now."""
    return lambda: value(Case, solved, "status").value


@pytest.fixture
def read_in(app: Flask, solved: int, value: Value) -> Callable[[str, str], Plan]:
    """Import a list in which the case has this status, with this reason."""

    def run(status: str, why: str) -> Plan:
        code = value(Person, 1, "code")
        lines = f"id,person,status,closed_although\n{solved},{code},{status},{why}\n"
        with app.app_context():
            plan = plan_import(db.session(), screen("cases"), read_grids(lines.encode()), SYSTEM_VIEWER)
            run_import(db.session(), plan)
        return plan

    return run


def close(user: FlaskClient, key: int, **values: Any) -> Any:
    return user.post(f"/cases/{key}/move", data={"to": "closed", "outcomes": "R3", **values})


def test_an_open_stay_asks_for_a_reason_and_is_named_with_a_link(
    caseworker: FlaskClient, saved: Saved, solved: int, value: Value
) -> None:
    stay = saved(a_stay(case_id=solved, person_id=1, status="in"))

    page = caseworker.get(f"/cases/{solved}/move?to=closed")
    refused = close(caseworker, solved)

    assert f'<a href="/stays/{stay}">' in page.text
    assert WHY in form_of(page)
    assert (refused.status_code, f'<a href="/stays/{stay}">' in refused.text) == (422, True)
    assert value(Case, solved, "status") == "resolved"


def test_with_the_reason_it_is_closed_and_the_history_tells_it(
    caseworker: FlaskClient, saved: Saved, solved: int, value: Value
) -> None:
    saved(a_stay(case_id=solved, person_id=1, status="in"))

    answer = close(caseworker, solved, **{WHY: "本人の希望で月末まで滞在"})

    assert answer.status_code == 303
    assert value(Case, solved, "status") == "closed"
    assert "本人の希望で月末まで滞在" in words(caseworker.get(f"/cases/{solved}/history"))


@pytest.mark.parametrize("state", ["open", "missed"])
def test_a_deadline_that_must_be_settled_asks_too(
    state: str, caseworker: FlaskClient, saved: Saved, solved: int, status: Callable[[], str]
) -> None:
    key = saved(a_deadline(case_id=solved, person_id=1, rule_id=MANDATORY, status=state))

    answer = close(caseworker, solved)

    assert (answer.status_code, f'<a href="/deadlines/{key}">' in answer.text) == (422, True)
    assert status() == "resolved"


def test_what_is_settled_or_belongs_to_another_case_asks_nothing(
    caseworker: FlaskClient, saved: Saved, solved: int
) -> None:
    saved(a_stay(case_id=solved, person_id=1, status="cancelled"))
    saved(a_deadline(case_id=solved, person_id=1, rule_id=MANDATORY, status="void"))
    saved(a_deadline(case_id=solved, person_id=1, rule_id=OPTIONAL))
    other = saved(a_case(owner_id=2))
    saved(a_stay(case_id=other, person_id=2, status="in"))

    page = caseworker.get(f"/cases/{solved}/move?to=closed")

    assert WHY not in form_of(page)
    assert close(caseworker, solved).status_code == 303


def test_solving_asks_nothing_of_it(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case(status=CaseStatus.active, owner_id=2))
    saved(a_stay(case_id=key, person_id=1, status="in"))

    caseworker.post(f"/cases/{key}/move", data={"to": "resolved", "outcomes": "R3"})

    assert value(Case, key, "status") == "resolved"


def test_reopening_takes_the_reason_back(
    caseworker: FlaskClient, saved: Saved, solved: int, value: Value
) -> None:
    saved(a_stay(case_id=solved, person_id=1, status="in"))
    close(caseworker, solved, **{WHY: "月末まで"})

    caseworker.post(f"/cases/{solved}/move", data={"to": "reopened"})

    assert value(Case, solved, WHY) is None


def test_a_closed_case_is_still_edited(
    caseworker: FlaskClient, saved: Saved, solved: int, value: Value
) -> None:
    close(caseworker, solved)
    saved(a_stay(case_id=solved, person_id=1, status="in"))

    page = caseworker.get(f"/cases/{solved}/edit")
    answer = caseworker.post(f"/cases/{solved}/edit", data=form_of(page, outcome_note="和解金あり"))

    assert answer.status_code == 303
    assert value(Case, solved, "outcome_note") == "和解金あり"


def test_a_list_that_is_read_in_obeys_the_same_rule(
    saved: Saved, solved: int, read_in: Callable[[str, str], Plan], status: Callable[[], str]
) -> None:
    saved(a_stay(case_id=solved, person_id=1, status="in"))

    refused = [fault.column for row in read_in("closed", "").rows for fault in row.read.faults]

    assert (refused, status()) == ([WHY], "resolved")
    assert read_in("closed", "月末まで").count("changed") == 1
    assert status() == "closed"


def test_what_a_list_closes_is_closed_today(
    solved: int, read_in: Callable[[str, str], Plan], value: Value
) -> None:
    read_in("closed", "")

    assert value(Case, solved, "closed_on") == today()
