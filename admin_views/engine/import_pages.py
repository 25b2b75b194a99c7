"""The import pages: choose a file, map its columns, see what would become of it, import it, take it back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, make_response, redirect, request, send_file
from flask_admin import expose
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from admin_views.engine import import_jobs, uploads
from admin_views.engine.arguments import MAX_ID
from admin_views.engine.importing import limits, may_import
from admin_views.engine.lookup import named
from admin_views.engine.mapping import Target, map_sheets, note_target, targets_of
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.plans import Choice, Place
from admin_views.engine.previews import columns_of, preview_of
from admin_views.engine.rejects import rejects_of
from admin_views.engine.screen import Screen
from admin_views.engine.undoing import count_of, left_of, undo_import
from admin_views.engine.values import labels
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.imports import ImportRun
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.sheets import DELIMITERS, ENCODINGS, is_text, spelling_of
from tomoiki.core.tables import Refused

RUN = f"int(max={MAX_ID}):run_id"  # the number of an import in an address
MOST_FAULTS = 200  # so many stand on the page; the command and the file of rejects have all
MOST_RUNS = 20
MOST_LEFT = 50
UNREADABLE = 422
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DELIMITER_NAMES = {",": _("comma"), "\t": _("tab"), ";": _("semicolon"), "|": _("bar")}


class ImportPages(ScreenPages):
    """The routes of importing; mixed into the engine's view."""

    @expose("/import", methods=("GET", "POST"))
    def import_view(self) -> Any:
        """Show the form, map the columns of the file that was sent, show a preview of it, or import it."""
        self._ask_permission()
        if request.method == "GET":
            return self._progress_page() if "job" in request.args else self._upload_page()
        try:
            return self._step(request.form.get("step", ""))
        except Refused as fault:
            db.session.rollback()
            return make_response(self._upload_page(str(fault.message)), UNREADABLE)

    @expose(f"/import/<{RUN}>")
    def import_result_view(self, run_id: int) -> Any:
        """Show what came of an import, with what can still be done about it."""
        run = self._find_run(run_id)
        left = left_of(db.session(), run, MOST_LEFT) if run.undone_at else ()
        screens = {
            screen.records.__tablename__: screen for screen in office().screens.values() if not screen.only
        }
        return self.render(
            "engine/import_result.html",
            screen=self.screen,
            run=run,
            moment=shown_moment,
            may_undo=self._may_undo(run),
            touched=0 if run.undone_at else count_of(db.session(), run),
            has_rejects=run.errors and self._is_hers(run) and uploads.find_rejects(run.id) is not None,
            left=list(_named(screens, left)),
        )

    @expose(f"/import/<{RUN}>/undo", methods=("POST",))
    def import_undo_view(self, run_id: int) -> Any:
        """Take an import back."""
        run = self._find_run(run_id)
        if not self._may_undo(run):
            abort(403)
        done = undo_import(db.session(), run)
        flash(
            gettext(
                "Taken back: %(gone)s records deleted, %(returned)s changed back, %(left)s left because they were"
                " changed or are in use.",
                gone=done.gone,
                returned=done.returned,
                left=done.left,
            ),
            "success",
        )
        return redirect(f"/{self.screen.slug}/import/{run_id}", 303)

    @expose(f"/import/<{RUN}>/rejects.xlsx")
    def import_rejects_view(self, run_id: int) -> Any:
        """Send the rows that could not be imported, with the reason of each."""
        run = self._find_run(run_id)
        workbook = uploads.find_rejects(run_id) if self._is_hers(run) else None
        if workbook is None:
            abort(404)
        return _workbook(workbook)

    # -- who may -------------------------------------------------------------------------------------------
    def _ask_permission(self) -> None:
        if not self.screen.imports:
            abort(404)
        if not may_import(self.screen, viewer()):
            abort(403)

    def _find_run(self, run_id: int) -> ImportRun:
        self._ask_permission()
        run = db.session.get(ImportRun, run_id)
        return run if run is not None and run.screen == self.screen.slug else abort(404)

    @staticmethod
    def _is_hers(run: ImportRun) -> bool:
        return run.user_id is not None and run.user_id == viewer().id

    def _may_undo(self, run: ImportRun) -> bool:
        """Whoever imported a list may take it back, and whoever may delete such records."""
        return run.undone_at is None and (self._is_hers(run) or access().may(viewer(), "delete", self.model))

    # -- the steps -----------------------------------------------------------------------------------------
    def _step(self, step: str) -> Any:
        sent = request.files.get("file")
        if sent is not None and sent.filename:
            fresh = self._keep(sent)
            return self._preview_page(fresh) if step == "preview" else self._columns_page(fresh)
        if step in ("", "file", "preview") and "token" not in request.form:
            raise Refused(_("Choose a file."))
        upload = uploads.find(self.screen.slug, request.form.get("token", ""))
        if upload is None:
            raise Refused(_("The file is no longer here. Choose it once more."))
        if step == "run":
            return self._run(upload)
        if step == "rejects":
            plan, _shape = import_jobs.make_plan(self.screen, upload, self._choices())
            return _workbook(rejects_of(plan))
        if step == "columns":
            return self._columns_page(upload)
        self._keep_wishes(upload)
        return self._columns_page(upload) if step == "again" else self._preview_page(upload)

    def _keep(self, sent: Any) -> uploads.Upload:
        data = sent.stream.read(limits(db.session()).bytes + 1)
        upload = uploads.keep(self.screen.slug, sent.filename, data)
        try:
            uploads.keep_wishes(upload.token, import_jobs.first_wishes(db.session(), self.screen, upload))
        except Refused:
            uploads.drop()
            raise
        return upload

    def _keep_wishes(self, upload: uploads.Upload) -> None:
        """Take over what the page of columns says; a page that asked nothing changes nothing."""
        form = request.form
        if "columns" not in form:
            return
        said: dict[str, Any] = {
            "columns": dict(zip(form.getlist("header"), form.getlist("column"), strict=False)),
            "encoding": form.get("encoding", ""),
            "delimiter": form.get("delimiter", ""),
            "values": {
                name.removeprefix("value-"): value
                for name, value in form.items()
                if name.startswith("value-") and value.strip()
            },
            "sheets": {},
        }
        for at, name in enumerate(form.getlist("sheet")):
            said["sheets"][name] = {
                "header_row": form.get(f"header-row-{at}", ""),
                "year": form.get(f"year-{at}", ""),
                "ignore": f"read-{at}" not in form,
            }
        uploads.keep_wishes(upload.token, said)

    def _choices(self) -> Mapping[Place, Choice]:
        """Return what was chosen for duplicates: `dup-SHEET-ROW`, the sheet by its place among those read."""
        names = request.form.getlist("read-sheet")
        found: dict[Place, Choice] = {}
        for name, value in request.form.items():
            at, _dash, row = name.removeprefix("dup-").partition("-")
            is_place = name.startswith("dup-") and at.isdecimal() and row.isdecimal() and int(at) < len(names)
            if is_place and value in ("keep", "skip", "update"):
                found[names[int(at)], int(row)] = value  # type: ignore[assignment]  # one of the three
        return found

    def _run(self, upload: uploads.Upload) -> Any:
        slug, rows = self.screen.slug, request.form.get("rows", "0")
        if not uploads.claim(upload.token):  # a second click
            return redirect(f"/{slug}/import?job={upload.token}", 303)
        if rows.isdecimal() and int(rows) > import_jobs.AT_ONCE:
            import_jobs.start(self.screen, upload, self._choices(), int(rows))
            return redirect(f"/{slug}/import?job={upload.token}", 303)
        try:
            run = import_jobs.run_now(self.screen, upload, self._choices())
        except Refused:
            uploads.release(upload.token)
            raise
        uploads.tell(upload.token, {"run": run.id})
        uploads.drop()
        flash(imported(run), "success")
        return redirect(f"/{slug}/import/{run.id}", 303)

    # -- the pages -----------------------------------------------------------------------------------------
    def _upload_page(self, fault: str = "") -> Any:
        bounds = limits(db.session())
        runs = sa.select(ImportRun).where(ImportRun.screen == self.screen.slug).order_by(ImportRun.id.desc())
        return self.render(
            "engine/import.html",
            screen=self.screen,
            fault=fault,
            most=(bounds.rows, bounds.megabytes),
            moment=shown_moment,
            runs=db.session.scalars(runs.limit(MOST_RUNS)).all(),
        )

    def _columns_page(self, upload: uploads.Upload) -> Any:
        session, said = db.session(), uploads.find_wishes(upload.token)
        wishes = import_jobs.wishes_of(said)
        targets, note = targets_of(self.screen, viewer()), note_target(self.screen, viewer())
        grids = import_jobs.grids_of(session, upload, said)
        mapped = map_sheets(self.screen, grids, targets, note, wishes.given, upload.name, is_strict=False)
        filled = {target.path for one in mapped.sheets for target in one.targets}
        fills = ledger_of(self.screen.records).fills
        asked = [
            target
            for path, target in targets.items()
            if "." not in path and path not in filled and not target.is_extra and path not in fills
            and target.field.kind in ("ref", "choice")
            and not any(one.startswith(f"{path}.") for one in filled)
        ]  # fmt: skip
        return self.render(
            "engine/import_columns.html",
            screen=self.screen,
            upload=upload,
            sheets=[(one, columns_of(one, has_note=note is not None)) for one in mapped.sheets],
            ignored=mapped.ignored,
            targets=targets.values(),
            owner_label=_owner_label,
            has_note=note is not None,
            asked=asked,
            labels=labels,
            values=said.get("values") or {},
            spelling=spelling_of(upload.data, upload.name, import_jobs.spelling_in(said))
            if is_text(upload.data)
            else None,
            encodings=ENCODINGS,
            delimiters={sign: DELIMITER_NAMES[sign] for sign in DELIMITERS},
        )

    def _preview_page(self, upload: uploads.Upload) -> Any:
        plan, _shape = import_jobs.make_plan(self.screen, upload)
        return self.render(
            "engine/import_preview.html",
            screen=self.screen,
            preview=preview_of(plan, upload, self.screen.slug),
            most=MOST_FAULTS,
        )

    def _progress_page(self) -> Any:
        """Show how far the import is; the page asks again by itself, with or without JavaScript."""
        token = request.args["job"]
        state = uploads.state_of(token)
        if state is None:
            return redirect(f"/{self.screen.slug}/import", 303)
        if "run" in state:
            return redirect(f"/{self.screen.slug}/import/{state['run']}", 303)
        if "fault" in state:
            return make_response(self._upload_page(state["fault"]), UNREADABLE)
        answer = make_response(self.render("engine/import_progress.html", screen=self.screen, state=state))
        answer.headers["Refresh"] = "1"
        return answer


def shown_moment(moment: datetime) -> str:
    """Return a moment as lists show it."""
    return in_tokyo(moment).strftime("%Y-%m-%d %H:%M")


def _named(
    screens: Mapping[str, Screen], left: Sequence[tuple[str, int]]
) -> Iterator[tuple[Screen, int, str]]:
    """Name the records that were left, as far as this viewer may read their names."""
    for table in dict.fromkeys(table for table, _id in left if table in screens):
        ids = [record_id for name, record_id in left if name == table]
        texts = {one.id: one.text for one in named(screens[table].model, ids)}
        for record_id in ids:
            yield screens[table], record_id, texts.get(record_id) or f"#{record_id}"


def _owner_label(target: Target) -> str:
    """Say whose field it is when it is not the record's own."""
    screen = office().screen_of(target.model)
    return f"{screen.one} ・ " if target.owner and screen is not None else ""


def _workbook(data: bytes) -> Any:
    return send_file(
        io.BytesIO(data), XLSX, as_attachment=True, download_name=gettext("not imported") + ".xlsx", max_age=0
    )


def imported(run: ImportRun) -> str:
    """Say what was done and what was left out."""
    said = ngettext("Imported %(num)d row.", "Imported %(num)d rows.", run.new + run.changed)
    if run.errors:
        said += " " + ngettext("%(num)d row was not imported.", "%(num)d rows were not imported.", run.errors)
    return said
