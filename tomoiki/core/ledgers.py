"""What an import must know of a table beyond its fields: words of old lists, when two rows are the same.

A room declares one `Ledger` for each table that lists are imported into; so the engine knows no subject.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Protocol

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from tomoiki.core.fields import Field, fields_of
from tomoiki.core.languages import LANGUAGES
from tomoiki.core.records import Record
from tomoiki.core.text import clean_spaces, fold
from tomoiki.core.vocabulary import AnyChoice
from tomoiki.core.wordings import entries, wording

_SAME, _PERHAPS = _("The same record stands in an earlier row."), _("Perhaps the same record.")

Values = Mapping[str, Any]
Keys = Callable[[Values], Iterable[Hashable]]


class Row(Protocol):
    """A row as the rooms see it: values by path, which a `complete` may add to, and where to complain.

    A path leads from the main record to a field: `opened_on`, `person.phone_jp` (through a reference),
    `activity.note` (of a record that points at it).
    """

    values: dict[str, Any]
    notes: list[tuple[str, str]]

    def fault(self, path: str, reason: LazyString | str) -> None:
        """Say why the row cannot be taken."""

    def remark(self, path: str, reason: LazyString | str) -> None:
        """Say what a person should know although the row is taken."""

    def unless_known(self, path: str, value: Any) -> None:
        """Set what only a new record gets: a stored one keeps its own."""

    def record(self, path: str) -> Any:
        """Return the record that a reference of this row names, or None."""


Complete = Callable[[Row, str], None]  # the row, and the path that leads to the record ("" or "person.")


def no_keys(values: Values) -> Iterable[Hashable]:
    """Give no key: nothing of this table is told to be the same by itself."""
    return ()


def nothing_more(row: Row, at: str) -> None:
    """Add nothing: a row says it all."""


@dataclass(frozen=True)
class Meaning:
    """What a word of a list says: a code, and what it says of other fields of the same record besides."""

    code: str
    also: Mapping[str, Any] = field(default_factory=dict)


Words = Mapping[str, str | Meaning]


@dataclass(frozen=True)
class Ledger:
    """How rows of old lists become records of one table.

    Two records are the same when they share a `certain` key, and may be when they share a `probable` one,
    unless both fill the field `apart` differently; `why_…` says so in words. `rough` keys are made of
    `rough_fields` alone, none of them encrypted: records without a common one are not looked at further.
    `key_paths` are what the other keys ask beside (a path may lead to another record).
    A row of another list that speaks of such a record finds it by a `finds` key, or makes it; with
    `shows_finds` every such find is shown to a person.

    `fills` is what an import sets where a row says nothing. `extras` are columns that are no field but are
    read for `complete`, which derives the rest. A sheet without a field of each `vital` group is no such list.
    References named in `to_note` stay in the `note` when nobody of that name is known.
    With `later_wins` a later row about the same record changes it (but not `first_stays`) instead of being
    skipped; `place` gives the new records what depends on all of them, while no other writes.
    """

    rough_fields: tuple[str, ...]
    rough: Keys
    key_paths: tuple[str, ...] = ()
    certain: Keys = no_keys
    probable: Keys = no_keys
    finds: Keys | None = None
    shows_finds: bool = False
    apart: str = ""
    why_certain: LazyString = _SAME
    why_probable: LazyString = _PERHAPS
    fills: Mapping[str, Any] = field(default_factory=dict)
    extras: Mapping[str, Field] = field(default_factory=dict)
    vital: tuple[tuple[str, ...], ...] = ()
    note: str = "note"
    to_note: tuple[str, ...] = ()
    complete: Complete = nothing_more
    later_wins: bool = False
    first_stays: tuple[str, ...] = ()
    place: Callable[[Session, Sequence[Any]], None] | None = None

    def keys_to_find(self, values: Values) -> Iterable[Hashable]:
        """Return the keys by which another list's row finds the record."""
        return (self.finds or self.certain)(values)

    def alike(self, values: Values) -> Mapping[Hashable, int]:
        """Return the keys by which stored records look like one, with how sure each is: certain 0, probable 1, …"""
        ways = (self.certain, self.probable, self.finds if self.shows_finds and self.finds else no_keys)
        found: dict[Hashable, int] = {}
        for sure, keys in enumerate(ways):
            for key in keys(values):
                found.setdefault(key, sure)
        return found

    def are_apart(self, one: Values, other: Values) -> bool:
        """Tell whether a field that both fill differently shows two records to be two."""
        return bool(self.apart and one.get(self.apart) and other.get(self.apart)) and (
            one[self.apart] != other[self.apart]
        )

    def are_two(self, one: Values, other: Values) -> bool:
        """Tell whether they are two whatever else they share: a number that never changes differs (a card's does)."""
        return self.are_apart(one, other) and any(True for _ in self.certain({self.apart: one[self.apart]}))


_ledgers: dict[type[Record], Ledger] = {}
_words: dict[AnyChoice, dict[str, Meaning]] = {}


def register(model: type[Record], ledger: Ledger) -> None:
    """Declare how lists are imported into this table."""
    _ledgers[model] = ledger


def ledger_of(model: type[Record]) -> Ledger:
    """Return what was declared; without a declaration records are told apart by their first label."""
    return _ledgers.get(model) or _by_label(model)


@cache
def _by_label(model: type[Record]) -> Ledger:
    names = tuple(name for name in model.__label__ if name in model.__table__.c)[:1]

    def rough(values: Values) -> Iterable[Hashable]:
        return (squeezed(str(values[name])) for name in names if values.get(name))

    notes = [name for name, what in fields_of(model).items() if what.kind == "long" and what.narrative]
    return Ledger(names, rough, note=next(iter(notes), ""))


def register_words(choices: AnyChoice, words: Words) -> None:
    """Add words that people write for the codes of a list."""
    known = _words.setdefault(choices, {})
    for word, meaning in words.items():
        known[squeezed(word)] = meaning if isinstance(meaning, Meaning) else Meaning(meaning)


def find_meaning(choices: AnyChoice, text: str, *, labels_first: bool = True) -> Meaning | None:
    """Return what the text means in this list: a code, a label in any language, or a registered word.

    Old ledgers use words of ours otherwise (解決 is a closed case there): their own meaning goes first.
    """
    word = squeezed(text)
    places = (_labels(choices), _words.get(choices, {}))
    return next((place[word] for place in (places if labels_first else places[::-1]) if word in place), None)


def known_words(choices: AnyChoice) -> list[str]:
    """Return every word of a list in its squeezed form, for finding the nearest one."""
    return [*_labels(choices), *_words.get(choices, {})]


@lru_cache(maxsize=4096)  # an import asks for each word many times
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
