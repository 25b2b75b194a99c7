"""Files read into rows of text: kind and encoding by their bytes, limits before memory, faults in words."""

import io
import zipfile
from codecs import BOM_UTF8
from datetime import date

import openpyxl
import pytest

from tomoiki.core import sheets, tables, workbooks
from tomoiki.core.sheets import read_sheets, shown_name
from tomoiki.core.tables import Refused, Sheet

pytestmark = pytest.mark.usefixtures("in_english")


def read(text: str, encoding: str = "utf-8", filename: str = "") -> Sheet:
    (sheet,) = read_sheets(text.encode(encoding), filename)
    return sheet


def numbers(sheet: Sheet) -> list[int]:
    return [row.number for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_the_encoding_is_told_by_the_bytes(encoding: str) -> None:
    sheet = read("氏名,電話\r\n髙﨑 花子,1\r\n", encoding)

    assert (sheet.header, sheet.rows[0].values) == (("氏名", "電話"), ("髙﨑 花子", "1"))


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_the_delimiter_is_told_by_the_header(sign: str) -> None:
    assert read(f'"a,b"{sign}b{sign}c\n1{sign}2{sign}3'.replace("a,b", "a")).header == ("a", "b", "c")


def test_a_row_is_numbered_by_the_line_where_it_starts() -> None:
    sheet = read('a,b\n1,"x\ny"\n\n , \n2,z\n')

    assert numbers(sheet) == [2, 6]
    assert sheet.rows[0].values == ("1", "x\ny")


def test_blank_lines_may_stand_above_the_header() -> None:
    assert (read("\n\na,b\n1,2").header_row, numbers(read("\n\na,b\n1,2"))) == (3, [4])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (BOM_UTF8 + b"\n \n", "empty"),
        (b"a,b\n1,\0", "damaged"),
        (b"\xff\xfea", "damaged"),
        (b"a,\x81\n", "damaged"),
        (b"\x89PNG\r\n", "not a table"),
        (b"%PDF-1.7", "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1", "xls"),
        (b'a,b\n1,"x\n2,y\n', "line 2 is never closed"),
        (b'a,b\n1,"x"y\n', "line 2 is out of place"),
        (b"a\n" + b"x" * (tables.MOST_CELL + 1), "too long"),
        (b"a\n" + b"x" * 200_000, "too long"),
        (b",".join([b"a"] * 501), "columns"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_sheets(data)

    assert words in str(refused.value.message)


def test_the_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert numbers(read("a\n1\n2")) == [2, 3]
    with pytest.raises(Refused):
        read("a\n1\n2\n3")

    monkeypatch.setattr(sheets, "MOST_BYTES", 3)
    with pytest.raises(Refused):
        read("a\n1\n")


def book(*tables: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in tables:
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_a_workbook_is_read_as_people_would_type_it() -> None:
    (sheet,) = read_sheets(book(("名簿", [["氏名", "日", "数"], [], ["見本", date(2022, 5, 1), 12.0]])))

    assert (sheet.name, sheet.header) == ("名簿", ("氏名", "日", "数"))
    assert [(row.number, row.values) for row in sheet.rows] == [(3, ("見本", "2022-05-01", "12"))]


def test_hidden_and_empty_sheets_are_left_out() -> None:
    found = read_sheets(book(("a", [["x"], [1]]), ("b", [["x"], [1]]), ("c", []), hidden="b"))

    assert [sheet.name for sheet in found] == ["a"]


@pytest.mark.parametrize("limit", ["MOST_UNPACKED", "MOST_PARTS", "MOST_CELLS"])
def test_a_workbook_is_measured_before_it_is_unpacked(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, limit, 3)

    with pytest.raises(Refused, match="too large"):
        read_sheets(book(("a", [["x", "y"], [1, 2]])))


@pytest.mark.parametrize("cell", ["XFD1", "A1048576"])
def test_one_cell_far_out_is_refused(cell: str) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"], made.worksheets[0][cell] = "x", "y"
    file = io.BytesIO()
    made.save(file)

    with pytest.raises(Refused, match="too many"):
        read_sheets(file.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(encoding: str) -> None:
    data = io.BytesIO(book(("a", [["x"], [1]])))
    with zipfile.ZipFile(data, "a") as package:
        package.writestr("xl/extra.xml", '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode(encoding))

    with pytest.raises(Refused, match="declarations"):
        read_sheets(data.getvalue())


@pytest.mark.parametrize("cut", [4, 100, 2000, -30])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    with pytest.raises(Refused):
        read_sheets(book(("a", [["x"], [1]]))[:cut])


def test_another_archive_is_no_table() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("a.txt", "x")

    with pytest.raises(Refused, match="not a table"):
        read_sheets(data.getvalue())


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("写真\u202egnp.csv", "写真gnp.csv"),
        ("..", ".."),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
