"""Other records of a row: found among stored ones and earlier rows, or made; each only once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _

from admin_views.engine.drafts import Draft
from admin_views.engine.mapping import Target, model_at, step
from admin_views.engine.matching import Asked, Known, Matcher, Stored
from admin_views.engine.plans import Choice, Place, PlannedRow, Suspicion
from admin_views.engine.screen import Screen
from tomoiki.core.ledgers import ledger_of, squeezed
from tomoiki.core.records import Record

SEVERAL = _("Several records are named so. Add what tells them apart (a number, phone or e-mail).")
JOINED = _("It is taken for the same: the name and a phone, birth date or number are equal.")


@dataclass
class Finder:
    """Finds or makes the records that the main ones point at, and what points at those."""

    matcher: Matcher
    screen: Screen
    columns: Sequence[Target]
    choices: Mapping[Place, Choice]
    duplicates: list[Suspicion]
    has_note: bool
    known: dict[type[Record], Known] = field(default_factory=dict)
    made: dict[tuple[type[Record], Hashable], tuple[Draft, PlannedRow]] = field(default_factory=dict)
    below: dict[tuple[Draft | int, str], list[dict[str, Any]]] = field(default_factory=dict)
    twice: set[tuple[Place, Place]] = field(default_factory=set)

    def load(self, rows: Sequence[PlannedRow]) -> None:
        """Read the stored records that rows may mean."""
        places = {at for row in rows for at in row.drafts if at and self._is_up(at)}
        by_model: dict[type[Record], set[str]] = {}
        for at in places:
            by_model.setdefault(model_at(self.screen.model, at), set()).add(at)
        for model, ats in by_model.items():
            said = [row.drafts[at].said for row in rows for at in ats if at in row.drafts]
            names = {name for at in ats for name in self._names(at)}
            children: dict[str, tuple[str, ...]] = {}
            for at in ats:
                children |= self._children(at)
            self.known[model] = self.matcher.load(
                Asked(model, tuple(sorted(names)), children, are_parts=True), said
            )

    def _is_up(self, at: str) -> bool:
        owner, _dot, name = at.rpartition(".")
        return step(model_at(self.screen.model, owner), name).is_up

    def _names(self, at: str) -> set[str]:
        return {target.field.name for target in self.columns if target.owner == at and not target.is_extra}

    def _children(self, at: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for target in self.columns:
            if target.owner.rpartition(".")[0] == at and target.owner and not self._is_up(target.owner):
                name = target.owner.rpartition(".")[2]
                found[name] = (*found.get(name, ()), target.field.name)
        return found

    # -- a new row -----------------------------------------------------------------------------------------
    def resolve(self, row: PlannedRow) -> None:
        """Let the row's drafts point at records that are there already; note its fault when it may be several."""
        ups = [at for at in row.drafts if at and self._is_up(at)]
        for at in sorted(ups, key=lambda at: -at.count(".")):
            self._find(row, at)
        for at in [at for at in row.drafts if at and not self._is_up(at) and "." in at]:
            self._drop_known(row, at)

    def _find(self, row: PlannedRow, at: str) -> None:
        draft = row.drafts[at]
        is_separate = self.choices.get(row.read.place) == "keep" and ledger_of(draft.model).shows_finds
        if is_separate:
            return
        stored = self.known[draft.model].find(draft.said)
        if len(stored) > 1:
            row.read.fault(at, SEVERAL)
        elif stored:
            (record_id,) = stored
            self._point(row, at, record_id)
            self._keep_differences(row, at, self.known[draft.model].by_id[record_id].values)
            self._show(row, draft, at, record_id, None)
        else:
            self._share(row, at, draft)

    def _share(self, row: PlannedRow, at: str, draft: Draft) -> None:
        keys = [(draft.model, key) for key in ledger_of(draft.model).keys_to_find(draft.said)]
        earlier = next((self.made[key] for key in keys if key in self.made), None)
        if earlier is None or ledger_of(draft.model).are_apart(draft.said, earlier[0].said):
            for key in keys:
                self.made.setdefault(key, (draft, row))
            return
        first, first_row = earlier
        for key in keys:
            self.made.setdefault(key, earlier)
        self._point(row, at, first)
        self._fill_gaps(draft, first)
        self._keep_differences(row, at, first.said)
        self._show(row, draft, at, None, first_row)

    def _point(self, row: PlannedRow, at: str, found: Draft | int) -> None:
        draft = row.drafts.pop(at)
        for other in row.drafts.values():
            for name, link in other.links.items():
                if link is draft:
                    other.links[name] = found
            for links in other.plural.values():
                links[:] = [found if link is draft else link for link in links]

    @staticmethod
    def _fill_gaps(draft: Draft, first: Draft) -> None:
        """What an earlier row left open of a record that is still to be made, a later one may say."""
        for name, value in draft.said.items():
            if name not in first.said:
                first.say(name, value)

    def _keep_differences(self, row: PlannedRow, at: str, values: Mapping[str, Any]) -> None:
        """A record that is there is not changed by the way: what a cell says otherwise goes into the note."""
        for target in self.columns:
            if target.owner != at or target.is_extra or target.field.secret:
                continue
            said, stands = row.read.values.get(target.path), values.get(target.field.name)
            if said in (None, "", []) or _alike(said, stands) or not self.has_note:
                continue
            row.read.notes.append((row.read.sheet.header_of(target.path), row.read.raw(target.path).strip()))

    def _show(
        self, row: PlannedRow, draft: Draft, at: str, record_id: int | None, first: PlannedRow | None
    ) -> None:
        if not ledger_of(draft.model).shows_finds:
            return
        places = (row.read.place,) if first is None else (first.read.place, row.read.place)
        self.duplicates.append(
            Suspicion(
                places, JOINED, record_id, at, is_joined=True, level=f"same_{draft.model.__tablename__}"
            )
        )

    def is_twice(self, earlier: PlannedRow, row: PlannedRow) -> None:
        """Two rows that are perhaps one are said once: that they name the same person goes with it."""
        places = (earlier.read.place, row.read.place)
        self.duplicates[:] = [one for one in self.duplicates if not (one.is_joined and one.places == places)]

    def _drop_known(self, row: PlannedRow, at: str) -> None:
        """A status that a person has already is not added again."""
        draft = row.drafts[at]
        owner, _dot, name = at.rpartition(".")
        parent = draft.links.get(step(model_at(self.screen.model, owner), name).by)
        if parent is None:
            return
        if isinstance(parent, int):
            known = self.known[model_at(self.screen.model, owner)].by_id[parent]
            if known.has_child(name, draft.said):
                del row.drafts[at]
                return
        siblings = self.below.setdefault((parent, name), [])
        if draft.said in siblings:
            del row.drafts[at]
        else:
            siblings.append(draft.said)

    # -- a row that is stored already ----------------------------------------------------------------------
    def fits(self, row: PlannedRow, stored: Stored) -> bool:
        """Tell whether a stored record points at what the row means: found by key, or nothing speaks against it."""
        for at, draft in row.drafts.items():
            if not at or "." in at or not self._is_up(at):
                continue
            known, far = self.known[draft.model], stored.values.get(at)
            is_alike = far in known.alike(draft.said) and self._agrees(at, draft, known.by_id[far].values)
            if far not in known.find(draft.said) and not is_alike:
                return False
        return True

    def _agrees(self, at: str, draft: Draft, stands: Mapping[str, Any]) -> bool:
        said = {name: draft.said.get(name) for name in self._names(at)}
        return all(
            not value or not stands.get(name) or _alike(value, stands[name]) for name, value in said.items()
        )

    def changes(self, row: PlannedRow, stored: Stored) -> dict[str, Any]:
        """Return what a row says otherwise of the records that its own points at."""
        found: dict[str, Any] = {}
        for target in self.columns:
            owner = target.owner
            if not owner or "." in owner or target.is_extra or not self._is_up(owner):
                continue
            known = self.known.get(target.model)
            record = known.by_id.get(stored.values.get(owner) or 0) if known else None
            said = row.read.values.get(target.path)
            if record is None or said in (None, "", []) or not record.may_change:
                continue
            if not _alike(said, record.values.get(target.field.name)):
                found[target.path] = said
        return found


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return squeezed(one) == squeezed(other)
    return bool(one == other)
