"""Putting back what stands in the change log: fields through the form's own controls, a deleted record, a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_views.engine.conflict import comparable, current, put, text_of
from admin_views.engine.deleting import delete, dependants_of
from admin_views.engine.detail import read_row
from admin_views.engine.filling import fill, form_names, outside, stands_outside
from admin_views.engine.inputs import Stored, input_for
from admin_views.engine.office import access, office, viewer
from admin_views.engine.rows import record_named
from admin_views.engine.saving import attempt, save_changes, save_new, save_together
from admin_views.engine.screen import Screen
from admin_views.engine.stepping_back import take_step_back
from admin_views.engine.undoing import children_first
from admin_views.engine.values import separator
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import Unreadable
from tomoiki.core.fields import Field, field_behind, fields_of
from tomoiki.core.history import Change, ChangeLog, Origin, give_reason, last_move, restored, ties_to
from tomoiki.core.records import Fault, Listed, Record, model_of

ONE_DELETE = timedelta(minutes=1)  # what goes along is logged just before the record itself
NUMBERS = ("integer", "yen")
NOT_HERS = Fault(lazy_gettext("You may not change this record, or it is gone."))


@dataclass(frozen=True)
class Part:
    """One field of a change: what stands there now, what would stand there, and why it stays if it does."""

    key: str
    label: str
    now: str
    then: str
    reason: str = ""
    is_back: bool = False  # what would be put back stands there already


def may_put_back(model: type[Listed], action: str) -> bool:
    """Tell whether her roles let her put back changes of that kind; of which records, the record says."""
    may, who = access(), viewer()
    if model.__stands__ or not issubclass(model, Record):
        return False
    if (
        action == Change.delete
    ):  # whoever may delete such records and reads the log, for there is no record to ask
        return all(may.may(who, verb, model) for verb in ("create", "delete")) and may.may(
            who, "read", ChangeLog
        )
    return action == Change.change and may.may(who, "update", model)


def put_back_address(entity: str, record_id: int, action: str, change_id: int) -> str:
    """Return where a change can be put back, or nothing where her roles never let her."""
    screen = office().screen_of_table(entity)
    may = screen is not None and may_put_back(screen.model, action)
    return f"/{screen.slug}/{record_id}/put-back/{change_id}" if screen and may else ""


# -- a change of any kind ----------------------------------------------------------------------------------------------
def undo_change(
    session: Session, change: ChangeLog, why: str = "", gone: Sequence[ChangeLog] = ()
) -> list[Fault]:
    """Take a change back whatever it was, as its own page would; return why not."""
    screen = office().screen_of_table(change.entity)
    if screen is None or screen.model.__stands__:
        return [Fault(_("Records of this kind are not put back."))]
    model = model_of(change.entity)
    is_there = session.scalar(sa.select(model.id).where(model.id == change.record_id)) is not None
    if change.action == Change.create:
        return take_out(session, screen, change) if is_there else []
    if change.action == Change.delete:
        if is_there:  # it came back along with what it hung on
            return []
        return restore(session, change, gone) if may_put_back(model, change.action) else [NOT_HERS]
    row = read_row(screen, change.record_id, ())
    if row is None or not row["may.update"]:
        return [NOT_HERS]
    back = PutBack(session, screen, session.get_one(model, change.record_id), change, why)
    parts = [part for part in back.parts() if not part.is_back]
    return back.do([part.key for part in parts]) if parts else []


# -- one change --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PutBack:
    """A change of a record that is to go back; a status goes back as a step back does, and asks `why`."""

    session: Session
    screen: Screen
    record: Record
    change: ChangeLog
    why: str = ""

    def parts(self) -> list[Part]:
        """Return the fields of the change that people fill in; what the program fills in follows by itself."""
        row, names = read_row(self.screen, self.record.id) or {}, form_names(self.screen)
        open_to_her = {name for name in names if name in row and row["may.update"]}
        fields = [(key, field) for key in self.change.diff if (field := self._field(key)) is not None]
        found = [self._part(key, field, open_to_her) for key, field in fields if field.name in row]
        if len(found) < len(fields):  # said once: how many fields are filled is hidden too
            found.append(Part("", _("A hidden item"), "", "", _("You may not change this.")))
        return found

    def do(self, keys: Collection[str]) -> list[Fault]:
        """Put the old values of these fields back as a form would; return why not, then nothing is saved."""
        parts = [part for part in self.parts() if part.key in keys]
        faults = [Fault(f"{part.label}: {part.reason}") for part in parts if part.reason]
        if faults or not parts:
            return faults or [Fault(_("Nothing of this change can be put back."))]
        asked = {part.key for part in parts}
        with acting(replace(actor(), origin=f"{Origin.reverted}:{self.change.id}")):
            faults = _refill(self.record, self.change, sorted(asked - {self.state}))
            if not faults and self.state in asked:
                take_step_back(self.record, self.change)
                give_reason(self.session, self.record, self.why)
            return faults or save_changes(self.session, self.record) or stands_outside(self.record, "update")

    @property
    def state(self) -> str:
        """Return the name of the record's state, or nothing."""
        moves = self.screen.model.__moves__
        return moves.field if moves else ""

    @property
    def is_last_step(self) -> bool:
        """Tell whether the change is the one that the record's state comes from, and she may take it back."""
        last = last_move(self.session, self.record)
        return (
            last is not None
            and last.id == self.change.id
            and access().may_step_back(viewer(), self.screen.model)
        )

    def _field(self, key: str) -> Field | None:
        field = field_behind(self.screen.model, key)
        return None if field is None or (field.read_only and key != self.state) else field

    def _part(self, key: str, field: Field, open_to_her: Collection[str]) -> Part:
        old, new = self.change.diff[key]
        label = str(self.screen.labels.get(field.name, field.label))
        is_back = holds(self.record, field, old)
        reason = _("It stands so already.") if is_back else _stays(self.record, field, new)
        if not reason and key == self.state:
            reason = self._state_stays()
        elif not reason and field.name not in open_to_her:
            reason = _("You may not change this.")
        if field.secret:
            return Part(key, label, _("Hidden"), _("Hidden"), reason, is_back)
        now = text_of(field, current(self.record, field))
        return Part(key, label, now, text_of(field, old), reason, is_back)

    def _state_stays(self) -> str:
        moves = self.screen.model.__moves__
        if moves is None or not self.is_last_step:
            return _("A status goes on by its own moves. An administrator can take its last step back.")
        to = restored(fields_of(self.screen.model)[moves.field], self.change.diff[moves.field][0])
        refused = moves.refusal(self.session, self.record, to)
        if refused is not None:
            return str(refused.message)
        return "" if self.why else _("A status is taken back by “One step back”, with a reason.")


def _stays(record: Record, field: Field, new: Any) -> str:
    """Say that somebody changed the field since."""
    return "" if holds(record, field, new) else _("This was changed again since. Both stay in the history.")


def holds(record: Record, field: Field, logged: Any) -> bool:
    """Tell whether this stands in the field; what no key reads stands nowhere."""
    try:
        kept = restored(field, logged)
    except Unreadable:
        return False
    return comparable(field, current(record, field)) == comparable(field, kept)


def _refill(record: Record, change: ChangeLog, keys: Iterable[str]) -> list[Fault]:
    """Fill the old values into the form's controls, so that whatever a form refuses is refused here."""
    try:
        values = {
            field: restored(field, change.diff[key][0])
            for key in keys
            if (field := field_behind(type(record), key)) is not None
        }
    except Unreadable:
        return [Fault(_("The data key that this was kept with is gone."))]
    sent: MultiDict[str, str] = MultiDict()
    for field, value in values.items():
        put(sent, field, value)
    controls = {field.name: input_for(record.field_as(field.name, vars(record))) for field in values}
    form = type("OldValues", (BaseForm,), controls)(sent, obj=Stored(record))
    fill(form, record)
    for field, value in values.items():
        if field.kind == "moment" and value is not None:  # the control reads no seconds
            setattr(record, field.name, value)
    return [Fault(f"{one.field.label}: {' '.join(map(str, one.errors))}") for one in form if one.errors]


# -- a record that was deleted -----------------------------------------------------------------------------------------
def gone_with(session: Session, change: ChangeLog) -> list[ChangeLog]:
    """Return the deletions that were one with this one, its own first."""
    found = [change]
    for gone in found:  # grows while it is read
        for tie in ties_to(model_of(gone.entity)):
            rows = sa.select(ChangeLog).where(
                ChangeLog.at.between(change.at - ONE_DELETE, change.at),
                ChangeLog.entity == tie.model.__tablename__,
                ChangeLog.action == Change.delete,
                ChangeLog.user_id.is_not_distinct_from(change.user_id),
                ChangeLog.origin == change.origin,
            )
            children = session.scalars(rows.order_by(ChangeLog.id)).all() if tie.goes_along else ()
            found += [one for one in children if tie.was_of(one.diff, gone.record_id) and one not in found]
    return found


def restore(session: Session, change: ChangeLog, gone: Sequence[ChangeLog] = ()) -> list[Fault]:
    """Make a deleted record and what went along anew (or just what is `gone`); return why not."""
    gone = gone or gone_with(session, change)
    ids: dict[str, set[int]] = {}
    for one in gone:
        ids.setdefault(one.entity, set()).add(one.record_id)
    order = [*children_first(ids)][::-1]
    with acting(replace(actor(), origin=f"{Origin.reverted}:{change.id}")):
        for one in sorted(gone, key=lambda one: (order.index(one.entity), one.id)):
            model = model_of(one.entity)
            if not may_put_back(model, Change.delete):
                return [Fault(_("You may not put back what was deleted along with it."))]
            if session.scalar(sa.select(model.id).where(model.id == one.record_id)) is not None:
                return [Fault(_("Another record has its number by now, or it was put back already."))]
            if faults := _make_anew(session, model, one):
                return faults
    return []


def restore_together(session: Session, gone: Sequence[ChangeLog]) -> bool:
    """Make deleted records of one table anew at once, which is much faster; if not all may be, do nothing."""
    model = model_of(gone[0].entity)
    if not may_put_back(model, Change.delete):
        return False
    kept = _targets(session, model, gone)  # alive meanwhile, so that each is read once
    try:
        records = _anew(session, model, gone)
    except (Unreadable, LookupError):
        return False
    finally:
        del kept
    ids = [record.id for record in records]

    def work() -> list[Fault]:
        faults = save_together(session, records)
        return faults or ([NOT_HERS] if outside(session, model, "create", ids) else [])

    return not attempt(session, work)


def _targets(session: Session, model: type[Record], gone: Sequence[ChangeLog]) -> list[Record]:
    """Return what deleted records pointed at."""
    wanted: dict[str, set[int]] = {}
    for field in fields_of(model).values():
        if field.kind in ("ref", "refs"):
            key = f"{field.name}_id" if field.kind == "ref" else field.name
            ends = [one.diff[key][0] for one in gone if key in one.diff]
            wanted.setdefault(field.target, set()).update(
                *(end if field.kind == "refs" else [end] for end in ends)
            )
    found = list[Record]()
    for name, ids in wanted.items():
        target = record_named(name)
        found += session.scalars(sa.select(target).where(target.id.in_(ids)))
    return found


def _make_anew(session: Session, model: type[Record], gone: ChangeLog) -> list[Fault]:
    try:
        (record,) = _anew(session, model, [gone])
    except Unreadable:
        return [Fault(_("The data key that this was kept with is gone."))]
    except LookupError as missing:
        return [Fault(_("%(field)s: the record that it pointed at is gone.", field=missing.args[0]))]
    return save_new(session, record) or stands_outside(record, "create")


def _anew(session: Session, model: type[Record], gone: Sequence[ChangeLog]) -> list[Record]:
    """Return deleted records as they were, with who made them when."""
    log, ids = ChangeLog, [one.record_id for one in gone]
    made = sa.select(log.record_id, log.at, log.user_id).where(
        log.entity == gone[0].entity, log.record_id.in_(ids), log.action == Change.create
    )
    first = {row[0]: (row[1], row[2]) for row in session.execute(made.order_by(log.id))}
    records = [model(id=one.record_id, **_values(session, model, one.diff)) for one in gone]
    for record in records:
        if record.id in first:
            record.created_at, record.created_by = first[record.id]
    return records


def _values(session: Session, model: type[Record], diff: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return what the record held; raise LookupError with the field's name where a reference leads nowhere."""
    found: dict[str, Any] = dict(_empty(model))
    for key, (old, _new) in diff.items():
        field = field_behind(model, key)
        if field is None:
            continue
        value = restored(field, old)
        if field.kind in ("ref", "refs"):
            ids, target = (value if field.kind == "refs" else [value]), record_named(field.target)
            there = [session.get(target, one) for one in ids]
            if None in there:
                raise LookupError(field.label)
            value = there if field.kind == "refs" else value
        found[key] = value
    return found


def _empty(model: type[Record]) -> Iterator[tuple[str, Any]]:
    """Yield what stands in fields of which the log says nothing, and that are never empty: 0 and No."""
    for name, field in fields_of(model).items():
        column = model.__table__.c.get(name)
        if column is not None and not column.nullable and column.computed is None:
            if field.kind == "flag":
                yield name, False
            elif field.kind in NUMBERS:
                yield name, 0


# -- a record that was made --------------------------------------------------------------------------------------------
def take_out(session: Session, screen: Screen, change: ChangeLog) -> list[Fault]:
    """Delete a record that was just made, if nobody else touched it and nothing hangs on it; return why not."""
    row = read_row(screen, change.record_id, ())
    if row is None or not row["may.delete"] or not screen.deletes or screen.model.__stands__:
        return [Fault(_("Such a record is not deleted."))]
    record = session.get_one(model_of(change.entity), change.record_id)
    others = sa.select(ChangeLog.id).where(
        ChangeLog.entity == change.entity,
        ChangeLog.record_id == change.record_id,
        ChangeLog.id > change.id,
        ChangeLog.user_id.is_distinct_from(change.user_id),
        ~ChangeLog.origin.startswith(f"{Origin.reverted}:"),
    )
    if session.scalar(others.limit(1)) is not None:
        return [Fault(_("Somebody else changed it since."))]
    if reason := record.keeps(session):
        return [Fault(reason)]
    hanging = [one.name for one in dependants_of(session, type(record), [record.id])]
    if hanging:
        return [Fault(_("Other records depend on it: %(names)s.", names=separator().join(hanging)))]
    with acting(replace(actor(), origin=f"{Origin.reverted}:{change.id}")):
        delete(session, record)
    return []
