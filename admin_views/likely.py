"""People whom an SOS may come from: those she may see who share a phone, an account or a name, each with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.days import left_words
from admin_views.engine.lookup import find_records
from admin_views.engine.parts import Part, seen
from admin_views.engine.rows import name_in
from admin_views.engine.values import label
from admin_views.front.words import dotted
from tomoiki.cases.lists import CaseStatus
from tomoiki.cases.rules import phones_of
from tomoiki.core.dates import today
from tomoiki.core.lists import Prefecture
from tomoiki.core.names import name_key
from tomoiki.core.text import fold
from tomoiki.people.models import Person

MOST = 4
FEWEST_LETTERS = 2
PHONES, ACCOUNTS = ("phone_jp", "phone_vn"), ("facebook", "zalo", "line_id")
NAMES = ("full_name_vi", "name_card", "name_kana", "name_used")
SHOWN = ("code", *NAMES, *PHONES, *ACCOUNTS, "pref")
UNDER_WAY = tuple(("status", state.value) for state in CaseStatus if state is not CaseStatus.closed)


@dataclass(frozen=True)
class Likely:
    """Somebody whom it may be: how sure that is (0: the same phone), and what tells her apart."""

    id: int
    sure: int
    name: str
    about: str

    @property
    def is_certain(self) -> bool:
        """Tell whether the phone is the same."""
        return self.sure == 0


def likely_people(session: Session, typed: Mapping[str, str], phones: Iterable[str]) -> list[Likely]:
    """Return the likeliest people, the surest first; only those that this viewer may find and see."""
    name, handle = typed.get("name_text", "").strip(), typed.get("channel_handle", "").strip()
    numbers = {*phones, *(phones_of(handle) if handle else ())}
    found = {one.id for query in _queries(name, handle, numbers) for one in find_records(Person, query)}
    rows = seen(session, Person, SHOWN, found).values()
    ranked = sorted(_ranked(rows, name, handle, numbers), key=lambda one: (one[0], -one[1]["id"]))[:MOST]
    return list(_told(session, ranked)) if ranked else []


def _queries(name: str, handle: str, numbers: Iterable[str]) -> Iterator[str]:
    """Yield what is looked up: the search knows a number by its digits at home."""
    yield from (f"0{number[3:]}" for number in sorted(numbers))
    yield from (text for text in (name, handle) if len(fold(text)) >= FEWEST_LETTERS)


Ranked = tuple[int, Mapping[str, Any], str]


def _ranked(rows: Iterable[Mapping[str, Any]], name: str, handle: str, numbers: set[str]) -> Iterator[Ranked]:
    """Yield those who have a reason, with how sure it is."""
    for row in rows:
        reasons = list(_reasons(row, name, handle, numbers))
        if reasons:
            yield reasons[0][0], row, dotted(*(words for _sure, words in reasons))


def _reasons(row: Mapping[str, Any], name: str, handle: str, numbers: set[str]) -> Iterator[tuple[int, str]]:
    if numbers & {row.get(one) for one in PHONES}:
        yield 0, _("same phone")
    if handle and fold(handle) in {fold(row[one]) for one in ACCOUNTS if row.get(one)}:
        yield 1, _("same account")
    if not name:
        return
    keys = {name_key(row[one]) for one in NAMES if row.get(one)}
    if name_key(name) in keys:
        yield 1, _("same name")
    elif any({*name_key(name).split()} & {*key.split()} for key in keys):
        yield 2, _("part of the name is the same")


def _told(session: Session, ranked: Sequence[Ranked]) -> Iterator[Likely]:
    """Yield them with what tells them apart: reasons, where, the case under way, how long the status still lasts."""
    whose = [("person", str(row["id"])) for _sure, row, _reasons in ranked]
    cases = _of_each(
        session, Part("cases", (*whose, *UNDER_WAY)), ("number", "status", "person"), "-opened_on"
    )
    days = _of_each(
        session, Part("residence-statuses", tuple(whose)), ("expires_on", "person"), "-expires_on"
    )
    for sure, row, reasons in ranked:
        case, expires_on = cases.get(row["id"], {}), days.get(row["id"], {}).get("expires_on")
        about = dotted(
            row["code"],
            reasons,
            label(Prefecture, row["pref"]) if row.get("pref") else "",
            dotted(case.get("number"), label(CaseStatus, case["status"]) if case.get("status") else ""),
            _("stay: %(left)s", left=left_words(expires_on, today())) if expires_on else "",
        )
        yield Likely(row["id"], sure, name_in(Person, row), about)


def _of_each(
    session: Session, part: Part, names: Sequence[str], sort: str
) -> Mapping[int, Mapping[str, Any]]:
    """Return the first record of this part of a list for each person."""
    rows, _count = part.first(session, names, MOST * 5, sort)
    return {row["person.id"]: row for row in reversed(rows) if row.get("person.id")}
