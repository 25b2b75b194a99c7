"""Records that an import will make, before they are stored: built from a row, asked for their own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.mapping import model_at, step
from admin_views.engine.reading_rows import ReadRow, nodes_of
from admin_views.engine.references import References
from admin_views.engine.screen import Screen
from tomoiki.core.fields import fields_of, model_named
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.records import Fault, Record, fill_defaults

_NO_CODES: Mapping[str, list[str]] = {}
_NO_LINKS: Mapping[str, list[Draft | int]] = {}
HOUSEKEEPING = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})


@dataclass(slots=True, eq=False)
class Draft:
    """A record to be made: its columns, its codes, and the records it points at (made or there already).

    Lists may have 50,000 rows: `stored` holds the columns in the order of their table, and what a row said is
    looked up in the row's own values.
    """

    model: type[Record]
    at: str
    source: dict[str, Any]
    stored: tuple[Any, ...] = ()
    codes: Mapping[str, list[str]] = field(default_factory=lambda: _NO_CODES)
    links: dict[str, Draft | int] = field(default_factory=dict)
    plural: Mapping[str, list[Draft | int]] = field(default_factory=lambda: _NO_LINKS)
    id: int = 0

    @property
    def said(self) -> dict[str, Any]:
        """Return what the row says of this record, by field."""
        prefix = f"{self.at}." if self.at else ""
        return {
            path.removeprefix(prefix): value
            for path, value in self.source.items()
            if path.rpartition(".")[0] == self.at and not isinstance(value, tuple)
        }

    def say(self, name: str, value: Any) -> None:
        """Add what another row says of the same record."""
        self.source[f"{self.at}.{name}" if self.at else name] = value
        self.set(name, value)

    @property
    def values(self) -> dict[str, Any]:
        """Return its columns, as far as they are filled."""
        scalars, _codes = shape(self.model)
        return {name: value for name, value in zip(scalars, self.stored, strict=True) if value is not None}

    def set(self, name: str, value: Any) -> None:
        """Set one column."""
        scalars, _codes = shape(self.model)
        if name in scalars:
            at = scalars.index(name)
            self.stored = (*self.stored[:at], value, *self.stored[at + 1 :])


@dataclass(frozen=True)
class Builder:
    """Builds the drafts of rows of one screen."""

    session: Session
    screen: Screen
    references: References
    fills: dict[type[Record], Mapping[str, Any]] = field(default_factory=dict)

    def build(self, read: ReadRow) -> dict[str, Draft]:
        """Return the drafts of a row by path, linked; its faults are noted on the row."""
        values = {**read.only_new, **read.values} if read.only_new else read.values
        places = sorted(nodes_of(values) | {""}, key=lambda at: (at.count(".") + bool(at), at))
        found = {at: Draft(model_at(self.screen.records, at), at, values) for at in places}
        self._link(found, values)
        for at, draft in found.items():
            self._check(read, at, draft)
        return found

    def _link(self, drafts: Mapping[str, Draft], values: Mapping[str, Any]) -> None:
        for at, draft in drafts.items():
            owner, _dot, name = at.rpartition(".")
            parent = drafts.get(owner) if at else None
            if parent is not None:
                way = step(parent.model, name)
                if way.is_up:
                    parent.links[way.by] = draft
                else:
                    draft.links[way.by] = parent
        for path, named in values.items():
            if isinstance(named, tuple):  # paths of other records of the row
                owner, _dot, name = path.rpartition(".")
                drafts[owner].plural = {name: [drafts[other] for other in named if other in drafts]}

    def _check(self, read: ReadRow, at: str, draft: Draft) -> None:
        """Ask the rules of the record as it would be stored; a row with unreadable cells has said enough."""
        prefix = f"{at}." if at else ""
        reported = {fault.column for fault in read.faults}
        for name in self._missing(draft):
            header = read.sheet.header_of(prefix + name)
            if not header:
                label = fields_of(draft.model)[name].label
                read.fault(
                    prefix + name, _("No column gives “%(label)s”, which every record needs.", label=label)
                )
            elif header not in reported:
                read.fault(prefix + name, _("This must be filled."))
        if not read.faults:
            for fault in self._ask(draft):
                read.fault(prefix + fault.field, fault.message)

    def _missing(self, draft: Draft) -> Iterator[str]:
        given = {
            *draft.said,
            *draft.links,
            *draft.plural,
            *self._fills(draft),
            *(self.screen.only if not draft.at else ()),
        }
        for name, what in fields_of(draft.model).items():
            if what.required and not what.read_only and name not in given:
                yield name

    def _ask(self, draft: Draft) -> list[Fault]:
        """Return the rules that the record breaks, but for what links to other records of its row will fill."""
        record = self.record(draft)
        with self.session.no_autoflush:
            fill_defaults(record)
            record.prepare(self.session)
            faults = [fault for fault in record.faults(self.session) if fault.field not in draft.links]
        scalars, codes = shape(draft.model)
        draft.stored = tuple([getattr(record, key) for key in scalars])
        draft.codes = {name: chosen for name in codes if (chosen := list(getattr(record, name)))} or _NO_CODES
        return faults

    def record(self, draft: Draft) -> Record:
        """Return the record of a draft, in no session."""
        only = self.screen.only if not draft.at else {}
        given = {**self._fills(draft), **only, **draft.said}
        known = fields_of(draft.model)
        named = {f"{name}_id" if known[name].kind == "ref" else name: value for name, value in given.items()}
        return draft.model(**named)

    def _fills(self, draft: Draft) -> Mapping[str, Any]:
        if draft.model not in self.fills:
            self.fills[draft.model] = self._read_fills(draft.model)
        return self.fills[draft.model]

    def _read_fills(self, model: type[Record]) -> Mapping[str, Any]:
        known = fields_of(model)
        return {
            name: self.references.read(model_named(known[name].target), value).value  # type: ignore[arg-type]  # Records
            if known[name].kind == "ref"
            else value
            for name, value in ledger_of(model).fills.items()
        }


@cache
def shape(model: type[Record]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns and the fields of several codes that a new record is stored with."""
    scalars = tuple(
        one.key
        for one in sa.inspect(model).column_attrs
        if one.key not in HOUSEKEEPING and one.columns[0].computed is None
    )
    return scalars, tuple(name for name, what in fields_of(model).items() if what.kind == "codes")
