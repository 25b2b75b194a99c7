"""A reference is found by search box; without JavaScript by words whose matches come back as radio buttons."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import PASSWORD
from tests.engine.browsing import change, form_of, new_id, rows_of, words
from tests.factories import a_case, a_donation, a_person, an_organisation
from tomoiki.accounts.matrix import office_access
from tomoiki.cases.models import Case
from tomoiki.core.access import Grant
from tomoiki.money.models import Donation, Donor

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]


@pytest.fixture
def people(saved: Saved) -> dict[str, int]:
    names = ("Nguyễn Văn An", "Nguyễn Văn Bình", "Trần Thị Cúc")
    return {name: saved(a_person(full_name_vi=name)) for name in names}


# -- forms -------------------------------------------------------------------------------------------------------
def test_the_one_that_fits_the_words_is_taken(
    caseworker: FlaskClient, people: dict[str, int], value: Value
) -> None:
    key = new_id(caseworker.post("/cases/new", data={"person": "", "person-text": "tran thi cuc"}))

    assert value(Case, key, "person") == people["Trần Thị Cúc"]


def test_a_whole_name_wins_over_longer_ones(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    wanted = saved(a_person(full_name_vi="Lê An"))
    saved(a_person(full_name_vi="Lê An Bình"))

    key = new_id(caseworker.post("/cases/new", data={"person-text": "le an"}))

    assert value(Case, key, "person") == wanted


def test_several_that_fit_are_offered_and_one_is_chosen(
    caseworker: FlaskClient, people: dict[str, int], value: Value
) -> None:
    wanted = people["Nguyễn Văn An"]

    offered = caseworker.post("/cases/new", data={"person": "", "person-text": "nguyen van", "title": "題"})
    form = form_of(offered, person=["", str(wanted)])
    key = new_id(caseworker.post("/cases/new", data=form))

    assert offered.status_code == 422
    assert "“nguyen van” fits 2 records. Choose one of them." in words(offered)
    assert f'<input class="form-check-input" type="radio" name="person" value="{wanted}">' in offered.text
    assert value(Case, key, "person") == wanted


def test_a_chosen_match_stays_chosen_when_something_else_is_wrong(
    caseworker: FlaskClient, people: dict[str, int], value: Value
) -> None:
    sent = {"person": ["", str(people["Nguyễn Văn An"])], "person-text": "nguyen van", "opened_on": "x"}

    refused = caseworker.post("/cases/new", data=sent)
    key = new_id(caseworker.post("/cases/new", data=form_of(refused, opened_on="2026-04-01")))

    assert value(Case, key, "person") == people["Nguyễn Văn An"]


@pytest.mark.parametrize("typed", ["Nobody", "%", "_", "nul\0", "a" * 10000])
@pytest.mark.storage
def test_words_that_fit_nothing_are_said(typed: str, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_person())

    answer = caseworker.post("/cases/new", data={"person": "", "person-text": typed})

    assert answer.status_code == 422
    assert "Nothing was found for" in words(answer)


def test_overtyped_words_win_over_the_id_that_stayed_behind(
    caseworker: FlaskClient, people: dict[str, int], saved: Saved, value: Value
) -> None:
    key = saved(a_case(person_id=people["Nguyễn Văn An"]))

    change(caseworker, f"/cases/{key}", person__text="Trần Thị Cúc")

    assert value(Case, key, "person") == people["Trần Thị Cúc"]


def test_an_id_that_was_changed_wins_over_the_words_that_stayed_behind(
    caseworker: FlaskClient, people: dict[str, int], saved: Saved, value: Value
) -> None:
    key = saved(a_case(person_id=people["Nguyễn Văn An"]))

    change(caseworker, f"/cases/{key}", person=str(people["Trần Thị Cúc"]))

    assert value(Case, key, "person") == people["Trần Thị Cúc"]


def test_wiped_out_words_take_the_reference_away(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case(employer=an_organisation()))

    change(caseworker, f"/cases/{key}", employer__text="")

    assert value(Case, key, "employer") is None


def test_a_reference_that_is_required_cannot_be_taken_away(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())

    answer = change(caseworker, f"/cases/{key}", person="", person__text="")

    assert answer.status_code == 422
    assert "Fill in Person." in words(answer)


def test_a_person_out_of_sight_cannot_be_pointed_at(caseworker: FlaskClient, saved: Saved) -> None:
    case = a_case(person=a_person(full_name_vi="Bí Mật"), confidential="secret", owner_id=1)
    saved(case)

    by_id = caseworker.post("/cases/new", data={"person": 1})
    by_name = caseworker.post("/cases/new", data={"person-text": "Bí Mật"})

    assert "This record was not found. Search for it again." in words(by_id)
    assert "Nothing was found for “Bí Mật”." in words(by_name)
    assert "Bí Mật" not in words(caseworker.get("/cases/new?person=1"))


def test_a_reference_to_something_hidden_stays_when_the_rest_is_edited(
    make_app: Callable[..., Flask], saved: Saved, value: Value
) -> None:
    key = saved(a_case(person=a_person(full_name_vi="Bí Mật")))
    client = make_app(access=office_access({"person": {"admin": (Grant("CRUDX"),)}})).test_client()
    client.post("/login", data={"email": "caseworker@example.org", "password": PASSWORD})

    assert change(client, f"/cases/{key}", title="新しい題").status_code == 303

    assert (value(Case, key, "title"), value(Case, key, "person")) == ("新しい題", 1)
    assert "Bí Mật" not in client.get(f"/cases/{key}/edit").text


def test_people_contacted_are_ticked_one_by_one(
    caseworker: FlaskClient, people: dict[str, int], saved: Saved
) -> None:
    first, second, third = people.values()
    sent = {
        "case": saved(a_case()),
        "type": "call",
        "persons": [first, second, "999", "x"],
        "persons-shown": "1",
    }
    key = new_id(caseworker.post("/activities/new", data=sent))
    address = f"/activities/{key}"

    assert form_of(caseworker.get(f"{address}/edit")).getlist("persons") == [str(second), str(first)]
    change(caseworker, address, persons=[str(second), str(third)])
    assert "Nguyễn Văn Bình、Trần Thị Cúc" in words(caseworker.get(address))
    change(caseworker, address, persons=[])
    assert "Nguyễn" not in words(caseworker.get(address))


# -- the search box ----------------------------------------------------------------------------------------------
def test_the_search_box_answers_with_label_and_what_tells_two_apart(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_person(full_name_vi="Lê An", code="P-000777"))

    assert caseworker.get("/people/lookup?q=le").json == [{"id": 1, "text": "Lê An", "sub": "P-000777"}]


@pytest.mark.parametrize("query", ["%", "_", "^", "=", "'", '"', "*", "(", "nothing"])
@pytest.mark.storage
def test_signs_of_query_languages_are_text_in_the_search_box(
    query: str, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_person())

    assert caseworker.get("/people/lookup", query_string={"q": query}).json == []


@pytest.mark.storage
def test_the_search_box_answers_with_at_most_twenty_newest_first(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(*(a_person() for _ in range(25)))

    found = caseworker.get("/people/lookup?limit=99999999").json

    assert [one["id"] for one in found] == list(range(25, 5, -1))


def test_a_part_of_a_table_looks_up_only_its_own(organiser: FlaskClient) -> None:
    for slug, title in (("study-sessions", "勉強会"), ("seminars", "講座")):
        organiser.post(f"/{slug}/new", data={"title_ja": title, "starts_at": "2026-11-23 13:00"})

    assert [one["text"] for one in organiser.get("/seminars/lookup?q=").json] == ["講座"]
    assert len(organiser.get("/events/lookup?q=").json) == 2


def test_users_who_left_are_offered_no_more(caseworker: FlaskClient, admin: FlaskClient) -> None:
    change(admin, "/users/6", active=[])

    assert "Auditor" not in [one["text"] for one in caseworker.get("/users/lookup?q=").json]


def test_who_may_not_read_a_table_is_refused_its_search_box(
    organiser: FlaskClient, client: FlaskClient
) -> None:
    assert organiser.get("/people/lookup?q=a").status_code == 403
    assert organiser.get("/people/lookup?q=a").json == {"error": "Forbidden"}
    assert client.get("/people/lookup?q=a").status_code == 401


def test_labels_are_open_to_whoever_saves_a_form_that_points_there(
    organiser: FlaskClient, treasurer: FlaskClient, enter: Callable[[str], FlaskClient]
) -> None:
    found = organiser.get("/funds/lookup?q=general").json

    assert [(one["text"], one["sub"]) for one in found] == [("一般", "")]
    assert organiser.get("/funds/").status_code == 403
    assert enter("auditor").get("/organisations/lookup?q=").status_code == 200
    assert enter("interpreter").get("/organisations/lookup?q=").status_code == 403


# -- in filters --------------------------------------------------------------------------------------------------
def test_the_filter_form_takes_words_as_well(
    caseworker: FlaskClient, people: dict[str, int], saved: Saved
) -> None:
    keys = [saved(a_case(person_id=person)) for person in people.values()]
    page = caseworker.get("/cases/?filter=1")

    by_words = caseworker.get("/cases/", query_string=form_of(page, person__text="Trần Thị Cúc"))
    untouched = caseworker.get("/cases/", query_string=form_of(page))

    assert rows_of(by_words) == [keys[2]]
    assert "Person: Trần Thị Cúc" in words(by_words)
    assert len(rows_of(untouched)) == 3
    assert "is no filter of this list" not in untouched.text


def test_a_filter_by_id_keeps_its_words(
    caseworker: FlaskClient, people: dict[str, int], saved: Saved
) -> None:
    keys = [saved(a_case(person_id=person)) for person in people.values()]
    page = caseworker.get(f"/cases/?filter=1&person={people['Nguyễn Văn An']}")
    form = form_of(page)

    assert (form["person"], form["person-text"]) == (str(people["Nguyễn Văn An"]), "Nguyễn Văn An")
    assert rows_of(caseworker.get("/cases/", query_string=form)) == [keys[0]]


@pytest.mark.parametrize("typed", ["nguyen", "nobody"])
def test_words_of_a_filter_that_fit_not_just_one_are_left_out_with_a_notice(
    typed: str, caseworker: FlaskClient, people: dict[str, int], saved: Saved
) -> None:
    saved(*(a_case(person_id=person) for person in people.values()))

    answer = caseworker.get("/cases/", query_string={"person-text": typed})

    assert len(rows_of(answer)) == 3
    assert "A value of the filter “Person” is not known and was left out." in words(answer)


def test_a_donor_of_a_donation_is_found_by_number_too(
    treasurer: FlaskClient, saved: Saved, value: Value
) -> None:
    donor = saved(Donor(code="N-00042", name="見本商事"))
    key = saved(a_donation())

    change(treasurer, f"/donations/{key}", donor__text="N-00042")

    assert value(Donation, key, "donor") == donor
