"""Who may do what: the mechanism. Grants say which verbs, on which rows, with which fields; roles stand elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tomoiki.core.dates import today
from tomoiki.core.fields import Field
from tomoiki.core.records import Listed

Verb = Literal["create", "read", "update", "delete", "export"]
VERBS: Mapping[str, Verb] = {"C": "create", "R": "read", "U": "update", "D": "delete", "X": "export"}
Rows = Callable[[], "ColumnElement[bool]"]

# Every scope names the viewer and the day by these two, so that a compiled statement serves all users and days.
VIEWER = sa.bindparam("viewer_id", type_=sa.Integer)
TODAY = sa.bindparam("today", type_=sa.Date)


@dataclass(frozen=True)
class Grant:
    """What one role may do: verbs as letters of CRUDX, on which rows (None: all), seeing which fields (None: all).

    `behind_reason` are rows that the role may open one at a time, by giving a reason that is logged. Of rows that
    hang on records of other tables, `of` names the tables on whose records (None: all).
    """

    may: str
    rows: Rows | None = None
    fields: frozenset[str] | None = None
    behind_reason: Rows | None = None
    of: frozenset[str] | None = None

    @cached_property
    def verbs(self) -> frozenset[Verb]:
        """The verbs by name."""
        return frozenset(VERBS[letter] for letter in self.may)


Matrix = Mapping[str, Mapping[str, tuple[Grant, ...]]]  # table -> role -> grants


@dataclass(frozen=True)
class Viewer:
    """A user as permission sees her: who, with which roles, which secret records she gave a reason for."""

    id: int | None
    roles: frozenset[str]
    opened: frozenset[tuple[str, int]] = frozenset()  # (table, record) behind a reason


SYSTEM_ROLE = "system"
SYSTEM_VIEWER = Viewer(None, frozenset({SYSTEM_ROLE}))
ALL = (Grant("CRUDX"),)


class Access:
    """Answers every question of permission from one matrix."""

    def __init__(
        self,
        matrix: Matrix,
        labels_open: Iterable[str] = (),
        steps_back: Iterable[str] = (),
        shares_views: Iterable[str] = (),
    ) -> None:
        """Keep the matrix; `labels_open` are the tables whose labels a form's search box may show to anybody.

        `steps_back` are the roles that may take a record back to the state it came from, `shares_views` those that
        may give a saved view of a list to all who have a role.
        """
        self._matrix, self.labels_open = matrix, frozenset(labels_open)
        self._steps_back = frozenset({SYSTEM_ROLE, *steps_back})
        self._shares_views = frozenset(shares_views)
        self._known: dict[tuple[frozenset[str], str, Verb], tuple[Grant, ...]] = {}

    def grants(self, viewer: Viewer, model: type[Listed], verb: Verb = "read") -> tuple[Grant, ...]:
        """Return the grants of all her roles for this verb; none means no."""
        key = (viewer.roles, model.__tablename__, verb)
        if key not in self._known:
            self._known[key] = tuple(self._find(*key))
        return self._known[key]

    def _find(self, roles: frozenset[str], table: str, verb: Verb) -> Iterable[Grant]:
        for role in sorted(roles):
            grants = ALL if role == SYSTEM_ROLE else self._matrix.get(table, {}).get(role, ())
            yield from (grant for grant in grants if verb in grant.verbs)

    def may(self, viewer: Viewer, verb: Verb, model: type[Listed]) -> bool:
        """Tell whether she may do this to any record of the table."""
        return bool(self.grants(viewer, model, verb))

    def may_hang(self, viewer: Viewer, verb: Verb, model: type[Listed], table: str) -> bool:
        """Tell whether she may do this to rows of the model that hang on records of that table."""
        grants = self.grants(viewer, model, verb)
        return any(grant.of is None or table in grant.of for grant in grants)

    def may_step_back(self, viewer: Viewer, model: type[Listed]) -> bool:
        """Tell whether she may take records of this table back to the state they came from."""
        has_states = model.__moves__ is not None
        return has_states and self.may_take_back(viewer) and self.may(viewer, "update", model)

    def may_take_back(self, viewer: Viewer) -> bool:
        """Tell whether she may take back what somebody else did, as far as she may change it herself."""
        return bool(viewer.roles & self._steps_back)

    def may_share_views(self, viewer: Viewer) -> bool:
        """Tell whether she may make, change and delete views that a role shares; they show nobody more than before."""
        return bool(viewer.roles & self._shares_views)

    def scope(self, viewer: Viewer, model: type[Listed], verb: Verb = "read") -> ColumnElement[bool] | None:
        """Return the condition that her rows meet, or None when she sees all; false() when none."""
        grants = self.grants(viewer, model, verb)
        if any(grant.rows is None for grant in grants):
            return None
        return sa.or_(*(grant.rows() for grant in grants if grant.rows)) if grants else sa.false()

    def masks(self, viewer: Viewer, model: type[Listed], verb: Verb = "read") -> tuple[Grant, ...]:
        """Return the verb's grants that differ in fields, the widest first; one alone needs no look at the row."""
        widest: dict[frozenset[str] | None, list[Grant]] = {}
        for grant in self.grants(viewer, model, verb):
            widest.setdefault(grant.fields, []).append(grant)
        whole = widest.get(None, [])
        if any(grant.rows is None for grant in whole):
            return (Grant("R"),)
        return tuple(_joined(fields, grants) for fields, grants in sorted(widest.items(), key=_width))

    def fields(self, viewer: Viewer, model: type[Listed], verb: Verb = "read") -> frozenset[str] | None:
        """Return the fields she may see on some row (None: all); a list may be sorted and filtered by no other."""
        masks = [grant.fields for grant in self.grants(viewer, model, verb)]
        return None if None in masks else frozenset().union(*(mask for mask in masks if mask))

    def sees(self, viewer: Viewer, model: type[Listed], name: str) -> bool:
        """Tell whether she may see this field on every row that she may read: what sorting and filtering need."""
        return all(grant.fields is None or name in grant.fields for grant in self.grants(viewer, model))

    def shows(self, viewer: Viewer, model: type[Listed], name: str) -> bool:
        """Tell whether she sees this field on some row."""
        shown = self.fields(viewer, model)
        return shown is None or name in shown

    def rows_showing(self, viewer: Viewer, model: type[Listed], name: str) -> ColumnElement[bool] | None:
        """Return the condition of those of her rows on which she sees this field, or None: it is all of them."""
        if self.sees(viewer, model, name):
            return None
        showing = [
            grant for grant in self.grants(viewer, model) if grant.fields is None or name in grant.fields
        ]
        if any(grant.rows is None for grant in showing):
            return None
        return sa.or_(sa.false(), *(grant.rows() for grant in showing if grant.rows))

    def reason_rows(
        self, viewer: Viewer, model: type[Listed], verb: Verb = "read"
    ) -> ColumnElement[bool] | None:
        """Return the condition of records on which a reason lets her do this, or None."""
        rows = [grant.behind_reason for grant in self.grants(viewer, model, verb) if grant.behind_reason]
        return sa.or_(*(condition() for condition in rows)) if rows else None


def _joined(fields: frozenset[str] | None, grants: list[Grant]) -> Grant:
    if any(grant.rows is None for grant in grants):
        return Grant("R", None, fields)
    rows = [grant.rows for grant in grants if grant.rows]
    return Grant("R", lambda: sa.or_(*(condition() for condition in rows)), fields)


def _width(item: tuple[frozenset[str] | None, list[Grant]]) -> tuple[bool, int]:
    return item[0] is not None, -len(item[0] or ())


def scope_params(viewer: Viewer) -> dict[str, Any]:
    """Return the values for VIEWER and TODAY."""
    return {"viewer_id": viewer.id, "today": today()}


def visible_fields(masks: Iterable[frozenset[str] | None], fields: Mapping[str, Field]) -> frozenset[str]:
    """Return the names that at least one of the masks lets through."""
    seen: set[str] = set()
    for mask in masks:
        seen |= fields.keys() if mask is None else mask
    return frozenset(seen)
