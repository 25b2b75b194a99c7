"""Statements per page: bounded, and the same for five rows as for fifty (notes, traps 15 and 24)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_views import SCREENS
from admin_views.engine.screen import Screen
from tests.databases import Queries
from tests.factories import (
    a_case,
    a_deadline,
    a_donation,
    a_fact,
    a_person,
    a_referral,
    a_stay,
    an_activity,
    an_expense,
    an_inquiry,
    an_organisation,
)
from tomoiki.accounts.models import OfficeChoice
from tomoiki.cases.models import CaseStaff
from tomoiki.core.attachments import Attachment
from tomoiki.core.dates import now
from tomoiki.core.history import AccessLog
from tomoiki.events.models import Attendee, Commitment, Event, FollowUp, Registration
from tomoiki.money.bank import BankLine
from tomoiki.money.models import Donor, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine
from tomoiki.people.models import ResidenceStatus

Saved = Callable[..., int]
MOST = 6
CLOSED = ("users", "settings")
READ_ONLY = ("bank-lines", "change-log", "access-log")  # for an administrator


def fill(saved: Saved, rows: int) -> None:
    """Save so many records of every screen, the related ones all of the first record."""
    case = a_case(employer=an_organisation(), owner_id=2, categories=["housing", "visa"])
    event = Event(
        number="E",
        kind="study",
        title_ja="会",
        starts_at=now(),
        fund_id=1,
        organiser_id=4,
        language=["ja", "vi"],
    )
    donor = Donor(code="N", name="甲")
    saved(case, event, donor)
    for number in range(rows):
        person, attendee = (
            a_person(),
            Attendee(name=f"花子{number}", school=an_organisation(roles=["school"])),
        )
        saved(
            a_case(person=person, categories=["housing", "visa"], owner_id=2),
            ResidenceStatus(person_id=1, status="student"),
            an_activity(case_id=1, by_id=2, persons=[person], note="話"),
            CaseStaff(case_id=1, user_id=5, role="interpreter"),
            an_inquiry(case_id=1, person_id=1, categories=["visa"]),
            a_fact(case_id=1, person_id=1),
            a_deadline(case_id=1, person_id=1, rule_id=number + 1),
            a_referral(case_id=1, shared_items=["name"]),
            a_stay(case_id=1, person_id=1, number=number),
            a_donation(donor_id=1),
            Donor(code=f"N{number}", name="乙"),
            Registration(event_id=1, attendee=attendee),
            Event(number=f"E{number}", kind="seminar", title_ja="会", starts_at=now(), language=["ja"]),
        )
        _fill_books(saved, number)


def _fill_books(saved: Saved, number: int) -> None:
    """Save one of each record that hangs on the first case, donor, event, organisation and fund."""
    line = BankLine(amount_out=3000)
    saved(an_expense(case_id=1, event_id=1, submitted_by_id=3, approved_by_id=1, bank_line=line))
    saved(
        Receipt(number=f"R{number}", donor_id=1),
        Pledge(donor_id=1, amount=3000),
        Commitment(event_id=1, organisation_id=1, item=f"item{number}"),
        FollowUp(event_id=1, organisation_id=1, due_on=date(2026, 7, 1), by_id=4),
        OfficeChoice(list="case_category", code=f"code{number}", ja="言葉"),
        AccessLog(at=now(), action="view", entity="case", record_id=1, user_id=2),
    )
    saved(ReceiptLine(receipt_id=1, donation_id=number + 1))
    paper = {"kind": "other", "format": "txt", "bytes": 1, "sha256": "0"}
    saved(Attachment(filename=f"{number}.txt", entity="case", record_id=1, **paper))


@pytest.fixture
def spent(admin: FlaskClient, queries: Queries) -> Callable[[str], int]:
    """Return how many statements a page takes that was opened before."""

    def count(address: str) -> int:
        admin.get(address)
        queries.clear()
        assert admin.get(address).status_code == 200
        return len(
            [statement for statement in queries.statements if not statement.startswith(("BEGIN", "PRAGMA"))]
        )

    return count


@pytest.fixture
def first(admin: FlaskClient, queries: Queries) -> Callable[[str], int]:
    """Return how many statements a page takes after a change; the office's words were read before."""

    def count(address: str) -> int:
        admin.get("/")
        queries.clear()
        assert admin.get(address).status_code == 200
        return len(
            [statement for statement in queries.statements if not statement.startswith(("BEGIN", "PRAGMA"))]
        )

    return count


def test_a_list_takes_six_statements_at_most(first: Callable[[str], int], saved: Saved) -> None:
    fill(saved, 3)

    taken = {screen.slug: first(f"/{screen.slug}/") for screen in SCREENS}

    assert {slug: count for slug, count in taken.items() if count > MOST} == {}


@pytest.mark.parametrize(
    "asked",
    ["", "?q=nguyen", "?sort=person", "?status=open&categories=housing&person=1", "?per_page=2&page=2"],
)
def test_so_does_a_list_searched_sorted_filtered_or_deep(
    asked: str, first: Callable[[str], int], saved: Saved
) -> None:
    fill(saved, 5)

    assert first(f"/cases/{asked}") <= MOST + asked.count("person=1")  # the name on the chip


def related_tables(slug: str) -> int:
    if slug == "change-log":
        return (
            3  # a row of the log names the records that its change names: one query for each of their tables
        )
    return len(_screen(slug).related)


def _screen(slug: str) -> Screen:
    return next(screen for screen in SCREENS if screen.slug == slug)


def first_of(slug: str) -> str:
    return f"/{slug}/{2 if slug == 'seminars' else 1}"


def test_a_record_takes_six_statements_and_one_a_related_table(
    spent: Callable[[str], int], saved: Saved
) -> None:
    fill(saved, 3)

    taken = {screen.slug: spent(first_of(screen.slug)) for screen in SCREENS if screen.slug not in CLOSED}

    assert {slug: count for slug, count in taken.items() if count > MOST + related_tables(slug)} == {}


@pytest.mark.parametrize(
    "address",
    [
        "/cases/",
        "/people/",
        "/activities/",
        "/registrations/",
        "/cases/1",
        "/people/1",
        "/donors/1",
        "/events/1",
    ],
)
def test_fifty_rows_take_as_many_statements_as_five(
    address: str, spent: Callable[[str], int], saved: Saved
) -> None:
    fill(saved, 5)
    with_five = spent(address)
    many: list[Any] = [a_case(categories=["visa"], owner_id=2) for _ in range(45)]
    many += [an_activity(case_id=1, by_id=2) for _ in range(45)] + [a_donation(donor_id=1) for _ in range(45)]
    many += [ResidenceStatus(person_id=1, status="ssw1") for _ in range(45)]
    many += [Registration(event_id=1, attendee=Attendee(name="花子")) for _ in range(45)]
    saved(*many)

    assert spent(address) == with_five


def test_an_edit_form_takes_a_bounded_number(spent: Callable[[str], int], saved: Saved) -> None:
    fill(saved, 3)
    slugs = [screen.slug for screen in SCREENS if screen.slug not in (*CLOSED, *READ_ONLY)]
    references = 9

    taken = {slug: spent(f"{first_of(slug)}/edit") for slug in slugs}

    assert {slug: count for slug, count in taken.items() if count > MOST + references} == {}


@pytest.mark.parametrize(
    "page", ["/cases/1/history", "/cases/1/delete", "/search?q=nguyen", "/people/lookup?q=nguyen"]
)
def test_other_pages_do_not_grow_with_the_rows(page: str, spent: Callable[[str], int], saved: Saved) -> None:
    fill(saved, 2)
    with_two = spent(page)
    saved(*(a_case(owner_id=2) for _ in range(20)))

    assert spent(page) == with_two
