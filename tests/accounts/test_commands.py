"""`flask users …` says what it did, and what it could not do."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.accounts.conftest import log_in
from tests.databases import PASSWORD
from tomoiki.accounts.models import User
from tomoiki.core.database import db
from tomoiki.core.history import ChangeLog

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *words, typed=None: runner.invoke(args=["users", *words], input=typed)


def test_a_user_is_added_with_a_password(run: Run, app: Flask) -> None:
    result = run(
        "add", "Hoa@example.org", "--role", "caseworker", "--role", "treasurer", "--name", "Trần Thị Hoa",
        "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip

    assert (result.exit_code, result.output) == (0, "Added hoa@example.org (caseworker, treasurer).\n")
    client = app.test_client()
    log_in(client, "hoa", PASSWORD)
    assert client.get("/").json["roles"] == ["caseworker", "treasurer"]


def test_without_a_password_there_is_a_link(run: Run, app: Flask) -> None:
    result = run("add", "hoa@example.org", "--role", "auditor")

    assert result.exit_code == 0
    link = re.search(r"http://127.0.0.1:8000(/invitation/\S+)", result.output)
    assert link
    assert app.test_client().get(link[1]).status_code == 200


def test_the_name_is_that_of_the_address_unless_given(run: Run, app: Flask) -> None:
    run("add", "hoa@example.org", "--role", "auditor")

    with app.app_context():
        added = db.session.scalars(sa.select(User).where(User.email == "hoa@example.org")).one()
        assert (added.name, added.language) == ("hoa", "ja")
        entry = db.session.scalars(sa.select(ChangeLog).where(ChangeLog.action == "create")).one()
        assert (entry.user_id, entry.origin) == (None, "command")
        assert (entry.address or "").startswith("os:")


@pytest.mark.parametrize(
    ("words", "typed", "message"),
    [
        (["hoa", "--role", "admin"], None, "not a mail address"),
        (["hoa@example.org", "--role", "boss"], None, "'boss' is not one of 'admin'"),
        (["hoa@example.org"], None, "Missing option '--role'"),
        (["ADMIN@example.org", "--role", "admin"], None, "already"),
        (["hoa@example.org", "--role", "admin", "--password-stdin"], "short\n", "at least 12 characters"),
        (["hoa@example.org", "--role", "admin", "--password-stdin"], "", "at least 12 characters"),
        (["hoa@example.org", "--role", "admin", "--name", "12"], None, "A name needs letters"),
    ],
    ids=["no address", "unknown role", "no role", "taken", "short", "empty", "no name"],
)
def test_a_mistake_is_explained_and_changes_nothing(
    run: Run, app: Flask, words: list[str], typed: str | None, message: str
) -> None:
    result = run("add", *words, typed=typed)

    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 6


def test_without_tables_it_says_what_to_do(run: Run, app: Flask) -> None:
    with app.app_context():
        db.session.connection().exec_driver_sql("DROP TABLE setting")
        db.session.commit()

    result = run("add", "hoa@example.org", "--role", "auditor")

    assert result.exit_code == 1
    assert "db upgrade" in result.output


def test_the_list_names_everybody(run: Run, change: Callable[..., None]) -> None:
    change("auditor", active=False, password=None)

    lines = run("list").output.splitlines()

    assert lines[1] == "auditor@example.org\tAuditor\tauditor\tdeactivated\tinvited"
    assert len(lines) == 6
