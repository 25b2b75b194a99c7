"""The rows that could not be imported, as a workbook of their own: mended there, it is read in again."""

from __future__ import annotations

import io
from collections.abc import Iterator

from admin_views.engine.mapping import REASON, MappedSheet
from admin_views.engine.plans import Plan, PlannedRow
from tomoiki.core.layout import find_year

SHEET_NAME = 31  # what Excel allows
_FORBIDDEN = str.maketrans("[]:*?/\\", "_______")
_WIDEST = 40


def rejects_of(plan: Plan) -> bytes:
    """Return the rejected rows as they stand in the file, with a last column that says why."""
    import xlsxwriter  # noqa: PLC0415 - heavy; loaded on first use

    output = io.BytesIO()
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as book:
        bold, red = (
            book.add_format({"bold": True}),
            book.add_format({"font_color": "#b02a21", "text_wrap": True}),
        )
        for one, rows in _rejected(plan):
            sheet = book.add_worksheet((one.sheet.name or "1").translate(_FORBIDDEN)[:SHEET_NAME])
            top = _write_heading(sheet, one)
            header = [*_without_reason(one, one.sheet.header), str(REASON)]
            for at, name in enumerate(header):
                sheet.write_string(top, at, name, bold)
            sheet.set_column(0, len(header) - 1, 14)
            sheet.set_column(len(header) - 1, len(header) - 1, _WIDEST)
            sheet.freeze_panes(top + 1, 0)
            for number, row in enumerate(rows, start=top + 1):
                cells = row.read.cells.values
                for at, value in enumerate(_without_reason(one, cells)):
                    sheet.write_string(number, at, value)
                sheet.write_string(number, len(header) - 1, _why(row), red)
                for at, value in enumerate(cells[len(one.columns) :], start=len(header)):
                    sheet.write_string(number, at, value)
    return output.getvalue()


def _rejected(plan: Plan) -> Iterator[tuple[MappedSheet, list[PlannedRow]]]:
    for one in plan.sheets:
        rows = [row for row in plan.rows if row.fate == "error" and row.read.sheet is one]
        if rows:
            yield one, rows


def _write_heading(sheet: object, one: MappedSheet) -> int:
    """Keep the year of the sheet when only its title knew it; return the row of the header."""
    year = one.sheet.year
    if year is None or find_year(one.sheet.name) == year:
        return 0
    words = f"{year.year}年度" if year.is_fiscal else f"{year.year}年"
    sheet.write_string(0, 0, words)  # type: ignore[attr-defined]  # a worksheet; xlsxwriter is loaded on first use
    return 1


def _without_reason(one: MappedSheet, values: tuple[str, ...]) -> list[str]:
    """Return the cells without an older column of reasons: each round writes its own."""
    ours = {column.index for column in one.columns if column.is_reason}
    return [value for at, value in enumerate(values) if at not in ours and at < len(one.columns)]


def _why(row: PlannedRow) -> str:
    return "\n".join(
        f"{fault.column}: {fault.reason}" if fault.column else str(fault.reason) for fault in row.read.faults
    )
