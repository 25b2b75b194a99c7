"""Money spent: approved by somebody else, and only on what a fund is for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.engine.browsing import form_of, new_id, words
from tests.factories import a_case, a_donation, a_person, an_expense
from tomoiki.accounts.models import Setting
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import FiscalYear, today
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import ExpenseStatus
from tomoiki.money.models import Fund

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]
TREASURER = 3


def a_fund(**values: Any) -> Fund:
    """A restricted fund for medical costs with 10,000 yen."""
    usual = {"code": "MED", "name": "Medical", "kind": "restricted", "opening_balance": 10_000}
    return Fund(**(usual | {"support_types": ["medical"]} | values))


def spend(client: FlaskClient, **values: Any) -> Any:
    usual = {"amount": "3000", "support_type": "medical", "paid_on": "2026-04-10"}
    return client.post("/expenses/new", data=usual | values)


def move(client: FlaskClient, key: int, to: str) -> Any:
    return client.post(f"/expenses/{key}/move", data={"to": to})


def switch(app: Flask, key: str, value: str) -> None:
    with app.app_context():
        begin_write()
        db.session.query(Setting).filter_by(key=key).one().value = value
        db.session.commit()


# -- entering ----------------------------------------------------------------------------------------------------
def test_an_expense_is_saved_with_amount_and_purpose_alone(treasurer: FlaskClient, value: Value) -> None:
    key = new_id(treasurer.post("/expenses/new", data={"amount": "3000", "support_type": "food"}))

    assert value(Expense, key, "number") == f"E{FiscalYear.of(today()).start_year}-00001"
    assert value(Expense, key, "status") is ExpenseStatus.draft
    assert value(Expense, key, "paid_on") == today()
    assert value(Expense, key, "fund_id") == 1


@pytest.mark.parametrize("amount", ["0", "-500"])
def test_an_amount_is_positive_unless_money_comes_back(amount: str, treasurer: FlaskClient) -> None:
    assert spend(treasurer, amount=amount).status_code == 422


def test_money_comes_back_up_to_what_was_spent(treasurer: FlaskClient, saved: Saved) -> None:
    original = saved(an_expense(amount=3000, status="paid"))

    too_much = spend(treasurer, amount="-3001", refund_of=original)
    some = spend(treasurer, amount="-2000", refund_of=original)
    rest = spend(treasurer, amount="-1001", refund_of=original)

    assert [too_much.status_code, some.status_code, rest.status_code] == [422, 303, 422]


def test_the_database_itself_refuses_a_negative_expense_without_an_original(saved: Saved) -> None:
    with pytest.raises(IntegrityError):
        saved(an_expense(amount=-1))


# -- approval ----------------------------------------------------------------------------------------------------
def test_whoever_submits_does_not_approve(treasurer: FlaskClient, admin: FlaskClient, value: Value) -> None:
    key = new_id(spend(treasurer))
    move(treasurer, key, "submitted")

    alone = move(treasurer, key, "approved")
    together = move(admin, key, "approved")

    assert "does not approve it" in words(alone)
    assert (alone.status_code, together.status_code) == (422, 303)
    assert value(Expense, key, "status") is ExpenseStatus.approved
    assert (value(Expense, key, "submitted_by_id"), value(Expense, key, "approved_by_id")) == (TREASURER, 1)


def test_a_small_office_may_switch_that_off(app: Flask, treasurer: FlaskClient, value: Value) -> None:
    switch(app, "approver_is_another", "no")
    key = new_id(spend(treasurer))
    move(treasurer, key, "submitted")

    move(treasurer, key, "approved")

    assert value(Expense, key, "status") is ExpenseStatus.approved


@pytest.mark.parametrize("to", ["approved", "paid"])
def test_a_draft_is_submitted_first(to: str, treasurer: FlaskClient, value: Value) -> None:
    key = new_id(spend(treasurer))

    move(treasurer, key, to)

    assert value(Expense, key, "status") is ExpenseStatus.draft


def test_what_was_approved_does_not_change(treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(an_expense(status="approved"))

    answer = treasurer.post(f"/expenses/{key}/edit", data={"amount": "9999"})

    assert answer.status_code == 422
    assert value(Expense, key, "amount") == 3000


def test_what_was_paid_cannot_be_deleted_and_says_why(admin: FlaskClient, saved: Saved) -> None:
    key = saved(an_expense(status="paid"))

    answer = admin.post(f"/expenses/{key}/delete")

    assert answer.status_code == 409
    assert "stands in the books" in words(answer)


def test_a_caseworker_hands_in_her_own_claim(
    enter: Callable[[str], FlaskClient], saved: Saved, value: Value
) -> None:
    caseworker = enter("caseworker")
    key = new_id(spend(caseworker, case=saved(a_case())))

    answer = caseworker.post(f"/expenses/{key}/do/submit")

    assert answer.status_code == 303
    assert value(Expense, key, "status") is ExpenseStatus.submitted
    assert caseworker.get(f"/expenses/{key}/edit").status_code == 403


def test_an_interpreter_claims_travel_only(enter: Callable[[str], FlaskClient]) -> None:
    interpreter = enter("interpreter")

    assert spend(interpreter, support_type="travel").status_code == 303
    assert spend(interpreter, support_type="medical").status_code == 422


# -- what a fund allows --------------------------------------------------------------------------------------------
def test_a_bound_fund_pays_only_what_it_is_for(treasurer: FlaskClient, saved: Saved) -> None:
    fund = saved(a_fund())

    refused = spend(treasurer, fund=fund, support_type="legal")

    assert "is not for “Legal help”" in words(refused)
    assert spend(treasurer, fund=fund).status_code == 303


@pytest.mark.parametrize(("on", "code"), [("2026-03-31", 422), ("2026-04-01", 303), ("2026-10-01", 422)])
def test_a_bound_fund_pays_only_on_its_days(on: str, code: int, treasurer: FlaskClient, saved: Saved) -> None:
    fund = saved(a_fund(start_on=date(2026, 4, 1), end_on=date(2026, 9, 30)))

    assert spend(treasurer, fund=fund, paid_on=on).status_code == code


def test_a_bound_fund_never_goes_below_zero(treasurer: FlaskClient, saved: Saved) -> None:
    fund = saved(a_fund())
    saved(an_expense(fund_id=fund, support_type="medical", amount=8000, status="paid"))

    refused = spend(treasurer, fund=fund, amount="2001")

    assert "has only 2,000 yen left" in words(refused)
    assert spend(treasurer, fund=fund, amount="2000").status_code == 303


def test_money_that_a_later_expense_needs_is_not_there(treasurer: FlaskClient, saved: Saved) -> None:
    fund = saved(a_fund())
    later = {"fund_id": fund, "support_type": "medical", "status": "paid", "paid_on": date(2026, 5, 1)}
    saved(an_expense(amount=9000, **later))

    assert spend(treasurer, fund=fund, amount="1001", paid_on="2026-04-10").status_code == 422


def test_two_drafts_may_compete_but_only_one_is_approved(
    treasurer: FlaskClient, admin: FlaskClient, saved: Saved, value: Value
) -> None:
    fund = saved(a_fund())
    keys = [new_id(spend(treasurer, fund=fund, amount="6000")) for _ in range(2)]
    for key in keys:
        move(treasurer, key, "submitted")

    answers = [move(admin, key, "approved").status_code for key in keys]

    assert answers == [303, 422]


def test_the_general_fund_only_warns(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation(amount=1000))

    answer = spend(treasurer, amount="1500")

    page = treasurer.get(answer.location)
    assert answer.status_code == 303
    assert "stands at -500 yen" in words(page)


# -- what the treasurer does not see ---------------------------------------------------------------------------------
def test_the_pages_of_expenses_hold_the_case_number_and_no_name(treasurer: FlaskClient, saved: Saved) -> None:
    case = a_case(number="T2026-0142", title="Zumbado", person=a_person(full_name_vi="Quirvax"))
    key = saved(an_expense(case=case, amount=4000))

    pages = [
        treasurer.get(f"/expenses/{path}").text for path in ("", f"{key}", f"{key}/edit", f"{key}/history")
    ]

    assert all("T2026-0142" in page for page in pages)
    assert not any(word in page for page in pages for word in ("Zumbado", "Quirvax"))


def test_the_number_of_a_secret_case_stays_hidden(treasurer: FlaskClient, saved: Saved) -> None:
    saved(an_expense(case=a_case(number="T2026-0143", confidential="secret", owner_id=2)))

    assert "T2026-0143" not in treasurer.get("/expenses/").text
    assert "T2026-0143" not in words(treasurer.get("/expenses/?q=T2026-0143"))


def test_totals_follow_the_filter(treasurer: FlaskClient, saved: Saved) -> None:
    saved(an_expense(amount=3000), an_expense(amount=4000, support_type="legal"))

    assert "Total of Amount 4,000 yen" in words(treasurer.get("/expenses/?support_type=legal"))
    assert "Total of Amount 7,000 yen" in words(treasurer.get("/expenses/"))


def test_a_day_still_to_come_is_not_paid_yet(treasurer: FlaskClient, admin: FlaskClient) -> None:
    key = new_id(spend(treasurer, paid_on=(today() + timedelta(days=3)).isoformat()))
    move(treasurer, key, "submitted")
    move(admin, key, "approved")

    assert move(admin, key, "paid").status_code == 422


def test_the_form_offers_no_bank_line_to_a_caseworker(enter: Callable[[str], FlaskClient]) -> None:
    form = form_of(enter("caseworker").get("/expenses/new"))

    assert "bank_line" not in form
    assert "amount" in form
