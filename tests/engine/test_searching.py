"""The office's own searches, asked as people ask them: in the header and in a list."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.core.test_search import SEARCH_CASES
from tests.engine.browsing import rows_of
from tests.factories import a_person

Saved = Callable[..., int]
CERTAIN = [case for case in SEARCH_CASES if case[4] != "uncertain"]
HOSTILE = (
    '"', "'", "%", "_", "*", "**", "NEAR", "a NEAR b", "NEAR(a b)", "AND", "OR NOT", "a:b", "-x", "(", "{a}", "^a", "\\",
    "\0", ":*", "& |", "!", "<->", "x" * 10_000, "見" * 10_000, "🙂", "👩‍👩‍👧", "\ud7ff", "'; DROP TABLE person; --",
)  # fmt: skip


@pytest.mark.storage
@pytest.mark.parametrize("address", ["/search", "/people/", "/people/lookup"])
def test_every_search_of_the_office_finds_what_it_should(
    address: str, admin: FlaskClient, saved: Saved
) -> None:
    names = dict.fromkeys((name, kana) for _, _, name, kana, _, _ in SEARCH_CASES)
    people = {key: saved(a_person(full_name_vi=key[0], name_kana=key[1])) for key in names}

    answers = {}
    for number, query, name, kana, *_ in CERTAIN:
        found = admin.get(address, query_string={"q": query})
        key = people[name, kana]
        signs = (f'href="/people/{key}"', f'"id":{key},')
        is_found = key in rows_of(found) or any(sign in found.text.replace(" id", "id") for sign in signs)
        answers[number] = "match" if is_found else "no_match"

    assert answers == {number: expect for number, *_, expect, _ in CERTAIN}


@pytest.mark.storage
@pytest.mark.parametrize("address", ["/search", "/people/", "/people/lookup"])
def test_whatever_is_typed_is_just_text(address: str, admin: FlaskClient, saved: Saved) -> None:
    saved(a_person(full_name_vi="Nguyễn Thị Bưởi"))

    for text in HOSTILE:
        answer = admin.get(address, query_string={"q": text})
        assert answer.status_code == 200, text[:20]
        assert rows_of(answer) in ([], [1] if not text.strip("\0") else []), text[:20]


@pytest.mark.storage
def test_words_of_the_index_language_are_words(admin: FlaskClient, saved: Saved) -> None:
    near, other = saved(a_person(full_name_vi="Near Buoi")), saved(a_person(full_name_vi="Nguyễn Thị Bưởi"))

    assert rows_of(admin.get("/people/?q=near buoi")) == [near]
    assert rows_of(admin.get("/people/?q=buoi")) == [other, near]
