"""Tables in files (CSV, TSV, xlsx): read into rows of text, or refused in words.

A file comes from outside: kind, encoding and delimiter are told by its bytes, never by its name, and every
limit is checked before memory is spent.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.tables import (
    ABOVE_AND_BELOW,
    MOST_CELL,
    USUAL,
    Grid,
    Limits,
    Once,
    Refused,
    SheetRow,
    check_cell,
    check_length,
    check_width,
)

NAME_LENGTH = 80
ENCODINGS = ("utf-8", "cp932", "utf-16")
DELIMITERS = (",", "\t", ";", "|")

_BINARY = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"RIFF")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_LOOKED_AT = 50  # lines by which the delimiter is told
_SEPARATOR_LINE = re.compile("sep=(.)", re.IGNORECASE)  # what Excel writes for itself
_NULS_OF_UTF16 = 0.3


@dataclass(frozen=True)
class Spelling:
    """How a text file is written; what is empty is found by itself."""

    encoding: str = ""
    delimiter: str = ""


FOUND = Spelling()


def read_grids(
    data: bytes, filename: str = "", limits: Limits = USUAL, spelling: Spelling = FOUND
) -> list[Grid]:
    """Return the sheets of a file; raise Refused for what is none, is damaged or passes a limit."""
    if not data.strip(b"\0\t\r\n ") and b"\0" not in data:
        raise Refused(_("The file is empty. Choose a file with a header and rows."))
    if len(data) > limits.bytes:
        raise Refused(_("The file is too large. It may have %(most)s MB.", most=limits.megabytes))
    if data.startswith(_OLD_EXCEL):
        raise Refused(
            _("This is an old Excel file (.xls) or has a password. Save it as .xlsx or CSV without one.")
        )
    if data.startswith(_ZIP):
        from tomoiki.core.workbooks import read_workbook  # noqa: PLC0415 - heavy; loaded on first use

        return read_workbook(data, limits)
    if data.startswith(_BINARY):
        raise Refused(_("This is not a table. Choose a CSV or xlsx file."))
    return [_read_text(_decoded(data, spelling.encoding), filename, limits, spelling.delimiter)]


def is_text(data: bytes) -> bool:
    """Tell whether encoding and delimiter matter for this file."""
    return not data.startswith((_ZIP, _OLD_EXCEL, *_BINARY))


def spelling_of(data: bytes, filename: str = "", given: Spelling = FOUND) -> Spelling:
    """Return how a text file is written: as given, else as it was found."""
    encoding = given.encoding or next((name for name, _text in _readings(data)), ENCODINGS[0])
    text = _decoded(data, given.encoding)
    return Spelling(encoding.removesuffix("-sig"), given.delimiter or _delimiter(text, filename))


def shown_name(filename: str) -> str:
    """Return a file's name as it may be shown: no folders, no control or direction signs, not too long."""
    last = PureWindowsPath(PurePosixPath(filename.replace("\0", "")).name).name
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return visible.strip()[:NAME_LENGTH] or "-"


def _decoded(data: bytes, given: str = "") -> str:
    for _name, text in _readings(data, given):
        return text
    raise Refused(_("The file is damaged or not text. Save it anew as CSV (UTF-8) or xlsx."))


def _readings(data: bytes, given: str = "") -> Iterator[tuple[str, str]]:
    """Yield encodings in which the bytes are text, the likeliest first."""
    for encoding in [given] if given in ENCODINGS else _likely(data):
        try:
            text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            yield encoding.removesuffix("-le").removesuffix("-be"), text


def _likely(data: bytes) -> Sequence[str]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ["utf-16"]
    if data.startswith(BOM_UTF8):
        return ["utf-8"]
    if b"\0" in data:  # UTF-16 without its mark: every second byte of Latin letters and digits is 0
        half = len(data) // 2 or 1
        guesses = [
            ("utf-16-le", data[1::2].count(0) / half),
            ("utf-16-be", data[0::2].count(0) / half),
        ]
        return [name for name, share in guesses if share >= _NULS_OF_UTF16]
    return ["utf-8", "cp932"]


def _read_text(text: str, filename: str, limits: Limits, delimiter: str) -> Grid:
    rows = list(_rows(text, delimiter or _delimiter(text, filename), limits))
    if not rows:
        raise Refused(_("The file is empty. Choose a file with a header and rows."))
    return Grid("", rows)


def _rows(text: str, delimiter: str, limits: Limits) -> Iterator[SheetRow]:
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    count, start, once = 0, 1, Once()
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise Refused(_what_is_wrong(str(error), start)) from None
        if values is None:
            return
        if any(value.strip() for value in values) and not _is_separator_line(values, start):
            _check(values, start)
            yield SheetRow(start, tuple(map(once, values)))
            count += 1
            check_length(count - ABOVE_AND_BELOW, limits.rows)
        start = reader.line_num + 1


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends, without a second copy of the whole text."""
    return (found[0] for found in _LINE.finditer(text))


def _is_separator_line(values: Sequence[str], start: int) -> bool:
    return start == 1 and values[0].lower().startswith("sep=") and not any(values[1:])


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
    """Return the sign that parts the cells of most lines; most lists have commas."""
    lines = [line for line in islice(io.StringIO(text), _LOOKED_AT) if line.strip()]
    if lines and (said := _SEPARATOR_LINE.fullmatch(lines[0].strip())):
        return said[1]
    outside = ["".join(line.split('"')[::2]) for line in lines]
    best = max(DELIMITERS, key=lambda sign: _evidence(outside, sign))
    if any(best in line for line in outside):
        return best
    return "\t" if filename.lower().endswith(".tsv") else ","


def _evidence(lines: Sequence[str], sign: str) -> tuple[int, int]:
    """In how many lines the sign stands as often as in most others, and how often."""
    counts = [count for line in lines if (count := line.count(sign))]
    usual = max(set(counts), key=counts.count, default=0)
    return counts.count(usual), usual
