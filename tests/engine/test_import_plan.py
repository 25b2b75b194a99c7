"""What becomes of a row: new, changed, the same, skipped or not possible; and all of it or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from admin_views.engine import storing
from admin_views.engine.importing import Wishes, plan_import
from admin_views.engine.plans import NotAllowed, Plan
from admin_views.engine.storing import run_import
from tests.engine.importing import screen
from tomoiki.cases.models import Case
from tomoiki.core.access import SYSTEM_VIEWER, Viewer
from tomoiki.core.database import db
from tomoiki.core.sheets import read_grids
from tomoiki.core.tables import Refused
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person, ResidenceStatus

NUMBER, CARD = "7999901010074", "AB12345678CD"
Import = Callable[..., Plan]


@pytest.fixture
def reading(app: Flask) -> Any:
    with app.app_context():
        yield db.session()


@pytest.fixture
def plan(reading: Session) -> Import:
    def plan_list(slug: str, *lines: str, viewer: Viewer = SYSTEM_VIEWER, **options: Any) -> Plan:
        grids = read_grids("\n".join(lines).encode())
        return plan_import(reading, screen(slug), grids, viewer, Wishes(**options))

    return plan_list


@pytest.fixture
def load(plan: Import, reading: Session) -> Import:
    def load_list(*arguments: Any, **options: Any) -> Plan:
        made = plan(*arguments, **options)
        run_import(reading, made)
        return made

    return load_list


def fates(plan: Plan) -> list[str]:
    return [row.fate for row in plan.rows]


@pytest.mark.storage
def test_a_certain_match_with_other_values_is_changed(load: Import, reading: Session) -> None:
    load("organisations", "会社名,法人番号,電話", f"見本商事,{NUMBER},03-0000-0001")

    again = load("organisations", "会社名,法人番号,電話", f"見本商事,{NUMBER},03-0000-0002")

    assert fates(again) == ["changed"]
    assert reading.scalars(sa.select(Organisation.phone)).all() == ["+81300000002"]


def test_an_empty_cell_changes_nothing(load: Import, reading: Session) -> None:
    load("organisations", "会社名,法人番号,電話", f"見本商事,{NUMBER},03-0000-0001")

    assert fates(load("organisations", "会社名,法人番号,電話", f"見本商事,{NUMBER},")) == ["same"]


def test_a_note_that_stands_already_is_kept(load: Import, reading: Session) -> None:
    load("organisations", "会社名,法人番号,備考", f"見本商事,{NUMBER},駅の北")

    load("organisations", "会社名,法人番号,従業員数", f"見本商事,{NUMBER},12")

    assert reading.scalars(sa.select(Organisation.note)).all() == ["駅の北\n従業員数: 12"]


def test_rows_without_a_number_are_not_added_twice(load: Import) -> None:
    lines = ("organisations", "会社名,電話", "見本商事,03-0000-0001", "見本農園,")
    load(*lines)

    assert fates(load(*lines)) == ["same", "same"]


def test_the_same_name_without_a_number_is_only_a_suspicion(load: Import) -> None:
    load("organisations", "会社名,法人番号", f"株式会社見本商事,{NUMBER}")

    found = load("organisations", "会社名", "(有)見本商事")

    assert (fates(found), len(found.duplicates), found.duplicates[0].record) == (["new"], 1, 1)


def test_two_numbers_keep_namesakes_apart(plan: Import) -> None:
    found = plan("organisations", "会社名,法人番号", f"見本商事,{NUMBER}", "見本商事,3999901010037")

    assert (fates(found), found.duplicates) == (["new", "new"], [])


@pytest.mark.storage
def test_the_same_card_and_birth_date_is_the_same_person(load: Import, reading: Session) -> None:
    load("people", "氏名,生年月日,在留カード番号", f"Nguyễn Văn Bút,1999-01-02,{CARD}")

    again = load(
        "people", "氏名,生年月日,在留カード番号,電話", f"Nguyen Van But,1999-01-02,{CARD},090-0000-0001"
    )

    assert fates(again) == ["changed"]
    assert reading.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_the_same_card_alone_is_not_the_same_person(load: Import) -> None:
    load("people", "氏名,生年月日,在留カード番号", f"Nguyễn Văn Bút,1999-01-02,{CARD}")

    found = load("people", "氏名,生年月日,在留カード番号", f"Trần Thị Đèn,1990-05-06,{CARD}")

    assert fates(found) == ["new"]


def test_a_new_status_is_added_to_the_persons_history(load: Import, reading: Session) -> None:
    header = "氏名,生年月日,在留カード番号,在留資格,在留期限"
    load("people", header, f"Nguyễn Văn Bút,1999-01-02,{CARD},留学,2026-03-31")

    again = load("people", header, f"Nguyễn Văn Bút,1999-01-02,{CARD},特定技能1号,2027-03-31")

    assert fates(again) == ["changed"]
    statuses = reading.scalars(sa.select(ResidenceStatus.status).order_by(ResidenceStatus.id)).all()
    assert statuses == ["student", "ssw1"]


def test_a_row_with_two_faults_is_one_row(plan: Import) -> None:
    found = plan("people", "氏名,生年月日,電話", "見本,1998/2/29,abc")

    assert (found.count("error"), len(found.faults)) == (1, 2)


def test_a_day_that_could_be_another_day_is_an_error(plan: Import) -> None:
    assert fates(plan("people", "氏名,生年月日", "見本,03/04/1999", "見本 花子,25/04/1999")) == [
        "error",
        "new",
    ]


def test_an_unknown_word_of_a_list_is_answered_with_the_nearest(plan: Import) -> None:
    (fault,) = plan("organisations", "会社名,業種", "見本商事,農行").faults

    assert "“" in str(fault.reason) or "「" in str(fault.reason)


def test_a_row_with_too_many_cells_is_reported(plan: Import) -> None:
    assert fates(plan("people", "氏名,電話", "見本,090-0000-0001,余り", "架空,090-0000-0002")) == [
        "error",
        "new",
    ]


def test_columns_that_are_not_taken_over_are_named(plan: Import) -> None:
    assert plan("people", "氏名,好きな食べ物,空", "見本,フォー,").lost == ["好きな食べ物"]


def test_my_number_is_not_stored_in_a_note(plan: Import) -> None:
    assert fates(plan("organisations", "会社名,控え", "見本商事,1234 5678 9018")) == ["error"]


def test_a_file_without_a_known_column_is_refused(plan: Import) -> None:
    with pytest.raises(Refused, match="x"):
        plan("people", "x,y", "1,2")


def test_a_file_without_rows_is_refused(plan: Import) -> None:
    with pytest.raises(Refused):
        plan("people", "氏名,電話")


@pytest.mark.storage
def test_a_fault_in_the_middle_leaves_nothing(
    plan: Import, reading: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan("people", "氏名,在留資格", *(f"見本 {name},留学" for name in "abcdef"))

    def break_off(session: Session, model: Any, made: Any) -> None:
        if model is ResidenceStatus:
            raise RuntimeError

    monkeypatch.setattr(storing, "log_made", break_off)
    with pytest.raises(RuntimeError):
        run_import(reading, made)

    assert reading.scalar(sa.select(sa.func.count()).select_from(Person)) == 0
    assert reading.scalar(sa.select(sa.func.count()).select_from(ResidenceStatus)) == 0


def test_a_number_taken_meanwhile_stops_the_import(plan: Import, load: Import, reading: Session) -> None:
    made = plan("organisations", "会社名,法人番号", "見本農園,3999901010037", f"見本商事,{NUMBER}")
    load("organisations", "会社名,法人番号", f"架空商事,{NUMBER}")

    with pytest.raises(Refused):
        run_import(reading, made)

    assert reading.scalars(sa.select(Organisation.name)).all() == ["架空商事"]


@pytest.mark.parametrize("role", ["auditor", "treasurer", "interpreter"])
def test_who_may_not_create_may_not_import(role: str, plan: Import, as_viewer: Callable[..., Viewer]) -> None:
    with pytest.raises(NotAllowed):
        plan("organisations", "会社名", "見本商事", viewer=as_viewer(role))


def test_an_invisible_person_is_neither_matched_nor_hinted_at(
    load: Import, plan: Import, reading: Session, saved: Callable[..., int], as_viewer: Callable[..., Viewer]
) -> None:
    row = f"Nguyễn Văn Bút,1999-01-02,{CARD},090-0000-0001"
    load("people", "氏名,生年月日,在留カード番号,電話", row)
    reading.rollback()
    saved(Case(number="T1", person_id=1, title="x", confidential="secret"))

    found = plan("people", "氏名,生年月日,在留カード番号,電話", row, viewer=as_viewer("caseworker"))

    assert (fates(found), found.duplicates) == (["new"], [])


def test_headers_are_known_in_three_languages_and_any_width(plan: Import) -> None:
    found = plan("people", "Ｈọ tên,  フリガナ（必須）,Ngày sinh", "見本,ミホン,1999-01-02")

    assert [target.path for target in found.sheets[0].targets] == ["full_name_vi", "name_kana", "birth_date"]
