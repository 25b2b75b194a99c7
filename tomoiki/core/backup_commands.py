"""`flask backup FILE`, `restore FILE` and `backup-passphrase`: what they ask, and what they say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from tomoiki.core import backups, checking
from tomoiki.core.backup_log import BY_COMMAND, faults, logged, readable_size, words_of
from tomoiki.core.nightly import set_passphrase
from tomoiki.core.schema import head, revision_and_tables

SHORT = 12  # letters; DOMAIN 10.11 asks as many of a password


def install(app: Flask) -> None:
    """Register the commands."""
    for command in (backup, restore, backup_passphrase):
        app.cli.add_command(command)


from_stdin = click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input.")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@from_stdin
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@with_appcontext
def backup(file: Path, passphrase_stdin: bool, force: bool) -> None:
    """Write database and keys into FILE, sealed with a passphrase, while people work; then open it again."""
    with _in_words():
        if (revision := revision_and_tables()[0]) is None:
            raise click.ClickException("There is no database yet, so nothing to back up.")
        if file.exists() and not force:  # said before anybody is asked for a passphrase
            raise backups.Exists(f"{file} is there already. Give another name, or --force to replace it.")
        passphrase = _passphrase(passphrase_stdin, confirm=True)
        if len(passphrase) < SHORT:
            click.echo(f"A passphrase of fewer than {SHORT} letters is easily guessed.", err=True)
        make = partial(backups.write_backup, file, passphrase, replace=force)
        has_log = revision == head()  # an older database has no table to write it down in
        made = logged(BY_COMMAND, datetime.now(UTC), file.absolute(), make) if has_log else make()
    size = f"{readable_size(made.bytes)}, {made.rows:,} rows, {made.seconds:.1f} s"
    click.echo(f"Done: {made.path}, {size}; opened again and found whole.")
    click.echo("Without its passphrase nobody can open it, not even we. Keep the two apart.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@from_stdin
@with_appcontext
def restore(file: Path, passphrase_stdin: bool) -> None:
    """Put database and keys of a backup into a new instance, bring them up to date and check them."""
    with _in_words():
        backups.refuse_data()
        described = backups.restore(file, _passphrase(passphrase_stdin, confirm=False))
        click.echo(
            f"Restored what was backed up at {described.made_at[:16]}Z: {sum(described.rows.values()):,} rows."
        )
        checking.report(list(checking.find()))


@click.command("backup-passphrase")
@from_stdin
@with_appcontext
def backup_passphrase(passphrase_stdin: bool) -> None:
    """Set the passphrase of the nightly backups; older ones still open with the one before."""
    with _in_words():
        click.echo(f"Kept in {set_passphrase(_passphrase(passphrase_stdin, confirm=True))}")


def _passphrase(from_stdin: bool, *, confirm: bool) -> str:
    if from_stdin:
        passphrase = sys.stdin.readline().rstrip("\r\n")
    else:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    if not passphrase:
        raise click.ClickException("The passphrase is empty.")
    return passphrase


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except faults() as fault:
        raise click.ClickException(words_of(fault)) from None
