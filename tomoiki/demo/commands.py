"""The command `demo`: fills an empty database with made-up records and shows the users' passwords once."""

from datetime import datetime

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_security import hash_password
from sqlalchemy.orm import Session

from tomoiki.core.actors import SYSTEM, acting
from tomoiki.core.database import db, in_write
from tomoiki.core.dates import today
from tomoiki.demo.office import MadeOffice, OfficeInUse, build_office

LARGEST_SCALE = 1000


def install(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(demo)


@click.command("demo")
@click.option("--scale", type=click.IntRange(1, LARGEST_SCALE), default=1, help="Times the usual amount.")
@click.option("--today", "day", type=click.DateTime(["%Y-%m-%d"]), help="The demo's day; by default today.")
@with_appcontext
def demo(scale: int, day: datetime | None) -> None:
    """Fill an empty database with three fiscal years of made-up records."""
    on = day.date() if day else today()
    try:
        with acting(SYSTEM):
            made = in_write(lambda: build_office(db.session(), on, hash_password, scale))
    except OfficeInUse:
        raise click.ClickException("The database is in use. Demo data goes into an empty one only.") from None
    _report(made)


def begin(session: Session) -> None:
    """Fill the office of somebody who wants to try it first; the demo's users get in by an invitation."""
    build_office(session, today(), hash_password)


def _report(made: MadeOffice) -> None:
    for table, count in made.counts.items():
        click.echo(f"{table:20} {count:>9,}")
    if made.passwords:
        click.echo("\nUsers of the demo. Their passwords are shown only now:")
    for email, password in made.passwords.items():
        click.echo(f"  {email:26} {password}")
