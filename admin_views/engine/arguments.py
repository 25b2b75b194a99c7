"""The arguments of a list's address: read, checked, and the bad ones told, never an error page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from admin_views.engine.columns import choosable, usual
from admin_views.engine.habits import PER_PAGE, usual_rows
from admin_views.engine.lookup import find_records
from admin_views.engine.lookup import named as records_named
from admin_views.engine.named import Named, holds_name, named, words_for
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import link_table, record_named
from admin_views.engine.screen import Screen, View
from tomoiki.core.dates import TOKYO, read_day
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.money import read_yen
from tomoiki.core.reading import BadInput
from tomoiki.core.wordings import entries

MAX_ID = 2**31 - 1
MAX_PAGE = 1_000_000
MAX_PER_PAGE = 200
QUERY_LENGTH = 200
RESERVED = frozenset(
    {"q", "view", "page", "per_page", "sort", "columns", "filter", "lang", "encoding", "select"}
)
RANGES = ("day", "moment", "yen", "integer")
Pairs = Sequence[tuple[str, str]]


def arguments_of(name: str) -> tuple[str, ...]:
    """Return all arguments that may carry a filter of this field."""
    return name, f"{name}.from", f"{name}.to", f"{name}.is"


def address_of(path: str, pairs: Pairs) -> str:
    """Return the address with these arguments."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def parse_id(text: str | None) -> int | None:
    """Return a record's id, or None for anything that cannot be one (notes, trap 9)."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:  # noqa: PLR2004
        return None
    return int(text) if 0 < int(text) <= MAX_ID else None


@dataclass
class Arguments:
    """What the address asks for, after checking."""

    query: str = ""
    page: int = 1
    per_page: int = PER_PAGE
    usual: int = PER_PAGE  # rows of a page that the address need not tell
    sort: str = ""
    columns: tuple[str, ...] = ()  # none: the screen's own
    filters: dict[str, Any] = field(default_factory=dict)
    view: View | None = None
    notices: list[str] = field(default_factory=list)
    shows_filters: bool = False
    selects: bool = False
    ids: tuple[int, ...] = ()  # of the rows that were picked out of the list; none: all of it

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what tells two questions for a count apart."""
        filters = tuple(sorted((name, str(value)) for name, value in self.filters.items()))
        return self.query, self.view.name if self.view else "", filters, self.ids

    def to_query(self) -> list[tuple[str, str]]:
        """Return the arguments as pairs for an address, without the page."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [("view", self.view.name)] if self.view else []
        for name, value in self.filters.items():
            if isinstance(value, Named):
                pairs.append((f"{name}.is", value.word))
            elif isinstance(value, Range):
                pairs += [
                    (f"{name}.{end}", text)
                    for end, text in (("from", value.low_text), ("to", value.high_text))
                    if text
                ]
            else:
                pairs += [(name, str(item)) for item in value]
        if self.sort:
            pairs.append(("sort", self.sort))
        if self.columns:
            pairs.append(("columns", ",".join(self.columns)))
        if self.per_page != self.usual:
            pairs.append(("per_page", str(self.per_page)))
        return pairs


@dataclass(frozen=True)
class Range:
    """Both ends of a filter over days, moments or amounts; None is open."""

    low: Any = None
    high: Any = None
    low_text: str = ""
    high_text: str = ""


def read_arguments(screen: Screen, given: MultiDict[str, str]) -> Arguments:
    """Read and check the arguments of a list; what cannot be used is ignored with a notice."""
    found = Arguments(
        query=given.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH], usual=usual_rows(screen)
    )
    found.page = _number("page", 1, MAX_PAGE, given, found)
    found.per_page = _number("per_page", found.usual, MAX_PER_PAGE, given, found)
    found.shows_filters, found.selects = given.get("filter") == "1", given.get("select") == "1"
    _read_sort(screen, given.get("sort", ""), found)
    _read_view(screen, given.get("view", ""), found)
    if names := given.get("columns"):
        _read_columns(screen, names, found)
    fields = _by_argument(screen)
    for name in given:
        if name not in fields and name not in RESERVED:
            found.notices.append(_("“%(name)s” is no filter of this list.", name=name[:40]))
    for what in dict.fromkeys(fields[name] for name in given if name in fields):
        _read_filter(what, given, found)
    return found


def _by_argument(screen: Screen) -> dict[str, Field]:
    """Return the filters by the arguments that carry them: both ends of a range; a reference's id or its words."""
    known = fields_of(screen.model)
    endings = {name: (".from", ".to") if known[name].kind in RANGES else ("",) for name in filterable(screen)}
    endings |= {name: ("", "-text") for name in endings if known[name].kind == "ref"}
    endings |= {name: (*ends, ".is") for name, ends in endings.items()}
    return {f"{name}{ending}": known[name] for name, ends in endings.items() for ending in ends}


def _number(name: str, default: int, most: int, given: MultiDict[str, str], found: Arguments) -> int:
    text = given.get(name, "")
    number = parse_id(text)
    if number is not None:
        return min(number, most)
    if text:
        found.notices.append(_left_out(name))
    return default


def _left_out(field: str | LazyString) -> str:
    return _("A value of the filter “%(field)s” is not known and was left out.", field=field)


def _read_sort(screen: Screen, asked: str, found: Arguments) -> None:
    name = asked.removeprefix("-")
    if not name:
        return
    if name not in sortable(screen):
        found.notices.append(_("The list cannot be sorted by “%(name)s”.", name=name[:40]))
        return
    found.sort = asked


def _read_view(screen: Screen, asked: str, found: Arguments) -> None:
    found.view = next((view for view in views_for(screen) if view.name == asked), None)
    if asked and found.view is None:
        found.notices.append(_("“%(name)s” is no filter of this list.", name=asked[:40]))


def _read_columns(screen: Screen, asked: str, found: Arguments) -> None:
    names = dict.fromkeys(name for name in asked.split(",") if name)
    known = choosable(screen)
    for name in names.keys() - known.keys():
        found.notices.append(_("“%(name)s” is no column of this list.", name=name[:40]))
    chosen = tuple(name for name in names if name in known)
    found.columns = () if chosen == usual(screen) else chosen


def views_for(screen: Screen) -> list[View]:
    """Return the named parts of the list that this viewer may ask for."""
    may, who = access(), viewer()
    return [view for view in screen.views if all(may.sees(who, screen.model, name) for name in view.reads)]


def sortable(screen: Screen) -> frozenset[str]:
    """Return the fields by which this viewer may sort: shown in the list, single, visible on some row."""
    known, may, who = fields_of(screen.model), access(), viewer()
    names = (name for name in screen.columns if not known[name].is_plural and not known[name].secret)
    return frozenset(name for name in names if may.shows(who, screen.model, name))


def default_sort(screen: Screen) -> str:
    """Return the screen's order, or the newest first where this viewer never sees the field that it is by."""
    name = screen.sort.removeprefix("-")
    return screen.sort if name == "id" or access().shows(viewer(), screen.model, name) else "-id"


def filterable(screen: Screen) -> tuple[str, ...]:
    """Return the fields by which this viewer may filter: a filter on a hidden field would tell what it holds."""
    may, who = access(), viewer()
    return tuple(name for name in screen.filters if may.shows(who, screen.model, name))


def _read_filter(what: Field, given: MultiDict[str, str], found: Arguments) -> None:
    typed = _range(what, given, found) if what.kind in RANGES else _values(what, _texts(what, given), found)
    if value := typed or _named(what, given, found):
        found.filters[what.name] = value


def _named(what: Field, given: MultiDict[str, str], found: Arguments) -> Named | None:
    word = given.get(f"{what.name}.is", "")
    if word in words_for(what):
        return named(word)
    if word:
        found.notices.append(_left_out(what.label))
    return None


def _texts(what: Field, given: MultiDict[str, str]) -> list[str]:
    """Return what is asked for; words typed without JavaScript count as the one record that they fit."""
    texts, words = given.getlist(what.name), given.get(f"{what.name}-text", "").strip()
    if what.kind != "ref" or not words:
        return texts
    target = record_named(what.target)
    ids = [number for text in texts if (number := parse_id(text))]
    if ids and words in [one.text for one in records_named(target, ids)]:
        return texts
    fitting = find_records(target, words, exact_label=True)
    return [str(fitting[0].id)] if len(fitting) == 1 else [words]


def _values(what: Field, texts: list[str], found: Arguments) -> list[Any]:
    if what.kind == "ref":
        values: list[Any] = [number for text in texts if (number := parse_id(text))]
    elif what.kind == "flag":
        values = [text for text in texts if text in ("yes", "no")]
    else:
        known = entries(what.choices) if what.choices else {}
        values = [text for text in texts if text in known]
    if len(values) < len([text for text in texts if text]):
        found.notices.append(_left_out(what.label))
    return values


def _range(what: Field, given: MultiDict[str, str], found: Arguments) -> Range | None:
    low, high = given.get(f"{what.name}.from", ""), given.get(f"{what.name}.to", "")
    ends = [_end(what, text, found) for text in (low, high)]
    if ends == [None, None]:
        return None
    texts = [text if end is not None else "" for text, end in zip((low, high), ends, strict=True)]
    return Range(*ends, *texts)


def _end(what: Field, text: str, found: Arguments) -> Any:
    if not text.strip():
        return None
    read = read_day if what.kind in ("day", "moment") else read_yen
    try:
        return read(text).value
    except BadInput as fault:
        found.notices.append(f"{what.label}: {fault.message}")
        return None


def conditions(screen: Screen, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of a screen's own part of the table and of the filters."""
    table = screen.model.__table__
    found = [table.c[name] == value for name, value in screen.only.items()]
    for name, value in filters.items():
        found += _condition(screen, fields_of(screen.model)[name], value)
        rows = access().rows_showing(viewer(), screen.model, name)
        found += [] if rows is None else [rows]  # where the field is hidden, it fits nothing
    return found


def _condition(screen: Screen, what: Field, value: Any) -> list[ColumnElement[bool]]:
    columns = screen.model.__table__.c
    if isinstance(value, Named):
        days = _between(columns[what.name], what, value) if what.kind in RANGES else []
        return [*days, *holds_name(screen.model, what, value)]
    if isinstance(value, Range):
        return _between(columns[what.name], what, value)
    if what.kind == "ref":
        return [columns[f"{what.name}_id"].in_(value)]
    if what.kind == "codes":
        link = link_table(screen.model, what.name)
        owner = link.c[f"{screen.model.__tablename__}_id"]
        return [sa.select(owner).where(owner == columns.id, link.c.code.in_(value)).exists()]
    if what.kind == "flag":
        return [columns[what.name].in_([text == "yes" for text in value])]
    return [columns[what.name].in_(value)]


def _between(column: ColumnElement[Any], what: Field, value: Range | Named) -> list[ColumnElement[bool]]:
    low, high = value.low, value.high
    if what.kind == "moment":
        low = low and datetime.combine(low, time.min, TOKYO)
        high = high and datetime.combine(high, time.max, TOKYO)
    return [*([column >= low] if low is not None else []), *([column <= high] if high is not None else [])]
