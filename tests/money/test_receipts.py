"""Receipts: numbers without gaps and never twice, gifts bound and let go, nothing deleted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.engine.browsing import new_id, words
from tests.factories import a_donation
from tests.money.test_expenses import switch
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import FiscalYear, today
from tomoiki.money.lists import DonationStatus, ReceiptStatus
from tomoiki.money.models import Donation, Donor
from tomoiki.money.receipts import Receipt, ReceiptLine

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]
YEAR = FiscalYear.of(today()).start_year


@pytest.fixture
def donor(saved: Saved) -> int:
    return saved(Donor(code="N-1", name="Xaverl", address="Gasse 1"))


def gift(donor: int, **values: Any) -> Donation:
    return a_donation(donor_id=donor, **values)


def issue(client: FlaskClient, donor: int, *gifts: int, **values: Any) -> Any:
    lines = {f"receipt_line-new{at}-donation": key for at, key in enumerate(gifts, start=1)}
    return client.post("/receipts/new", data={"donor": donor} | lines | values)


def test_a_receipt_certifies_the_gifts_of_its_lines(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    gifts = [saved(gift(donor, amount=amount)) for amount in (3000, 4000)]

    key = new_id(issue(treasurer, donor, *gifts))

    assert value(Receipt, key, "number") == f"{YEAR}-00001"
    assert value(Receipt, key, "total") == 7000
    assert (value(Receipt, key, "name_printed"), value(Receipt, key, "address_printed")) == (
        "Xaverl",
        "Gasse 1",
    )
    assert [value(Donation, one, "status") for one in gifts] == [DonationStatus.receipted] * 2
    assert [value(Donation, one, "receipt_id") for one in gifts] == [key] * 2


def test_without_lines_it_takes_all_gifts_of_the_year_without_a_receipt(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    saved(gift(donor, received_on=date(2025, 12, 31)), gift(donor, received_on=date(2026, 1, 1), amount=2000))

    key = new_id(issue(treasurer, donor, year="2026", issued_on="2026-11-01"))
    again = issue(treasurer, donor, year="2026", issued_on="2026-11-01")

    assert value(Receipt, key, "total") == 2000
    assert "no gift of this donor in 2026 without a receipt" in words(again)


def test_goods_are_certified_without_an_amount(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    key = new_id(
        issue(treasurer, donor, saved(gift(donor, kind="in_kind", in_kind_desc="Reis", amount=12_000)))
    )

    assert value(Receipt, key, "total") == 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": "membership"}, "This is no gift"),
        ({"is_consideration": True}, "This is no gift"),
        ({"status": "draft"}, "Only a confirmed gift"),
        ({"status": "void"}, "Only a confirmed gift"),
        ({"donor_id": None}, "of another donor"),
    ],
)
def test_what_is_no_gift_of_this_donor_has_no_receipt(
    values: dict[str, Any], reason: str, treasurer: FlaskClient, saved: Saved, donor: int
) -> None:
    answer = issue(treasurer, donor, saved(a_donation(**({"donor_id": donor} | values))))

    assert answer.status_code == 422
    assert reason in words(answer)


def test_a_gift_has_one_receipt(treasurer: FlaskClient, saved: Saved, donor: int) -> None:
    one = saved(gift(donor))
    issue(treasurer, donor, one)

    assert "There is a receipt for this gift already." in words(issue(treasurer, donor, one))


def test_a_refused_receipt_uses_no_number(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    issue(treasurer, donor, saved(gift(donor, kind="membership")))

    key = new_id(issue(treasurer, donor, saved(gift(donor))))

    assert value(Receipt, key, "number") == f"{YEAR}-00001"


def test_a_cancelled_receipt_stays_and_its_gifts_get_a_new_number(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    one = saved(gift(donor))
    key = new_id(issue(treasurer, donor, one))

    treasurer.post(f"/receipts/{key}/do/cancel")

    assert value(Receipt, key, "status") is ReceiptStatus.cancelled
    assert (value(Donation, one, "status"), value(Donation, one, "receipt_id")) == (
        DonationStatus.confirmed,
        None,
    )
    assert value(Receipt, new_id(issue(treasurer, donor, one)), "number") == f"{YEAR}-00002"
    assert "5,000 yen" in words(treasurer.get(f"/receipts/{key}"))


def test_a_cancelled_receipt_is_not_cancelled_again(treasurer: FlaskClient, saved: Saved, donor: int) -> None:
    key = new_id(issue(treasurer, donor, saved(gift(donor))))
    treasurer.post(f"/receipts/{key}/do/cancel")

    assert treasurer.post(f"/receipts/{key}/do/cancel").status_code == 404
    assert "Cancel the receipt" not in words(treasurer.get(f"/receipts/{key}"))


def test_an_administrator_cancels_by_moving_the_status_too(
    admin: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    one = saved(gift(donor))
    key = new_id(issue(admin, donor, one))

    admin.post(f"/receipts/{key}/move", data={"to": "cancelled"})

    assert value(Donation, one, "status") is DonationStatus.confirmed


def test_a_gift_does_not_step_back_from_its_receipt(
    admin: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    one = saved(gift(donor))
    key = new_id(issue(admin, donor, one))

    for to in (DonationStatus.receipted, DonationStatus.confirmed):  # bound by the receipt, then let go
        answer = admin.post(f"/donations/{one}/step-back", data={"reason": "誤り"})
        assert answer.status_code == 422
        assert "Cancel the receipt, or void the refund" in words(answer)
        assert value(Donation, one, "status") is to
        admin.post(f"/receipts/{key}/move", data={"to": "cancelled"})


def test_a_cancelled_receipt_does_not_step_back(
    admin: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    key = new_id(issue(admin, donor, saved(gift(donor))))
    admin.post(f"/receipts/{key}/move", data={"to": "cancelled"})

    answer = admin.post(f"/receipts/{key}/step-back", data={"reason": "誤り"})

    assert "A cancelled receipt stays cancelled" in words(answer)
    assert value(Receipt, key, "status") is ReceiptStatus.cancelled


def test_a_reissue_keeps_the_number_and_is_counted(
    treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    key = new_id(issue(treasurer, donor, saved(gift(donor))))

    for _ in range(2):
        treasurer.post(f"/receipts/{key}/do/reissue")

    assert (value(Receipt, key, "status"), value(Receipt, key, "reissue_no")) == (ReceiptStatus.reissued, 2)


def test_an_auditor_cannot_cancel(
    treasurer: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved, donor: int, value: Value
) -> None:
    key = new_id(issue(treasurer, donor, saved(gift(donor))))

    answer = enter("auditor").post(f"/receipts/{key}/do/cancel")

    assert answer.status_code == 403
    assert value(Receipt, key, "status") is ReceiptStatus.issued


def test_a_receipt_is_never_deleted_and_the_page_says_why(
    admin: FlaskClient, saved: Saved, donor: int
) -> None:
    key = new_id(issue(admin, donor, saved(gift(donor))))

    answer = admin.post(f"/receipts/{key}/delete")

    assert answer.status_code == 409
    assert "Cancel it instead" in words(answer)


def test_a_donor_with_receipts_stays(admin: FlaskClient, saved: Saved, donor: int) -> None:
    issue(admin, donor, saved(gift(donor)))

    answer = admin.post(f"/donors/{donor}/delete")

    assert answer.status_code == 409
    assert "1 receipt was issued." in words(answer)


def test_a_receipted_gift_keeps_its_amount(
    admin: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    one = saved(gift(donor))
    issue(admin, donor, one)

    answer = admin.post(f"/donations/{one}/edit", data={"amount": "1"})

    assert "Cancel the receipt first" in words(answer)
    assert value(Donation, one, "amount") == 5000


def test_the_deduction_holds_only_inside_the_certification(
    app: Flask, treasurer: FlaskClient, saved: Saved, donor: int, value: Value
) -> None:
    switch(app, "certified", "yes")
    switch(app, "certified_on", "2026-04-01")
    before, inside = saved(gift(donor, received_on=date(2026, 3, 31))), saved(gift(donor))

    mixed = issue(treasurer, donor, before, inside)
    key = new_id(issue(treasurer, donor, inside))

    assert "Issue two receipts" in words(mixed)
    assert value(Receipt, key, "deductible")
    assert not value(Receipt, new_id(issue(treasurer, donor, before)), "deductible")


def test_the_database_itself_refuses_a_number_twice(saved: Saved, donor: int) -> None:
    saved(Receipt(number="2026-00001", donor_id=donor))

    with pytest.raises(IntegrityError):
        saved(Receipt(number="2026-00001", donor_id=donor))


def test_the_database_itself_keeps_a_gift_that_stands_on_a_receipt(
    app: Flask, saved: Saved, donor: int
) -> None:
    receipt = saved(Receipt(number="2026-00001", donor_id=donor))
    one = saved(gift(donor))
    saved(ReceiptLine(receipt_id=receipt, donation_id=one))

    with app.app_context():
        begin_write()
        db.session.delete(db.session.get_one(Donation, one))
        with pytest.raises(IntegrityError):
            db.session.flush()
