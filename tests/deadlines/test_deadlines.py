"""Facts and deadlines on their pages: whose they are, how they are settled, what the database holds to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.engine.browsing import words
from tests.factories import a_case, a_deadline, a_fact, a_person
from tomoiki.core.dates import today
from tomoiki.deadlines.models import Deadline, DeadlineRule, Fact, Holiday

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
NEW = {"rule": "5", "trigger_on": "2026-04-18", "due_on": "2026-05-07", "safe_on": "2026-05-01"}

pytestmark = pytest.mark.storage


def test_a_deadline_is_of_the_person_of_its_case(admin: FlaskClient, saved: Saved, value: Value) -> None:
    saved(a_case())

    answer = admin.post("/deadlines/new", data=NEW | {"case": "1"})

    assert answer.status_code == 303
    assert (value(Deadline, 1, "person"), value(Deadline, 1, "status")) == (1, "open")


def test_of_nobody_it_is_refused(admin: FlaskClient) -> None:
    answer = admin.post("/deadlines/new", data=NEW)

    assert answer.status_code == 422
    assert "Say which case or which person" in words(answer)


def test_the_same_rule_counts_once_from_a_day(
    admin: FlaskClient, saved: Saved, count: Callable[[type[Any]], int]
) -> None:
    saved(a_case())
    admin.post("/deadlines/new", data=NEW | {"case": "1"})

    again = admin.post("/deadlines/new", data=NEW | {"case": "1"})
    later = admin.post("/deadlines/new", data=NEW | {"case": "1", "trigger_on": "2026-04-19"})

    assert (again.status_code, later.status_code) == (422, 303)
    assert "Another record has the same already: Case + Kind of deadline + Counted from." in words(again)
    assert count(Deadline) == 2


@pytest.mark.parametrize("about", ["case", "person"])
def test_so_says_the_database(about: str, session: Session) -> None:
    case = a_case()
    of = {"case": case, "person": case.person} if about == "case" else {"person": case.person}
    session.add_all([case, a_deadline(**of), a_deadline(**of)])

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    "values",
    [{"person": None}, {"status": "done"}, {"status": "waived"}, {"done_on": date(2026, 5, 1)}],
    ids=["of nobody", "done on no day", "waived for no reason", "done but open"],
)
def test_the_database_holds_no_deadline_that_contradicts_itself(
    values: dict[str, Any], session: Session
) -> None:
    session.add(a_deadline(**({"person": a_person()} | values)))

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_done_is_done_today_by_whoever_says_so(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_deadline(person=a_person()))

    caseworker.post(f"/deadlines/{key}/move", data={"to": "done", "done_on": ""})

    assert [value(Deadline, key, name) for name in ("status", "done_on", "done_by")] == ["done", today(), 2]


def test_a_missed_one_may_be_done_late(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_deadline(person=a_person(), status="missed"))

    caseworker.post(f"/deadlines/{key}/move", data={"to": "done", "done_on": "2026-05-20"})

    assert (value(Deadline, key, "status"), value(Deadline, key, "done_on")) == ("done", date(2026, 5, 20))


def test_what_is_not_needed_needs_a_reason(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_deadline(person=a_person()))

    missing = caseworker.post(f"/deadlines/{key}/move", data={"to": "waived", "waived_reason": " "})
    answer = caseworker.post(f"/deadlines/{key}/move", data={"to": "waived", "waived_reason": "帰国した"})

    assert (missing.status_code, answer.status_code) == (422, 303)
    assert "Fill in Why it is not needed." in words(missing)
    assert value(Deadline, key, "status") == "waived"


def test_an_administrator_takes_done_back_with_its_day(
    admin: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_deadline(person=a_person()))
    admin.post(f"/deadlines/{key}/move", data={"to": "done"})

    admin.post(f"/deadlines/{key}/step-back", data={"reason": "別の人の期限だった"})

    assert [value(Deadline, key, name) for name in ("status", "done_on", "done_by")] == ["open", None, None]


def test_the_safe_day_is_not_after_the_last(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    answer = admin.post("/deadlines/new", data=NEW | {"case": "1", "safe_on": "2026-05-08"})

    assert answer.status_code == 422
    assert "The safe day is after the last day." in words(answer)


@pytest.mark.parametrize(
    "address", ["/deadlines/", "/deadlines/1", "/deadline-rules/", "/cases/1", "/people/1"]
)
def test_every_page_with_deadlines_says_that_it_is_no_advice(
    address: str, admin: FlaskClient, saved: Saved
) -> None:
    case = a_case()
    saved(case, a_deadline(case=case, person=case.person))

    assert "For guidance only." in words(admin.get(address))


def test_the_menu_opens_those_that_wait_nearest_first(caseworker: FlaskClient, saved: Saved) -> None:
    later, soon, done = date(2026, 9, 1), date(2026, 6, 1), date(2026, 5, 1)
    saved(a_deadline(person=a_person(), due_on=later, safe_on=later))
    saved(a_deadline(person=a_person(), due_on=soon, safe_on=soon))
    saved(a_deadline(person=a_person(), due_on=done, safe_on=done, status="done", done_on=done))

    start = "/deadlines/?status=open&amp;status=missed"
    page = caseworker.get(start.replace("&amp;", "&")).text

    assert f'href="{start}"' in caseworker.get("/").text
    assert [part.split('"')[0] for part in page.split('data-id="')[1:]] == ["2", "1"]


def test_there_may_be_several_facts_of_a_kind(
    caseworker: FlaskClient, saved: Saved, count: Callable[[type[Any]], int], value: Value
) -> None:
    saved(a_case())

    for day in ("2026-04-25", "2026-05-25"):
        caseworker.post("/facts/new", data={"case": "1", "kind": "payday", "on": day, "amount": "180,000"})

    assert count(Fact) == 2
    assert (value(Fact, 2, "person"), value(Fact, 2, "amount")) == (1, 180000)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"case": ""}, "Say which case or which person"),
        ({"until": "2026-04-01"}, "last day is before the first"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(
    values: dict[str, str], message: str, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case())

    answer = caseworker.post("/facts/new", data={"case": "1", "kind": "left_on", "on": "2026-04-25"} | values)

    assert answer.status_code == 422
    assert message in words(answer)


def test_facts_go_with_their_case_and_people_with_facts_stay(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case())
    saved(a_fact(case_id=1, person_id=1))

    page = words(admin.get("/cases/1/delete"))

    assert "Facts" in page


def test_an_administrator_changes_the_numbers_of_a_rule(admin: FlaskClient, value: Value) -> None:
    wrong = admin.post("/deadline-rules/5/edit", data={"length": "-1", "lead_days": "bald"})
    answer = admin.post("/deadline-rules/5/edit", data={"length": "30", "lead_days": "10、 5,1"})

    assert (wrong.status_code, answer.status_code) == (422, 303)
    assert "Write whole numbers with commas between them" in words(wrong)
    assert (value(DeadlineRule, 5, "length"), value(DeadlineRule, 5, "lead_days")) == (30, "10, 5, 1")


def test_a_rule_that_is_in_use_stays(admin: FlaskClient, saved: Saved) -> None:
    saved(a_deadline(person=a_person()))

    assert admin.post("/deadline-rules/5/delete").status_code == 409


def test_a_rule_is_named_in_the_readers_language(admin: FlaskClient, saved: Saved) -> None:
    saved(a_deadline(person=a_person()))
    names = {}

    for language in ("ja", "vi", "en"):
        admin.get(f"/lang/{language}")
        names[language] = admin.get("/deadlines/").text

    assert "契約機関の届出" in names["ja"]
    assert "Khai báo cơ quan ký hợp đồng" in names["vi"]
    assert "Notice of the contract organisation" in names["en"]


def test_a_day_is_closed_once(admin: FlaskClient, count: Callable[[type[Any]], int]) -> None:
    before = count(Holiday)

    again = admin.post("/holidays/new", data={"date": "2026-01-01", "name": "元日"})
    answer = admin.post("/holidays/new", data={"date": "2029-01-01", "name": "元日"})

    assert (again.status_code, answer.status_code) == (422, 303)
    assert count(Holiday) == before + 1


def test_a_case_says_how_near_its_open_deadlines_are(admin: FlaskClient, saved: Saved) -> None:
    case = a_case()
    for number, (days, state) in enumerate(((56, "open"), (-2, "missed"), (0, "open"), (3, "done"))):
        on = today() + timedelta(days=days)
        done = {"done_on": today()} if state == "done" else {}
        saved(a_deadline(case=case, rule_id=number + 1, safe_on=on, due_on=on, status=state, **done))

    page = admin.get("/cases/1")

    for words_of_it in ("56 days left", "2 days over", "Today"):
        assert words_of_it in words(page)
    assert page.text.count('class="dl') == 3
    assert '<span class="dl over"><b>2 days over</b>' in page.text
    assert "3 days left" not in page.text  # what is done is not near any more
