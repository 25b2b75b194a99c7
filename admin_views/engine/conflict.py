"""Two people edit one record: what clashes is shown side by side, what does not is merged; nothing is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_views.engine.lookup import named
from admin_views.engine.rows import record_named
from admin_views.engine.screen import Screen
from admin_views.engine.values import plain_text, separator
from tomoiki.core.fields import Field, field_behind, fields_of
from tomoiki.core.history import ChangeLog, restored
from tomoiki.core.records import Record

MARK = "-keep"  # <field>-keep: "theirs", "mine" or "anew", sent by the conflict page
ANEW = "-anew"  # <field>-anew: what she wrote there instead of both


@dataclass(frozen=True)
class Clash:
    """One field that both changed: what it was, what stands there now, what was typed; words can be written anew."""

    name: str
    label: str
    original: str
    theirs: str
    mine: str
    anew: str | None = None


@dataclass(frozen=True)
class Conflict:
    """What to ask, what is merged without asking, and who saved first."""

    clashes: list[Clash]
    kept: list[tuple[str, str, str]]  # label, old, new: their changes that touch nothing of mine
    own: list[tuple[str, str, str]]  # mine that touch nothing of theirs
    merged: MultiDict[str, str]
    user_id: int | None
    at: Any
    secrets: list[str]  # secret fields whose values the page shows


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
    merged, clashes, kept, secrets = sent.copy(), [], [], []
    for name in [name for name in merged if name.endswith((MARK, ANEW))]:
        merged.poplist(name)  # decided by now; the page asks anew
    for field, original in _originals(screen, changes):
        name, theirs = field.name, current(record, field)
        if name not in form or form[name].process_errors:
            continue  # hidden, or refused in words when the form is saved
        if field.secret:
            secrets.append(name)
        mine = form[name].data
        label = str(screen.labels.get(name, field.label))
        if comparable(field, mine) in (comparable(field, original), comparable(field, theirs)):
            put(merged, field, theirs)
            kept.append((label, text_of(field, original), text_of(field, theirs)))
        else:
            is_words = field.kind in ("text", "long")
            anew = (form[name].show(mine) if mine else "") if is_words else None
            was, now, typed = (text_of(field, value) for value in (original, theirs, mine))
            clashes.append(Clash(name, label, was, now, typed, anew))
    merged["_version"] = str(record.version)
    last = changes[-1] if changes else None
    own = list(_own(screen, record, form, {field.name for field, _original in _originals(screen, changes)}))
    return Conflict(
        clashes, kept, own, merged, last.user_id if last else None, last.at if last else None, secrets
    )


def _own(
    screen: Screen, record: Record, form: Any, others: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield what was typed where nobody else changed anything; a secret value is not shown for that."""
    for control in form:
        field = fields_of(screen.model).get(control.name)
        if field is None or field.name in others or field.secret or control.process_errors:
            continue
        now = current(record, field)
        if comparable(field, now) != comparable(field, control.data):
            label = str(screen.labels.get(field.name, field.label))
            yield label, text_of(field, now), text_of(field, control.data)


def resolve(sent: MultiDict[str, str], record: Record, names: Iterable[str]) -> MultiDict[str, str]:
    """Return the form as decided on the conflict page: "theirs" takes what stands there now, "anew" what she wrote."""
    decided = MultiDict(sent.items(multi=True))
    known = fields_of(type(record))
    for name in names:
        if sent.get(f"{name}{MARK}") == "theirs":
            put(decided, known[name], current(record, known[name]))
        elif sent.get(f"{name}{MARK}") == "anew":
            put(decided, known[name], sent.get(f"{name}{ANEW}", ""))
    return decided


def _changes_since(session: Session, record: Record, version: int | None) -> list[ChangeLog]:
    rows = sa.select(ChangeLog).where(
        ChangeLog.entity == record.__tablename__, ChangeLog.record_id == record.id
    )
    return list(session.scalars(rows.where(ChangeLog.version > (version or 0)).order_by(ChangeLog.id)))


def _originals(screen: Screen, changes: Iterable[ChangeLog]) -> Iterator[tuple[Field, Any]]:
    """Yield the fields that others changed, with what stood there before the first of them."""
    before: dict[str, Any] = {}
    for change in changes:
        for key, (old, _new) in change.diff.items():
            before.setdefault(key, old)
    for key, old in before.items():
        if (field := field_behind(screen.model, key)) is not None:
            yield field, restored(field, old) if field.secret else old


def current(record: Record, field: Field) -> Any:
    """Return what stands in a field, of references their ids."""
    if field.kind == "ref":
        return getattr(record, f"{field.name}_id")
    if field.kind == "refs":
        return sorted(item.id for item in getattr(record, field.name))
    value = getattr(record, field.name)
    return sorted(value) if field.kind == "codes" else value


def comparable(field: Field, value: Any) -> str:
    """Return a value so that it is the same text wherever it comes from: the record, the log or a form."""
    if isinstance(value, list):
        return ",".join(sorted(map(str, value)))
    if field.kind == "moment" and value:
        return plain_text(field, value)  # to the minute: the control shows no seconds
    return "" if value is None else str(value)


def text_of(field: Field, value: Any) -> str:
    """Return a value in words, as far as this viewer may see what it points at."""
    if value in (None, "", []):
        return "—"
    if field.kind in ("ref", "refs"):
        ids = value if isinstance(value, list) else [value]
        return separator().join(found.text for found in named(record_named(field.target), ids))
    return plain_text(field, value)


def put(form: MultiDict[str, str], field: Field, value: Any) -> None:
    """Fill a control as if somebody had typed the value."""
    form.poplist(field.name)
    form.poplist(f"{field.name}-text")
    if isinstance(value, list):
        form.setlist(field.name, [str(item) for item in value])
        form[f"{field.name}-shown"] = "1"
    elif field.kind == "flag" and value is not None:
        form[field.name] = "yes" if value else "no"
    else:
        form[field.name] = _sendable(field, value)


def _sendable(field: Field, value: Any) -> str:
    if value is None:
        return ""
    return plain_text(field, value) if field.kind == "moment" else str(value)
