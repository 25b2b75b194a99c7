"""Counts over a list: links that lead to just as many rows, within what one may see."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import Queries
from tests.engine.browsing import rows_of
from tests.factories import a_case, a_donation, an_expense

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
CHIP = re.compile(r'<a class="chip( on)?" href="([^"]+)"(?: aria-current="true")?>([^<]+) <b>([0-9,]+)</b>')


def counted(page: TestResponse) -> dict[str, tuple[int, str, bool]]:
    """Return text -> count, address, whether it is on."""
    return {
        text: (int(count.replace(",", "")), address.replace("&amp;", "&"), bool(on))
        for on, address, text, count in CHIP.findall(page.text)
    }


def test_each_state_is_counted_and_leads_to_its_rows(treasurer: FlaskClient, saved: Saved) -> None:
    saved(*(an_expense(status=status) for status in ("paid", "paid", "draft")))

    found = counted(treasurer.get("/expenses/"))

    assert {text: count for text, (count, *_rest) in found.items()} == {"Draft": 1, "Paid": 2}
    assert len(rows_of(treasurer.get(found["Paid"][1]))) == 2


def test_the_state_in_force_is_marked_and_the_others_stay(treasurer: FlaskClient, saved: Saved) -> None:
    saved(*(an_expense(status=status) for status in ("paid", "draft")))

    found = counted(treasurer.get("/expenses/?status=paid"))

    assert {text: on for text, (_count, _to, on) in found.items()} == {"Draft": False, "Paid": True}
    assert found["Paid"][1] == "/expenses/"


def test_counts_follow_the_other_filters_and_the_search(treasurer: FlaskClient, saved: Saved) -> None:
    saved(
        an_expense(status="paid", support_type="legal", payee="Kanzlei"),
        an_expense(status="paid"),
        an_expense(status="draft"),
    )

    assert counted(treasurer.get("/expenses/?support_type=food"))["Paid"][0] == 1
    assert "Draft" not in counted(treasurer.get("/expenses/?q=Kanzlei&status=paid"))


def test_months_are_links_from_their_first_to_their_last_day(treasurer: FlaskClient, saved: Saved) -> None:
    saved(*(a_donation(received_on=day) for day in (date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))))

    count, address, _on = counted(treasurer.get("/donations/"))["2026-02"]

    assert (count, len(rows_of(treasurer.get(address)))) == (2, 2)
    assert "received_on.from=2026-02-01&received_on.to=2026-02-28" in address


def test_several_codes_of_a_record_are_counted_each(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case(categories=["housing", "visa"]), a_case(categories=["visa"]))

    found = {address: count for count, address, _on in counted(admin.get("/cases/")).values()}

    assert (found["/cases/?categories=housing"], found["/cases/?categories=visa"]) == (1, 2)


def test_only_rows_in_scope_whose_field_one_sees_are_counted(
    caseworker: FlaskClient, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    saved(
        a_case(status="active"),
        a_case(status="open"),
        a_case(status="open", confidential="restricted", owner_id=1),
    )

    assert {count for count, *_rest in counted(caseworker.get("/cases/")).values()} == {1}
    assert {count for count, *_rest in counted(enter("treasurer").get("/cases/")).values()} == {1}


def test_counting_costs_one_query_however_many_groups(
    treasurer: FlaskClient, saved: Saved, queries: Queries
) -> None:
    saved(an_expense(status="paid"), an_expense())
    treasurer.get("/expenses/")
    queries.statements.clear()

    treasurer.get("/expenses/?support_type=food")

    assert len([one for one in queries.selects if "UNION ALL" in one]) == 1
