"""What an import must know of a table beyond its fields: words of old lists, when two rows are the same.

A room declares one `Ledger` for each table that lists are imported into; so the engine knows no subject.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _

from tomoiki.core.languages import LANGUAGES
from tomoiki.core.records import Record
from tomoiki.core.text import clean_spaces, fold
from tomoiki.core.vocabulary import AnyChoice
from tomoiki.core.wordings import entries, wording

_SAME, _PERHAPS = _("The same record stands in an earlier row."), _("Perhaps the same record.")

Values = Mapping[str, Any]
Keys = Callable[[Values], Iterable[Hashable]]


def no_keys(values: Values) -> Iterable[Hashable]:
    """Give no key: nothing of this table is told to be the same by itself."""
    return ()


@dataclass(frozen=True)
class Meaning:
    """What a word of a list says: a code, and what it says of other fields of the same record besides."""

    code: str
    also: Mapping[str, str] = field(default_factory=dict)


Words = Mapping[str, str | Meaning]


@dataclass(frozen=True)
class Ledger:
    """How rows of old lists become records of one table.

    Two records are the same when they share a `certain` key, and may be when they share a `probable` one,
    unless both fill the field `apart` differently; `why_…` says so in words. `rough` keys are made of
    `rough_fields` alone, none of them encrypted: records without a common one are not looked at further.
    `fills` is what an import sets where a row says nothing.
    """

    rough_fields: tuple[str, ...]
    rough: Keys
    certain: Keys = no_keys
    probable: Keys = no_keys
    apart: str = ""
    why_certain: LazyString = _SAME
    why_probable: LazyString = _PERHAPS
    fills: Mapping[str, Any] = field(default_factory=dict)

    def are_apart(self, one: Values, other: Values) -> bool:
        """Tell whether a field that both fill differently shows two records to be two."""
        return bool(self.apart and one.get(self.apart) and other.get(self.apart)) and (
            one[self.apart] != other[self.apart]
        )


_ledgers: dict[type[Record], Ledger] = {}
_words: dict[AnyChoice, dict[str, Meaning]] = {}


def register(model: type[Record], ledger: Ledger) -> None:
    """Declare how lists are imported into this table."""
    _ledgers[model] = ledger


def ledger_of(model: type[Record]) -> Ledger:
    """Return what was declared; without a declaration records are told apart by their first label."""
    return _ledgers.get(model) or _by_label(model)


def _by_label(model: type[Record]) -> Ledger:
    names = tuple(name for name in model.__label__ if name in model.__table__.c)[:1]

    def rough(values: Values) -> Iterable[Hashable]:
        return (squeezed(str(values[name])) for name in names if values.get(name))

    return Ledger(names, rough)


def register_words(choices: AnyChoice, words: Words) -> None:
    """Add words that people write for the codes of a list."""
    known = _words.setdefault(choices, {})
    for word, meaning in words.items():
        known[squeezed(word)] = meaning if isinstance(meaning, Meaning) else Meaning(meaning)


def find_meaning(choices: AnyChoice, text: str) -> Meaning | None:
    """Return what the text means in this list: a code, a label in any language, or a registered word."""
    word = squeezed(text)
    return _labels(choices).get(word) or _words.get(choices, {}).get(word)


def known_words(choices: AnyChoice) -> list[str]:
    """Return every word of a list in its squeezed form, for finding the nearest one."""
    return [*_labels(choices), *_words.get(choices, {})]


def squeezed(text: str) -> str:
    """Fold a word so that width, case, marks and spaces make no difference: Nữ = nu, 氏 名 = 氏名."""
    return clean_spaces(fold(text)).replace(" ", "")


def _labels(choices: AnyChoice) -> Mapping[str, Meaning]:
    found: Mapping[str, Meaning] = wording().keep(("words", choices), lambda: _read_labels(choices))
    return found


def _read_labels(choices: AnyChoice) -> Mapping[str, Meaning]:
    found = {squeezed(code): Meaning(code) for code in entries(choices)}
    for code, entry in entries(choices).items():
        for label in in_all_languages(entry.label):
            found.setdefault(squeezed(label), Meaning(code))
    return found


def in_all_languages(label: object) -> list[str]:
    """Return a label as it reads in each of the three languages."""
    found = []
    for locale in LANGUAGES:
        with force_locale(locale):
            found.append(str(label))
    return found
