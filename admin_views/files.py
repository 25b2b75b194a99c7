"""The screen of files: what is kept with all records, found by name; they are added on the page of their record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_views.accounts import RECORD
from admin_views.engine.attached import size_in_words
from admin_views.engine.office import office
from admin_views.engine.screen import Figure, Screen
from tomoiki.core.attachments import Attachment, has_thumbnail


def _sizes(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
    return {row["id"]: size_in_words(row["bytes"]) for row in rows}


def _pictures(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Markup]:
    return {row["id"]: _picture(row) for row in rows}


def _picture(row: Mapping[str, Any]) -> Markup:
    """Return the way to the file itself, with its small picture where that may be shown."""
    screen = office().screen_of_table(row["entity"])
    if screen is None:
        return Markup("")
    address = f"/{screen.slug}/{row['record_id']}/files/{row['id']}"
    small = Markup('<p><img class="rounded" src="{}/small" alt="" height="120"></p>').format(address)
    link = Markup('<a class="btn btn-line" href="{}">{}</a>').format(address, gettext("Open the file"))
    return (small if has_thumbnail(row["kind"], row["format"]) else Markup("")) + link


ATTACHMENTS = Screen(
    model=Attachment,
    slug="attachments",
    name=_("Files"),
    one=_("file"),
    icon="file",
    list=(("filename", "label"), "kind", "format", "entity"),
    filters=("kind", "entity", "record_id", "format"),
    figures=(
        replace(RECORD, name="record_id"),
        Figure("bytes", _("Size"), _sizes, reads=("bytes",)),
        Figure("file", _("File"), _pictures, "block", reads=("entity",), in_list=False),
    ),
    facts=("kind", "format", "entity"),
    form=("label", "kind"),
    note=_("Files are added on the page of the record that they belong to."),
    creates=False,
)
