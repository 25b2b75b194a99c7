"""Every change leaves one row in the change log with it or not at all; every look one row per hour."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.databases import Queries
from tests.factories import a_case, a_person, an_activity, an_organisation
from tomoiki.core.actors import Actor, acting
from tomoiki.core.database import begin_write, db, decrypt
from tomoiki.core.history import AccessLog, ChangeLog, log_access, snapshot
from tomoiki.people.models import Person, ResidenceStatus

pytestmark = pytest.mark.storage


def log(session: Session, entity: str = "person") -> Sequence[ChangeLog]:
    return session.scalars(
        sa.select(ChangeLog).where(ChangeLog.entity == entity).order_by(ChangeLog.id)
    ).all()


def saved_person(session: Session, **values: Any) -> Person:
    """A person whose making is no longer in the log."""
    session.add(person := a_person(**values))
    session.flush()
    session.execute(sa.delete(ChangeLog))
    return person


# -- changes ---------------------------------------------------------------------------------------------
def test_a_new_record_is_logged_with_all_that_it_holds(session: Session) -> None:
    session.add(person := a_person(code="P-000001", birth_date=date(2000, 1, 2), consent_scope=["record"]))
    session.flush()

    (row,) = log(session)

    assert (row.action, row.entity, row.record_id, row.version) == ("create", "person", person.id, 1)
    assert row.diff["code"] == [None, "P-000001"]
    assert row.diff["birth_date"] == [None, "2000-01-02"]
    assert row.diff["nationality"] == [None, "VNM"]  # a default
    assert row.diff["consent_scope"] == [None, ["record"]]
    assert "city" not in row.diff
    assert "created_at" not in row.diff


def test_a_change_is_logged_with_old_and_new(session: Session) -> None:
    person = saved_person(session, city="新宿区")

    person.city = "港区"
    session.flush()

    (row,) = log(session)
    assert (row.action, row.version, row.diff) == ("change", 2, {"city": ["新宿区", "港区"]})


def test_the_old_value_is_known_although_it_was_never_looked_at(session: Session) -> None:
    person = saved_person(session, city="新宿区")
    session.expire(person)

    person.city = "港区"
    session.flush()

    assert log(session)[0].diff == {"city": ["新宿区", "港区"]}


def test_a_save_that_changes_nothing_is_not_logged(session: Session) -> None:
    person = saved_person(session, city="新宿区")

    person.city = "新宿区"
    session.flush()

    assert log(session) == []


def test_a_deleted_record_is_logged_with_what_it_held(session: Session) -> None:
    person = saved_person(session, city="新宿区", consent_scope=["record"])
    record_id = person.id

    session.delete(person)
    session.flush()

    (row,) = log(session)
    assert (row.action, row.record_id) == ("delete", record_id)
    assert row.diff["city"] == ["新宿区", None]
    assert row.diff["consent_scope"] == [["record"], None]


def test_children_that_go_with_their_parent_are_logged_too(session: Session) -> None:
    person = saved_person(session)
    session.add(ResidenceStatus(person=person))
    session.flush()
    session.expire_all()

    session.delete(person)
    session.flush()

    assert [row.action for row in log(session, "residence_status")] == ["create", "delete"]


def test_moments_and_codes_are_logged_as_text(session: Session) -> None:
    person = saved_person(session)

    person.consent_at = datetime(2026, 4, 1, tzinfo=UTC)
    person.consent_exception = "child"
    session.flush()

    assert log(session)[0].diff == {
        "consent_at": [None, "2026-04-01T00:00:00+00:00"],
        "consent_exception": [None, "child"],
    }


def test_a_secret_is_logged_as_ciphertext_only(session: Session) -> None:
    person = saved_person(session, passport_no="C1234567")

    person.passport_no = "C7654321"
    session.flush()

    old, new = log(session)[0].diff["passport_no"]
    assert (decrypt(old["secret"]), decrypt(new["secret"])) == ("C1234567", "C7654321")
    raw = session.scalar(sa.text("SELECT CAST(diff AS TEXT) FROM change_log"))
    assert raw is not None
    assert "C1234567" not in raw
    assert "C7654321" not in raw


def test_a_secret_that_is_taken_away_is_logged_as_nothing(session: Session) -> None:
    person = saved_person(session, passport_no="C1234567")

    person.passport_no = None
    session.flush()

    assert log(session)[0].diff["passport_no"][1] is None


def test_codes_are_logged_as_lists(session: Session) -> None:
    person = saved_person(session, consent_scope=["record", "share_gov"])
    session.expire(person)

    person.consent_scope = ["record", "share_lawyer"]
    session.flush()

    assert log(session)[0].diff == {"consent_scope": [["record", "share_gov"], ["record", "share_lawyer"]]}


def test_references_are_logged_by_id(session: Session) -> None:
    first, second = an_organisation(name="甲"), an_organisation(name="乙")
    session.add_all([case := a_case(employer=first), second])
    session.flush()
    session.execute(sa.delete(ChangeLog))

    case.employer = second
    session.flush()

    assert log(session, "case")[0].diff == {"employer_id": [first.id, second.id]}


def test_a_reference_set_by_id_is_logged_once(session: Session) -> None:
    first, second = an_organisation(name="甲"), an_organisation(name="乙")
    session.add_all([case := a_case(employer=first), second])
    session.flush()
    session.execute(sa.delete(ChangeLog))

    case.employer_id = second.id
    session.flush()

    assert log(session, "case")[0].diff == {"employer_id": [first.id, second.id]}


def test_a_reference_to_a_record_of_the_same_save_is_logged_by_its_new_id(session: Session) -> None:
    session.add(case := a_case())
    session.flush()
    session.execute(sa.delete(ChangeLog))

    case.employer = an_organisation()
    session.flush()

    assert log(session, "case")[0].diff == {"employer_id": [None, case.employer.id]}


def test_references_to_several_are_logged_as_lists(session: Session) -> None:
    old, new = a_person(), a_person()
    session.add_all([activity := an_activity(persons=[old]), new])
    session.flush()
    session.execute(sa.delete(ChangeLog))

    activity.persons = [new]
    session.flush()

    assert log(session, "activity")[0].diff == {"persons": [[old.id], [new.id]]}


def test_references_to_records_of_the_same_save_are_logged_by_their_new_ids(session: Session) -> None:
    session.add(activity := an_activity(persons=[kept := a_person()]))
    session.flush()
    session.execute(sa.delete(ChangeLog))

    activity.persons = [kept, a_person(), a_person()]
    session.flush()

    old, new = log(session, "activity")[0].diff["persons"]
    assert old == [kept.id]
    assert new == sorted(person.id for person in activity.persons)


def test_one_row_for_each_record_of_a_save(session: Session) -> None:
    session.add(a_case())
    session.flush()

    assert {(row.entity, row.action) for row in session.scalars(sa.select(ChangeLog))} == {
        ("case", "create"),
        ("person", "create"),
    }


def test_the_log_goes_with_the_change_it_tells_of(session: Session) -> None:
    session.add(a_person())
    session.flush()
    assert log(session)

    session.rollback()

    assert log(session) == []


def test_what_failed_is_not_logged_with_the_next_save(session: Session) -> None:
    session.add(Person(code="P-000001"))  # without a name
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()

    session.add(a_person(code="P-000002"))
    session.flush()

    assert [row.diff["code"][1] for row in log(session)] == ["P-000002"]


def test_the_log_knows_who_from_where_and_how(session: Session) -> None:
    with acting(Actor(2, "Caseworker", "192.0.2.1", "page")):
        session.add(a_person())
        session.flush()

    (row,) = log(session)
    assert (row.user_id, row.address, row.origin) == (2, "192.0.2.1", "page")
    assert datetime.now(UTC) - row.at < timedelta(minutes=1)


def test_what_a_command_does_is_logged_as_the_systems(session: Session) -> None:
    session.add(a_person())
    session.flush()

    (row,) = log(session)
    assert (row.user_id, row.address, row.origin) == (None, None, "system")


def test_a_snapshot_holds_all_that_is_needed_to_put_a_record_back(session: Session) -> None:
    session.add(activity := an_activity(minutes=30, persons=[a_person()]))
    session.flush()

    values = snapshot(activity)

    assert values["minutes"] == 30
    assert values["case_id"] == activity.case_id
    assert values["persons"] == [activity.persons[0].id]
    assert not values.keys() & {"id", "version", "created_at"}


# -- looks -----------------------------------------------------------------------------------------------
def looks(app: Flask) -> Sequence[AccessLog]:
    with app.app_context():
        return db.session.scalars(sa.select(AccessLog).order_by(AccessLog.id)).all()


def test_a_look_is_logged_with_who_and_what(app: Flask) -> None:
    with app.app_context(), acting(Actor(2, "Caseworker", "192.0.2.1", "page")):
        log_access("reveal", "person", 7, "passport_no")

    (row,) = looks(app)
    assert (row.user_id, row.address) == (2, "192.0.2.1")
    assert (row.action, row.entity, row.record_id, row.detail) == ("reveal", "person", 7, "passport_no")


def test_looking_twice_in_an_hour_is_one_row(app: Flask) -> None:
    with app.app_context():
        log_access("read", "person", 7)
        log_access("read", "person", 7)
        log_access("list", "person")
        log_access("list", "person")

    assert [(row.action, row.record_id) for row in looks(app)] == [("read", 7), ("list", None)]


def test_another_user_record_or_action_is_another_row(app: Flask) -> None:
    with app.app_context():
        log_access("read", "person", 7)
        log_access("read", "person", 8)
        log_access("read", "case", 7)
        log_access("reveal", "person", 7)
        with acting(Actor(2)):
            log_access("read", "person", 7)

    assert len(looks(app)) == 5


def test_looking_again_an_hour_later_is_another_row(app: Flask) -> None:
    with app.app_context():
        log_access("read", "person", 7)
        begin_write()
        db.session.execute(sa.update(AccessLog).values(at=datetime.now(UTC) - timedelta(hours=1)))
        db.session.commit()

        log_access("read", "person", 7)

    assert len(looks(app)) == 2


def test_looking_never_writes_in_the_readers_own_transaction(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0

        log_access("read", "person", 7)
        db.session.rollback()

    assert len(looks(app)) == 1


def test_looking_twice_asks_but_does_not_write(app: Flask, queries: Queries) -> None:
    with app.app_context():
        log_access("read", "person", 7)
        queries.clear()

        log_access("read", "person", 7)

    assert len(queries.selects) == 1
    assert not any("INSERT" in statement or "IMMEDIATE" in statement for statement in queries.statements)
