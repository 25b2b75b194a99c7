"""`flask users …`: add a user and see who there is, without a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale

from tomoiki.accounts.invitations import invitation_address, invite
from tomoiki.accounts.models import Role, User
from tomoiki.accounts.services import add_user
from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.core.actors import Actor, acting, os_user
from tomoiki.core.database import db, in_write
from tomoiki.core.reading import BadInput

ROLES = [role.value for role in Role]
users = AppGroup("users", help="Users and their roles.")


def install(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(users)


@users.command("add")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--name", help="Without it the part of the address before the @.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, roles: tuple[str, ...], name: str | None, password_stdin: bool) -> None:
    """Add the user EMAIL; without a password print a link by which she sets one."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    def save() -> tuple[str, str | None]:
        language = get_setting(db.session(), SettingKey.language)
        user = add_user(db.session(), email, name or email.partition("@")[0], roles, password, language)
        return user.email, None if password_stdin else invite(db.session(), user)

    address, token = _in_words(save)
    click.echo(f"Added {address} ({', '.join(roles)}).")
    if token:
        click.echo(f"The password is set here, once and within 48 hours: {invitation_address(token)}")


def _in_words(save: Callable[[], tuple[str, str | None]]) -> tuple[str, str | None]:
    """Do the work as the system; a refusal becomes one line and a failing exit code."""
    with acting(Actor(None, "system", f"os:{os_user()}"[:60], "command")), force_locale("en"):
        try:
            return in_write(save)
        except BadInput as fault:
            raise click.ClickException(str(fault.message)) from None
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            raise click.ClickException("The database is not ready. Run: flask --app app db upgrade") from None


@users.command("list")
def list_users() -> None:
    """Print every user: address, name, roles, and what keeps her out."""
    for user in db.session.scalars(sa.select(User).order_by(User.email)):
        remarks = ["" if user.active else "deactivated", "" if user.password else "invited"]
        remarks += ["second factor" if user.tf_primary_method else ""]
        click.echo("\t".join([user.email, user.name, ", ".join(sorted(user.roles)), *filter(None, remarks)]))
