"""Who is seen by whom: people behind restricted cases, several roles at once, and what is written down of looks."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change, form_of, rows_of, words
from tests.permissions.looking import about_person, addresses, log_rows, main, number, plain
from tests.permissions.world import (
    CARD,
    CASEWORKER,
    PASSPORT,
    WORDS,
    World,
    assign,
    change_record,
    give_roles,
)
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core.database import begin_write, db
from tomoiki.events.models import Attendee
from tomoiki.people.models import Person

Enter = Callable[[str], FlaskClient]


# -- caseworker and person visibility ---
def test_the_exact_name_of_somebody_with_a_restricted_case_of_others_finds_nothing(
    enter: Enter, world: World
) -> None:
    caseworker, name = enter("caseworker"), "Nguyễn Quirvax Ngân"

    assert rows_of(caseworker.get(f"/people/?q={name}")) == []
    assert rows_of(caseworker.get(f"/cases/?q={name}")) == []
    assert caseworker.get(f"/people/lookup?q={name}").json == []
    assert "Nothing was found" in main(caseworker, f"/search?q={name}")


def test_somebody_with_a_normal_and_a_secret_case_is_seen_and_the_secret_case_is_not(
    app: Flask, enter: Enter, world: World, saved: Callable[..., int]
) -> None:
    person = world.person("normal")
    key = saved(
        Case(number="T2026-0999", person_id=person, title="Versteckt", confidential="secret", owner_id=7)
    )
    caseworker = enter("caseworker")

    page = caseworker.get(f"/people/{person}")

    assert "Zumbado" in page.text
    assert "T2026-0999" not in page.text
    assert "Cases 1" in words(page)
    assert key not in rows_of(caseworker.get(f"/cases/?person={person}"))
    assert rows_of(caseworker.get("/cases/?q=T2026-0999")) == []


def test_being_put_on_a_restricted_case_opens_case_and_person(app: Flask, enter: Enter, world: World) -> None:
    caseworker = enter("caseworker")
    assert caseworker.get(f"/people/{world.person('restricted')}").status_code == 404

    with app.app_context():
        begin_write()
        db.session.add(CaseStaff(case_id=world.case("restricted"), user_id=CASEWORKER, role="support"))
        db.session.commit()

    assert caseworker.get(f"/people/{world.person('restricted')}").status_code == 200
    assert caseworker.get(f"/cases/{world.case('restricted')}").status_code == 200
    assert rows_of(caseworker.get("/people/?q=Quirvax")) == [world.person("restricted")]


def test_an_owner_finds_her_secret_case_in_lists_and_search(app: Flask, enter: Enter, world: World) -> None:
    change_record(app, Case, world.case("hers"), {"confidential": "secret"})
    caseworker = enter("caseworker")

    assert rows_of(caseworker.get("/cases/?q=Jolpetka")) == [world.case("hers")]
    assert "Secret" in main(caseworker, f"/cases/{world.case('hers')}")


@pytest.mark.parametrize(
    ("slug", "form"),
    [
        ("cases", {"title": "x"}),
        ("residence-statuses", {"status": "ssw1"}),
    ],
)
def test_a_form_gives_no_hint_of_somebody_invisible(
    slug: str, form: dict[str, str], enter: Enter, world: World
) -> None:
    caseworker = enter("caseworker")

    def answers(word: str, key: int) -> list[str]:
        found = [
            caseworker.post(f"/{slug}/new", data=form | {"person-text": word}),
            caseworker.post(f"/{slug}/new", data=form | {"person": str(key)}),
            caseworker.post(f"/{slug}/new", data=form | {"person": str(key), "person-text": word}),
            caseworker.get(f"/{slug}/new?person-text={word}"),
            caseworker.get(f"/{slug}/new?person={key}"),
            caseworker.get(f"/{slug}/?person-text={word}&filter=1"),
        ]
        return [
            plain(answer.text, word).replace(f'"{key}"', '"KEY"').replace(f"={key}", "=KEY")
            for answer in found
        ]

    assert answers("Wexoldi", world.person("secret")) == answers("Nonsens", 4711)


def test_saving_an_activity_keeps_the_people_whom_one_may_not_see(
    app: Flask, enter: Enter, world: World
) -> None:
    key = world.ids["activities"]["own_new"]
    with app.app_context():
        begin_write()
        both = [db.session.get_one(Person, world.person(kind)) for kind in ("normal", "secret")]
        db.session.get_one(Activity, key).persons = both
        db.session.commit()
    caseworker = enter("caseworker")

    assert "Wexoldi" not in caseworker.get(f"/activities/{key}/edit").text
    assert change(caseworker, f"/activities/{key}", note="neu").status_code == 303

    with app.app_context():
        found = {person.id for person in db.session.get_one(Activity, key).persons}
    assert found == {world.person("normal"), world.person("secret")}


# -- several roles ---
def test_organiser_and_treasurer_together_cannot_see_people(app: Flask, enter: Enter, world: World) -> None:
    give_roles(app, "organiser", "treasurer")
    browser = enter("organiser")

    assert [browser.get(f"/people/{page}").status_code for page in ("", "lookup?q=", "1", "new")] == [403] * 4
    everything = "".join(browser.get(address).text for address in addresses(world))
    assert not any(text in everything for text in about_person(*WORDS))


@pytest.mark.storage
def test_caseworker_and_treasurer_together_see_names(app: Flask, enter: Enter, world: World) -> None:
    give_roles(app, "caseworker", "treasurer")
    browser = enter("caseworker")

    page = browser.get("/cases/?per_page=200").text

    assert "Nguyễn Zumbado Ngân" in page
    assert "Titel Jolpetka" in page
    assert number("restricted") in page
    assert not any(text in page for text in ("Quirvax", "Wexoldi", number("secret")))
    assert "Refugee" in main(browser, f"/cases/{world.case('hers')}")
    assert "Cases 1" in main(browser, f"/people/{world.person('normal')}")
    restricted = main(browser, f"/cases/{world.case('restricted')}")
    assert restricted.startswith("Cases T2026-0102 … History")
    assert not any(text in restricted for text in ("Person", "Skilled", "Received", "Refugee", "Quirvax"))
    assert (
        rows_of(browser.get("/cases/?q=Quirvax"))
        == rows_of(browser.get("/cases/?sort=title&q=Wexoldi"))
        == []
    )


@pytest.mark.storage
def test_on_a_case_that_she_knows_by_number_alone_she_is_offered_nothing_to_add(
    app: Flask, enter: Enter, world: World
) -> None:
    give_roles(app, "caseworker", "treasurer")
    both = enter("caseworker")

    offered = [
        'action="/activities/new"' in both.get(f"/cases/{world.case(kind)}").text
        for kind in ("normal", "restricted")
    ]

    assert offered == [True, False]
    assert f"/new?case={world.case('restricted')}" not in both.get(f"/cases/{world.case('restricted')}").text


def test_a_caseworker_who_interprets_sees_there_what_an_interpreter_sees(
    app: Flask, enter: Enter, world: World
) -> None:
    give_roles(app, "interpreter", "caseworker")
    assign(app, world, "restricted")
    browser = enter("interpreter")

    pages = [
        browser.get("/cases/?per_page=200&sort=person").text,
        browser.get("/people/?per_page=200").text,
        browser.get("/people/lookup?q=").text,
        browser.get("/cases/lookup?q=").text,
        browser.get(f"/cases/{world.case('restricted')}").text,
        browser.get(f"/people/{world.person('restricted')}").text,
        browser.get(f"/residence-statuses/{world.ids['residence-statuses']['restricted']}").text,
    ]

    assert [at for at, page in enumerate(pages) if "Quirvax" in page] == []
    assert "Ngrestricted" in pages[0]
    assert "Nguyễn Zumbado Ngân" in pages[0]
    assert "Titel Zumbado" in browser.get("/cases/lookup?q=T2026-0101").text
    assert rows_of(browser.get("/people/?q=Quirvax")) == rows_of(browser.get("/cases/?q=Quirvax")) == []
    assert browser.get(f"/cases/{world.case('restricted')}/edit").status_code == 403


# -- organiser ---
def test_an_organiser_neither_sees_nor_changes_whom_an_attendee_is(
    app: Flask, enter: Enter, world: World
) -> None:
    organiser, address = enter("organiser"), f"/attendees/{world.ids['attendees']['any']}"
    form = form_of(organiser.get(f"{address}/edit"), name="Yorick Neu")
    assert "person" not in form

    change_record(app, Attendee, world.ids["attendees"]["any"], {"person_id": 2, "name": "Yorick Anders"})
    clash = organiser.post(f"{address}/edit", data=form)
    kept = organiser.post(f"{address}/edit", data=form_of(clash, person="3", name__keep="mine"))

    assert clash.status_code == 409
    assert "Yorick Anders" in clash.text
    assert not any(text in clash.text for text in ("Supported person", "Zumbado", "Quirvax"))
    assert kept.status_code == 303
    with app.app_context():
        attendee = db.session.get_one(Attendee, world.ids["attendees"]["any"])
        assert (attendee.person_id, attendee.name) == (2, "Yorick Neu")
    assert organiser.get("/attendees/?sort=person").text.count("warn-n") == 1


# -- what is written down ---
def test_looks_reveals_and_refusals_are_written_down(app: Flask, enter: Enter, world: World) -> None:
    caseworker, treasurer = enter("caseworker"), enter("treasurer")
    person = world.person("normal")

    caseworker.get(f"/people/{person}")
    shown = caseworker.post(f"/people/{person}/reveal", data={"field": "passport_no"}).text
    caseworker.get(f"/cases/{world.case('secret')}")
    caseworker.post(f"/people/{world.person('secret')}/edit", data={"city": "x"})
    caseworker.post(f"/cases/{world.case('normal')}/delete")
    treasurer.get("/people/")
    treasurer.get("/people/lookup?q=")
    treasurer.post(f"/donors/{world.ids['donors']['any']}/delete")

    assert PASSPORT in shown
    assert CARD not in shown
    assert log_rows(app, "view")[1:] == [(CASEWORKER, "person", person, None)]  # the first stood there
    assert log_rows(app, "reveal") == [(CASEWORKER, "person", person, "passport_no")]
    assert set(log_rows(app, "refused")) == {
        (CASEWORKER, "case", world.case("secret"), None),
        (CASEWORKER, "person", world.person("secret"), None),
        (CASEWORKER, "case", None, None),
        (3, "person", None, None),
        (3, "donor", None, None),
    }


def test_every_page_that_shows_a_secret_field_is_written_down(app: Flask, enter: Enter, world: World) -> None:
    caseworker, key = enter("caseworker"), world.person("normal")
    address = f"/people/{key}/edit"

    refused = caseworker.post(address, data={"birth_date": "nonsense"})
    assert refused.status_code == 422
    assert PASSPORT in refused.text
    (row,) = log_rows(app, "reveal")
    assert "passport_no" in row[3]

    form = form_of(caseworker.get(address), passport_no="C9999999")
    change_record(app, Person, key, {"passport_no": "C8888888"})
    clash = caseworker.post(address, data=form)
    assert clash.status_code == 409
    assert "C8888888" in clash.text
    assert (CASEWORKER, "person", key, "passport_no") in log_rows(app, "reveal")
