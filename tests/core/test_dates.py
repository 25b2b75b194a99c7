"""Days, moments, eras, fiscal years and ages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.dates import (
    TOKYO,
    Birth,
    FiscalYear,
    age_on,
    in_tokyo,
    legal_age_on,
    now,
    read_birth,
    read_day,
    read_moment,
    today,
    wareki,
)
from tomoiki.core.reading import BadInput

SENSIBLE_DAYS = st.dates(date(1000, 1, 1), date(9990, 12, 31))
DATE_LIKE = st.text("0123456789年月日元令和平成昭RHSM/-. :T㋿", max_size=20)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("2026/4/3", date(2026, 4, 3)),
        ("2026.4.3", date(2026, 4, 3)),
        ("20260403", date(2026, 4, 3)),
        ("2026年4月3日", date(2026, 4, 3)),
        ("２０２６年４月３日", date(2026, 4, 3)),
        ("２０２６／０４／０３", date(2026, 4, 3)),
        (" 2026 年 4 月 3 日 ", date(2026, 4, 3)),
        ("2026−04−03", date(2026, 4, 3)),
        ("R8.4.3", date(2026, 4, 3)),
        ("r8.4.3", date(2026, 4, 3)),
        ("R08/04/03", date(2026, 4, 3)),
        ("R8-4-3", date(2026, 4, 3)),
        ("令和8年4月3日", date(2026, 4, 3)),
        ("令和８年４月３日", date(2026, 4, 3)),
        ("令8.4.3", date(2026, 4, 3)),
        ("㋿8.4.3", date(2026, 4, 3)),
        ("R6.4.1", date(2024, 4, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("S64.1.7", date(1989, 1, 7)),
        ("H1.1.8", date(1989, 1, 8)),
        ("R6.2.29", date(2024, 2, 29)),
        ("T1.7.30", date(1912, 7, 30)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("M45.7.29", date(1912, 7, 29)),
    ],
)
def test_a_day_is_read_in_every_spelling_of_the_office(typed: str, day: date) -> None:
    read = read_day(typed)

    assert read.value == day
    assert read.remark is None


def test_heisei_on_old_papers_is_read_with_a_remark() -> None:
    read = read_day("H31.5.1")

    assert read.value == date(2019, 5, 1)
    assert "令和元年5月1日" in str(read.remark)


@pytest.mark.parametrize(
    ("typed", "right", "suggestion"),
    [
        ("R1.4.30", "平成31年4月30日", "2019-04-30"),
        ("S64.1.8", "平成元年1月8日", "1989-01-08"),
        ("T15.12.25", "昭和元年12月25日", "1926-12-25"),
        ("平成60年1月1日", "令和30年1月1日", "2048-01-01"),
    ],
)
def test_a_day_of_another_era_is_refused_with_the_right_one(typed: str, right: str, suggestion: str) -> None:
    with pytest.raises(BadInput, match=right) as refused:
        read_day(typed)

    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("R8.2.29", "February 2026 has only 28 days"),
        ("2024-02-30", "February 2024 has only 29 days"),
        ("2026-11-31", "November has only 30 days. Check the date."),
        ("令和4年6月31日", "June has only 30 days"),
        ("2021年13月1日", "Months run"),
        ("2026-13-01", "Months run"),
        ("2026-00-01", "Months run"),
        ("2026-01-00", "Days are counted"),
        ("0000-00-00", "four digits"),
        ("0026-04-03", "four digits"),
        ("26/4/3", "four digits"),
        ("R0.1.1", "year 1"),
        ("M5.12.2", "another calendar"),
        ("31/02/2026", "February 2026"),
        ("25/02/1991", "year first"),
        ("", "nothing here"),
        ("5月1日", "not a date"),
        ("2026-4/3", "not a date"),
        ("2026", "not a date"),
        ("٢٠٢٦-٠٤-٠٣", "not a date"),
        ("yesterday", "not a date"),
        ("2026-11-23T13:00", "not a date"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_is_no_day_is_refused_with_a_reason(typed: str, hint: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_day(typed)

    assert hint in str(refused.value.message)


@pytest.mark.parametrize("typed", ["03/04/2026", "3-4-2026", "03.04.2026"])
@pytest.mark.usefixtures("in_english")
def test_a_vietnamese_reader_may_write_the_day_first_and_sees_it_in_words(typed: str) -> None:
    read = read_day(typed, day_first=True)

    assert read.value == date(2026, 4, 3)
    assert str(read.remark) == "Read as April 3, 2026."


def test_the_day_first_is_suggested_with_the_year_first_elsewhere() -> None:
    with pytest.raises(BadInput) as refused:
        read_day("25/02/1991")

    assert refused.value.suggestion == "1991-02-25"


def test_an_impossible_day_stays_impossible_with_the_day_first() -> None:
    with pytest.raises(BadInput, match="February 2026"):
        read_day("31/02/2026", day_first=True)


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        ("1998", Birth(None, 1998)),
        ("1998年頃", Birth(None, 1998)),
        ("１９９８年", Birth(None, 1998)),
        ("1998年生まれ", Birth(None, 1998)),
        ("平成10年頃", Birth(None, 1998)),
        ("R元", Birth(None, 2019)),
        ("1998-07-04", Birth(date(1998, 7, 4), None)),
        ("H10.7.4", Birth(date(1998, 7, 4), None)),
    ],
)
def test_a_birth_is_a_day_or_only_a_year(typed: str, birth: Birth) -> None:
    assert read_birth(typed, today=date(2026, 11, 25)).value == birth


@pytest.mark.usefixtures("in_english")
def test_a_birth_may_be_written_with_the_day_first() -> None:
    read = read_birth("25/02/1991", day_first=True)

    assert read.value.on == date(1991, 2, 25)
    assert "February 25, 1991" in str(read.remark)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("2035/1/1", "future"),
        ("2026-11-26", "future"),
        ("2027", "future"),
        ("1899", "before 1900"),
        ("1098-01-01", "before 1900"),
        ("0000", "before 1900"),
        ("H32", "no such year"),
        ("R0", "year 1"),
        ("1998/2/29", "February 1998"),
        ("98", "not a date"),
        ("", "nothing here"),
    ],
)
def test_an_impossible_birth_is_refused(typed: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        read_birth(typed, today=date(2026, 11, 25))


def test_a_child_may_be_born_today() -> None:
    assert read_birth("2026-11-25", today=date(2026, 11, 25)).value.on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-23T13:00", datetime(2026, 11, 23, 4, 0, tzinfo=UTC)),
        ("2026-11-23 13:00", datetime(2026, 11, 23, 4, 0, tzinfo=UTC)),
        ("2026/11/23 13:00:05", datetime(2026, 11, 23, 4, 0, 5, tzinfo=UTC)),
        ("２０２６年１１月２３日　１３：００", datetime(2026, 11, 23, 4, 0, tzinfo=UTC)),
        ("R8.11.23 8:59", datetime(2026, 11, 22, 23, 59, tzinfo=UTC)),
        ("2022/06/01 0:04:03 午後 GMT+9", datetime(2022, 6, 1, 3, 4, 3, tzinfo=UTC)),
        ("2022/06/02 0:32:36 午前 GMT+9", datetime(2022, 6, 1, 15, 32, 36, tzinfo=UTC)),
        ("2022/06/01 午後9:35", datetime(2022, 6, 1, 12, 35, tzinfo=UTC)),
        ("2022/06/01 12:04 午後", datetime(2022, 6, 1, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_by_the_clock_of_tokyo(typed: str, moment: datetime) -> None:
    assert read_moment(typed).value == moment


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("2026-11-23", "Add the time"),
        ("R8.11.23", "Add the time"),
        ("2026-02-29 13:00", "February 2026"),
        ("2026-02-29", "February 2026"),
        ("2026-11-23 24:00", "Hours run"),
        ("2026-11-23 13:60", "Hours run"),
        ("2026-11-23 13:00 午後", "Hours run"),
        ("13:00", "not a date"),
        ("2026-11-23 13:00Z", "not a date"),
        ("", "nothing here"),
    ],
)
def test_what_is_no_moment_is_refused_with_a_reason(typed: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        read_moment(typed)


@given(st.text() | DATE_LIKE)
@pytest.mark.usefixtures("in_english")
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_day, read_birth, read_moment):
        try:
            assert read(text).value
        except BadInput as refused:
            reason = str(refused.message)
            assert reason


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 25), "令和8年11月25日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 12, 31), "1872-12-31"),
    ],
)
def test_a_day_is_written_in_its_era(day: date, written: str) -> None:
    assert wareki(day) == written


@given(st.dates(date(1000, 1, 1), date(2117, 12, 31)))
def test_a_day_written_in_its_era_can_be_read_again(day: date) -> None:
    assert read_day(wareki(day)).value == day


@given(SENSIBLE_DAYS)
def test_an_iso_day_can_be_read_again(day: date) -> None:
    assert read_day(day.isoformat()).value == day


@pytest.mark.parametrize(
    ("day", "start_month", "year"),
    [
        (date(2026, 3, 31), 4, 2025),
        (date(2026, 4, 1), 4, 2026),
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 9, 30), 10, 2025),
    ],
)
def test_the_fiscal_year_turns_with_its_first_month(day: date, start_month: int, year: int) -> None:
    assert FiscalYear.of(day, start_month) == FiscalYear(year, start_month)


def test_a_fiscal_year_knows_its_ends() -> None:
    assert (FiscalYear(2026).first, FiscalYear(2026).last) == (date(2026, 4, 1), date(2027, 3, 31))
    assert FiscalYear(2026, start_month=1).last == date(2026, 12, 31)


@given(SENSIBLE_DAYS, st.integers(1, 12))
def test_a_fiscal_year_contains_its_day_and_no_neighbour_does(day: date, start_month: int) -> None:
    year = FiscalYear.of(day, start_month)

    assert day in year
    assert day not in FiscalYear(year.start_year + 1, start_month)
    assert year.last + timedelta(days=1) == FiscalYear(year.start_year + 1, start_month).first


@pytest.mark.parametrize(
    ("year", "written"),
    [
        (2026, "令和8年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1988, "昭和63年度"),
        (1800, "1800年度"),
    ],
)
def test_a_fiscal_year_is_named_after_the_era(year: int, written: str) -> None:
    assert FiscalYear(year).wareki == written


@pytest.mark.parametrize(
    ("birth", "on", "age", "legal_age"),
    [
        (date(2000, 4, 1), date(2020, 3, 30), 19, 19),
        (date(2000, 4, 1), date(2020, 3, 31), 19, 20),
        (date(2000, 4, 1), date(2020, 4, 1), 20, 20),
        (date(2004, 2, 29), date(2026, 2, 27), 21, 21),
        (date(2004, 2, 29), date(2026, 2, 28), 21, 22),
        (date(2004, 2, 29), date(2026, 3, 1), 22, 22),
        (date(2004, 2, 29), date(2024, 2, 28), 19, 20),
        (date(2004, 2, 29), date(2024, 2, 29), 20, 20),
        (date(2026, 4, 1), date(2026, 4, 1), 0, 0),
    ],
)
def test_the_law_counts_an_age_from_the_eve_of_the_birthday(
    birth: date, on: date, age: int, legal_age: int
) -> None:
    assert (age_on(birth, on), legal_age_on(birth, on)) == (age, legal_age)


def test_today_is_the_day_in_tokyo() -> None:
    assert now().tzinfo is UTC
    assert today() == datetime.now(TOKYO).date()


def test_a_moment_is_shown_by_the_clock_of_tokyo() -> None:
    evening = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)

    assert in_tokyo(evening).isoformat() == "2026-04-01T00:00:00+09:00"


def test_a_moment_without_a_zone_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="time zone"):
        in_tokyo(datetime(2026, 4, 1))  # noqa: DTZ001 - the mistake itself
