"""The one index: what is found, by whom, and that it follows every change."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import a_case, a_person, an_activity, an_organisation
from tomoiki.cases.models import Activity, Case
from tomoiki.core import search
from tomoiki.core.database import begin_write, db
from tomoiki.core.records import Record
from tomoiki.core.text import terms
from tomoiki.money.models import Fund
from tomoiki.people.models import Person, ResidenceStatus

pytestmark = pytest.mark.storage

SAMPLE = Path(__file__).parents[1] / "samples" / "search_cases.tsv"
SEARCH_CASES = [line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").split("\n")[1:] if line]
T = TypeVar("T", bound=Record)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def find(
    session: Session, model: type[Record], query: str, classes: Sequence[str] = tuple(search.CLASSES)
) -> list[int]:
    dialect = session.get_bind().dialect.name
    return list(session.scalars(sa.select(model.id).where(search.matching(model, query, classes, dialect))))


def saved(session: Session, record: T) -> T:
    session.add(record)
    session.flush()
    return record


# -- what is found ---------------------------------------------------------------------------------------
def test_the_searches_of_the_office_find_what_they_should(session: Session) -> None:
    names = dict.fromkeys((name, kana) for _, _, name, kana, _, _ in SEARCH_CASES)
    people = {key: saved(session, a_person(full_name_vi=key[0], name_kana=key[1])).id for key in names}

    answers = {
        number: "match" if people[name, kana] in find(session, Person, query) else "no_match"
        for number, query, name, kana, expect, _ in SEARCH_CASES
        if expect != "uncertain"
    }

    assert answers == {number: expect for number, *_, expect, _ in SEARCH_CASES if expect != "uncertain"}
    assert len(answers) == 55


def test_a_phone_number_is_found_however_it_is_typed(session: Session) -> None:
    person = saved(session, a_person(phone_jp="+819012345678"))

    for query in ("09012345678", "090-1234-5678", "+819012345678", "+81 90 1234 5678", "0901234"):
        assert find(session, Person, query) == [person.id], query
    assert find(session, Person, "090-1234-5679") == []


def test_a_record_is_found_by_what_it_refers_to(session: Session) -> None:
    employer = an_organisation(name="株式会社あおぞら商事")
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu"), employer=employer))

    assert find(session, Case, "mau") == [case.id]
    assert find(session, Case, "あおぞら") == [case.id]


def test_a_search_finds_no_records_of_another_kind(session: Session) -> None:
    saved(session, a_person(full_name_vi="Trần Văn Mẫu"))

    assert find(session, Case, "mau") == []


def test_two_kinds_are_searched_in_one_statement(session: Session) -> None:
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu")))
    dialect = session.get_bind().dialect.name

    both = sa.union_all(
        *(
            sa.select(sa.literal(model.__tablename__), model.__table__.c.id).where(
                search.matching(model, "mau", ["names"], dialect)
            )
            for model in (Person, Case)
        )
    )

    assert sorted(session.execute(both).all()) == [("case", case.id), ("person", case.person_id)]


def test_nothing_is_no_search_term(session: Session) -> None:
    saved(session, a_person())

    assert find(session, Person, "  ") == []


# -- by whom ---------------------------------------------------------------------------------------------
def test_a_name_is_not_found_by_who_may_read_numbers_only(session: Session) -> None:
    person = saved(session, a_person(code="P-000007", full_name_vi="Trần Văn Mẫu"))

    assert find(session, Person, "mau", ["open"]) == []
    assert find(session, Person, "mau", ["names"]) == [person.id]
    assert find(session, Person, "P-000007", ["open"]) == [person.id]


def test_a_name_is_guarded_on_what_refers_to_it_too(session: Session) -> None:
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu"), story="賃金が支払われない"))

    assert find(session, Case, "mau", ["open", "narrative"]) == []
    assert find(session, Case, "mau", ["open", "names"]) == [case.id]
    assert find(session, Case, "賃金", ["open", "names"]) == []
    assert find(session, Case, "賃金", ["narrative"]) == [case.id]


def test_words_are_looked_for_in_all_classes_together(session: Session) -> None:
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu"), story="賃金"))

    assert find(session, Case, "mau 賃金", ["names", "narrative"]) == [case.id]


def test_an_open_reference_brings_nothing_guarded(session: Session) -> None:
    activity = saved(session, an_activity(case=a_case(number="T2026-0007", story="賃金")))

    assert find(session, Activity, "賃金") == []
    assert find(session, Activity, "T2026-0007", ["open"]) == [activity.id]


def test_a_secret_is_never_in_the_index(session: Session) -> None:
    saved(session, a_person(passport_no="C1234567", safe_contact="Messenger"))

    bodies = " ".join(str(body) for body in session.scalars(sa.text("SELECT body FROM search_index")))

    assert "1234567" not in bodies
    assert "messenger" not in bodies


def test_who_may_read_no_class_finds_nothing(session: Session) -> None:
    saved(session, a_person(full_name_vi="Trần Văn Mẫu"))

    assert find(session, Person, "mau", []) == []


def test_a_mask_opens_the_classes_of_which_it_shows_every_field() -> None:
    names = {name for name, field in Case.__fields__.items() if field.search != "narrative"}

    assert search.indexed_classes(Case, None) == ["names", "narrative", "open"]
    assert search.indexed_classes(Case, frozenset(names)) == ["names", "open"]
    assert search.indexed_classes(Case, frozenset({"number", "title"})) == ["open"]
    assert search.indexed_classes(Case, frozenset(names), lambda model, name: name != "address") == ["open"]
    assert search.indexed_classes(search.model_named("Setting"), frozenset()) == []


# -- following changes -----------------------------------------------------------------------------------
def test_a_new_name_is_found_and_the_old_one_is_not(session: Session) -> None:
    person = saved(session, a_person(full_name_vi="Trần Văn Mẫu"))

    person.full_name_vi = "Lê Xuân Chuối"
    session.flush()

    assert find(session, Person, "chuoi") == [person.id]
    assert find(session, Person, "mau") == []


def test_a_new_name_is_found_on_what_refers_to_it(session: Session) -> None:
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu")))

    case.person.full_name_vi = "Lê Xuân Chuối"
    session.flush()

    assert find(session, Case, "chuoi") == [case.id]
    assert find(session, Case, "mau") == []


def test_a_change_that_no_search_sees_leaves_what_refers_to_it_alone(session: Session) -> None:
    case = saved(session, a_case())
    session.execute(sa.text("DELETE FROM search_index"))

    case.person.city = "港区"
    session.flush()

    assert find(session, Person, "buoi") == [case.person_id]
    assert find(session, Case, "buoi") == []  # as left: it was not written again


def test_a_record_that_changes_its_reference_is_found_by_the_new_one(session: Session) -> None:
    case = saved(session, a_case(person=a_person(full_name_vi="Trần Văn Mẫu")))

    case.person = a_person(full_name_vi="Lê Xuân Chuối")
    session.flush()

    assert find(session, Case, "chuoi") == [case.id]
    assert find(session, Case, "mau") == []


def test_a_deleted_record_leaves_the_index(session: Session) -> None:
    person = saved(session, a_person(full_name_vi="Trần Văn Mẫu"))
    before = rows(session)

    session.delete(person)
    session.flush()

    assert rows(session) == before - 1


def test_what_goes_along_with_a_deleted_record_leaves_the_index_too(session: Session) -> None:
    person = a_person()
    saved(session, ResidenceStatus(person=person))
    session.expire_all()
    before = rows(session)

    session.delete(person)
    session.flush()

    assert rows(session) == before - 2


def rows(session: Session) -> int:
    return session.scalar(sa.text("SELECT count(*) FROM search_index")) or 0


def test_what_is_rolled_back_is_not_found(session: Session) -> None:
    saved(session, a_person(full_name_vi="Trần Văn Mẫu"))

    session.rollback()

    assert find(session, Person, "mau") == []


def test_what_failed_is_not_indexed_with_the_next_save(session: Session) -> None:
    session.add(Person(code="P-000001"))  # without a name
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()

    person = saved(session, a_person(code="P-000002"))

    assert find(session, Person, "P-000") == [person.id]


def test_the_whole_index_can_be_written_anew(session: Session) -> None:
    people = [saved(session, a_person(full_name_vi="Trần Văn Mẫu")) for _ in range(3)]
    session.execute(sa.text("DELETE FROM search_index"))

    assert search.index_records(session.connection(), Person) == 3
    assert search.index_records(session.connection(), Fund) == 1

    assert find(session, Person, "mau") == [person.id for person in people]


def test_records_are_indexed_in_batches(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    people = [a_person(full_name_vi="Trần Văn Mẫu") for _ in range(5)]

    session.add_all(people)
    session.flush()

    assert find(session, Person, "mau") == sorted(person.id for person in people)


# -- anything may be typed -------------------------------------------------------------------------------
def test_signs_of_any_query_language_are_just_text(session: Session) -> None:
    saved(session, a_person(full_name_vi="Nguyễn Thị Bưởi"))
    queries = (*"\"'%_*^\\😀\0", '""', "NEAR(", "NEAR(a b)", "a AND", "-a", "body:a", "a\0b", "&|!", "a:*")

    assert {query: found for query in queries if (found := find(session, Person, query))} == {}


def test_a_very_long_query_is_cut(session: Session) -> None:
    person = saved(session, a_person(full_name_vi="Nguyễn Thị Bưởi"))

    assert find(session, Person, "buoi " * 2000) == [person.id]
    assert find(session, Person, "x" * 10_000) == []


def test_a_very_long_text_is_indexed_whole(session: Session) -> None:
    case = saved(session, a_case(story="賃金 " * 2000 + "mau"))

    assert find(session, Case, "mau") == [case.id]


def test_whatever_is_stored_can_be_searched_for(app: Flask) -> None:
    with app.app_context():
        begin_write()
        person = saved(db.session(), a_person(full_name_vi="x"))

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(ANY_TEXT)
        def found_again(text: str) -> None:
            person.full_name_vi = text
            db.session.flush()
            assert find(db.session(), Person, text) == ([person.id] if terms(text) else [])

        found_again()
