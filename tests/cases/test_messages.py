"""What is read out of a message: a suggestion of numbers, places and days, never more than stands there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.cases.rules import MOST, read_message

PLACES = {
    "gunma": "10",
    "群馬県": "10",
    "tokyo": "13",
    "東京都": "13",
    "京都府": "26",
    "hokkaido": "01",
    "北海道": "01",
}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Số của em 090-0000-1142 nhé", ("+819000001142",)),
        ("０９０ー００００ー１１４２です", ("+819000001142",)),
        ("gọi +84 912 345 678", ("+84912345678",)),
        ("0931234567", ("+81931234567", "+84931234567")),  # 北九州, or a mobile of Viet Nam: ask
        ("110 に電話しました", ()),
        ("2026-11-25 10:42 ・ 15/11/2026 ・ 123456789012345678901", ()),
    ],
)
def test_numbers_are_read_in_any_spelling(text: str, phones: tuple[str, ...]) -> None:
    assert read_message(text, PLACES).phones == phones


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Em đang ở Ota, Gunma.", ("10",)),
        ("群馬の太田です", ("10",)),
        ("東京都港区", ("13",)),
        ("京都から東京へ", ("13", "26")),
        ("gunmax", ()),
    ],
)
def test_prefectures_are_known_by_name(text: str, places: tuple[str, ...]) -> None:
    assert sorted(read_message(text, PLACES).prefectures) == sorted(places)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("hạn 20/1/2027", (date(2027, 1, 20),)),
        ("在留期限は令和9年1月20日、R8.11.16に退職", (date(2027, 1, 20), date(2026, 11, 16))),
        ("2026-02-30", ()),
        ("11/25", ()),
    ],
)
def test_days_are_read_by_every_calendar(text: str, days: tuple[date, ...]) -> None:
    assert read_message(text, PLACES).days == days


@given(st.text(alphabet="0123456789+-() /.年月日R令和090Gunma東京都\n０９ー", max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    found = read_message(text, PLACES)

    assert max(map(len, (found.phones, found.prefectures, found.days))) <= MOST
