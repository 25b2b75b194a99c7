"""What can be done to many records: change fields, delete, make another record for each, put back what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.bulk import Deed, Refusing
from admin_views.engine.conflict import comparable, current, text_of
from admin_views.engine.deleting import Dependant, delete, dependants_of, held
from admin_views.engine.filling import outside, put_in, put_value, set_codes, stands_outside
from admin_views.engine.inputs import Input, fill_in, input_for
from admin_views.engine.saving import save_changes, save_new, save_together
from admin_views.engine.screen import Many, Screen
from admin_views.engine.values import label, separator
from tomoiki.core.access import Verb
from tomoiki.core.fields import Field, field_behind, fields_of
from tomoiki.core.history import Tie, restored, ties_to
from tomoiki.core.records import Fault, Record, open_ends
from tomoiki.core.vocabulary import Choice


def form_for(
    screen: Screen, names: Collection[str], base: type[Any], sent: Any, *, is_new: bool = False
) -> Any:
    """Return the form of these fields; of records that are there each control may stay empty: then nothing changes."""
    known = fields_of(screen.model)
    fields = {
        name: known[name] if is_new else replace(known[name], required=False, optional=True) for name in names
    }
    return type("ManyForm", (base,), {name: input_for(field) for name, field in fields.items()})(sent)


class Changing(Deed):
    """Set fields to values, empty them, add codes or take them away, move to a state where that move is allowed."""

    is_joint = True

    def __init__(self, screen: Screen, form: Any, cleared: Collection[str], how: Mapping[str, str]) -> None:
        """Take what was typed; an empty control changes nothing unless its field is to be cleared."""
        self.screen, self.how = screen, how
        self.known, self.moves = fields_of(screen.model), screen.model.__moves__
        self.cleared = [
            name for name in cleared if name in form and name != self.state and self.known[name].optional
        ]
        self.controls: list[Input] = [one for one in form if one.name not in self.cleared and _says(one)]
        self.names = frozenset([*(one.name for one in self.controls), *self.cleared])

    @property
    def state(self) -> str:
        """Return the field that moves, or nothing."""
        return self.moves.field if self.moves else ""

    def put(self, session: Session, record: Any) -> list[Fault]:
        """Fill the record as a form would, the move last: it asks for what was filled before."""
        for name in self.cleared:
            self._clear(record, name)
        for control in self.controls:
            if control.name == self.state:
                continue
            if control.field.kind == "codes":
                set_codes(record, control.name, self._codes(record, control))
            else:
                put_in(record, control)
        asked = next((one.data for one in self.controls if one.name == self.state), None)
        faults = self._move(session, record, asked) if asked is not None else []
        record.prepare(session)
        return faults

    def _clear(self, record: Any, name: str) -> None:
        field = self.known[name]
        if field.kind == "ref":
            setattr(record, f"{name}_id", None)
        elif field.kind == "codes":
            set_codes(record, name, [])
        else:
            setattr(record, name, None)

    def _codes(self, record: Any, control: Input) -> list[str]:
        stored, chosen = list(getattr(record, control.name)), control.data
        how = self.how.get(control.name, "add")
        if how == "remove":
            return [code for code in stored if code not in chosen]
        return chosen if how == "set" else [*stored, *(code for code in chosen if code not in stored)]

    def _move(self, session: Session, record: Any, to: Choice) -> list[Fault]:
        moves, now, states = self.moves, getattr(record, self.state), self.known[self.state].choices
        if moves is None or states is None or now == to:
            return []
        if to not in moves.allowed.get(now, ()):
            words = {"now": label(states, now.value), "asked": label(states, to.value)}
            return [Fault(_("From “%(now)s” this cannot become “%(asked)s”.", **words))]
        needed = moves.needs.get(to, ())
        if to in moves.excuses and open_ends(session, record):
            needed = (*needed, moves.excuses[to])
        missing = [name for name in needed if current(record, self.known[name]) in (None, "", [])]
        if missing:
            return [Fault(fill_in(self.known[name]), name) for name in missing]
        if refused := moves.refusal(session, record, to):
            return [refused]
        setattr(record, self.state, to)
        return []

    def changes(self, session: Session, record: Any) -> Sequence[tuple[str, str, str]] | None:
        """Return what becomes of the fields; rules that look at other records are asked too."""
        fields = [self.known[name] for name in sorted(self.names)]
        before = {field.name: current(record, field) for field in fields}
        if faults := self.put(session, record):
            raise Refusing(faults)
        after = {field.name: current(record, field) for field in fields}
        other = [
            field
            for field in fields
            if comparable(field, before[field.name]) != comparable(field, after[field.name])
        ]
        if not other:
            return None
        if faults := list(record.faults(session)):
            raise Refusing(faults)
        return _Told(self.screen.labels, [(field, before[field.name], after[field.name]) for field in other])

    def settle(self, session: Session, records: Sequence[Any]) -> bool:
        """Ask the rules again now that all stand written, and let follow what follows."""
        for record in records:
            if list(record.faults(session)) or list(record.settle(session)):
                return False
        return not outside(session, self.screen.records, "update", [record.id for record in records])

    def save(self, session: Session, record: Any) -> list[Fault]:
        """Save one as a form does."""
        with session.no_autoflush:
            faults = self.put(session, record)
        return faults or save_changes(session, record) or stands_outside(record, "update")


class _Told(Sequence[tuple[str, str, str]]):
    """Changes in words, written only when somebody reads them; of a new record only what comes."""

    def __init__(
        self, labels: Mapping[str, Any], found: Sequence[tuple[Field, Any, Any]], *, is_new: bool = False
    ) -> None:
        self._labels, self._found, self._is_new = labels, found, is_new

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, at: Any) -> Any:
        field, old, new = self._found[at]
        label = str(self._labels.get(field.name, field.label))
        return label, "" if self._is_new else text_of(field, old), text_of(field, new)


def _says(control: Input) -> bool:
    return control.data not in (None, "", [])


class Deleting(Deed):
    """Delete each that nothing keeps, with what goes along."""

    verb: Verb = "delete"
    is_joint = True

    def __init__(self) -> None:
        """Know of no record yet whether others point at it."""
        self.free: set[int] = set()

    def meet(self, session: Session, records: Sequence[Any]) -> None:
        """Ask for a whole group what others point at."""
        if records:
            model: type[Record] = type(records[0])
            ids = {record.id for record in records}
            self.free = ids - held(session, filter(self.is_in_the_way, ties_to(model)), sorted(ids))

    def settle(self, session: Session, records: Sequence[Any]) -> bool:
        """Delete a group, with what goes along."""
        for record in records:
            session.delete(record)
        return True

    def changes(self, session: Session, record: Any) -> Sequence[tuple[str, str, str]] | None:
        """Say why a record stays."""
        if faults := self.put(session, record):
            raise Refusing(faults)
        return ()

    def put(self, session: Session, record: Any) -> list[Fault]:
        """Ask what stands in the way."""
        if reason := record.keeps(session):
            return [Fault(reason)]
        if record.id in self.free:
            return []
        found = dependants_of(session, type(record), [record.id])
        names = [one.name for one in found if self.is_in_the_way(one)]
        return (
            [Fault(_("Other records depend on it: %(names)s.", names=separator().join(names)))]
            if names
            else []
        )

    def is_in_the_way(self, one: Tie | Dependant) -> bool:
        """Tell whether such records keep the one that they depend on."""
        return not one.goes_along

    def save(self, session: Session, record: Any) -> list[Fault]:
        """Delete one."""
        self.free.clear()  # what was found for the group may no longer be so
        if faults := self.put(session, record):
            return faults
        delete(session, record)
        return []


class TakingOut(Deleting):
    """Delete what was made, where nobody saved it since and nothing hangs on it."""

    def __init__(self, screen: Screen, versions: Mapping[int, int]) -> None:
        """Take of each record the version that was left."""
        super().__init__()
        self.screen, self.versions = screen, versions

    def put(self, session: Session, record: Any) -> list[Fault]:
        """Ask what stands in the way."""
        if not self.screen.deletes:
            return [Fault(_("Such a record is not deleted."))]
        if record.version != self.versions[record.id]:
            return [Fault(_("This was changed again since. Both stay in the history."))]
        return super().put(session, record)

    def is_in_the_way(self, one: Tie | Dependant) -> bool:
        """Whatever came to it since keeps it."""
        return True


@dataclass
class Making(Deed):
    """Make a record of another table for each."""

    many: Many
    screen: Screen
    form: Any
    verb: Verb = "read"
    is_joint: bool = True

    def changes(self, session: Session, record: Any) -> Sequence[tuple[str, str, str]] | None:
        """Ask the rules of what would be made, and tell with what."""
        made = self._made(session, record)
        if faults := list(made.faults(session)):
            raise Refusing(faults)
        found = [(control.field, None, current(made, control.field)) for control in self.form]
        return _Told({}, found, is_new=True)

    def settle(self, session: Session, records: Sequence[Any]) -> bool:
        """Make one for each of a group."""
        with session.no_autoflush:
            made = [self._made(session, record) for record in records]
        if save_together(session, made):
            return False
        return not made or not outside(session, type(made[0]), "create", [one.id for one in made])

    def save(self, session: Session, record: Any) -> list[Fault]:
        """Make one."""
        with session.no_autoflush:
            made = self._made(session, record)
        return save_new(session, made) or stands_outside(made, "create")

    def _made(self, session: Session, record: Any) -> Record:
        assert self.many.makes is not None  # noqa: S101 - checked when the deed is chosen
        made = self.many.makes(**{f"{self.many.by}_id": record.id})
        for control in self.form:
            put_in(made, control)
        made.prepare(session)
        return made


class PuttingBack(Changing):
    """Put back what stands in the log of each record, where nobody saved it since."""

    def __init__(self, screen: Screen, entries: Mapping[int, tuple[int, Mapping[str, Any]]]) -> None:
        """Take of each record the version that was left, and the diff."""
        self.screen, self.entries, self.known = screen, entries, fields_of(screen.model)
        keys = {key for _version, diff in entries.values() for key in diff}
        self.fields = {key: field for key in keys if (field := field_behind(screen.model, key)) is not None}
        self.names = frozenset(field.name for field in self.fields.values())
        self.moves, self.controls, self.cleared = screen.model.__moves__, [], []

    def put(self, session: Session, record: Any) -> list[Fault]:
        """Set what stood there."""
        version, diff = self.entries[record.id]
        if record.version != version:
            return [Fault(_("This was changed again since. Both stay in the history."))]
        for key, (old, _new) in diff.items():
            if (field := self.fields.get(key)) is not None:
                put_value(session, record, field, restored(field, old))
        return []
