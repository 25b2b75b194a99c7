"""Importing a list: read, map and match every row into a plan that says what will become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.deciding import Planner
from admin_views.engine.drafts import Builder
from admin_views.engine.mapping import (
    Given,
    Mapped,
    Targets,
    map_sheets,
    note_target,
    targets_of,
    unknown_field,
)
from admin_views.engine.office import access, office
from admin_views.engine.plans import Choice, NotAllowed, Place, Plan, PlannedRow
from admin_views.engine.reading_cells import read_value
from admin_views.engine.reading_rows import Reader
from admin_views.engine.references import References
from admin_views.engine.screen import Screen
from tomoiki.core.access import Viewer
from tomoiki.core.actors import acting, actor
from tomoiki.core.history import ChangeLog
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.reading import BadInput
from tomoiki.core.tables import Grid, Limits, Refused, check_length

ORIGIN = "import"
TELL_EVERY = 1000


@dataclass(frozen=True)
class Wishes:
    """What a person chose: values for rows that say nothing, columns and sheets, duplicates."""

    values: Mapping[str, str] = field(default_factory=dict)
    given: Given = field(default_factory=Given)
    choices: Mapping[Place, Choice] = field(default_factory=dict)


def may_import(screen: Screen, viewer: Viewer) -> bool:
    """Tell whether lists can be imported on this screen, by this viewer."""
    return bool(screen.imports) and access().may(viewer, "create", screen.records)


def limits(session: Session) -> Limits:
    """Return how much one import takes, as the office set it."""
    return Limits(*(int(office().setting(session, key)) for key in ("import_max_mb", "import_max_rows")))


def plan_import(  # noqa: PLR0913, PLR0917 - what is imported where, by whom, and how
    session: Session,
    screen: Screen,
    grids: Sequence[Grid],
    viewer: Viewer,
    wishes: Wishes = Wishes(),
    filename: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Plan:
    """Read, check and match every row; raise NotAllowed, or Refused for the whole file."""
    if not may_import(screen, viewer):
        raise NotAllowed
    seen_until = session.scalar(sa.select(sa.func.max(ChangeLog.id))) or 0
    targets, note = targets_of(screen, viewer), note_target(screen, viewer)
    references = References(session, viewer)
    constants = _constants(wishes.values, targets, references)
    mapped = map_sheets(screen, grids, targets, note, wishes.given, filename)
    _check_size(session, mapped)
    _check_given(screen, mapped, targets, constants)
    start = int(office().setting(session, "fy_start_month"))
    reader = Reader(screen, targets, constants, references, start, note is not None)
    builder = Builder(session, screen, references)
    with acting(replace(actor(), origin=ORIGIN)), session.no_autoflush:
        total = sum(len(one.sheet.rows) for one in mapped.sheets)
        rows: list[PlannedRow] = []
        for one in mapped.sheets:
            for row in one.sheet.rows:
                rows.append(PlannedRow(reader.read(one, row)))
                if len(rows) % TELL_EVERY == 0:
                    tell(len(rows), total)
        planner = Planner(session, screen, viewer, mapped, targets, rows, builder, wishes.choices, constants)
        return planner.plan(seen_until)


def _constants(set_values: Mapping[str, str], targets: Targets, references: References) -> dict[str, Any]:
    found = {}
    for name, text in set_values.items():
        if name not in targets:
            raise Refused(unknown_field(name, targets))
        try:
            found[name] = read_value(targets[name].field, text, references)
        except BadInput as fault:
            reason = _("%(name)s: %(reason)s", name=name, reason=fault.message)
            raise Refused(reason) from None
    return found


def _check_size(session: Session, mapped: Mapped) -> None:
    rows = sum(len(one.sheet.rows) for one in mapped.sheets)
    if not rows:
        raise Refused(_("The file has no rows below its header. Nothing was imported."))
    check_length(rows, limits(session).rows)


def _check_given(screen: Screen, mapped: Mapped, targets: Targets, constants: Mapping[str, Any]) -> None:
    """A reference that every record needs and no column gives must be said for all rows: which event."""
    for path, target in targets.items():
        is_needed = target.field.kind == "ref" and target.field.required and "." not in path
        if not is_needed or path in screen.only or path in ledger_of(screen.records).fills:
            continue
        filled = {t.path for one in mapped.sheets for t in one.targets}
        if path not in constants and not any(f == path or f.startswith(f"{path}.") for f in filled):
            raise Refused(
                _(
                    "No column says which %(label)s. Say it for all rows (%(name)s=…).",
                    label=target.label,
                    name=path,
                )
            )
