"""By which way a change was made, in words, with a link to what did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from admin_views.engine.office import access, office, viewer
from admin_views.engine.values import labels
from tomoiki.core.history import ChangeLog, Origin
from tomoiki.core.imports import ImportRun
from tomoiki.core.merging import MergeRun

IMPORTS, MERGES = (Origin.imported, Origin.undone), (Origin.merged, Origin.unmerged)


def ways(session: Session, origins: Iterable[str]) -> Mapping[str, Markup]:
    """Name each origin; one with a number leads there, where she may see that."""
    split = {origin: origin.partition(":") for origin in set(origins)}
    slugs = _slugs(
        session, [int(number) for kind, _colon, number in split.values() if kind in IMPORTS and number]
    )
    losers = _losers(
        session, [int(number) for kind, _colon, number in split.values() if kind in MERGES and number]
    )
    return {
        origin: _merge(kind, losers.get(int(number or 0)))
        if kind in MERGES
        else _way(kind, number, slugs.get(int(number), "") if number else "")
        for origin, (kind, _colon, number) in split.items()
    }


def _slugs(session: Session, runs: Sequence[int]) -> Mapping[int, str]:
    where = sa.select(ImportRun.id, ImportRun.screen).where(ImportRun.id.in_(runs))
    return {row.id: row.screen for row in session.execute(where)} if runs else {}


def _losers(session: Session, runs: Sequence[int]) -> Mapping[int, MergeRun]:
    found = session.scalars(sa.select(MergeRun).where(MergeRun.id.in_(runs))) if runs else ()
    return {run.id: run for run in found}


def _merge(kind: str, run: MergeRun | None) -> Markup:
    """Name a merge, with a link to the record that went."""
    text = labels(Origin).get(kind, kind)
    screen = office().screen_of_table(run.entity) if run else None
    if run is None or screen is None or not access().may(viewer(), "read", screen.model):
        return escape(text)
    return _linked(f"/{screen.slug}/{run.loser_id}", text)


def _way(kind: str, number: str, slug: str) -> Markup:
    text = _("Import") if kind == Origin.imported else labels(Origin).get(kind, kind)
    if not number:
        return escape(text)
    if kind in (Origin.bulk, Origin.bulk_undone):
        may_open = access().may_take_back(viewer()) and access().may(viewer(), "read", ChangeLog)
        return _linked(f"/bulk/{number}", text) if may_open else escape(text)
    if kind == Origin.reverted:
        return (
            _linked(f"/change-log/{number}", text)
            if access().may(viewer(), "read", ChangeLog)
            else escape(text)
        )
    text = _("Import %(number)s", number=number) if kind == Origin.imported else text
    screen = office().screens.get(slug)
    may_open = screen is not None and access().may(viewer(), "create", screen.model)
    return _linked(f"/{slug}/import/{number}", text) if may_open else escape(text)


def _linked(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)
