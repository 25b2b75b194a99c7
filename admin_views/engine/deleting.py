"""The delete page: what goes along, what stays, and why a record must not be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import params
from admin_views.engine.values import label
from tomoiki.core.database import db
from tomoiki.core.history import Tie, ties_to
from tomoiki.core.records import Record
from tomoiki.core.wordings import TableName

BATCH = 10_000


@dataclass(frozen=True)
class Dependant:
    """Records of one kind that hang on the record; they go along, or stand in the way.

    Those that the viewer may not see have neither kind nor number: only that there are some is said.
    """

    name: str
    count: int
    goes_along: bool
    slug: str = ""


class DeletePages(ScreenPages):
    """The route of deleting; mixed into the engine's view."""

    @expose("/<key>/delete", methods=("GET", "POST"))
    def delete_view(self, key: str) -> Any:
        """Ask on a page of its own, then delete."""
        if not self.screen.deletes:
            abort(404)
        record = self.get_one(key, "delete")
        dependants = list(dependants_of(db.session(), self.model, [record.id]))
        reason = record.keeps(db.session())
        blocking = [one for one in dependants if not one.goes_along]
        if request.method == "GET" or reason or blocking:
            return self._delete_page(record, dependants, reason, 409 if request.method == "POST" else 200)
        try:
            delete(db.session(), record)
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            return self._delete_page(
                self.get_one(key, "delete"), dependants, _("Other records still point at it."), 409
            )
        flash(_("Deleted. An administrator can put it back from the change log."), "success")
        return redirect(f"/{self.screen.slug}/", 303)

    def _delete_page(self, record: Record, dependants: list[Dependant], reason: Any, status: int) -> Any:
        page = self.render(
            "engine/delete.html",
            screen=self.screen,
            record=record,
            along=[one for one in dependants if one.goes_along],
            blocking=[one for one in dependants if not one.goes_along],
            reason=reason,
        )
        return make_response(page, status)


def dependants_of(session: Session, model: type[Record], ids: Sequence[int]) -> Iterator[Dependant]:
    """Yield the kinds of records that point at these; link rows of their own fields do not count."""
    hidden = set()
    for tie in ties_to(model):
        count, seen = _count(session, tie, ids)
        if seen:
            yield _dependant(tie.model, seen, tie.goes_along)
        if count > seen:
            hidden.add(tie.goes_along)
    for goes_along in sorted(hidden):
        yield Dependant(_("Records that are hidden from you"), 0, goes_along)


def held(session: Session, ties: Iterable[Tie], ids: Sequence[int]) -> set[int]:
    """Return those of a few hundred records that others point at in one of these ways."""
    return {one for tie in ties for one in session.scalars(sa.select(tie.key).where(tie.points_at(ids)))}


def _count(session: Session, tie: Tie, ids: Sequence[int]) -> tuple[int, int]:
    """Return how many records point here, and how many of them this viewer may see."""
    scope, count, seen = access().scope(viewer(), tie.model), 0, 0
    pointing = sa.select(sa.func.count(), sa.func.count().filter(sa.true() if scope is None else scope))
    for start in range(0, len(ids), BATCH):
        part = pointing.select_from(tie.model.__table__).where(tie.points_at(ids[start : start + BATCH]))
        found = session.execute(part, params()).one()
        count, seen = count + found[0], seen + found[1]
    return count, seen


def _dependant(model: type[Record], count: int, goes_along: bool) -> Dependant:
    screen = office().screen_of(model)
    name = str(screen.name) if screen else label(TableName, model.__tablename__)
    may_open = screen is not None and access().may(viewer(), "read", model)
    return Dependant(name, count, goes_along, screen.slug if screen and may_open else "")


def delete(session: Session, record: Record) -> None:
    """Delete the record and, one by one so that the log holds each, what goes along."""
    for tie in ties_to(type(record)):
        for child in session.scalars(tie.rows_of([record.id])) if tie.goes_along else ():
            delete(session, child)
    session.delete(record)
    session.flush()
