"""Starting for the office: bring the schema up to date, say where to go, and answer until told to stop."""

import gc
import os
import socket
from datetime import UTC, datetime

import click
import sqlalchemy as sa
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext

from tomoiki.core import nightly, schema
from tomoiki.core.backup_log import faults, words_of
from tomoiki.core.backups import write_backup

THREADS = 8
MOST_UNSENT = 2**20  # an export waits for a slow line here; by default 16 MB would pile up in memory
LAST_PORT = 65535


def install(app: Flask) -> None:
    """Register the command `serve`."""
    app.cli.add_command(serve)


@click.command()
@with_appcontext
def serve() -> None:
    """Bring the schema up to date and answer on HOST and PORT (by default 127.0.0.1, 8000)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way to the real object
    port = read_port(os.environ.get("PORT") or "8000")
    bring_up_to_date(app)
    if address := setup_address(app):
        click.echo(f"No user exists yet. Make the first one here: {address}")
    run_server(app, os.environ.get("HOST") or "127.0.0.1", port)


def read_port(text: str) -> int:
    """Return PORT as a number; 0 takes any free one."""
    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_PORT):
        raise click.ClickException(f"PORT must be a number from 1 to {LAST_PORT}, not {text!r}.")
    return int(text)


def bring_up_to_date(app: Flask) -> None:
    """Migrate the schema if it is behind, after a backup of what was there."""
    try:
        current, _tables = schema.revision_and_tables()
    except sa.exc.OperationalError as error:
        raise click.ClickException(f"The database cannot be opened: {error.orig}") from None
    if current == schema.head():
        return
    if not schema.is_known(current):
        raise click.ClickException(
            f"The database comes from a newer tomoiki (schema {current}). Start that one."
        )
    if current is not None:
        _back_up_before(schema.head())
    schema.upgrade()


def _back_up_before(revision: str) -> None:
    name = f"before-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    try:
        made = write_backup(nightly.backups_folder() / name, nightly.nightly_passphrase())
    except faults() as fault:
        raise click.ClickException(
            f"No backup could be made, so nothing was changed. {words_of(fault)}"
        ) from None
    click.echo(f"Backed up the database to {made.path}")


def setup_address(app: Flask) -> str | None:
    """Return where the first user is made, if there is none; accounts tell, which core must not import."""
    find = app.extensions.get("tomoiki_setup_address")
    return find() if find else None


def run_server(app: Flask, host: str, port: int) -> None:
    """Listen, say where, and answer until interrupted."""
    is_ipv6 = ":" in host
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if is_ipv6 else socket.AF_INET)
    except OSError as error:
        words = f"Cannot listen on {host}, port {port}: {error.strerror}."
        raise click.ClickException(f"{words} Is it running already? Else set another PORT or HOST.") from None
    with listener:
        server = waitress.create_server(
            app,
            sockets=[listener],
            threads=THREADS,
            outbuf_high_watermark=MOST_UNSENT,
            outbuf_overflow=2 * MOST_UNSENT,  # or a part of an export would take the way over a file
        )
        click.echo(f"http://{f'[{host}]' if is_ipv6 else host}:{listener.getsockname()[1]}")
        gc.freeze()  # the program itself is never garbage: no request waits until it has been looked through
        with nightly.nightly(app):
            server.run()
