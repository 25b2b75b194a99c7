"""`flask --app app serve`: schema, copy, setup address and port, with words instead of tracebacks."""

import os
import re
import resource
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
import sqlalchemy as sa
import waitress
from click.testing import Result
from flask import Flask

from tests.databases import Store
from tomoiki.core import schema, serving
from tomoiki.core.backups import read_backup
from tomoiki.core.database import db

PROJECT = Path(__file__).parents[1]
Serve = Callable[..., Result]


@pytest.fixture
def office(bare_app: Flask, database: Store) -> Flask:
    """An application that was just installed: its database is empty."""
    database.empty()
    serving.install(bare_app)
    return bare_app


@pytest.fixture
def serve(office: Flask, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Call the command; it ends at once where the real one would wait for requests."""

    class Server:
        def run(self) -> None:
            """Nobody comes."""

    monkeypatch.setattr(waitress, "create_server", lambda app, **options: Server())

    def call(**env: str) -> Result:
        return office.test_cli_runner().invoke(args=["serve"], env={"PORT": "0", **env})

    return call


def run_sql(office: Flask, statement: str) -> None:
    with office.app_context(), db.engine.connect().execution_options(write=True) as connection:
        connection.execute(sa.text(statement))
        connection.commit()


def copies(office: Flask) -> list[Path]:
    return list(Path(office.instance_path).glob("backups/*"))


# -- schema --------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_the_first_start_makes_the_tables_and_says_where_to_go(office: Flask, serve: Serve) -> None:
    answer = serve()

    assert answer.exit_code == 0, answer.output
    assert re.fullmatch(r"(?:Schema is now at \d{4} .*\n)+http://127\.0\.0\.1:\d+\n", answer.output)
    with office.app_context():
        assert db.session.scalar(sa.text("SELECT code FROM fund")) == "GENERAL"
    assert copies(office) == []


@pytest.mark.storage
def test_the_second_start_has_nothing_to_do(office: Flask, serve: Serve) -> None:
    serve()

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+\n", serve().output)


@pytest.mark.storage
def test_before_a_migration_there_is_a_backup(office: Flask, serve: Serve, tmp_path: Path) -> None:
    with office.app_context():
        schema.upgrade("0001")
        run_sql(office, "UPDATE fund SET name = 'kept'")

    answer = serve()

    (copy,) = copies(office)
    assert f"Backed up the database to {copy}\n" in answer.output
    assert re.fullmatch(r"before-\d{4}-\d{8}T\d{6}Z\.backup", copy.name)
    assert copy.stat().st_mode & 0o777 == 0o600
    passphrase = (Path(office.instance_path) / "backup-passphrase").read_text()
    described = read_backup(copy, passphrase, tmp_path / "opened.db")
    assert described.revision == "0001"
    with closing(sqlite3.connect(tmp_path / "opened.db")) as connection:
        assert connection.execute("SELECT name FROM fund").fetchall() == [("kept",)]


def test_without_a_backup_nothing_is_migrated(office: Flask, serve: Serve) -> None:
    with office.app_context():
        schema.upgrade("0001")
    (Path(office.instance_path) / "backups").write_text("in the way")

    answer = serve()

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: No backup could be made, so nothing was changed. ")
    with office.app_context():
        assert schema.revision_and_tables()[0] == "0001"


def test_the_database_of_a_newer_version_is_left_alone(office: Flask, serve: Serve) -> None:
    serve()
    run_sql(office, "UPDATE alembic_version SET version_num = '9999'")

    answer = serve()

    assert answer.exit_code == 1
    assert answer.output == "Error: The database comes from a newer tomoiki (schema 9999). Start that one.\n"
    assert copies(office) == []


def test_a_database_that_cannot_be_opened_is_named_without_its_password(
    make_bare: Callable[[str], Flask],
) -> None:
    office = make_bare("postgresql+psycopg://office:hidden@127.0.0.1:1/tomoiki")

    with office.app_context(), pytest.raises(click.ClickException) as refused:
        serving.bring_up_to_date(office)

    assert refused.value.message.startswith("The database cannot be opened")
    assert "hidden" not in refused.value.message


@pytest.fixture
def make_bare() -> Iterator[Callable[[str], Flask]]:
    made: list[Flask] = []

    def make(url: str) -> Flask:
        app = Flask("elsewhere", static_folder=None)
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        db.init_app(app)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


# -- first user ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "says"),
    [("http://127.0.0.1:8000/setup?token=x", True), (None, False)],
    ids=["none yet", "some"],
)
def test_while_there_is_no_user_it_says_where_to_make_one(
    office: Flask, serve: Serve, address: str | None, says: bool
) -> None:
    office.extensions["tomoiki_setup_address"] = lambda: address

    assert (f"Make the first one here: {address}\n" in serve().output) is says


# -- port ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("port", ["http", "80a", "-1", "65536", "８０", "1.5"])
def test_a_bad_port_is_refused_in_words(serve: Serve, port: str) -> None:
    answer = serve(PORT=port)

    assert answer.exit_code == 1
    assert answer.output == f"Error: PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_a_busy_port_is_refused_in_words(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = serve(PORT=str(port))

    assert answer.exit_code == 1
    assert f"\nError: Cannot listen on 127.0.0.1, port {port}: " in answer.output


@pytest.mark.parametrize("host", ["192.0.2.1", "no host"])
def test_a_host_that_is_not_this_machine_is_refused_in_words(serve: Serve, host: str) -> None:
    answer = serve(HOST=host)

    assert answer.exit_code == 1
    assert f"\nError: Cannot listen on {host}, port 0: " in answer.output


def test_an_address_of_ipv6_is_shown_as_browsers_want_it(serve: Serve) -> None:
    assert re.search(r"^http://\[::1\]:\d+$", serve(HOST="::1").output, re.MULTILINE)


# -- the whole program ---------------------------------------------------------------------------------------
@contextmanager
def started(instance: Path) -> Iterator[list[str]]:
    """Start the real program on a free port; yield what it says, its address last, once it listens."""
    env = {**os.environ, "TOMOIKI_INSTANCE": str(instance), "PORT": "0", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if re.fullmatch(r"http://127\.0\.0\.1:\d+", lines[-1]):
                break
        else:
            pytest.fail("\n".join(lines))
        yield lines
    finally:
        process.terminate()
        process.communicate()


def test_the_first_start_asks_for_an_administrator_and_the_second_is_quick(tmp_path: Path) -> None:
    with started(tmp_path) as said:
        assert any("/setup?token=" in line for line in said)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    with started(tmp_path) as said, urlopen(f"{said[-1]}/login") as page:  # noqa: S310 - our own address
        assert page.status == 200

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Two seconds for the office, twice that for a slow machine; of the processor, as others may use it too.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 4
