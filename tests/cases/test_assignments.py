"""An interpreter's day on her first page: answering a request, writing down what was done, her hours and costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_person, an_activity, an_expense
from tomoiki.cases.models import Activity, CaseStaff
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now, today
from tomoiki.core.history import ChangeLog
from tomoiki.money.expenses import Expense

Enter = Callable[[str], FlaskClient]
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]
INTERPRETER = 5


@pytest.fixture
def interpreter(enter: Enter) -> FlaskClient:
    return enter("interpreter")


def asked(saved: Saved, **values: Any) -> int:
    case = a_case(
        number="T2026-0142", person=a_person(name_used="Nhung", city="太田市", pref="10"),
        next_action="病院への同行", next_action_on=today() + timedelta(days=5),
    )  # fmt: skip
    usual = {"case": case, "user_id": INTERPRETER, "role": "interpreter", "answer": "requested"}
    return saved(CaseStaff(**(usual | values)))


def test_a_request_says_whose_where_and_when_and_no_more(interpreter: FlaskClient, saved: Saved) -> None:
    asked(saved)

    page = words(interpreter.get("/"))

    assert "Waiting for your answer Interpreter T2026-0142 ・ Nhung ・ 太田市, Gunma" in page
    assert "病院への同行" not in page  # the story is not shared


def test_with_the_story_shared_it_says_what_is_to_be_done(interpreter: FlaskClient, saved: Saved) -> None:
    asked(saved, share_story=True)

    assert "Waiting for your answer 病院への同行 T2026-0142" in words(interpreter.get("/"))


@pytest.mark.storage
@pytest.mark.parametrize(("verb", "answer"), [("accept", "accepted"), ("decline", "declined")])
def test_one_press_answers(
    verb: str, answer: str, interpreter: FlaskClient, saved: Saved, app: Flask
) -> None:
    key = asked(saved)
    assert f'action="/case-staff/{key}/do/{verb}"' in interpreter.get("/").text

    said = interpreter.post(f"/case-staff/{key}/do/{verb}")

    assert (said.status_code, said.location) == (303, "/")
    page = words(interpreter.get("/"))
    assert f"You {answer} T2026-0142." in page
    assert "Nobody is waiting for your answer." in page
    with app.app_context():
        row = db.session.get_one(CaseStaff, key)
        assert row.answer == answer
        logged = db.session.query(ChangeLog).filter_by(entity="case_staff", record_id=key).all()[-1]
        assert (logged.user_id, logged.diff["answer"]) == (INTERPRETER, ["requested", answer])
        case = row.case.id
    assert interpreter.get(f"/cases/{case}").status_code == (404 if answer == "declined" else 200)


@pytest.mark.parametrize("role", ["admin", "caseworker", "treasurer", "organiser", "auditor"])
def test_nobody_answers_for_another(role: str, enter: Enter, saved: Saved, value: Value) -> None:
    key = asked(saved)

    assert enter(role).post(f"/case-staff/{key}/do/accept").status_code in (403, 404)
    assert value(CaseStaff, key, "answer") == "requested"


def test_an_answer_is_given_once_and_only_while_the_assignment_lasts(
    interpreter: FlaskClient, saved: Saved, value: Value
) -> None:
    given, yesterday = asked(saved, answer="accepted"), today() - timedelta(days=1)
    over = saved(
        CaseStaff(
            case=a_case(), user_id=INTERPRETER, role="interpreter", answer="requested",
            from_on=yesterday - timedelta(days=9), to_on=yesterday,
        )
    )  # fmt: skip

    assert interpreter.post(f"/case-staff/{given}/do/decline").status_code == 404
    assert interpreter.post(f"/case-staff/{over}/do/accept").status_code == 404
    assert (value(CaseStaff, given, "answer"), value(CaseStaff, over, "answer")) == ("accepted", "requested")


def test_what_was_done_is_written_down_on_the_first_page(
    interpreter: FlaskClient, saved: Saved, value: Value
) -> None:
    asked(saved, answer="accepted")
    page = interpreter.get("/")
    form = form_of(page, type="accompany", note="Đi khám cùng chị Nhung", minutes="90")

    answer = interpreter.post("/activities/new", data=form)

    assert (answer.status_code, answer.location) == (303, "/")
    told = {name: value(Activity, 1, name) for name in ("type", "note", "minutes", "by", "case", "note_lang")}
    assert told == {
        "type": "accompany", "note": "Đi khám cùng chị Nhung", "minutes": 90, "by": INTERPRETER, "case": 1,
        "note_lang": "en",
    }  # fmt: skip
    assert "Hours of work 1.5 h" in words(interpreter.get("/"))


def test_without_a_case_there_is_nothing_to_write_down(interpreter: FlaskClient) -> None:
    assert "Write down what was done" not in words(interpreter.get("/"))


def test_her_month_holds_her_own_hours_and_costs_alone(
    interpreter: FlaskClient, saved: Saved, app: Flask
) -> None:
    asked(saved, answer="accepted")
    for minutes, by, days in ((60, INTERPRETER, 0), (30, 2, 0), (600, INTERPRETER, 40)):
        saved(an_activity(case_id=1, by_id=by, minutes=minutes, at=now() - timedelta(days=days)))
    for amount, by in ((1280, INTERPRETER), (9999, 2)):
        saved(an_expense(support_type="travel", amount=amount, status="submitted", submitted_by_id=by))
    with app.app_context():
        begin_write()
        for expense in db.session.query(Expense):
            expense.created_by = INTERPRETER if expense.amount == 1280 else 2
        db.session.commit()

    page = words(interpreter.get("/"))

    assert "Hours of work 1 h" in page
    assert "Travel costs waiting for approval 1,280 yen" in page
