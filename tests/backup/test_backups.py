"""Backup and restore by command: everything comes back elsewhere, and nothing is done by halves."""

import os
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.backup.conftest import PASSPHRASE, an_office, contents, execute, run
from tests.databases import Store, let_go
from tomoiki.core import backups, schema, snapshots
from tomoiki.core.backup_log import BackupLog
from tomoiki.core.database import db
from tomoiki.people.models import Person

Elsewhere = Callable[[], Flask]
EMPTY = {
    "backup_log",
    "import_run",
    "invitation",
    "login_failure",
    "sent_form",
}  # of what people leave behind


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "office.backup"


# -- there and back ------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_destroyed_office_comes_back_elsewhere_row_by_row(
    office: Flask, elsewhere: Elsewhere, file: Path
) -> None:
    before = contents(office)
    assert run(office, "backup", file).exit_code == 0
    let_go(office)
    other = elsewhere()

    answer = run(other, "restore", file)

    assert answer.exit_code == 0, answer.output
    assert answer.output.endswith("Checked: everything is as it should be.\n")
    assert {table for table, rows in before.items() if not rows} == EMPTY
    assert contents(other) == before


@pytest.mark.storage
def test_the_office_goes_on_counting_after_a_restore(
    office: Flask, elsewhere: Elsewhere, file: Path, database: Store
) -> None:
    run(office, "backup", file)
    other = elsewhere()
    run(other, "restore", file)

    with other.app_context():
        last = db.session.scalar(sa.select(sa.func.max(Person.id)))
        db.session.rollback()
        db.session.connection(execution_options={"write": True})
        person = Person(code="P-999999", full_name_vi="Lê Lan")
        db.session.add(person)
        db.session.commit()

        assert person.id == last + 1


def test_a_backup_of_sqlite_moves_the_office_to_postgresql(
    office: Flask,
    file: Path,
    request: pytest.FixtureRequest,
    make_app: Callable[..., Flask],
    tmp_path: Path,
) -> None:
    before = contents(office)
    run(office, "backup", file)
    store: Store = request.getfixturevalue("_stores").get("postgresql")
    store.empty()
    (tmp_path / "moved").mkdir(mode=0o700)
    moved = make_app({"SQLALCHEMY_DATABASE_URI": store.url, "TOMOIKI_INSTANCE": str(tmp_path / "moved")})

    answer = run(moved, "restore", file)

    assert answer.exit_code == 0, answer.output
    assert contents(moved) == before


@pytest.mark.storage
def test_an_older_backup_is_brought_up_to_date(
    make_app: Callable[..., Flask], database: Store, elsewhere: Elsewhere, file: Path
) -> None:
    old = an_office(make_app, database)
    with old.app_context():
        schema.downgrade("0001")
    assert run(old, "backup", file).exit_code == 0
    other = elsewhere()

    answer = run(other, "restore", file)

    assert answer.exit_code == 0, answer.output
    with other.app_context():
        assert schema.revision_and_tables()[0] == schema.head()


def test_the_keys_come_along(office: Flask, elsewhere: Elsewhere, file: Path, tmp_path: Path) -> None:
    run(office, "backup", file)
    other = elsewhere()
    folder = Path(other.instance_path)
    (folder / "secret_key").write_text("made when it was new")

    run(other, "restore", file)

    assert (folder / "tomoiki_data_key").read_text() == office.config["TOMOIKI_DATA_KEY"]
    assert (folder / "secret_key").read_text() == office.config["SECRET_KEY"]
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (folder / "secret_key.before-restore").read_text() == "made when it was new"


# -- the file ------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_backup_says_what_it_did_and_leaves_only_its_file(office: Flask, file: Path) -> None:
    answer = run(office, "backup", file)

    assert answer.output.startswith(f"Done: {file}, ")
    assert "opened again and found whole" in answer.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.glob("office.*")] == ["office.backup"]
    assert not list(Path(office.instance_path).glob("backup-work-*"))
    with office.app_context():
        row = db.session.scalars(sa.select(BackupLog)).one()
        assert (row.kind, row.ok, row.path, row.bytes) == ("command", True, str(file), file.stat().st_size)


def test_nothing_in_the_file_can_be_read_without_the_passphrase(office: Flask, file: Path) -> None:
    run(office, "backup", file)

    assert b"SQLite" not in file.read_bytes()
    assert office.config["TOMOIKI_DATA_KEY"].encode() not in file.read_bytes()


def test_an_existing_file_is_replaced_only_when_told_so(office: Flask, file: Path) -> None:
    file.write_text("dear to somebody")

    refused = run(office, "backup", file)

    assert (refused.exit_code, file.read_text()) == (1, "dear to somebody")
    assert refused.output == f"Error: {file} is there already. Give another name, or --force to replace it.\n"
    assert run(office, "backup", file, "--force").exit_code == 0
    assert file.read_bytes().startswith(b"tomoiki backup\n")


def test_the_passphrase_is_asked_for_twice(office: Flask, file: Path) -> None:
    answer = office.test_cli_runner().invoke(
        args=["backup", str(file)], input=f"{PASSPHRASE}\n{PASSPHRASE}\n"
    )

    assert answer.exit_code == 0
    assert "Repeat for confirmation" in answer.output
    assert PASSPHRASE not in answer.output


def test_an_empty_passphrase_is_refused_and_a_short_one_remarked_on(office: Flask, file: Path) -> None:
    empty = run(office, "backup", file, passphrase="")
    assert (empty.exit_code, empty.output) == (1, "Error: The passphrase is empty.\n")
    assert not file.exists()

    assert "easily guessed" in run(office, "backup", file, passphrase="tea").output  # noqa: S106 - of nothing
    assert file.exists()


def test_without_a_database_there_is_nothing_to_back_up(
    make_app: Callable[..., Flask], database: Store, file: Path
) -> None:
    database.empty()

    answer = run(make_app(), "backup", file)

    assert (answer.exit_code, file.exists()) == (1, False)
    assert "nothing to back up" in answer.output


def test_a_folder_that_is_not_there_is_named_and_the_failure_kept(office: Flask, tmp_path: Path) -> None:
    answer = run(office, "backup", tmp_path / "usb" / "office.backup")

    assert answer.exit_code == 1
    assert answer.output == f"Error: No such file or directory: {tmp_path}/usb/office.backup.part\n"
    with office.app_context():
        assert db.session.scalars(sa.select(BackupLog.ok)).all() == [False]


def test_a_damaged_database_is_no_backup(office: Flask, file: Path) -> None:
    execute(office, "UPDATE residence_status SET person_id = 987654")

    answer = run(office, "backup", file)

    assert answer.exit_code == 1
    assert "rows refer to what is gone, in residence_status" in answer.output
    assert not file.exists()


def test_one_backup_is_made_at_a_time(office: Flask, file: Path) -> None:
    with (
        office.app_context(),
        backups.one_at_a_time(),
        pytest.raises(backups.Busy, match="Another backup is being made"),
    ):
        backups.write_backup(file, PASSPHRASE, wait=0)


def test_what_a_killed_backup_left_is_cleared_away(office: Flask, file: Path) -> None:
    left = Path(office.instance_path) / "backup-work-abc"
    left.mkdir()
    (left / "copy.db").write_text("half")
    file.with_name("office.backup.part").write_text("half")

    assert run(office, "backup", file).exit_code == 0
    assert not left.exists()


# -- refusals of a restore -----------------------------------------------------------------------------------
def test_an_instance_in_use_is_left_alone(office: Flask, file: Path) -> None:
    run(office, "backup", file)
    before = contents(office)

    answer = run(office, "restore", file)

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: This instance holds data, and nothing was changed. ")
    assert "TOMOIKI_INSTANCE" in answer.output
    assert contents(office).keys() == before.keys()


@pytest.mark.storage
def test_an_instance_that_nobody_logs_in_to_is_new(
    office: Flask, elsewhere: Elsewhere, file: Path, database: Store, make_app: Callable[..., Flask]
) -> None:
    before = contents(office)
    run(office, "backup", file)
    started = an_office(make_app, database)

    assert run(started, "restore", file).exit_code == 0
    assert contents(started) == before


def test_tables_of_another_program_are_left_alone(office: Flask, elsewhere: Elsewhere, file: Path) -> None:
    run(office, "backup", file)
    other = elsewhere()
    execute(other, "CREATE TABLE theirs AS SELECT 1 AS one")

    assert "holds data" in run(other, "restore", file).output


def wrong_passphrase(file: Path) -> str:
    return "Error: The passphrase is wrong.\n"


def truncated(file: Path) -> str:
    file.write_bytes(file.read_bytes()[:-1])
    return "Error: This backup is damaged or incomplete. Take another one.\n"


def another_file(file: Path) -> str:
    file.write_text("id,name\n1,Hoa\n")
    return "Error: This file is no backup of tomoiki.\n"


@pytest.mark.storage
@pytest.mark.parametrize("spoil", [wrong_passphrase, truncated, another_file])
def test_a_refused_backup_changes_nothing(
    office: Flask, elsewhere: Elsewhere, file: Path, spoil: Callable[[Path], str]
) -> None:
    run(office, "backup", file)
    other, words = elsewhere(), spoil(file)
    passphrase = "another" if spoil is wrong_passphrase else PASSPHRASE

    answer = run(other, "restore", file, passphrase=passphrase)

    assert (answer.exit_code, answer.output) == (1, words)
    with other.app_context():
        assert schema.revision_and_tables() == (None, [])
    assert {path.name for path in Path(other.instance_path).iterdir()} - {"static"} == {"backup-lock"}


def test_the_backup_of_a_newer_program_is_refused(office: Flask, elsewhere: Elsewhere, file: Path) -> None:
    execute(office, "UPDATE alembic_version SET version_num = '9999'")
    run(office, "backup", file)

    answer = run(elsewhere(), "restore", file)

    assert answer.output == "Error: This backup was made by a newer tomoiki. Use that one.\n"


def test_rows_of_a_newer_schema_cannot_be_copied_from_postgresql(
    database: Store, request: pytest.FixtureRequest, make_app: Callable[..., Flask], file: Path
) -> None:
    store: Store = request.getfixturevalue("_stores").get("postgresql")
    newer = an_office(make_app, store, SQLALCHEMY_DATABASE_URI=store.url)
    execute(newer, "UPDATE alembic_version SET version_num = '9999'")

    answer = run(newer, "backup", file)

    assert (answer.exit_code, file.exists()) == (1, False)
    assert answer.output == "Error: The database comes from a newer tomoiki (schema 9999). Use that one.\n"


def test_a_key_of_the_environment_must_be_the_backups(
    office: Flask, elsewhere: Elsewhere, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(office, "backup", file)
    other = elsewhere()
    monkeypatch.setenv("TOMOIKI_DATA_KEY", "another")

    answer = run(other, "restore", file)

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: TOMOIKI_DATA_KEY of the environment is not the backup's.")


def test_a_database_that_somebody_has_open_is_not_replaced(
    office: Flask, file: Path, make_app: Callable[..., Flask], database: Store
) -> None:
    run(office, "backup", file)
    started = an_office(make_app, database)
    let_go(started)
    path = Path(database.url.removeprefix("sqlite:///"))

    with closing(sqlite3.connect(path)) as somebody:
        somebody.execute("PRAGMA journal_mode=WAL")
        somebody.execute("BEGIN")
        somebody.execute("SELECT * FROM setting").fetchone()
        answer = run(started, "restore", file)

    assert (answer.exit_code, answer.output) == (1, "Error: This instance is running. Stop it first.\n")


def test_empty_pages_that_press_well_are_opened_little_by_little(tmp_path: Path) -> None:
    parts = list(backups._pressed_out([zlib.compress(b"\0" * (20 * backups.READ))]))  # noqa: SLF001

    assert max(map(len, parts)) <= backups.READ
    assert sum(map(len, parts)) == 20 * backups.READ


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_the_copy_in_the_making_is_for_its_owner_only(office: Flask, tmp_path: Path) -> None:
    with office.app_context():
        snapshots.copy_database(tmp_path / "copy.db")

    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
