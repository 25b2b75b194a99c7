"""One row of a file read into values by the fields' own rules; what cannot be read is said cell by cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine.mapping import NOTE, Column, MappedSheet, Target, Targets
from admin_views.engine.values import label
from tomoiki.core.dates import DECEMBER, read_day, read_moment
from tomoiki.core.fields import TEXT_LENGTH, Field
from tomoiki.core.identifiers import holds_my_number
from tomoiki.core.languages import language
from tomoiki.core.ledgers import find_meaning, known_words, squeezed
from tomoiki.core.money import read_yen
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.tables import SheetRow
from tomoiki.core.text import clean_line, clean_text, plain
from tomoiki.core.vocabulary import AnyChoice, Choice, find_choice

_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")
_BETWEEN_CODES = re.compile(r"[、,，;；/\n]+")
_YES = frozenset(
    squeezed(word) for word in ("yes", "y", "true", "1", "○", "〇", "◯", "はい", "有", "あり", "có", "済")
)
_NO = frozenset(
    squeezed(word) for word in ("no", "n", "false", "0", "×", "✕", "いいえ", "無", "なし", "không", "未")
)

Also = Mapping[str, str]


@dataclass(frozen=True)
class CellFault:
    """A cell (or with no column a row) that cannot be taken over, and why."""

    sheet: str
    row: int
    column: str
    value: str
    reason: LazyString | str

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it, the reason in the language being spoken."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": str(self.reason),
        }


@dataclass
class ReadRow:
    """What was read of one row: values by path, lines for the note, faults and remarks, and the raw cells."""

    sheet: MappedSheet
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    remarks: list[CellFault] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, int]:
        """Return sheet and row."""
        return self.sheet.sheet.name, self.number

    def fault(self, path: str, reason: LazyString | str) -> None:
        """Note a fault of the field, by its column's own words."""
        column = self.sheet.headers.get(path, "")
        self.faults.append(CellFault(*self.place, column, self.raw.get(path, ""), reason))


def read_row(sheet: MappedSheet, row: SheetRow, targets: Targets, constants: Mapping[str, Any]) -> ReadRow:
    """Read every cell; `constants` fill fields of which the row says nothing."""
    found = ReadRow(sheet, row.number)
    also: dict[str, str] = {}
    _refuse_surplus(found, row)
    for column, text in zip(sheet.columns, row.values, strict=False):
        if not text.strip():
            continue
        if column.target is not None:
            found.raw[column.target.path] = text
            also |= _read_cell(found, column, column.target, text)
        elif column.into_note:
            _read_note(found, column, text)
    for path, value in (*also.items(), *constants.items()):
        if path in constants or path in targets:
            found.values.setdefault(path, value)
    if note := found.values.pop(NOTE, None):  # joined to a note that stands already, never put over it
        found.notes.insert(0, note)
    return found


def _refuse_surplus(found: ReadRow, row: SheetRow) -> None:
    """Cells beyond the header mean that a value holds the delimiter: its neighbours are no longer sure."""
    width = len(found.sheet.columns)
    surplus = [value for value in row.values[width:] if value.strip()]
    if surplus:
        reason = _("The row has more cells than the header. Put values with commas into quotation marks.")
        found.faults.append(CellFault(*found.place, "", " ".join(surplus), reason))


def _read_cell(found: ReadRow, column: Column, target: Target, text: str) -> Also:
    try:
        read, also = read_value(target.field, text)
    except BadInput as fault:
        found.faults.append(CellFault(*found.place, column.header, text, fault.message))
        return {}
    if read.remark:
        found.remarks.append(CellFault(*found.place, column.header, text, read.remark))
    if read.value not in (None, "", []):
        found.values[target.path] = read.value
    prefix = f"{target.owner}." if target.owner else ""
    return {prefix + name: code for name, code in also.items()}


def _read_note(found: ReadRow, column: Column, text: str) -> None:
    """Keep a cell without a home as a line `header: text`."""
    try:
        found.notes.append(f"{column.header}: {_read_long(text).value}")
    except BadInput as fault:
        found.faults.append(CellFault(*found.place, column.header, text, fault.message))


def read_value(field: Field, text: str) -> tuple[Read[Any], Also]:
    """Return the value of a cell, and what its word says of other fields; raise BadInput."""
    if field.kind == "choice" and field.choices is not None:
        return _read_choice(field.choices, text)
    return _READERS[field.kind](field, text), {}


def _read_text(field: Field, text: str) -> Read[Any]:
    if field.long:
        return _read_long(text)
    read = field.format.read(text) if field.format else Read(clean_line(text))
    if len(read.value) > TEXT_LENGTH:
        raise BadInput(_("Use at most %(most)s characters.", most=TEXT_LENGTH))
    return read


def _read_long(text: str) -> Read[str]:
    if holds_my_number(text):
        raise BadInput(_("This looks like an individual number (My Number), which must not be stored."))
    return Read(clean_text(text).strip())


def read_sheet_day(text: str) -> Read[date]:
    """Read a day; day/month/year only where nothing else is possible, or where Vietnamese is spoken."""
    found = _DAY_FIRST.fullmatch(plain(text).replace(" ", ""))
    if not found or language() == "vi":
        return read_day(text, day_first=language() == "vi")
    if int(found[1]) > DECEMBER:
        return read_day(text, day_first=True)
    raise BadInput(_("Day and month could be exchanged here. Write the year first (e.g. 2026-04-03)."))


def _read_moment(field: Field, text: str) -> Read[datetime]:
    return read_moment(text)


def _read_number(field: Field, text: str) -> Read[int]:
    read = read_yen(text)
    if field.low is not None and read.value < field.low:
        raise BadInput(_("Give %(low)s or more.", low=field.low))
    if field.high is not None and read.value > field.high:
        raise BadInput(_("Give %(high)s or less.", high=field.high))
    return read


def _read_flag(field: Field, text: str) -> Read[bool]:
    word = squeezed(text)
    if word not in _YES | _NO:
        raise BadInput(_("Write yes or no."))
    return Read(word in _YES)


def _read_choice(choices: AnyChoice, text: str) -> tuple[Read[Any], Also]:
    meaning = find_meaning(choices, clean_line(text))
    if meaning is None:
        raise BadInput(*_not_in_list(choices, text))
    return Read(_stored(choices, meaning.code)), meaning.also


def _stored(choices: AnyChoice, code: str) -> Any:
    return find_choice(choices, code) if issubclass(choices, Choice) else code


def _not_in_list(choices: AnyChoice, text: str) -> tuple[LazyString, str | None]:
    near = difflib.get_close_matches(squeezed(text)[:80], known_words(choices), n=1)
    meaning = find_meaning(choices, near[0]) if near else None
    if meaning is None:
        return _("This is not in the list."), None
    word = label(choices, meaning.code)
    return _("This is not in the list. Is “%(word)s” meant?", word=word), word


def _read_codes(field: Field, text: str) -> Read[list[str]]:
    words = [word for word in _BETWEEN_CODES.split(text) if word.strip()]
    codes = [_read_choice(field.choices, word)[0].value for word in words] if field.choices else []
    return Read(sorted(set(codes)))


_READERS: Mapping[str, Callable[[Field, str], Read[Any]]] = {
    "text": _read_text,
    "long": _read_text,
    "day": lambda field, text: read_sheet_day(text),
    "moment": _read_moment,
    "yen": _read_number,
    "integer": _read_number,
    "flag": _read_flag,
    "codes": _read_codes,
}
