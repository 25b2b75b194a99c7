"""The lists as the office has them: what it renamed, reordered, retired or added, over what the code declares.

The table `choice` holds only what the office changed. Each process keeps it, and each request brings a stamp of
the table along (with the one that tells the user): so all processes follow at once, without a query per label.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, has_app_context
from flask_babel import LazyString
from markupsafe import escape

from tomoiki.core.database import db
from tomoiki.core.languages import DEFAULT, language
from tomoiki.core.vocabulary import AnyChoice, OpenChoice, list_name

STEP = 10  # between two codes as declared, so that the office can put one in between

_TABLE = sa.table(
    "choice",
    *(sa.column(name) for name in ("list", "code", "ja", "vi", "en", "sort", "id")),
    *(sa.column("active", sa.Boolean), sa.column("valid_from", sa.Date), sa.column("valid_to", sa.Date)),
)
_CHANGED = sa.table("choice", sa.column("version"), sa.column("updated_at"))
# Whatever is done to the table, one of them changes: a row that goes lowers the sum, a new one is the latest.
STAMP = (
    sa.select(sa.func.max(_CHANGED.c.updated_at)).scalar_subquery().label("words_at"),
    sa.select(sa.func.sum(_CHANGED.c.version)).scalar_subquery().label("words_sum"),
)


class ListName(OpenChoice):
    """The lists themselves, each named after where it is used first."""


class TableName(OpenChoice):
    """The tables, each named as its screen."""


@dataclass(frozen=True)
class Entry:
    """One code of a list: its label speaks the language of the page; it may be newly chosen on its days."""

    value: str
    label: LazyString | str
    tone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    active: bool = True
    sort: int = 0

    def is_valid(self, day: date) -> bool:
        """Tell whether the code may be newly chosen on this day."""
        return self.active and (self.valid_from or day) <= day <= (self.valid_to or day)


Entries = Mapping[str, Entry]


@dataclass(frozen=True)
class Wording:
    """All lists at one moment: as declared, `changed` by the office, or `named` by the screens."""

    stamp: Hashable = None
    changed: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    named: Mapping[AnyChoice, Mapping[str, LazyString | str]] = field(default_factory=dict)
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def entries(self, choices: AnyChoice) -> Entries:
        """Return the list's codes in their order, retired ones included."""
        found: Entries = self.keep(choices, lambda: self._entries(choices))
        return found

    def keep(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """Return an answer that holds as long as this wording does, made once."""
        if question not in self._kept:
            self._kept[question] = make()
        return self._kept[question]

    def _entries(self, choices: AnyChoice) -> Entries:
        if choices in self.named:
            return {code: Entry(code, label) for code, label in self.named[choices].items()}
        found = as_declared(choices)
        is_open = issubclass(choices, OpenChoice)
        for row in self.changed.get(list_name(choices), ()):
            if row.code in found or is_open:
                found[row.code] = _changed(found.get(row.code), row, STEP * (len(found) + 1))
        return {entry.value: entry for entry in sorted(found.values(), key=lambda entry: entry.sort)}


_UNCHANGED = (None, None)  # the stamp of an empty table
_DECLARED = Wording(_UNCHANGED)


def as_declared(choices: AnyChoice) -> dict[str, Entry]:
    """Return the list as the code has it."""
    members: list[Any] = list(choices)
    return {member.value: _declared(member, STEP * at) for at, member in enumerate(members, start=1)}


def _declared(member: Any, sort: int) -> Entry:
    days = (getattr(member, "valid_from", None), getattr(member, "valid_to", None))
    return Entry(member.value, member.label, member.tone, *days, sort=sort)


def _changed(entry: Entry | None, row: Any, last: int) -> Entry:
    texts = {lang: text for lang, text in (("ja", row.ja), ("vi", row.vi), ("en", row.en)) if text}
    known = entry or Entry(row.code, texts.get(DEFAULT, row.code), sort=last)
    return replace(
        known,
        label=_OfficeWords(_speak, texts, known.label) if texts else known.label,  # type: ignore[no-untyped-call]  # Flask-Babel's
        valid_from=row.valid_from or known.valid_from,
        valid_to=row.valid_to or known.valid_to,
        active=row.active,
        sort=known.sort if row.sort is None else row.sort,
    )


class _OfficeWords(LazyString):
    """Words that somebody typed: a page escapes them, as it does not those of the program."""

    def __html__(self) -> str:
        return escape(str(self))


def _speak(texts: Mapping[str, str], otherwise: LazyString | str) -> str:
    return texts.get(language()) or str(otherwise)


class OfficeWords:
    """The wording that this process knows, and the question whether it is still right."""

    def __init__(self) -> None:
        """Begin with what the code declares."""
        self.named: dict[AnyChoice, Mapping[str, LazyString | str]] = {}
        self._wording = Wording(_UNCHANGED, {}, self.named)

    def current(self) -> Wording:
        """Return the wording in force, read anew if the table changed."""
        connection = db.session.connection()
        stamp = g.pop("words_stamp", None) or tuple(connection.execute(sa.select(*STAMP)).one())
        if stamp != self._wording.stamp:
            rows = connection.execute(sa.select(_TABLE).order_by(_TABLE.c.id)).all()
            self._wording = Wording(stamp, _by_list(rows), self.named)
        return self._wording


def _by_list(rows: Iterable[Any]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.list, []).append(row)
    return found


def install(app: Flask) -> None:
    """Keep the office's words with the app."""
    app.extensions["tomoiki_words"] = OfficeWords()


def note_stamp(stamp: tuple[Any, ...]) -> None:
    """Spare this request the question: a statement that it needed anyway brought the stamp along."""
    g.words_stamp = stamp


def name_lists(app: Flask, named: Mapping[AnyChoice, Mapping[str, LazyString | str]]) -> None:
    """Tell what the lists and tables are called: the screens know."""
    app.extensions["tomoiki_words"].named.update(named)


def wording() -> Wording:
    """Return the wording of this request; where no office is, what the code declares."""
    if not has_app_context() or "tomoiki_words" not in current_app.extensions:
        return _DECLARED
    if "wording" not in g:
        g.wording = current_app.extensions["tomoiki_words"].current()
    found: Wording = g.wording
    return found


def entries(choices: AnyChoice) -> Entries:
    """Return the codes of a list in the office's order, retired ones included."""
    return wording().entries(choices)


def chooseable(choices: AnyChoice, today: date) -> list[Entry]:
    """Return what may be newly chosen on this day, in its order."""
    return [entry for entry in entries(choices).values() if entry.is_valid(today)]


def label_of(choices: AnyChoice, code: str) -> LazyString | str:
    """Return the label of a code; an unknown one stands as it is."""
    found = entries(choices).get(code)
    return found.label if found else code
