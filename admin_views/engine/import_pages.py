"""The import pages: choose a file, see what would become of it, import it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _

from admin_views.engine import uploads
from admin_views.engine.importing import may_import, plan_import, run_import
from admin_views.engine.mapping import Column, Target
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import viewer
from admin_views.engine.plans import Plan, PlannedRow
from admin_views.engine.values import plain_text
from tomoiki.core.database import db
from tomoiki.core.sheets import read_sheets
from tomoiki.core.tables import MOST_BYTES, MOST_ROWS, Refused

FIRST_ROWS = 10
MOST_FAULTS = 200  # so many stand on the page; the command prints all
HIDDEN = "••••"
UNREADABLE = 422


@dataclass(frozen=True)
class Cell:
    """A value as it will be stored; `before` is what stands there now, `is_bad` marks raw text."""

    text: str
    before: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Line:
    """One of the first rows as it will be stored."""

    row: int
    fate: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Preview:
    """All that the preview page shows."""

    upload: uploads.Upload
    plan: Plan
    heads: Sequence[LazyString]
    lines: Sequence[Line]
    doubts: Sequence[tuple[str, LazyString]]
    columns: Sequence[tuple[str, Column]]

    @property
    def count(self) -> int:
        """Return how many rows the button imports."""
        return self.plan.count("new") + self.plan.count("changed")


class ImportPages(ScreenPages):
    """The route of importing; mixed into the engine's view."""

    @expose("/import", methods=("GET", "POST"))
    def import_view(self) -> Any:
        """Show the form, a preview of the file that was sent, or import the previewed file."""
        if not self.screen.importable:
            abort(404)
        if not may_import(self.screen, viewer()):
            abort(403)
        if request.method == "GET":
            return self._upload_page()
        try:
            return self._run() if request.form.get("step") == "run" else self._preview()
        except Refused as fault:
            db.session.rollback()
            return make_response(self._upload_page(str(fault.message)), UNREADABLE)

    def _preview(self) -> Any:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file."))
        data = sent.stream.read(MOST_BYTES + 1)
        plan = self._plan(data, sent.filename)
        return self._preview_page(plan, uploads.keep(self.screen.slug, sent.filename, data))

    def _run(self) -> Any:
        upload = uploads.find(self.screen.slug, request.form.get("token", ""))
        if upload is None:
            raise Refused(_("The file is no longer here. Choose it once more."))
        plan = self._plan(upload.data, upload.name)
        run_import(db.session(), plan)
        uploads.drop()
        flash(_imported(plan), "success")
        return redirect(f"/{self.screen.slug}/", 303)

    def _plan(self, data: bytes, filename: str) -> Plan:
        return plan_import(db.session(), self.screen, read_sheets(data, filename), viewer())

    def _upload_page(self, fault: str = "") -> Any:
        return self.render(
            "engine/import.html", screen=self.screen, fault=fault, most=(MOST_ROWS, MOST_BYTES // 2**20)
        )

    def _preview_page(self, plan: Plan, upload: uploads.Upload) -> Any:
        return self.render(
            "engine/import_preview.html",
            screen=self.screen,
            preview=preview_of(plan, upload),
            most=MOST_FAULTS,
        )


def _imported(plan: Plan) -> str:
    """Say what was done; what was left out is said again, since the page with it is gone."""
    done = plan.count("new") + plan.count("changed")
    said = ngettext("Imported %(num)d row.", "Imported %(num)d rows.", done)
    left = plan.count("error")
    if left:
        said += " " + ngettext("%(num)d row was not imported.", "%(num)d rows were not imported.", left)
    return said


def preview_of(plan: Plan, upload: uploads.Upload) -> Preview:
    """Return what the preview page shows of a plan."""
    targets = {target.path: target for one in plan.sheets for target in one.targets}
    shown = list(targets.values())
    return Preview(
        upload,
        plan,
        [target.label for target in shown],
        [_line(row, shown) for row in plan.rows[:FIRST_ROWS]],
        list(_doubts(plan)),
        [(one.sheet.name, column) for one in plan.sheets for column in one.columns if column.header],
    )


def _line(row: PlannedRow, targets: Sequence[Target]) -> Line:
    return Line(row.read.number, row.fate, [_cell(row, target) for target in targets])


def _cell(row: PlannedRow, target: Target) -> Cell:
    """Show the value, what it replaces, or the raw text that could not be read; secret values never."""
    path = target.path
    if path in row.read.values:
        text = _shown(target, row.read.values[path])
        before = row.stored.values.get(path) if row.stored and path in row.changes else None
        return Cell(text, _shown(target, before))
    is_bad = any(fault.column == row.read.sheet.headers.get(path) for fault in row.read.faults)
    return Cell(row.read.raw.get(path, "") if is_bad else "", is_bad=is_bad)


def _shown(target: Target, value: Any) -> str:
    if target.field.secret and value:
        return HIDDEN
    return plain_text(target.field, value)


def _doubts(plan: Plan) -> Iterator[tuple[str, LazyString]]:
    """Yield each suspicion with the words that name its row."""
    rows = {row.read.place: row for row in plan.rows}
    for suspicion in plan.duplicates:
        row = rows[suspicion.sheet, suspicion.rows[-1]]
        numbers = ", ".join(map(str, suspicion.rows))
        words = str(_("Row %(rows)s %(name)s", rows=numbers, name=_label(row)))
        yield (words if suspicion.record is None else f"{words} · #{suspicion.record}"), suspicion.reason


def _label(row: PlannedRow) -> str:
    """Return the first value that names the row; secret ones never do."""
    targets = (target for target in row.read.sheet.targets if not target.owner and not target.field.secret)
    return next((str(row.own[target.path]) for target in targets if target.path in row.own), "")
