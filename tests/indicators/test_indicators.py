"""The office's numbers by the worked examples of DOMAIN 7.4 and 8, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import (
    a_bed,
    a_case,
    a_donation,
    a_person,
    a_stay,
    an_activity,
    an_expense,
    an_inquiry,
)  # fmt: skip
from tomoiki.accounts.models import Setting
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.indicators.casework import case_counts, open_age, solution_days
from tomoiki.indicators.contacts import first_contacts, people_supported, person_contacts
from tomoiki.indicators.rules import Period
from tomoiki.indicators.runway import runway
from tomoiki.indicators.students import new_students
from tomoiki.money.models import Fund

pytestmark = pytest.mark.storage
YEAR = Period(date(2026, 4, 1), date(2027, 3, 31))
TODAY = date(2026, 11, 25)
START = datetime(2026, 6, 1, 3, tzinfo=UTC)


def save(session: Session, *records: Any) -> None:
    session.add_all(records)
    session.flush()


def asked(at: datetime = START, minutes: float | None = None, **values: Any) -> Any:
    """An inquiry, answered so many minutes later."""
    if minutes is not None:
        values |= {"first_response_at": at + timedelta(minutes=minutes), "status": "responded"}
    return an_inquiry(received_at=at, **values)


def test_spam_duplicates_and_tests_are_no_inquiries(session: Session) -> None:
    save(session, *(asked() for _ in range(7)), asked(status="spam"), asked(is_test=True))
    save(session, *(asked(status="duplicate") for _ in range(2)))

    assert first_contacts(session, YEAR).received == 7


def test_a_period_begins_and_ends_at_midnight_in_tokyo(session: Session) -> None:
    first, last = datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)
    second = timedelta(seconds=1)
    save(session, asked(first - second), asked(first), asked(last), asked(last + second))

    assert first_contacts(session, YEAR).received == 2


def test_the_first_response_is_a_median_of_those_that_were_answered(session: Session) -> None:
    save(session, *(asked(minutes=minutes) for minutes in (5, 12, 30, 240)), asked())
    save(session, asked(minutes=0, channel="walk_in"), asked(minutes=0, channel="outreach"))

    found = first_contacts(session, YEAR)

    assert (found.median_minutes, found.ninetieth_minutes, found.unanswered) == (21, 240, 1)


def test_without_an_answer_there_is_no_median(session: Session) -> None:
    assert first_contacts(session, YEAR).median_minutes is None


def test_people_count_once_and_the_unknown_stand_beside_them(session: Session) -> None:
    called, lodged = a_person(), a_person()
    case = a_case(person=lodged, confidential="secret")
    save(session, *(an_activity(at=START, persons=[called], note="話") for _ in range(3)))
    save(session, a_stay(case=case, person=lodged, number=1, status="out"), asked(), asked())

    assert people_supported(session, YEAR) == 2
    assert first_contacts(session, YEAR).unidentified == 2


def test_whoever_was_merged_counts_as_the_one_she_is(session: Session) -> None:
    winner = a_person()
    loser = a_person(merged_into=winner)
    early = a_person(merged_into=loser)
    save(session, an_activity(at=START, persons=[winner, loser]), an_activity(at=START, persons=[early]))

    assert people_supported(session, YEAR) == 1
    assert person_contacts(session, YEAR, TODAY) == 2


def test_what_is_no_contact_counts_nobody(session: Session) -> None:
    test = asked(is_test=True)
    save(session, test)
    save(
        session,
        an_activity(at=START, type="note", persons=[a_person()]),
        an_activity(at=START, persons=[a_person()], case=None, inquiry=test),
        an_activity(at=START - timedelta(days=365), persons=[a_person()]),
    )
    stranger = a_person()
    save(session, a_stay(case=a_case(person=stranger), person=stranger, number=1, status="cancelled"))

    assert people_supported(session, YEAR) == 0
    assert person_contacts(session, YEAR, TODAY) == 0


def test_a_supported_person_at_a_consultation_day_counts(session: Session) -> None:
    came, registered = (Attendee(name="A", person=a_person()), Attendee(name="B", person=a_person()))
    day = Event(number="EV1", kind="consult", title_ja="相談会", starts_at=START)
    save(session, Registration(event=day, attendee=came, status="attended"))
    save(session, Registration(event=day, attendee=registered))

    assert people_supported(session, YEAR) == 1


def test_person_contacts_add_the_people_of_each_contact_and_the_nights(session: Session) -> None:
    one, two = a_person(), a_person()
    save(session, *(an_activity(at=START, type="visit", persons=[one]) for _ in range(3)))
    save(session, an_activity(at=START, type="meet", persons=[one, two]))
    assert person_contacts(session, YEAR, TODAY) == 5

    first = date(2026, 7, 1)
    stay = {"check_in": first, "check_out": first + timedelta(days=4), "status": "out"}
    save(session, a_stay(case=a_case(person=two), person=two, **stay))
    assert person_contacts(session, YEAR, TODAY) == 9

    session.query(Setting).filter_by(key="nobe_includes_nights").one().value = "no"
    session.flush()
    assert person_contacts(session, YEAR, TODAY) == 5


def resolved(days: float, **values: Any) -> Any:
    """A case resolved so many days after the inquiry that it began with."""
    usual = {"status": "resolved", "resolved_at": START + timedelta(days=days), "outcomes": ["W3"]}
    return a_case(**(usual | {"opened_on": date(2026, 6, 2), "inquiry": asked()} | values))


def test_from_sos_to_solution_is_a_median_of_days(session: Session) -> None:
    save(session, *(resolved(days) for days in (2.0, 5.5, 9.0)))
    save(session, *(resolved(90, outcomes=["W3", code]) for code in ("X2", "X3", "X4", "X5")))
    save(session, resolved(100, origin="import"))

    assert solution_days(session, YEAR) == pytest.approx(5.5)


def test_without_an_inquiry_a_case_begins_with_the_morning_it_was_opened(session: Session) -> None:
    noon = datetime(2026, 6, 4, 3, tzinfo=UTC)
    save(session, resolved(0, inquiry=None, resolved_at=noon))

    assert solution_days(session, YEAR) == pytest.approx(2.5)


def test_nothing_resolved_has_no_median(session: Session) -> None:
    assert solution_days(session, YEAR) is None
    assert open_age(session, TODAY) is None


def test_the_open_age_is_that_of_unresolved_cases(session: Session) -> None:
    save(session, *(a_case(opened_on=TODAY - timedelta(days=days)) for days in (3, 40)), resolved(1))

    assert open_age(session, TODAY) == 21.5


def test_cases_are_new_active_and_closed(session: Session) -> None:
    save(
        session,
        a_case(opened_on=date(2026, 4, 1), confidential="secret"),
        a_case(opened_on=date(2026, 3, 31)),
        a_case(opened_on=date(2025, 5, 1), status="closed", closed_on=TODAY),
        a_case(opened_on=date(2026, 5, 1), status="closed", closed_on=date(2026, 4, 2)),
        a_case(opened_on=date(2020, 5, 1), status="closed", origin="import"),
    )

    found = case_counts(session, YEAR, TODAY)

    assert (found.opened, found.active, found.closed) == (2, 2, 2)


def test_a_fund_lasts_for_its_balance_over_the_average(session: Session) -> None:
    fund = Fund(code="MED", name="医療基金", kind="restricted", opening_balance=2_040_000)
    fund.support_types.append("medical")
    save(session, fund)
    paid = {"fund_id": fund.id, "support_type": "medical", "amount": 200_000}
    save(
        session, *(an_expense(**paid, status="paid", paid_on=date(2026, month, 15)) for month in range(5, 11))
    )
    save(session, an_expense(**paid, status="submitted", paid_on=date(2026, 10, 15)))

    found = runway(session, TODAY)

    assert [(one.lasting.held, one.lasting.months) for one in found.funds if one.id == fund.id] == [
        (840_000, 4.2)
    ]
    assert [(code, one.monthly, one.months) for code, one in found.types] == [("medical", 200_000, 4.2)]


def test_a_type_of_support_uses_every_fund_that_may_be_spent_on_it(session: Session) -> None:
    save(session, a_donation(amount=60_000))  # to the general fund, which is for everything
    save(
        session, Fund(code="OLD", name="前の助成", kind="grant", end_on=date(2026, 3, 31), opening_balance=9)
    )
    save(session, an_expense(amount=60_000, status="paid", paid_on=date(2026, 5, 1)))

    found = runway(session, TODAY)

    assert [(code, one.held, one.monthly, one.months) for code, one in found.types] == [
        ("food", 0, 10_000, 0.0)
    ]
    assert [one.name for one in found.funds] == ["一般"]


def came(
    attendee: Attendee, *days: date, kind: str = "study", status: str = "attended"
) -> list[Registration]:
    """Places of an attendee at sessions on these days."""
    return [
        Registration(
            attendee=attendee,
            status=status,
            event=Event(
                number=f"{id(attendee)}-{day}-{status}",
                kind=kind,
                title_ja="会",
                starts_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            ),
        )
        for day in days
    ]


def test_new_students_are_those_whose_first_attendance_falls_in_the_year(session: Session) -> None:
    student = {"affil_kind": "university"}
    hoa, minh = Attendee(name="Hoa", **student), Attendee(name="Minh", **student)
    lan = Attendee(name="Lan", **student)
    lan_too = Attendee(name="Lan", merged_into=lan, **student)
    save(session, *came(hoa, date(2025, 11, 3), date(2026, 5, 3)))
    save(session, *came(minh, date(2026, 4, 10), status="no_show"), *came(minh, date(2026, 6, 10)))
    save(session, *came(lan_too, date(2025, 2, 1)), *came(lan, date(2026, 6, 1)))
    save(session, *came(Attendee(name="Company", affil_kind="company"), date(2026, 6, 2)))
    save(session, *came(Attendee(name="Helped", person=a_person(), **student), date(2026, 6, 3)))
    save(session, *came(Attendee(name="Seminar", **student), date(2026, 6, 4), kind="seminar"))

    assert new_students(session, YEAR) == 1
    assert new_students(session, Period(date(2025, 4, 1), date(2026, 3, 31))) == 1


def test_a_bed_is_free_unless_a_stay_holds_it_tonight(session: Session) -> None:
    from sqlalchemy import select  # noqa: PLC0415

    from tomoiki.shelter.beds import free_tonight  # noqa: PLC0415
    from tomoiki.shelter.models import Bed  # noqa: PLC0415

    leaves, stays, gone = a_bed(), a_bed(), a_bed(active_to=TODAY - timedelta(days=1))
    save(session, leaves, stays, gone)
    for bed, out in ((leaves, TODAY), (stays, None)):
        person = a_person()
        save(
            session,
            a_stay(
                bed=bed, case=a_case(person=person), person=person, status="in",
                check_in=TODAY - timedelta(days=3), check_out=out,
            ),
        )  # fmt: skip

    found = session.scalars(select(Bed.id).where(free_tonight()), {"today": TODAY}).all()

    assert found == [leaves.id]
