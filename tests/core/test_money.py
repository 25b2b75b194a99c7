"""Reading and showing yen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.money import MOST_YEN, format_yen, read_yen
from tomoiki.core.reading import BadInput


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12,000", 12000),
        ("１２，０００円", 12000),
        ("¥12000", 12000),
        ("￥２０，０００", 20000),
        ("\\50,000", 50000),
        ("＼５００", 500),
        ("5000円", 5000),
        (" 12 000 円 ", 12000),
        ("0", 0),
        ("+1,000", 1000),
        ("-3,000", -3000),
        ("▲3,000", -3000),
        ("△ 3,000円", -3000),
        ("−3000", -3000),
        ("－３０００", -3000),
        ("-¥3,000", -3000),
        ("¥-3,000", -3000),
        ("(1,000)", -1000),
        ("（１，０００円）", -1000),
        ("¥(1,000)", -1000),
        ("(¥1,000)", -1000),
        ("007", 7),
        ("2,147,483,647", MOST_YEN),
        ("-2147483647", -MOST_YEN),
    ],
)
def test_an_amount_is_read(typed: str, amount: int) -> None:
    assert read_yen(typed).value == amount


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-", "1,2", "12,00", "1234,567", "1,2345", ",100", "100,", "1 2", "1, 000", "約5000", "未定",
        "--5", "-△5", "-(5)", "(5", "5)", "5-", "1e5", "abc", "٣", "円", "$5", "1\x00",
    ],
)  # fmt: skip
def test_what_is_not_clearly_an_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_yen(typed)


@pytest.mark.parametrize("typed", ["5,000.5", "12.0", "¥1.50", "-0.5", "(1.5)", "1.2円"])
def test_decimals_are_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="no decimals"):
        read_yen(typed)


@pytest.mark.parametrize(("typed", "suggestion"), [("1.2万", "12,000"), ("３万円", "30,000"), ("万", None)])
def test_ten_thousands_are_asked_for_in_digits(typed: str, suggestion: str | None) -> None:
    with pytest.raises(BadInput, match="in digits") as refused:
        read_yen(typed)

    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize("typed", ["2,147,483,648", "-2147483648", "9" * 5000])
def test_an_amount_beyond_the_column_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="2,147,483,647"):
        read_yen(typed)


@given(st.integers(-MOST_YEN, MOST_YEN))
def test_a_shown_amount_can_be_read_again(amount: int) -> None:
    assert read_yen(format_yen(amount)).value == amount


@given(st.text() | st.text("0123456789,.円¥()△- 万"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert abs(read_yen(text).value) <= MOST_YEN
    except BadInput as refused:
        reason = str(refused.message)
        assert reason
