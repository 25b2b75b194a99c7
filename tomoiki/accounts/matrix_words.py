"""The permission matrix in words: what a role may do, said from the matrix itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tomoiki.core.access import VERBS, Access, Grant, Verb, Viewer
from tomoiki.core.fields import fields_of
from tomoiki.core.records import Listed

# Every function of accounts/matrix.py that narrows rows, in words that end the sentence "she sees …".
ROWS: Mapping[str, LazyString] = {
    "normal_or_own_cases": _("normal cases, and those she owns or works on"),
    "not_secret_or_own_cases": _("all cases but secret ones of others"),
    "secret_cases": _("secret cases, one at a time, after giving a reason"),
    "_normal_cases": _("normal cases"),
    "_not_secret_cases": _("normal and restricted cases"),
    "_restricted_cases": _("restricted cases"),
    "assigned_cases": _("cases she is assigned to today"),
    "_assigned_with_story": _("assigned cases whose story she may read"),
    "visible_people": _("people with a case she may see, or without a confidential one"),
    "assigned_people": _("people of cases she is assigned to"),
    "_assigned_people_to_contact": _("people of assigned cases whom she may contact"),
    "_own_recent_activities": _("her own of the last seven days"),
    "_activities_of_interpreter": _("her own on assigned cases"),
    "_referrals_with_cost": _("those with a cost, of normal and restricted cases"),
    "_own_expenses": _("her own"),
    "_expenses_of_own_cases": _("those of her cases"),
    "_own_expenses_of_own_events": _("her own for events she organises"),
    "_own_travel": _("her own travel"),
    "_any_files": _("files of the records she may read there"),
    "_own_uploads": _("files she sent, on records she may read"),
    "_receipts": _("receipts and invoices on records she may read"),
    "_receipts_and_own_uploads": _("receipts and invoices, and files she sent, on records she may read"),
}
SOME = _("some of them")


@dataclass(frozen=True)
class Permission:
    """One thing that a role may do: with which rows (none named: all), seeing which fields (none named: all)."""

    rows: LazyString | None
    fields: tuple[LazyString, ...] = ()


def rows_in_words(rows: Callable[..., Any]) -> LazyString:
    """Return what the rows of a grant are, in words: those of every function that they are made of."""
    return LazyString(lambda: "; ".join(dict.fromkeys(str(one) for one in _parts(rows))))


def _parts(rows: Callable[..., Any]) -> Iterator[LazyString]:
    if isinstance(rows, partial):
        for one in filter(callable, rows.args):
            yield from _parts(one)
    else:
        yield ROWS.get(rows.__name__, SOME)


def permissions(access: Access, role: str, model: type[Listed]) -> Mapping[Verb, tuple[Permission, ...]]:
    """Return what one role may do with the records of a table."""
    who = Viewer(None, frozenset({role}))
    return {verb: tuple(_of(access.grants(who, model, verb), model, verb)) for verb in VERBS.values()}


def _of(grants: Iterable[Grant], model: type[Listed], verb: Verb) -> Iterator[Permission]:
    known = fields_of(model)
    for grant in grants:
        shown = grant.fields if verb == "read" else None
        labels = tuple(known[name].label for name in known if name in (shown or ()))
        yield Permission(rows_in_words(grant.rows) if grant.rows else None, labels)
        if grant.behind_reason and verb == "read":
            yield Permission(rows_in_words(grant.behind_reason))
