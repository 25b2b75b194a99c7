"""The demo is whole, the same each time, and breaks none of the office's own rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet
from flask import Flask, current_app
from flask.testing import FlaskCliRunner
from flask_babel import Babel
from sqlalchemy.orm import Session

from tomoiki.accounts.models import OfficeChoice, Role, User
from tomoiki.cases.lists import CaseStatus, Confidentiality, InquiryStatus
from tomoiki.cases.models import Activity, Case, CasePerson, CaseStaff, Inquiry
from tomoiki.core import search
from tomoiki.core.attachments import Attachment
from tomoiki.core.database import Base, begin_write, db
from tomoiki.core.dates import TOKYO, FiscalYear, in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.history import AccessLog, ChangeLog
from tomoiki.core.records import Record, give_number
from tomoiki.deadlines import deadline_rules
from tomoiki.deadlines.lists import DeadlineStatus
from tomoiki.deadlines.models import Deadline, DeadlineRule, Fact
from tomoiki.demo import commands
from tomoiki.demo.office import MadeOffice, build_office
from tomoiki.events.lists import Attendance, EventKind, EventStatus, RegistrationStatus
from tomoiki.events.models import Attendee, Commitment, Event, FollowUp, Registration
from tomoiki.money.bank import BankAccount, BankLine, ImportBatch
from tomoiki.money.expenses import Expense
from tomoiki.money.models import GENERAL, Donation, Donor, Fund, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine
from tomoiki.money.services import lowest_balance
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Consent, Person, ResidenceStatus
from tomoiki.people.services import current_status
from tomoiki.referrals.lists import ReferralStatus
from tomoiki.referrals.models import Partner, Referral
from tomoiki.shelter.lists import StayStatus
from tomoiki.shelter.models import Bed, Shelter, Stay

TODAY = date(2026, 6, 30)
SCALE = 0.4
YEARS = [FiscalYear(year) for year in (2024, 2025, 2026)]
MODELS = (
    *(User, Person, ResidenceStatus, Organisation, Case, CaseStaff, Activity),
    *(Fund, Donor, Donation, Event, Attendee, Registration),
    *(Pledge, Receipt, ReceiptLine, Expense, BankAccount, ImportBatch, BankLine, Commitment, FollowUp),
    *(Inquiry, Consent, CasePerson, Fact, Deadline, Partner, Referral, Shelter, Bed, Stay),
)
WORDED = (
    OfficeChoice,
    ChangeLog,
    AccessLog,
    Attachment,
)  # words, logs, and files: their tables have names by the screens
PLANS = {  # what may lie ahead
    *("event.starts_at", "event.ends_at", "event.reg_open_at", "event.reg_close_at"),
    *("residence_status.expires_on", "case.next_action_on", "fund.end_on"),
    *("commitment.due_on", "follow_up.due_on"),
    *("deadline.trigger_on", "deadline.due_on", "deadline.safe_on", "referral.expected_on"),
    *("stay.check_in", "stay.planned_out"),
}


def hash_password(password: str) -> str:
    return f"hashed {password[::-1]}"


@contextmanager
def database(folder: Path) -> Iterator[Session]:
    app = Flask("demo", instance_path=str(folder))
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'demo.db'}"
    app.extensions["tomoiki_cipher"] = MultiFernet([Fernet(Fernet.generate_key())])
    db.init_app(app)
    Babel(app, default_locale="en")
    commands.install(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        session = db.session()
        begin_write(session)
        session.execute(sa.text(search.CREATE_SQLITE))
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        session.execute(
            sa.insert(Fund), [{"code": GENERAL, "name": "一般", "created_at": moment, "updated_at": moment}]
        )
        fresh = {"created_at": moment, "updated_at": moment}
        session.execute(sa.insert(DeadlineRule), [row | fresh for row in deadline_rules.seed_rows()])
        session.commit()
        yield session
        session.close()
        db.engine.dispose()


def runner() -> FlaskCliRunner:
    return current_app.test_cli_runner()


def build(session: Session) -> MadeOffice:
    begin_write(session)
    made = build_office(session, TODAY, hash_password, SCALE)
    session.commit()
    return made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with database(tmp_path_factory.mktemp("office")) as session:
        build(session)
        yield session
        session.close()
        session.rollback()


def rows(session: Session, model: type[Record]) -> list[dict[str, Any]]:
    found = session.execute(sa.select(model.__table__).order_by("id"))
    return [dict(row) for row in found.mappings()]


def of(session: Session, model: type[Any]) -> list[Any]:
    return list(session.scalars(sa.select(model).order_by(model.id)))


def test_every_table_has_rows(office: Session) -> None:
    assert all(rows(office, model) for model in (*MODELS, *WORDED))


def test_every_field_of_several_values_is_used(office: Session) -> None:
    plural = [
        (model, name) for model in MODELS for name, field in fields_of(model).items() if field.is_plural
    ]

    for model, name in plural:
        assert any(getattr(record, name) for record in of(office, model)), f"{model.__name__}.{name}"


def test_the_same_day_gives_the_same_rows(office: Session, tmp_path: Path) -> None:
    first = {model: rows(office, model) for model in (*MODELS, *WORDED) if model is not User}

    with database(tmp_path) as session:
        build(session)
        assert {model: rows(session, model) for model in first} == first


def test_users_differ_only_in_their_secrets(office: Session, tmp_path: Path) -> None:
    first = rows(office, User)

    with database(tmp_path) as session:
        build(session)
        second = rows(session, User)

    assert [user["email"] for user in first] == [user["email"] for user in second]
    assert all(one["password"] != other["password"] for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_every_record_keeps_the_rules_of_the_office(office: Session, model: type[Record]) -> None:
    assert [fault.message for record in of(office, model) for fault in record.faults(office)] == []


@pytest.mark.parametrize("model", MODELS)
def test_every_text_is_stored_as_a_form_would_store_it(office: Session, model: type[Record]) -> None:
    formats = {name: field.format for name, field in fields_of(model).items() if field.format}

    for record in of(office, model):
        for name, form in formats.items():
            if value := getattr(record, name):
                assert form.read(value).value == value


@pytest.mark.parametrize("model", MODELS)
def test_every_code_stands_in_its_list(office: Session, model: type[Record]) -> None:
    for name, field in fields_of(model).items():
        if field.choices:
            for record in of(office, model):
                value = getattr(record, name)
                codes = value if field.is_plural else [value] if value is not None else []
                assert set(codes) <= {member.value for member in field.choices}


def test_costs_outgrow_the_medical_and_the_legal_fund(office: Session) -> None:
    for kind, code in (("medical", "MEDICAL"), ("legal", "LEGAL")):
        spent = [one for one in of(office, Expense) if one.support_type == kind and one.status == "paid"]
        by_year = [sum(one.amount for one in spent if one.paid_on in year) for year in YEARS]
        assert by_year[0] < by_year[2]
        assert {one.fund.code for one in spent} == {code, GENERAL}


def test_no_fund_ever_went_below_zero(office: Session) -> None:
    for fund in of(office, Fund):
        assert lowest_balance(office, fund.id, YEARS[0].first) >= 0


def test_receipts_add_up_and_cover_each_gift_once(office: Session) -> None:
    valid = [one for one in of(office, Receipt) if one.status != "cancelled"]
    for receipt in of(office, Receipt):
        lines = [line for line in of(office, ReceiptLine) if line.receipt_id == receipt.id]
        assert receipt.total == sum(line.amount for line in lines)
        assert {line.donation.donor_id for line in lines} == {receipt.donor_id}
    covered = [line.donation_id for line in of(office, ReceiptLine) if line.receipt in valid]
    assert len(covered) == len(set(covered))
    assert set(covered) == {gift.id for gift in of(office, Donation) if gift.status == "receipted"}


def test_matched_bank_lines_show_what_reached_the_bank(office: Session) -> None:
    gifts = {gift.bank_line_id: gift.net for gift in of(office, Donation) if gift.bank_line_id}
    expenses = {one.bank_line_id: one.amount for one in of(office, Expense) if one.bank_line_id}

    for line in of(office, BankLine):
        if line.match_status == "matched":
            assert (line.amount_in or line.amount_out) == (gifts | expenses)[line.id]


@pytest.mark.parametrize("model", [Person, Case, Donor, Donation, Event, Expense, Receipt, Inquiry])
def test_numbers_count_on_after_the_demo(office: Session, model: Any) -> None:
    rule = model.__numbering__
    numbers = [row[rule.field] for row in rows(office, model)]
    record = model(**({rule.day: datetime.combine(TODAY, time(12), TOKYO)} if rule.day else {}))

    number_format = {
        "case": "T{FY}-{seq:04d}",
        "donation": "D{FY}-{seq:05d}",
        "event": "EV{FY}-{seq:03d}",
        "inquiry": "S{FY}-{seq:05d}",
        "expense": "E{FY}-{seq:05d}",
        "receipt": "{FY}-{seq:05d}",
    }
    give_number(
        office,
        record,
        number_format.get(model.__tablename__, numbers[0][:2] + "{seq:0" + str(len(numbers[0]) - 2) + "d}"),
        lambda day: FiscalYear.of(day).start_year,
    )
    office.rollback()

    assert len(set(numbers)) == len(numbers)
    assert getattr(record, rule.field) > max(numbers)


def test_every_state_of_a_case_occurs(office: Session) -> None:
    assert {case.status for case in of(office, Case)} == set(CaseStatus)


def test_cases_are_numbered_in_the_order_of_their_days(office: Session) -> None:
    cases = [(case.opened_on, case.number) for case in of(office, Case)]

    assert cases == sorted(cases)


def test_exactly_one_case_is_secret_and_some_are_restricted(office: Session) -> None:
    levels = [case.confidential for case in of(office, Case)]

    assert levels.count(Confidentiality.secret) == 1
    assert 0.05 < levels.count(Confidentiality.restricted) / len(levels) < 0.2
    assert all(case.owner_id for case in of(office, Case) if case.confidential is not Confidentiality.normal)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_but_plans_lies_ahead(office: Session, model: type[Record]) -> None:
    for row in rows(office, model):
        for name, value in row.items():
            if f"{model.__tablename__}.{name}" not in PLANS and isinstance(value, date):
                day = in_tokyo(value).date() if isinstance(value, datetime) else value
                assert day < TODAY, f"{model.__tablename__}.{name}"


def test_cases_ended_after_they_began_and_as_their_state_says(office: Session) -> None:
    for case in of(office, Case):
        ended = {CaseStatus.closed: bool(case.closed_on), CaseStatus.resolved: bool(case.resolved_at)}
        assert ended.get(case.status, not case.closed_on and not case.resolved_at)
        assert bool(case.outcomes) == (case.status in ended)
        assert not case.closed_on or case.opened_on <= case.closed_on
        assert not case.resolved_at or case.opened_on < case.resolved_at.date()
        assert not (case.closed_on and case.resolved_at) or case.resolved_at.date() <= case.closed_on


def test_activities_lie_between_opening_and_closing(office: Session) -> None:
    for activity in [activity for activity in of(office, Activity) if activity.case]:
        day = in_tokyo(activity.at).date()
        assert activity.case.opened_on <= day <= (activity.case.closed_on or TODAY)
        assert [person.id for person in activity.persons] == [activity.case.person_id]


def test_the_worker_type_follows_from_the_stay_of_the_day(office: Session) -> None:
    for case in of(office, Case):
        stay = current_status(office, case.person_id, case.opened_on)
        assert stay is not None
        assert stay.expires_on is not None
        is_lapsed = stay.expires_on + timedelta(days=60) < case.opened_on
        assert (case.worker_type == "irregular") == is_lapsed


def test_the_interpreter_is_on_open_cases_and_one_assignment_is_over(office: Session) -> None:
    staff = [row for row in of(office, CaseStaff) if row.user.email == "interpreter@demo.example"]

    assert [row.to_on for row in staff if row.to_on and row.to_on < TODAY]
    assert any(row.may_contact and row.share_story and not row.to_on for row in staff)
    assert all(row.case.closed_on is None for row in staff)


def test_inquiries_lead_to_cases_and_are_answered_in_their_order(office: Session) -> None:
    inquiries = of(office, Inquiry)

    assert {one.status for one in inquiries} == set(InquiryStatus)
    assert [one.number for one in inquiries] == sorted(one.number for one in inquiries)
    for one in inquiries:
        assert (one.status is InquiryStatus.linked) == (one.case is not None)
        assert one.case is None or (one.case.inquiry is one and one.case.person is one.person)
        assert one.case is None or in_tokyo(one.received_at).date() <= one.case.opened_on
        assert one.first_response_at is None or one.received_at < one.first_response_at


def test_every_state_of_stays_deadlines_and_referrals_that_leads_somewhere_occurs(office: Session) -> None:
    assert {stay.status for stay in of(office, Stay)} >= {
        StayStatus.reserved,
        StayStatus.inside,
        StayStatus.out,
    }
    assert {day.status for day in of(office, Deadline)} == set(DeadlineStatus) - {DeadlineStatus.void}
    assert {one.status for one in of(office, Referral)} >= {ReferralStatus.asked, ReferralStatus.done}


def test_stays_lie_within_their_cases(office: Session) -> None:
    for stay in of(office, Stay):
        assert stay.case.opened_on <= stay.check_in
        assert stay.person_id == stay.case.person_id
        assert not stay.case.closed_on or (stay.check_out and stay.check_out <= stay.case.closed_on)


def test_no_open_deadline_is_over_and_no_closed_case_has_one(office: Session) -> None:
    for day in [day for day in of(office, Deadline) if day.status is DeadlineStatus.open]:
        assert day.due_on >= TODAY
        assert day.case.closed_on is None


def test_what_was_passed_on_rests_on_consent_or_an_emergency(office: Session) -> None:
    for one in [one for one in of(office, Referral) if one.status is not ReferralStatus.draft]:
        assert one.emergency_reason or one.consent.person_id == one.case.person_id


def test_each_role_has_a_user(office: Session) -> None:
    assert {role for user in of(office, User) for role in user.roles} == {role.value for role in Role}


def test_refunds_name_their_gift_and_take_it_back(office: Session) -> None:
    refunds = [gift for gift in of(office, Donation) if gift.amount < 0]

    assert refunds
    assert all(refund.amount == -refund.refund_of.amount for refund in refunds)


def test_the_venue_is_never_overfull_and_who_waits_is_numbered(office: Session) -> None:
    seated = {RegistrationStatus.attended, RegistrationStatus.no_show, RegistrationStatus.confirmed}
    for event in of(office, Event):
        places = [place for place in of(office, Registration) if place.event_id == event.id]
        at_venue = [place for place in places if place.status in seated and place.mode is Attendance.venue]
        waiting = [place.waitlist_no for place in places if place.status is RegistrationStatus.waitlisted]
        assert len(at_venue) <= event.capacity
        assert waiting == list(range(1, len(waiting) + 1))


def test_there_are_both_kinds_of_events_and_a_full_one_ahead(office: Session) -> None:
    ahead = [event for event in of(office, Event) if event.status is EventStatus.published]
    waiting = {place.event_id for place in of(office, Registration) if place.waitlist_no}

    assert {event.kind for event in of(office, Event)} == {EventKind.study, EventKind.seminar}
    assert waiting & {event.id for event in ahead}


def test_a_name_is_found_by_the_search(office: Session) -> None:
    person = of(office, Person)[0]
    found = search.matching(Person, person.name_used, ["names"], "sqlite")

    assert person.id in office.scalars(sa.select(Person.id).where(found)).all()


def test_the_command_refuses_a_database_in_use(tmp_path: Path) -> None:
    with database(tmp_path) as session:
        build(session)
        before = len(rows(session, Person))
        session.close()
        result = runner().invoke(commands.demo, [])

        assert result.exit_code == 1
        assert "in use" in result.output
        assert len(rows(session, Person)) == before


def test_a_number_of_a_deleted_person_is_not_given_again(tmp_path: Path) -> None:
    with database(tmp_path) as session:
        begin_write(session)
        session.execute(sa.text("INSERT INTO counter (series, year, last) VALUES ('person', 0, 7)"))
        build_office(session, TODAY, hash_password, 0.05)

        assert rows(session, Person)[0]["code"] == "P-000008"


def test_the_command_shows_each_password_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "hash_password", hash_password)
    with database(tmp_path) as session:
        result = runner().invoke(commands.demo, ["--today", TODAY.isoformat()])
        passwords = [user["password"].removeprefix("hashed ")[::-1] for user in rows(session, User)]

    assert result.exit_code == 0, result.output
    assert [result.output.count(password) for password in passwords] == [1] * 7


def test_the_interpreter_and_the_organiser_have_claims_of_their_own(office: Session) -> None:
    users = {user.email.partition("@")[0]: user.id for user in of(office, User)}
    claims = [(one.created_by, one.support_type, one.status.value) for one in of(office, Expense)]

    travel = [claim for claim in claims if claim[:2] == (users["interpreter"], "travel")]
    assert {status for _by, _type, status in travel} >= {"submitted", "paid"}
    bought = [one for one in of(office, Expense) if one.created_by == users["organiser"]]
    assert bought
    assert all(one.event.organiser_id == users["organiser"] for one in bought)


def test_the_interpreter_is_asked_and_may_read_what_happened(office: Session) -> None:
    hers = [row for row in of(office, CaseStaff) if row.role == "interpreter" and row.to_on is None]
    told = {row.case.id for row in hers if row.share_story}

    assert [row for row in hers if row.answer == "requested"]
    assert [fact for fact in of(office, Fact) if fact.case and fact.case.id in told]
