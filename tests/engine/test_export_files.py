"""The files themselves: old Japanese characters, workbooks with real days and numbers, and little memory."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from admin_views.engine.export_files import csv_parts
from admin_views.engine.exporting import Column
from tests.engine.browsing import words
from tests.engine.exporting import send, sheet, table
from tests.factories import a_case, a_donation
from tomoiki.core.formulas import rearmed
from tomoiki.money.models import Donor

Saved = Callable[..., int]


# -- CSV ---------------------------------------------------------------------------------------------------------------
@dataclass
class Batches:
    """An export of one column of these texts."""

    texts: list[str]
    headers = ("id", "Text")
    columns = (Column("text", "Text", "text", list),)

    def batches(self) -> Iterator[list[Any]]:
        yield [list(range(len(self.texts))), self.texts]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))) | st.text("\",\r\n'=-a"), min_size=1))
def test_every_text_is_read_back_as_it_was(texts: list[str]) -> None:
    export: Any = Batches(texts)
    text = "".join(lines for lines, _cells in csv_parts(export))

    found = list(csv.reader(io.StringIO(text, newline="")))

    assert [rearmed(cell) for _id, cell in found[1:]] == texts


@pytest.mark.storage
def test_old_programs_get_their_characters(treasurer: FlaskClient, saved: Saved) -> None:
    saved(Donor(code="N-1", name="髙橋①㈱"))

    answer = send(treasurer, "/donors/export.csv", encoding="cp932")

    assert answer.mimetype == "text/csv"
    assert "Shift_JIS" in answer.headers["Content-Type"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert table(answer, "cp932")[0]["Donor name"] == "髙橋①㈱"


@pytest.mark.storage
def test_what_old_programs_cannot_hold_is_listed_and_nothing_leaves(
    treasurer: FlaskClient, saved: Saved, app: Flask
) -> None:
    saved(Donor(code="N-1", name="Phạm Đức"), Donor(code="N-2", name="山田"))

    answer = send(treasurer, "/donors/export.csv", encoding="cp932")

    assert answer.status_code == 422
    assert "1 cell does not fit into this kind of file. Nothing was exported." in words(answer)
    assert "1 Donor name ạ" in words(answer)
    assert "Phạm" not in answer.text
    assert list(Path(app.instance_path).glob("export-*")) == []


# -- workbook ----------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_workbook_has_real_days_and_numbers(treasurer: FlaskClient, saved: Saved) -> None:
    saved(
        a_donation(
            amount=-12000, received_on=date(2026, 4, 3), memo="=1+1", campaign="@x", in_kind_value=None
        )
    )

    found = sheet(send(treasurer, "/donations/export.xlsx").data)

    head, first = (list(row) for row in found.iter_rows())
    row = {name.value: cell for name, cell in zip(head, first, strict=True)}
    assert row["Amount"].value == -12000
    assert row["Received on"].value == datetime(2026, 4, 3)  # noqa: DTZ001 - a sheet knows no zone
    assert row["Received on"].number_format == "yyyy-mm-dd"
    assert (row["Memo"].value, row["Memo"].data_type) == ("=1+1", "s")
    assert row["Campaign"].value == "@x"
    assert row["Value of the goods"].value is None
    assert (found.freeze_panes, found.auto_filter.ref[:3]) == ("A2", "A1:")


@pytest.mark.storage
def test_a_moment_in_a_workbook_is_that_of_tokyo(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(status="resolved", resolved_at=datetime(2026, 4, 30, 15, 30, tzinfo=UTC)))

    found = sheet(send(caseworker, "/cases/export.xlsx").data)

    head, first = found.iter_rows(values_only=True)
    assert dict(zip(head, first, strict=True))["Resolved at"] == datetime(2026, 5, 1, 0, 30)  # noqa: DTZ001


def test_a_day_before_excels_first_is_a_word(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation(received_on=date(1899, 12, 31)))

    found = sheet(send(treasurer, "/donations/export.xlsx").data)

    assert "1899-12-31" in [cell.value for cell in found[2]]


def test_text_too_long_for_a_cell_is_named_not_cut(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation(memo="長" * 32768))

    answer = send(treasurer, "/donations/export.xlsx")

    assert (answer.status_code, "1 Memo …" in words(answer)) == (422, True)
    assert len(table(send(treasurer, "/donations/export.csv"))[0]["Memo"]) == 32768


def test_more_rows_than_a_sheet_has_are_refused_with_advice(
    treasurer: FlaskClient, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(a_donation(), a_donation())
    monkeypatch.setattr("admin_views.engine.export_files.MOST_SHEET_ROWS", 2)

    answer = send(treasurer, "/donations/export.xlsx")

    assert answer.status_code == 422
    assert "Filter the list or take CSV." in words(answer)


def test_a_workbook_leaves_nothing_behind(treasurer: FlaskClient, saved: Saved, app: Flask) -> None:
    saved(a_donation())
    left = Path(app.instance_path) / "export-left"
    left.mkdir()
    os.utime(left, (0, 0))  # a crash of long ago

    answer = send(treasurer, "/donations/export.xlsx")
    answer.close()

    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    assert list(Path(app.instance_path).glob("export-*")) == []


# -- memory ------------------------------------------------------------------------------------------------------------
FILL = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("INSERT INTO donor (id, code, kind, name, address, is_officer, officer_relation, receipt_pref, deceased,"
        " created_at, updated_at, version) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
        " SELECT i, 'N-' || i, 'individual', 'Suzuki ' || i, '東京都港区芝公園' || i, 0, 0, 'each', 0,"
        " '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1 FROM n")
"""
MEASURE = """
import os, resource, sys
from app import create_app
from admin_views.engine.arguments import Arguments
from admin_views.engine.export_files import utf8_parts
from admin_views.engine.exporting import plan_export
from admin_views.engine.office import look_as, office
from tomoiki.core.access import SYSTEM_VIEWER
app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1]})
with app.app_context():
    look_as(SYSTEM_VIEWER)
    export = plan_export(office().screens["donors"], Arguments())
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before, size, lines = peak(), 0, 0
for part in utf8_parts(export):
    size, lines = size + len(part), lines + part.count(b"\\r\\n")
print(lines, size, peak() - before)
"""


def test_a_hundred_thousand_rows_take_no_memory(app: Flask, database: Any, tmp_path: Path) -> None:
    url = database.url
    subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", FILL, url.removeprefix("sqlite:///")], check=True
    )
    environment = {
        "TOMOIKI_INSTANCE": str(tmp_path),
        "PATH": "",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    run = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", MEASURE, url], env=environment, capture_output=True, text=True, check=True
    )

    lines, size, grown = map(int, run.stdout.split())
    assert lines == 100_001
    assert size > 10_000_000
    assert grown < 20  # MB, above what the application takes itself
