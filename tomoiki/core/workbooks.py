"""xlsx files: what they unpack to is measured before anything is unpacked, then read by calamine."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

import python_calamine as calamine
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.tables import (
    ABOVE_AND_BELOW,
    MOST_COLUMNS,
    USUAL,
    Grid,
    Limits,
    Merge,
    Once,
    Refused,
    SheetRow,
    check_cell,
    check_length,
    check_width,
)

MOST_UNPACKED = 100 * 2**20
MOST_PARTS = 2000
MOST_CELLS = 5_000_000  # the reader keeps the rectangle from the first to the last cell in memory

_CHUNK = 2**20
_OVERLAP = 64  # a word or a cell's address may lie across two chunks
_CELL = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"')
_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_DECLARATIONS = (b"<!doctype", b"<!entity")


def read_workbook(data: bytes, limits: Limits = USUAL) -> list[Grid]:
    """Return the visible sheets that hold something; raise Refused for bombs, entities, damage, limits."""
    _check_package(data, limits)
    try:
        book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        found = [_grid(book.get_sheet_by_name(name)) for name in _visible(book)]
    except (calamine.CalamineError, ValueError, OSError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(_damaged()) from None
    filled = [grid for grid in found if grid.rows]
    if not filled:
        raise Refused(_("The file is empty. Choose a file with a header and rows."))
    return filled


def _damaged() -> LazyString:
    return _("The file is damaged or no Excel workbook. Open it in Excel and save it anew as .xlsx.")


def _check_package(data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if "xl/workbook.xml" not in package.namelist():
                raise Refused(_("This is not a table. Choose a CSV or xlsx file."))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(_("The workbook is too large when unpacked. Save only the needed sheet anew."))
            for part in parts:
                _check_part(package, part, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Refused(_damaged()) from None


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """Unpack one part in pieces (its checksum is checked on the way) and look for entities and far cells."""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    is_sheet = bool(_WORKSHEET.fullmatch(part.filename))
    last_row = last_column = 0
    with package.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            piece = tail + chunk.replace(b"\0", b"")  # UTF-16 hides nothing
            if is_xml and any(word in piece.lower() for word in _DECLARATIONS):
                raise Refused(_("The workbook holds declarations that no list needs. Save it anew in Excel."))
            if is_sheet:
                last_row, last_column = _reach(piece, last_row, last_column)
            tail = piece[-_OVERLAP:]
    _check_reach(last_row, last_column, limits)


def _reach(piece: bytes, row: int, column: int) -> tuple[int, int]:
    for letters, digits in _CELL.findall(piece):
        row = max(row, int(digits))
        column = max(column, _column_number(letters))
    return row, column


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_reach(row: int, column: int, limits: Limits) -> None:
    """A single cell far out would make the reader build all the empty ones before it."""
    if row > limits.rows + ABOVE_AND_BELOW:
        check_length(row, limits.rows)
    check_width(column)
    if row * column > MOST_CELLS:
        raise Refused(
            _(
                "The sheet is too large: at most %(rows)s rows, %(columns)s columns, %(cells)s cells.",
                rows=limits.rows,
                columns=MOST_COLUMNS,
                cells=MOST_CELLS,
            )
        )


def _visible(book: calamine.CalamineWorkbook) -> list[str]:
    visible, worksheet = calamine.SheetVisibleEnum.Visible, calamine.SheetTypeEnum.WorkSheet
    return [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == visible and sheet.typ == worksheet
    ]


def _grid(sheet: calamine.CalamineSheet) -> Grid:
    return Grid(sheet.name, list(_rows(sheet)), _merges(sheet), is_workbook=True)


def _merges(sheet: calamine.CalamineSheet) -> Sequence[Merge]:
    found = sheet.merged_cell_ranges or ()
    return tuple(Merge(top + 1, bottom + 1, left, right) for (top, left), (bottom, right) in found)


def _rows(sheet: calamine.CalamineSheet) -> Iterator[SheetRow]:
    once = Once()
    before = ("",) * (sheet.start or (0, 0))[1]  # its rows begin at the first filled column
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = tuple(once(_text(cell)) for cell in cells)
        if any(value.strip() for value in values):
            for value in values:
                check_cell(value, number)
            yield SheetRow(number, before + values)


def _text(cell: object) -> str:
    """Return a cell as a person would type it: whole numbers without .0, days as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
