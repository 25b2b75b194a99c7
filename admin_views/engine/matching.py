"""Stored records that rows of a file may be: by certain keys, by being equal in every value, by rough likeness.

Only rows that the viewer may see are looked at: a match with a hidden record would reveal it. They are read
once, as plain values and only in the fields that somebody asks about.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.mapping import model_at, step
from admin_views.engine.office import access
from admin_views.engine.rows import link_table
from tomoiki.core.access import Viewer, scope_params
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.ledgers import Ledger, Values, ledger_of, squeezed
from tomoiki.core.merging import MERGED, is_mergeable
from tomoiki.core.records import Record

CHUNK = 500
MOST_NAMESAKES = 5  # so many records of one probable key are offered; a list of hundreds helps nobody


@dataclass(slots=True)
class Stored:
    """A record as it stands in the database: values by path, and those of records that point at it."""

    id: int
    version: int
    values: dict[str, Any]
    may_change: bool
    went_to: int | None = None  # the record that it was merged into
    children: dict[str, list[Values]] = field(default_factory=dict)

    def has_child(self, at: str, values: Values) -> bool:
        """Tell whether a child has all these values already."""
        children = self.children.get(at, ())
        return any(all(child.get(name) == value for name, value in values.items()) for child in children)


@dataclass
class Known:
    """The stored records of one table that rows of this file may be, by key."""

    ledger: Ledger
    by_id: dict[int, Stored] = field(default_factory=dict)
    certain: dict[Hashable, Stored] = field(default_factory=dict)
    finds: dict[Hashable, list[int]] = field(default_factory=dict)
    probable: dict[Hashable, list[Stored]] = field(default_factory=dict)
    rough: dict[Hashable, list[int]] = field(default_factory=dict)
    equal: dict[Hashable, list[Stored]] = field(default_factory=dict)

    def add(self, stored: Stored, asked: Asked, known_by: Values | None = None) -> None:
        """File a record under the keys by which somebody will ask for it: its own, or those of one that went into it."""
        values = stored.values if known_by is None else known_by
        if asked.wanted is not None and not self._is_wanted(values, asked, asked.wanted):
            return
        self.by_id[stored.id] = stored
        for key in self.ledger.probable(values):
            namesakes = self.probable.setdefault(key, [])
            if len(namesakes) < MOST_NAMESAKES:
                namesakes.append(stored)
        if asked.are_parts:
            self._add_part(stored.id, values)
            return
        for key in self.ledger.certain(values):
            self.certain.setdefault(key, stored)
        if asked.by_equality:
            self.equal.setdefault(signature(values, asked.compared), []).append(stored)

    def _add_part(self, record_id: int, values: Values) -> None:
        for key in self.ledger.keys_to_find(values):
            self.finds.setdefault(key, []).append(record_id)
        for key in self.ledger.rough(values):
            self.rough.setdefault(key, []).append(record_id)

    def _is_wanted(self, values: Values, asked: Asked, wanted: frozenset[Hashable]) -> bool:
        keys = (*self.ledger.certain(values), *self.ledger.probable(values))
        is_equal = asked.by_equality and signature(values, asked.compared) in wanted
        return is_equal or any(key in wanted for key in keys)

    def find_certain(self, keys: Iterable[Hashable]) -> Stored | None:
        """Return the record that shares one of these keys."""
        return next((self.certain[key] for key in keys if key in self.certain), None)

    def find(self, values: Values) -> set[int]:
        """Return the records that another list's row means: those of its first key that is known."""
        for key in self.ledger.keys_to_find(values):
            if key in self.finds:
                return {
                    found
                    for found in self.finds[key]
                    if not self.ledger.are_apart(values, self.by_id[found].values)
                }
        return set()

    def alike(self, values: Values) -> set[int]:
        """Return every record that has a rough key in common."""
        return {found for key in self.ledger.rough(values) for found in self.rough.get(key, ())}

    def find_probable(self, values: Values) -> Iterator[Stored]:
        """Yield the records that a row perhaps is, each once."""
        seen: set[int] = set()
        for key in self.ledger.probable(values):
            for stored in self.probable.get(key, ()):
                if stored.id not in seen and not self.ledger.are_apart(values, stored.values):
                    seen.add(stored.id)
                    yield stored


def signature(values: Values, names: Sequence[str]) -> Hashable:
    """Return what is equal for records with equal values in these fields."""
    return tuple(comparable(values.get(name)) for name in names)


def comparable(value: Any) -> Hashable:
    """Return a value so that two ways to write it are equal."""
    if isinstance(value, list):
        return tuple(sorted(value))
    return (squeezed(value) or None) if type(value) is str else value


@dataclass(frozen=True)
class Asked:
    """Of which records, and what: own fields and paths, and fields of records that point at them."""

    model: type[Record]
    names: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    wanted: frozenset[Hashable] | None = None  # only records with one of these keys are of use
    are_parts: bool = False  # of rows of another list, which find or make them
    by_equality: bool = True  # a row without a key is compared in every value


@dataclass(frozen=True)
class Matcher:
    """Reads stored records with one viewer's eyes."""

    session: Session
    viewer: Viewer

    def load(self, asked: Asked, rows: Iterable[Values], ids: Iterable[int] = ()) -> Known:
        """Read the records that have a rough key in common with one of the rows, and those named by id."""
        ledger = ledger_of(asked.model)
        wanted = {key for values in rows for key in ledger.rough(values)}
        known, named = Known(ledger), frozenset(ids)
        found = sorted({*(self._candidates(asked.model, ledger, wanted) if wanted else ()), *named})
        losers = list[Stored]()
        for stored in self._load_all(asked, found):
            if stored.went_to:
                losers.append(stored)
            else:
                known.add(stored, replace(asked, wanted=None) if stored.id in named else asked)
        winners = {one.id: one for one in self._load_all(asked, sorted({one.went_to or 0 for one in losers}))}
        for loser in losers:  # whoever asks for it means the record that it went into
            if (winner := winners.get(loser.went_to or 0)) is not None:
                known.add(known.by_id.get(winner.id, winner), asked, loser.values)
        return known

    def _load_all(self, asked: Asked, ids: Sequence[int]) -> Iterator[Stored]:
        for start in range(0, len(ids), CHUNK):
            yield from self._load(asked, ids[start : start + CHUNK])

    def _scope(self, model: type[Record]) -> list[sa.ColumnElement[bool]]:
        scope = access().scope(self.viewer, model)
        return [] if scope is None else [scope]

    def _candidates(self, model: type[Record], ledger: Ledger, wanted: set[Hashable]) -> Iterator[int]:
        table = model.__table__
        columns = [column_of(model, name) for name in ledger.rough_fields]
        statement = sa.select(table.c.id, *columns).where(*self._scope(model))
        for row in self.session.execute(statement, scope_params(self.viewer)).yield_per(2000):
            values = dict(zip(ledger.rough_fields, row[1:], strict=True))
            if any(key in wanted for key in ledger.rough(values)):
                yield row[0]

    def _load(self, asked: Asked, ids: Sequence[int]) -> Iterator[Stored]:
        model, table = asked.model, asked.model.__table__
        ledger = ledger_of(model)
        apart = (ledger.apart,) if ledger.apart else ()
        paths = tuple(dict.fromkeys((*ledger.rough_fields, *ledger.key_paths, *apart, *asked.names)))
        known = fields_of(model)
        scalar = [path for path in paths if "." in path or known[path].kind not in ("codes", "refs")]
        columns, joined = _columns(model, scalar)
        went_to = table.c[f"{MERGED}_id"] if is_mergeable(model) else sa.null()
        statement = sa.select(table.c.id, table.c.version, went_to, *columns).select_from(joined)
        statement = statement.where(table.c.id.in_(ids), *self._scope(model)).order_by(table.c.id)
        rows = self.session.execute(statement, scope_params(self.viewer)).all()
        codes = {path: self._codes(model, path, ids) for path in paths if path not in scalar}
        changeable = self._changeable(model, ids)
        children = {at: self._children(model, at, names, ids) for at, names in asked.children.items()}
        for record_id, version, went_to_id, *found in rows:
            values = dict(zip(scalar, found, strict=True))
            values |= {name: of.get(record_id, []) for name, of in codes.items()}
            below = {at: of[record_id] for at, of in children.items() if record_id in of}
            yield Stored(record_id, version, values, record_id in changeable, went_to_id, below)

    def _codes(self, model: type[Record], name: str, ids: Sequence[int]) -> Mapping[int, list[str]]:
        link = link_table(model, name)
        owner = link.c[f"{model.__tablename__}_id"]
        found: dict[int, list[str]] = {}
        for record_id, code in self.session.execute(sa.select(owner, link.c.code).where(owner.in_(ids))):
            found.setdefault(record_id, []).append(code)
        return found

    def _changeable(self, model: type[Record], ids: Sequence[int]) -> frozenset[int]:
        if not access().may(self.viewer, "update", model):
            return frozenset()
        scope = access().scope(self.viewer, model, "update")
        if scope is None:
            return frozenset(ids)
        found = sa.select(model.__table__.c.id).where(model.__table__.c.id.in_(ids), scope)
        return frozenset(self.session.scalars(found, scope_params(self.viewer)))

    def _children(
        self, model: type[Record], at: str, names: Sequence[str], ids: Sequence[int]
    ) -> Mapping[int, list[Values]]:
        """Return the values of the records that point here, by the record they point at."""
        way = step(model, at)
        pointer = way.model.__table__.c[f"{way.by}_id"]
        columns = [column_of(way.model, name) for name in names]
        found: dict[int, list[Values]] = {}
        for row in self.session.execute(sa.select(pointer, *columns).where(pointer.in_(ids))):
            found.setdefault(row[0], []).append(dict(zip(names, row[1:], strict=True)))
        return found


def column_of(model: type[Record], name: str) -> Any:
    """Return the column that holds a field: of a reference the id."""
    return model.__table__.c[_column_name(fields_of(model).get(name), name)]


def _column_name(what: Field | None, name: str) -> str:
    return f"{name}_id" if what is not None and what.kind == "ref" else name


def _columns(model: type[Record], paths: Sequence[str]) -> tuple[list[Any], Any]:
    """Return the columns of the paths, and the tables joined to reach them."""
    tables: dict[str, Any] = {"": model.__table__}
    joined: Any = model.__table__
    for owner in sorted({path.rpartition(".")[0] for path in paths} - {""}):
        for depth in range(1, owner.count(".") + 2):
            at = ".".join(owner.split(".")[:depth])
            if at in tables:
                continue
            parent, _dot, name = at.rpartition(".")
            far = _table(model, at).alias(at.replace(".", "_"))
            joined = joined.outerjoin(far, tables[parent].c[f"{name}_id"] == far.c.id)
            tables[at] = far
    return [_at(model, tables, path) for path in paths], joined


@cache
def _table(model: type[Record], at: str) -> Any:
    return model_at(model, at).__table__


def _at(model: type[Record], tables: Mapping[str, Any], path: str) -> Any:
    owner, _dot, name = path.rpartition(".")
    what = fields_of(model_at(model, owner)).get(name)
    return tables[owner].c[_column_name(what, name)]
