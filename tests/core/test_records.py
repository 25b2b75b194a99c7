"""What all records share: who and when, a version that rises, a name, and numbers without gaps."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import a_case, a_donation, a_person, an_activity, an_organisation
from tomoiki.accounts.models import Setting
from tomoiki.core.actors import Actor, acting
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import FiscalYear
from tomoiki.core.records import Counter, fill_defaults, give_number, label_fields, next_number
from tomoiki.events.models import Event
from tomoiki.people.models import Person


def fiscal_year(day: date) -> int:
    return FiscalYear.of(day).start_year


# -- who and when ----------------------------------------------------------------------------------------
def test_a_record_knows_who_made_and_who_changed_it(session: Session) -> None:
    with acting(Actor(1, "Admin")):
        session.add(person := a_person())
        session.flush()
    with acting(Actor(2, "Caseworker")):
        person.city = "港区"
        session.flush()

    assert (person.created_by, person.updated_by) == (1, 2)
    assert person.created_at < person.updated_at


def test_what_a_command_makes_was_made_by_nobody(session: Session) -> None:
    session.add(person := a_person())
    session.flush()

    assert person.created_by is None


# -- version ---------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_the_version_rises_with_a_change(session: Session) -> None:
    session.add(person := a_person())
    session.flush()
    assert person.version == 1

    person.city = "港区"
    session.flush()

    assert person.version == 2


@pytest.mark.storage
def test_the_version_rises_when_only_codes_change(session: Session) -> None:
    session.add(case := a_case(categories=["housing"]))
    session.flush()

    case.categories = ["housing", "visa"]
    session.flush()

    assert case.version == 2


@pytest.mark.storage
def test_the_version_rises_when_only_references_change(session: Session) -> None:
    session.add(activity := an_activity())
    session.flush()

    activity.persons = [a_person()]
    session.flush()

    assert activity.version == 2


def test_the_version_stays_when_nothing_changes(session: Session) -> None:
    session.add(person := a_person(city="港区"))
    session.flush()

    person.city = "港区"
    session.flush()

    assert person.version == 1


@pytest.mark.storage
def test_a_save_over_somebody_elses_is_refused(session: Session) -> None:
    session.add(person := a_person())
    session.flush()
    session.execute(sa.text("UPDATE person SET version = 2, city = '新宿区'"))

    person.city = "港区"

    with pytest.raises(StaleDataError):
        session.flush()


# -- names -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("names", "label"),
    [
        ({"full_name_vi": "Nguyễn Thị Bưởi", "name_card": "NGUYEN THI BUOI"}, "Nguyễn Thị Bưởi"),
        ({"name_card": "NGUYEN THI BUOI"}, "NGUYEN THI BUOI"),
        ({"name_used": "", "name_card": ""}, "P-000001"),
    ],
)
def test_a_record_is_called_by_its_first_filled_name(names: dict[str, str], label: str) -> None:
    assert str(Person(code="P-000001", **names)) == label


def test_a_record_without_any_name_is_called_by_its_number() -> None:
    assert str(Person(id=7)) == "#7"


def test_a_title_is_asked_for_in_the_readers_language() -> None:
    assert label_fields(Event, "vi") == ("title_vi", "title_ja")
    assert label_fields(Event) == ("title_ja", "title_ja")


def test_a_plain_record_has_no_rules_of_its_own(session: Session) -> None:
    company = an_organisation()

    company.prepare(session)

    assert list(company.faults(session)) == []
    assert company.keeps(session) is None


# -- defaults ----------------------------------------------------------------------------------------------
def test_rules_see_a_record_as_it_will_be_stored() -> None:
    with acting(Actor(2)):
        fill_defaults(person := a_person(nationality=None, preferred_lang="ja"))

    assert (person.nationality, person.preferred_lang) == ("VNM", "ja")
    assert (person.created_by, person.version) == (2, 1)
    assert datetime.now(UTC) - person.created_at < timedelta(minutes=1)
    assert person.city is None


# -- numbers ---------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_numbers_follow_each_other(session: Session) -> None:
    assert [next_number(session, "case", 2026) for _ in range(3)] == [1, 2, 3]


@pytest.mark.storage
def test_each_series_and_year_counts_for_itself(session: Session) -> None:
    next_number(session, "case", 2026)

    assert next_number(session, "case", 2027) == 1
    assert next_number(session, "donation", 2026) == 1


@pytest.mark.storage
def test_an_import_takes_a_block_of_numbers(session: Session) -> None:
    assert next_number(session, "donor", 0, step=500) == 500
    assert next_number(session, "donor", 0) == 501


@pytest.mark.storage
def test_a_failed_save_leaves_no_gap(session: Session) -> None:
    next_number(session, "case", 2026)
    session.commit()
    begin_write(session)
    next_number(session, "case", 2026)

    session.rollback()

    begin_write(session)
    assert next_number(session, "case", 2026) == 2


@pytest.mark.storage
def test_two_clerks_never_get_the_same_number(app: Flask) -> None:
    given: list[int] = []
    together = Barrier(2)

    def take_ten() -> None:
        together.wait()
        for _ in range(10):
            with app.app_context():
                begin_write()
                number = next_number(db.session(), "case", 2026)
                db.session.commit()
                given.append(number)

    threads = [Thread(target=take_ten) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(given) == list(range(1, 21))


@pytest.mark.parametrize(
    ("day", "number"), [(date(2026, 3, 31), "D2025-00001"), (date(2026, 4, 1), "D2026-00001")]
)
def test_a_number_bears_the_fiscal_year_of_its_own_day(session: Session, day: date, number: str) -> None:
    donation = a_donation(number=None, received_on=day)

    give_number(session, donation, "D{FY}-{seq:05d}", fiscal_year)

    assert donation.number == number


def test_the_fiscal_year_turns_at_midnight_in_tokyo(session: Session) -> None:
    event = Event(starts_at=datetime(2026, 3, 31, 15, tzinfo=UTC))

    give_number(session, event, "EV{FY}-{seq:03d}", fiscal_year)

    assert event.number == "EV2026-001"


def test_a_record_without_its_day_is_numbered_today(session: Session) -> None:
    donation = a_donation(number=None, received_on=None)

    give_number(session, donation, "{FY}", lambda day: day.toordinal())

    assert abs(int(donation.number) - date.today().toordinal()) <= 1  # noqa: DTZ011 - today in Tokyo may be tomorrow


def test_people_are_numbered_through_all_years(session: Session) -> None:
    person = a_person(code=None)

    give_number(session, person, "P-{seq:06d}", fiscal_year)

    assert person.code == "P-000001"
    assert session.get(Counter, ("person", 0)) is not None


def test_a_number_that_a_record_brings_is_kept(session: Session) -> None:
    person = a_person(code="P-004711")

    give_number(session, person, "P-{seq:06d}", fiscal_year)

    assert person.code == "P-004711"
    assert session.scalar(sa.select(Counter.last)) is None


def test_what_has_no_number_gets_none(session: Session) -> None:
    give_number(session, Setting(key="language"), "{seq}", fiscal_year)

    assert session.scalar(sa.select(Counter.last)) is None


def test_a_record_named_by_a_code_is_called_by_its_label(in_english: None) -> None:
    assert str(an_activity()) == "Phone call"
    assert str(an_activity(type="of old")) == "of old"
