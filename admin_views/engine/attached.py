"""Files of a record: their part of its detail page, and the routes that take and give them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, send_file
from flask_admin import expose
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.arguments import parse_id
from admin_views.engine.filling import stands_outside
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import is_opened, params
from admin_views.engine.screen import Screen
from admin_views.engine.values import label
from tomoiki.core.attachments import (
    Attachment,
    AttachmentKind,
    Content,
    FileFormat,
    Ready,
    attach,
    has_thumbnail,
    make_ready,
)
from tomoiki.core.database import db, in_write
from tomoiki.core.dates import in_tokyo, today
from tomoiki.core.file_types import ACCEPTED, TEXT, charset_of, safe_name, type_of
from tomoiki.core.history import Change, ChangeLog, log_access
from tomoiki.core.reading import BadInput
from tomoiki.core.wordings import chooseable

MOST = 50  # files that one page shows
KB = 1024
WITHOUT_RIGHTS = "default-src 'none'; sandbox"
MY_NUMBER = lazy_gettext(
    "Cover the My Number (個人番号) on a copy of a residence card, tick that you did, and send it again."
)


def _kinds() -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in chooseable(AttachmentKind, today())]


@dataclass(frozen=True)
class Shown:
    """A file as a line of the page."""

    id: int
    name: str
    about: str
    day: str
    has_thumbnail: bool


@dataclass(frozen=True)
class Refusal:
    """A file that was not taken, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Files:
    """The files of one record: those that she may see, how many there are, and whether she may add some."""

    address: str
    files: Sequence[Shown]
    count: int
    may_add: bool
    kind: str
    most_mb: str
    refused: Sequence[Refusal] = ()
    all: str = ""
    accepted: str = ACCEPTED
    kinds: Sequence[tuple[str, str]] = field(default_factory=_kinds)


def files_of(screen: Screen, key: int, kind: str = "", refused: Sequence[Refusal] = ()) -> Files | None:
    """Return the files of a record; None where her roles have nothing to do with files of such records.

    A record that opened to her by a reason alone shows none: each file has its own story.
    """
    may, who, table = access(), viewer(), screen.model.__tablename__
    if not may.may_hang(who, "read", Attachment, table) or is_opened(screen.model, key):
        return None
    statement = office().kept.get(seen_alike("files"), _of_record)
    rows = db.session.execute(statement, params() | {"table": table, "key": key}).all()
    may_add = may.may_hang(who, "create", Attachment, table)
    count = rows[0].in_all if rows else 0
    return Files(
        f"/{screen.slug}/{key}/files",
        [_shown(row) for row in rows],
        count,
        may_add,
        kind or screen.paper,
        office().setting(db.session(), "file_max_mb") if may_add else "",
        refused,
        f"/attachments/?entity={table}&record_id={key}" if count > len(rows) else "",
    )


def _of_record() -> sa.Select[Any]:
    file, scope = Attachment.__table__, access().scope(viewer(), Attachment)
    columns = (file.c[name] for name in ("id", "filename", "kind", "label", "format", "bytes", "created_at"))
    here = (
        file.c.entity == sa.bindparam("table", type_=sa.String),
        file.c.record_id == sa.bindparam("key", type_=sa.Integer),
    )
    statement = sa.select(*columns, sa.func.count().over().label("in_all")).where(*here)
    statement = statement.where(scope) if scope is not None else statement
    return statement.order_by(file.c.id.desc()).limit(MOST)


def _shown(row: Any) -> Shown:
    parts = [label(AttachmentKind, row.kind), label(FileFormat, row.format), size_in_words(row.bytes)]
    parts += [row.filename] if row.label else []
    day = in_tokyo(row.created_at).date().isoformat()
    is_shown = has_thumbnail(row.kind, row.format)
    return Shown(row.id, row.label or row.filename, " ・ ".join(parts), day, is_shown)


def size_in_words(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / KB / KB:.1f} MB" if count >= KB * KB else f"{max(1, round(count / KB))} KB"


def file_changes(session: Session, screen: Screen, key: int, most: int) -> list[ChangeLog]:
    """Return the log of files that came to this record or went, as far as she may see them; newest first.

    A file that is gone has no rows to be asked for: it is told to those who see every file of such records.
    """
    may, who, table = access(), viewer(), screen.model.__tablename__
    if not may.may_hang(who, "read", Attachment, table) or is_opened(screen.model, key):
        return []
    scope = may.scope(who, Attachment)
    here = sa.select(Attachment.id).where(Attachment.entity == table, Attachment.record_id == key)
    of_file = ChangeLog.entity == Attachment.__tablename__
    came = sa.and_(
        ChangeLog.action == Change.create,
        ChangeLog.record_id.in_(here if scope is None else here.where(scope)),
    )
    went = sa.and_(
        ChangeLog.action == Change.delete,
        ChangeLog.diff[("entity", 0)].as_string() == table,
        ChangeLog.diff[("record_id", 0)].as_integer() == key,
    )
    may_delete = may.may_hang(who, "delete", Attachment, table)
    rows = sa.select(ChangeLog).where(of_file, sa.or_(came, went) if may_delete else came)
    return list(session.scalars(rows.order_by(ChangeLog.id.desc()).limit(most), params()))


def file_ends(change: ChangeLog) -> tuple[str, str]:
    """Return the name of a file before and after a change that brought it or took it away."""
    old, new = change.diff.get("filename", ["", ""])
    return old or "", new or ""


class FilePages(ScreenPages):
    """The routes of a record's files; mixed into the engine's view."""

    @expose("/<key>/files", methods=("GET", "POST"))
    def upload_view(self, key: str) -> Any:
        """Take one or more files; what is refused is told in words, the rest is kept."""
        row = self.read_row(key)
        table, record_id = self.model.__tablename__, int(row["id"])
        if request.method == "GET":  # where a refusal stood, after the language was changed
            return redirect(f"/{self.screen.slug}/{record_id}#files")
        if is_opened(self.model, record_id):
            self.refuse(record_id, 403)
        kind = request.form.get("kind", "")
        if kind not in dict(_kinds()):
            kind = self.screen.paper
        if kind == AttachmentKind.residence_card and not request.form.get("covered"):
            looked_at: _LookedAt = [], [Refusal("", str(MY_NUMBER))]
        else:
            looked_at = _looked_at(int(office().setting(db.session(), "file_max_mb")))
        ready, refused = looked_at
        if not (ready or refused):
            refused.append(Refusal("", _("Choose a file first.")))
        kept = in_write(lambda: _keep(db.session(), ready, (table, record_id, kind), refused)) if ready else 0
        if kept:
            flash(ngettext("%(num)d file was kept.", "%(num)d files were kept.", kept), "success")
        if not refused:
            return redirect(f"/{self.screen.slug}/{record_id}#files", 303)
        return self.show_refused(self.read_row(key), files_of(self.screen, record_id, kind, refused))

    @expose("/<key>/files/<file>")
    def file_view(self, key: str, file: str) -> Any:
        """Give a file: pictures to look at, all else to keep; that it was given is written down."""
        found, record_id = self._find_file(key, file)
        content = db.session.get(Content, found.id) or abort(404)
        kind, data = type_of(found.format), content.data
        log_access("download", self.model.__tablename__, record_id, f"#{found.id}")
        media_type = kind.media_type
        if kind is TEXT:
            media_type = f"text/plain; charset={charset_of(data) or 'utf-8'}"
        return _sent(data, media_type, found.filename, inline=kind.is_picture)

    @expose("/<key>/files/<file>/small")
    def thumbnail_view(self, key: str, file: str) -> Any:
        """Give the small picture of a file."""
        found, _record_id = self._find_file(key, file)
        thumbnail = db.session.scalar(sa.select(Content.thumbnail).where(Content.id == found.id))
        if thumbnail is None or not has_thumbnail(found.kind, found.format):
            abort(404)
        return _sent(thumbnail, "image/jpeg", "small.jpg", inline=True)

    def _find_file(self, key: str, file: str) -> tuple[Attachment, int]:
        """Return a file of this record that she may see, or end the page."""
        record_id = int(self.read_row(key)["id"])
        scope = access().scope(viewer(), Attachment)
        wanted = sa.select(Attachment).where(
            Attachment.id == (parse_id(file) or 0),
            Attachment.entity == self.model.__tablename__,
            Attachment.record_id == record_id,
            *([] if scope is None else [scope]),
        )
        found = db.session.scalar(wanted, params())
        if found is None or is_opened(self.model, record_id):
            self.refuse(record_id, 404)
        return found, record_id


_LookedAt = tuple[list[Ready], list[Refusal]]


def _looked_at(most_mb: int) -> _LookedAt:
    """Return the files of the request that are good, and those that are not, with the reasons."""
    good, bad = [], []
    for sent in request.files.getlist("files"):
        with closing(sent):
            name, data = sent.filename or "", sent.stream.read()
        if not (name or data):
            continue  # an empty control
        try:
            good.append(make_ready(name, data, most_mb))
        except BadInput as fault:
            bad.append(Refusal(safe_name(name, TEXT).removesuffix(".txt"), str(fault.message)))
    return good, bad


def _keep(
    session: Session, ready: Sequence[Ready], where: tuple[str, int, str], refused: list[Refusal]
) -> int:
    """Hang the files on the record; the same bytes twice, as a second click sends them, are kept once."""
    table, record_id, kind = where
    kept = 0
    for one in ready:
        if reason := _double(session, one, table, record_id):
            refused.append(Refusal(one.filename, str(reason)))
            continue
        with session.begin_nested() as point:
            file = attach(session, one, table, record_id, kind)
            if faults := stands_outside(file, "create"):
                refused.append(Refusal(one.filename, str(faults[0].message)))
                point.rollback()
            else:
                kept += 1
    return kept


def _double(session: Session, ready: Ready, table: str, record_id: int) -> LazyString | str:
    alike = sa.select(Attachment.id).where(
        Attachment.entity == table, Attachment.record_id == record_id, Attachment.sha256 == ready.sha256
    )
    return "" if session.scalar(alike.limit(1)) is None else _("The very same file is here already.")


def _sent(data: bytes, media_type: str, name: str, *, inline: bool) -> Any:
    answer = send_file(
        io.BytesIO(data), media_type, as_attachment=not inline, download_name=name, max_age=0, etag=False
    )
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Security-Policy"] = WITHOUT_RIGHTS
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
