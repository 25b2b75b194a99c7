"""A word that stands only in a hidden field or record answers like nonsense."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import rows_of
from tests.permissions.expected import TABLE
from tests.permissions.looking import S2, number, plain
from tests.permissions.world import (
    PHONES,
    WHERE_AND_WHO,
    WORDS,
    World,
)

Enter = Callable[[str], FlaskClient]


def places(slug_of_lists: tuple[str, ...]) -> Iterator[str]:
    yield from (f"/{slug}/?q={{}}" for slug in slug_of_lists)
    yield from (f"/{slug}/lookup?q={{}}" for slug in slug_of_lists)
    yield "/search?q={}"


HIDDEN_KINDS = {
    "admin": (),
    "caseworker": ("restricted", "secret"),
    "treasurer": tuple(WORDS),
    "organiser": tuple(WORDS),
    "interpreter": tuple(WORDS),
    "auditor": tuple(WORDS),
}


def hidden_words(role: str) -> list[str]:
    kinds = HIDDEN_KINDS[role]
    found = [
        *(text.split()[-1] for text in S2),
        *(WORDS[kind] for kind in kinds),
        *(PHONES[kind][3:] for kind in kinds),
    ]
    return [*found, *(f"Ng{kind}" for kind in kinds)]


@pytest.mark.parametrize(("database", "role"), WHERE_AND_WHO, indirect=["database"])
def test_a_word_of_something_hidden_answers_like_nonsense(role: str, enter: Enter, world: World) -> None:
    browser, nonsense = enter(role), "Xyzzyplugh"
    answers = {place: browser.get(place.format(nonsense)) for place in places(tuple(TABLE))}
    like_nonsense = {  # whoever is refused the list is refused whatever she asks: the walk
        place: plain(answer.text, nonsense) for place, answer in answers.items() if answer.status_code == 200
    }
    different = []

    for word in hidden_words(role):
        for place, expected in like_nonsense.items():
            is_own_note = (
                role == "interpreter" and word == WORDS["assigned"] and place[1:7] in ("activi", "search")
            )
            if not is_own_note and plain(browser.get(place.format(word)).text, word) != expected:
                different.append((place, word))

    assert different == []


def test_words_of_a_secret_case_are_nonsense_to_an_administrator(enter: Enter, world: World) -> None:
    admin = enter("admin")

    for place in ("/cases/?q={}", "/cases/lookup?q={}", "/activities/?q={}", "/case-staff/?q={}"):
        for word in ("Wexoldi", number("secret")):
            nonsense = plain(admin.get(place.format("Xyzzyplugh")).text, "Xyzzyplugh")
            assert plain(admin.get(place.format(word)).text, word) == nonsense, (place, word)


def test_the_same_words_do_find_what_is_not_hidden(enter: Enter, world: World) -> None:
    caseworker = enter("caseworker")

    assert rows_of(caseworker.get("/people/?q=Zumbado")) == [world.person("normal")]
    assert rows_of(caseworker.get("/cases/?q=Zumbado")) == [world.case("normal")]
    assert caseworker.get("/people/lookup?q=08011120000").json[0]["id"] == world.person("normal")
    assert len(rows_of(enter("interpreter").get("/activities/?q=Fandrugo"))) == 1
    assert "Wexoldi" in enter("admin").get("/people/?q=Wexoldi").text.split("<tr data-id")[1]
