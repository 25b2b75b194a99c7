"""Records of one table that are perhaps one: by the keys that an import tells them by, each with its reasons.

One pass over the table makes the keys; only records that share one are looked at again. So it takes as long as the
table is, not as its square.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_views.engine.matching import CHUNK, MOST_NAMESAKES, column_of
from admin_views.engine.office import access, viewer
from admin_views.engine.rows import params
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import Ledger, Values, ledger_of, squeezed
from tomoiki.core.merging import pair, standing
from tomoiki.core.records import Record

MOST = 2000  # so many pairs are kept, the surest; who has merged those finds the next
STREAM = {"yield_per": 2000}


@dataclass(frozen=True)
class Pair:
    """Two records that are perhaps one: how sure that is (0: certain), and the fields in which they agree."""

    one: int
    other: int
    sure: int
    reasons: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Return what pairs are sorted by: the surest first, then those with most in common."""
        return self.sure, -len(self.reasons), self.one, self.other


def find_pairs(session: Session, model: type[Record]) -> list[Pair]:
    """Return the records that this viewer may change and that look alike, the likeliest first."""
    ledger, names = ledger_of(model), _names(model)
    suspects = set(_suspects(_keys(session, model, ledger, names)))
    values = _values(session, model, names, {key for pair in suspects for key in pair})
    found = (_compare(ledger, names, pair, values) for pair in suspects if values.keys() >= {*pair})
    return sorted((one for one in found if one is not None), key=lambda one: one.order)[:MOST]


def _names(model: type[Record]) -> tuple[str, ...]:
    """Return the fields that the keys are made of, those that she sees on every row."""
    ledger, may, who = ledger_of(model), access(), viewer()
    asked = dict.fromkeys(
        (*ledger.rough_fields, *ledger.key_paths, *([ledger.apart] if ledger.apart else []))
    )
    return tuple(name for name in asked if name in fields_of(model) and may.sees(who, model, name))


def _rows(model: type[Record], names: Sequence[str]) -> sa.Select[Any]:
    """Return the select of the records that she may merge."""
    may, who = access(), viewer()
    scopes = [scope for verb in ("read", "update") if (scope := may.scope(who, model, verb)) is not None]
    columns = [column_of(model, name) for name in names]
    return sa.select(model.__table__.c.id, *columns).where(*standing(model), *scopes)


def _keys(
    session: Session, model: type[Record], ledger: Ledger, names: Sequence[str]
) -> Iterator[tuple[int, Hashable]]:
    """Yield every record with each of its keys, oldest first."""
    rows = _rows(model, names).order_by(model.__table__.c.id)
    for record_id, *found in session.execute(rows, params(), execution_options=STREAM):
        for key in ledger.alike(dict(zip(names, found, strict=True))):
            yield record_id, key


def _suspects(keys: Iterable[tuple[int, Hashable]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share a key: of a few each with each, of many each with the oldest.

    Only the hash of a key is kept, and a list only of those that stand twice: the others are by far the most.
    """
    first, several = dict[int, int](), dict[int, list[int]]()
    for record_id, key in keys:
        short = hash(key)
        if first.setdefault(short, record_id) != record_id:
            several.setdefault(short, [first[short]]).append(record_id)
    for ids in several.values():
        few = sorted(set(ids))
        yield from combinations(few, 2) if len(few) <= MOST_NAMESAKES else ((few[0], one) for one in few[1:])


def _values(
    session: Session, model: type[Record], names: Sequence[str], ids: Iterable[int]
) -> Mapping[int, Values]:
    found, wanted = dict[int, Values](), sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        rows = _rows(model, names).where(model.__table__.c.id.in_(wanted[start : start + CHUNK]))
        for record_id, *row in session.execute(rows, params()):
            found[record_id] = dict(zip(names, row, strict=True))
    return found


def _compare(
    ledger: Ledger, names: Sequence[str], ids: tuple[int, int], values: Mapping[int, Values]
) -> Pair | None:
    one, other = (values[key] for key in ids)
    keys, others = ledger.alike(one), ledger.alike(other)
    common = [sure for key, sure in keys.items() if key in others]
    if not common or ledger.are_two(one, other):
        return None
    return Pair(*pair(*ids), min(common), tuple(_reasons(names, one, other)))


def _reasons(names: Sequence[str], one: Values, other: Values) -> Iterator[str]:
    """Yield the fields whose value stands in the other record too, in whichever of its fields: a name in capitals."""
    others = {_plain(value) for value in other.values() if value}
    return (name for name in names if one.get(name) and _plain(one[name]) in others)


def _plain(value: Any) -> Any:
    return squeezed(value) if isinstance(value, str) else value
