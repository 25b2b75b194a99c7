"""Counts over a list by status, category or month, each a link to its rows: one query counts all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.arguments import Range, arguments_of, filterable
from admin_views.engine.named import TIMES
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import link_table, params
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels
from tomoiki.core.dates import TOKYO, in_tokyo, month_of, today
from tomoiki.core.fields import Field, fields_of

MOST = 12  # values shown of one field
MONTHS_AHEAD = (
    5  # what lies further ahead (a stay that may last five years) would push out the months that matter
)
CHOSEN = ("choice", "codes", "flag")  # what is chosen from a list
KINDS = ("choice", "codes", *TIMES)

Counts = Mapping[str, Mapping[str, int]]  # field -> value or month (counted from the year 0) -> rows
Totals = Sequence[int]  # rows, then the sums
COUNTED = 100_000  # beyond that, counting costs more than the number tells
GROUPED = 20_000  # and beyond that, counting by each field: it would cost more than the list itself
Where = Callable[[str], Sequence[ColumnElement[bool]]]


@dataclass(frozen=True)
class Counted:
    """One value, how many rows have it, and the address of these rows (or, while shown, of all)."""

    text: str
    count: int
    address: str
    is_on: bool


@dataclass(frozen=True)
class Group:
    """The counts by one field."""

    label: str
    items: Sequence[Counted]


def grouped_fields(screen: Screen) -> list[str]:
    """Return the fields by which this viewer may see counts: those that she may filter by."""
    visible = filterable(screen)
    return [name for name in screen.groups if name in visible]


def count_rows(session: Session, screen: Screen, sums: Sequence[ColumnElement[Any]], where: Where) -> Totals:
    """Return the number of rows, counted no further than the cap, and these sums over all of them."""
    table, conditions = screen.model.__table__, where("")
    capped = sa.select(sa.literal(1)).select_from(table).where(*conditions).limit(COUNTED + 1).subquery()
    count = sa.select(sa.func.count()).select_from(capped).scalar_subquery()
    whole = sa.select(count, *sums)
    counted = whole.select_from(table).where(*conditions) if sums else whole
    return [int(number) for number in session.execute(counted, params()).one()]


def count_groups(session: Session, screen: Screen, where: Where) -> Counts:
    """Return the rows of each value, all fields in one statement.

    `where` gives the conditions of the list without a field's own filter.
    """
    names = grouped_fields(screen)
    if not names:
        return {}
    newest = _newest(session, screen, [name for name in names if _is_time(screen, name)], where)
    parts = [
        _counting(screen, name, where(name), newest.get(name, 0)).add_columns(sa.literal(at))
        for at, name in enumerate(names)
    ]
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for value, rows, at in session.execute(sa.union_all(*parts), params()):
        found[names[at]][str(value)] = rows
    return found


def count_choices(session: Session, screen: Screen, names: Iterable[str], where: Where) -> Counts:
    """Return the rows of each choice of these fields, all in one statement; of a field beyond the cap nothing."""
    known = fields_of(screen.model)
    chosen = [name for name in names if known[name].kind in CHOSEN]
    found: dict[str, dict[str, int]] = {name: {} for name in chosen}
    parts = []
    for name in chosen:
        start, value = _valued(screen, name)
        rows = sa.select(value.label("value")).select_from(start).where(*_shown(screen, name, where(name)))
        capped = rows.limit(COUNTED + 1).subquery()
        counted = sa.select(sa.literal(name), sa.cast(capped.c.value, sa.String(40)), sa.func.count())
        parts.append(counted.group_by(capped.c.value))
    for name, code, count in session.execute(sa.union_all(*parts), params()) if parts else ():
        found[name][str(code)] = count
    return {name: counts for name, counts in found.items() if sum(counts.values()) <= COUNTED}


def _valued(screen: Screen, name: str) -> tuple[Any, ColumnElement[Any]]:
    """Return where the values of a field stand, and how they are told."""
    table, what = screen.model.__table__, fields_of(screen.model)[name]
    if what.kind == "codes":
        link = link_table(screen.model, name)
        return link.join(table, link.c[f"{screen.model.__tablename__}_id"] == table.c.id), link.c.code
    if what.kind == "flag":
        return table, sa.case((table.c[name].is_(True), "yes"), (table.c[name].is_(False), "no"))
    return table, table.c[name]


def _counting(
    screen: Screen, name: str, where: Iterable[ColumnElement[bool]], newest: int
) -> sa.Select[*tuple[Any, ...]]:
    what, (start, value) = fields_of(screen.model)[name], _valued(screen, name)
    if what.kind in TIMES:
        where = [*where, value >= _begin(what, newest - MOST + 1)]
        value = _month_of(what, value, newest)
    counted = sa.select(sa.cast(value, sa.String(40)), sa.func.count()).select_from(start)
    return counted.where(value.is_not(None), *_shown(screen, name, where)).group_by(value)


def _shown(screen: Screen, name: str, where: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Return these conditions and that the row shows the field: a count would tell what it holds elsewhere."""
    shown = access().rows_showing(viewer(), screen.model, name)
    return [*where, *([] if shown is None else [shown])]


# -- months: by the calendar of Tokyo on either database, and only the newest are ever touched -------------------------
def _is_time(screen: Screen, name: str) -> bool:
    return fields_of(screen.model)[name].kind in TIMES


def _newest(session: Session, screen: Screen, names: Sequence[str], where: Where) -> Mapping[str, int]:
    """Return the newest month (counted from the year 0) that rows have in each of these fields."""
    if not names:
        return {}
    last = _month(today()) + MONTHS_AHEAD
    asked = []
    for name in names:
        what, column = fields_of(screen.model)[name], screen.model.__table__.c[name]
        rows = sa.select(column).where(column < _begin(what, last + 1), *_shown(screen, name, where(name)))
        asked.append(rows.order_by(column.desc()).limit(1).scalar_subquery().label(name))
    found = session.execute(sa.select(*asked), params()).one()
    return {name: last if day is None else _month(day) for name, day in zip(names, found, strict=True)}


def _month(day: date) -> int:
    here = in_tokyo(day) if isinstance(day, datetime) else day
    return here.year * 12 + here.month - 1


def _begin(what: Field, month: int) -> date:
    first = date(*_year_month(month), 1)
    return datetime.combine(first, time.min, TOKYO) if what.kind == "moment" else first


def _year_month(month: int) -> tuple[int, int]:
    return month // 12, month % 12 + 1


def _month_of(what: Field, column: ColumnElement[Any], newest: int) -> ColumnElement[Any]:
    """Return the month that a day or moment is in; None after the newest."""
    begins = [(column >= _begin(what, month), str(month)) for month in range(newest, newest - MOST, -1)]
    return sa.case((column >= _begin(what, newest + 1), None), *begins)


def groups_of(
    screen: Screen, counts: Counts, filters: Mapping[str, Any], address: Callable[..., str]
) -> list[Group]:
    """Return the groups as the page shows them; a field with a single value tells nothing."""
    found = []
    for name, values in counts.items():
        what = fields_of(screen.model)[name]
        items = list((_months if what.kind in TIMES else _codes)(what, values, filters.get(name), address))
        if len(items) > 1 or any(item.is_on for item in items):
            found.append(Group(str(screen.labels.get(name, what.label)), items))
    return found


def _codes(
    what: Field, values: Mapping[str, int], chosen: Any, address: Callable[..., str]
) -> Iterator[Counted]:
    words = labels(what.choices) if what.choices else {}
    most = sorted(values, key=lambda code: -values[code])[:MOST]
    for code in sorted(most, key=lambda code: list(words).index(code) if code in words else len(words)):
        is_on = chosen == [code]
        to = address(**_gone(what) | {what.name: None if is_on else code})
        yield Counted(words.get(code, code), values[code], to, is_on)


def _months(
    what: Field, values: Mapping[str, int], chosen: Any, address: Callable[..., str]
) -> Iterator[Counted]:
    for text in sorted(values, key=int, reverse=True):
        first, last = month_of(date(*_year_month(int(text)), 1))
        is_on = isinstance(chosen, Range) and (chosen.low, chosen.high) == (first, last)
        ends = (None, None) if is_on else (first, last)
        to = address(**_gone(what) | {f"{what.name}.from": ends[0], f"{what.name}.to": ends[1]})
        yield Counted(f"{first:%Y-%m}", values[text], to, is_on)


def _gone(what: Field) -> dict[str, Any]:
    """Return what takes the field's filter in force away."""
    return dict.fromkeys(arguments_of(what.name))
