"""Medians, nights, months and lateness, by the worked examples of DOMAIN 8."""

from datetime import date, timedelta

import pytest

from tomoiki.indicators.rules import Period, lateness, median, months_left, nights, ninetieth

APRIL, MARCH = Period(date(2026, 4, 1), date(2026, 4, 30)), Period(date(2026, 3, 1), date(2026, 3, 31))
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("values", "middle"), [([], None), ([3, 40], 21.5), ([5, 12, 30, 240], 21), ([9, 2, 5.5], 5.5)]
)
def test_the_median_of_an_even_count_is_the_mean_of_the_two_in_the_middle(
    values: list[float], middle: float | None
) -> None:
    assert median(values) == middle


@pytest.mark.parametrize(("values", "most"), [([], None), ([7], 7), (range(1, 11), 9), (range(1, 12), 10)])
def test_nine_of_ten_do_not_exceed_the_ninetieth(values: list[float], most: float | None) -> None:
    assert ninetieth(list(values)) == most


@pytest.mark.parametrize(("period", "count"), [(APRIL, 2), (MARCH, 2)])
def test_the_nights_of_a_stay_belong_to_the_days_they_begin_on(period: Period, count: int) -> None:
    assert nights(date(2026, 3, 30), date(2026, 4, 3), period, TODAY) == count


def test_an_open_stay_has_the_nights_until_today() -> None:
    assert nights(date(2026, 4, 1), None, APRIL, date(2026, 4, 5)) == 4
    assert nights(date(2026, 4, 1), None, APRIL, TODAY) == 30


@pytest.mark.parametrize(
    ("held", "spent", "first", "months"),
    [
        (840_000, 1_200_000, date(2025, 4, 1), 4.2),
        (840_000, 1_200_000, date(2026, 8, 31), 4.2),  # August, September, October: three full months
        (840_000, 1_200_000, date(2026, 9, 1), None),
        (840_000, 0, date(2025, 4, 1), None),
        (840_000, 1_200_000, None, None),
        (-5, 1_200_000, date(2025, 4, 1), 0.0),
    ],
)
def test_money_lasts_its_balance_over_the_average_of_six_full_months(
    held: int, spent: int, first: date | None, months: float | None
) -> None:
    assert months_left(held, spent, first, TODAY) == months


@pytest.mark.parametrize(("minutes", "tone"), [(20, ""), (21, "warn"), (30, "warn"), (31, "urgent")])
def test_an_answer_is_nearly_late_from_seven_tenths_of_its_time(minutes: int, tone: str) -> None:
    assert lateness(timedelta(minutes=minutes), timedelta(minutes=30)) == tone


def test_periods_follow_the_fiscal_year_and_whole_months() -> None:
    assert Period.of_fiscal_year(date(2026, 3, 31), 4) == Period(date(2025, 4, 1), date(2026, 3, 31))
    assert Period.of_month(date(2026, 2, 9)) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert Period.full_months_before(TODAY) == Period(date(2026, 5, 1), date(2026, 10, 31))
