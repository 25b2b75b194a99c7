"""One bed and one person have one stay at a time: told in words on the form, held by the database itself."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.engine.browsing import form_of, words
from tests.factories import a_bed, a_case, a_stay
from tomoiki.core.dates import today
from tomoiki.shelter.models import Bed, Shelter, Stay

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]

pytestmark = pytest.mark.storage


def day(number: int) -> date:
    return date(2026, 5, number)


def booked(session: Session, **values: Any) -> Stay:
    """A stay from the 10th to the 20th in bed 1, of person 1; another of case 2."""
    one, two = a_case(), a_case()
    session.add_all([one, two, a_bed(), a_bed()])
    session.flush()
    stay = a_stay(case=one, person=one.person, bed_id=1, check_in=day(10), check_out=day(20))
    for name, value in values.items():
        setattr(stay, name, value)
    session.add(stay)
    session.flush()
    return stay


OVERLAPPING = [(9, 11), (19, 21), (12, 15), (5, 25), (10, 20), (5, None), (15, None)]
BESIDE = [(5, 10), (20, 25), (20, None), (12, 12), (10, 10)]


@pytest.mark.parametrize(("first", "end"), OVERLAPPING)
@pytest.mark.parametrize("same", ["bed", "person"])
def test_the_database_refuses_a_second_stay_on_the_same_night(
    same: str, first: int, end: int | None, session: Session
) -> None:
    booked(session)
    bed, person = (1, 2) if same == "bed" else (2, 1)
    session.add(
        a_stay(case_id=2, person_id=person, bed_id=bed, check_in=day(first), check_out=end and day(end))
    )

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize(("first", "end"), BESIDE)
def test_the_database_takes_a_stay_beside_it(first: int, end: int | None, session: Session) -> None:
    booked(session)
    session.add(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(first), check_out=end and day(end)))

    session.flush()

    assert session.scalar(sa.select(sa.func.count()).select_from(Stay)) == 2


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_who_never_came_takes_no_bed(status: str, session: Session) -> None:
    booked(session, status=status)
    session.add(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(12), check_out=day(14)))

    session.flush()

    assert session.scalar(sa.select(sa.func.count()).select_from(Stay)) == 2


def test_a_stay_that_is_moved_onto_another_is_refused_too(session: Session) -> None:
    first = booked(session)
    later = a_stay(case_id=2, person_id=2, bed_id=1, check_in=day(20), check_out=day(22))
    session.add(later)
    session.flush()

    first.check_out = day(21)

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_a_stay_may_be_changed_where_it_stands(session: Session) -> None:
    stay = booked(session)

    stay.check_out = day(12)
    session.flush()

    assert stay.version == 2


def test_the_form_says_which_bed_is_taken_from_when_to_when(
    caseworker: FlaskClient, saved: Saved, count: Callable[[type[Any]], int]
) -> None:
    saved(a_case(number="T2026-0142"), a_case(), a_bed())
    saved(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(10), check_out=day(20)))

    answer = caseworker.post("/stays/new", data={"case": "2", "bed": "1", "check_in": "2026-05-12"})

    assert answer.status_code == 422
    assert "This bed is taken from 2026-05-10 to 2026-05-20 (T2026-0142)." in words(answer)
    assert form_of(answer)["check_in"] == "2026-05-12"
    assert count(Stay) == 1


def test_of_a_secret_case_it_says_no_more_than_that_the_bed_is_taken(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(number="T2026-0142", confidential="secret", owner_id=1), a_case(), a_bed())
    planned = {"check_out": None, "planned_out": day(20)}
    saved(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(10), **planned))

    answer = caseworker.post("/stays/new", data={"case": "2", "bed": "1", "check_in": "2026-05-12"})

    assert "This bed is taken from 2026-05-10, planned until 2026-05-20." in words(answer)
    assert "T2026-0142" not in answer.text


def test_the_form_says_that_the_person_is_elsewhere(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(), a_bed(), a_bed())
    saved(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(10), check_out=None))

    answer = caseworker.post("/stays/new", data={"case": "1", "bed": "2", "check_in": "2026-05-12"})

    assert answer.status_code == 422
    assert "This person has another stay from 2026-05-10 with no end." in words(answer)


def test_two_clerks_at_once_get_one_bed_and_one_message(
    app: Flask, caseworker: FlaskClient, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(a_case(), a_case(), a_bed())
    saved(a_stay(case_id=1, person_id=1, bed_id=1, check_in=day(10), check_out=None))
    monkeypatch.setattr(Stay, "faults", lambda self, session: iter(()))  # as if the other was saved just now

    answer = caseworker.post("/stays/new", data={"case": "2", "bed": "1", "check_in": "2026-05-12"})

    assert answer.status_code == 422
    assert "it contradicts another record" in words(answer)


def test_who_stays_is_the_person_of_the_case(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    saved(a_case(), a_bed())

    caseworker.post("/stays/new", data={"case": "1", "bed": "1"})

    assert (value(Stay, 1, "person"), value(Stay, 1, "status")) == (1, "reserved")
    assert value(Stay, 1, "check_in") == today()


@pytest.mark.parametrize(("field", "day"), [("check_out", "2026-05-09"), ("planned_out", "2026-05-09")])
def test_nobody_leaves_before_she_came(field: str, day: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(), a_bed())

    answer = caseworker.post(
        "/stays/new", data={"case": "1", "bed": "1", "check_in": "2026-05-10", field: day}
    )

    assert answer.status_code == 422
    assert "before check-in" in words(answer)


def test_leaving_asks_for_the_day_and_notes_where_to(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    saved(a_case(), a_bed())
    first = today() - timedelta(days=5)
    key = saved(a_stay(case_id=1, person_id=1, bed_id=1, check_in=first, check_out=None, status="in"))

    missing = caseworker.post(f"/stays/{key}/move", data={"to": "out", "check_out": ""})
    answer = caseworker.post(f"/stays/{key}/move", data={"to": "out", "check_out": str(today())})

    assert missing.status_code == 422
    assert "Fill in Check-out." in words(missing)
    assert answer.status_code == 303
    assert (value(Stay, key, "check_out"), value(Stay, key, "exit_to")) == (today(), "unknown")


def test_a_stay_that_took_place_cannot_be_deleted(admin: FlaskClient, saved: Saved) -> None:
    saved(a_case(), a_bed())
    key = saved(a_stay(case_id=1, person_id=1, bed_id=1, status="out"))

    answer = admin.post(f"/stays/{key}/delete")

    assert answer.status_code == 409
    assert "took place" in words(answer)


def test_a_bed_has_its_label_once_in_a_house(admin: FlaskClient, saved: Saved) -> None:
    saved(Bed(label="A-1", shelter=Shelter(code="A", name="さくら")))

    answer = admin.post("/beds/new", data={"shelter": "1", "label": "A-1", "kind": "single"})

    assert answer.status_code == 422
    assert "Another record has the same already: Shelter + Bed label." in words(answer)


def test_where_a_shelter_stands_is_shown_after_a_click_only(
    caseworker: FlaskClient, treasurer: FlaskClient, saved: Saved
) -> None:
    key = saved(Shelter(code="A", name="さくら", address="見本区架空町1-2-3"))

    page = caseworker.get(f"/shelters/{key}")
    shown = caseworker.post(f"/shelters/{key}/reveal", data={"field": "address"})

    assert "架空町" not in page.text
    assert "架空町" in shown.text
    assert treasurer.post(f"/shelters/{key}/reveal", data={"field": "address"}).status_code == 403
    assert "さくら" not in treasurer.get(f"/shelters/{key}").text
    assert not caseworker.get("/shelters/lookup?q=架空町").json
