"""Filters that have a name: days reckoned from today, what is empty, what is mine."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change, form_of, rows_of, words
from tests.factories import a_case, a_deadline, a_donation, an_expense
from tomoiki.accounts.models import Setting
from tomoiki.core.database import db
from tomoiki.core.dates import FiscalYear, today

Saved = Callable[..., int]
pytestmark = pytest.mark.storage


def _cases(saved: Saved, *days: date) -> list[int]:
    return [saved(a_case(opened_on=day)) for day in days]


def test_periods_are_reckoned_from_today(caseworker: FlaskClient, saved: Saved) -> None:
    year = FiscalYear.of(today())
    before = year.first - timedelta(days=1)
    now, first, last, old = _cases(saved, today(), year.first, before, before - timedelta(days=400))

    def shown(word: str) -> set[int]:
        return set(rows_of(caseworker.get(f"/cases/?opened_on.is={word}")))

    assert now in shown("today") <= shown("month") <= shown("year")
    assert {now, first} == shown("year")
    assert {last} == shown("last-year")
    assert old not in shown("today") | shown("month") | shown("year") | shown("last-year")


def test_the_fiscal_year_begins_as_the_office_says(app: Flask, admin: FlaskClient, saved: Saved) -> None:
    january, december = _cases(saved, date(today().year, 1, 1), date(today().year - 1, 12, 31))
    with app.app_context():
        key = db.session.query(Setting).filter_by(key="fy_start_month").one().id

    change(admin, f"/settings/{key}", value="1")

    assert rows_of(admin.get("/cases/?opened_on.is=year")) == [january]
    assert rows_of(admin.get("/cases/?opened_on.is=last-year")) == [december]


def test_overdue_is_what_is_late_and_not_settled(caseworker: FlaskClient, saved: Saved) -> None:
    day = timedelta(days=1)
    case = saved(a_case(owner_id=2))
    late, done, due, far = (
        saved(
            a_deadline(
                case_id=case,
                rule_id=rule,
                due_on=on,
                safe_on=on,
                status=status,
                done_on=today() if status == "done" else None,
            )
        )
        for rule, on, status in (
            (1, today() - day, "open"),
            (2, today() - day, "done"),
            (3, today(), "open"),
            (4, today() + 31 * day, "open"),
        )
    )

    assert rows_of(caseworker.get("/deadlines/?safe_on.is=overdue")) == [late]
    assert rows_of(caseworker.get("/deadlines/?safe_on.is=soon")) == [due]
    assert {late, done, due, far} == set(rows_of(caseworker.get("/deadlines/?safe_on.is=any")))


def test_empty_and_not_empty_part_a_list(caseworker: FlaskClient, saved: Saved) -> None:
    bare = saved(a_case(owner=None, employer=None, categories=[]))
    full = saved(a_case(owner_id=2, categories=["visa"], closed_on=today()))

    for name in ("owner", "categories", "closed_on"):
        assert rows_of(caseworker.get(f"/cases/?{name}.is=none")) == [bare], name
        assert rows_of(caseworker.get(f"/cases/?{name}.is=any")) == [full], name


def test_mine_is_mine_for_whoever_asks(caseworker: FlaskClient, admin: FlaskClient, saved: Saved) -> None:
    hers, his = saved(a_case(owner_id=2)), saved(a_case(owner_id=1))

    assert rows_of(caseworker.get("/cases/?owner.is=me")) == [hers]
    assert rows_of(admin.get("/cases/?owner.is=me")) == [his]


def test_a_reference_out_of_sight_is_empty(treasurer: FlaskClient, saved: Saved) -> None:
    secret = saved(an_expense(case=a_case(confidential="secret", owner_id=2)))
    open_one = saved(an_expense(case=a_case()))

    assert rows_of(treasurer.get("/expenses/?case.is=none")) == [secret]
    assert rows_of(treasurer.get("/expenses/?case.is=any")) == [open_one]


@pytest.mark.parametrize(
    "asked",
    ["opened_on.is=tomorrow", "opened_on.is=overdue", "opened_on.is=me", "status.is=none", "person.is=me",
     "title.is=none", "owner.is=%00"],
)  # fmt: skip
def test_a_name_that_a_field_has_not_is_a_notice(asked: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    answer = caseworker.get(f"/cases/?{asked}")

    assert rows_of(answer) == [1]
    assert 'class="note warn-n" role="status"' in answer.text


def test_a_hidden_field_has_no_names(enter: Callable[[str], FlaskClient], saved: Saved) -> None:
    saved(a_case(owner_id=2))
    auditor = enter("auditor")

    assert "“person.is” is no filter of this list." in words(auditor.get("/cases/?person.is=any"))
    assert "person.is" not in auditor.get("/cases/?filter=1").text


def test_the_form_offers_the_names_and_sends_the_one_in_force_again(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(owner_id=2))

    page = caseworker.get("/cases/?filter=1&view=own&opened_on.is=year&status=open")

    assert "Today This month This fiscal year" in words(page)
    assert 'href="/cases/?view=own&amp;status=open&amp;opened_on.is=today"' in page.text
    assert 'href="/cases/?view=own&amp;status=open" aria-current="true">This fiscal year' in page.text
    form = {name: value for name, value in form_of(page).items() if value}
    assert form == {"view": "own", "status": "open", "opened_on.is": "year"}


def test_typed_days_come_before_the_name(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(opened_on=today()))

    page = caseworker.get("/cases/?opened_on.is=today&opened_on.from=2020-01-01")

    assert "Opened on: 2020-01-01 –" in words(page)


def test_a_chip_says_the_name_and_takes_it_off(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(opened_on=today(), owner_id=2))

    page = caseworker.get("/cases/?opened_on.is=today&owner.is=me").text

    chips = dict(re.findall(r'<a class="chip on" href="([^"]+)">([^<]+) <svg', page))
    assert chips == {"/cases/?owner.is=me": "Opened on: Today", "/cases/?opened_on.is=today": "Owner: Mine"}


def test_exports_follow_the_name(admin: FlaskClient, saved: Saved) -> None:
    saved(a_donation(received_on=today(), memo="neu"), a_donation(received_on=date(2001, 1, 1), memo="alt"))
    page = admin.get("/donations/export.csv?received_on.is=today")
    answer = admin.post("/donations/export.csv?received_on.is=today", data=form_of(page, purpose="x"))

    assert "neu" in answer.text
    assert "alt" not in answer.text
