"""The schema that migrations build is the models' own, comes down again, and loses no row on the way."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from tests.databases import Store
from tomoiki.accounts.models import Setting
from tomoiki.accounts.settings import SettingKey
from tomoiki.cases.models import Case
from tomoiki.core import schema, search
from tomoiki.core.database import Base, begin_write, db
from tomoiki.core.imports import ImportRun  # noqa: F401 - its table is compared too
from tomoiki.core.records import Record
from tomoiki.deadlines import deadline_rules, holidays
from tomoiki.deadlines.models import DeadlineRule, Holiday
from tomoiki.money.models import GENERAL, Fund
from tomoiki.people.models import Person, ResidenceStatus
from tomoiki.shelter.models import Bed, Shelter, Stay

pytestmark = pytest.mark.storage

REVISION = '''"""{doc}"""

import sqlalchemy as sa
from alembic import op

revision = "{number:04}"
down_revision = "{before:04}"


def upgrade() -> None:
    {does}
'''


@pytest.fixture
def migrating(bare_app: Flask, database: Store) -> Iterator[Flask]:
    """An application with an empty database."""
    database.empty()
    with bare_app.app_context():
        yield bare_app


@pytest.fixture
def versions(migrating: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations' folder, for revisions that only a test knows."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for path in (*schema.MIGRATIONS.glob("*.*"), *schema.MIGRATIONS.glob("versions/*.py")):
        (copy / path.relative_to(schema.MIGRATIONS)).write_text(path.read_text())
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    schema.upgrade()
    return copy / "versions"


def add_revision(versions: Path, does: str) -> None:
    number = max(int(path.name[:4]) for path in versions.glob("[0-9]*.py")) + 1
    text = REVISION.format(doc="For a test.", number=number, before=number - 1, does=does)
    (versions / f"{number:04}_test.py").write_text(text)


def save_person_with_status() -> None:
    begin_write()
    person = Person(code="P-000001", full_name_vi="Nguyễn Thị Bưởi", consent_scope=["record"])
    db.session.add_all([person, ResidenceStatus(person=person)])
    db.session.commit()
    db.session.remove()


def count(model: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def tables() -> dict[str, object]:
    """Everything that a database tells of its tables, whoever made them."""
    inspector = sa.inspect(db.engine)
    return {
        name: {
            "columns": {(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)},
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": named(inspector.get_foreign_keys(name)),
            "checks": named(inspector.get_check_constraints(name)),
            "unique": named(inspector.get_unique_constraints(name)),
            "indexes": named(inspector.get_indexes(name)),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def named(found: Sequence[Any]) -> dict[str, Any]:
    return {item["name"]: readable(item) for item in found}


def readable(value: Any) -> Any:
    """Text instead of SQLAlchemy's objects, of which no two are equal."""
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in value.items()}
    return str(value)


def test_the_migrations_build_what_the_models_describe(migrating: Flask) -> None:
    schema.upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or not name.startswith(search.INDEX),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_tests_run_on_the_schema_that_offices_have(migrating: Flask, database: Store) -> None:
    schema.upgrade()
    migrated = tables()
    db.engine.dispose()
    database.restore()

    assert tables() == migrated


def test_a_new_database_holds_the_general_fund_and_a_row_for_each_setting(migrating: Flask) -> None:
    schema.upgrade()

    assert db.session.scalars(sa.select(Fund.code)).all() == [GENERAL]
    assert set(db.session.scalars(sa.select(Setting.key))) == {key.value for key in SettingKey}
    assert set(db.session.scalars(sa.select(Setting.value))) == {None}


@pytest.mark.parametrize("query", ["general", "一般"])
def test_the_general_fund_is_found_by_search(migrating: Flask, query: str) -> None:
    schema.upgrade()

    found = sa.select(Fund.code).where(search.matching(Fund, query, ("open",), db.engine.dialect.name))

    assert db.session.scalars(found).all() == [GENERAL]


@pytest.mark.parametrize("model", [Fund, DeadlineRule, Holiday])
def test_what_a_new_database_holds_is_indexed_as_saving_it_would_index_it(
    model: type[Record], migrating: Flask
) -> None:
    schema.upgrade()
    before = index_rows()

    begin_write()
    search.index_records(db.session.connection(), model)

    assert index_rows() == before


def index_rows() -> set[tuple[object, ...]]:
    key = "rowid" if db.engine.dialect.name == "sqlite" else "id"
    return {tuple(row) for row in db.session.execute(sa.text(f"SELECT {key}, body FROM {search.INDEX}"))}  # noqa: S608


@pytest.mark.parametrize(("model", "seed"), [(DeadlineRule, deadline_rules), (Holiday, holidays)])
def test_a_new_database_holds_the_rules_and_the_closed_days(
    model: type[Record], seed: Any, migrating: Flask
) -> None:
    schema.upgrade()

    columns = list(next(seed.seed_rows()))
    found = db.session.execute(sa.select(*(model.__table__.c[name] for name in columns)).order_by(model.id))
    assert [dict(row) for row in found.mappings()] == list(seed.seed_rows())


def test_a_migrated_database_keeps_stays_apart(migrating: Flask) -> None:
    schema.upgrade()
    begin_write()
    case = Case(number="T2026-0001", title="相談", person=Person(code="P-000001", full_name_vi="Bưởi"))
    bed = Bed(label="1", shelter=Shelter(code="A", name="あ"))
    db.session.add_all(
        Stay(case=case, person=case.person, bed=bed, check_in=date(2026, 11, day)) for day in (1, 5)
    )

    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


def test_everything_comes_down_and_goes_up_again(migrating: Flask) -> None:
    schema.upgrade()
    first = tables()

    schema.downgrade("base")
    assert tables() == {}

    schema.upgrade()
    assert tables() == first


def test_it_says_what_it_did(migrating: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    schema.upgrade()

    assert re.match(r"Schema is now at 0001 \(.+\)", capsys.readouterr().out)


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(migrating: Flask, versions: Path) -> None:
    save_person_with_status()
    add_revision(
        versions,
        "with op.batch_alter_table('person') as person:\n"
        "        person.alter_column('nationality', existing_type=sa.String(40), nullable=True)",
    )

    schema.upgrade()

    nullable = {
        column["name"] for column in sa.inspect(db.engine).get_columns("person") if column["nullable"]
    }
    assert "nationality" in nullable
    assert count(Person) == 1
    assert count(ResidenceStatus) == 1
    assert db.session.execute(sa.text("SELECT code FROM person_consent_scope")).scalars().all() == ["record"]


def test_foreign_keys_hold_again_after_a_migration(migrating: Flask) -> None:
    schema.upgrade()

    begin_write()
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.text("INSERT INTO user_role (user_id, code) VALUES (99, 'admin')"))


def test_a_revision_that_leaves_rows_dangling_fails_and_changes_nothing(
    migrating: Flask, versions: Path
) -> None:
    save_person_with_status()
    add_revision(versions, "op.add_column('fund', sa.Column('remark', sa.String(20)))")
    add_revision(versions, 'op.execute("UPDATE residence_status SET person_id = 99")')

    with pytest.raises((click.ClickException, sa.exc.IntegrityError)):
        schema.upgrade()

    assert db.session.scalar(sa.text("SELECT person_id FROM residence_status")) == 1
    assert "remark" not in {column["name"] for column in sa.inspect(db.engine).get_columns("fund")}


def test_the_programs_revision_is_the_last_one_of_a_single_line() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.head()]
