"""An export as a file: CSV in batches as they are read, or a workbook with real days and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from flask_babel import lazy_gettext as _

from admin_views.engine.export_cells import APART, Kind, Values
from admin_views.engine.exporting import Export
from tomoiki.core.formulas import SIGNS, disarmed
from tomoiki.core.tables import MOST_CELL, Refused

KINDS = ("csv", "xlsx")
UTF8, CP932 = "utf-8", "cp932"
BOM = "\ufeff"  # without it Excel takes UTF-8 for cp932
MOST_MISFITS = 200
MOST_SHEET_ROWS = 1_048_576

_ARMED = re.compile(
    f"{APART}[{SIGNS}]"
)  # begins with a fixed sign: five times as fast as to look at each cell
_QUOTED = '",\r\n'
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_FIRST_DAY = date(1900, 1, 1)  # Excel counts from here
_NARROWEST, _WIDEST = 8, 50


@dataclass(frozen=True)
class Misfit:
    """A cell that the asked form of the file cannot hold: of which record, in which column, and which character."""

    id: int
    column: str
    sign: str


@dataclass
class DoesNotFit(Exception):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """The file cannot hold these cells; `count` is how many there are in all."""

    misfits: list[Misfit] = field(default_factory=list)
    count: int = 0

    def add(self, misfit: Misfit) -> None:
        """Count it, and name it while the list is still of use to a person."""
        self.count += 1
        if len(self.misfits) < MOST_MISFITS:
            self.misfits.append(misfit)


# -- CSV ---------------------------------------------------------------------------------------------------------------
def csv_parts(export: Export) -> Iterator[tuple[str, list[Values]]]:
    """Yield the lines in parts, the header first, each with the cells that it was made of; all end in CR LF.

    Made by columns, not by `csv.writer`, which takes twice as long; what that would quote is quoted here.
    """
    yield _lines([_csv_cells("text", [header]) for header in export.headers]), []
    kinds: list[Kind] = ["number", *(column.kind for column in export.columns)]
    for cells in export.batches():
        yield _lines(list(map(_csv_cells, kinds, cells))), cells


def _lines(columns: list[Values]) -> str:
    return "\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n"


def _csv_cells(kind: Kind, cells: Values) -> Values:
    """Return the cells of a column as they stand in a line."""
    if kind == "number":
        return ["" if cell is None else str(cell) for cell in cells]
    if not any(cells) or kind in ("day", "moment"):
        return cells
    together = APART.join(cells)
    if kind == "text" and _ARMED.search(APART + together):
        cells = [disarmed(cell) for cell in cells]
        together = APART.join(cells)
    if not any(sign in together for sign in _QUOTED):
        return cells
    doubled = together.replace('"', '""')
    if doubled.count(APART) == len(cells) - 1:  # all at once: ten times as fast as cell by cell
        apart = doubled.replace(APART, f'"{APART}"')
        return f'"{apart}"'.split(APART)
    return ['"' + cell.replace('"', '""') + '"' for cell in cells]


def utf8_parts(export: Export) -> Iterator[bytes]:
    """Yield the file as bytes that Excel reads rightly."""
    yield BOM.encode()
    for lines, _cells in csv_parts(export):
        yield lines.encode()


def write_cp932(export: Export, file: IO[bytes]) -> None:
    """Write the file in the encoding of old Japanese programs; raise DoesNotFit with the cells it cannot hold."""
    refused = DoesNotFit()
    for lines, cells in csv_parts(export):
        try:
            file.write(lines.encode(CP932))
        except UnicodeEncodeError:
            _find_misfits(export, cells, refused)
    if refused.count:
        raise refused


def _find_misfits(export: Export, cells: list[Values], refused: DoesNotFit) -> None:
    if not cells:
        for header in export.headers:
            if sign := _misfit(header):
                refused.add(Misfit(0, header, sign))
        return
    for key, *row in zip(*cells, strict=True):
        for column, cell in zip(export.columns, row, strict=True):
            if isinstance(cell, str) and (sign := _misfit(cell)):
                refused.add(Misfit(key, column.header, sign))


def _misfit(text: str) -> str:
    try:
        text.encode(CP932)
    except UnicodeEncodeError as fault:
        return text[fault.start]
    return ""


def write_file(export: Export, path: Path, kind: str, encoding: str = UTF8) -> None:
    """Write the whole file; raise DoesNotFit or Refused when this kind of file cannot hold it."""
    if kind == "xlsx":
        write_workbook(export, path)
        return
    with path.open("wb") as file:
        if encoding == CP932:
            write_cp932(export, file)
        else:
            file.writelines(utf8_parts(export))


# -- workbook ----------------------------------------------------------------------------------------------------------
def write_workbook(export: Export, path: Path) -> None:
    """Write the workbook row by row; what it needs meanwhile lies in the folder of `path`.

    Raise Refused for more rows than a sheet has, DoesNotFit for cells longer than a sheet's.
    """
    import xlsxwriter  # noqa: PLC0415 - heavy; loaded on first use

    if export.count >= MOST_SHEET_ROWS:
        raise Refused(
            _("A sheet holds %(most)s rows. Filter the list or take CSV.", most=f"{MOST_SHEET_ROWS - 1:,}")
        )
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), options) as book:
        _Sheet(export, book).write()


class _Sheet:
    """The one sheet of a workbook while it is written."""

    def __init__(self, export: Export, book: Any) -> None:
        self._export, self._refused = export, DoesNotFit()
        self._sheet = book.add_worksheet(_sheet_name(str(export.screen.name)))
        self._bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        write: dict[str, Callable[[int, int, Any], Any]] = {
            "number": self._sheet.write_number,
            "day": self._write_day,
            "moment": self._write_moment,
            "word": self._write_text,
            "text": self._write_text,
        }
        self._writers = [self._sheet.write_number, *(write[column.kind] for column in export.columns)]

    def write(self) -> None:
        """Write header and rows; freeze, filter and widths last, when the reach is known."""
        headers = self._export.headers
        widths = [_width(header) for header in headers]
        for at, header in enumerate(headers):
            self._sheet.write_string(0, at, header, self._bold)
        last = 0
        for cells in self._export.batches():
            if last == 0:
                widths = [
                    max(width, *map(_width, islice(column, 200)))
                    for width, column in zip(widths, cells, strict=True)
                ]
            for row in zip(*cells, strict=True):
                last += 1
                self._write_row(last, row)
        if self._refused.count:
            raise self._refused
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, last, len(headers) - 1)
        for at, width in enumerate(widths):
            self._sheet.set_column(at, at, width)

    def _write_row(self, at: int, row: Values) -> None:
        for column, (cell, write) in enumerate(zip(row, self._writers, strict=True)):
            if cell not in (None, ""):
                write(at, column, cell)
        for column, cell in enumerate(row[1:]):
            if isinstance(cell, str) and len(cell) > MOST_CELL:
                self._refused.add(Misfit(row[0], self._export.columns[column].header, "…"))

    def _write_text(self, row: int, column: int, cell: str) -> None:
        self._sheet.write_string(row, column, cell)

    def _write_day(self, row: int, column: int, cell: str) -> None:
        day = date.fromisoformat(cell)
        if day < _FIRST_DAY:
            self._sheet.write_string(row, column, cell)
        else:
            self._sheet.write_datetime(row, column, day)

    def _write_moment(self, row: int, column: int, cell: str) -> None:
        self._sheet.write_datetime(row, column, datetime.fromisoformat(cell), self._moment)


def _sheet_name(name: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", name)[:31]


def _width(cell: Any) -> int:
    """Return the columns' width that shows the cell, wide signs counted double."""
    text = str(cell if cell is not None else "").partition("\n")[0][:_WIDEST]
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return min(_WIDEST, max(_NARROWEST, len(text) + wide + 2))


def file_name(export: Export, kind: str, day: date) -> tuple[str, str]:
    """Return the file's name in the reader's language and an ASCII one for old browsers."""
    name = _NOT_IN_SHEET_NAMES.sub(" ", str(export.screen.name))
    return f"{name}_{day}.{kind}", f"{export.screen.slug}_{day}.{kind}"
