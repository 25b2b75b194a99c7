"""Commands about the schema: `flask --app app db …`."""

import click
from flask import Flask
from flask.cli import AppGroup

from tomoiki.core import schema

commands = AppGroup("db", help="The schema of the database.", short_help="The schema of the database.")


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(commands)


@commands.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to REVISION, by default to the program's."""
    schema.upgrade(revision)


@commands.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Bring the database back to REVISION, by default by one."""
    schema.downgrade(revision)


@commands.command()
def current() -> None:
    """Say where the database stands."""
    click.echo(schema.revision_and_tables()[0] or "nothing")


@commands.command()
@click.option("-m", "--message", required=True, help="Why, in a sentence.")
@click.option("--rev-id", required=True, help="The next number, of four digits.")
def migrate(message: str, rev_id: str) -> None:
    """Write a migration from what the models have changed."""
    from alembic import command  # noqa: PLC0415 - see schema.py

    command.revision(schema.configuration(), message, autogenerate=True, rev_id=rev_id)
