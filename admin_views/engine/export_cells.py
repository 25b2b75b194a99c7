"""How a column of stored values becomes cells of a file: one function a field, chosen once, for a thousand values.

Values come as SQLite's driver gives them, days and moments as text, or from PostgreSQL as objects. Days and moments
leave as text in ISO order, moments by the clock of Tokyo; empty text is "", a missing number None.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from flask_babel import gettext as _

from admin_views.engine.rows import label_text, record_named
from admin_views.engine.values import labels
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.formulas import disarmed
from tomoiki.core.ledgers import find_meaning

Kind = Literal["number", "day", "moment", "word", "text"]  # a word is one of a list of ours, text anybody's
Values = Sequence[Any]
Cells = Callable[[Values], Values]

BETWEEN = "、"  # stands in no label, so that several of them are told apart again
APART = "\x1f"  # stands in no value at all: parts several of one record until they are cells

_KINDS: Mapping[str, Kind] = {
    "yen": "number", "integer": "number", "day": "day", "moment": "moment", "choice": "word", "flag": "word",
    "codes": "word",
}  # fmt: skip


class _Words(dict[Any, str]):
    """Words by stored value; a code that is in the list no longer stands as it is."""

    def __missing__(self, value: Any) -> str:
        return disarmed(str(value))


class _Lists(dict[Any, str]):
    """Several codes as one cell, by the text that holds them apart."""

    def __init__(self, words: _Words) -> None:
        super().__init__({None: ""})
        self._words = words

    def __missing__(self, codes: str) -> str:
        found = self[codes] = BETWEEN.join(self._words[code] for code in sorted(codes.split(APART)))
        return found


def kind_of(what: Field) -> Kind:
    """Return what the cells of this field are."""
    kind = _KINDS.get(what.kind, "text")
    if kind == "word" and what.choices and any(word != disarmed(word) for word in _words(what).values()):
        return "text"  # the office has put a sign of formulas before a label
    return kind


def cells_of(what: Field) -> Cells:
    """Return how the stored values of a field become cells, its words in the language being spoken."""
    return _MAKERS[what.kind](what)


def _words(what: Field) -> _Words:
    """Return the labels by code; a label that would be read as another code again gives way to its own."""
    words, choices = _Words({None: ""}), what.choices
    if choices is not None:
        for code, word in labels(choices).items():
            meaning = find_meaning(choices, word)
            words[code] = word if meaning is not None and meaning.code == code else code
    return words


def _label_cells(what: Field) -> Cells:
    """Return how the labels of the records that a field points at become cells."""
    target = record_named(what.target)
    first = fields_of(target).get(target.__label__[0]) if target.__label__ else None
    if first is None:
        return _texts
    return _each(partial(label_text, target)) if kind_of(first) == "number" else cells_of(first)


def _looked_up(words: Mapping[Any, str]) -> Cells:
    word = words.__getitem__
    return lambda values: list(map(word, values))


def _each(cell: Callable[[Any], str]) -> Cells:
    return lambda values: [cell(value) if value else "" for value in values]


def _several(one: Cells) -> Cells:
    return _each(lambda joined: BETWEEN.join(sorted(one(joined.split(APART)))))


def _texts(values: Values) -> Values:
    return [value or "" for value in values]


def _numbers(values: Values) -> Values:
    return values


def _yes_or_no() -> Cells:
    return _looked_up(_Words({None: "", True: _("Yes"), False: _("No")}))


def _in_tokyo(stored: str | datetime) -> str:
    moment = datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored
    return str(in_tokyo(moment))[:16]


def _structure(stored: Any) -> str:
    return json.dumps(json.loads(stored) if isinstance(stored, str) else stored, ensure_ascii=False)


_MAKERS: Mapping[str, Callable[[Field], Cells]] = {
    "text": lambda what: _each(what.format.show) if what.format else _texts,
    "long": lambda what: _texts,
    "yen": lambda what: _numbers,
    "integer": lambda what: _numbers,
    "day": lambda what: _each(str),
    "moment": lambda what: _each(_in_tokyo),
    "flag": lambda what: _yes_or_no(),
    "choice": lambda what: _looked_up(_words(what)),
    "codes": lambda what: _looked_up(_Lists(_words(what))),
    "ref": _label_cells,
    "refs": lambda what: _several(_label_cells(what)),
    "json": lambda what: _each(_structure),
}
