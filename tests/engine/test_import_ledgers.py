"""Ledgers of which one row makes several records: the samples give what their README and expected files say."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from admin_views.engine.importing import Wishes, plan_import
from admin_views.engine.plans import Plan
from admin_views.engine.storing import run_import
from tests.engine.importing import expected, sample, screen
from tomoiki.cases.lists import CaseOrigin, CaseStatus
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.phones import national
from tomoiki.core.sheets import read_grids
from tomoiki.core.tables import Refused
from tomoiki.core.text import fold
from tomoiki.events.lists import EventKind, RegistrationSource, RegistrationStatus
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.money.models import Donation, Donor
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person, ResidenceStatus

STATES = {"new": "open", "open": "active", "on_hold": "waiting", "closed": "closed"}
Load = Callable[..., Plan]

pytestmark = pytest.mark.storage


@pytest.fixture
def reading(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def load(reading: Session) -> Load:
    def run(slug: str, name: str, **values: str) -> Plan:
        grids = read_grids(sample(name), name)
        plan = plan_import(reading, screen(slug), grids, SYSTEM_VIEWER, Wishes(values), name)
        run_import(reading, plan)
        return plan

    return run


def counts(plan: Plan) -> tuple[int, ...]:
    return tuple(plan.count(fate) for fate in ("new", "changed", "same", "error", "skipped"))


def places(plan: Plan) -> set[tuple[tuple[str, int], ...]]:
    return {tuple(sorted(one.places)) for one in plan.duplicates}


def count(session: Session, model: Any) -> int:
    return int(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


# -- cases -------------------------------------------------------------------------------------------------
def test_every_row_of_the_case_ledger_has_its_fate(load: Load) -> None:
    plan, known = load("cases", "legacy_cases.xlsx"), expected("legacy_cases")

    assert counts(plan) == (112, 0, 0, 8, 0)
    assert {(one.sheet, one.row, one.value) for one in plan.faults} == {
        (one["sheet"], one["row"], one["raw"] or "") for one in known["errors"]
    }


def test_the_case_ledger_warns_where_it_must(load: Load) -> None:
    plan, known = load("cases", "legacy_cases.xlsx"), expected("legacy_cases")

    warned = {(one["sheet"], one["row"]) for one in known["warnings"]}
    assert warned <= {(one.sheet, one.row) for row in plan.rows for one in row.read.remarks}


def test_the_same_person_and_the_same_case_twice_are_shown(load: Load) -> None:
    plan, known = load("cases", "legacy_cases.xlsx"), expected("legacy_cases")

    assert places(plan) == {
        tuple(sorted((sheet, row) for sheet, row in one["rows"])) for one in known["duplicates"]
    }


def test_a_case_that_stands_twice_is_told_from_a_person_who_came_twice(load: Load) -> None:
    plan = load("cases", "legacy_cases.xlsx")

    (twice,) = (one for one in plan.duplicates if not one.is_joined)
    assert twice.places == (("2021年度", 6), ("2021年度", 7))


def test_rows_that_are_no_cases_are_left_out(load: Load) -> None:
    plan, known = load("cases", "legacy_cases.xlsx"), expected("legacy_cases")

    left = {(one.sheet.name, row.row) for one in plan.sheets for row in one.sheet.left_out}
    blank_or_header = {
        (one["sheet"], one["row"]) for one in known["skipped_rows"] if one["reason"] in ("blank", "header")
    }
    assert left == {(one["sheet"], one["row"]) for one in known["skipped_rows"]} - blank_or_header
    assert [sheet.name for sheet, _reason in plan.mapped.ignored] == ["集計"]


def test_cases_are_stored_as_the_sample_says(load: Load, reading: Session) -> None:
    load("cases", "legacy_cases.xlsx")

    stored = reading.execute(sa.select(Case, Person).join(Person, Case.person_id == Person.id)).all()
    found = Counter((case.opened_on, case.status.value, case.ledger_no) for case, _person in stored)
    rows = expected("legacy_cases")["rows"]
    assert sum(found.values()) == len(rows)
    assert Counter((day, state) for day, state, _no in found.elements()) == Counter(
        (date.fromisoformat(row["受付日"]), STATES[row["状況_区分"]]) for row in rows
    )
    found_names = {fold(str(person.full_name_vi)) for _case, person in stored}
    assert found_names == {row["氏名_検索用"] for row in rows}
    phones = {person.phone_jp and national(person.phone_jp).replace("-", "") for _case, person in stored}
    assert phones == {row["電話"] for row in rows}


def test_one_row_makes_all_the_records_it_speaks_of(load: Load, reading: Session) -> None:
    load("cases", "legacy_cases.xlsx")

    case = reading.scalars(
        sa.select(Case)
        .join(Person, Case.person_id == Person.id)
        .where(Person.full_name_vi == "Đặng Xuân Bút")
    ).one()
    status = reading.scalars(
        sa.select(ResidenceStatus).where(ResidenceStatus.person_id == case.person_id)
    ).one()
    activity = reading.scalars(sa.select(Activity).where(Activity.case_id == case.id)).one()
    assert (case.status, list(case.outcomes), case.origin, case.closed_on) == (
        CaseStatus.closed, ["X0"], CaseOrigin.imported, None
    )  # fmt: skip
    assert (status.status, status.expires_on, case.worker_type) == ("titp2b", date(2023, 12, 14), "titp")
    assert case.employer is not None
    assert (case.employer.name, list(case.employer.roles)) == ("㈲れいじ食品", ["employer"])
    assert case.story == "残業代の計算がおかしい\n担当: 例示"
    assert (activity.type, activity.counts_as_contact, activity.by_id, activity.note) == (
        "note", False, None, "会社へ電話"
    )  # fmt: skip
    assert in_tokyo(activity.at).strftime("%Y-%m-%d %H:%M") == "2021-04-23 12:00"
    assert [person.id for person in activity.persons] == [case.person_id]
    assert case.person.consent_exception == "legacy"


def test_namesakes_stay_two_people_and_spellings_of_one_are_one(load: Load, reading: Session) -> None:
    load("cases", "legacy_cases.xlsx")

    pairs = len(expected("legacy_cases")["duplicates"])
    assert count(reading, Person) == 112 - pairs
    names = [fold(str(name)) for name in reading.scalars(sa.select(Person.full_name_vi))]
    assert names.count("bui xuan but") == 2


def test_a_company_is_made_once_however_it_is_written(load: Load, reading: Session) -> None:
    load("cases", "legacy_cases.xlsx")

    names = reading.scalars(sa.select(Organisation.name)).all()
    assert sum("見本建設" in name for name in names) == 1


def test_a_known_member_of_staff_gets_the_case(load: Load, reading: Session, app: Flask) -> None:
    begin_write()
    reading.execute(sa.text("UPDATE \"user\" SET name = '模擬 花子' WHERE id = 2"))
    reading.commit()

    load("cases", "legacy_cases.xlsx")

    mine = reading.scalar(sa.select(sa.func.count()).where(Case.owner_id == 2))
    assert mine == reading.scalar(sa.select(sa.func.count()).where(CaseStaff.user_id == 2)) == 34


@pytest.mark.parametrize(
    ("slug", "name", "rows"),
    [("cases", "legacy_cases.xlsx", 112), ("donations", "legacy_donations.xlsx", 53),
     ("donations", "donations_cp932.csv", 69)],
)  # fmt: skip
def test_the_same_ledger_twice_adds_nothing(
    slug: str, name: str, rows: int, load: Load, reading: Session
) -> None:
    load(slug, name)
    before = [count(reading, model) for model in (Case, Person, Donation, Donor, Activity, ResidenceStatus)]

    again = load(slug, name)

    assert counts(again)[:3] == (0, 0, rows)
    assert [count(reading, m) for m in (Case, Person, Donation, Donor, Activity, ResidenceStatus)] == before


# -- donations ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "fates"),
    [("legacy_donations.xlsx", (53, 0, 0, 4, 1)), ("donations_cp932.csv", (69, 0, 0, 4, 1))],
)
def test_every_row_of_a_donation_ledger_has_its_fate(name: str, fates: tuple[int, ...], load: Load) -> None:
    plan, known = load("donations", name), expected(name.rpartition(".")[0])

    assert counts(plan) == fates
    assert {(one.row, one.value) for one in plan.faults} == {
        (one["row"], one["raw"]) for one in known["errors"]
    }
    warned = {one["row"] for one in known["warnings"]}
    assert warned <= {one.row for one in plan.remarks}


@pytest.mark.parametrize("name", ["legacy_donations.xlsx", "donations_cp932.csv"])
def test_certain_gifts_are_skipped_and_probable_ones_shown(name: str, load: Load) -> None:
    plan, known = load("donations", name), expected(name.rpartition(".")[0])["duplicates"]

    assert [[one.same_as, one.row] for one in plan.skipped] == [
        o["rows"] for o in known if o["level"] == "certain"
    ]
    assert [[row for _sheet, row in one.places] for one in plan.duplicates] == [
        one["rows"] for one in known if one["level"] == "probable"
    ]


def test_the_sums_in_yen_tie(load: Load, reading: Session) -> None:
    load("donations", "legacy_donations.xlsx")
    load("donations", "donations_cp932.csv")

    sums = [expected(name)["totals_yen"] for name in ("legacy_donations", "donations_cp932")]
    amount, fee = reading.execute(sa.select(sa.func.sum(Donation.amount), sa.func.sum(Donation.fee))).one()
    assert amount == sum(one["valid_rows_amount_without_certain_duplicates"] for one in sums)
    assert fee == sum(one["valid_rows_fee"] for one in sums)


def test_the_second_ledger_recognises_rows_of_the_first(load: Load) -> None:
    load("donations", "legacy_donations.xlsx")
    plan = load("donations", "donations_cp932.csv")

    assert counts(plan) == (67, 0, 2, 4, 1)
    same = {row.read.number for row in plan.rows if row.fate == "same"}
    assert same == {one["csv_row"] for one in expected("donations_cp932")["already_in_legacy_donations_xlsx"]}


def test_donations_are_stored_as_the_sample_says(load: Load, reading: Session) -> None:
    load("donations", "donations_cp932.csv")

    found = {
        gift.ledger_no: (gift.received_on, gift.amount, gift.fee)
        for gift in reading.scalars(sa.select(Donation))
    }
    assert found == {
        row["番号"]: (date.fromisoformat(row["受領日"]), row["金額"], row["手数料"])
        for row in expected("donations_cp932")["rows"]
    }
    assert {gift.fund.code for gift in reading.scalars(sa.select(Donation))} == {"GENERAL"}


def test_a_donor_is_one_whatever_the_spelling_and_other_addresses_stay_in_the_memo(
    load: Load, reading: Session
) -> None:
    load("donations", "donations_cp932.csv")

    donor = reading.scalars(sa.select(Donor).where(Donor.name.like("%見本建設%"))).one()
    gifts = reading.scalars(
        sa.select(Donation).where(Donation.donor_id == donor.id).order_by(Donation.id)
    ).all()
    assert (donor.kind.value, donor.email) == ("company", "donor21055@example.jp")
    assert "メールアドレス: donor22015@example.jp" in "\n".join(gift.memo or "" for gift in gifts)


def test_text_that_looks_like_a_formula_stays_text(load: Load, reading: Session) -> None:
    load("donations", "donations_cp932.csv")

    assert reading.scalar(sa.select(sa.func.count()).where(Donor.name.like("=HYPERLINK(%"))) == 1


# -- registrations -----------------------------------------------------------------------------------------
@pytest.fixture
def event(reading: Session) -> str:
    begin_write()
    starts = datetime(2022, 6, 25, 4, tzinfo=UTC)
    reading.add(
        Event(number="EV2022-001", kind=EventKind.study, title_ja="勉強会", starts_at=starts, capacity=25)
    )
    reading.commit()
    return "EV2022-001"


def test_answers_of_a_form_become_registrations(load: Load, event: str) -> None:
    plan, known = (
        load("registrations", "google_forms_attendees.csv", event=event),
        expected("google_forms_attendees"),
    )

    assert counts(plan) == (38, 4, 0, 3, 0)
    assert {one.row for one in plan.faults} == {one["row"] for one in known["errors"]}
    assert [[row for _sheet, row in one.places] for one in plan.duplicates] == [
        one["rows"] for one in known["duplicates"]
    ]


def test_seats_are_given_in_the_order_of_time(load: Load, event: str, reading: Session) -> None:
    load("registrations", "google_forms_attendees.csv", event=event)

    known = expected("google_forms_attendees")
    waiting = (
        sa.select(Attendee.email)
        .join(Registration, Registration.attendee_id == Attendee.id)
        .where(Registration.status == RegistrationStatus.waitlisted)
        .order_by(Registration.waitlist_no)
    )
    assert reading.scalars(waiting).all() == known["waitlist_emails_in_order"]
    assert count(reading, Registration) == known["counts"]["unique_people"]


def test_the_first_time_keeps_the_place_and_the_last_texts_win(
    load: Load, event: str, reading: Session
) -> None:
    load("registrations", "google_forms_attendees.csv", event=event)

    rows = [
        row for row in expected("google_forms_attendees")["rows"] if row["email"] == "s03.mihon@example.jp"
    ]
    registration, attendee = reading.execute(
        sa.select(Registration, Attendee)
        .join(Attendee, Registration.attendee_id == Attendee.id)
        .where(Attendee.email == "s03.mihon@example.jp")
    ).one()
    assert in_tokyo(registration.registered_at).replace(tzinfo=None).isoformat() == rows[0]["time"]
    assert attendee.grade == rows[-1]["grade"]


def test_a_paper_list_of_the_day_meets_those_registered(load: Load, event: str, reading: Session) -> None:
    load("registrations", "google_forms_attendees.csv", event=event)
    plan, known = load("registrations", "walkins.csv", event=event), expected("walkins")

    certain = {one["row"] for one in known["matches_to_registrations"] if one["certain"]}
    doubtful = {one["row"] for one in known["matches_to_registrations"] if not one["certain"]}
    assert {row.read.number for row in plan.rows if row.fate == "changed"} == certain
    assert {one.places[-1][1] for one in plan.duplicates} == doubtful
    assert [one.row for one in plan.faults] == [one["row"] for one in known["errors"]]
    walked_in = sa.select(sa.func.count()).where(Registration.source == RegistrationSource.walk_in)
    assert reading.scalar(walked_in) == known["counts"]["new_people"] + len(doubtful)


def test_both_lists_again_change_nothing(load: Load, event: str) -> None:
    for name in ("google_forms_attendees.csv", "walkins.csv"):
        load("registrations", name, event=event)

    assert counts(load("registrations", "google_forms_attendees.csv", event=event)) == (0, 0, 42, 3, 0)
    assert counts(load("registrations", "walkins.csv", event=event)) == (0, 0, 12, 1, 0)


def test_answers_without_a_home_are_kept_with_their_questions(
    load: Load, event: str, reading: Session
) -> None:
    load("registrations", "google_forms_attendees.csv", event=event)

    found = reading.scalars(sa.select(Registration.answers).order_by(Registration.id)).first()
    assert found == {"参加動機": "授業で技能実習のことを知り、もっと学びたいと思いました。"}
    assert json.dumps(found)


# -- other lists of the same kinds, with other quirks --------------------------------------------------------
@pytest.fixture
def take(reading: Session) -> Load:
    def run(slug: str, text: str, name: str = "list.csv", **values: str) -> Plan:
        plan = plan_import(
            reading, screen(slug), read_grids(text.encode(), name), SYSTEM_VIEWER, Wishes(values), name
        )
        run_import(reading, plan)
        return plan

    return run


def test_the_year_of_a_csv_is_that_of_its_name_or_title(take: Load, reading: Session) -> None:
    take("cases", "受付日,氏名\n4/3,見本\n1月15日,架空\n", "相談台帳_令和5年度.csv")

    assert reading.scalars(sa.select(Case.opened_on).order_by("id")).all() == [
        date(2023, 4, 3),
        date(2024, 1, 15),
    ]


def test_a_day_without_any_year_is_refused(take: Load) -> None:
    assert counts(take("cases", "受付日,氏名\n4/3,見本\n"))[3] == 1


def test_a_phone_of_two_countries_is_asked_and_a_clear_one_is_filed(take: Load, reading: Session) -> None:
    plan = take("people", "氏名,電話\n見本,0912345678\n架空,0932345678\n仮,+84 91 234 5678\n例,なし\n")

    assert [row.fate for row in plan.rows] == ["error", "error", "new", "new"]
    assert reading.execute(sa.select(Person.phone_jp, Person.phone_vn).order_by("id")).all() == [
        (None, "+84912345678"), (None, None)
    ]  # fmt: skip


def test_categories_are_taken_and_a_restricted_one_restricts(take: Load, reading: Session) -> None:
    take("cases", "受付日,氏名,相談種別\n2023-04-03,見本,賃金未払い、住居\n2023-04-04,架空,DV\n")

    first, second = reading.scalars(sa.select(Case).order_by(Case.id))
    assert (sorted(first.categories), first.primary_category) == (["housing", "wage_unpaid"], "wage_unpaid")
    assert (second.confidential.value, second.confidential_reason) == ("restricted", "dv")


def test_an_anonymous_gift_makes_no_donor(take: Load, reading: Session) -> None:
    take("donations", "寄附日\t寄附者名\t寄附額\n2023-04-03\t匿名\t1000\n", "x.tsv")

    assert reading.scalars(sa.select(Donation.donor_id)).all() == [None]
    assert count(reading, Donor) == 0


def test_a_fund_that_does_not_exist_is_an_error(take: Load) -> None:
    assert counts(take("donations", "寄附日,金額,使途\n2023-04-03,1000,知らない基金\n"))[3] == 1


def test_two_equal_gifts_without_a_number_are_two(take: Load, reading: Session) -> None:
    lines = "日付,お名前,金額\n2023-04-03,見本,1000\n2023-04-03,見本,1000\n"

    first, again = take("donations", lines), take("donations", lines)

    assert (counts(first)[0], len(first.duplicates)) == (2, 1)
    assert counts(again)[2] == 2


def test_consent_to_photographs_is_no_consent_to_data(take: Load, event: str) -> None:
    head = "タイムスタンプ,Email Address,お名前（漢字）,お名前（ふりがな）,"
    head += "写真撮影に同意しますか,個人情報の取扱いに同意しますか\n"
    plan = take(
        "registrations",
        head + "2023/04/03 7:05:22 午後 GMT+9,a@example.com,見本 太郎,みほん たろう,いいえ,はい\n",
        event=event,
    )

    assert counts(plan) == (1, 0, 0, 0, 0)
    assert [column.target.path for column in plan.sheets[0].columns if column.target] == [
        "registered_at", "attendee.email", "attendee.name", "attendee.name_kana", "consent"
    ]  # fmt: skip


def test_registrations_need_to_know_their_event(take: Load) -> None:
    with pytest.raises(Refused):
        take("registrations", "お名前,メール\n見本,a@example.com\n")


@pytest.mark.parametrize(
    ("slug", "lines"),
    [
        ("donors", "寄附者名,区分\n見本,個人\n"),
        ("funds", "基金コード,名前\nA1,見本基金\n"),
        ("attendees", "氏名,メール\n見本,a@example.com\n"),
        ("study-sessions", "タイトル,開始日時,定員\n第1回,2023-05-01 13:00,40\n"),
    ],
)
def test_every_screen_that_makes_records_imports_them_once(slug: str, lines: str, take: Load) -> None:
    assert counts(take(slug, lines))[:3] == (1, 0, 0)
    assert counts(take(slug, lines))[:3] == (0, 0, 1)
