"""What commands over screens have in common: with whose eyes they see, and how they say no."""

from __future__ import annotations

from typing import NoReturn

import click
from flask import current_app
from flask_babel import gettext as _

from tomoiki.core.access import SYSTEM_VIEWER, Viewer
from tomoiki.core.actors import Actor, os_user

REFUSED = 2


def refuse(message: str) -> NoReturn:
    """End the command with these words and exit code 2."""
    click.echo(message, err=True)
    raise click.exceptions.Exit(REFUSED)


def person(email: str | None) -> tuple[Viewer, Actor]:
    """Return with whose eyes and in whose name the command acts: by default the system's, started by an OS user."""
    if email is None:
        by = f"system ({os_user()})"
        return SYSTEM_VIEWER, Actor(None, by, by, "command")
    find = current_app.extensions.get("tomoiki_viewer_of")
    found: tuple[Viewer, Actor] | None = find(email) if find else None
    if found is None:
        refuse(_("There is no user %(email)s who may log in.", email=email))
    return found
