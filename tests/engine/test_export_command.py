"""`flask export`: a file for one pair of eyes, a purpose for personal data, exit code 2 and no file otherwise."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.engine.exporting import PURPOSE, rows, sheet
from tests.factories import a_case, a_donation, a_person, an_organisation
from tomoiki.core.database import db
from tomoiki.core.history import AccessLog
from tomoiki.money.models import Donor

Saved = Callable[..., int]
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def run_command(*arguments: object) -> Result:
        return app.test_cli_runner().invoke(args=["export", *map(str, arguments)])

    return run_command


def read(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return rows(path.read_bytes().decode(encoding))


@pytest.mark.storage
def test_the_system_exports_every_row_and_no_secret_field(run: Run, saved: Saved, tmp_path: Path) -> None:
    person = a_person(safe_contact="鳩のみ")
    saved(*(a_case(person=person, confidential=level) for level in ("normal", "restricted", "secret")))

    cases = run("cases", tmp_path / "cases.csv", "--purpose", PURPOSE)
    people = run("people", tmp_path / "people.csv", "--purpose", PURPOSE)

    assert (cases.exit_code, people.exit_code) == (0, 0)
    assert len(read(tmp_path / "cases.csv")) == 3
    assert "鳩のみ" not in (tmp_path / "people.csv").read_text(encoding="utf-8")
    assert "3" in cases.output


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_only_the_owner_may_read_the_file(name: str, run: Run, saved: Saved, tmp_path: Path) -> None:
    saved(a_donation())
    path = tmp_path / name
    path.write_text("old")
    path.chmod(0o644)

    assert run("donations", path, "--purpose", PURPOSE).exit_code == 0

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_workbook_is_one(run: Run, saved: Saved, tmp_path: Path) -> None:
    saved(a_donation(amount=7000))

    run("donations", tmp_path / "list.XLSX", "--purpose", PURPOSE)

    assert 7000 in [cell.value for cell in sheet((tmp_path / "list.XLSX").read_bytes())[2]]


@pytest.mark.storage
def test_as_somebody_it_exports_what_she_may(run: Run, saved: Saved, tmp_path: Path) -> None:
    saved(a_case(title="open"), a_case(title="closed", confidential="restricted"))

    answer = run("cases", tmp_path / "list.csv", "--purpose", PURPOSE, "--as", "caseworker@example.org")

    assert answer.exit_code == 0, answer.output
    assert [next(iter(row.values())) for row in read(tmp_path / "list.csv")] == ["1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("donations", "list.csv"),  # no purpose
        ("donations", "list.csv", "--purpose", "  "),
        ("donations", "list.pdf", "--purpose", PURPOSE),
        ("nonsense", "list.csv"),
        ("people", "list.csv", "--purpose", PURPOSE, "--as", "treasurer@example.org"),
        ("people", "list.csv", "--purpose", PURPOSE, "--as", "nobody@example.org"),
        ("donations", "no/such/folder/list.csv", "--purpose", PURPOSE),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_no_file(
    arguments: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    slug, name, *options = arguments

    answer = run(slug, tmp_path / name, *options)

    assert (answer.exit_code, bool(answer.stderr.strip()), answer.stdout) == (2, True, "")
    assert "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_characters_that_do_not_fit_are_listed(run: Run, saved: Saved, tmp_path: Path) -> None:
    saved(*(Donor(code=f"N-{number}", name="Đức") for number in range(201)))

    answer = run("donors", tmp_path / "list.csv", "--purpose", PURPOSE, "--encoding", "cp932")

    assert answer.exit_code == 2
    assert answer.stderr.count("Đ") == 200
    assert list(tmp_path.iterdir()) == []


def test_who_exported_for_what_is_written_down(run: Run, saved: Saved, tmp_path: Path, app: Flask) -> None:
    saved(a_donation())

    run("donations", tmp_path / "list.csv", "--purpose", PURPOSE)
    run("donations", tmp_path / "list.csv", "--purpose", PURPOSE, "--as", "treasurer@example.org")

    with app.app_context():
        found = db.session.execute(sa.select(AccessLog.user_id, AccessLog.address, AccessLog.detail)).all()
    assert [row.user_id for row in found] == [None, 3]
    assert found[0].address.startswith("system (")
    assert {row.detail for row in found} == {f"{PURPOSE} · csv · 1"}


def test_a_database_without_tables_is_no_traceback(run: Run, database: object, tmp_path: Path) -> None:
    database.empty()  # type: ignore[attr-defined]  # of either kind

    answer = run("donations", tmp_path / "list.csv", "--purpose", PURPOSE)

    assert answer.exit_code == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_importer_knows_its_own_words_again(kind: str, app: Flask, saved: Saved, tmp_path: Path) -> None:
    saved(an_organisation(roles=["school"], phone="+81312345678", note="=古い\n覚え書き", pref="13"))
    path, runner = tmp_path / f"list.{kind}", app.test_cli_runner()
    runner.invoke(args=["export", "organisations", str(path), "--purpose", PURPOSE])

    answer = runner.invoke(args=["import", "organisations", str(path), "--dry-run", "--json"])

    assert answer.exit_code == 0, answer.output
    assert '"errors": []' in answer.stdout
