"""What the walk cannot tell: which fields of casework stand on a page, and what a search finds by them."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.permissions.world import SHELTER, WORDS, World, assign

Enter = Callable[[str], FlaskClient]


def test_an_interpreter_reads_what_happened_only_where_the_story_is_shared(
    enter: Enter, app: Flask, world: World
) -> None:
    interpreter, key = enter("interpreter"), world.ids["inquiries"]["assigned"]
    before = interpreter.get(f"/inquiries/{key}").text
    no_fact = interpreter.get("/facts/").text

    assign(app, world, "assigned", share_story=True)

    after, fact = interpreter.get(f"/inquiries/{key}").text, interpreter.get("/facts/").text
    assert f"Nachricht {WORDS['assigned']}" not in before
    assert f"Nachricht {WORDS['assigned']}" in after
    assert f"Anruf {WORDS['assigned']}" not in after
    assert (no_fact.count("<tr data-id"), fact.count("<tr data-id")) == (0, 1)


@pytest.mark.parametrize("role", ["treasurer", "auditor"])
@pytest.mark.parametrize("slug", ["stays", "beds", "shelters", "referrals"])
def test_who_reads_numbers_reads_no_names(slug: str, role: str, enter: Enter, world: World) -> None:
    browser = enter(role)
    if browser.get(f"/{slug}/").status_code == 403:
        pytest.skip("no list for this role: see the walk")
    pages = [browser.get(f"/{slug}/").text]
    pages += [browser.get(f"/{slug}/{key}").text for key in world.ids[slug].values()]

    hidden = (*WORDS.values(), SHELTER, "Haus Wendeltreppe", "Zweck")
    assert [word for word in hidden if any(word in page for page in pages)] == []


def test_the_auditor_reads_of_stays_neither_case_nor_bed(enter: Enter, world: World) -> None:
    page = enter("auditor").get("/stays/").text

    assert "T2026-" not in page
    assert "Bett " not in page


@pytest.mark.parametrize("slug", ["stays", "referrals"])
def test_a_hidden_word_finds_as_much_as_nonsense(slug: str, enter: Enter, world: World) -> None:
    treasurer = enter("treasurer")

    found = [
        treasurer.get(f"/{slug}/?q={word}").text.count("<tr data-id") for word in (WORDS["normal"], "Qqqzx")
    ]

    assert found == [0, 0]


@pytest.mark.parametrize(
    ("slug", "asked"), [("stays", "sort=person"), ("stays", "status=in"), ("referrals", "kind=lawyer")]
)
def test_sorting_or_filtering_by_a_hidden_field_is_refused(
    slug: str, asked: str, enter: Enter, world: World
) -> None:
    page = enter("treasurer").get(f"/{slug}/?{asked}").text

    assert "cannot be sorted" in page or "is no filter of this list" in page


def test_an_inquiry_is_as_hidden_as_its_case(enter: Enter, world: World) -> None:
    caseworker = enter("caseworker")

    for kind in ("restricted", "secret", "of_hidden"):
        word = WORDS.get(kind, kind)
        assert caseworker.get(f"/inquiries/{world.ids['inquiries'][kind]}").status_code == 404
        assert word not in caseworker.get(f"/inquiries/?q={word}").text.partition("<tbody>")[2]
        assert caseworker.get(f"/inquiries/lookup?q={word}").json == []
