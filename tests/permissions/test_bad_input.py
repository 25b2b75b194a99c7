"""Whatever stands in an address or a form: a page in words, never an error of ours, on either database."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.databases import PASSWORD
from tests.engine.browsing import form_of, new_id
from tests.permissions.world import World

ODD = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "2",
        "２",
        "1e309",
        "9" * 19,
        "9" * 400,
        "None",
        "x",
        "true",
        "1,2",
        "[]",
        "{}",
    ),
    *(
        "2026-02-30",
        "0000-00-00",
        "9999-12-31",
        "令和99年1月1日",
        "R8.4.1",
        "25:99",
        "１０，０００",
        "-10,000",
    ),
    *(
        "\x00",
        "a\x00b",
        "\x1f",
        "\r\nSet-Cookie: a=b",
        "%",
        "%00",
        "_",
        "*",
        "'",
        '"',
        "--",
        "NEAR(",
        "a AND",
        ":*",
    ),
    *(
        "../../etc/passwd",
        "/",
        "//evil.example",
        "\\",
        "<svg onload=1>",
        "={1+1}",
        "{{7*7}}",
        "😀" * 30,
        "あ" * 10_000,
    ),
    *("e\u0301", "\u202e", "\ufeff", "ﾊﾝｶｸ", "title", "-title", "nothing.such", "person.full_name_vi", "id"),
]
NAMES = [
    *(
        "q",
        "page",
        "per_page",
        "sort",
        "columns",
        "filter",
        "select",
        "view",
        "group",
        "from",
        "to",
        "id",
        "ids",
        "next",
        "place",
        "step",
        "token",
        "job",
    ),
    *(
        "status",
        "title",
        "person",
        "person.is",
        "opened_on.from",
        "opened_on.to",
        "amount.min",
        "owner.is",
        "number",
    ),
    *(
        "purpose",
        "encoding",
        "text",
        "postal_code",
        "other",
        "keep",
        "with",
        "lang",
        "code",
        "version",
        "_version",
        "do",
        "which",
        "list",
        "shown",
        "clear",
        "field",
        "role",
        "name",
        "winner",
    ),
]
ALONE = ("logout", "two_factor", "mf_recovery", "change_password", "account")  # they end the visit

words = st.sampled_from(ODD) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace").decode())
asked = st.dictionaries(st.sampled_from(NAMES), st.lists(words, min_size=1, max_size=2), max_size=3)
changes = st.dictionaries(st.integers(0, 60), words, max_size=4)


@pytest.fixture
def browser(enter: Callable[[str], FlaskClient], world: World) -> FlaskClient:
    return enter("admin")


@pytest.fixture
def routes(app: Flask) -> Mapping[str, list[Rule]]:
    """Return the routes by what they do: each kind is tried as often as any other."""
    found = defaultdict(list)
    for rule in app.url_map.iter_rules():
        kind = rule.endpoint.rpartition(".")[2]
        if kind != "static" and not kind.startswith(ALONE):
            found[kind].append(rule)
    return found


def address_of(rule: Rule, parts: Mapping[str, str]) -> str:
    """Return the rule's address with these parts, quoted, whatever they are."""
    pattern = rule.rule.replace("<any(csv,xlsx):kind>", "csv")
    return re.sub(r"<(?:[^>]*:)?(\w+)>", lambda part: quote(parts[part[1]], safe=""), pattern)


@pytest.mark.storage
def test_no_part_of_an_address_breaks_a_page(browser: FlaskClient, routes: Mapping[str, list[Rule]]) -> None:
    for rule in (rules[-1] for rules in routes.values() if rules[-1].arguments):
        for odd in ODD[::3]:
            address = address_of(rule, dict.fromkeys(rule.arguments, odd))
            for method in rule.methods & {"GET", "POST"}:
                assert browser.open(address, method=method).status_code < 500, (method, address)


@pytest.mark.storage
def test_no_question_and_no_form_breaks_a_page(
    browser: FlaskClient, routes: Mapping[str, list[Rule]]
) -> None:
    @settings(
        max_examples=200,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def visit(data: st.DataObject) -> None:
        rule = data.draw(st.sampled_from(routes[data.draw(st.sampled_from(sorted(routes)))]))
        parts = {name: data.draw(st.sampled_from(("1", "2", "3"))) for name in sorted(rule.arguments)}
        address, question = address_of(rule, parts), MultiDict(data.draw(asked))
        answer = browser.get(address, query_string=question)
        assert answer.status_code < 500
        if "POST" in rule.methods:
            form = form_of(answer) if "</form>" in answer.text else question
            for at, word in data.draw(changes).items():
                form[sorted(form)[at % len(form)] if form else "q"] = word
            assert browser.post(address, query_string=question, data=form).status_code < 500

    visit()


# -- each of them by itself, in words ------------------------------------------------------------------------------------
HUGE = "9" * 30


@pytest.mark.storage
def test_each_oddity_of_an_address_is_answered_by_a_page(browser: FlaskClient) -> None:
    lists = [
        *(f"page={text}" for text in ("-1", "0", "1000000", HUGE, "1.5", "x", "%00")),
        *(f"per_page={text}" for text in ("-5", HUGE, "", "%00")),
        *(
            "sort=nothing",
            "sort=-",
            f"sort={HUGE}",
            "nothing=1",
            "status=nothing",
            "person=x",
            f"person={HUGE}",
        ),
        *("page=1&page=2", "q=a&q=b", "q[]=a", "sort=title&sort=number", "status[]=open", "status[a]=open"),
        *("opened_on.from=1&opened_on.from=2", "opened_on.from[]=x", "columns=title&columns=number", "q=%00"),
        *(f"q={'x' * 2**20}", f"status={'x' * 2**20}", f"columns={'title,' * 2**17}"),
    ]
    for asked in lists:
        assert browser.get(f"/cases/?{asked}").status_code == 200, asked[:60]
    for key in ("0", "-1", "1.5", "x", HUGE, "%00", "1%00", "１", "1;2", "[1]"):
        for page in ("", "/edit", "/delete", "/history", "/put-back/1", "/files"):
            answer = browser.get(f"/cases/{key}{page}")
            assert (answer.status_code, "<main" in answer.text) == (404, True), (key, page)


@pytest.mark.storage
def test_each_oddity_of_a_form_is_answered_by_its_page(browser: FlaskClient, world: World) -> None:
    case = world.case("assigned")
    odd: dict[str, Any] = {
        "title": ["a", "b"],
        "title[]": "a",
        "story": "x" * 2**20,
        "status": "nothing",
        "person": ["1", "2", "x"],
        "owner": HUGE,
        "opened_on": ["2026-01-01", "\x00"],
        "categories": "[]",
        "next_action": "a\x00b",
        "_version": ["x", HUGE],
        "_once": "x" * 2**20,
    }
    for name, value in odd.items():
        for address in (f"/cases/{case}/edit", "/cases/new"):
            form = form_of(browser.get(address))
            form.setlist(name, value if isinstance(value, list) else [value])
            answer = browser.post(address, data=form)
            assert answer.status_code in (303, 409, 422), (name, address, answer.status_code)
    for sent in ({"json": {"title": ["a"]}}, {"data": b"\x00" * 100, "content_type": "text/plain"}):
        assert browser.post("/cases/new", **sent).status_code == 422


@pytest.mark.storage
def test_what_a_form_points_at_may_be_gone_by_the_time_it_is_sent(browser: FlaskClient, world: World) -> None:
    case = f"/cases/{world.case('assigned')}/edit"
    employer = new_id(browser.post("/organisations/new", data={"name": "甲社"}))
    form = form_of(browser.get(case), employer=str(employer), title="題")
    assert browser.post(f"/organisations/{employer}/delete").status_code == 303

    answer = browser.post(case, data=form)

    assert answer.status_code == 422
    assert "This record was not found." in answer.text
    assert form_of(answer)["title"] == "題"


@pytest.mark.storage
def test_no_list_of_many_breaks_on_odd_rows(browser: FlaskClient) -> None:
    for rows in (
        {"which": "chosen", "id": ["x", HUGE, "-1", "\x00"]},
        {"which": "page", "shown": f"1,,x,{HUGE}"},
        {"which": "all", "list": "page=-1&sort=nothing&%00=%00"},
        {"which": ["a", "b"], "id": "1" * 2**20},
    ):
        for verb in ("change", "delete", "assign", "csv", "nothing", "\x00"):
            for step in ("", "look", "run", "x"):
                sent = {"do": verb, "step": step, "job": "x", "seen": HUGE, "rows": "-1", **rows}
                assert browser.post("/cases/bulk", data=sent).status_code < 500, (verb, step, rows)


@pytest.mark.storage
def test_a_token_that_is_not_the_forms_own_saves_nothing(make_app: Callable[..., Flask]) -> None:
    browser = make_app({"WTF_CSRF_ENABLED": True}).test_client()
    login = form_of(browser.get("/login"), email="admin@example.org", password=PASSWORD)
    assert browser.post("/login", data=login).status_code in (302, 303)
    browser.get("/lang/en")
    right = form_of(browser.get("/people/new"), name_used="Bưởi")

    for wrong in ("", "x", "\x00", HUGE, right["csrf_token"][:-1], right["csrf_token"] * 2):
        sent = MultiDict(right)
        sent["csrf_token"] = wrong
        answer = browser.post("/people/new", data=sent)
        assert answer.status_code == 400
        assert "<main" in answer.text
    assert new_id(browser.post("/people/new", data=right)) == new_id(browser.post("/people/new", data=right))
