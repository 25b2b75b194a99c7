"""Telephone numbers of two countries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.phones import Country, national, read_phone
from tomoiki.core.reading import BadInput

JAPANESE = st.from_regex(r"0(?:[789]0[0-9]{8}|[36][0-9]{8}|467[0-9]{6})", fullmatch=True)
VIETNAMESE = st.from_regex(r"0(?:[35789][0-9]{8}|2[0-9]{9})", fullmatch=True)
COUNTRIES: list[Country | None] = ["JP", "VN", None]


@pytest.mark.parametrize("country", ["JP", None])
@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０１２３４５６７８", "+819012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("+81(0)90-1234-5678", "+819012345678"),
        ("0081 90 1234 5678", "+819012345678"),
        ("819012345678", "+819012345678"),
        ("090‐1234‐5678", "+819012345678"),
        ("090–1234−5678", "+819012345678"),
        ("090ー1234ー5678", "+819012345678"),
        ("０９０－００００－１４３９", "+819000001439"),
        ("090\xa00000\xa01439", "+819000001439"),
        ("(03) 1234.5678", "+81312345678"),
        ("0312345678", "+81312345678"),
        ("03-0000-3000", "+81300003000"),
        ("06-0000-3001", "+81600003001"),
        ("070-0000-1439", "+817000001439"),
        ("080-0000-1458", "+818000001458"),
        ("060-1234-5678", "+816012345678"),
        ("050-1234-5678", "+815012345678"),
        ("0120-123-456", "+81120123456"),
        ("0800-123-4567", "+818001234567"),
        ("0467-12-3456", "+81467123456"),
    ],
)
def test_a_japanese_number_is_read(typed: str, e164: str, country: Country | None) -> None:
    assert read_phone(typed, country).value == e164


@pytest.mark.parametrize(
    ("typed", "e164"),
    [("093-123-4567", "+81931234567"), ("0570-123-456", "+81570123456"), ("086-123-4567", "+81861234567")],
)
def test_a_number_valid_in_both_countries_is_japanese_in_a_japanese_field(typed: str, e164: str) -> None:
    assert read_phone(typed, "JP").value == e164


@pytest.mark.parametrize(
    "typed", ["0912 345 678", "+84912345678", "0084912345678", "84912345678", "+84(0)912345678"]
)
def test_a_vietnamese_number_is_read(typed: str) -> None:
    assert read_phone(typed, "VN").value == "+84912345678"


def test_a_vietnamese_landline_is_read() -> None:
    assert read_phone("024 3825 1234", "VN").value == "+842438251234"


@pytest.mark.parametrize("typed", ["+84912345678", "0084912345678", "010-84-912-345-678"])
def test_a_country_code_needs_no_country(typed: str) -> None:
    read = read_phone(typed)

    assert read.value == "+84912345678"
    assert read.remark is None


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("+84912345678", "JP", "+84912345678"),
        ("+81312345678", "VN", "+81312345678"),
        ("+95 9 123 456 789", "JP", "+959123456789"),
    ],
)
def test_a_number_of_another_country_bears_a_remark(typed: str, country: Country, e164: str) -> None:
    read = read_phone(typed, country)

    assert read.value == e164
    assert "another country" in str(read.remark)


@pytest.mark.parametrize("country", ["JP", None])
def test_the_first_zero_that_excel_took_is_put_back_and_told(country: Country | None) -> None:
    read = read_phone("9000001439", country)

    assert read.value == "+819000001439"
    assert "put back" in str(read.remark)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "03-6432-abcd", "070-OOOO-1192", "090-0000-12e4", "09012345", "なし", "+", "++819012345678",
        "031234567", "03123456789", "090123456789", "+8190123456", "+999123456789", "+1202", "+0123456789",
        "090-0000-1439 / 080-0000-1458", "00", "0" * 11, "٠٩٠١٢٣٤٥٦٧٨",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(typed: str, country: Country | None) -> None:
    with pytest.raises(BadInput):
        read_phone(typed, country)


@pytest.mark.parametrize("country", ["JP", None])
def test_a_mobile_number_with_a_digit_missing_is_refused(country: Country | None) -> None:
    with pytest.raises(BadInput) as refused:
        read_phone("0901234567", country)

    assert refused.value.suggestion == "+84901234567"  # a good number in Vietnam


@pytest.mark.parametrize("typed", ["110", "119", "#7119", "＃７１１９", "118", "113"])
def test_emergency_numbers_belong_to_nobody(typed: str) -> None:
    with pytest.raises(BadInput, match="service"):
        read_phone(typed)


@pytest.mark.parametrize("country", ["VN", None])
@pytest.mark.parametrize(
    ("typed", "new"),
    [
        ("01632345678", "+84332345678"),
        ("0169 234 5678", "+84392345678"),
        ("01202345678", "+84702345678"),
        ("01992345678", "+84592345678"),
        ("+84 163 2345678", "+84332345678"),
    ],
)
def test_an_old_vietnamese_number_is_refused_with_the_new_one(
    typed: str, new: str, country: Country | None
) -> None:
    with pytest.raises(BadInput, match=national(new)) as refused:
        read_phone(typed, country)

    assert refused.value.suggestion == new


def test_a_prefix_that_vietnam_never_had_is_refused() -> None:
    with pytest.raises(BadInput, match="A Vietnamese number"):
        read_phone("01102345678", "VN")


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("0912345678", "+84912345678"),
        ("0812345678", "+84812345678"),
        ("02438251234", "+842438251234"),
        ("0931234567", None),
        ("0521234567", None),
        ("0721234567", None),
        ("0861234567", None),
    ],
)
def test_a_number_that_may_be_vietnamese_is_asked_about(typed: str, suggestion: str | None) -> None:
    with pytest.raises(BadInput, match="Japanese or Vietnamese") as refused:
        read_phone(typed)

    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("typed", "country", "suggestion"),
    [("0912345678", "JP", "+84912345678"), ("090-1234-5678", "VN", "+819012345678"), ("0123", "VN", None)],
)
def test_a_number_in_the_wrong_field_is_refused_with_the_other_country(
    typed: str, country: Country, suggestion: str | None
) -> None:
    with pytest.raises(BadInput) as refused:
        read_phone(typed, country)

    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+819012345678", "090-1234-5678"),
        ("+81600003001", "06-0000-3001"),
        ("+81300003000", "03-0000-3000"),
        ("+818001234567", "0800-123-4567"),
        ("+81120123456", "0120-123-456"),
        ("+81467123456", "0467-12-3456"),
        ("+84912345678", "0912 345 678"),
        ("+842438251234", "024 3825 1234"),
        ("+12025550123", "+1 202-555-0123"),
        ("no number", "no number"),
    ],
)
def test_a_number_is_shown_as_at_home(e164: str, shown: str) -> None:
    assert national(e164) == shown


@given(JAPANESE)
def test_a_shown_japanese_number_can_be_read_again(number: str) -> None:
    e164 = read_phone(number, "JP").value

    assert read_phone(national(e164), "JP").value == e164


@given(VIETNAMESE)
def test_a_shown_vietnamese_number_can_be_read_again(number: str) -> None:
    e164 = read_phone(number, "VN").value

    assert read_phone(national(e164), "VN").value == e164


@given(st.text() | st.from_regex(r"\+?[0-9]{1,16}", fullmatch=True), st.sampled_from(COUNTRIES))
def test_any_text_is_read_or_refused(text: str, country: Country | None) -> None:
    try:
        assert read_phone(text, country).value.startswith("+")
    except BadInput as refused:
        reason = str(refused.message)
        assert reason
