"""`flask import`: counts as JSON, words otherwise, exit code 2 for a refused file and never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.engine.importing import SAMPLES
from tomoiki.core.access import Viewer
from tomoiki.core.actors import Actor
from tomoiki.core.database import db
from tomoiki.core.history import ChangeLog
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

Run = Callable[..., Result]


@pytest.fixture
def office(app: Flask) -> Flask:
    return app


@pytest.fixture
def run(office: Flask) -> Run:
    def run_command(*arguments: object) -> Result:
        return office.test_cli_runner().invoke(args=["import", *map(str, arguments)])

    return run_command


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str) -> Path:
        path = tmp_path / "list.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def counts(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def stored(office: Flask, model: Any) -> int:
    with office.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


@pytest.mark.storage
def test_the_samples_go_in_once(run: Run, office: Flask) -> None:
    first = counts(run("organisations", SAMPLES / "companies.csv", "--json"))
    again = counts(run("organisations", SAMPLES / "companies.csv", "--json"))

    assert (first["new"], first["same"], again["new"], again["same"]) == (37, 0, 0, 37)
    assert stored(office, Organisation) == 37


def test_the_json_has_the_form_of_the_contract(run: Run) -> None:
    found = counts(run("people", SAMPLES / "people_vn.csv", "--json"))

    assert list(found) == ["new", "changed", "same", "errors", "skipped", "duplicates"]
    assert found["errors"][0] | {"reason": ""} == {
        "sheet": "", "row": 7, "column": "在留カード番号", "value": "FE00001015P", "reason": ""
    }  # fmt: skip
    assert [one["row"] for one in found["skipped"]] == [45, 62]
    assert found["duplicates"][0]["rows"] == [3, 60]


def test_a_dry_run_stores_nothing(run: Run, office: Flask) -> None:
    found = counts(run("people", SAMPLES / "people_vn.csv", "--dry-run", "--json"))

    assert (found["new"], stored(office, Person)) == (56, 0)


def test_without_json_it_says_what_it_did_in_words(run: Run) -> None:
    result = run("people", SAMPLES / "people_vn.csv")

    assert result.exit_code == 0
    assert "56" in result.output.splitlines()[0]
    assert "FE00001015P" in result.output


def test_the_change_log_names_the_import_and_who_ran_it(run: Run, office: Flask, csv: Any) -> None:
    run("organisations", csv("会社名", "見本商事"))

    with office.app_context():
        entry = db.session.scalars(sa.select(ChangeLog)).one()
        assert (entry.origin, entry.entity, entry.user_id) == ("import:1", "organisation", None)


def test_set_fills_what_a_row_does_not_say(run: Run, office: Flask, csv: Any) -> None:
    result = run("organisations", csv("会社名,業種", "見本商事,", "見本農園,農業"), "--set", "industry=商事")

    assert result.exit_code == 0
    with office.app_context():
        assert db.session.scalars(sa.select(Organisation.industry).order_by("id")).all() == [
            "trade",
            "agriculture",
        ]


def test_a_mapping_says_what_an_unknown_header_means(
    run: Run, office: Flask, csv: Any, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"とりひきさき": "name"}', encoding="utf-8")

    assert (
        counts(run("organisations", csv("とりひきさき", "見本商事"), "--mapping", mapping, "--json"))["new"]
        == 1
    )


def test_a_mapping_may_speak_of_sheets_and_spelling(run: Run, office: Flask, tmp_path: Path) -> None:
    path, mapping = tmp_path / "list.csv", tmp_path / "mapping.json"
    path.write_bytes("会社名;x\n会社名;電話\n見本商事;03-0000-0001\n".encode("cp932"))
    sheets = {"": {"header_row": 2}}
    mapping.write_text(json.dumps({"columns": {}, "encoding": "cp932", "delimiter": ";", "sheets": sheets}))

    assert counts(run("organisations", path, "--mapping", mapping, "--json"))["new"] == 1
    with office.app_context():
        assert db.session.scalars(sa.select(Organisation.phone)).all() == ["+81300000001"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense", "LIST"),
        ("change-log", "LIST"),
        ("organisations", "missing.csv"),
        ("organisations", "LIST", "--set", "industry"),
        ("organisations", "LIST", "--set", "id=5"),
        ("organisations", "LIST", "--set", "industry=nonsense"),
        ("organisations", "LIST", "--mapping", "LIST"),
        ("organisations", "LIST", "--as", "nobody@example.org"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    arguments: tuple[str, ...], run: Run, office: Flask, csv: Any
) -> None:
    path = csv("会社名", "見本商事")

    result = run(*(path if argument == "LIST" else argument for argument in arguments))

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert stored(office, Organisation) == 0


def test_as_acts_with_that_users_permissions(
    run: Run, office: Flask, csv: Any, as_viewer: Callable[..., Viewer]
) -> None:
    def find(email: str) -> tuple[Viewer, Actor]:
        role = email.partition("@")[0]
        return as_viewer(role), Actor(as_viewer(role).id, role, None, "command")

    office.extensions["tomoiki_viewer_of"] = find
    path = csv("会社名", "見本商事")

    assert run("organisations", path, "--as", "auditor@example.org").exit_code == 2
    assert counts(run("organisations", path, "--as", "organiser@example.org", "--json"))["new"] == 1
    assert run("people", SAMPLES / "people_vn.csv", "--as", "organiser@example.org").exit_code == 2
