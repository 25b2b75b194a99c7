"""The export page: asks for the purpose where personal data would leave, writes it down, and sends the file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, make_response, request
from flask_admin import expose
from sqlalchemy import ColumnElement

from admin_views.engine.arguments import Arguments, parse_id, read_arguments
from admin_views.engine.export_files import (
    CP932,
    UTF8,
    DoesNotFit,
    file_name,
    utf8_parts,
    write_file,
)
from admin_views.engine.exporting import (
    Export,
    count_rows,
    exportable_rows,
    holds_personal_data,
    log_leaving,
    plan_export,
)
from admin_views.engine.listing import asked_rows, export_address
from admin_views.engine.mixin import ScreenPages
from tomoiki.core.dates import today
from tomoiki.core.tables import Refused

PURPOSE_LENGTH = 200
UNREADABLE = 422
PART = 2**16
STALE_SECONDS = 24 * 60 * 60
TYPES = {
    "csv": "text/csv; charset={}",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportPages(ScreenPages):
    """The route of exporting; mixed into the engine's view. It takes the writers' lock for the log's row alone."""

    @expose("/export.<any(csv,xlsx):kind>", methods=("GET", "POST"))
    def export(self, kind: str) -> Any:
        """Ask for the purpose, or send all pages of the list as a file."""
        asked = read_arguments(self.screen, request.args)
        asked.ids = tuple(key for text in request.form.getlist("id") if (key := parse_id(text)))
        return self.send(asked, kind)

    def send(self, asked: Arguments, kind: str) -> Any:
        """Ask for the purpose, or send the rows."""
        purpose = " ".join(request.form.get("purpose", "").split())[:PURPOSE_LENGTH]
        if holds_personal_data(self.screen) and not purpose:
            return self._ask(
                kind,
                asked,
                missing="purpose" in request.form or (request.method == "POST" and "do" not in request.form),
            )
        try:
            return _answer(plan_export(self.screen, asked), kind, purpose)
        except DoesNotFit as fault:
            return self._refuse(asked, fault=fault)
        except Refused as fault:
            return self._refuse(asked, words=fault.message)

    def _refuse(self, asked: Arguments, **why: Any) -> Any:
        """Say why nothing leaves, and offer the file that holds everything."""
        other = export_address(self.screen, asked, "csv")
        page = self.render("engine/export_refused.html", screen=self.screen, other=other, **why)
        return make_response(page, UNREADABLE)

    def _ask(self, kind: str, asked: Arguments, *, missing: bool) -> Any:
        count = self._count(exportable_rows(self.screen, asked))
        page = self.render(
            "engine/export.html",
            screen=self.screen,
            kind=kind,
            encoding=_encoding(kind),
            asked=asked,
            action=export_address(self.screen, asked, kind),
            count=count,
            kept_back=self._count(asked_rows(self.screen, asked)) - count,
            missing=missing,
            most=PURPOSE_LENGTH,
        )
        return make_response(page, UNREADABLE if missing else 200)

    def _count(self, where: list[ColumnElement[bool]]) -> int:
        return count_rows(self.screen, where)


def _encoding(kind: str) -> str:
    """Return how a CSV file is asked to be written; an unknown wish is no reason for an error."""
    return CP932 if kind == "csv" and request.values.get("encoding") == CP932 else UTF8


def _answer(export: Export, kind: str, purpose: str) -> Response:
    """Write down what leaves, then send it: UTF-8 while it is read, anything else once it is known to fit."""
    encoding = _encoding(kind)
    if kind == "csv" and encoding == UTF8:
        log_leaving(export, kind, purpose)
        answer = Response(utf8_parts(export))
    else:
        answer = _whole(export, kind, encoding)
        log_leaving(export, kind, purpose)
    name, plain_name = file_name(export, kind, today())
    answer.headers["Content-Type"] = TYPES[kind].format("Shift_JIS" if encoding == CP932 else UTF8)
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _whole(export: Export, kind: str, encoding: str) -> Response:
    """Return a file that is written before the first byte is sent, and gone after the last."""
    folder = _folder()
    try:
        path = Path(folder.name) / f"export.{kind}"
        write_file(export, path, kind, encoding)
        answer = Response(_parts(path))
        answer.content_length = path.stat().st_size
        answer.call_on_close(folder.cleanup)
    except BaseException:
        folder.cleanup()
        raise
    return answer


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part


def _folder() -> TemporaryDirectory[str]:
    """Return a new folder that only this program may look into; what a crash has left is cleared away."""
    home = Path(current_app.instance_path)
    for left in home.glob("export-*"):
        if left.stat().st_mtime < time.time() - STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return TemporaryDirectory(prefix="export-", dir=home)
