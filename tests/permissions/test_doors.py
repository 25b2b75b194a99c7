"""What guards every route alike: the token of a form, the headers of an answer, log-in and the ways back from it."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_views import SCREENS
from admin_views.engine.files import static
from tests.databases import PASSWORD
from tests.engine.browsing import form_of
from tests.permissions.world import World
from tomoiki.core.access import Viewer
from tomoiki.core.fields import fields_of, model_named
from tomoiki.core.search import CLASSES

Enter = Callable[[str], FlaskClient]
ROOT = {"email": "admin@example.org", "password": PASSWORD}


def posting(app: Flask) -> Iterator[str]:
    """Yield an address of every route that takes a POST."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            yield re.sub(r"<[^>]*>", "1", rule.rule.replace("<any(csv,xlsx):kind>", "csv"))


# -- tokens ----------------------------------------------------------------------------------------------------
@pytest.fixture
def guarded(make_app: Callable[..., Flask]) -> Flask:
    """An application that asks for tokens, as in the office."""
    return make_app({"WTF_CSRF_ENABLED": True})


def test_no_route_takes_a_post_without_the_forms_token(guarded: Flask) -> None:
    stranger, admin = guarded.test_client(), logged_in(guarded)
    addresses = list(posting(guarded))

    assert len(addresses) > 6 * len(SCREENS)
    for browser in (stranger, admin):
        wrong = {address: code for address in addresses if (code := browser.post(address).status_code) != 400}
        assert wrong == {}
    assert admin.get("/people/").status_code == 200  # still in: nothing was done


@pytest.mark.parametrize("token", ["", "nonsense", "IjEi.aaaa.bbbb"])
def test_a_made_up_token_is_none(token: str, guarded: Flask) -> None:
    assert (
        logged_in(guarded).post("/people/new", data={"csrf_token": token, "name_used": "X"}).status_code
        == 400
    )


def test_a_token_of_another_browser_is_none(guarded: Flask) -> None:
    other, admin = logged_in(guarded), logged_in(guarded)
    form = form_of(other.get("/people/new"), name_used="X")

    assert admin.post("/people/new", data=form).status_code == 400
    assert other.post("/people/new", data=form).status_code == 303


def logged_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    token = form_of(browser.get("/login"))["csrf_token"]
    assert browser.post("/login", data=ROOT | {"csrf_token": token}).status_code == 302
    return browser


# -- headers ---------------------------------------------------------------------------------------------------
KINDS = (
    "/", "/login", "/account", "/search?q=ng", "/people/", "/people/1", "/people/1/history", "/people/1/edit",
    "/people/1/delete", "/people/new", "/people/import", "/people/lookup?q=", "/people/4711", "/nothing",
    "/cases/1/move?to=active", "/cases/3", "/healthz", "/lang/en",
)  # fmt: skip


@pytest.mark.parametrize("address", KINDS)
def test_every_kind_of_page_has_the_headers_that_guard_it(address: str, enter: Enter, world: World) -> None:
    assert_guarded(enter("admin").get(address))


def assert_guarded(answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    for script in re.findall(r"<script[^>]*>", answer.text):
        assert f'nonce="{nonce[1]}"' in script
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", answer.text)


def test_refused_answers_are_guarded_too(enter: Enter, world: World) -> None:
    caseworker = enter("caseworker")
    answers = {
        403: caseworker.get("/donors/"),
        404: caseworker.get("/people/3"),
        405: caseworker.get("/people/1/reveal"),
        409: caseworker.post("/people/1/edit", data={"_version": "9", "name_used": "X"}),
        422: caseworker.post("/people/1/edit", data={"birth_date": "nonsense"}),
    }

    for code, answer in answers.items():
        if code != 409:  # a version that never was is a plain save
            assert answer.status_code == code
        assert_guarded(answer)


def test_a_nonce_is_used_once(enter: Enter, world: World) -> None:
    admin = enter("admin")

    assert len({admin.get("/").headers["Content-Security-Policy"] for _ in range(3)}) == 3


def test_static_files_are_not_guessed_at(client: FlaskClient) -> None:
    assert client.get(static("ui.css")).headers["X-Content-Type-Options"] == "nosniff"


# -- log-in ----------------------------------------------------------------------------------------------------
EVIL = (
    "https://bad.example/", "//bad.example", "///bad.example", "////bad.example", "/\\bad.example", "\\\\bad.example",
    "/\t/bad.example", "\t//bad.example", " //bad.example", "/\n/bad.example", "http:bad.example", "https:///bad.example",
    "/%09/bad.example", "/%5cbad.example", "javascript:alert(1)", "data:text/html,x", "bad.example",
    "//bad.example@localhost/",
    "http://localhost@bad.example/", "http://localhost.bad.example/", "/\x00/bad.example", "/\x0b/bad.example",
    "\x01//bad.example",
)  # fmt: skip


def stays(location: str | None) -> bool:
    """Tell whether a browser that follows this stays in the office: it drops controls and turns backslashes."""
    plain = re.sub(r"[\x00-\x20]", "", location or "/").replace("\\", "/")
    return urlsplit(urljoin("http://localhost/login", plain))[:2] == ("http", "localhost")


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("way", ["address", "form"])
def test_log_in_leads_nowhere_else(way: str, target: str, client: FlaskClient) -> None:
    if way == "address":
        answer = client.post("/login", data=ROOT, query_string={"next": target})
    else:
        answer = client.post("/login", data=ROOT | {"next": target})

    assert answer.status_code == 302
    assert stays(answer.location)


@pytest.mark.parametrize("target", EVIL)
def test_no_other_page_leads_anywhere_else(target: str, enter: Enter, world: World) -> None:
    admin = enter("admin")
    answers = [
        admin.get("/login", query_string={"next": target}),
        admin.post("/verify", data={"password": PASSWORD}, query_string={"next": target}),
        admin.post("/cases/1/edit", data={"title": "x", "_next": target}),
        admin.post("/activities/new", data={"case": 1, "type": "call", "_next": target}),
        admin.get("/lang/en", headers={"Referer": target.replace("\n", "").replace("\x00", "")}),
    ]

    assert [answer.location for answer in answers if not stays(answer.location)] == []


def test_a_cookie_from_before_log_in_opens_nothing(app: Flask, client: FlaskClient) -> None:
    client.get("/login")
    client.get("/lang/vi")
    before = client.get_cookie("session")

    client.post("/login", data=ROOT)
    after = client.get_cookie("session")

    assert before is not None
    assert after is not None
    assert before.value != after.value
    planted = app.test_client()
    planted.set_cookie("session", before.value)
    assert planted.get("/people/").status_code == 302


def test_a_token_planted_before_log_in_is_worth_nothing_after(guarded: Flask) -> None:
    browser = guarded.test_client()
    planted = form_of(browser.get("/login"))["csrf_token"]
    browser.post("/login", data=ROOT | {"csrf_token": planted})

    assert browser.post("/people/new", data={"csrf_token": planted, "name_used": "X"}).status_code == 400
    assert (
        browser.post("/people/new", data=form_of(browser.get("/people/new"), name_used="X")).status_code
        == 303
    )


def test_log_out_leaves_nothing_of_her_in_the_session(enter: Enter, world: World) -> None:
    admin = enter("admin")
    admin.post("/cases/3/reason", data={"reason": "Vertretung"})
    admin.post("/users/2/do/invite")  # its link waits to be shown

    admin.post("/logout")

    with admin.session_transaction() as session:
        assert set(session) <= {"lang", "fs_cc"}
    assert "/invitation/" not in admin.get("/login").text


def test_cookies_are_kept_from_scripts_and_sent_over_tls_only(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOMOIKI_BASE_URL", "https://office.example")
    browser = make_app().test_client()
    answers = [
        browser.get("/lang/vi", base_url="https://localhost"),
        browser.post("/login", data=ROOT, base_url="https://localhost"),
    ]

    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"lang", "session"}
    for cookie in cookies:
        assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Strict-Transport-Security" in answers[1].headers


# -- search ----------------------------------------------------------------------------------------------------
def test_who_sees_a_whole_record_sees_what_its_references_bring_to_the_search_index(app: Flask) -> None:
    """A reference puts its target's words into the index of the record that points there."""
    access, order, leaks = app.extensions["tomoiki_office"].access, list(CLASSES), []
    for role in ("admin", "caseworker", "treasurer", "organiser", "interpreter", "auditor"):
        who = Viewer(1, frozenset({role}))
        for model in {screen.model for screen in SCREENS}:
            if None not in [grant.fields for grant in access.grants(who, model)]:
                continue
            for field in fields_of(model).values():
                if field.kind != "ref" or field.search in (None, "open"):
                    continue
                target = model_named(field.target)
                brought = [own for own in fields_of(target).values() if own.search and own.kind != "ref"]
                allowed = order[: order.index(field.search) + 1]
                leaks += [
                    (role, model.__name__, own.name)
                    for own in brought
                    if own.search in allowed and not access.sees(who, target, own.name)
                ]

    assert leaks == []
