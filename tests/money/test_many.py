"""Many money rows at once, and taking that back: what a receipt certifies and what was approved stays, told in words."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import change, new_id, words
from tests.engine.test_many import ask, do, look, undo
from tests.factories import a_donation, an_expense
from tests.money.test_receipts import issue
from tomoiki.money.expenses import Expense
from tomoiki.money.lists import DonationStatus, ExpenseStatus
from tomoiki.money.models import Donation, Donor, Fund
from tomoiki.money.receipts import Receipt, ReceiptLine

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]
Count = Callable[[type[Any]], int]
RECEIPTED = "A receipt was issued for this donation."


@pytest.fixture
def gifts(treasurer: FlaskClient, saved: Saved) -> tuple[int, int]:
    """Return a gift that is free and one with a receipt."""
    donor = saved(Donor(code="N-1", name="Xaverl", address="Gasse 1"))
    free, receipted = (saved(a_donation(donor_id=donor)) for _ in range(2))
    new_id(issue(treasurer, donor, receipted))
    return free, receipted


@pytest.fixture
def fund(saved: Saved) -> int:
    return saved(Fund(code="F2", name="寮", kind="restricted", support_types=["food"]))


def test_a_gift_with_a_receipt_is_left_out_and_named_with_the_reason(
    admin: FlaskClient, value: Value, gifts: tuple[int, int]
) -> None:
    receipted = gifts[1]
    version = value(Donation, receipted, "version")

    preview = look(admin, ask(admin, "donations", "change", *gifts), "donations", received_on="2026-04-02")
    result = do(admin, preview, "donations")

    for page in (preview, result):
        assert f"{RECEIPTED} Cancel the receipt first." in words(page)
        assert f"/donations/{receipted}" in page.text
    days = [value(Donation, key, "received_on").day for key in gifts]
    undo(admin, result)
    days += [value(Donation, key, "received_on").day for key in gifts]
    assert days == [2, 1, 1, 1]
    assert value(Donation, receipted, "version") == version


def test_what_got_its_receipt_since_is_not_taken_back(
    admin: FlaskClient, treasurer: FlaskClient, saved: Saved, value: Value, fund: int
) -> None:
    donor = saved(Donor(code="N-1", name="Xaverl", address="Gasse 1"))
    keys = [saved(a_donation(donor_id=donor)) for _ in range(2)]
    result = do(
        admin, look(admin, ask(admin, "donations", "change", *keys), "donations", fund=str(fund)), "donations"
    )
    new_id(issue(treasurer, donor, keys[0]))

    undo(admin, admin.get(result.request.path))

    assert [value(Donation, key, "fund") for key in keys] == [fund, 1]
    assert value(Donation, keys[0], "status") is DonationStatus.receipted


def test_a_gift_with_a_receipt_is_not_deleted_with_the_others(
    admin: FlaskClient, value: Value, count: Count, gifts: tuple[int, int]
) -> None:
    preview = ask(admin, "donations", "delete", *gifts)
    result = do(admin, preview, "donations")

    assert RECEIPTED in words(preview)
    assert count(Donation) == 1
    undo(admin, result)
    assert (count(Donation), count(ReceiptLine)) == (2, 1)
    assert value(Donation, gifts[1], "status") is DonationStatus.receipted


def test_nobody_deals_with_many_receipts_at_once(
    admin: FlaskClient, treasurer: FlaskClient, count: Count, gifts: tuple[int, int]
) -> None:
    assert 'name="id"' not in admin.get("/receipts/?select=1").text
    for who in (admin, treasurer):
        for verb in ("change", "delete"):
            assert ask(who, "receipts", verb, 1).status_code == 403
    assert count(Receipt) == 1


@pytest.mark.parametrize(("field", "text"), [("amount", "1"), ("paid_on", "2026-03-31")])
def test_what_was_paid_stays_as_it_was_approved(
    admin: FlaskClient, saved: Saved, value: Value, field: str, text: str
) -> None:
    draft, paid = saved(an_expense()), saved(an_expense(status=ExpenseStatus.paid))
    before = value(Expense, paid, field)

    preview = look(admin, ask(admin, "expenses", "change", draft, paid), "expenses", **{field: text})
    result = do(admin, preview, "expenses")

    assert "This was approved as it stands. Void it and enter a new one." in words(preview)
    assert value(Expense, paid, field) == before
    assert value(Expense, draft, field) != before
    undo(admin, result)
    assert [value(Expense, key, field) for key in (draft, paid)] == [before, before]


def test_what_was_paid_is_not_deleted_with_the_others(
    admin: FlaskClient, saved: Saved, value: Value, count: Count
) -> None:
    draft, paid = saved(an_expense()), saved(an_expense(status=ExpenseStatus.paid))

    preview = ask(admin, "expenses", "delete", draft, paid)
    result = do(admin, preview, "expenses")

    assert "It was approved and stands in the books. Void it instead." in words(preview)
    assert count(Expense) == 1
    undo(admin, result)
    assert count(Expense) == 2


def test_what_would_overdraw_a_fund_by_now_does_not_return(
    admin: FlaskClient, saved: Saved, count: Count, fund: int
) -> None:
    saved(a_donation(fund_id=fund, amount=5000))
    keys = [saved(an_expense(fund_id=fund, status=ExpenseStatus.submitted, amount=2000)) for _ in range(2)]
    result = do(admin, ask(admin, "expenses", "delete", *keys), "expenses")
    saved(an_expense(fund_id=fund, status=ExpenseStatus.paid, amount=4000))

    told = undo(admin, result)

    assert "has only 1,000 yen left." in words(told)
    assert count(Expense) == 1


def test_a_day_to_come_is_refused_for_each_row(admin: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_donation())
    change(admin, f"/donations/{key}", memo="x")

    preview = look(
        admin, ask(admin, "donations", "change", key), "donations", received_on=date.max.isoformat()
    )

    assert "This day is still to come." in words(preview)
    assert "There is nothing to do." in words(preview)
