"""What was typed comes back after a session ended in between; nothing of it is kept by the server or saved unseen."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_second_factor import switch_on
from tests.databases import PASSWORD
from tests.engine.browsing import form_of, words
from tests.factories import a_person
from tomoiki.core.database import db
from tomoiki.people.models import Person

ROOT = {"email": "admin@example.org", "password": PASSWORD}


@pytest.fixture
def office(make_app: Callable[..., Flask]) -> Flask:
    return make_app({"WTF_CSRF_ENABLED": True})


@pytest.fixture
def browser(office: Flask) -> FlaskClient:
    browser = office.test_client()
    browser.get("/lang/en")
    _log_in(browser)
    return browser


def _log_in(browser: FlaskClient) -> None:
    token = form_of(browser.get("/login"))["csrf_token"]
    assert browser.post("/login", data=ROOT | {"csrf_token": token}).status_code == 302


def _end_session(browser: FlaskClient) -> None:
    with browser.session_transaction() as session:
        session["seen"] = 0


def people(office: Flask) -> list[str | None]:
    with office.app_context():
        return list(db.session.scalars(sa.select(Person.name_used).order_by(Person.id)))


def test_a_form_sent_too_late_comes_back_filled_after_log_in(browser: FlaskClient, office: Flask) -> None:
    typed = form_of(browser.get("/people/new"), name_used="Bưởi", passport_no="C1234567")
    _end_session(browser)

    asked = browser.post("/people/new", data=typed)
    shown = browser.post("/login", data=form_of(asked, **ROOT))
    form = browser.post("/people/new", data=form_of(shown))

    assert asked.status_code == 401
    assert "nothing is lost" in words(asked)
    assert form.status_code == 200
    assert form_of(form)["name_used"] == "Bưởi"
    assert people(office) == []
    assert browser.post("/people/new", data=form_of(form)).status_code == 303
    assert people(office) == ["Bưởi"]


@pytest.mark.parametrize("how", ["left it alone", "closed the browser"])
def test_whose_session_ended_is_asked_in_her_own_language(how: str, office: Flask) -> None:
    browser = office.test_client()
    _log_in(browser)
    browser.post("/account", data=form_of(browser.get("/account"), language="vi"))
    typed = form_of(browser.get("/people/new"), name_used="Bưởi")
    if how == "left it alone":
        _end_session(browser)
    else:
        browser.delete_cookie("session")

    asked = browser.post("/people/new", data=typed)

    assert asked.status_code in (400, 401)
    assert 'lang="vi"' in asked.text
    assert "Đăng nhập lại" in words(asked)


def test_a_language_that_nobody_speaks_is_no_language(client: FlaskClient) -> None:
    client.set_cookie("lang", "xx")

    assert '<html lang="ja"' in client.get("/login").text


def test_a_wrong_password_loses_nothing(browser: FlaskClient) -> None:
    typed = form_of(browser.get("/people/new"), name_used="Bưởi")
    _end_session(browser)
    asked = browser.post("/people/new", data=typed)

    again = browser.post("/login", data=form_of(asked, email=ROOT["email"], password="wrong"))  # noqa: S106 - made up
    shown = browser.post("/login", data=form_of(again, **ROOT))

    assert form_of(shown)["name_used"] == "Bưởi"


def test_a_form_from_before_the_last_log_in_is_offered_again(browser: FlaskClient, office: Flask) -> None:
    typed = form_of(browser.get("/people/new"), name_used="Bưởi")
    _end_session(browser)
    _log_in(browser)  # in another tab

    offered = browser.post("/people/new", data=typed)

    assert offered.status_code == 400
    assert form_of(browser.post("/people/new", data=form_of(offered)))["name_used"] == "Bưởi"
    assert people(office) == []


def test_a_late_change_still_meets_what_others_saved(browser: FlaskClient, office: Flask) -> None:
    with office.app_context():
        db.session.add(person := a_person(name_used="Bưởi"))
        db.session.commit()
        address = f"/people/{person.id}/edit"
    other = office.test_client()
    _log_in(other)
    typed = form_of(browser.get(address), name_used="Bút")
    assert other.post(address, data=form_of(other.get(address), name_used="Bé")).status_code == 303
    _end_session(browser)
    asked = browser.post(address, data=typed)
    shown = browser.post("/login", data=form_of(asked, **ROOT))

    form = browser.post(address, data=form_of(shown))

    assert browser.post(address, data=form_of(form)).status_code == 409
    assert people(office) == ["Bé"]


@pytest.mark.parametrize(
    "place", ["/people/1/delete", "//elsewhere.example/people/new", "/nowhere", "/users/"]
)
def test_a_log_in_carries_nothing_to_a_page_that_acts_at_once(place: str, office: Flask) -> None:
    browser = office.test_client()
    form = form_of(browser.get("/login"), **ROOT) | {"kept-for": place, "kept-reason": "x"}

    answer = browser.post("/login", data=form)

    assert (answer.status_code, answer.location) == (302, "/")


def test_a_stranger_who_was_never_here_is_sent_to_log_in(client: FlaskClient) -> None:
    assert client.post("/people/new", data={"name_used": "x"}).location == "/login"


def test_with_a_second_factor_the_words_travel_through_the_code_too(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = make_app().test_client()
    browser.get("/lang/en")
    browser.post("/login", data=ROOT)
    phone = switch_on(browser, monkeypatch)
    typed = form_of(browser.get("/people/new"), name_used="Bưởi")
    _end_session(browser)
    asked = browser.post("/people/new", data=typed)

    for_code = browser.post("/login", data=form_of(asked, **ROOT))
    shown = browser.post("/tf-validate", data=form_of(for_code, code=phone.code()))

    assert "Code that the app on your phone shows" in words(for_code)
    assert form_of(browser.post("/people/new", data=form_of(shown)))["name_used"] == "Bưởi"
