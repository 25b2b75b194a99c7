"""`flask check` finds nothing in a sound office, and each thing that can go wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.backup.conftest import an_office, execute, run
from tests.databases import Store, let_go
from tomoiki.core import schema, search
from tomoiki.core.database import db
from tomoiki.people.models import Person


def found(app: Flask) -> list[tuple[str, str, str, int]]:
    """Return what the command says in JSON: check, table, words, how often."""
    answer = run(app, "check", "--json")
    said = json.loads(answer.output)
    assert (answer.exit_code == 0) == said["ok"] == (not said["findings"])
    return [tuple(item[name] for name in ("check", "where", "what", "count")) for item in said["findings"]]  # type: ignore[misc]


@pytest.mark.storage
def test_a_sound_office_gives_no_findings(office: Flask) -> None:
    answer = run(office, "check")

    assert (answer.exit_code, answer.output) == (0, "Checked: everything is as it should be.\n")
    assert found(office) == []


FAULTS = {
    "reference to nobody": (
        "UPDATE residence_status SET person_id = 987654 WHERE id = 1",
        ("foreign keys", "residence_status", "person_id refers to what is gone", 1),
    ),
    "secret that no key opens": (
        "UPDATE person SET residence_card_no = 'gAAAA' WHERE code = 'X-1'",
        ("encrypted fields", "person", "residence_card_no cannot be read", 1),
    ),
    "logged secret that no key opens": (
        """UPDATE change_log SET diff = '{"safe_contact": [null, {"secret": "gAAAA"}]}' WHERE id = 1""",
        ("encrypted fields", "change_log", "a logged value cannot be read", 1),
    ),
    "file of other bytes": (
        "UPDATE attachment SET sha256 = 'x' WHERE id = 1",
        ("files", "attachment", "cannot be read, or is not what was kept", 1),
    ),
    "file without bytes": (
        "DELETE FROM attachment_content WHERE id = 2",
        ("files", "attachment", "cannot be read, or is not what was kept", 1),
    ),
    "record without index": (
        "DELETE FROM search_index",
        ("search index", "donor", "not in step with the records", 3),
    ),
    "record changed past the index": (
        "UPDATE fund SET name = 'Zumbado' WHERE id = 1",
        ("search index", "fund", "not in step with the records", 1),
    ),
    "index without record": (
        "DELETE FROM case_staff WHERE id = (SELECT max(id) FROM case_staff)",
        ("search index", "case_staff", "not in step with the records", 1),
    ),
    "main category of no link": (
        "UPDATE \"case\" SET primary_category = 'criminal' WHERE number = 'X-1'",
        ("sums", "case", "main category is not among the categories", 1),
    ),
    "negative gift": (
        "UPDATE donation SET amount = -5 WHERE number = 'X-1'",
        ("sums", "donation", "negative, but no refund", 1),
    ),
    "too large a refund": (
        "UPDATE donation SET amount = -9999999, refund_of_id = "
        "(SELECT min(id) FROM donation) WHERE number = 'X-1'",
        ("sums", "donation", "refunded more than was given", 1),
    ),
    "receipt of another amount": (
        "UPDATE receipt SET total = total + 1 WHERE id = (SELECT min(id) FROM receipt WHERE status = 'issued')",
        ("sums", "receipt", "total is not the sum of its gifts", 1),
    ),
    "gift that lost its receipt": (
        "UPDATE donation SET receipt_id = NULL "
        "WHERE id = (SELECT min(id) FROM donation WHERE receipt_id IS NOT NULL)",
        ("sums", "donation", "status and receipt do not agree", 1),
    ),
    "counter that lags": (
        "UPDATE counter SET last = 1 WHERE series = 'person'",
        ("numbers", "person", "number 6 of all years was given, but the counter stands at 1", 1),
    ),
    "version that nobody logged": (
        "UPDATE person SET version = 2 WHERE code = 'X-1'",
        ("history", "person", "version is not the last one logged", 1),
    ),
    "gap in the versions": (
        "INSERT INTO change_log (at, origin, action, entity, record_id, version, diff) "
        "SELECT at, origin, action, entity, record_id, version + 2, '{}' FROM change_log "
        "WHERE entity = 'case' AND record_id = (SELECT max(id) FROM \"case\")",
        ("history", "case", "a version is missing in the change log", 1),
    ),
    "lost record": (
        "DELETE FROM donation WHERE number = 'X-1'",
        ("history", "donation", "logged, but not there", 1),
    ),
}


HIDING = (
    "file without bytes",
    "record without index",
    "negative gift",
    "lost record",
)  # others' signs go with them


@pytest.mark.parametrize("name", HIDING)
def test_a_fault_that_hides_others_is_found(office: Flask, name: str) -> None:
    statement, finding = FAULTS[name]
    execute(office, statement)

    assert finding in found(office)


@pytest.mark.storage
def test_faults_that_come_together_are_all_found(office: Flask) -> None:
    together = [FAULTS[name] for name in FAULTS if name not in HIDING]
    execute(office, *(statement for statement, _ in together))

    assert {finding for _, finding in together} <= set(found(office))


@pytest.mark.storage
def test_index_rows_of_no_table_are_found(office: Flask) -> None:
    with office.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    key, body = ("rowid", "'ox'") if is_sqlite else ("id", "array_to_tsvector('{ox}')")
    row = f"({key}, body) VALUES ({99 << search.SHIFT}, {body})"
    execute(office, f"INSERT INTO search_index {row}")

    assert found(office) == [("search index", "search_index", "1 rows belong to no table", 1)]


def test_a_second_place_at_one_event_is_found(office: Flask) -> None:
    execute(
        office,
        "DROP INDEX uq_registration_event_id_attendee_id",
        "UPDATE registration SET event_id = 1, attendee_id = 1, status = 'confirmed' WHERE id < 3",
        """CREATE UNIQUE INDEX uq_registration_event_id_attendee_id ON registration (event_id, attendee_id)
        WHERE id > 3 AND status <> 'cancelled'""",
    )

    assert ("sums", "registration", "second place of the same attendee at the same event", 1) in found(office)


@pytest.mark.storage
def test_a_database_at_another_schema_is_not_searched_further(
    make_app: Callable[..., Flask], database: Store
) -> None:
    app = an_office(make_app, database)
    with app.app_context():
        schema.downgrade("0001")

    ((check, _, what, _),) = found(app)

    assert check == "schema"
    assert what.startswith("stands at 0001, not at ")
    assert run(app, "reindex").exit_code == 1


@pytest.mark.storage
def test_reindexing_brings_the_search_index_in_step(office: Flask) -> None:
    execute(
        office,
        "DELETE FROM search_index",
        "INSERT INTO search_index (rowid, body) VALUES (4503599627370497, 'onobody')"
        if office.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        else "INSERT INTO search_index (id, body) VALUES (4503599627370497, 'onobody')",
    )

    answer = run(office, "reindex")

    assert (answer.exit_code, answer.output[:9]) == (0, "Indexed: ")
    assert found(office) == []


@pytest.mark.storage
def test_a_schema_that_differs_from_the_models_is_found(office: Flask) -> None:
    execute(office, "ALTER TABLE fund ADD COLUMN remark VARCHAR(20)")

    ((check, _, what, _),) = found(office)

    assert (check, what) == ("schema", "differs from the program: remove_column fund remark")


def test_a_key_that_others_can_read_is_found(office: Flask) -> None:
    path = Path(office.instance_path) / "secret_key"
    path.write_text("open")
    path.chmod(0o644)

    ((check, where, what, _),) = found(office)

    assert (check, where) == ("configuration", "secret_key")
    assert what == f"others can read it. Run: chmod 600 {path}"


def test_many_records_are_one_finding_with_the_first_of_them(office: Flask) -> None:
    execute(office, "DELETE FROM search_index")

    lines = run(office, "check").output.splitlines()

    (activities,) = (line for line in lines if line.startswith("search index: activity: "))
    assert activities.endswith(", 20 …)")
    assert lines[-1] == f"Findings: {len(lines) - 1}."


def test_a_damaged_file_is_found(office: Flask, database: Store) -> None:
    path = Path(database.url.removeprefix("sqlite:///"))
    with office.app_context():
        root = db.session.scalar(sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_donor_name'"))
        size = db.session.scalar(sa.text("PRAGMA page_size"))
    let_go(office)
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 3)
        file.write(b"\x00\x01")  # an index that says it holds one row

    assert any(check == "file" for check, *_ in found(office))


def test_a_database_that_is_not_there_is_named(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/nowhere/office.db"})

    answer = run(app, "check")

    assert (answer.exit_code, answer.output) == (
        1,
        "Error: The database cannot be read: unable to open database file\n",
    )


@pytest.mark.storage
def test_it_changes_nothing(office: Flask, queries: object) -> None:
    queries.clear()  # type: ignore[attr-defined]

    run(office, "check")

    written = [text for text in queries.statements if text.split()[0] in ("INSERT", "UPDATE", "DELETE")]  # type: ignore[attr-defined]
    assert written == []


@pytest.mark.storage
def test_records_saved_by_pages_leave_nothing_to_find(office: Flask) -> None:
    with office.app_context():
        db.session.connection(execution_options={"write": True})
        person = db.session.scalars(sa.select(Person).where(Person.code == "X-1")).one()
        person.passport_no, person.full_name_vi = "C1234567", "Trần Thị Ổi"
        db.session.flush()
        person.passport_no = None
        db.session.commit()

    assert found(office) == []
