"""Cleaning, folding and cutting texts into the words of the index."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.reading import BadInput
from tomoiki.core.text import clean_line, clean_text, fold, is_blank, plain, terms, tokens

SAMPLE = Path(__file__).parents[1] / "samples" / "search_cases.tsv"
SEARCH_CASES = [line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").split("\n")[1:] if line]
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def finds(query: str, *texts: str) -> bool:
    """What the index does: every token of every term must be there, the last word perhaps only begun."""
    words = {word for text in texts for word in tokens(text)}
    wanted = terms(query)
    return bool(wanted) and all(
        any(word.startswith(token) for word in words) if term.is_prefix else token in words
        for term in wanted
        for token in term.tokens
    )


@pytest.mark.parametrize("case", SEARCH_CASES, ids=lambda case: case[0])
def test_the_searches_of_the_office_find_what_they_should(case: list[str]) -> None:
    _, query, name, kana, expect, _ = case

    assert expect == "uncertain" or finds(query, name, kana) == (expect == "match")


def test_all_sixty_search_cases_are_there() -> None:
    assert len(SEARCH_CASES) == 60


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("nguyen van duc", "Nguyễn Văn Đức"),
        ("NGUYỄN đức", "Nguyễn Văn Đức"),
        ("nguy", "Nguyễn Văn Đức"),
        ("たなか", "田中 太郎 タナカ タロウ"),
        ("タロ", "田中 太郎 タナカ タロウ"),
        ("か", "かきくけこ"),
        ("が", "がぎぐげご"),
        ("2024", "Ｔｏｋｙｏ　２０２４"),
        ("lodz", "Łódź Ørsted"),
        ("ørsted", "Łódź Orsted"),
        ("港区", "東京都港区"),
        ("ふるはし", "ﾌﾙﾊｼ ﾊﾅｺ"),
        ("o'brien", 'O\'Brien "x" AND NOT'),
        ("tran thi b", "Trần Thị Bích 住居相談"),
        ("グエンヴァン", "グエン・ヴァン・アイン"),
        ("高崎", "髙﨑"),
    ],
)
def test_a_text_is_found_however_it_is_typed(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("が", "かきくけこ"),
        ("東京", "東\n京"),
        ("1", "か"),
        ("nguy van", "Nguyễn Văn Đức"),
        ("NEAR(", "a neat text"),
        ('" OR 1', "101"),
    ],
)
def test_a_text_is_not_found_by_something_else(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("住居 Tra", [(("住居",), False), (("tra",), True)]),
        ("tra 住居相談", [(("tra",), False), (("住居", "居相", "相談"), False)]),
        ("区", [(("区",), False)]),
        ("", []),
        (" %_* ", []),
    ],
)
def test_a_query_falls_into_terms(query: str, expected: list[tuple[tuple[str, ...], bool]]) -> None:
    assert [(term.tokens, term.is_prefix) for term in terms(query)] == expected


@pytest.mark.parametrize(("query", "blank"), [("", True), (" 　\t", True), ("%", False), ("_ *", False)])
def test_a_query_without_words_is_not_a_blank_one(query: str, blank: bool) -> None:
    assert is_blank(query) == blank
    assert terms(query) == []


def test_a_long_query_is_cut() -> None:
    assert len(terms("a b c d e f g h i j")) == 8
    assert terms("x" * 300)[0].tokens == ("x" * 200,)


def test_fold_is_the_same_when_done_twice_for_every_sign_but_ideographs() -> None:
    characters = [chr(code) for code in (*range(0x3400), *range(0xF900, 0x1FC00))]

    assert [sign for sign in characters if fold(fold(sign)) != fold(sign)] == []


@given(ANY_TEXT)
def test_fold_is_the_same_when_done_twice(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_does_not_see_how_marks_are_encoded(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(ANY_TEXT)
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    words = set(tokens(text))

    assert all(token in words for term in terms(text)[:-1] for token in term.tokens)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  a \u3000 b\xa0", "a b"),
        ("a\tb\r\nc", "a b c"),
        ("e\u0302", "ê"),
        ("\ufeffa\u200bb\u202c", "ab"),
        ("a \u200b b", "a b"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("", ""),
    ],
)
def test_a_line_is_cleaned(typed: str, stored: str) -> None:
    assert clean_line(typed) == stored


@pytest.mark.parametrize("typed", ["a\x00", "a\x07b", "\x1f", "\x7f", "\ud800"])
def test_control_characters_are_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="control character"):
        clean_line(typed)
    with pytest.raises(BadInput, match="control character"):
        clean_text(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  a\r\nb\rc\n\n", "  a\nb\nc"),
        ("e\u0302\tx ", "ê\tx"),
        ("a\vb\u2028c", "a\nb\nc"),
        ("卒論のため🙏🏽", "卒論のため🙏🏽"),
    ],
)
def test_a_long_text_keeps_its_lines(typed: str, stored: str) -> None:
    assert clean_text(typed) == stored


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (clean_line, clean_text, plain):
        try:
            cleaned = clean(text)
        except BadInput:
            continue
        assert clean(cleaned) == cleaned


@pytest.mark.parametrize("typed", ["", " ", "　", "\u200b"])
def test_nothing_is_refused_where_a_value_is_needed(typed: str) -> None:
    with pytest.raises(BadInput, match="nothing here"):
        plain(typed)
