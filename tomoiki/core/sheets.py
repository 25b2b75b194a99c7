"""Tables in files (CSV, TSV, xlsx): read into rows of text, or refused in words.

A file comes from outside: kind and encoding are told by its bytes, never by its name, and every limit is
checked before memory is spent.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.tables import (
    MOST_BYTES,
    MOST_CELL,
    Refused,
    Sheet,
    SheetRow,
    check_cell,
    check_length,
    check_width,
)

NAME_LENGTH = 80

_BINARY = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"RIFF")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_DELIMITERS = ",\t;"


def read_sheets(data: bytes, filename: str = "") -> list[Sheet]:
    """Return the tables of a file; raise Refused for what is none, is damaged or passes a limit."""
    if not data.strip(b"\0\t\r\n ") and b"\0" not in data:
        raise Refused(_("The file is empty. Choose a file with a header and rows."))
    if len(data) > MOST_BYTES:
        raise Refused(_("The file is too large. It may have %(most)s MB.", most=MOST_BYTES // 2**20))
    if data.startswith(_OLD_EXCEL):
        raise Refused(
            _("This is an old Excel file (.xls) or has a password. Save it as .xlsx or CSV without one.")
        )
    if data.startswith(_ZIP):
        from tomoiki.core.workbooks import read_workbook  # noqa: PLC0415 - heavy; loaded on first use

        return [_headed(name, rows) for name, rows in read_workbook(data)]
    if data.startswith(_BINARY):
        raise Refused(_("This is not a table. Choose a CSV or xlsx file."))
    return [_headed("", list(_read_text(_decoded(data), filename)))]


def shown_name(filename: str) -> str:
    """Return a file's name as it may be shown: no folders, no control or direction signs, not too long."""
    last = PureWindowsPath(PurePosixPath(filename.replace("\0", "")).name).name
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return visible.strip()[:NAME_LENGTH] or "-"


def _headed(name: str, rows: Sequence[SheetRow]) -> Sheet:
    """Take the first row as the one that names the columns."""
    if not rows:
        raise Refused(_("The file is empty. Choose a file with a header and rows."))
    header = tuple(value.strip() for value in rows[0].values)
    return Sheet(name, rows[0].number, header, rows[1:])


def _decoded(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif data.startswith(BOM_UTF8):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "cp932"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused(_("The file is damaged or not text. Save it anew as CSV (UTF-8) or xlsx."))


def _read_text(text: str, filename: str) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, filename), strict=True)
    count, start = 0, 1
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise Refused(_what_is_wrong(str(error), start)) from None
        if values is None:
            return
        if any(value.strip() for value in values):
            _check(values, start)
            yield SheetRow(start, tuple(values))
            count += 1
            check_length(count - 1)  # the header is none of them
        start = reader.line_num + 1


def _check(values: Sequence[str], row: int) -> None:
    check_width(len(values))
    for value in values:
        check_cell(value, row)


def _what_is_wrong(reason: str, line: int) -> LazyString:
    """Tell a quote that eats the rest of the file from one in mid-air and from a cell without end."""
    if "end of data" in reason:
        return _("A quotation mark that opens in line %(line)s is never closed. Close it.", line=line)
    if "field larger" in reason:
        return _("A cell in row %(row)s is too long. It may have %(most)s signs.", row=line, most=MOST_CELL)
    return _("A quotation mark in line %(line)s is out of place. Delete or double it.", line=line)


def _delimiter(text: str, filename: str) -> str:
    """Return the sign that parts the cells of the first row; most lists have commas."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    counts = {sign: outside.count(sign) for sign in _DELIMITERS}
    best = max(counts, key=lambda sign: counts[sign])
    if counts[best]:
        return best
    return "\t" if filename.lower().endswith(".tsv") else ","
