"""The traps of Flask-Admin that our notes list (section 2), each with the test that it stays closed."""

import re
from collections.abc import Callable
from typing import Any

import flask_admin.babel
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from admin_views import SCREENS
from admin_views.engine.detail import Detail
from admin_views.engine.files import static
from tests.databases import PASSWORD, Queries
from tests.engine.browsing import change, form_of, rows_of, words
from tests.factories import a_case, a_person, an_activity
from tomoiki.cases.models import Case, CaseStatus
from tomoiki.core.languages import CATALOGS

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]

BAD_IDS = (
    "abc",
    "0",
    "-1",
    "1,2",
    "1.0",
    "１",
    "99999999999",
    "2147483648",
    "%00",
    "1%00",
    "new2",
    "None",
    "true",
)
PAGES = ("", "/edit", "/delete", "/history", "/move")


def test_trap_2_an_empty_reference_is_no_word(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())

    for address in ("/cases/new", f"/cases/{key}/edit", f"/cases/{key}", "/cases/", "/cases/?filter=1"):
        page = caseworker.get(address).text
        assert "__None" not in page
        assert ">None<" not in page
        assert 'value="None"' not in page


def test_trap_3_every_choice_keeps_its_value_in_the_form(
    admin: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(status=CaseStatus.waiting, worker_type="ssw", confidential="restricted", owner_id=1))

    form = form_of(admin.get(f"/cases/{key}/edit"))
    change(admin, f"/cases/{key}", story="話")

    assert (form["worker_type"], form["confidential"]) == ("ssw", "restricted")
    found = [value(Case, key, name) for name in ("status", "worker_type", "confidential")]
    assert found == ["waiting", "ssw", "restricted"]


@pytest.mark.storage
def test_trap_5_a_doubled_value_shows_no_sql(admin: FlaskClient) -> None:
    sent = {"name": "甲", "corporate_number": "7000012050002"}
    admin.post("/organisations/new", data=sent)

    answer = admin.post("/organisations/new", data=sent)

    assert answer.status_code == 422
    assert not re.search("INSERT|UPDATE|UNIQUE|parameters|psycopg|sqlite", answer.text)


@pytest.mark.parametrize("page", [*PAGES, "/reveal", "/reason", "/do/nothing"])
def test_trap_6_a_hidden_record_is_hidden_on_every_route(
    page: str, caseworker: FlaskClient, saved: Saved
) -> None:
    key = saved(a_case(confidential="secret", owner_id=1, title="秘密の題"))

    got, sent = (
        caseworker.get(f"/cases/{key}{page}"),
        caseworker.post(f"/cases/{key}{page}", data={"to": "active"}),
    )

    assert {got.status_code, sent.status_code} <= {403, 404, 405}
    assert "秘密の題" not in got.text + sent.text
    assert "秘密の題" not in caseworker.get("/cases/").text
    assert caseworker.get("/cases/lookup?q=").json == []


@pytest.mark.storage
@pytest.mark.parametrize(
    "query", ["%", "_", "^x", "=x", "'", '"', "*", "a AND b", "(", "NEAR(", "col:x", "!", "&", "\0"]
)
def test_trap_7_signs_of_query_languages_are_text(query: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(person=a_person(full_name_vi="Nguyễn Bưởi")))

    answer = caseworker.get("/people/", query_string={"q": query})

    assert answer.status_code == 200
    assert rows_of(answer) in ([], [1]) if query == "\0" else rows_of(answer) == []


def test_trap_8_filters_have_the_names_of_their_fields(caseworker: FlaskClient) -> None:
    caseworker.get("/lang/ja")

    names = set(form_of(caseworker.get("/cases/?filter=1")))

    assert {"person", "owner", "employer", "opened_on.from", "opened_on.to"} <= names


@pytest.mark.storage
@pytest.mark.parametrize("key", BAD_IDS)
def test_trap_9_an_address_that_is_no_id_is_not_found(key: str, admin: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    assert {admin.get(f"/cases/{key}{page}").status_code for page in PAGES} == {404}
    assert {admin.post(f"/cases/{key}{page}").status_code for page in PAGES[1:3]} == {404}
    assert admin.get("/cases/", query_string={"q": key, "person": key, "page": key}).status_code == 200


@pytest.mark.storage
@pytest.mark.parametrize(
    "asked", ["page=-1", "page=0", "page=9223372036854775808", "per_page=99999999", "per_page=0"]
)
def test_trap_10_pages_have_bounds(asked: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    assert rows_of(caseworker.get(f"/cases/?{asked}")) == [1]
    assert caseworker.get("/cases/lookup").json != []


@pytest.mark.parametrize(("code", "text"), [("ja", "保存"), ("vi", "Lưu")])
def test_trap_13_our_catalogues_win_over_those_of_the_packages(code: str, text: str, app: Flask) -> None:
    for domain in (flask_admin.babel.domain, flask_admin.babel.wtforms_domain):
        assert domain.translation_directories[-1] == str(CATALOGS)
    with app.test_request_context("/"), force_locale(code):
        assert text in app.jinja_env.from_string("{{ _('Save') }}").render()


def test_trap_16_a_type_error_of_a_page_is_told_as_it_is(
    admin: FlaskClient, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise TypeError("our own mistake")

    monkeypatch.setattr(Detail, "__init__", fail)

    with pytest.raises(TypeError, match="our own mistake"):
        admin.get(f"/people/{saved(a_person())}")


def test_trap_18_two_applications_in_one_process_do_not_mix(make_app: Callable[..., Flask]) -> None:
    whole, part = make_app(), make_app(screens=SCREENS[:3])

    answers = []
    for app in (whole, part, whole):
        client = app.test_client()
        client.post("/login", data={"email": "admin@example.org", "password": PASSWORD})
        answers.append([client.get(address).status_code for address in ("/people/", "/donations/")])

    assert answers == [[200, 200], [200, 404], [200, 200]]


@pytest.mark.parametrize(
    "address", ["/cases/999", "/cases/999/edit", "/cases/999/history", "/nothing/", "/cases/1/nothing/x"]
)
def test_trap_20_what_is_missing_is_not_found(address: str, admin: FlaskClient) -> None:
    answer = admin.get(address)

    assert answer.status_code == 404
    assert "This page was not found." in words(answer)


@pytest.mark.parametrize("address", ["/cases/action/", "/cases/ajax/update/", "/cases/export/csv/"])
def test_stock_routes_that_we_do_not_serve_are_not_there(address: str, admin: FlaskClient) -> None:
    assert admin.post(address, data={"action": "delete", "rowid": "1"}).status_code in (404, 405)
    assert admin.get(address).status_code in (404, 405)


@pytest.mark.storage
def test_trap_21_a_change_of_boxes_alone_is_a_new_version(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(categories=["housing"], primary_category="housing"))

    change(caseworker, f"/cases/{key}", categories=["housing", "visa"])

    assert value(Case, key, "version") == 2
    assert "Categories: Loss of housing → Loss of housing, Status of residence" in words(
        caseworker.get(f"/cases/{key}/history")
    )


def test_trap_24_a_row_asks_nothing_of_its_own(
    caseworker: FlaskClient, saved: Saved, queries: Queries
) -> None:
    saved(*(an_activity(by_id=2) for _ in range(12)))
    queries.clear()

    assert len(rows_of(caseworker.get("/activities/"))) == 12
    assert len(queries.selects) <= 6


def test_trap_26_no_page_needs_inline_style_or_script(
    admin: FlaskClient, client: FlaskClient, saved: Saved
) -> None:
    saved(an_activity())
    addresses = (
        "/",
        "/cases/",
        "/cases/?filter=1",
        "/cases/1",
        "/cases/1/edit",
        "/cases/1/history",
        "/cases/1/delete",
        "/search?q=x",
    )

    for browser, address in [(client, "/login"), *((admin, address) for address in addresses)]:
        answer = browser.get(address)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
        assert nonce
        assert "unsafe" not in policy
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", answer.text), address
        needs = {"data-guard": "forms.js", "data-lookup": "combo.js", "data-drop": "drop.js"}
        scripts = ["ui.js", *(name for mark, name in needs.items() if mark in answer.text)]
        assert set(re.findall(r"<script[^>]*>", answer.text)) == {
            f'<script nonce="{nonce[1]}" src="{static(name)}">' for name in scripts
        }
