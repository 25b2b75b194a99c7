"""Beyond a hundred thousand rows (here: three) a list counts no further, and says so."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from admin_views.engine import grouping, listing
from tests.engine.browsing import rows_of, words
from tests.factories import a_case, a_donation, a_person

Saved = Callable[..., int]
pytestmark = pytest.mark.storage


@pytest.fixture(autouse=True)
def _three_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "COUNTED", 3)
    monkeypatch.setattr(listing, "COUNTED", 3)
    monkeypatch.setattr(listing, "GROUPED", 3)


def _cases(saved: Saved, number: int) -> None:
    person = a_person()
    saved(*(a_case(person=person) for _ in range(number)))


def test_up_to_the_cap_the_number_is_exact(caseworker: FlaskClient, saved: Saved) -> None:
    _cases(saved, 3)

    assert "3 in all" in words(caseworker.get("/cases/"))


def test_beyond_it_the_list_says_more_and_leads_to_the_last_row(
    caseworker: FlaskClient, saved: Saved
) -> None:
    _cases(saved, 7)

    pages = [caseworker.get(f"/cases/?per_page=2&page={page}") for page in (1, 2, 3, 4)]

    assert "3+ in all" in words(pages[0])
    assert "1 to 2 of 3+" in words(pages[0])
    assert [len(rows_of(page)) for page in pages] == [2, 2, 2, 1]
    assert ['rel="next"' in page.text for page in pages] == [True, True, True, False]
    assert len({key for page in pages for key in rows_of(page)}) == 7


def test_a_page_beyond_the_end_is_none_of_empty_rows(caseworker: FlaskClient, saved: Saved) -> None:
    _cases(saved, 7)

    assert rows_of(caseworker.get("/cases/?per_page=2&page=999"))


def test_totals_stay_exact(treasurer: FlaskClient, saved: Saved) -> None:
    saved(*(a_donation(amount=1000) for _ in range(5)))

    page = treasurer.get("/donations/")

    assert re.search(r"3\+ in all.*Amount 5,000 yen", words(page))


def test_choices_of_the_filter_form_have_no_numbers_then(caseworker: FlaskClient, saved: Saved) -> None:
    _cases(saved, 3)
    exact = words(caseworker.get("/cases/?filter=1"))
    _cases(saved, 1)

    assert "Received (3)" in exact
    assert "Received (" not in words(caseworker.get("/cases/?filter=1"))
