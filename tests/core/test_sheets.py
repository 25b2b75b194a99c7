"""Files read into rows of text: kind and encoding by their bytes, limits before memory, faults in words."""

import io
import zipfile
from codecs import BOM_UTF8
from datetime import date

import openpyxl
import pytest

from tomoiki.core import tables, workbooks
from tomoiki.core.sheets import Spelling, read_grids, shown_name
from tomoiki.core.tables import ABOVE_AND_BELOW, Grid, Limits, Refused

pytestmark = pytest.mark.usefixtures("in_english")


def read(text: str, encoding: str = "utf-8", filename: str = "") -> Grid:
    (grid,) = read_grids(text.encode(encoding), filename)
    return grid


def values(grid: Grid) -> list[tuple[str, ...]]:
    return [row.values for row in grid.rows]


def numbers(grid: Grid) -> list[int]:
    return [row.number for row in grid.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_the_encoding_is_told_by_the_bytes(encoding: str) -> None:
    grid = read("氏名,電話\r\n髙﨑 花子,1\r\n", encoding)

    assert values(grid) == [("氏名", "電話"), ("髙﨑 花子", "1")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_told_by_its_zeros(encoding: str) -> None:
    assert values(read("name,tel\n見本,090\n", encoding)) == [("name", "tel"), ("見本", "090")]


def test_an_encoding_that_was_chosen_is_used() -> None:
    (grid,) = read_grids("髙﨑".encode("cp932"), spelling=Spelling("cp932"))

    assert values(grid) == [("髙﨑",)]
    with pytest.raises(Refused):
        read_grids("髙﨑".encode("cp932"), spelling=Spelling("utf-8"))


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_the_delimiter_is_told_by_most_lines(sign: str) -> None:
    text = f'名簿（令和3年度）\n"a,b"{sign}b{sign}c\n1{sign}2{sign}3\n4{sign}5{sign}6'

    assert values(read(text))[1] == ("a,b", "b", "c")


def test_excels_own_line_about_the_delimiter_is_believed() -> None:
    assert values(read("sep=;\na,b;c\n1;2")) == [("a,b", "c"), ("1", "2")]


def test_a_row_is_numbered_by_the_line_where_it_starts() -> None:
    sheet = read('a,b\n1,"x\ny"\n\n , \n2,z\n')

    assert numbers(sheet) == [1, 2, 6]
    assert sheet.rows[1].values == ("1", "x\ny")


def test_blank_lines_may_stand_above_the_header() -> None:
    assert numbers(read("\n\na,b\n1,2")) == [3, 4]


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
        read_grids(data)

    assert words in str(refused.value.message)


def test_the_limits_hold() -> None:
    read_grids(b"a\n1\n2", limits=Limits(1, 2))
    with pytest.raises(Refused):
        read_grids(b"1\n" * (ABOVE_AND_BELOW + 3), limits=Limits(1, 2))

    with pytest.raises(Refused):
        read_grids(b"a\n1\n", limits=Limits(0, 2))


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
    (grid,) = read_grids(book(("名簿", [["氏名", "日", "数"], [], ["見本", date(2022, 5, 1), 12.0]])))

    assert (grid.name, grid.is_workbook) == ("名簿", True)
    assert [(row.number, row.values) for row in grid.rows] == [
        (1, ("氏名", "日", "数")),
        (3, ("見本", "2022-05-01", "12")),
    ]


def test_hidden_and_empty_sheets_are_left_out() -> None:
    found = read_grids(book(("a", [["x"], [1]]), ("b", [["x"], [1]]), ("c", []), hidden="b"))

    assert [sheet.name for sheet in found] == ["a"]


@pytest.mark.parametrize("limit", ["MOST_UNPACKED", "MOST_PARTS", "MOST_CELLS"])
def test_a_workbook_is_measured_before_it_is_unpacked(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, limit, 3)

    with pytest.raises(Refused, match="too large"):
        read_grids(book(("a", [["x", "y"], [1, 2]])))


@pytest.mark.parametrize("cell", ["XFD1", "A1048576"])
def test_one_cell_far_out_is_refused(cell: str) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"], made.worksheets[0][cell] = "x", "y"
    file = io.BytesIO()
    made.save(file)

    with pytest.raises(Refused, match="too many"):
        read_grids(file.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(encoding: str) -> None:
    data = io.BytesIO(book(("a", [["x"], [1]])))
    with zipfile.ZipFile(data, "a") as package:
        package.writestr("xl/extra.xml", '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode(encoding))

    with pytest.raises(Refused, match="declarations"):
        read_grids(data.getvalue())


@pytest.mark.parametrize("cut", [4, 100, 2000, -30])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    with pytest.raises(Refused):
        read_grids(book(("a", [["x"], [1]]))[:cut])


def test_another_archive_is_no_table() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("a.txt", "x")

    with pytest.raises(Refused, match="not a table"):
        read_grids(data.getvalue())


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
