"""What a fund holds on a day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import words
from tests.factories import a_donation, an_expense
from tests.money.test_expenses import a_fund
from tomoiki.core.database import db
from tomoiki.money.services import lowest_balance

pytestmark = pytest.mark.storage
Held = Callable[..., int]
Saved = Callable[..., int]


def test_the_example_of_the_accounting_note(saved: Saved, held: Held) -> None:
    fund = saved(a_fund(opening_balance=300_000))
    spent = {"fund_id": fund, "support_type": "medical", "status": "paid"}
    saved(a_donation(fund_id=fund, amount=500_000), an_expense(amount=420_000, **spent))

    assert held(fund) == 380_000


@pytest.mark.parametrize(
    ("status", "counts"),
    [("draft", 0), ("confirmed", 5000), ("receipted", 5000), ("refunded", 5000), ("void", 0)],
)
def test_gifts_count_gross_unless_draft_or_void(status: str, counts: int, saved: Saved, held: Held) -> None:
    saved(a_donation(status=status, amount=5000, fee=180))

    assert held(1) == counts


@pytest.mark.parametrize(
    ("status", "counts"),
    [("draft", 0), ("submitted", 0), ("approved", -3000), ("paid", -3000), ("rejected", 0), ("void", 0)],
)
def test_expenses_count_once_approved(status: str, counts: int, saved: Saved, held: Held) -> None:
    saved(an_expense(status=status))

    assert held(1) == counts


def test_a_refund_takes_the_gift_back(saved: Saved, held: Held) -> None:
    gift = saved(a_donation(status="refunded"))
    saved(a_donation(amount=-5000, refund_of_id=gift))

    assert held(1) == 0


def test_the_balance_is_that_of_the_day(saved: Saved, held: Held) -> None:
    saved(a_donation(received_on=date(2026, 4, 2)), an_expense(paid_on=date(2026, 4, 3), status="paid"))

    days = [held(1, date(2026, 4, day)) for day in (1, 2, 3)]

    assert days == [0, 5000, 2000]


def test_the_lowest_balance_looks_ahead_and_can_leave_one_expense_out(app: Flask, saved: Saved) -> None:
    spent: dict[str, Any] = {"status": "paid", "paid_on": date(2026, 5, 1)}
    saved(a_donation(amount=5000), a_donation(amount=9000, received_on=date(2026, 6, 1)))
    key = saved(an_expense(amount=4500, **spent))

    with app.app_context():
        session, since = db.session(), date(2026, 4, 1)
        assert lowest_balance(session, 1, since) == 500
        assert lowest_balance(session, 1, since, but=key) == 5000


def test_the_list_and_the_page_of_a_fund_show_its_balance(treasurer: FlaskClient, saved: Saved) -> None:
    fund = saved(a_fund())

    assert "Balance today" in words(treasurer.get("/funds/"))
    assert "10,000 yen" in words(treasurer.get(f"/funds/{fund}"))
