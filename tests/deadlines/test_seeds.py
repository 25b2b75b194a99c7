"""The rules and closed days with which an office starts, against the law as DOMAIN 5 tells it."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tomoiki.core import formats
from tomoiki.core.fields import fields_of
from tomoiki.deadlines import deadline_rules, holidays
from tomoiki.deadlines.lists import FactKind
from tomoiki.deadlines.models import DeadlineRule

# code: unit, length, first day counts, holiday rule, warnings, mandatory; once more by hand from DOMAIN 5.2
TOLD = """
stay_expiry day 0 - none 90,60,30,14,7,3,1 M | renew_open month 3 - none 0 -
special_period month 2 - none 30,14,7,3,1 M | activity_org day 14 - next_open 7,3,1 M
contract_org day 14 - next_open 7,3,1 M | spouse_notice day 14 - next_open 7,3,1 M
move_notice day 14 - next_open 7,3,1 M | address_90 day 90 - none 30,14,7 -
card_lost day 14 - next_open 7,3,1 M | card_change day 14 - next_open 7,3 -
inactive_3m month 3 - none 60,30,14,7 M | spouse_6m month 6 - none 90,30,14 -
ssw_5y day 1825 first none 365,180,90 M | birth_notice day 14 first next_open 7,3,1 M
status_acquire day 30 - next_open 20,14,7,3 M | status_60 day 60 - none 30,14,7,3 M
child_allow day 15 - next_open 7,3 - | child_insurance day 5 - next_open 3,1 -
kokuho_in day 14 - next_open 7,3,1 M | nenkin_change day 14 - next_open 7,3 -
ninkei day 20 first next_open 10,5,2 - | ui_papers day 10 - next_open 3 -
ui_period month 12 - none 180,90,30 M | ui_reemploy month 1 - next_open 14,7,3 -
wage_3y month 36 - none 365,180,60,30 M | dismissal_pay day 30 - none . -
dismissal_ban day 30 - none . - | wc_2y month 24 - none 180,90,30 M
wc_5y month 60 - none 365,180,90 M | hi_2y month 24 - none 180,60,30 -
lump_pension month 24 - none 365,180,90,30 M | lump_tax year 5 - none 180,60 -
appeal_3m month 3 - next_open 30,14,7,3 M | wc_appeal month 3 - next_open 30,14,7 -
suit_6m month 6 - next_open 60,30,14 M | oral_3d day 3 - next_open 2,1,0 M
refugee_7d day 7 - next_open 5,3,1 M | exit_15d day 0 - none 7,3,1 -
leave_pre day 41 - none 30,14 - | leave_post day 56 - none 7 M
mch_book day 14 - none 7 - | npo_report month 3 - next_open 60,30,14 M
npo_register month 3 - none 60,30 - | ssw_free day 14 - next_open 7 -
"""
ROWS = [row.split() for line in TOLD.strip().splitlines() for row in line.split("|")]
SECOND = {
    "inactive_3m": 6, "ssw_5y": 60, "child_insurance": 14, "wage_3y": 24, "wc_appeal": 2, "leave_pre": 97,
    "leave_post": 42,
}  # fmt: skip
BY_CODE = {rule.code: rule for rule in deadline_rules.RULES}
CLOSED = {row["date"]: row["name"] for row in holidays.seed_rows()}


def test_every_rule_is_there_once_and_in_order() -> None:
    assert [rule.code for rule in deadline_rules.RULES] == [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_rule_has_the_numbers_of_the_law(row: list[str]) -> None:
    code, unit, length, first, holiday_rule, lead_days, mandatory = row
    rule = BY_CODE[code]

    assert (rule.unit, rule.length, rule.count_first_day) == (unit, int(length), first == "first")
    assert rule.holiday_rule == holiday_rule
    assert (rule.lead_days or ".").replace(" ", "") == lead_days
    assert rule.mandatory == (mandatory == "M")
    assert rule.second_length == SECOND.get(code)


@pytest.mark.parametrize("rule", deadline_rules.RULES, ids=lambda rule: rule.code)
def test_a_rule_is_complete_and_as_a_form_would_store_it(rule: deadline_rules.Rule, app: Flask) -> None:
    known = fields_of(DeadlineRule)
    elsewhere = {
        "expires_on",
        "granted_on",
        "fiscal_year_end",
    }  # of the residence status; of the office itself

    assert all((rule.label_ja, rule.label_vi, rule.label_en, rule.source))
    assert set(rule.trigger_field.split(", ")) <= {kind.value for kind in FactKind} | elsewhere
    for name in ("calc", "unit", "holiday_rule"):
        assert getattr(rule, name) in {member.value for member in known[name].choices or ()}
    assert rule.lead_days is None or formats.NUMBERS.read(rule.lead_days).value == rule.lead_days
    assert all(len(getattr(rule, name)) <= 200 for name in ("label_ja", "label_vi", "label_en", "source"))


def test_the_closed_days_of_2026_and_2027_are_those_of_the_law() -> None:
    told = {
        2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
        2027: "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
    }
    for year, days in told.items():
        found = [
            day.strftime("%m%d") for day, name in CLOSED.items() if day.year == year and name != "年末年始"
        ]
        assert sorted(found) == days.split()


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_what_follows_from_other_holidays_is_there(year: int) -> None:
    named = {
        day
        for day, name in CLOSED.items()
        if day.year == year and name not in ("振替休日", "国民の休日", "年末年始")
    }
    following = {
        day for day, name in CLOSED.items() if day.year == year and name in ("振替休日", "国民の休日")
    }
    expected = set()
    for one in named:  # 国民の祝日に関する法律3条2項、3項
        if one.weekday() == 6:
            moved = one + timedelta(days=1)
            while moved in named:
                moved += timedelta(days=1)
            expected.add(moved)
        between = one + timedelta(days=1)
        if one + timedelta(days=2) in named and between not in named and between.weekday() != 6:
            expected.add(between)

    assert following == expected


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_offices_are_closed_at_the_turn_of_the_year(year: int) -> None:
    assert {
        date(year, *day) for day in ((1, 1), (1, 2), (1, 3), (12, 29), (12, 30), (12, 31))
    } <= CLOSED.keys()


def test_no_day_is_there_twice() -> None:
    assert len(CLOSED) == len(list(holidays.seed_rows()))
