"""Two people edit one record: what does not clash is merged, what does is shown side by side; nothing is lost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.engine.browsing import change, form_of, words
from tests.factories import a_case, a_person, an_activity, an_organisation
from tomoiki.cases.models import Activity, Case
from tomoiki.core.dates import now
from tomoiki.core.fields import fields_of
from tomoiki.events.models import Attendee, Event
from tomoiki.people.models import Person

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]


class Late:
    """Somebody whose edit form is already open when a colleague saves."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.address = client, f"{address}/edit"
        self.page = client.get(self.address)

    def save(self, **changes: Any) -> TestResponse:
        return self.client.post(self.address, data=form_of(self.page, **changes))

    def decide(self, asked: TestResponse, **kept: str) -> TestResponse:
        """Choose on the conflict page: `title="theirs"`."""
        form = _without(form_of(asked), *(f"{name}-keep" for name in kept))
        return self.client.post(self.address, data=_with(form, kept))


def _without(form: MultiDict[str, str], *names: str) -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in names])


def _with(form: MultiDict[str, str], kept: dict[str, str]) -> MultiDict[str, str]:
    form.update({f"{name}-keep": side for name, side in kept.items()})
    return form


@pytest.fixture
def colleague(admin: FlaskClient) -> FlaskClient:
    return admin


# -- different fields --------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_changes_of_different_fields_are_both_kept(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="題", story="話", primary_category="housing"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="新しい題", categories=["housing", "visa"], priority="now")

    answer = late.save(story="新しい話", opened_on="2026-04-01")

    assert answer.status_code == 303
    found = [str(value(Case, key, name)) for name in ("title", "story", "opened_on", "priority")]
    assert found == ["新しい題", "新しい話", "2026-04-01", "now"]
    assert value(Case, key, "categories") == ["housing", "visa"]


def test_the_same_change_made_twice_is_no_conflict(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="新しい題")

    assert late.save(title="新しい題", story="話").status_code == 303
    assert value(Case, key, "story") == "話"


def test_a_move_while_the_form_is_open_does_not_disturb(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())
    late = Late(caseworker, f"/cases/{key}")
    colleague.post(f"/cases/{key}/move", data={"to": "active"})

    assert late.save(title="新しい題").status_code == 303
    assert (value(Case, key, "title"), value(Case, key, "status")) == ("新しい題", "active")


def test_the_page_lists_what_she_changed_elsewhere_and_takes_words_written_anew(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="題", story="話", next_action="電話"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="向こうの題", next_action="面談")

    asked = late.save(title="私の題", story="私の話")
    decided = form_of(asked, title__keep="anew", title__anew="二人の題")
    assert caseworker.post(late.address, data=decided).status_code == 303

    told = words(asked)
    assert "Your change" in told
    assert "話 → 私の話" in told
    assert "電話 → 面談" in told
    found = [value(Case, key, name) for name in ("title", "story", "next_action")]
    assert found == ["二人の題", "私の話", "面談"]


def test_flags_and_people_of_a_colleague_are_kept(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    more = saved(a_person(full_name_vi="Trần Thị Cúc"))
    key = saved(an_activity(by_id=2, counts_as_contact=True))
    late = Late(caseworker, f"/activities/{key}")
    change(colleague, f"/activities/{key}", counts_as_contact="no", persons=[str(more)])

    assert late.save(note="話").status_code == 303

    assert value(Activity, key, "counts_as_contact") is False
    assert "Trần Thị Cúc" in words(caseworker.get(f"/activities/{key}"))


def test_a_moment_with_seconds_is_no_change(
    organiser: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(Event(number="E1", kind="study", title_ja="x", starts_at=now().replace(second=42)))
    late = Late(organiser, f"/events/{key}")
    change(colleague, f"/events/{key}", starts_at="2026-11-23 13:00", certificate="yes")

    assert late.save(title_ja="y").status_code == 303

    assert value(Event, key, "starts_at").isoformat() == "2026-11-23T04:00:00+00:00"
    assert value(Event, key, "certificate") is True


# -- the same field ----------------------------------------------------------------------------------------------
def test_the_conflict_page_shows_who_when_and_all_three_values(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="はじめ"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="同僚の題", priority="now")

    asked = late.save(title="私の題", story="私の話")

    assert asked.status_code == 409
    text = words(asked)
    assert all(part in text for part in ("Admin", "はじめ", "同僚の題", "私の題", "At once"))
    assert "Nothing has been overwritten. Choose in 1 place." in text
    assert (value(Case, key, "title"), value(Case, key, "story")) == ("同僚の題", None)


CLASHES: list[tuple[str, Any, Any, str, str]] = [
    ("title", "同僚の題", "私の題", "同僚の題", "私の題"),
    ("story", "同僚の\n話", "私の話", "同僚の 話", "私の話"),
    ("categories", ["housing", "visa"], ["dismissal"], "Loss of housing, Status of residence", "Dismissal"),
    ("outcomes", [], ["X1"], "—", "Could not be reached"),
    ("employer", "2", "1", "乙社", "甲社"),
    ("opened_on", "2026-05-01", "R8.6.1", "2026-05-01", "2026-06-01"),
    ("priority", "now", "", "At once", "—"),
    ("prevented_crime_flag", "yes", "no", "Applies", "Does not apply"),
]


@pytest.mark.parametrize("side", ["mine", "theirs"])
@pytest.mark.parametrize(("field", "theirs", "mine", "shown_theirs", "shown_mine"), CLASHES)
def test_what_was_chosen_is_saved(  # noqa: PLR0913, PLR0917 - one row of the table
    field: str, theirs: Any, mine: Any, shown_theirs: str, shown_mine: str, side: str,
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value,
) -> None:  # fmt: skip
    saved(an_organisation(name="甲社"), an_organisation(name="乙社"))
    original = {"title": "題", "priority": "normal", "primary_category": "housing", "outcomes": ["R3"]}
    key = saved(a_case(**original, categories=["housing"]))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", **{field: theirs})
    expected = {"theirs": value(Case, key, field)}

    asked = late.save(**{field: mine}, next_action="電話")
    answer = late.decide(asked, **{field: side})

    assert shown_theirs in words(asked)
    assert shown_mine in words(asked)
    assert (asked.status_code, answer.status_code) == (409, 303)
    assert value(Case, key, "next_action") == "電話"
    assert (value(Case, key, field) == expected["theirs"]) == (side == "theirs")


@pytest.mark.parametrize("side", ["mine", "theirs"])
@pytest.mark.parametrize(
    ("field", "theirs", "mine", "shown"),
    [
        ("starts_at", "2026-12-01 10:00", "2026-12-02 10:00", ("2026-12-01 10:00", "2026-12-02 10:00")),
        ("fee", "500", "1,000", ("500 yen", "1,000 yen")),
        ("capacity", "5", "６", ("5 people", "6 people")),
        ("language", ["vi"], ["ja", "vi"], ("Vietnamese", "Japanese")),
    ],
)
def test_moments_amounts_and_numbers_clash_readably(  # noqa: PLR0913, PLR0917
    field: str, theirs: Any, mine: Any, shown: Any, side: str,
    organiser: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value,
) -> None:  # fmt: skip
    key = saved(Event(number="E1", kind="study", title_ja="x", starts_at=now(), capacity=1))
    late = Late(organiser, f"/events/{key}")
    change(colleague, f"/events/{key}", **{field: theirs})
    before = value(Event, key, field)

    asked = late.save(**{field: mine})
    late.decide(asked, **{field: side})

    assert asked.status_code == 409
    assert all(part in words(asked) for part in shown)
    assert (value(Event, key, field) == before) == (side == "theirs")


def test_a_third_save_in_between_asks_again(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="はじめ"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="二番目")
    asked = late.save(title="私の題")
    change(colleague, f"/cases/{key}", title="三番目")

    again = late.decide(asked, title="mine")

    assert again.status_code == 409
    assert all(part in words(again) for part in ("二番目", "三番目", "私の題"))
    assert late.decide(again, title="theirs").status_code == 303
    assert value(Case, key, "title") == "三番目"


def test_a_browser_sends_the_choice_of_the_second_page_only(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved
) -> None:
    key = saved(a_case(title="はじめ"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", title="二番目")
    asked = late.save(title="私の題")
    change(colleague, f"/cases/{key}", title="三番目")

    again = late.decide(asked, title="mine")

    assert form_of(again).getlist("title-keep") == ["mine"]
    assert form_of(again)["_version"] == "3"


def test_what_is_wrong_in_a_late_form_is_refused_and_kept(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case())
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", next_action_on="2026-12-01")

    refused = late.save(next_action_on="来週", title="私の題")

    assert refused.status_code == 422
    assert form_of(refused)["next_action_on"] == "来週"
    asked = caseworker.post(f"/cases/{key}/edit", data=form_of(refused, next_action_on="2026-12-08"))
    assert asked.status_code == 409
    assert "2026-12-01" in words(asked)
    assert value(Case, key, "next_action_on").isoformat() == "2026-12-01"


@pytest.mark.parametrize(("mine", "status"), [("AB1234567", 303), ("EF1234567", 409)])
def test_a_secret_that_a_colleague_changed_is_not_overwritten(  # noqa: PLR0913, PLR0917
    mine: str, status: int, caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_person(passport_no="AB1234567"))
    late = Late(caseworker, f"/people/{key}")
    change(colleague, f"/people/{key}", passport_no="CD1234567")

    assert late.save(city="港区", passport_no=mine).status_code == status

    assert value(Person, key, "passport_no") == "CD1234567"


def test_the_conflict_page_tells_nothing_of_hidden_fields(
    organiser: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    person = saved(a_person())
    key = saved(Attendee(name="花子"))
    late = Late(organiser, f"/attendees/{key}")
    change(colleague, f"/attendees/{key}", person=str(person), name="見本 花子", grade="二年")

    asked = late.save(name="架空 花子")

    assert asked.status_code == 409
    assert "Supported person" not in words(asked)
    assert "二年" in words(asked)
    assert late.decide(asked, name="mine").status_code == 303
    assert value(Attendee, key, "person") == person


def test_an_answer_that_was_opened_again_stays_open(
    caseworker: FlaskClient, colleague: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(next_action="電話", next_action_on=date(2026, 12, 1), prevented_crime_flag="yes"))
    late = Late(caseworker, f"/cases/{key}")
    change(colleague, f"/cases/{key}", next_action="", next_action_on="", prevented_crime_flag="")

    assert late.save(title="私の題").status_code == 303

    found = [value(Case, key, name) for name in ("next_action", "next_action_on", "prevented_crime_flag")]
    assert found == [None, None, None]


def test_every_kind_of_field_that_forms_have_is_among_these_tests() -> None:
    kinds = {fields_of(Case)[row[0]].kind for row in CLASHES}

    assert kinds == {"text", "long", "codes", "ref", "day", "choice"}
