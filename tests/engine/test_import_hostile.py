"""Files that must not do harm: each leads to what `hostile.expected.json` says, in time and in words."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.engine.importing import SAMPLES
from tomoiki.core.database import db
from tomoiki.people.models import Person

FOLDER = SAMPLES / "hostile"
KNOWN = json.loads((FOLDER / "hostile.expected.json").read_text(encoding="utf-8"))
FILES = [one for one in KNOWN["files"] if one["upload_as"] == "table import"]
# what is right beside refusing, and how many people stand there then; {{7*7}} is no name: it has no letter
STORED = {"accept_as_text": 9, "safe_name": 1, "refuse_or_decode": 1, "row_errors": 2}


@pytest.fixture
def run(app: Flask) -> Callable[[str], tuple[Result, int]]:

    def run_command(name: str) -> tuple[Result, int]:
        result = app.test_cli_runner().invoke(args=["import", "people", str(FOLDER / name), "--json"])
        with app.app_context():
            return result, int(db.session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0)

    return run_command


@pytest.mark.parametrize("file", FILES, ids=[one["file"] for one in FILES])
def test_a_hostile_file_does_no_harm(file: dict[str, Any], run: Callable[[str], tuple[Result, int]]) -> None:
    started = time.monotonic()

    result, people = run(file["file"])

    assert time.monotonic() - started < KNOWN["for_all"]["max_seconds"]
    assert result.exit_code == (0 if file["must"] in STORED else 2), result.output
    assert people == STORED.get(file["must"], 0)
    assert not any(text in result.output for text in file.get("forbidden_in_output", ()))
    assert "Traceback" not in result.output


def test_the_row_with_surplus_cells_is_the_reported_one(run: Callable[[str], tuple[Result, int]]) -> None:
    result, _people = run("ragged.csv")

    assert [one["row"] for one in json.loads(result.output)["errors"]] == [3]
