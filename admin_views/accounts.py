"""Screens of the administrator: users and settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_views.engine.histories import changes_in_words
from admin_views.engine.office import access, office, viewer
from admin_views.engine.putting_back import put_back_address
from admin_views.engine.screen import Action, Figure, Link, Screen
from admin_views.engine.values import plain_text
from admin_views.engine.ways import ways
from admin_views.menus import OFFICE
from tomoiki.accounts.invitations import invite
from tomoiki.accounts.models import OfficeChoice, Setting, User
from tomoiki.accounts.settings import field_of, kind_of
from tomoiki.core.history import AccessLog, ChangeLog


def _invite(session: Session, user: User) -> str:
    address = f"{request.host_url}invitation/{invite(session, user)}"
    return gettext(
        "Copy this link and send it to the person. It works once, for 48 hours: %(link)s", link=address
    )


USERS = Screen(
    model=User,
    slug="users",
    name=_("Users"),
    one=_("user"),
    menu=OFFICE,
    icon="people",
    list=(("name", "email"), "roles", "active", "language"),
    filters=("roles", "active"),
    sort="name",
    facts=("email", "roles", "active", "language"),
    form=(("name", "email"), "roles", "active", "language"),
    links=(
        Link(_("Who may do what"), "/permissions", "lock"),
        Link(_("The last hour of a user"), "/last-hour", "undo"),
    ),
    actions=(Action("invite", _("Make an invitation link"), _invite, icon="link"),),
    importable=(),  # whoever may enter is let in one by one
    deletes=False,
)


def _in_force(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
    found = {}
    for row in rows:
        field, value = field_of(row["key"]), row.get("value") or kind_of(row["key"]).default
        found[row["id"]] = f"{plain_text(field, value)} {field.unit or ''}".strip() if value else "—"
    return found


SETTINGS = Screen(
    model=Setting,
    slug="settings",
    name=_("Settings"),
    one=_("setting"),
    menu=OFFICE,
    icon="gear",
    list=("key",),
    sort="id",
    figures=(Figure("in_force", _("In force"), _in_force, needs="value", reads=("value",)),),
    form=("value",),
    creates=False,
    deletes=False,
)

CHOICES = Screen(
    model=OfficeChoice,
    slug="choices",
    name=_("Lists and their words"),
    one=_("word"),
    menu=OFFICE,
    icon="book",
    list=("list", ("ja", "code"), "vi", "en", "sort", "active", "valid_to"),
    phone=("vi", "en", "sort"),
    filters=("list", "active", "valid_to"),
    sort="id",
    facts=("list", "code", ("vi", "en"), "active", ("valid_from", "valid_to")),
    form=(("list", "code"), ("ja", "vi", "en"), ("sort", "valid_from", "valid_to"), "active"),
    links=(Link(_("All lists with their codes"), "/vocabularies", "book"),),
)


def _records(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Markup]:
    return {row["id"]: _record(row) for row in rows if row.get("record_id")}


def _record(row: Mapping[str, Any]) -> Markup:
    """Return the way to the record: its number alone, for the log is read by who may not know its name."""
    screen, number = office().screen_of_table(row["entity"]), row["record_id"]
    if screen is None or not access().may(viewer(), "read", screen.model):
        return Markup("#{}").format(number)
    return Markup('<a href="/{}/{}">#{}</a>').format(screen.slug, number, number)


def _changes(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Markup]:
    return {row["id"]: Markup("").join(_lines(session, row)) for row in rows}


def _lines(session: Session, row: Mapping[str, Any]) -> Iterator[Markup]:
    for one in changes_in_words(session, row["entity"], row["record_id"], row["diff"]):
        yield Markup("<p>{}</p>").format(one.html)
    if address := put_back_address(row["entity"], row["record_id"], row["action"], row["id"]):
        yield Markup('<p class="mt-3"><a class="btn btn-line btn-sm" href="{}">{}</a></p>').format(
            address, gettext("Put this change back")
        )


def _ways(session: Session, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Markup]:
    found = ways(session, [row["origin"] for row in rows])
    return {row["id"]: found[row["origin"]] for row in rows}


RECORD = Figure("record", _("The record"), _records, reads=("entity", "record_id"))

CHANGE_LOG = Screen(
    model=ChangeLog,
    slug="change-log",
    name=_("Change log"),
    one=_("change"),
    menu=OFFICE,
    icon="history",
    list=("at", "user", "action", "entity"),
    filters=("user", "entity", "action", "record_id", "at"),
    sort="-at",
    groups=("action", "at"),
    figures=(
        RECORD,
        Figure("origin", _("Way"), _ways, reads=("origin",)),
        Figure("diff", _("Changes"), _changes, "block", in_list=False),
    ),
    facts=("at", "user", ("entity", "address")),
    creates=False,
    deletes=False,
)

ACCESS_LOG = Screen(
    model=AccessLog,
    slug="access-log",
    name=_("Access log"),
    one=_("look"),
    menu=OFFICE,
    icon="lock",
    list=("at", "user", "action", "entity", "detail"),
    filters=("user", "entity", "action", "record_id", "at"),
    sort="-at",
    groups=("action", "at"),
    figures=(RECORD,),
    facts=("at", "user", "entity", "address"),
    creates=False,
    deletes=False,
)
