"""Finding the stored record that a row of a file is: by certain keys, or by being equal in every value.

Stored records are read once. Only rows that the viewer may see are looked at: a match with a hidden record
would reveal it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.mapping import NOTE, Target
from admin_views.engine.office import access
from tomoiki.core.access import Viewer, scope_params
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import Ledger, Values, ledger_of
from tomoiki.core.records import Record

CHUNK = 500
MOST_NAMESAKES = 5  # so many records of one probable key are offered; a list of hundreds helps nobody


@dataclass(frozen=True)
class Stored:
    """A record as it stands in the database: its own values by name, and those of its children."""

    id: int
    values: Values
    children: Sequence[Values]
    may_change: bool

    def lacks(self, notes: Iterable[str]) -> list[str]:
        """Return the notes that do not stand in its note yet."""
        known = self.values.get(NOTE) or ""
        return [note for note in notes if note not in known]

    def has_child(self, values: Values) -> bool:
        """Tell whether a child has all these values already."""
        return any(all(child.get(name) == value for name, value in values.items()) for child in self.children)


@dataclass
class Known:
    """The stored records that rows of this file may be, by key."""

    ledger: Ledger
    certain: dict[Hashable, Stored] = field(default_factory=dict)
    probable: dict[Hashable, list[Stored]] = field(default_factory=dict)
    equal: dict[Hashable, list[Stored]] = field(default_factory=dict)

    def add(self, stored: Stored, names: Sequence[str]) -> None:
        """File a record under all its keys."""
        for key in self.ledger.certain(stored.values):
            self.certain.setdefault(key, stored)
        for key in self.ledger.probable(stored.values):
            namesakes = self.probable.setdefault(key, [])
            if len(namesakes) < MOST_NAMESAKES:
                namesakes.append(stored)
        self.equal.setdefault(signature(stored.values, names), []).append(stored)

    def find_certain(self, keys: Iterable[Hashable]) -> Stored | None:
        """Return the record that shares one of these keys."""
        return next((self.certain[key] for key in keys if key in self.certain), None)

    def find_equal(
        self, values: Values, names: Sequence[str], child: Values, notes: list[str]
    ) -> Stored | None:
        """Return a record that has every value of a row already, empty ones included."""
        for stored in self.equal.get(signature(values, names), ()):
            if not stored.lacks(notes) and (not child or stored.has_child(child)):
                return stored
        return None

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
    return tuple(_comparable(values.get(name)) for name in names)


def _comparable(value: Any) -> Hashable:
    return tuple(sorted(value)) if isinstance(value, list) else value if value != "" else None


def load_known(  # noqa: PLR0913, PLR0917 - whose rows, which records, which fields
    session: Session,
    model: type[Record],
    viewer: Viewer,
    rows: Sequence[Values],
    names: Sequence[str],
    targets: Sequence[Target],
) -> Known:
    """Read the stored records that have a rough key in common with one of the rows.

    `names` are the fields that the file fills; a word may fill other `targets` besides (`Meaning.also`).
    """
    ledger = ledger_of(model)
    wanted = {key for values in rows for key in ledger.rough(values)}
    known = Known(ledger)
    ids = list(_candidates(session, model, viewer, ledger, wanted)) if wanted else []
    for start in range(0, len(ids), CHUNK):
        for stored in _load(session, model, viewer, ids[start : start + CHUNK], targets):
            known.add(stored, names)
    return known


def own_names(targets: Iterable[Target]) -> tuple[str, ...]:
    """Return the record's own fields among these, without the note, which is compared line by line."""
    names = (target.path for target in targets if not target.owner and target.path != NOTE)
    return tuple(dict.fromkeys(names))


def _candidates(
    session: Session, model: type[Record], viewer: Viewer, ledger: Ledger, wanted: set[Hashable]
) -> Iterator[int]:
    table = model.__table__
    statement = sa.select(table.c.id, *(table.c[name] for name in ledger.rough_fields)).order_by(table.c.id)
    scope = access().scope(viewer, model)
    if scope is not None:
        statement = statement.where(scope)
    for row in session.execute(statement, scope_params(viewer)).yield_per(2000):
        values = dict(zip(ledger.rough_fields, row[1:], strict=True))
        if any(key in wanted for key in ledger.rough(values)):
            yield row[0]


def _load(
    session: Session, model: type[Record], viewer: Viewer, ids: Sequence[int], targets: Sequence[Target]
) -> Iterator[Stored]:
    changeable = _changeable(session, model, viewer, ids)
    children = _children(session, ids, targets)
    names = [name for name, what in fields_of(model).items() if what.kind not in ("ref", "refs", "json")]
    for record in session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)):
        values = {name: _plain(getattr(record, name)) for name in names}
        yield Stored(record.id, values, children.get(record.id, ()), record.id in changeable)


def _plain(value: Any) -> Any:
    """Return codes as a list of their own: the record's is bound to the session."""
    is_simple = value is None or isinstance(value, str | int) or not hasattr(value, "__iter__")
    return value if is_simple else sorted(value)


def _changeable(session: Session, model: type[Record], viewer: Viewer, ids: Sequence[int]) -> frozenset[int]:
    if not access().may(viewer, "update", model):
        return frozenset()
    scope = access().scope(viewer, model, "update")
    if scope is None:
        return frozenset(ids)
    table = model.__table__
    found = sa.select(table.c.id).where(table.c.id.in_(ids), scope)
    return frozenset(session.scalars(found, scope_params(viewer)))


def _children(session: Session, ids: Sequence[int], targets: Sequence[Target]) -> Mapping[int, list[Values]]:
    """Return the values of the children that these columns fill, by the record they point at."""
    owned = [target for target in targets if target.owner]
    found: dict[int, list[Values]] = {}
    if not owned:
        return found
    child, by = owned[0].model, f"{owned[0].by}_id"
    names = [target.field.name for target in owned]
    pointer = getattr(child, by)
    statement = sa.select(pointer, *(getattr(child, name) for name in names)).where(pointer.in_(ids))
    for row in session.execute(statement):
        found.setdefault(row[0], []).append(dict(zip(names, row[1:], strict=True)))
    return found
