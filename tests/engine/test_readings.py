"""The second reading under a control, as one types."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from admin_views.engine import readings
from tomoiki.core.dates import today

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def japanese(login: Callable[[str], FlaskClient]) -> FlaskClient:
    return login("caseworker")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("R7.1.20", "令和7年1月20日（月）"),
        ("2019-04-30", "平成31年4月30日（火）"),
        ("2026-11-31", "11月は30日までです。日付を確かめてください。"),
        ("", ""),
    ],
)
def test_a_day_is_told_by_the_japanese_calendar(typed: str, said: str, japanese: FlaskClient) -> None:
    answer = japanese.get("/readings/day", query_string={"q": typed})

    assert answer.json == {"say": said}


def test_a_day_ahead_tells_how_far_it_is(japanese: FlaskClient) -> None:
    day = today() + timedelta(days=56)

    assert japanese.get(f"/readings/day?q={day}").json["say"].endswith(" ・ あと56日")


def test_the_form_opens_with_the_second_reading(japanese: FlaskClient) -> None:
    assert "平成8年11月25日（月）" in japanese.get("/people/new?birth_date=1996-11-25").text


def test_a_postal_code_tells_its_town_and_fills_the_address(japanese: FlaskClient) -> None:
    answer = japanese.get("/readings/postal-code?q=〒105-0011")

    assert answer.json == {
        "say": "東京都港区芝公園",
        "fill": [["pref", "13", "東京都"], ["city", "港区", ""], ["address", "港区芝公園", ""]],
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("999-9999", "この郵便番号は見つかりませんでした。"),
        ("12", "郵便番号は7桁の数字です（例: 105-0011）。"),
        ("", ""),
    ],
)
def test_a_postal_code_that_fits_nothing_says_so(typed: str, said: str, japanese: FlaskClient) -> None:
    assert japanese.get("/readings/postal-code", query_string={"q": typed}).json == {"say": said}


@pytest.mark.parametrize("address", [readings.DAY, readings.POSTAL_CODE])
def test_nobody_without_log_in_is_told_anything(address: str, client: FlaskClient) -> None:
    assert client.get(f"{address}?q={date(2026, 1, 1)}").status_code == 401
