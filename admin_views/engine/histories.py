"""A record's history tab: what changed, in sentences, without what the reader may not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_views.engine.attached import file_changes, file_ends
from admin_views.engine.detail import read_row
from admin_views.engine.filling import form_names
from admin_views.engine.lookup import named
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, office, viewer
from admin_views.engine.putting_back import may_put_back
from admin_views.engine.rows import name_in, record_named
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels, plain_text, separator
from admin_views.engine.ways import ways
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import Field, field_behind, fields_of
from tomoiki.core.history import REASON, Change, ChangeLog
from tomoiki.core.records import Listed
from tomoiki.core.saved_views import LOGGED, SavedView

MOST = 200


@dataclass(frozen=True)
class Sentence:
    """One field's change in words; a hidden field says only that it changed."""

    label: str
    old: str = ""
    new: str = ""
    is_hidden: bool = False

    @property
    def html(self) -> Markup:
        """Return the whole sentence, what was struck out and what came instead."""
        words = {
            "field": self.label,
            "old": Markup("<del>{}</del>").format(self.old),
            "new": Markup("<ins>{}</ins>").format(self.new),
        }
        if self.is_hidden:
            sentence = _("%(field)s: changed")
        elif not self.old:
            sentence = _("%(field)s: %(new)s")
        else:
            sentence = _("%(field)s: %(old)s → %(new)s") if self.new else _("%(field)s: %(old)s → —")
        return Markup(sentence) % words  # noqa: S704 - our own text; Markup escapes the words


@dataclass(frozen=True)
class FileSentence(Sentence):
    """A file that came or went: not a field that changed."""

    @property
    def html(self) -> Markup:
        """Return the whole sentence."""
        if self.new:
            sentence, name = _("File added: %(name)s"), Markup("<ins>{}</ins>").format(self.new)
        else:
            sentence, name = _("File deleted: %(name)s"), Markup("<del>{}</del>").format(self.old)
        return Markup(sentence) % {"name": name}  # noqa: S704 - our own text; Markup escapes the words


@dataclass(frozen=True)
class Entry:
    """One change: when, who, by which way, what."""

    day: date
    time: str
    who: str
    way: Markup
    action: str
    sentences: list[Sentence]
    put_back: str = ""  # where this change can be put back, or nothing


class HistoryPages(ScreenPages):
    """The route of the history tab; mixed into the engine's view."""

    @expose("/<key>/history")
    def history_view(self, key: str) -> Any:
        """Show what was done to a record, newest first."""
        row = self.read_row(key)
        entries = list(entries_of(db.session(), self.screen, row))
        return self.render(
            "engine/history.html", screen=self.screen, row=row, name=name_in(self.model, row), entries=entries
        )


def entries_of(session: Session, screen: Screen, row: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the record's changes; names of users by one query, of references by one a table."""
    table = screen.model.__tablename__
    rows = sa.select(ChangeLog).where(ChangeLog.entity == table, ChangeLog.record_id == row["id"])
    changes = list(session.scalars(rows.order_by(ChangeLog.id.desc()).limit(MOST)))
    files = file_changes(session, screen, row["id"], MOST)
    users = user_names(session, {change.user_id for change in (*changes, *files) if change.user_id})
    texts = _reference_texts(screen, changes)
    told = ways(session, [change.origin for change in (*changes, *files)])
    open_keys = _open_keys(screen, row, changes)
    for change in sorted((*changes, *files), key=lambda change: -change.id):
        local = in_tokyo(change.at)
        who = users.get(change.user_id or 0, _("System"))
        way, day, time = told[change.origin], local.date(), local.strftime("%H:%M")
        if change in files:
            yield Entry(day, time, who, way, Change.change, [FileSentence(_("File"), *file_ends(change))])
            continue
        sentences = list(_sentences(screen, change.diff, row, texts))
        address = f"/{screen.slug}/{row['id']}/put-back/{change.id}" if open_keys[change.id] else ""
        yield Entry(day, time, who, way, change.action, sentences, address)


def _open_keys(screen: Screen, row: Mapping[str, Any], changes: list[ChangeLog]) -> Mapping[int, set[str]]:
    """Return by change what of it she may put back: fields of her form that nobody changed since."""
    names, since, found = set(form_names(screen)) & row.keys(), set[str](), {}
    for change in changes:  # newest first
        keys = change.diff.keys() - since
        since |= keys
        may = bool(row.get("may.update")) and may_put_back(screen.model, change.action)
        found[change.id] = {
            key for key in keys if may and (field := field_behind(screen.model, key)) and field.name in names
        }
    return found


def changes_in_words(
    session: Session, table: str, record_id: int, diff: Mapping[str, list[Any]]
) -> list[Sentence]:
    """Return one change in sentences, for a reader of the whole log: only what she may see of the record itself.

    Of a record that is gone, or that she may not open, she sees what her role sees on every record.
    """
    if table == SavedView.__tablename__ and access().may_share_views(viewer()):
        return [
            Sentence(str(LOGGED[name]), _of_view(name, old), _of_view(name, new))
            for name, (old, new) in diff.items()
        ]
    screen = office().screen_of_table(table)
    if screen is None or not access().may(viewer(), "read", screen.model):
        return [Sentence(_("A hidden item"), is_hidden=True)] if diff else []
    row = read_row(screen, record_id) or {}
    if not row and access().scope(viewer(), screen.model) is not None:
        return [Sentence(_("A hidden item"), is_hidden=True)] if diff else []
    texts = _reference_texts(screen, [ChangeLog(diff=dict(diff))])
    return list(_sentences(screen, diff, row, texts))


def _of_view(name: str, value: Any) -> str:
    """Return what a saved view held, in words: its list and its role have names of their own."""
    if name == "screen" and value in office().screens:
        return str(office().screens[value].name)
    roles = fields_of(record_named("User"))["roles"].choices if name == "role" else None
    return labels(roles).get(value, "") if roles else value or ""


def user_names(session: Session, ids: set[int]) -> dict[int, str]:
    """Return the names of users, whoever asks: who did a thing is told to all who may read it."""
    user = record_named("User").__table__
    return (
        {
            row[0]: row[1]
            for row in session.execute(sa.select(user.c.id, user.c.name).where(user.c.id.in_(ids)))
        }
        if ids
        else {}
    )


def _reference_texts(screen: Screen, changes: list[ChangeLog]) -> dict[str, dict[int, str]]:
    found = {}
    for field in fields_of(screen.model).values():
        if field.kind not in ("ref", "refs"):
            continue
        key = f"{field.name}_id" if field.kind == "ref" else field.name
        ids = {
            i
            for change in changes
            for end in change.diff.get(key, ())
            for i in (end if isinstance(end, list) else [end])
            if i
        }
        if ids:
            found[field.name] = {one.id: one.text for one in named(record_named(field.target), sorted(ids))}
    return found


def _sentences(
    screen: Screen,
    diff: Mapping[str, list[Any]],
    row: Mapping[str, Any],
    texts: Mapping[str, Mapping[int, str]],
) -> Iterator[Sentence]:
    is_any_hidden = False
    for key, (old, new) in diff.items():
        if key == REASON:  # free words: for those who see the whole record
            is_hidden = access().fields(viewer(), screen.model) is not None
            yield Sentence(_("One step back, because"), "", "" if is_hidden else new, is_hidden)
            continue
        field = field_behind(screen.model, key)
        if field is None:
            continue
        label = str(screen.labels.get(field.name, field.label))
        if not _is_visible(screen.model, field.name, row):
            is_any_hidden = True
        elif field.secret or field.kind == "json":
            yield Sentence(label, is_hidden=True)
        else:
            known_texts = texts.get(field.name, {})
            yield Sentence(label, _words(field, old, known_texts), _words(field, new, known_texts))
    if is_any_hidden:  # said once: how many fields are filled is hidden too
        yield Sentence(_("A hidden item"), is_hidden=True)


def _is_visible(model: type[Listed], name: str, row: Mapping[str, Any]) -> bool:
    return name in row or access().sees(viewer(), model, name)


def _words(field: Field, value: Any, texts: Mapping[int, str]) -> str:
    if value in (None, "", []):
        return ""
    if field.kind == "ref":
        return texts.get(value, "…")
    if field.kind == "refs":
        return separator().join(texts.get(item, "…") for item in value)
    return plain_text(field, value)
