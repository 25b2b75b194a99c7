"""Screens of the administrator: users and settings."""

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine.screen import Action, Screen
from admin_views.menus import OFFICE
from tomoiki.accounts.invitations import invite
from tomoiki.accounts.models import Setting, User


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
    actions=(Action("invite", _("Make an invitation link"), _invite, icon="link"),),
    importable=(),  # whoever may enter is let in one by one
    deletes=False,
)

SETTINGS = Screen(
    model=Setting,
    slug="settings",
    name=_("Settings"),
    one=_("setting"),
    menu=OFFICE,
    icon="gear",
    list=("key", "value"),
    sort="id",
    form=("value",),
    creates=False,
    deletes=False,
)
