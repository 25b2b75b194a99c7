"""A part of a list, by its address: how many rows are there for this viewer, and the first of them.

Permission, masks and scope are the list's own, so what is counted here is what the list shows behind the link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_views.engine.arguments import Arguments, Pairs, address_of, read_arguments
from admin_views.engine.listing import asked_rows
from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import params, selection, shown
from admin_views.engine.screen import Screen
from tomoiki.core.records import Listed


@dataclass(frozen=True)
class Part:
    """The rows of a screen's list under these arguments."""

    slug: str
    arguments: Pairs = ()

    @property
    def address(self) -> str:
        """Return where they stand."""
        return address_of(f"/{self.slug}/", self.arguments)

    @property
    def screen(self) -> Screen:
        """Return the screen that lists them."""
        return office().screens[self.slug]

    @cached_property
    def _asked(self) -> Arguments:
        return read_arguments(self.screen, MultiDict(list(self.arguments)))

    @property
    def counting(self) -> sa.Select[int]:
        """Return the select of how many there are."""
        table = self.screen.model.__table__
        return sa.select(sa.func.count()).select_from(table).where(*asked_rows(self.screen, self._asked))

    def total(self, session: Session, name: str) -> tuple[int, int]:
        """Return how many there are, and the sum of this field over those that show it."""
        table = self.screen.model.__table__
        column = shown(self.screen.model, table, name, viewer())
        found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(column), 0)).select_from(table)
        row = session.execute(found.where(*asked_rows(self.screen, self._asked)), params()).one()
        return row[0], int(row[1])

    def first(
        self, session: Session, names: Sequence[str], limit: int, sort: str, per: str = ""
    ) -> tuple[list[Mapping[str, Any]], int]:
        """Return the first rows with these fields, and how many there are in all, in one query.

        `sort` is a field (`-field`: downwards), empty values last; `per` gives the first of each value of a field.
        """
        model, table = self.screen.model, self.screen.model.__table__
        key = shown(model, table, sort.removeprefix("-"), viewer())
        order = [sa.nulls_last(key.desc() if sort.startswith("-") else key.asc()), table.c.id]
        place = sa.func.row_number().over(partition_by=table.c[per] if per else None, order_by=order)
        ids = sa.select(
            table.c.id, place.label("place"), sa.func.count().over().label("in_all"), key.label("key")
        )
        ids = ids.where(*asked_rows(self.screen, self._asked))
        page = ids.subquery("page")
        chosen = selection(model, names)
        statement = (
            sa.select(*chosen.columns, page.c.in_all)
            .select_from(chosen.joined.join(page, page.c.id == table.c.id))
            .where(page.c.place <= limit)
            .order_by(page.c.place, table.c.id)
        )
        found = session.execute(statement, params()).all()
        rows = chosen.rows(session, [tuple(row)[:-1] for row in found])
        return list(rows), found[0].in_all if found else 0


def seen(
    session: Session, model: type[Listed], names: Sequence[str], ids: Iterable[int]
) -> Mapping[int, Mapping[str, Any]]:
    """Return these fields of those of the records that this viewer may read, by id, in one query."""
    wanted, scope = sorted(set(ids)), access().scope(viewer(), model)
    if not wanted:
        return {}
    chosen = selection(model, names)
    asked = sa.select(*chosen.columns).select_from(chosen.joined).where(model.__table__.c.id.in_(wanted))
    asked = asked if scope is None else asked.where(scope)
    found = session.execute(asked, params()).all()
    return {row["id"]: row for row in chosen.rows(session, [tuple(row) for row in found])}


def counts(session: Session, *parts: Part) -> list[int]:
    """Return how many rows each part has, in one query."""
    found = sa.select(*(part.counting.scalar_subquery() for part in parts))
    return list(session.execute(found, params()).one())
