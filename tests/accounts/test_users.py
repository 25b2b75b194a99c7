"""Users as such: addresses, roles, and what the administrator may not break."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_security.mail_util import EmailValidateException

from tests.accounts.conftest import log_in
from tomoiki.accounts.login import NoMail
from tomoiki.accounts.models import Role, User
from tomoiki.accounts.services import EmailTaken, UnknownRole, add_user, set_password
from tomoiki.core.database import begin_write, db
from tomoiki.core.history import ChangeLog
from tomoiki.core.reading import BadInput


@pytest.fixture
def writing(app: Flask) -> Callable[..., User]:
    """Add a user in a transaction that is never committed."""

    def add(email: str, *roles: str) -> User:
        with app.app_context():
            begin_write()
            return add_user(db.session(), email, "Hoa", roles)

    return add


def test_addresses_are_kept_in_small_letters(writing: Callable[..., User], app: Flask) -> None:
    assert writing("Hoa@Example.org", "auditor").email == "hoa@example.org"
    typed = User(email="Hoa@Example.org")
    with app.app_context():
        typed.prepare(db.session())
    assert typed.email == "hoa@example.org"


@pytest.mark.parametrize(
    ("email", "roles", "error"),
    [
        ("Admin@example.org", ["admin"], EmailTaken),
        ("hoa@example.org", [], UnknownRole),
        ("hoa@example.org", ["boss"], UnknownRole),
        ("hoa", ["admin"], BadInput),
    ],
)
def test_what_cannot_be_a_user_is_refused(
    writing: Callable[..., User], email: str, roles: list[str], error: type[BadInput]
) -> None:
    with pytest.raises(error):
        writing(email, *roles)


def test_a_user_needs_a_role(app: Flask) -> None:
    with app.app_context():
        begin_write()
        user = db.session.get_one(User, 2)
        user.roles = []
        assert [fault.field for fault in user.faults(db.session())] == ["roles"]
        db.session.rollback()


def test_the_last_administrator_stays(app: Flask) -> None:
    with app.app_context():
        begin_write()
        boss = db.session.get_one(User, 1)
        assert not list(boss.faults(db.session()))
        boss.roles = [Role.auditor]
        assert [fault.field for fault in boss.faults(db.session())] == ["roles"]
        assert boss.keeps(db.session())
        db.session.rollback()


def test_with_a_second_administrator_the_first_may_go(app: Flask) -> None:
    with app.app_context():
        begin_write()
        db.session.get_one(User, 2).roles = [Role.admin]
        db.session.flush()
        boss = db.session.get_one(User, 1)
        boss.active = False
        assert not list(boss.faults(db.session()))
        assert boss.keeps(db.session()) is None
        db.session.rollback()


def test_a_deactivated_administrator_does_not_count(app: Flask) -> None:
    with app.app_context():
        begin_write()
        idle = db.session.get_one(User, 2)
        idle.roles, idle.active = [Role.admin], False
        db.session.flush()
        assert db.session.get_one(User, 1).keeps(db.session())
        db.session.rollback()


def test_no_mail_leaves_the_office(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    mail = NoMail(app)
    caplog.set_level("INFO")

    mail.send_mail("notice", "subject", "hoa@example.org", "office@example.org", "text", None)

    assert "hoa" not in caplog.text
    assert mail.validate(" Hoa@Example.org") == "hoa@example.org"
    with app.app_context(), pytest.raises(EmailValidateException):
        mail.normalize("hoa")


def test_nobody_is_rescued_by_mail(client: FlaskClient) -> None:
    assert client.post("/tf-rescue", data={"help_setup": "email"}).location == "/mf-recovery"
    assert client.get("/mf-recovery").location == "/login"


def test_a_log_in_writes_no_change_of_the_user(app: Flask, client: FlaskClient) -> None:
    log_in(client)

    with app.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM change_log")) == 0


def test_no_password_stands_in_the_change_log(app: Flask) -> None:
    with app.app_context():
        begin_write()
        user = add_user(db.session(), "new@example.org", "New", ["caseworker"], "correct horse battery")
        db.session.commit()
        begin_write()
        set_password(db.session(), db.session.get_one(User, user.id), "another horse battery")
        db.session.commit()

        diffs = [str(row.diff) for row in db.session.scalars(sa.select(ChangeLog))]

    assert diffs
    assert not any(name in diff for diff in diffs for name in ("password", "fs_uniquifier", "argon2"))
