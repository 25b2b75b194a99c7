"""One cell of a file read by its field's own rules."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine.mapping import MappedSheet, Target
from admin_views.engine.references import References
from admin_views.engine.values import label
from tomoiki.core.dates import DECEMBER, read_day, read_moment
from tomoiki.core.fields import TEXT_LENGTH, Field, model_named
from tomoiki.core.identifiers import holds_my_number
from tomoiki.core.languages import language
from tomoiki.core.ledgers import Meaning, find_meaning, known_words, ledger_of, squeezed
from tomoiki.core.money import read_yen
from tomoiki.core.reading import BadInput, Read
from tomoiki.core.records import Record
from tomoiki.core.tables import SheetYear
from tomoiki.core.text import clean_line, clean_text, plain
from tomoiki.core.vocabulary import AnyChoice, as_stored

_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")
_MONTH_FIRST_MOMENT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) +(.*)")  # Google Forms in English
_MONTH_DAY = re.compile(r"([0-9]{1,2})(?:月|[/.])([0-9]{1,2})日?(?:\([月火水木金土日]\))?")
_WEEKDAY = re.compile(r"[(（][月火水木金土日][)）]")
_SERIAL = re.compile("[2-6][0-9]{4}(?:\\.[0-9]+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_BETWEEN_CODES = re.compile(r"[、,，;；/\n]+")
_BETWEEN_VALUES = re.compile(r"\s*(?:[、,，;；\n]|[/／]|または|又は)\s*")
_YES = frozenset(
    squeezed(word)
    for word in ("yes", "y", "true", "1", "○", "〇", "◯", "はい", "有", "あり", "có", "済",
                 "同意", "同意します", "同意する",
                 "同意しました", "承諾します", "đồng ý", "agree", "i agree")
)  # fmt: skip
_NO = frozenset(
    squeezed(word)
    for word in ("no", "n", "false", "0", "×", "✕", "いいえ", "無", "なし", "không", "未", "同意しません", "同意しない",
                 "不同意", "không đồng ý", "disagree", "i do not agree")
)  # fmt: skip

Also = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A cell to be read, with what its sheet says of it."""

    target: Target
    text: str
    sheet: MappedSheet
    references: References
    fiscal_start: int
    main: type[Record]

    @property
    def field(self) -> Field:
        """Return the field that it fills."""
        return self.target.field


def read_cell(cell: Cell) -> tuple[Read[Any], Also, list[str]]:
    """Return the value, what its word says of other fields, and further values of a cell that holds several."""
    kind = cell.field.kind
    if kind == "choice" and cell.field.choices is not None:
        read, also = _read_choice(cell.field.choices, cell.text, labels_first=cell.sheet.has_id)
        return read, also, []
    if kind == "text" and cell.field.format is not None and cell.field.format.input_type in ("tel", "email"):
        return _read_several(cell)
    return _READERS[kind](cell), {}, []


def read_value(field: Field, text: str, references: References) -> Any:
    """Return the value of a text that stands for a whole column; raise BadInput."""
    if field.kind == "choice" and field.choices is not None:
        return _read_choice(field.choices, text, labels_first=True)[0].value
    if field.kind == "ref":
        return references.read(_model(field), text).value
    return _SIMPLE[field.kind](field, text).value


def _model(field: Field) -> type[Record]:
    return model_named(field.target)  # type: ignore[return-value]  # refs point at Records


def _read_several(cell: Cell) -> tuple[Read[Any], Also, list[str]]:
    """Two phone numbers in one cell are two values: neither may be lost."""
    try:
        return _read_text(cell.field, cell.text), {}, []
    except BadInput:
        parts = [part for part in _BETWEEN_VALUES.split(cell.text) if part.strip()]
        if len(parts) < 2:  # noqa: PLR2004 - one value
            raise
        first, *more = (_read_text(cell.field, part) for part in parts)
        show = cell.field.format.show if cell.field.format else str
        return first, {}, [show(one.value) for one in more]


def _read_text(field: Field, text: str) -> Read[Any]:
    if field.long:
        return read_long(text)
    read = field.format.read(text) if field.format else Read(clean_line(text))
    if len(read.value) > TEXT_LENGTH:
        raise BadInput(_("Use at most %(most)s characters.", most=TEXT_LENGTH))
    return read


def read_long(text: str) -> Read[str]:
    """Read a longer text; raise BadInput for one that must not be stored."""
    if holds_my_number(text):
        raise BadInput(_("This looks like an individual number (My Number), which must not be stored."))
    return Read(clean_text(text).strip())


def read_sheet_day(text: str) -> Read[date]:
    """Read a day; day/month/year only where nothing else is possible, or where Vietnamese is spoken."""
    typed = _WEEKDAY.sub("", text)
    found = _DAY_FIRST.fullmatch(plain(typed).replace(" ", ""))
    if not found or language() == "vi":
        return read_day(typed, day_first=language() == "vi")
    if int(found[1]) > DECEMBER:
        return read_day(typed, day_first=True)
    raise BadInput(_("Day and month could be exchanged here. Write the year first (e.g. 2026-04-03)."))


def _read_day(cell: Cell) -> Read[date]:
    typed = plain(cell.text).replace(" ", "")
    if cell.sheet.sheet.is_workbook and _SERIAL.fullmatch(typed):
        day = _EXCEL_EPOCH + timedelta(days=int(float(typed)))
        return Read(day, _("Excel's number for a day, read as %(day)s.", day=day.isoformat()))
    found = _MONTH_DAY.fullmatch(typed)
    if found:
        return _without_year(int(found[1]), int(found[2]), cell.sheet.sheet.year, cell.fiscal_start)
    if cell.sheet.sheet.is_workbook and (
        moment := re.fullmatch("(.+-.+-[0-9]{2}) [0-9:]+", cell.text.strip())
    ):
        return read_sheet_day(moment[1])  # a day that Excel keeps with a time
    return read_sheet_day(cell.text)


def _without_year(month: int, day: int, year: SheetYear | None, fiscal_start: int) -> Read[date]:
    """5月1日 takes the year of its sheet: of a fiscal year the months before its first are of the year after."""
    if year is None:
        raise BadInput(_("The year is missing. Write it, or name the year of the sheet (e.g. 2021年度)."))
    western = year.year + (year.is_fiscal and month < fiscal_start)
    read = read_day(f"{western:04d}-{month}-{day}")
    said = _("The year is that of the sheet: read as %(day)s.", day=read.value.isoformat())
    return Read(read.value, said)


def _read_moment(cell: Cell) -> Read[datetime]:
    found = _MONTH_FIRST_MOMENT.fullmatch(plain(cell.text))
    if found and squeezed("Timestamp") == squeezed(cell.sheet.header_of(cell.target.path)):
        return read_moment(f"{found[3]}-{found[1]}-{found[2]} {found[4]}")
    return read_moment(cell.text)


def _read_number(field: Field, text: str) -> Read[int]:
    read = read_yen(text)
    if field.low is not None and read.value < field.low:
        raise BadInput(_("Give %(low)s or more.", low=field.low))
    if field.high is not None and read.value > field.high:
        raise BadInput(_("Give %(high)s or less.", high=field.high))
    return read


def _read_flag(text: str) -> Read[bool]:
    word = squeezed(text)
    if word not in _YES | _NO:
        raise BadInput(_("Write yes or no."))
    return Read(word in _YES)


def _read_choice(choices: AnyChoice, text: str, *, labels_first: bool) -> tuple[Read[Any], Also]:
    meaning = _meaning(choices, clean_line(text), labels_first)
    if meaning is None:
        raise BadInput(*_not_in_list(choices, text))
    return Read(as_stored(choices, meaning.code)), meaning.also


@lru_cache(maxsize=4096)
def _meaning(choices: AnyChoice, text: str, labels_first: bool) -> Meaning | None:
    return find_meaning(choices, text, labels_first=labels_first)


def _not_in_list(choices: AnyChoice, text: str) -> tuple[LazyString, str | None]:
    near = difflib.get_close_matches(squeezed(text)[:80], known_words(choices), n=1)
    meaning = find_meaning(choices, near[0]) if near else None
    if meaning is None:
        return _("This is not in the list."), None
    word = label(choices, meaning.code)
    return _("This is not in the list. Is “%(word)s” meant?", word=word), word


def _read_codes(field: Field, text: str) -> Read[list[str]]:
    """Several words between commas; but a word that holds one itself is one word."""
    if field.choices is None:
        return Read([])
    if (whole := _meaning(field.choices, clean_line(text), False)) is not None:
        return Read([whole.code])
    words = [word for word in _BETWEEN_CODES.split(text) if word.strip()]
    return Read(sorted({_read_choice(field.choices, word, labels_first=False)[0].value for word in words}))


def _read_reference(cell: Cell) -> Read[int]:
    loosely = cell.target.path in ledger_of(cell.main).to_note
    return cell.references.read(_model(cell.field), cell.text, loosely=loosely)


_SIMPLE: Mapping[str, Callable[[Field, str], Read[Any]]] = {
    "text": _read_text,
    "long": _read_text,
    "day": lambda field, text: read_sheet_day(text),
    "moment": lambda field, text: read_moment(text),
    "yen": _read_number,
    "integer": _read_number,
    "flag": lambda field, text: _read_flag(text),
    "codes": _read_codes,
}
_READERS: Mapping[str, Callable[[Cell], Read[Any]]] = {
    **{
        kind: lambda cell, read=read: read(cell.field, cell.text)  # type: ignore[misc]  # bound at once
        for kind, read in _SIMPLE.items()
    },
    "day": _read_day,
    "moment": _read_moment,
    "ref": _read_reference,
}
