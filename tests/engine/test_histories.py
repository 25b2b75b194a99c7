"""The history of a record: sentences in the reader's words, without what she may not see."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import change, words
from tests.factories import a_case, a_person, an_activity, an_organisation
from tomoiki.cases.models import CaseStaff
from tomoiki.core.actors import Actor, acting
from tomoiki.core.dates import now
from tomoiki.events.models import Attendee, Event, Registration

Saved = Callable[..., int]


def test_changes_are_told_newest_first_with_who_and_what(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    saved(an_organisation(name="甲社"))
    key = saved(a_case(title="題", primary_category="housing"))
    change(
        caseworker, f"/cases/{key}", title="新しい題", priority="now", employer="1", opened_on="2026-04-01"
    )
    change(
        admin, f"/cases/{key}", categories=["housing", "visa"], employer="", employer__text="", priority=""
    )

    told = words(admin.get(f"/cases/{key}/history"))

    assert told.startswith("Saved. Cases / T")
    assert "Title: 題 → 新しい題" in told
    assert "Urgency: At once" in told
    assert "Employer: 甲社" in told
    assert "Categories: Loss of housing → Loss of housing, Status of residence" in told
    assert "Employer: 甲社 → —" in told
    assert told.index("Admin") < told.index("Caseworker") < told.index("System")
    assert "Created this record." in told


def test_the_same_history_in_two_languages(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    change(caseworker, f"/cases/{key}", priority="now")

    told = {}
    for code in ("ja", "vi", "en"):
        caseworker.get(f"/lang/{code}")
        told[code] = words(caseworker.get(f"/cases/{key}/history"))

    assert len(set(told.values())) == 3
    assert "Urgency: At once" in told["en"]
    assert "Urgency" not in told["ja"] + told["vi"]


def test_of_secret_fields_it_tells_only_that_they_changed(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_person(passport_no="AB1234567"))
    change(caseworker, f"/people/{key}", passport_no="CD1234567")

    answer = caseworker.get(f"/people/{key}/history")

    assert "Passport number: changed" in words(answer)
    assert "1234567" not in answer.text
    assert "gAAAA" not in answer.text


def test_it_hides_what_the_reader_may_not_see(
    enter: Callable[[str], FlaskClient], caseworker: FlaskClient, saved: Saved
) -> None:
    saved(CaseStaff(case=a_case(story="秘密の話"), user_id=5, role="interpreter"))
    change(caseworker, "/cases/1", story="もっと秘密", next_action_on="2026-12-24")

    answer = enter("interpreter").get("/cases/1/history")

    assert "2026-12-24" in words(answer)
    assert "A hidden item: changed" in words(answer)
    assert "秘密" not in answer.text


def test_people_and_yes_and_no_stand_in_words(admin: FlaskClient, saved: Saved) -> None:
    cuc = saved(a_person(full_name_vi="Trần Thị Cúc"))
    key = saved(an_activity(counts_as_contact=True))
    change(admin, f"/activities/{key}", persons=[str(cuc)], counts_as_contact="no", minutes="30")
    change(admin, f"/activities/{key}", persons=[])

    told = words(admin.get(f"/activities/{key}/history"))

    assert "People contacted: Trần Thị Cúc" in told
    assert "Counts as contact: Yes → No" in told
    assert "Minutes: 30 min" in told


def test_a_reference_that_is_gone_leaves_a_mark(admin: FlaskClient, saved: Saved) -> None:
    saved(an_organisation(name="甲社"))
    key = saved(a_case())
    change(admin, f"/cases/{key}", employer="1")
    change(admin, f"/cases/{key}", employer="", employer__text="")
    admin.post("/organisations/1/delete")

    assert "Employer: … → —" in words(admin.get(f"/cases/{key}/history"))


def test_it_names_an_import(app: Any, admin: FlaskClient, saved: Saved) -> None:
    with acting(Actor(1, "Admin", None, "import")):
        key = saved(a_person())

    assert "Admin" in words(admin.get(f"/people/{key}/history"))
    assert "Import" in words(admin.get(f"/people/{key}/history"))


def test_lists_of_answers_are_only_said_to_have_changed(organiser: FlaskClient, saved: Saved) -> None:
    event = Event(number="E1", kind="study", title_ja="x", starts_at=now())
    saved(Registration(event=event, attendee=Attendee(name="花子"), answers={"food": "halal"}))

    answer = organiser.get("/registrations/1/history")

    assert "Answers: changed" in words(answer)
    assert "halal" not in answer.text


@pytest.mark.parametrize(("role", "status"), [("caseworker", 200), ("treasurer", 403)])
def test_whoever_may_read_a_record_may_read_its_history(
    role: str, status: int, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    saved(a_person())

    assert enter(role).get("/people/1/history").status_code == status


def test_it_leads_back_to_its_record(admin: FlaskClient) -> None:
    assert '<a href="/users/2">' in admin.get("/users/2/history").text
