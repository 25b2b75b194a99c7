"""The sample files, from file to database and back: what README.md of the samples promises of an importer."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from admin_views.engine.importing import plan_import
from admin_views.engine.plans import Plan
from admin_views.engine.storing import run_import
from tests.engine.importing import expected, sample, screen
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.database import db
from tomoiki.core.phones import national
from tomoiki.core.sheets import read_grids
from tomoiki.core.text import fold
from tomoiki.organisations.models import Organisation
from tomoiki.people.lists import ResidenceStatusCode
from tomoiki.people.models import Person, ResidenceStatus

FILES = {"people": "people_vn", "organisations": "companies"}
COARSE = {"技能実習1号": "titp1b", "技能実習2号": "titp2b", "特定技能1号": "ssw1", "留学": "student"}
COARSE |= {"技術・人文知識・国際業務": "eng_hum_intl", "特定活動": "designated", "定住者": "longterm"}
COARSE |= {"家族滞在": "dependent"}

pytestmark = pytest.mark.storage


@pytest.fixture
def reading(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def plan_of(reading: Session) -> Callable[[str], Plan]:
    def plan(slug: str) -> Plan:
        sheets = read_grids(sample(f"{FILES[slug]}.csv"), f"{FILES[slug]}.csv")
        return plan_import(reading, screen(slug), sheets, SYSTEM_VIEWER)

    return plan


@pytest.fixture(params=FILES)
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_data_row_has_exactly_one_fate(slug: str, plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(slug)

    assert len(plan.rows) == expected(FILES[slug])["counts"]["data_rows"]
    assert sum(plan.count(fate) for fate in ("new", "changed", "same", "error", "skipped")) == len(plan.rows)


def test_every_faulty_row_is_reported_with_column_value_and_reason(
    slug: str, plan_of: Callable[[str], Plan]
) -> None:
    found = {(fault.row, fault.column, fault.value) for fault in plan_of(slug).faults}

    assert found == {(one["row"], one["field"], one["raw"]) for one in expected(FILES[slug])["errors"]}
    assert all(str(fault.reason) for fault in plan_of(slug).faults)


def test_certain_duplicates_are_skipped_and_probable_ones_reported(
    slug: str, plan_of: Callable[[str], Plan]
) -> None:
    plan, known = plan_of(slug), expected(FILES[slug])["duplicates"]

    assert [[one.same_as, one.row] for one in plan.skipped] == _rows(known, "certain")
    assert [[row for _sheet, row in one.places] for one in plan.duplicates] == _rows(known, "probable")


def _rows(duplicates: list[dict[str, Any]], level: str) -> list[list[int]]:
    return sorted((one["rows"] for one in duplicates if one["level"] == level), key=lambda rows: rows[1])


@pytest.mark.parametrize(("slug", "new"), [("people", 56), ("organisations", 37)])
def test_all_good_rows_are_stored_and_twice_adds_nothing(
    slug: str, new: int, plan_of: Callable[[str], Plan], reading: Session
) -> None:
    first = plan_of(slug)
    run_import(reading, first)

    again = plan_of(slug)
    run_import(reading, again)

    assert (first.count("new"), first.count("skipped")) == (new, 2)
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, new)
    assert reading.scalar(sa.select(sa.func.count()).select_from(screen(slug).model)) == new
    assert not again.duplicates


def test_people_are_stored_as_the_sample_says(plan_of: Callable[[str], Plan], reading: Session) -> None:
    run_import(reading, plan_of("people"))

    wanted = Counter(_as_person(row) for row in _stored_rows("people_vn"))
    found = Counter(
        (
            str(person.full_name_vi),
            fold(str(person.full_name_vi)),
            person.birth_date,
            person.residence_card_no,
            status.status,
            status.expires_on,
            national(str(person.phone_jp)).replace("-", ""),
        )
        for person, status in reading.execute(
            sa.select(Person, ResidenceStatus).join(ResidenceStatus, ResidenceStatus.person_id == Person.id)
        )
    )
    assert found == wanted


def _stored_rows(name: str) -> list[dict[str, Any]]:
    """The rows that an import stores: the valid ones without second copies."""
    known = expected(name)
    copies = {one["rows"][1] for one in known["duplicates"] if one["level"] == "certain"}
    return [row for row in known["rows"] if row["row"] not in copies]


def _as_person(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["氏名"],
        row["氏名_検索用"],
        date.fromisoformat(row["生年月日"]),
        row["在留カード番号"],
        COARSE[row["在留資格"]],
        date.fromisoformat(row["在留期限"]),
        row["電話"],
    )


def test_companies_are_stored_as_the_sample_says(plan_of: Callable[[str], Plan], reading: Session) -> None:
    run_import(reading, plan_of("organisations"))

    found = {
        (company.name, company.corporate_number, national(str(company.phone)).replace("-", ""))
        for company in reading.scalars(sa.select(Organisation))
    }
    assert found == {(row["name"], row["法人番号"], row["電話"]) for row in _stored_rows("companies")}


def test_a_column_without_a_home_goes_into_the_note(plan_of: Callable[[str], Plan], reading: Session) -> None:
    run_import(reading, plan_of("organisations"))

    company = reading.scalars(sa.select(Organisation).where(Organisation.name == "(同)テスト商事")).one()
    assert (company.note, company.industry) == ("従業員数: 116", "fishery")


def test_every_industry_of_the_file_has_a_code(plan_of: Callable[[str], Plan], reading: Session) -> None:
    run_import(reading, plan_of("organisations"))

    assert None not in set(reading.scalars(sa.select(Organisation.industry)))


def test_the_prefix_of_the_invoice_number_is_only_a_remark(plan_of: Callable[[str], Plan]) -> None:
    remarks = {(remark.row, remark.column) for remark in plan_of("organisations").remarks}

    assert remarks == {(7, "法人番号")}


def test_a_day_that_can_only_be_day_first_is_read_with_a_remark(plan_of: Callable[[str], Plan]) -> None:
    remarks = {(remark.row, remark.value) for remark in plan_of("people").remarks}

    assert {(37, "25/02/1991"), (39, "14/09/1999")} <= remarks


def test_a_status_word_fills_the_field_of_work_too(plan_of: Callable[[str], Plan], reading: Session) -> None:
    run_import(reading, plan_of("people"))

    care = sa.select(sa.func.count()).where(ResidenceStatus.ssw_field == "care")
    assert reading.scalar(care.where(ResidenceStatus.status == ResidenceStatusCode.ssw1.value)) == 8


def test_people_of_an_old_list_asked_nobody_for_consent(
    plan_of: Callable[[str], Plan], reading: Session
) -> None:
    run_import(reading, plan_of("people"))

    assert set(reading.scalars(sa.select(Person.consent_exception))) == {"legacy"}


def test_what_only_the_skipped_row_has_is_reported_without_secrets(plan_of: Callable[[str], Plan]) -> None:
    (first, _second) = plan_of("people").skipped

    assert first.only_here == {"氏名": "Tran Van Hoa"}
    assert "HZ00001006UZ" not in json.dumps(first.as_json(), ensure_ascii=False).upper()
