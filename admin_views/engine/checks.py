"""The start-up check: every fault of every screen in one list, each in a sentence, with what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl

import sqlalchemy as sa

from admin_views.engine.arguments import RESERVED
from admin_views.engine.detail import pointing_field
from admin_views.engine.grouping import KINDS as GROUPED
from admin_views.engine.mapping import model_at
from admin_views.engine.screen import Screen, flat
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.records import Listed

MOST_FACTS = 5
FIXED_SLUGS = frozenset(
    {
        "bulk",
        "import",
        "last-hour",
        "login",
        "logout",
        "setup",
        "lang",
        "search",
        "calendar",
        "healthz",
        "sos",
        "join",
        "checkin",
        "static",
        "account",
        "permissions",
        "vocabularies",
    }
)


class ScreenFaults(Exception):  # noqa: N818 - named after the fact
    """The declarations do not hold together; the message lists every fault."""


def check_screens(screens: Sequence[Screen]) -> None:
    """Raise ScreenFaults with all faults of all screens, or return quietly."""
    faults = [fault for screen in screens for fault in faults_of(screen)]
    faults += _doubles(screens)
    if faults:
        raise ScreenFaults("\n".join(faults))


def faults_of(screen: Screen) -> Iterator[str]:
    """Yield what is wrong with one screen."""
    for check in (
        _unknown_fields,
        _plural_places,
        _sorting,
        _filters,
        _start,
        _missing_required,
        _facts,
        _related,
        _importable,
        _groups,
        _inlines,
    ):
        for fault in check(screen):
            yield f"{screen.slug}: {fault}"


def _doubles(screens: Sequence[Screen]) -> Iterator[str]:
    seen: set[str] = set()
    for screen in screens:
        if screen.slug in seen:
            yield f"{screen.slug}: two screens have this slug"
        if screen.slug in FIXED_SLUGS:
            yield f"{screen.slug}: this address belongs to another page"
        seen.add(screen.slug)


def _unknown(model: type[Listed], where: str, names: Iterable[str]) -> Iterator[str]:
    known = fields_of(model)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            yield f"{where}: no field {name!r} in {model.__name__}" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )


def _unknown_fields(screen: Screen) -> Iterator[str]:
    extras = ledger_of(screen.records).extras
    places = {
        "list": screen.columns,
        "phone": screen.phone,
        "filters": screen.filters,
        "total": screen.total,
        "groups": screen.groups,
        "figures": tuple(name for figure in screen.figures for name in figure.reads),
        "facts": tuple(flat(screen.facts)),
        "tags": screen.tags,
        "form": screen.fields,
        "folds": (screen.folds,) if screen.folds else (),
        "taps": tuple(screen.taps),
        "notes": tuple(screen.notes),
        "beside": screen.beside.fields if screen.beside else (),
        "only": tuple(screen.only),
        "views": tuple(name for view in screen.views for name in view.reads),
        "labels": tuple(screen.labels),
        "synonyms": tuple(name for name in screen.synonyms if "." not in name and name not in extras),
    }
    for where, names in places.items():
        yield from _unknown(screen.model, where, names)


def _plural_places(screen: Screen) -> Iterator[str]:
    known = fields_of(screen.model)
    several = {name for name, field in known.items() if field.kind == "codes"}
    together = {name for row in screen.form if not isinstance(row, str) for name in row}
    for name in sorted(several & together):
        yield f"form: {name!r} has several values and needs a row of its own"
    if screen.columns and screen.columns[0] in several:
        yield f"list: the first column leads to the record, {screen.columns[0]!r} has several values"
    secret = {name for name, field in known.items() if field.secret}
    for name in sorted(secret & set(screen.columns)):
        yield f"list: {name!r} is secret (S2) and never stands in a list"


def _sorting(screen: Screen) -> Iterator[str]:
    name = screen.sort.removeprefix("-")
    if name == "id":
        return
    known = fields_of(screen.model)
    if name not in known:
        yield from _unknown(screen.model, "sort", [name])
    elif known[name].is_plural or known[name].kind == "ref":
        yield f"sort: {name!r} is no single column of {screen.model.__name__}"
    elif name not in _indexed(screen.model):
        yield f"sort: {name!r} has no index; declare one that begins with it in {screen.model.__tablename__}"


def _filters(screen: Screen) -> Iterator[str]:
    known, indexed = fields_of(screen.model), _indexed(screen.model)
    for name in screen.filters:
        if name in RESERVED:
            yield f"filters: {name!r} is an argument of every list"
        field = known.get(name)
        if field is None:
            continue
        column = f"{name}_id" if field.kind == "ref" else name
        if field.secret or field.kind in ("text", "long", "json", "refs"):
            yield f"filters: {name!r} is free text or secret; search finds it, a filter cannot"
        elif screen.big and not field.is_plural and column not in indexed:
            yield f"filters: the table is big and {name!r} has no index"


def _start(screen: Screen) -> Iterator[str]:
    for name, _value in parse_qsl(screen.start):
        if name not in (*screen.filters, "sort"):
            yield f"start: {name!r} is no filter of this list"


def _indexed(model: type[Listed]) -> set[str]:
    table = sa.inspect(model).local_table
    if not isinstance(table, sa.Table):
        raise TypeError(model.__name__)
    found = {next(iter(index.columns)).name for index in table.indexes}
    return found | {column.name for column in table.c if column.unique or column.primary_key}


def _missing_required(screen: Screen) -> Iterator[str]:
    if not screen.creates:
        return
    filled = {*screen.fields, *screen.only}
    for name, field in fields_of(screen.model).items():
        if field.required and not field.read_only and name not in filled:
            yield f"form: required field {name!r} is not on the form, so no record could be made"


def _facts(screen: Screen) -> Iterator[str]:
    figures = [one for one in screen.figures if one.in_detail and one.kind != "block"]
    if (count := len(screen.facts) + len(figures)) > MOST_FACTS:
        yield f"facts: at most {MOST_FACTS}, there are {count}"


def _groups(screen: Screen) -> Iterator[str]:
    known = fields_of(screen.model)
    for name in screen.groups:
        if name in known and known[name].kind not in GROUPED:
            yield f"groups: {name!r} is neither a list of codes nor a time"
        if name not in screen.filters:
            yield f"groups: {name!r} must be a filter too, for its counts are links"


def _inlines(screen: Screen) -> Iterator[str]:
    for inline in screen.inlines:
        known, by = fields_of(inline.model), pointing_field(inline, screen.model)
        if by not in known:
            names = [name for name, field in known.items() if field.target == screen.model.__name__]
            yield f"inlines: say which field of {inline.model.__name__} points here (by={names!r})"
        yield from _unknown(inline.model, "inlines", inline.fields)
        for name, field in known.items():
            if field.required and not field.read_only and name not in (*inline.fields, by):
                yield f"inlines: required field {name!r} of {inline.model.__name__} is not in the rows"


def _related(screen: Screen) -> Iterator[str]:
    for related in screen.related:
        known, by = fields_of(related.model), pointing_field(related, screen.model)
        if by not in known:
            names = [name for name, field in known.items() if field.target == screen.model.__name__]
            yield f"related: say which field of {related.model.__name__} points here (by={names!r})"
        yield from _unknown(related.model, "related", (*related.list, *related.compose))


def _importable(screen: Screen) -> Iterator[str]:
    for path in screen.importable or ():
        owner, _, name = path.rpartition(".")
        try:
            model = model_at(screen.model, owner)
        except (LookupError, ValueError):
            yield f"importable: no record is reached by {path!r}"
            continue
        if name not in fields_of(model) and name not in ledger_of(model).extras:
            yield from _unknown(model, "importable", [name])
