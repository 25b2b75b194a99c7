"""Refunds, pledges and lines of the bank."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from admin_views.engine.importing import plan_import
from admin_views.engine.storing import run_import
from tests.engine.browsing import form_of, new_id, words
from tests.engine.importing import sample, screen
from tests.factories import a_donation
from tests.money.test_expenses import a_fund
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.checking import find
from tomoiki.core.database import db
from tomoiki.core.sheets import read_grids
from tomoiki.money.bank import BankLine
from tomoiki.money.lists import BankLineStatus, DonationStatus, PledgeStatus
from tomoiki.money.models import Donation, Donor, Pledge

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]


def refund(client: FlaskClient, original: int, amount: str, **values: Any) -> Any:
    return client.post("/donations/new", data={"amount": amount, "refund_of": original} | values)


def test_a_refund_marks_its_gift(treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    original = saved(a_donation())

    assert refund(treasurer, original, "-5000").status_code == 303
    assert value(Donation, original, "status") is DonationStatus.refunded


def test_all_refunds_together_are_at_most_the_gift(treasurer: FlaskClient, saved: Saved) -> None:
    original = saved(a_donation(amount=5000))

    codes = [refund(treasurer, original, amount).status_code for amount in ("-3000", "-2001", "-2000")]

    assert codes == [303, 422, 303]


@pytest.mark.parametrize(
    ("values", "amount", "reason"),
    [
        ({}, "5000", "A refund is a negative amount"),
        ({"status": "receipted"}, "-5000", "Cancel the receipt first"),
        ({"status": "void"}, "-5000", "there is nothing to refund"),
        ({}, "-5001", "More would be refunded"),
    ],
)
def test_a_refund_that_makes_no_sense_says_why(
    values: dict[str, Any], amount: str, reason: str, treasurer: FlaskClient, saved: Saved
) -> None:
    answer = refund(treasurer, saved(a_donation(**values)), amount)

    assert answer.status_code == 422
    assert reason in words(answer)


def test_a_refund_goes_back_from_the_same_fund(treasurer: FlaskClient, saved: Saved) -> None:
    answer = refund(treasurer, saved(a_donation()), "-5000", fund=saved(a_fund()))

    assert "goes back from the fund" in words(answer)


def test_a_refund_is_not_refunded(treasurer: FlaskClient, saved: Saved) -> None:
    back = saved(a_donation(amount=-5000, refund_of_id=saved(a_donation())))

    assert "cannot be refunded" in words(refund(treasurer, back, "-1"))


def test_the_database_reckons_what_reached_the_bank(treasurer: FlaskClient, value: Value) -> None:
    key = new_id(treasurer.post("/donations/new", data={"amount": "5000", "fee": "180"}))
    treasurer.post(f"/donations/{key}/edit", data={"fee": "200"})

    assert value(Donation, key, "net") == 4800


def test_a_fee_is_not_larger_than_the_gift(treasurer: FlaskClient) -> None:
    answer = treasurer.post("/donations/new", data={"amount": "100", "fee": "101"})

    assert "The fee is larger" in words(answer)


@pytest.mark.parametrize("to", ["paused", "failed", "ended"])
def test_a_pledge_moves_on(to: str, treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    donor = saved(Donor(code="N-1", name="Xaverl"))
    key = new_id(treasurer.post("/pledges/new", data={"donor": donor, "amount": "3000"}))

    treasurer.post(f"/pledges/{key}/move", data={"to": to})

    assert value(Pledge, key, "status") == to
    assert bool(value(Pledge, key, "end_on")) is (to == "ended")


def test_an_ended_pledge_does_not_start_again(treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(Pledge(donor=Donor(code="N-1", name="Xaverl"), amount=3000, status=PledgeStatus.ended))

    treasurer.post(f"/pledges/{key}/move", data={"to": "active"})

    assert value(Pledge, key, "status") is PledgeStatus.ended


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"amount_in": "5000"}, 303),
        ({"amount_out": "5000"}, 303),
        ({"amount_in": "1", "amount_out": "1"}, 422),
        ({}, 422),
    ],
)
def test_money_of_a_bank_line_goes_one_way(sent: dict[str, str], code: int, treasurer: FlaskClient) -> None:
    assert treasurer.post("/bank-lines/new", data=sent).status_code == code


def test_the_database_itself_refuses_a_line_both_ways(saved: Saved) -> None:
    with pytest.raises(IntegrityError):
        saved(BankLine(amount_in=1, amount_out=1))


def test_a_line_is_matched_once_something_names_it(
    treasurer: FlaskClient, saved: Saved, value: Value
) -> None:
    key = new_id(treasurer.post("/bank-lines/new", data={"amount_in": "5000", "payer_raw": "ザベル"}))

    too_early = treasurer.post(f"/bank-lines/{key}/move", data={"to": "matched"})
    saved(a_donation(bank_line_id=key))
    treasurer.post(f"/bank-lines/{key}/move", data={"to": "matched"})

    assert too_early.status_code == 422
    assert value(BankLine, key, "match_status") is BankLineStatus.matched


def test_refunds_of_an_old_ledger_are_no_fault_and_stay_editable(
    app: Flask, treasurer: FlaskClient, value: Value
) -> None:
    grids = read_grids(sample("legacy_donations.xlsx"), "legacy_donations.xlsx")
    with app.app_context():
        run_import(db.session(), plan_import(db.session(), screen("donations"), grids, SYSTEM_VIEWER))
        key = db.session.scalars(sa.select(Donation.id).where(Donation.amount < 0)).first()
        sums = [finding.what for finding in find() if finding.check == "sums"]
    assert key is not None

    page = treasurer.get(f"/donations/{key}/edit")
    answer = treasurer.post(f"/donations/{key}/edit", data=form_of(page, memo="二重入金"))

    assert (answer.status_code, value(Donation, key, "memo")) == (303, "二重入金")
    assert sums == []
