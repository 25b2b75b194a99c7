"""The office's own searches, asked as people ask them: in the header and in a list."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.core.test_search import SEARCH_CASES
from tests.engine.browsing import rows_of, words
from tests.factories import a_case, a_deadline, a_person
from tomoiki.deadlines.models import Fact

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


@pytest.mark.storage
def test_a_deadline_is_found_with_its_kind_and_a_fact_with_its_day(
    caseworker: FlaskClient, saved: Saved
) -> None:
    case = a_case(person=a_person(full_name_vi="Lê An"), owner_id=2)
    fact = Fact(case=case, person=case.person, kind="dismissed", on=date(2026, 4, 1))
    saved(a_deadline(case=case, person=case.person), fact)

    page = words(caseworker.get("/search?q=le an"))

    assert "2026-05-07 Notice of the contract organisation" in page
    assert "2026-04-01" in page
