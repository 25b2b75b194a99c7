"""What no page of a role may hold: lists, records, histories, forms, titles, hidden controls; and logs and addresses."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change
from tests.permissions.looking import (
    S2,
    about_case,
    about_person,
    addresses,
    tell_history,
)
from tests.permissions.world import (
    CASES,
    PHONES,
    WHERE_AND_WHO,
    WORDS,
    World,
)
from tomoiki.core.database import db

Enter = Callable[[str], FlaskClient]


Pages = dict[str, str]


@pytest.fixture
def crawl(app: Flask, world: World, enter: Enter) -> Callable[..., Pages]:
    """Return the text of every page that a role may open, titles, addresses and hidden controls included."""

    def open_all(role: str, *begins: str) -> Pages:
        tell_history(app, world)
        browser = enter(role)
        asked = [address for address in addresses(world) if address.startswith(begins or "/")]
        answers = {address: browser.get(address) for address in asked}
        assert {answer.status_code for answer in answers.values()} <= {200, 303, 403, 404, 409}
        return {address: answer.text for address, answer in answers.items() if answer.status_code != 303}

    return open_all


OTHERS = tuple(kind for kind in WORDS if kind != "assigned")
FORBIDDEN = {
    "admin": about_case("secret"),
    "caseworker": [*about_person("restricted", "secret"), *about_case("restricted", "secret")],
    "treasurer": [*about_person(*WORDS), *about_case("secret")],
    "organiser": [*about_person(*WORDS), *about_case(*CASES)],
    "interpreter": [
        *about_person(*OTHERS),
        *about_case(*(kind for kind in CASES if kind != "assigned")),
        *(text for text in about_case("assigned") if not text.startswith(("Notiz", "T2026"))),
        *("Nguyễn", "Fandrugo-Strasse", "Fandrugo-Platz", PHONES["assigned"], "080-1112-0004"),
    ],
    "auditor": [*about_person(*WORDS), *about_case("secret")],
}


def lines_of(pages: Pages) -> dict[str, set[str]]:
    """Return the pages that each line stands on: nine lines of ten stand on many, and are read once."""
    lines: dict[str, set[str]] = defaultdict(set)
    for address, page in pages.items():
        for line in page.splitlines():
            lines[line].add(address)
    return lines


@pytest.mark.parametrize(("database", "role"), WHERE_AND_WHO, indirect=["database"])
def test_no_page_of_a_role_holds_what_is_hidden_from_it(role: str, crawl: Callable[..., Pages]) -> None:
    pages = crawl(role)

    lines = lines_of(pages)
    found = [(on, text) for line, on in lines.items() for text in FORBIDDEN[role] if text in line]
    secret = {address for line, on in lines.items() if any(text in line for text in S2) for address in on}

    assert found == []
    assert {address for address in secret if not address.endswith("/edit")} == set()  # the form changes them
    assert bool(secret) is (role in ("admin", "caseworker"))


def test_the_crawl_does_see_what_a_role_may_see(crawl: Callable[..., Pages], world: World) -> None:
    pages = crawl("caseworker", "/people", "/cases")

    assert "Nguyễn Zumbado Ngân" in pages["/people/?per_page=200&filter=1"]
    assert "Neu Jolpetka" in pages[f"/cases/{world.case('hers')}/history"]
    assert "Zumbado-Platz 9" in pages[f"/people/{world.person('normal')}/history"]
    assert "Nguyễn Zumbado Ngân" in pages[f"/cases/new?person={world.person('normal')}"]
    assert "Wexoldi" not in pages[f"/cases/new?person={world.person('secret')}"]


def test_logs_hold_no_personal_data(
    app: Flask, crawl: Callable[..., Pages], enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), app.app_context():
        db.engine.echo = True  # as somebody does who looks for a fault
        crawl("caseworker", "/people", "/cases", "/search", "/attachments")
        browser = enter("caseworker")
        browser.get("/people/?q=Zumbado")
        change(browser, f"/people/{world.person('normal')}", city="Zumbadostadt")
        browser.post(f"/people/{world.person('normal')}/reveal", data={"field": "passport_no"})
        db.engine.echo = False

    assert "INSERT INTO" in caplog.text
    assert [text for text in (*WORDS.values(), *PHONES.values(), *S2) if text in caplog.text] == []


def test_addresses_after_saving_hold_ids_only(enter: Enter, world: World) -> None:
    browser, person = enter("caseworker"), world.person("normal")

    saved = [
        browser.post("/residence-statuses/new", data={"person": person, "card_no": "UC22222222EA"}),
        browser.post("/cases/new", data={"person": person, "title": "Titel Zumbado", "story": "Zumbado"}),
        browser.post(f"/people/{person}/edit", data={"full_name_vi": "Trần Zumbado"}),
        browser.post(
            "/activities/new", data={"case": world.case("normal"), "type": "call", "note": "Zumbado"}
        ),
    ]

    assert [answer.status_code for answer in saved] == [303] * 4
    assert all(re.fullmatch(r"/[a-z-]+/\d+", answer.location) for answer in saved)
