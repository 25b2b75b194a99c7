"""Card, company, post and web identifiers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import cn, in_

from tomoiki.core.identifiers import (
    corporate_check_digit,
    format_postal_code,
    holds_my_number,
    read_corporate_number,
    read_email,
    read_facebook,
    read_passport,
    read_postal_code,
    read_residence_card,
    read_url,
)
from tomoiki.core.reading import BadInput, Read

DIGITS = "0123456789"
READERS: list[Callable[[str], Read[str]]] = [
    read_corporate_number,
    read_email,
    read_facebook,
    read_passport,
    read_postal_code,
    read_residence_card,
    read_url,
]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7000012050002", "7000012050002"),
        ("７００００１２０５０００２", "7000012050002"),
        ("7-0000-1205-0002", "7000012050002"),
        (" 7 0000 1205 0002 ", "7000012050002"),
        ("8000012010038", "8000012010038"),
        ("2010001016216", "2010001016216"),
    ],
)
def test_a_corporate_number_is_read(typed: str, number: str) -> None:
    assert read_corporate_number(typed) == Read(number)


@pytest.mark.parametrize("typed", ["T7000012050002", "ｔ７００００１２０５０００２", "T7-0000-1205-0002"])
def test_the_t_of_an_invoice_number_is_taken_off_and_told(typed: str) -> None:
    read = read_corporate_number(typed)

    assert read.value == "7000012050002"
    assert "taken off" in str(read.remark)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("7000012050003", "check digit"),
        ("0000012050002", "check digit"),
        ("3999901010112", "check digit"),
        ("700001205000", "13 digits; this one has 12"),
        ("17000012050002", "13 digits; this one has 14"),
        ("49999O3010629", "only digits"),
        ("T", "only digits"),
        ("9.999E+12", "Excel"),
        ("７．０Ｅ＋１２", "Excel"),
        ("", "nothing here"),
    ],
)
def test_a_wrong_corporate_number_is_refused_with_the_reason(typed: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        read_corporate_number(typed)


@given(st.text(DIGITS, min_size=12, max_size=12))
def test_exactly_one_check_digit_fits_and_it_is_never_zero(base: str) -> None:
    fitting = [digit for digit in DIGITS if cn.is_valid(digit + base)]

    assert fitting == [corporate_check_digit(base)]
    assert fitting != ["0"]
    assert read_corporate_number(fitting[0] + base).value == fitting[0] + base


@pytest.mark.parametrize(
    "typed", ["AB12345678CD", "ab12345678cd", "ＡＢ１２３４５６７８ＣＤ", "AB-12345678-CD", "AB 12345678 CD "]
)
def test_a_card_number_is_read(typed: str) -> None:
    assert read_residence_card(typed).value == "AB12345678CD"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("AB1234567CD", "12 characters; this one has 11"),
        ("A123456789CD", "two letters"),
        ("AB12345678C1", "two letters"),
        ("QXO0001078YQ", "two letters"),
        ("00001153ML", "12 characters"),
        ("", "nothing here"),
    ],
)
def test_a_wrong_card_number_is_refused(typed: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        read_residence_card(typed)


@pytest.mark.parametrize("typed", ["B1234567", "c12345678", "Ｂ１２３４５６７", "B 1234567"])
def test_a_vietnamese_passport_is_read(typed: str) -> None:
    assert read_passport(typed).remark is None


@pytest.mark.parametrize(("typed", "number"), [("TR1234567", "TR1234567"), ("ab-123", "AB123")])
def test_another_passport_bears_a_remark(typed: str, number: str) -> None:
    read = read_passport(typed)

    assert read.value == number
    assert "Vietnamese passports" in str(read.remark)


@pytest.mark.parametrize("typed", ["", "B", "B1234567?", "パスポート", "A" * 21])
def test_what_is_no_passport_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_passport(typed)


@pytest.mark.parametrize(
    "text",
    [
        "621498320257",
        "番号は621498320257です。",
        "６２１４９８３２０２５７",
        "6214 9832 0257",
        "マイナンバー: 6214-9832-0257, 確認済",
        "電話 090-0000-1439 / 621498320257.",
    ],
)
def test_a_my_number_is_noticed(text: str) -> None:
    assert holds_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "621498320258",
        "6214983202571",
        "1621498320257",
        "1-6214-9832-0257",
        "6214-9832-0257-1",
        "+621498320257",
        "AB621498320257",
        "621498320257CD",
        "6214 9832-0257",
        "7000012050002",
        "090-0000-1439",
    ],
)
def test_other_digits_are_no_my_number(text: str) -> None:
    assert not holds_my_number(text)


@given(st.text(DIGITS, min_size=12, max_size=12))
def test_a_my_number_is_told_by_its_check_digit(number: str) -> None:
    assert holds_my_number(number) == in_.is_valid(number)


@pytest.mark.parametrize(
    "typed", ["105-0011", "1050011", "〒105-0011", "〒 １０５－００１１", "105 0011", "105ー0011"]
)
def test_a_postal_code_is_read(typed: str) -> None:
    assert read_postal_code(typed).value == "1050011"


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("000-0000", None),
        ("105-001", None),
        ("600001", "060-0001"),
        ("10500111", None),
        ("10-50011", None),
        ("abc", None),
    ],
)
def test_a_wrong_postal_code_is_refused(typed: str, suggestion: str | None) -> None:
    with pytest.raises(BadInput, match="seven digits") as refused:
        read_postal_code(typed)

    assert refused.value.suggestion == suggestion


def test_a_postal_code_is_shown_with_its_hyphen() -> None:
    assert format_postal_code("1050011") == "105-0011"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" p001s@example.com ", "p001s@example.com"),
        ("S03.MIHON@EXAMPLE.JP", "S03.MIHON@example.jp"),
        ("ｓ１５．ｍｉｈｏｎ＠ｅｘａｍｐｌｅ．ｊｐ", "s15.mihon@example.jp"),
        ("a..b.@docomo.example.jp", "a..b.@docomo.example.jp"),
        ("o'hara+tag@mail.example-site.jp", "o'hara+tag@mail.example-site.jp"),
    ],
)
def test_a_mail_address_is_read(typed: str, stored: str) -> None:
    assert read_email(typed).value == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", "mihon.example.jp", "a@b@example.jp", "a@", "@example.jp", "a@localhost", "a@-example.jp",
        "a@example..jp", "a@example.j", "a b@example.jp", "a,b@example.jp", "あ@example.jp", "a@example.jp>",
        "a@example.jp\nBcc: b@example.jp", "x" * 250 + "@example.jp",
    ],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_email(typed)


@pytest.mark.parametrize(
    "typed",
    ["https://example.jp", "http://example.jp:8000/a?b=c#d", "HTTPS://例え.jp/ページ", "https://[::1]/"],
)
def test_a_web_address_is_read(typed: str) -> None:
    assert read_url(f" {typed} ").value == typed


@pytest.mark.parametrize(
    "typed",
    [
        "", "javascript:alert(1)", "ftp://example.jp", "https://", "https:///a", "https://[", "example",
        "//a.jp", "https://user:secret@example.jp",
        "https://example.jp/a b", "https://example.jp/" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_url(typed)


def test_a_web_address_without_its_beginning_is_suggested_with_it() -> None:
    with pytest.raises(BadInput) as refused:
        read_url("www.example.jp/a")

    assert refused.value.suggestion == "https://www.example.jp/a"


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("https://www.facebook.com/nguyen.van.a", "nguyen.van.a"),
        ("https://m.facebook.com/nguyen.van.a/?ref=x#y", "nguyen.van.a"),
        ("facebook.com/groups/mihon", "groups/mihon"),
        ("https://www.facebook.com/profile.php?id=100001234567890&x=y", "100001234567890"),
        ("https://www.facebook.com/people/Nguy%E1%BB%85n-A/1000", "people/Nguyễn-A/1000"),
        ("https://m.me/nguyen.van.a", "nguyen.van.a"),
        ("m.me/nguyen.van.a", "nguyen.van.a"),
        ("https://www.messenger.com/t/100001234567890", "100001234567890"),
        ("100001234567890", "100001234567890"),
        ("@nguyen.van.a", "nguyen.van.a"),
        ("nguyen.van.a", "nguyen.van.a"),
        ("groups/mihon", "groups/mihon"),
    ],
)
def test_of_facebook_only_the_path_is_kept(typed: str, path: str) -> None:
    assert read_facebook(typed).value == path
    assert read_facebook(path).value == path


@pytest.mark.parametrize(
    "typed",
    [
        "", "Nguyễn Văn A", "https://facebook.com", "https://www.facebook.com/profile.php", "https://example.jp/a",
        "https://facebook.com.example.jp/a", "https://notfacebook.com/a", "https://[", "javascript:alert(1)",
        "a" * 201,
    ],
)  # fmt: skip
def test_what_is_not_of_facebook_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_facebook(typed)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(text=st.text())
def test_any_text_is_read_or_refused(read: Callable[[str], Read[str]], text: str) -> None:
    try:
        assert read(text).value
    except BadInput as refused:
        reason = str(refused.message)
        assert reason
