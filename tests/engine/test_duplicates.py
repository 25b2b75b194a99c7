"""Likely duplicates: which pairs are shown, to whom, with which reasons, and what is not asked again."""

from collections.abc import Callable, Sequence
from datetime import date
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.duplicates import MOST, find_pairs
from admin_views.engine.office import look_as
from tests.databases import Queries
from tests.engine.browsing import form_of, words
from tests.engine.test_merging import merge
from tests.factories import a_case, a_person, an_organisation
from tomoiki.core.access import SYSTEM_VIEWER, Viewer
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now
from tomoiki.core.records import Record
from tomoiki.events.models import Attendee
from tomoiki.money.models import Donor
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Found = list[tuple[int, int, int]]
Find = Callable[..., Found]
BORN = date(1998, 5, 17)


@pytest.fixture
def found(app: Flask) -> Find:
    """Return the pairs as one viewer sees them: both ids, and how sure it is."""

    def find(model: type[Record], who: Viewer = SYSTEM_VIEWER) -> Found:
        with app.test_request_context():
            look_as(who)
            return [(pair.one, pair.other, pair.sure) for pair in find_pairs(db.session(), model)]

    return find


# -- who looks like whom ---------------------------------------------------------------------------------------
ONE = {"full_name_vi": "Nguyễn Thị Bưởi", "birth_date": BORN, "phone_jp": "+819011112222"}


@pytest.mark.parametrize(
    ("other", "sure"),
    [
        ({"name_card": "NGUYEN THI BUOI", "birth_date": BORN}, 2),
        ({"full_name_vi": "Bưởi Nguyễn Thị", "birth_date": BORN}, 2),
        ({"name_used": "nguyen thi buoi", "phone_jp": "+819011112222"}, 2),
        ({"name_card": "NGUYEN THI BUOI", "birth_date": BORN, "phone_jp": "+819011112222"}, 1),
        ({"full_name_vi": "Nguyễn Thị Bưởi", "email": "buoi@example.org"}, 2),
        ({"full_name_vi": "Nguyễn Thị Bưởi", "residence_card_no": "AB12345678CD"}, 0),
        ({"full_name_vi": "Khác Hẳn", "birth_date": BORN, "residence_card_no": "AB12345678CD"}, 0),
        ({"full_name_vi": "Nguyễn Thị Bưởi", "birth_date": BORN, "residence_card_no": "EF12345678GH"}, 2),
        ({"full_name_vi": "Nguyễn Thị Bưởi"}, None),
        ({"full_name_vi": "Nguyễn Thị Bưởi", "birth_date": date(1999, 1, 1)}, None),
        ({"full_name_vi": "Trần Văn Ba", "birth_date": BORN}, None),
        ({"full_name_vi": "Trần Văn Ba", "residence_card_no": "AB12345678CD"}, None),
    ],
)
def test_people_are_told_by_name_and_birth_date_phone_mail_or_card(
    other: dict[str, Any], sure: int | None, saved: Saved, found: Find
) -> None:
    one = saved(a_person(**ONE, email="buoi@example.org", residence_card_no="AB12345678CD"))
    two = saved(a_person(**other))

    assert found(Person) == ([] if sure is None else [(one, two, sure)])


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        ({"name": "山田　花子", "postal_code": "1050011"}, True),
        ({"name": "山田 花子", "phone": "+81312345678"}, True),
        ({"name": "別の名", "email": "hana@example.org"}, True),
        ({"name": "山田花子"}, False),
        ({"name": "山田花子", "postal_code": "1000001"}, False),
    ],
)
def test_donors_are_told_by_name_and_a_way_to_reach_them_or_by_mail(
    other: dict[str, str], is_found: bool, saved: Saved, found: Find
) -> None:
    reached = {"postal_code": "1050011", "phone": "+81312345678", "email": "hana@example.org"}
    one = saved(Donor(code="N-1", name="山田花子", **reached))
    two = saved(Donor(code="N-2", **other))

    assert found(Donor) == ([(one, two, 1)] if is_found else [])


def test_companies_are_told_by_number_or_name_and_two_numbers_are_two_companies(
    saved: Saved, found: Find
) -> None:
    one = saved(an_organisation(name="㈱見本", corporate_number="7000012050002"))
    saved(an_organisation(name="株式会社見本", corporate_number="8000012010038"))
    three = saved(an_organisation(name="見本（株）"))

    assert found(Organisation) == [(one, three, 1), (one + 1, three, 1)]


def test_attendees_are_told_by_mail_or_by_name_and_phone(saved: Saved, found: Find) -> None:
    one = saved(Attendee(name="Lan", email="lan@example.org"))
    two = saved(Attendee(name="Trần Thị Lan", email="lan@example.org", phone="+819011112222"))
    three = saved(Attendee(name="TRAN THI LAN", phone="+819011112222"))
    saved(Attendee(name="Lan"))

    assert found(Attendee) == [(one, two, 0), (two, three, 1)]


def test_the_surest_come_first_then_those_with_most_in_common(saved: Saved, found: Find) -> None:
    same = {"full_name_vi": "Lê An", "birth_date": BORN}
    keys = [saved(a_person(**same)), saved(a_person(**same, phone_jp="+819011112222"))]
    keys += [saved(a_person(**same, phone_jp="+819011112222", residence_card_no="AB12345678CD"))]
    keys += [saved(a_person(name_used="Bình", birth_date=BORN, residence_card_no="AB12345678CD"))]

    assert [sure for *_ids, sure in found(Person)] == [0, 1, 2, 2]
    assert found(Person)[0][:2] == (keys[2], keys[3])


def test_a_crowd_of_namesakes_is_no_square(saved: Saved, found: Find) -> None:
    saved(*(Attendee(name=f"Lan {number}", email="office@example.org") for number in range(40)))

    assert len(found(Attendee)) == 39


# -- the page --------------------------------------------------------------------------------------------------
def test_the_page_says_which_two_and_why_and_leads_to_merging(caseworker: FlaskClient, saved: Saved) -> None:
    one = saved(a_person(**ONE))
    two = saved(a_person(name_card="NGUYEN THI BUOI", birth_date=BORN))

    listed, page = caseworker.get("/people/"), caseworker.get("/people/duplicates")

    assert 'href="/people/duplicates"' in listed.text
    assert "Perhaps Nguyễn Thị Bưởi" in words(page)
    assert "The same: Vietnamese name, Birth date" in words(page)
    assert f"/people/{one}/merge?merged_into={two}" in page.text
    assert f"/people/{one}/merge?merged_into={two}" in caseworker.get(f"/people/{one}/merge").text
    assert "1 in all" in words(page)


def test_not_the_same_is_remembered_for_all_and_can_be_asked_again(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    saved(a_person(**ONE), a_person(**ONE))

    for _ in range(2):  # twice: a double click
        answer = caseworker.post("/people/duplicates", data={"one": "2", "other": "1"})
        assert (answer.status_code, answer.location) == (303, "/people/duplicates")
    quiet = admin.get("/people/duplicates")
    admin.post("/people/duplicates", data=form_of(quiet) | {"again": "1"})

    assert "0 in all" in words(quiet)
    assert "Remembered as not the same" in words(quiet)
    assert "1 in all" in words(caseworker.get("/people/duplicates"))


def test_looking_closer_may_show_that_they_are_two(caseworker: FlaskClient, saved: Saved) -> None:
    one, two = saved(a_person(**ONE)), saved(a_person(**ONE))
    page = caseworker.get(f"/people/{one}/merge?merged_into={two}")

    caseworker.post("/people/duplicates", data=form_of(page))

    assert 'formaction="/people/duplicates"' in page.text
    assert "0 in all" in words(caseworker.get("/people/duplicates"))
    assert "The same:" not in words(caseworker.get(f"/people/{one}/merge"))


def test_what_was_said_of_a_merged_record_holds_for_the_one_it_went_into(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    one, two, three = (saved(a_person(**ONE)) for _ in range(3))
    caseworker.post("/people/duplicates", data={"one": two, "other": three})

    merge(caseworker, "people", one, two)

    assert "0 in all" in words(caseworker.get("/people/duplicates"))
    admin.post(f"/people/{two}/unmerge")
    assert "2 in all" in words(caseworker.get("/people/duplicates"))


def test_a_pair_with_a_record_she_may_not_see_is_the_administrators_alone(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    saved(a_person(**ONE))
    hidden = saved(a_person(**ONE, residence_card_no="AB12345678CD"))
    saved(a_case(person_id=hidden, confidential="restricted"))

    hers, whole = (browser.get("/people/duplicates") for browser in (caseworker, admin))

    assert "0 in all" in words(hers)
    assert f"/people/{hidden}" not in hers.text
    assert "1 in all" in words(whole)
    assert "AB12345678CD" not in whole.text


def test_the_administrator_remembering_a_pair_tells_others_nothing(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    seen = saved(a_person(**ONE))
    hidden = saved(a_person(**ONE))
    saved(a_case(person_id=hidden, confidential="restricted"))
    admin.post("/people/duplicates", data={"one": seen, "other": hidden})

    assert "Remembered as not the same" not in words(caseworker.get("/people/duplicates"))


@pytest.mark.parametrize(
    "sent",
    [{}, {"one": "1"}, {"one": "1", "other": "1"}, {"one": "x", "other": "1\0"}, {"one": "1", "other": "99"}],
)
def test_a_pair_that_is_none_is_not_found(
    sent: dict[str, str], caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_person())

    assert caseworker.post("/people/duplicates", data=sent).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "2"])
def test_a_page_that_is_none_is_the_first_or_the_last(
    page: str, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_person(**ONE), a_person(**ONE))

    assert "1 in all" in words(caseworker.get(f"/people/duplicates?page={page}"))


def test_the_page_asks_as_often_for_many_pairs_as_for_few(
    caseworker: FlaskClient, saved: Saved, queries: Queries
) -> None:
    def spent(pairs: Sequence[int]) -> int:
        saved(*(a_person(full_name_vi=f"Lê {number}", birth_date=BORN) for number in pairs for _ in range(2)))
        caseworker.get("/people/duplicates")
        queries.clear()
        assert caseworker.get("/people/duplicates").status_code == 200
        return len(queries.selects)

    assert spent(range(2)) == spent(range(2, 40)) <= 6


def test_twenty_thousand_people_are_compared_in_a_few_seconds(app: Flask, found: Find) -> None:
    made = now()
    rows = [
        {
            "code": f"P-{number:06}",
            "full_name_vi": f"Nguyễn Thị {chr(97 + number % 26)}{number // 2}",
            "birth_date": date(1980 + number // 2 % 20, 1 + number // 2 % 12, 1 + number // 2 % 28),
            "nationality": "VNM", "preferred_lang": "vi", "created_at": made, "updated_at": made, "version": 1,
        }
        for number in range(20_000)
    ]  # fmt: skip
    for row in rows[1::1000]:
        row["full_name_vi"] = rows[int(str(row["code"])[2:]) - 1]["full_name_vi"]
    with app.app_context():
        begin_write()
        for start in range(0, len(rows), 2000):
            db.session.execute(sa.insert(Person.__table__), rows[start : start + 2000])
        db.session.commit()

    began = monotonic()
    pairs = found(Person)

    assert len(pairs) == 20 < MOST
    assert monotonic() - began < 5
