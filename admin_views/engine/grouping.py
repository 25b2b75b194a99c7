"""Counts over a list by status, category or month, each a link to its rows: one query for all of them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.arguments import Range, filterable
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import link_table, params
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels
from tomoiki.core.fields import Field, fields_of

MOST = 12  # values shown of one field
KINDS = ("choice", "codes", "day")

Counts = Mapping[str, Mapping[str, int]]  # field -> value or month (202604) -> rows
WHOLE = -1  # the part that counts the whole list
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


def count_rows(
    session: Session, screen: Screen, sums: Sequence[ColumnElement[Any]], where: Where
) -> tuple[Sequence[int], Counts]:
    """Return the number of rows with these sums, and the rows of each value, in one statement.

    `where` gives the conditions of the list without a field's own filter.
    """
    names = grouped_fields(screen)
    nothing = sa.cast(sa.null(), sa.String(40))
    whole = sa.select(sa.literal(WHOLE), nothing, sa.func.count(), *sums)
    parts: list[Any] = [whole.select_from(screen.model.__table__).where(*where(""))]
    parts += [_counting(screen, name, at, where(name), len(sums)) for at, name in enumerate(names)]
    numbers: Sequence[int] = ()
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for at, value, *counted in session.execute(sa.union_all(*parts), params()):
        if at == WHOLE:
            numbers = [int(number) for number in counted]
        else:
            found[names[at]][str(value)] = counted[0]
    return numbers, found


def _counting(
    screen: Screen, name: str, at: int, where: Iterable[ColumnElement[bool]], sums: int
) -> sa.Select[Any]:
    table, what = screen.model.__table__, fields_of(screen.model)[name]
    start: Any = table
    if what.kind == "codes":
        link = link_table(screen.model, name)
        start = link.join(table, link.c[f"{screen.model.__tablename__}_id"] == table.c.id)
        value: ColumnElement[Any] = link.c.code
    elif what.kind == "day":
        column = table.c[name]
        value = sa.extract("year", column) * 100 + sa.extract("month", column)
    else:
        value = table.c[name]
    if (shown := access().rows_showing(viewer(), screen.model, name)) is not None:
        where = [*where, shown]  # a count would tell what the field holds on rows that hide it
    columns: list[Any] = [sa.literal(at), sa.cast(value, sa.String(40)), sa.func.count()]
    counted = sa.select(*columns, *[sa.literal(0)] * sums)
    return counted.select_from(start).where(value.is_not(None), *where).group_by(value)


def groups_of(
    screen: Screen, counts: Counts, filters: Mapping[str, Any], address: Callable[..., str]
) -> list[Group]:
    """Return the groups as the page shows them; a field with a single value tells nothing."""
    found = []
    for name, values in counts.items():
        what = fields_of(screen.model)[name]
        items = list((_months if what.kind == "day" else _codes)(what, values, filters.get(name), address))
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
        to = address(**{what.name: None if is_on else code})
        yield Counted(words.get(code, code), values[code], to, is_on)


def _months(
    what: Field, values: Mapping[str, int], chosen: Any, address: Callable[..., str]
) -> Iterator[Counted]:
    for text in sorted(values, key=int)[-MOST:]:
        year, month = divmod(int(text), 100)
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        is_on = isinstance(chosen, Range) and (chosen.low, chosen.high) == (first, last)
        ends = (None, None) if is_on else (first, last)
        to = address(**{f"{what.name}.from": ends[0], f"{what.name}.to": ends[1]})
        yield Counted(f"{year}-{month:02d}", values[text], to, is_on)
