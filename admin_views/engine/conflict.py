"""Two people edit one record: what clashes is shown side by side, what does not is merged; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_views.engine.lookup import find_records
from admin_views.engine.rows import record_named
from admin_views.engine.screen import Screen
from admin_views.engine.values import plain_text
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.history import ChangeLog
from tomoiki.core.records import Record

MARK = "-keep"  # <field>-keep: "theirs" or "mine", sent by the conflict page


@dataclass(frozen=True)
class Clash:
    """One field that both changed: what it was, what stands there now, what was typed."""

    name: str
    label: str
    original: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Conflict:
    """What to ask, what is merged without asking, and who saved first."""

    clashes: list[Clash]
    kept: list[tuple[str, str, str]]  # label, old, new: their changes that touch nothing of mine
    merged: MultiDict[str, str]
    user_id: int | None
    at: Any


def find_conflict(  # noqa: PLR0913, PLR0917 - what was, what is, what was typed
    session: Session,
    screen: Screen,
    record: Record,
    version: int | None,
    sent: MultiDict[str, str],
    form: Any,
) -> Conflict:
    """Compare what was typed with what others saved since the form was opened; the change log knows the originals."""
    changes = _changes_since(session, record, version)
    merged, clashes, kept = sent.copy(), [], []
    known = fields_of(screen.model)
    for key, (original, _last) in _span(changes).items():
        name = key.removesuffix("_id") if key not in known else key
        if name not in known or known[name].secret:
            continue
        field, theirs = known[name], _current(record, known[name])
        control = form._fields.get(name)
        mine = (
            _comparable(control.data) if control is not None and not control.errors else _comparable(theirs)
        )
        if name in form and mine not in (_comparable(original), _comparable(theirs)):
            clashes.append(
                Clash(name, str(field.label), *(_text(field, value) for value in (original, theirs, mine)))
            )
        else:
            _take(merged, field, theirs)
            kept.append((str(field.label), _text(field, original), _text(field, theirs)))
    merged["_version"] = str(record.version)
    last = changes[-1] if changes else None
    return Conflict(clashes, kept, merged, last.user_id if last else None, last.at if last else None)


def resolve(sent: MultiDict[str, str], record: Record, names: Iterable[str]) -> MultiDict[str, str]:
    """Return the form as decided on the conflict page: a field marked "theirs" takes what stands there now."""
    decided = MultiDict(sent.items(multi=True))
    known = fields_of(type(record))
    for name in names:
        if sent.get(f"{name}{MARK}") == "theirs":
            _take(decided, known[name], _current(record, known[name]))
    return decided


def _changes_since(session: Session, record: Record, version: int | None) -> list[ChangeLog]:
    rows = sa.select(ChangeLog).where(
        ChangeLog.entity == record.__tablename__, ChangeLog.record_id == record.id
    )
    return list(session.scalars(rows.where(ChangeLog.version > (version or 0)).order_by(ChangeLog.id)))


def _span(changes: Iterable[ChangeLog]) -> Mapping[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    for change in changes:
        for name, (old, new) in change.diff.items():
            found[name] = (found[name][0] if name in found else old, new)
    return found


def _current(record: Record, field: Field) -> Any:
    if field.kind == "ref":
        return getattr(record, f"{field.name}_id")
    if field.kind == "refs":
        return sorted(item.id for item in getattr(record, field.name))
    value = getattr(record, field.name)
    return sorted(value) if field.kind == "codes" else value


def _comparable(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(sorted(map(str, value)))
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _text(field: Field, value: Any) -> str:
    if field.kind in ("ref", "refs") and value:
        ids = value if isinstance(value, list) else [int(value)]
        return ", ".join(found.text for found in find_records(record_named(field.target), ids=ids))
    if field.kind == "codes" and isinstance(value, str):
        value = [code for code in value.split(",") if code]
    return plain_text(field, _typed(field, value)) if value not in (None, "") else "—"


def _typed(field: Field, value: Any) -> Any:
    return int(value) if field.kind in ("yen", "integer") and isinstance(value, str) else value


def _take(form: MultiDict[str, str], field: Field, value: Any) -> None:
    form.poplist(field.name)
    form.poplist(f"{field.name}-text")
    if isinstance(value, list):
        form.setlist(field.name, [str(item) for item in value])
        form[f"{field.name}-shown"] = "1"
    elif field.kind == "flag":
        form[field.name] = "yes" if value else "no"
    else:
        form[field.name] = _sendable(field, value)


def _sendable(field: Field, value: Any) -> str:
    if value is None:
        return ""
    return plain_text(field, value) if field.kind == "moment" else str(value)
