"""Writers one after another, encrypted values, moments, and lists of codes that the database itself holds."""

from datetime import UTC, datetime
from threading import Thread

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from tests.factories import a_case, a_person
from tomoiki.accounts.models import Setting
from tomoiki.core.database import Unreadable, begin_write, db, decrypt, encrypt, in_write
from tomoiki.core.dates import TOKYO
from tomoiki.events.models import Event
from tomoiki.people.models import Person

NOON_IN_TOKYO = datetime(2026, 4, 1, 12, tzinfo=TOKYO)


def keys(app: Flask, *newest_first: bytes) -> None:
    app.extensions["tomoiki_cipher"] = MultiFernet([Fernet(key) for key in newest_first])


# -- secrets ---------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_secret_lies_in_the_table_as_ciphertext_only(session: Session) -> None:
    session.add(person := a_person(passport_no="C1234567"))
    session.flush()

    stored = session.scalar(sa.text("SELECT passport_no FROM person"))

    assert stored is not None
    assert "C1234567" not in stored
    session.expire(person)
    assert person.passport_no == "C1234567"


def test_no_secret_is_stored_as_nothing(session: Session) -> None:
    session.add(person := a_person())
    session.flush()
    session.expire(person)

    assert person.passport_no is None
    assert session.scalar(sa.text("SELECT passport_no FROM person")) is None


def test_the_same_secret_twice_looks_different(app: Flask) -> None:
    with app.app_context():
        assert encrypt("C1234567") != encrypt("C1234567")


def test_without_its_key_a_secret_is_unreadable(app: Flask, session: Session) -> None:
    session.add(a_person(passport_no="C1234567"))
    session.flush()
    session.expire_all()

    keys(app, Fernet.generate_key())

    with pytest.raises(Unreadable):
        session.scalar(sa.select(Person.passport_no))


def test_an_old_key_still_opens_what_it_closed(app: Flask) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    with app.app_context():
        keys(app, old)
        token = encrypt("C1234567")

        keys(app, new, old)

        assert decrypt(token) == "C1234567"


def test_what_is_written_today_is_closed_by_the_newest_key(app: Flask) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    with app.app_context():
        keys(app, new, old)
        token = encrypt("C1234567")

        keys(app, new)

        assert decrypt(token) == "C1234567"


# -- moments ---------------------------------------------------------------------------------------------
def an_event(**values: object) -> Event:
    return Event(number="EV2026-001", kind="study", title_ja="学習会", **values)


@pytest.mark.storage
def test_a_moment_comes_back_in_utc(session: Session) -> None:
    session.add(event := an_event(starts_at=NOON_IN_TOKYO))
    session.flush()
    session.expire(event)

    assert event.starts_at == NOON_IN_TOKYO
    assert event.starts_at.tzinfo is UTC
    assert event.ends_at is None


@pytest.mark.storage
def test_moments_are_compared_as_moments(session: Session) -> None:
    session.add(an_event(starts_at=NOON_IN_TOKYO))
    session.flush()

    found = sa.select(Event.id).where(Event.starts_at <= datetime(2026, 4, 1, 3, tzinfo=UTC))

    assert session.scalar(found) is not None


def test_a_moment_without_zone_is_refused(session: Session) -> None:
    session.add(an_event(starts_at=NOON_IN_TOKYO.replace(tzinfo=None)))

    with pytest.raises(StatementError, match="a moment needs its zone"):
        session.flush()


# -- lists of codes --------------------------------------------------------------------------------------
@pytest.mark.storage
def test_the_database_refuses_a_code_that_a_closed_list_does_not_have(session: Session) -> None:
    session.add(a_case())
    session.flush()

    with pytest.raises(IntegrityError, match="ck_case_casestatus"):
        session.execute(sa.text("UPDATE \"case\" SET status = 'forgotten'"))


# -- writing ---------------------------------------------------------------------------------------------
def test_sqlite_is_set_up_for_an_office(session: Session) -> None:
    def pragma(name: str) -> object:
        return session.scalar(sa.text(f"PRAGMA {name}"))

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 60_000


def test_clerks_who_save_at_once_wait_for_each_other(app: Flask) -> None:
    failures: list[Exception] = []

    def count_up() -> None:
        for _ in range(25):
            with app.app_context():
                try:
                    in_write(add_one)
                except Exception as error:  # whatever it is, it must not happen
                    failures.append(error)

    def add_one() -> None:
        setting = db.session.get_one(Setting, 1)
        setting.value = str(int(setting.value or 0) + 1)

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with app.app_context():
        assert db.session.get_one(Setting, 1).value == "100"


@pytest.mark.storage
def test_readers_do_not_wait_for_a_writer(session: Session) -> None:
    session.add(a_person())
    session.flush()

    with db.engine.connect() as reader:
        assert reader.scalar(sa.text("SELECT count(*) FROM person")) == 0


@pytest.mark.storage
def test_a_writer_sees_what_others_wrote_since_she_read(app: Flask) -> None:
    with app.app_context():
        setting = db.session.get_one(Setting, 1)
        assert setting.value is None
        with db.engine.connect().execution_options(write=True) as other:
            other.execute(sa.text("UPDATE setting SET value = 'new' WHERE id = 1"))
            other.commit()

        begin_write()

        assert setting.value == "new"


@pytest.mark.storage
def test_work_in_a_write_is_saved_and_its_result_returned(app: Flask) -> None:
    def work() -> str:
        db.session.add(a_person(code="P-000001"))
        return "done"

    with app.app_context():
        assert in_write(work) == "done"
        db.session.rollback()
        assert db.session.scalar(sa.select(Person.code)) == "P-000001"


@pytest.mark.storage
def test_work_that_fails_leaves_nothing(app: Flask) -> None:
    def work() -> None:
        db.session.add(a_person())
        db.session.flush()
        raise ZeroDivisionError

    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            in_write(work)
        assert db.session.scalar(sa.select(Person.id)) is None
