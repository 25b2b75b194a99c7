"""The change log: one row per changed record, written in the same transaction as the change."""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstanceState, Mapped, PassiveFlag, Session
from sqlalchemy.orm.attributes import History, get_history

from tomoiki.core.actors import actor
from tomoiki.core.database import db, decrypt, encrypt
from tomoiki.core.fields import Field, col, fields_of, ref
from tomoiki.core.records import Listed, Record, record_models
from tomoiki.core.vocabulary import OpenChoice, as_stored
from tomoiki.core.wordings import TableName

if TYPE_CHECKING:
    from tomoiki.accounts.models import User

HOUSEKEEPING = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})
REASON = "_reason"  # stands in a diff beside the fields: why the change was made, where one had to say so
Diff = dict[str, list[Any]]
DETAIL_LENGTH = 300
BATCH = 2000
WAITING = 1000  # access rows that wait for a busy database, at most


class Change(OpenChoice):
    """What was done to a record."""

    create = "create", _("Made")
    change = "change", _("Changed")
    delete = "delete", _("Deleted"), "warn"


class Look(OpenChoice):
    """How somebody looked, or was kept from looking."""

    view = "view", _("Looked at")
    reveal = "reveal", _("Secret field shown"), "info"
    reason = "reason", _("Opened with a reason"), "warn"
    export = "export", _("Exported"), "info"
    download = "download", _("File opened"), "info"
    refused = "refused", _("Refused"), "urgent"


class Origin(OpenChoice):
    """By which way something was done."""

    page = "page", _("Page")
    imported = "import", _("From a list")
    undone = "undo", _("Import taken back")
    reverted = "revert", _("Change put back")
    merged = "merge", _("Merged")
    unmerged = "unmerge", _("Merge taken back")
    bulk = "bulk", _("Many at once")
    bulk_undone = "bulk-undo", _("Many at once, taken back")
    command = "command", _("Command")
    system = "system", _("By the system")


class ChangeLog(Listed):
    """Who changed what when: `diff` maps a field to [old, new], secret values to ciphertext only."""

    __label__ = ("action",)
    __table_args__ = (sa.Index("ix_change_log_entity_record", "entity", "record_id", "id"),)

    at: Mapped[datetime] = col(label=_("Time"), index=True)
    user: Mapped["User | None"] = ref(label=_("User"), on_delete=None)
    user_id: Mapped[int | None]
    action: Mapped[str] = col(label=_("What was done"), choices=Change)
    entity: Mapped[str] = col(label=_("Kind of record"), choices=TableName)
    record_id: Mapped[int] = col(label=_("Record no."))
    origin: Mapped[str] = col(label=_("Way"), choices=Origin)
    address: Mapped[str | None] = col(label=_("IP address"), personal=True)
    version: Mapped[int] = col(label=_("Version"))
    diff: Mapped[dict[str, Any]] = col(
        label=_("Changes"), exported=False
    )  # of any record: who may see what of it is settled on the page


class AccessLog(Listed):
    """Who looked at what: one row per user, record and hour; refusals and reveals of secret fields too."""

    __label__ = ("action",)
    __is_logged__ = False
    __table_args__ = (sa.Index("ix_access_log_entity_record", "entity", "record_id"),)

    at: Mapped[datetime] = col(label=_("Time"), index=True)
    user: Mapped["User | None"] = ref(label=_("User"), on_delete=None)
    user_id: Mapped[int | None]
    action: Mapped[str] = col(label=_("How"), choices=Look)
    entity: Mapped[str] = col(label=_("Kind of record"), choices=TableName)
    record_id: Mapped[int | None] = col(label=_("Record no."))
    detail: Mapped[str | None] = col(label=_("Field or reason"), long=True, narrative=True)
    address: Mapped[str | None] = col(label=_("IP address"), personal=True)


def install() -> None:
    """Watch every session: collect before the flush (old values), write after it (primary keys)."""
    for name, listen in (
        ("before_flush", _collect),
        ("after_flush", _write),
        ("after_soft_rollback", _forget),
    ):
        if not event.contains(Session, name, listen):
            event.listen(Session, name, listen)


def give_reason(session: Session, record: Record, reason: str) -> None:
    """Let the log say why this record is changed by the next flush."""
    session.info.setdefault("reasons", {})[record] = reason


def last_move(session: Session, record: Record) -> ChangeLog | None:
    """Return the change by which the record came to its state; None if it never moved or just took a step back."""
    moves = record.__moves__
    if moves is None:
        return None
    rows = sa.select(ChangeLog).where(
        ChangeLog.entity == record.__tablename__,
        ChangeLog.record_id == record.id,
        ChangeLog.action == "change",
    )
    found = session.scalars(rows.order_by(ChangeLog.id.desc()))
    move = next((change for change in found if moves.field in change.diff), None)
    is_current = move is not None and move.diff[moves.field][1] == getattr(record, moves.field)
    return move if move and is_current and REASON not in move.diff else None


def was_imported(model: type[Record]) -> sa.ColumnElement[bool]:
    """Return the condition that a record came from an old list."""
    return sa.exists().where(
        ChangeLog.entity == model.__tablename__,
        ChangeLog.record_id == model.id,
        ChangeLog.action == Change.create,
        ChangeLog.origin.startswith(f"{Origin.imported}:"),
    )


def _collect(session: Session, context: object, instances: object) -> None:
    changes = session.info.setdefault("changes", [])
    _give_ids(session, [one for one in _records(session.new) if sa.inspect(one).dict.get("id") is None])
    changes.extend((record, "create", None) for record in _records(session.new))
    for record in _records(session.dirty):
        if diff := _diff(record):
            if reason := session.info.get("reasons", {}).pop(record, None):
                diff[REASON] = [None, reason]
            record.updated_at = datetime.now(
                UTC
            )  # a change of links alone sends no UPDATE: no new version otherwise
            changes.append((record, "change", diff))
    for record in _deleted(session):
        kept = snapshot(record).items()  # 0 and No as well: it may have to come back as it was
        changes.append(
            (record, "delete", {name: [old, None] for name, old in kept if old is not None and old != []})
        )


def _give_ids(session: Session, fresh: Sequence[Record]) -> None:
    """Give no id twice, as SQLite would once the newest record is gone: what the log holds under it is the old one's."""
    if not fresh or session.connection().dialect.name != "sqlite":
        return
    newest: dict[str, int] = {}
    for record in fresh:
        name = record.__tablename__
        if name not in newest:
            logged_ids = sa.select(sa.func.max(ChangeLog.record_id)).where(ChangeLog.entity == name)
            ids = sa.select(sa.func.max(type(record).id))
            newest[name] = max(session.scalar(logged_ids) or 0, session.scalar(ids) or 0)
        newest[name] += 1
        record.id = newest[name]


def _records(objects: Iterable[object]) -> list[Record]:
    return [found for found in objects if isinstance(found, Record)]


def _deleted(session: Session) -> list[Record]:
    """Return the deleted records; delete here what the database would take along without a word."""
    found = dict.fromkeys(_records(session.deleted))
    fresh = list(found)
    while fresh:  # what goes along may take others along
        fresh = [child for child in _along(session, fresh) if child not in found]
        for child in fresh:
            session.delete(child)
        found |= dict.fromkeys(fresh)
    return list(found)


def _along(session: Session, going: Sequence[Record]) -> Iterator[Record]:
    """Yield what goes with records, asked once for all of a table."""
    ids: dict[type[Record], list[int]] = {}
    for record in going:
        ids.setdefault(type(record), []).append(record.id)
    for model, keys in ids.items():
        for tie in ties_to(model):
            for start in range(0, len(keys) if tie.goes_along else 0, BATCH):
                yield from session.scalars(tie.rows_of(keys[start : start + BATCH])).all()


@dataclass(frozen=True)
class Tie:
    """How rows of another table point at a record: by a column, and where they may point at any table, at which."""

    model: type[Record]
    key: sa.Column[Any]
    goes_along: bool
    entity: sa.Column[Any] | None = None
    table: str = ""

    def points_at(self, ids: Sequence[int]) -> sa.ColumnElement[bool]:
        """Return the condition of rows that point at records of these ids."""
        here = self.key.in_(ids)
        return here if self.entity is None else sa.and_(self.entity == self.table, here)

    def rows_of(self, ids: Sequence[int]) -> sa.Select[Any]:
        """Return the records that point at those of these ids."""
        return sa.select(self.model).where(self.points_at(ids))

    def was_of(self, diff: Mapping[str, Sequence[Any]], record_id: int) -> bool:
        """Tell whether a deleted row pointed at the record of that id."""
        is_here = self.entity is None or diff.get(self.entity.name, [None])[0] == self.table
        return is_here and bool(diff.get(self.key.name, [None])[0] == record_id)


@cache
def ties_to(model: type[Record]) -> list[Tie]:
    """Return how rows of each table point at records of this one."""
    table, found = model.__table__, []
    other: Any
    for other in record_models():
        keys = (key for column in other.__table__.c for key in column.foreign_keys)
        found += [
            Tie(other, key.parent, key.ondelete == "CASCADE") for key in keys if key.column.table is table
        ]
        if other.__hangs_on__ is not None:
            entity, key = (other.__table__.c[name] for name in other.__hangs_on__)
            found.append(Tie(other, key, True, entity, model.__tablename__))
    return found


def _diff(record: Record) -> Diff:
    state: InstanceState[Record] = sa.inspect(record)
    diff: Diff = {}
    touched = (
        state.committed_state.keys() - HOUSEKEEPING - record.__unlogged__
    )  # all others stand as they were read
    for name in [one.key for one in state.mapper.column_attrs if one.key in touched]:
        old, new = _ends(_past(record, name))
        if old != new:
            diff[name] = [_plain(record, name, old), _plain(record, name, new)]
    for name, field in fields_of(type(record)).items():
        if field.is_plural:
            if ends := _plural_ends(record, name, field.kind):
                diff[name] = ends
        elif name in touched and field.kind == "ref" and (past := _past(record, name)).has_changes():
            diff[f"{name}_id"] = list(_ends(past))
    return diff


def _past(record: Record, name: str) -> History:
    """Return what stood there; asked of one attribute, for `state.attrs` makes an object for each."""
    return get_history(record, name, passive=PassiveFlag.PASSIVE_NO_INITIALIZE)


def _ends(past: History) -> tuple[Any, Any]:
    return (past.deleted[0] if past.deleted else None), (past.added[0] if past.added else None)


def _plural_ends(record: Record, name: str, kind: str) -> list[set[Any]]:
    past = _past(record, f"{name}_links" if kind == "codes" else name)
    if not past.has_changes():
        return []
    old, new = ({*(past.unchanged or ()), *(end or ())} for end in (past.deleted, past.added))
    if kind == "codes":  # a link that is taken away and put back is another link to the same code
        old, new = ({link.code for link in links} for links in (old, new))
    return [old, new] if old != new else []


def _settled(end: Any) -> Any:
    """Return what the log keeps of an end; a record of this same save has got its id by now."""
    if isinstance(end, set):
        return sorted(map(_settled, end))
    return end.id if isinstance(end, Record) else end


def _plain(record: Record, name: str, value: Any) -> Any:
    return logged(fields_of(type(record)).get(name), value)


def logged(field: Field | None, value: Any) -> Any:
    """Return a value as the log keeps it: secret ones only as ciphertext."""
    if value is not None and field is not None and field.secret:
        return {"secret": encrypt(value)}
    return value.isoformat() if isinstance(value, date) else value


def restored(field: Field | None, value: Any) -> Any:
    """Return a value as a record holds it from what the log keeps; raise Unreadable where no key opens a secret."""
    if field is None or value is None:
        return [] if field is not None and field.is_plural else value
    if field.secret:
        return decrypt(value["secret"])
    if field.kind == "day":
        return date.fromisoformat(value)
    if field.kind == "moment":
        return datetime.fromisoformat(value)
    return as_stored(field.choices, value) if field.choices and field.kind == "choice" else value


def snapshot(record: Record) -> dict[str, Any]:
    """Return all values of a record as the log keeps them, so that a deleted one can be put back."""
    names = [
        attribute.key
        for attribute in sa.inspect(type(record)).column_attrs
        if attribute.key not in HOUSEKEEPING | record.__unlogged__ and attribute.columns[0].computed is None
    ]
    values = {name: _plain(record, name, getattr(record, name)) for name in names}
    for name, field in fields_of(type(record)).items():
        if field.kind == "codes":
            values[name] = sorted(getattr(record, name))
        elif field.kind == "refs":
            values[name] = sorted(item.id for item in getattr(record, name))
    return values


def _filled(record: Record) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in snapshot(record).items() if value not in (None, [], False)]


def _write(session: Session, context: object) -> None:
    changes = session.info.pop("changes", [])
    if changes:
        session.execute(sa.insert(ChangeLog), [_row(*change) for change in changes])


def log_made(session: Session, model: type[Record], made: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Write down records that were stored many at a time, past the session: their values by id."""
    known = fields_of(model)
    rows = []
    for record_id, values in made:
        diff = {
            name: [None, logged(known.get(name), value)]
            for name, value in values.items()
            if name not in HOUSEKEEPING and value not in (None, [], False)
        }
        rows.append(_entry(model.__tablename__, record_id, 1, "create", diff))
    session.execute(sa.insert(ChangeLog), rows)


def log_gone(session: Session, entity: str, gone: Sequence[tuple[int, int, Diff]]) -> None:
    """Write down records that were deleted many at a time: id, version, and the diff that made them."""
    rows = [
        _entry(
            entity, record_id, version, "delete", {name: [new, None] for name, (_old, new) in diff.items()}
        )
        for record_id, version, diff in gone
    ]
    for start in range(0, len(rows), BATCH):
        session.execute(sa.insert(ChangeLog), rows[start : start + BATCH])


def log_beside(session: Session, table: str, row_id: int, action: str, diff: Diff) -> None:
    """Write down what was done to a row that is no record: it has no version that anybody could put back."""
    session.execute(sa.insert(ChangeLog), [_entry(table, row_id, 1, action, diff)])


def log_untouched(session: Session, record: Record) -> None:
    """Write down that a record took part in something by which none of its values changed."""
    session.execute(
        sa.insert(ChangeLog), [_entry(record.__tablename__, record.id, record.version, "change", {})]
    )


def _row(record: Record, action: str, diff: Diff | None) -> dict[str, Any]:
    if diff is None:  # a new record is read after the flush, when defaults and keys are there
        diff = {name: [None, value] for name, value in _filled(record)}
    else:
        diff = {name: [_settled(old), _settled(new)] for name, (old, new) in diff.items()}
    return _entry(record.__tablename__, record.id, record.version, action, diff)


def _entry(entity: str, record_id: int, version: int, action: str, diff: Diff) -> dict[str, Any]:
    who = actor()
    return {
        "at": datetime.now(UTC),
        "user_id": who.id,
        "address": who.address,
        "origin": who.origin,
        "action": action,
        "entity": entity,
        "record_id": record_id,
        "version": version,
        "diff": diff,
    }


def _forget(session: Session, previous: object) -> None:
    session.info.pop("changes", None)
    session.info.pop("reasons", None)


def log_access(action: str, entity: str, record_id: int | None = None, detail: str | None = None) -> None:
    """Write down that somebody looked, in a short transaction of its own; the same look once an hour.

    While another writer holds the database for more than a second the row waits and is written with the next one:
    the page does not wait.
    """
    row = _look(action, entity, record_id, detail)
    if _is_known(row):
        return
    waiting: deque[dict[str, Any]] = current_app.extensions.setdefault(
        "tomoiki_access_waiting", deque(maxlen=WAITING)
    )
    waiting.append(row)
    with contextlib.suppress(OperationalError):
        _write_access(list(waiting))
        waiting.clear()


def log_export(entity: str, detail: str) -> None:
    """Write down that records leave, every time anew and before the first of them does: this one waits for its turn."""
    with db.engine.connect().execution_options(write=True) as writer:
        writer.execute(sa.insert(AccessLog), [_look("export", entity, None, detail)])
        writer.commit()


def _look(action: str, entity: str, record_id: int | None, detail: str | None) -> dict[str, Any]:
    who = actor()
    return {
        "at": datetime.now(UTC),
        "user_id": who.id,
        "address": who.address,
        "action": action,
        "entity": entity,
        "record_id": record_id,
        "detail": detail and detail[:DETAIL_LENGTH],
    }


def _is_known(row: dict[str, Any]) -> bool:
    hour = row["at"].replace(minute=0, second=0, microsecond=0)
    alike = [
        AccessLog.__table__.c[name] == row[name]
        for name in ("entity", "record_id", "user_id", "action", "detail")
    ]
    with db.engine.connect() as reader:
        return (
            reader.execute(sa.select(AccessLog.id).where(*alike, AccessLog.at >= hour).limit(1)).first()
            is not None
        )


def _write_access(rows: list[dict[str, Any]]) -> None:
    with db.engine.connect().execution_options(write=True) as writer:
        raw: Any = writer.connection.dbapi_connection
        is_sqlite = writer.dialect.name == "sqlite"
        if is_sqlite:
            raw.execute("PRAGMA busy_timeout=1000")
        try:
            writer.execute(sa.insert(AccessLog), rows)
            writer.commit()
        finally:
            if is_sqlite:
                raw.execute("PRAGMA busy_timeout=60000")
