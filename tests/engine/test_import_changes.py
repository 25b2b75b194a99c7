"""An export edited in Excel and read in again: matched by id, each change shown, nothing else touched."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from admin_views.engine import undoing
from admin_views.engine.importing import plan_import
from admin_views.engine.plans import Plan
from admin_views.engine.storing import run_import
from admin_views.engine.undoing import undo_import
from tests.engine.importing import sample, screen
from tomoiki.cases.models import Activity, Case
from tomoiki.core.access import SYSTEM_VIEWER, Viewer
from tomoiki.core.database import begin_write, db
from tomoiki.core.history import ChangeLog
from tomoiki.core.imports import ImportRun
from tomoiki.core.search import matching
from tomoiki.core.sheets import read_grids
from tomoiki.core.tables import Refused
from tomoiki.events.models import Attendee
from tomoiki.money.models import Donation, Donor
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

Load = Callable[..., Plan]


@pytest.fixture
def reading(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def plan(reading: Session) -> Load:
    def make(slug: str, *lines: str, viewer: Viewer = SYSTEM_VIEWER) -> Plan:
        return plan_import(reading, screen(slug), read_grids("\n".join(lines).encode()), viewer)

    return make


@pytest.fixture
def load(plan: Load, reading: Session) -> Load:
    def run(*arguments: Any, **options: Any) -> Plan:
        made = plan(*arguments, **options)
        run_import(reading, made)
        return made

    return run


def fates(plan: Plan) -> list[str]:
    return [row.fate for row in plan.rows]


@pytest.mark.storage
def test_a_row_with_an_id_changes_that_record(
    load: Load, reading: Session, saved: Callable[..., int]
) -> None:
    first, second = (
        saved(Organisation(name=name, phone="+81300000001")) for name in ("見本商事", "架空農園")
    )

    found = load(
        "organisations",
        "id,名称,電話,業種",
        f"{first},見本商会,03-0000-0001,商社",
        f"{second},架空農園,03-0000-0001,",
    )

    assert fates(found) == ["changed", "same"]
    assert found.rows[0].changes == {"name": "見本商会", "industry": "trade"}
    assert reading.execute(sa.select(Organisation.name, Organisation.industry).order_by("id")).all() == [
        ("見本商会", "trade"), ("架空農園", None)
    ]  # fmt: skip


def test_an_emptied_cell_of_an_export_empties_the_field(load: Load, reading: Session, saved: Any) -> None:
    one = saved(Organisation(name="見本商事", phone="+81300000001", note="駅の北"))

    found = load("organisations", "id,名称,電話,備考", f"{one},見本商事,,駅の北")

    assert (fates(found), reading.scalar(sa.select(Organisation.phone))) == (["changed"], None)
    assert reading.scalar(sa.select(Organisation.note)) == "駅の北"


def test_a_required_field_is_not_emptied(load: Load, saved: Any) -> None:
    one = saved(Organisation(name="見本商事"))

    assert fates(load("organisations", "id,名称", f"{one},")) == ["same"]


def test_an_id_of_nobody_is_an_error(plan: Load) -> None:
    assert fates(plan("organisations", "id,名称", "99,見本商事", "x,架空農園")) == ["error", "error"]


def test_a_row_without_id_in_an_export_is_new(load: Load) -> None:
    assert fates(load("organisations", "id,名称", ",見本商事")) == ["new"]


def test_a_foreign_column_named_in_capitals_is_no_id_of_ours(
    load: Load, saved: Any, reading: Session
) -> None:
    saved(Organisation(name="見本商事"))

    load("organisations", "ID,会社名", "1,架空農園")

    assert reading.scalars(sa.select(Organisation.name).order_by("id")).all() == ["見本商事", "架空農園"]


def test_a_record_out_of_scope_cannot_be_changed(plan: Load, saved: Any, as_viewer: Any) -> None:
    person = saved(Person(code="P-1", full_name_vi="Nguyễn Văn Bút"))
    saved(Case(number="T1", person_id=person, title="x", confidential="secret"))

    found = plan("people", "id,ベトナム語氏名", f"{person},Trần Thị Đèn", viewer=as_viewer("caseworker"))

    assert (fates(found), len(found.faults)) == (["error"], 1)


@pytest.mark.parametrize("text", ["'=1+1 x", "''=x", "'+x", "'-x", "'@x"])
def test_the_sign_that_disarms_formulas_is_taken_back(
    text: str, load: Load, reading: Session, saved: Any
) -> None:
    one = saved(Organisation(name="見本商事", note=text[1:]))

    assert fates(load("organisations", "id,名称,備考", f"{one},見本商事,{text}")) == ["same"]


@pytest.mark.parametrize("word", ["商社", "trade", "Trade", "卸売・小売", "Bán buôn, bán lẻ"])
def test_labels_of_codes_are_understood_in_every_language(
    word: str, load: Load, reading: Session, saved: Any
) -> None:
    one = saved(Organisation(name="見本商事"))

    load("organisations", "id,名称,業種", f'{one},見本商事,"{word}"')

    assert reading.scalar(sa.select(Organisation.industry)) == "trade"


@pytest.mark.storage
def test_references_and_moments_come_back_as_they_were_shown(
    load: Load, reading: Session, saved: Any
) -> None:
    donor = saved(Donor(code="N-1", name="見本 花子"))
    gift = saved(Donation(number="D1", donor_id=donor, received_on=date(2022, 4, 1), amount=1000, fund_id=1))
    saved(Attendee(name="見本"))
    header = "id,寄附番号,寄附者,受領日,金額,財源・基金,方法"

    same = load("donations", header, f'{gift},D1,見本 花子,2022-04-01,"1,000円",一般,その他')
    changed = load("donations", header, f"{gift},D1,見本 花子,2022-04-02,1000,GENERAL,銀行振込")

    assert (fates(same), fates(changed)) == (["same"], ["changed"])
    assert changed.rows[0].changes == {"received_on": date(2022, 4, 2), "method": "bank"}


def test_a_cell_that_still_names_what_stands_there_changes_nothing(plan: Load, saved: Any) -> None:
    first, _second = (saved(Donor(code=code, name="見本 花子")) for code in ("N-1", "N-2"))
    gift = saved(Donation(number="D1", donor_id=first, received_on=date(2022, 4, 1), amount=1000, fund_id=1))
    header = "id,寄附番号,寄附者,受領日,金額"

    assert fates(plan("donations", header, f"{gift},D1,見本 花子,2022-04-01,1000")) == ["same"]
    assert fates(plan("donations", header, f"{gift},D1,架空 太郎,2022-04-01,1000")) == ["error"]


def test_a_name_of_several_records_is_never_guessed(plan: Load, saved: Any) -> None:
    for code in ("N-1", "N-2"):
        saved(Donor(code=code, name="見本 花子"))

    found = plan("donations", "受付番号,日付,お名前,寄付金額", "D1,2022-04-01,見本花子,1000")

    assert (fates(found), len(found.faults)) == (["error"], 1)


@pytest.mark.storage
def test_an_undo_returns_what_was_changed(load: Load, plan: Load, reading: Session, saved: Any) -> None:
    one = saved(Organisation(name="見本商事", roles=["employer"]))
    made = plan("organisations", "id,名称,区分,備考", f"{one},見本商会,学校,駅の北", ",架空農園,,")
    run = run_import(reading, made)

    done = undo_import(reading, run)

    assert (done.gone, done.returned, done.left) == (1, 1, 0)
    (company,) = reading.scalars(sa.select(Organisation))
    assert (company.name, list(company.roles), company.note) == ("見本商事", ["employer"], None)


@pytest.mark.storage
def test_an_undo_of_a_ledger_takes_all_its_records(reading: Session) -> None:
    grids = read_grids(sample("legacy_cases.xlsx"), "legacy_cases.xlsx")
    indexed = reading.scalar(sa.text("SELECT count(*) FROM search_index"))
    run = run_import(
        reading, plan_import(reading, screen("cases"), grids, SYSTEM_VIEWER, filename="legacy_cases.xlsx")
    )

    done = undo_import(reading, run)

    tables = (
        "person",
        "residence_status",
        "organisation",
        '"case"',
        "activity",
        "case_category",
        "activity_person",
    )
    left = {name: reading.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables}  # noqa: S608 - our names
    assert (set(left.values()), done.left) == ({0}, 0)
    found = reading.scalar(sa.text("SELECT count(*) FROM search_index"))
    assert found == indexed
    gone = sa.select(sa.func.count()).where(
        ChangeLog.action == "delete", ChangeLog.origin == f"undo:{run.id}"
    )
    assert reading.scalar(gone) == done.gone


@pytest.mark.storage
def test_what_others_point_at_is_left_with_what_it_points_at(
    load: Load, reading: Session, saved: Any, plan: Load
) -> None:
    made = plan(
        "cases",
        "No,受付日,氏名,電話,会社名",
        "1,2022-04-01,見本,090-0000-0001,架空商事",
        "2,2022-04-02,架空,090-0000-0002,見本農園",
    )
    run = run_import(reading, made)
    run_id = run.id
    reading.rollback()
    saved(*_activity_of(1))

    done = undo_import(reading, reading.get_one(ImportRun, run_id))

    assert done.left == 3
    assert [
        reading.scalar(sa.select(sa.func.count()).select_from(m)) for m in (Case, Person, Organisation)
    ] == [1, 1, 1]


def _activity_of(case_id: int) -> list[Any]:
    return [Activity(case_id=case_id, type="note", counts_as_contact=False)]


@pytest.mark.storage
def test_an_undo_that_fails_half_way_leaves_everything(
    plan: Load, reading: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_import(reading, plan("cases", "No,受付日,氏名,会社名", "1,2022-04-01,見本,架空商事"))
    forget, calls = undoing.forget_many, iter(range(1))
    monkeypatch.setattr(undoing, "forget_many", lambda *asked: (next(calls), forget(*asked)))

    with pytest.raises(StopIteration):
        undo_import(reading, run)
    reading.rollback()

    counts = [reading.scalar(sa.select(sa.func.count()).select_from(m)) for m in (Case, Person, Organisation)]
    assert counts == [1, 1, 1]
    assert run.undone_at is None


def test_an_import_can_be_undone_once(load: Load, plan: Load, reading: Session) -> None:
    run = run_import(reading, plan("organisations", "会社名", "見本商事"))
    undo_import(reading, run)

    assert undo_import(reading, run).gone == 0


def test_a_change_since_the_preview_stops_the_import(plan: Load, reading: Session, saved: Any) -> None:
    one = saved(Organisation(name="見本商事"))
    made = plan("organisations", "id,名称", f"{one},見本商会")
    reading.rollback()
    company = reading.get_one(Organisation, one)
    company.name = "架空商事"
    reading.commit()

    with pytest.raises(Refused):
        run_import(reading, made)
    assert reading.scalar(sa.select(Organisation.name)) == "架空商事"


def test_a_value_that_must_be_unique_is_refused_row_by_row(plan: Load, saved: Any) -> None:
    saved(Organisation(name="見本商事", corporate_number="7999901010074"))

    found = plan("funds", "基金コード,名前", "A,一", "A,二", "GENERAL,三", "B,四")

    assert fates(found) == ["new", "error", "error", "new"]


@pytest.mark.storage
def test_an_import_leaves_the_same_traces_as_a_form(load: Load, reading: Session) -> None:
    begin_write(reading)
    company = Organisation(name="見本商事", phone="+81300000001", roles=["school"], note="駅の北")
    reading.add(company)
    reading.commit()

    load("organisations", "会社名,電話,区分,備考", "架空農園,03-0000-0001,学校,駅の北")

    by_form, by_import = reading.scalars(sa.select(ChangeLog).order_by(ChangeLog.id)).all()
    assert {**by_form.diff, "name": [None, "架空農園"]} == by_import.diff
    assert (by_form.action, by_form.version) == (by_import.action, by_import.version)
    for word in ("見本商事", "架空農園"):
        found = matching(Organisation, word, ["open"], reading.connection().dialect.name)
        assert reading.scalar(sa.select(sa.func.count()).select_from(Organisation).where(found)) == 1


def test_a_list_that_names_a_merged_record_means_the_one_it_went_into(
    load: Load, plan: Load, reading: Session
) -> None:
    begin_write(reading)
    kept = Donor(code="N-1", name="山田花子", email="hana@example.org")
    reading.add(kept)
    reading.flush()
    reading.add(Donor(code="N-2", name="旧姓 花子", corporate_number="7000012050002", merged_into_id=kept.id))
    reading.commit()

    again = plan("donors", "寄附者名,法人番号", "旧姓 花子,7000012050002")
    load("donations", "受領日,金額,寄附者名", "2026-04-01,5000,旧姓 花子")

    assert fates(again) == ["changed"]
    assert reading.scalars(sa.select(Donation.donor_id)).all() == [kept.id]
    assert reading.scalar(sa.select(sa.func.count()).select_from(Donor)) == 2
