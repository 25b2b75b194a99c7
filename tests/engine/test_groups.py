"""Counts over a list: links that lead to just as many rows, within what one may see."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import Queries
from tests.engine.browsing import rows_of, words
from tests.factories import a_case, a_deadline, a_donation, an_expense, an_inquiry
from tomoiki.core.dates import today

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


def test_a_month_is_that_of_tokyo_and_leads_to_as_many_rows(caseworker: FlaskClient, saved: Saved) -> None:
    turn = datetime(2026, 2, 28, 15, tzinfo=UTC)  # midnight in Tokyo
    before = turn - timedelta(microseconds=1)
    saved(*(an_inquiry(received_at=moment) for moment in (before, turn, turn, turn + timedelta(days=1))))

    found = counted(caseworker.get("/inquiries/"))

    assert {month: found[month][0] for month in ("2026-02", "2026-03")} == {"2026-02": 1, "2026-03": 3}
    assert [len(rows_of(caseworker.get(found[month][1]))) for month in ("2026-02", "2026-03")] == [1, 3]


def test_months_follow_the_other_filters_and_the_one_in_force_stays_beside_the_others(
    treasurer: FlaskClient, saved: Saved
) -> None:
    for month, kind in ((2, "membership"), (3, "membership"), (3, "donation")):
        saved(a_donation(received_on=date(2026, month, 5), kind=kind))

    in_march = counted(treasurer.get("/donations/"))["2026-03"][1]
    found = counted(treasurer.get(f"{in_march}&kind=membership"))

    assert {text: found[text][::2] for text in found if text[0] == "2"} == {
        "2026-02": (1, False),
        "2026-03": (1, True),
    }


def test_the_newest_twelve_months_are_shown_however_old_they_are(
    treasurer: FlaskClient, saved: Saved
) -> None:
    saved(*(a_donation(received_on=date(2019 + at // 12, at % 12 + 1, 1)) for at in range(15)))

    months = [text for text in counted(treasurer.get("/donations/")) if text[0] == "2"]

    assert months == ["2020-03", "2020-02", "2020-01", *(f"2019-{month:02d}" for month in range(12, 3, -1))]


def test_what_lies_years_ahead_does_not_push_out_the_months_that_matter(
    admin: FlaskClient, saved: Saved
) -> None:
    this_month, in_years = today().replace(day=1), today().replace(year=today().year + 5, day=1)
    saved(a_case())
    last_month = this_month - timedelta(days=1)
    for rule, day in enumerate((last_month, this_month, in_years), start=1):
        saved(a_deadline(case_id=1, rule_id=rule, due_on=day, safe_on=day))

    months = [text for text in counted(admin.get("/deadlines/")) if text[0] == "2"]

    assert months == [f"{day:%Y-%m}" for day in (this_month, last_month)]


def test_who_does_not_see_a_day_gets_no_months_of_it(
    enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    saved(*(a_case(opened_on=date(2026, month, 1)) for month in (2, 3)))

    assert "2026-02" in counted(enter("auditor").get("/cases/"))
    assert "2026-02" not in counted(enter("treasurer").get("/cases/"))


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


# -- in the filter form ------------------------------------------------------------------------------------------------
def test_choices_say_how_many_rows_each_would_show(treasurer: FlaskClient, saved: Saved) -> None:
    saved(
        an_expense(status="paid", support_type="legal"),
        an_expense(status="paid", support_type="food"),
        an_expense(status="draft", support_type="food"),
    )

    page = words(treasurer.get("/expenses/?filter=1&status=paid&support_type=food"))

    assert all(text in page for text in ("Paid (1)", "Draft (1)", "Void (0)"))
    assert "(2)" not in page


def test_several_codes_and_yes_or_no_are_counted(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case(categories=["wage_unpaid", "housing"]), a_case(categories=["wage_unpaid"]))

    assert "Unpaid wages (2)" in words(admin.get("/cases/?filter=1"))
    assert "Yes (6) No (0)" in words(admin.get("/users/?filter=1"))


def test_what_she_may_not_see_is_not_counted(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(owner_id=2), a_case(owner_id=1, confidential="secret", confidential_reason="x"))

    assert "Received (1)" in words(caseworker.get("/cases/?filter=1"))


def test_a_closed_form_counts_nothing(caseworker: FlaskClient, saved: Saved, queries: Queries) -> None:
    saved(a_case())
    caseworker.get("/cases/")

    def asked(address: str) -> int:
        queries.clear()
        caseworker.get(address)
        return len(queries.selects)

    assert asked("/cases/?filter=1") == asked("/cases/") + 1
