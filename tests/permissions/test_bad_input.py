"""Whatever stands in an address or a form: a page in words, never an error of ours, on either database."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.engine.browsing import form_of
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
        "sort",
        "per",
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
