"""A secret case opens to an administrator with a reason that is kept, for an hour, and stands in no list."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import PASSWORD
from tests.engine.browsing import change, rows_of, words
from tests.permissions.looking import about_case, log_rows, main
from tests.permissions.world import (
    World,
)
from tomoiki.accounts.models import Role, User
from tomoiki.cases.models import Case
from tomoiki.core.database import begin_write, db

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def secret(world: World) -> str:
    return f"/cases/{world.case('secret')}"


def test_without_a_reason_an_administrator_gets_a_form_and_no_data(
    enter: Enter, secret: str, world: World, app: Flask
) -> None:
    admin = enter("admin")

    for page in (secret, f"{secret}/history"):
        answer = admin.get(page)
        assert "Give a reason to open it." in words(answer)
        assert not any(text in answer.text for text in about_case("secret"))
    for page in (f"{secret}/edit", f"{secret}/delete", f"{secret}/move?to=active"):
        assert admin.get(page).status_code == 404
    assert admin.post(f"{secret}/reason", data={"reason": "  "}).status_code == 422
    assert log_rows(app, "reason") == []


def test_with_a_reason_it_opens_to_her_for_an_hour_and_the_reason_is_kept(
    enter: Enter, secret: str, world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter("admin")
    admin.post(f"{secret}/reason", data={"reason": "Vertretung"})

    assert "Titel Wexoldi" in admin.get(secret).text
    assert "Geschichte Wexoldi" in admin.get(f"{secret}/history").text
    assert change(admin, secret, title="Neuer Titel").status_code == 303
    assert log_rows(app, "reason") == [(1, "case", world.case("secret"), "Vertretung")]
    assert rows_of(admin.get("/cases/?q=Wexoldi")) == []
    assert world.case("secret") not in rows_of(admin.get("/cases/?per_page=200"))

    later = time.time() + 3700
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr("tomoiki.accounts.visitors.IdleLimit.seconds", lambda self: 10_000)
    assert "Give a reason to open it." in main(admin, secret)


def test_a_reason_opens_one_case_to_one_user_while_she_is_an_administrator(
    enter: Enter, secret: str, world: World, app: Flask, saved: Callable[..., int]
) -> None:
    other = saved(Case(number="T2026-0998", person_id=1, title="x", confidential="secret", owner_id=7))
    admin = enter("admin")
    admin.post(f"{secret}/reason", data={"reason": "Vertretung"})

    assert "Give a reason to open it." in main(admin, f"/cases/{other}")
    assert "Give a reason to open it." in main(enter("admin"), secret)
    assert enter("caseworker").get(secret).status_code == 404

    with app.app_context():
        begin_write()
        db.session.get_one(User, 1).roles = [Role.caseworker]
        db.session.commit()
    assert [admin.get(f"{secret}{page}").status_code for page in ("", "/edit", "/history")] == [404, 404, 404]


def test_a_reason_does_not_outlive_the_log_in(enter: Enter, secret: str, world: World) -> None:
    admin = enter("admin")
    admin.post(f"{secret}/reason", data={"reason": "Vertretung"})

    admin.post("/logout")
    admin.post("/login", data={"email": "admin@example.org", "password": PASSWORD})
    admin.get("/lang/en")

    assert "Give a reason to open it." in main(admin, secret)


def test_deleting_tells_of_records_that_are_hidden_only_that_there_are_some(
    enter: Enter, world: World
) -> None:
    admin, address = enter("admin"), f"/people/{world.person('secret')}/delete"

    page = admin.get(address)

    assert "Records that are hidden from you" in words(page)
    assert not any(text in words(page) for text in ("Cases 1", "T2026-0103", "Activities"))
    assert admin.post(address).status_code == 409
    assert "Cases 1" in main(admin, f"/people/{world.person('normal')}/delete")
