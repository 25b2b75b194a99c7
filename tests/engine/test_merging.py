"""Merging two records into one, and taking that back; for each table whose records may be merged."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import Queries
from tests.engine.browsing import change, form_of, rows_of, words
from tests.factories import (
    a_case,
    a_deadline,
    a_donation,
    a_person,
    a_stay,
    an_activity,
    an_inquiry,
    an_organisation,
)
from tomoiki.cases.models import Activity, Case, CasePerson, Inquiry
from tomoiki.core import checking
from tomoiki.core.database import Base, db
from tomoiki.core.dates import now
from tomoiki.core.history import ChangeLog
from tomoiki.core.merging import is_mergeable, references_to
from tomoiki.core.records import Record
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.money.models import Donation, Donor, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine
from tomoiki.organisations.models import Organisation
from tomoiki.people.models import Person
from tomoiki.shelter.models import Stay

pytestmark = pytest.mark.storage
Enter = Callable[[str], FlaskClient]
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]


def merge(browser: FlaskClient, slug: str, stays: int, goes: int, **picks: str) -> TestResponse:
    """Merge as a browser does: open the page, choose, press the button."""
    page = browser.get(f"/{slug}/{stays}/merge?merged_into={goes}")
    assert page.status_code == 200, words(page)
    chosen = {f"pick__{name}": value for name, value in picks.items()}
    form = form_of(page, winner=str(stays), **chosen)
    return browser.post(f"/{slug}/{form['one']}/merge", data=form)


def take_back(browser: FlaskClient, slug: str, goes: int) -> TestResponse:
    """Take the merge back by which a record went."""
    return browser.post(f"/{slug}/{goes}/unmerge", data=form_of(browser.get(f"/{slug}/{goes}/unmerge")))


@pytest.fixture
def faults(app: Flask) -> Callable[[], list[checking.Finding]]:
    """Return what the office's own check finds: index, sums, history, foreign keys."""

    def find() -> list[checking.Finding]:
        looks = (checking._foreign_keys, checking._index, checking._ties, checking._history)  # noqa: SLF001
        with app.app_context(), checking._reading() as connection:  # noqa: SLF001
            return [finding for look in looks for finding in look(connection)]

    return find


@pytest.fixture
def two(saved: Saved) -> tuple[int, int]:
    """Two records of one person."""
    born = date(1998, 5, 17)
    return (
        saved(a_person(full_name_vi="Nguyễn Thị Bưởi", birth_date=born, pref="13")),
        saved(a_person(name_card="NGUYEN THI BUOI", birth_date=born, pref="14", phone_jp="+819011112222")),
    )


# -- what is moved ---------------------------------------------------------------------------------------------
def _keys_of(model: type[Record], name: str) -> set[sa.ForeignKey]:
    relation = sa.inspect(model).relationships[name]
    keys: set[sa.ForeignKey] = (
        model.__table__.c[f"{name}_id"].foreign_keys
        if relation.secondary is None
        else (relation.secondary.foreign_keys)
    )
    return {key for key in keys if key.column.table is relation.mapper.local_table}


def test_every_foreign_key_to_a_table_that_merges_is_known() -> None:
    models = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record)]
    mergeable = [model for model in models if is_mergeable(model)]

    for model in mergeable:
        known = {key for other, name in references_to(model) for key in _keys_of(other, name)}
        keys = {
            key
            for table in Base.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table is model.__table__ and ("id" in table.c or key.ondelete != "CASCADE")
        }
        assert known == keys
    assert {model.__name__ for model in mergeable} == {"Person", "Donor", "Organisation", "Attendee"}


def test_a_donor_goes_with_all_she_gave_and_her_receipts_keep_their_name(
    treasurer: FlaskClient, saved: Saved, value: Value, faults: Callable[[], Any]
) -> None:
    stays = saved(Donor(code="N-00001", name="山田花子", email="hana@example.org"))
    goes = saved(Donor(code="N-00002", name="山田 花子", email="hana@example.org", phone="+81312345678"))
    receipt = saved(Receipt(number="2026-00001", donor_id=goes, name_printed="山田 花子", total=5000))
    gift = saved(a_donation(donor_id=goes, receipt_id=receipt, status="receipted"))
    saved(ReceiptLine(receipt_id=receipt, donation_id=gift, amount=5000))
    pledge = saved(Pledge(donor_id=goes, amount=1000))

    answer = merge(treasurer, "donors", stays, goes)

    assert (answer.status_code, answer.location) == (303, f"/donors/{stays}")
    moved = ((Donation, gift), (Pledge, pledge), (Receipt, receipt))
    assert [value(model, key, "donor") for model, key in moved] == [stays] * 3
    assert value(Receipt, receipt, "name_printed") == "山田 花子"
    hers = [value(Donor, stays, name) for name in ("code", "name", "phone")]
    assert hers == ["N-00001", "山田花子", "+81312345678"]
    assert [value(Donor, goes, name) for name in ("merged_into", "name")] == [stays, "山田 花子"]
    assert faults() == []


def test_a_person_goes_with_cases_inquiries_and_conversations(
    caseworker: FlaskClient, saved: Saved, value: Value, two: tuple[int, int], app: Flask
) -> None:
    stays, goes = two
    case, inquiry = saved(a_case(person_id=goes)), saved(an_inquiry(person_id=goes))
    with app.app_context():
        people = [db.session.get_one(Person, key) for key in two]
        talk = an_activity(case_id=case, persons=people)
        db.session.add(talk)
        db.session.commit()
        talk_id = talk.id

    merge(caseworker, "people", stays, goes)

    assert [value(Case, case, "person"), value(Inquiry, inquiry, "person")] == [stays, stays]
    assert [one.id for one in _talked_to(app, talk_id)] == [stays]


def _talked_to(app: Flask, key: int) -> list[Person]:
    with app.app_context():
        return list(db.session.get_one(Activity, key).persons)


def test_a_company_gives_its_number_away_for_no_two_may_have_it(
    admin: FlaskClient, saved: Saved, value: Value
) -> None:
    stays = saved(an_organisation(name="㈱見本", roles=["employer"]))
    goes = saved(
        an_organisation(name="株式会社見本", corporate_number="7000012050002", roles=["employer", "donor"])
    )
    case = saved(a_case(employer_id=goes, org_supervising_id=goes))

    merge(admin, "organisations", stays, goes)

    assert value(Organisation, stays, "corporate_number") == "7000012050002"
    assert value(Organisation, goes, "corporate_number") is None
    assert value(Organisation, stays, "roles") == ["donor", "employer"]
    assert [value(Case, case, name) for name in ("employer", "org_supervising")] == [stays, stays]
    take_back(admin, "organisations", goes)
    assert value(Organisation, stays, "corporate_number") is None
    assert value(Organisation, goes, "corporate_number") == "7000012050002"
    assert value(Organisation, stays, "roles") == ["employer"]


def test_of_two_places_at_one_event_the_surer_stays_and_the_other_is_given_up(
    organiser: FlaskClient, admin: FlaskClient, saved: Saved, value: Value, faults: Callable[[], Any]
) -> None:
    stays, goes = saved(Attendee(name="Lan")), saved(Attendee(name="Lan", email="lan@example.org"))
    first = saved(Event(number="EV1", kind="study", title_ja="会", starts_at=now(), fund_id=1))
    second = saved(Event(number="EV2", kind="study", title_ja="会", starts_at=now(), fund_id=1))
    kept = saved(Registration(event_id=first, attendee_id=stays))
    twice = saved(Registration(event_id=first, attendee_id=goes, status="attended"))
    given_up = saved(Registration(event_id=first, attendee_id=goes, status="cancelled"))
    other = saved(Registration(event_id=second, attendee_id=goes))

    page = organiser.get(f"/attendees/{stays}/merge?merged_into={goes}")
    merge(organiser, "attendees", stays, goes)

    assert "Both have these." in words(page)
    assert f'href="/registrations/{twice}"' in page.text
    places = [value(Registration, key, "attendee") for key in (kept, twice, given_up, other)]
    assert places == [stays] * 4
    assert [value(Registration, key, "status") for key in (kept, twice)] == ["cancelled", "attended"]
    assert faults() == []
    take_back(admin, "attendees", goes)
    places = [value(Registration, key, "attendee") for key in (kept, twice, given_up, other)]
    assert places == [stays, goes, goes, goes]
    assert [value(Registration, key, "status") for key in (kept, twice)] == ["confirmed", "attended"]
    assert value(Registration, kept, "cancelled_at") is None
    assert faults() == []


def test_the_place_of_the_one_that_goes_is_given_up_where_neither_is_surer(
    organiser: FlaskClient, saved: Saved, value: Value
) -> None:
    stays, goes = saved(Attendee(name="Lan")), saved(Attendee(name="Lan", email="lan@example.org"))
    event = saved(Event(number="EV1", kind="study", title_ja="会", starts_at=now(), fund_id=1))
    first, second = (saved(Registration(event_id=event, attendee_id=key)) for key in (stays, goes))

    merge(organiser, "attendees", stays, goes)

    assert [value(Registration, key, "status") for key in (first, second)] == ["confirmed", "cancelled"]


def test_one_person_in_two_beds_on_one_night_is_refused_in_words(
    caseworker: FlaskClient, saved: Saved, value: Value, two: tuple[int, int]
) -> None:
    stays, goes = two
    saved(a_stay(person_id=stays, case=a_case(person_id=stays)))
    stay = saved(a_stay(person_id=goes, case=a_case(person_id=goes)))

    answer = merge(caseworker, "people", stays, goes)

    assert answer.status_code == 409
    assert "Nothing was merged." in words(answer)
    assert f"#{stay}" in words(answer)
    assert "This person has another stay" in words(answer)
    assert value(Stay, stay, "person") == goes
    assert value(Person, goes, "merged_into") is None


def test_the_same_deadline_twice_stays_and_others_move(
    caseworker: FlaskClient, saved: Saved, two: tuple[int, int], app: Flask
) -> None:
    stays, goes = two
    saved(a_deadline(person_id=stays))
    same, other = (
        saved(a_deadline(person_id=goes)),
        saved(a_deadline(person_id=goes, trigger_on=date(2026, 5, 1))),
    )
    case = saved(a_case())
    role = {"case_id": case, "role": "spouse"}
    saved(CasePerson(person_id=stays, **role))
    beside = saved(CasePerson(person_id=goes, **role))

    merge(caseworker, "people", stays, goes)

    with app.app_context():
        kept = [db.session.get_one(type_, key).person_id for type_, key in (
            (type(a_deadline()), same), (type(a_deadline()), other), (CasePerson, beside))]  # fmt: skip
    assert kept == [goes, stays, goes]


# -- which value stays -----------------------------------------------------------------------------------------
def test_each_field_is_picked_and_what_only_one_has_is_taken(
    caseworker: FlaskClient, saved: Saved, value: Value, two: tuple[int, int]
) -> None:
    stays, goes = two

    page = caseworker.get(f"/people/{stays}/merge?merged_into={goes}")
    merge(caseworker, "people", stays, goes, pref=str(goes))

    assert (
        page.text.count("<fieldset") == 2
    )  # which record stays, and the one field that both fill differently
    assert "Prefecture P-" in words(page)
    assert "3 fields are filled in one record only and are kept" in words(page)
    assert "3 fields are the same in both" in words(page)
    hers = [value(Person, stays, name) for name in ("full_name_vi", "name_card", "pref", "phone_jp")]
    assert hers == ["Nguyễn Thị Bưởi", "NGUYEN THI BUOI", "14", "+819011112222"]
    assert value(Person, goes, "pref") == "14"


def test_the_newer_record_may_stay(caseworker: FlaskClient, value: Value, two: tuple[int, int]) -> None:
    old, new = two

    merge(caseworker, "people", new, old)

    assert value(Person, old, "merged_into") == new
    assert value(Person, new, "merged_into") is None


def test_a_secret_value_is_picked_unseen(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    stays = saved(a_person(residence_card_no="AB12345678CD"))
    goes = saved(a_person(residence_card_no="EF12345678GH", safe_contact="Messenger only"))

    page = caseworker.get(f"/people/{stays}/merge?merged_into={goes}")
    merge(caseworker, "people", stays, goes, residence_card_no=str(goes))

    assert not any(secret in page.text for secret in ("AB12345678CD", "EF12345678GH", "Messenger only"))
    assert value(Person, stays, "residence_card_no") == "EF12345678GH"
    assert value(Person, stays, "safe_contact") == "Messenger only"


def test_what_is_hidden_from_her_is_not_lost(organiser: FlaskClient, saved: Saved, value: Value) -> None:
    person = saved(a_person())
    stays, goes = saved(Attendee(name="Lan")), saved(Attendee(name="Lan", person_id=person))

    page = organiser.get(f"/attendees/{stays}/merge?merged_into={goes}")
    merge(organiser, "attendees", stays, goes, person=str(stays))

    assert "Supported person" not in words(page)
    assert value(Attendee, stays, "person") == person


# -- the one that went -----------------------------------------------------------------------------------------
def test_a_merged_record_is_in_no_list_box_or_search_and_its_page_says_where_it_went(
    admin: FlaskClient, caseworker: FlaskClient, two: tuple[int, int]
) -> None:
    stays, goes = two
    merge(admin, "people", stays, goes)

    assert rows_of(caseworker.get("/people/")) == [stays]
    assert rows_of(caseworker.get("/people/?q=buoi")) == [stays]
    assert [one["id"] for one in caseworker.get("/people/lookup?q=buoi").json] == [stays]
    assert f"/people/{goes}" not in caseworker.get("/search?q=buoi").text
    page = caseworker.get(f"/people/{goes}")
    assert "This record was merged into another and is only read: Nguyễn Thị Bưởi" in words(page)
    assert f'href="/people/{stays}"' in page.text
    assert f"/people/{goes}/edit" not in page.text
    assert caseworker.get(f"/people/{goes}/edit").status_code == 403
    assert caseworker.post(f"/people/{goes}/edit", data={"name_used": "X"}).status_code == 403
    assert admin.post(f"/people/{goes}/delete").status_code == 403
    assert f'href="/people/{goes}"' in caseworker.get(f"/people/{stays}").text


def test_nothing_new_points_at_a_merged_record(
    caseworker: FlaskClient, two: tuple[int, int], saved: Saved
) -> None:
    stays, goes = two
    merge(caseworker, "people", stays, goes)
    form = form_of(caseworker.get("/cases/new"), title="相談", person=str(goes))

    answer = caseworker.post("/cases/new", data=form)

    assert answer.status_code == 422
    assert "This record was not found." in words(answer)


def test_both_keep_their_history_and_it_tells_of_the_merge(
    caseworker: FlaskClient, two: tuple[int, int]
) -> None:
    stays, goes = two
    change(caseworker, f"/people/{goes}", city="川崎市")
    merge(caseworker, "people", stays, goes)

    kept, gone = (caseworker.get(f"/people/{key}/history") for key in (stays, goes))

    assert "City: 川崎市" in words(gone)
    assert "Merged into: Nguyễn Thị Bưởi" in words(gone)
    assert "City: 川崎市" in words(kept)
    assert f'<a href="/people/{goes}">Merged</a>' in kept.text


def test_a_record_that_took_nothing_tells_of_the_merge_too(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved, faults: Callable[[], Any]
) -> None:
    stays, goes = saved(a_person()), saved(a_person())

    merge(caseworker, "people", stays, goes)
    take_back(admin, "people", goes)

    told = caseworker.get(f"/people/{stays}/history").text
    assert f'<a href="/people/{goes}">Merged</a>' in told
    assert f'<a href="/people/{goes}">Merge taken back</a>' in told
    assert faults() == []


def test_records_merged_before_go_along(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    first, second, third = (saved(a_person()) for _ in range(3))
    merge(caseworker, "people", second, first)

    merge(caseworker, "people", third, second)

    assert [value(Person, key, "merged_into") for key in (first, second)] == [third, third]


# -- taking it back --------------------------------------------------------------------------------------------
def test_a_merge_is_taken_back_as_one(
    admin: FlaskClient, treasurer: FlaskClient, saved: Saved, value: Value, faults: Callable[[], Any]
) -> None:
    stays = saved(Donor(code="N-00001", name="山田花子"))
    goes = saved(Donor(code="N-00002", name="山田 花子", phone="+81312345678"))
    gift, hers = saved(a_donation(donor_id=goes)), saved(a_donation(donor_id=stays))
    merge(treasurer, "donors", stays, goes)
    since = saved(a_donation(donor_id=stays))

    page = admin.get(f"/donors/{goes}/unmerge")
    answer = take_back(admin, "donors", goes)

    assert "山田 花子" in words(page)
    assert "Phone: — → +81" not in words(page)
    assert (answer.status_code, answer.location) == (303, f"/donors/{goes}")
    assert [value(Donation, key, "donor") for key in (gift, hers, since)] == [goes, stays, stays]
    assert [value(Donor, key, "merged_into") for key in (stays, goes)] == [None, None]
    assert [value(Donor, key, "phone") for key in (stays, goes)] == [None, "+81312345678"]
    assert rows_of(admin.get("/donors/")) == [goes, stays]
    assert "Merge taken back" in words(admin.get(f"/donors/{goes}/history"))
    assert faults() == []
    again = admin.post(f"/donors/{goes}/unmerge")
    assert (again.status_code, again.location) == (303, f"/donors/{goes}")


def test_what_was_changed_since_stays_and_is_said(
    admin: FlaskClient, saved: Saved, value: Value, two: tuple[int, int]
) -> None:
    stays, goes = two
    kept, moved = saved(a_case(person_id=goes)), saved(a_case(person_id=goes))
    merge(admin, "people", stays, goes)
    change(admin, f"/people/{stays}", phone_jp="090-3333-4444")
    change(admin, f"/cases/{moved}", title="別の題")
    third = saved(a_person())
    change(admin, f"/cases/{kept}", person=str(third))

    answer = admin.post(f"/people/{goes}/unmerge", follow_redirects=True)

    assert "What was changed since stays as it is." in words(answer)
    assert value(Person, stays, "phone_jp") == "+819033334444"
    assert [value(Person, stays, "name_card"), value(Person, goes, "merged_into")] == [None, None]
    assert [value(Case, key, "person") for key in (kept, moved)] == [third, goes]
    assert value(Case, moved, "title") == "別の題"


def test_of_two_merges_the_last_is_taken_back_first(admin: FlaskClient, saved: Saved, value: Value) -> None:
    first, second, third = (saved(a_person()) for _ in range(3))
    merge(admin, "people", second, first)
    merge(admin, "people", third, second)

    early = admin.post(f"/people/{first}/unmerge")
    take_back(admin, "people", second)
    late = admin.post(f"/people/{first}/unmerge")

    assert early.status_code == 409
    assert "Take that back first." in words(early)
    assert late.status_code == 303
    assert [value(Person, key, "merged_into") for key in (first, second)] == [None, None]


def test_the_last_hour_leaves_merges_to_their_own_page(admin: FlaskClient, two: tuple[int, int]) -> None:
    merge(admin, "people", *two)

    assert "Merged into" not in words(admin.get("/last-hour?user=1"))


# -- who may ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("slug", "roles"),
    [
        ("people", {"admin", "caseworker"}),
        ("donors", {"admin", "treasurer"}),
        ("organisations", {"admin", "caseworker", "organiser"}),
        ("attendees", {"admin", "organiser"}),
    ],
)
def test_who_changes_such_records_merges_them(slug: str, roles: set[str], enter: Enter, saved: Saved) -> None:
    made = {"people": a_person, "organisations": an_organisation}
    make = made.get(slug) or (
        lambda: Attendee(name="Lan") if slug == "attendees" else Donor(code=str(id({})), name="甲")
    )
    one, other = saved(make()), saved(make())
    saved_form = {"merged_into": other, "winner": one, f"version-{one}": "1", f"version-{other}": "1"}
    every = ("admin", "caseworker", "treasurer", "organiser", "interpreter", "auditor")

    for role in [role for role in every if role not in roles]:
        browser = enter(role)
        assert browser.get(f"/{slug}/{one}/merge?merged_into={other}").status_code == 403
        assert browser.post(f"/{slug}/{one}/merge", data=saved_form).status_code == 403
        assert browser.get(f"/{slug}/duplicates").status_code == 403
        assert browser.post(f"/{slug}/duplicates", data={"one": one, "other": other}).status_code == 403
    for role in roles:
        assert enter(role).get(f"/{slug}/{one}/merge?merged_into={other}").status_code == 200
        assert enter(role).get(f"/{slug}/{other}/unmerge").status_code == (303 if role == "admin" else 403)


def test_a_record_that_she_may_not_see_is_none(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    seen, hidden = saved(a_person()), saved(a_person())
    saved(a_case(person_id=hidden, confidential="secret"))
    sent = {"merged_into": hidden, "winner": seen, f"version-{seen}": "1", f"version-{hidden}": "1"}

    assert caseworker.get(f"/people/{hidden}/merge?merged_into={seen}").status_code == 404
    assert caseworker.get(f"/people/{seen}/merge?merged_into={hidden}").status_code == 404
    assert caseworker.post(f"/people/{seen}/merge", data=sent).status_code == 404
    assert caseworker.post("/people/duplicates", data={"one": seen, "other": hidden}).status_code == 404
    assert value(Person, hidden, "merged_into") is None


def test_cases_hidden_from_her_go_along_without_a_word(
    caseworker: FlaskClient, saved: Saved, value: Value, two: tuple[int, int]
) -> None:
    stays, goes = two
    saved(a_case(person_id=goes))
    hidden = saved(a_case(person_id=goes, confidential="secret", title="verborgen"))

    page = caseworker.get(f"/people/{stays}/merge?merged_into={goes}")
    answer = merge(caseworker, "people", stays, goes)

    assert "verborgen" not in page.text
    assert "Cases 1" in words(page)
    assert answer.status_code == 303
    assert value(Case, hidden, "person") == stays


# -- bad input -------------------------------------------------------------------------------------------------
def test_a_second_click_and_an_old_page_change_nothing(
    caseworker: FlaskClient, two: tuple[int, int], value: Value, app: Flask
) -> None:
    stays, goes = two
    form = form_of(caseworker.get(f"/people/{stays}/merge?merged_into={goes}"))
    change(caseworker, f"/people/{goes}", city="川崎市")

    old = caseworker.post(f"/people/{stays}/merge", data=form)
    assert old.status_code == 409
    assert "Somebody saved one of them since you opened this page." in words(old)
    fresh = form_of(old)
    first, second = (caseworker.post(f"/people/{stays}/merge", data=fresh) for _ in range(2))

    assert (first.location, second.location) == (f"/people/{stays}", f"/people/{goes}")
    with app.app_context():
        said = sa.select(sa.func.count()).where(
            ChangeLog.origin.startswith("merge:"), ChangeLog.record_id == goes
        )
        assert db.session.scalar(said) == 1


@pytest.mark.parametrize("other", ["", "x", "0", "-1", "9" * 30, "1\0", "itself"])
def test_what_is_no_other_record_is_asked_for_again(
    other: str, caseworker: FlaskClient, two: tuple[int, int]
) -> None:
    stays = two[0]
    sent = {"merged_into": str(stays) if other == "itself" else other}

    page = caseworker.get(f"/people/{stays}/merge", query_string=sent)
    posted = caseworker.post(f"/people/{stays}/merge", data=sent)

    assert {page.status_code, posted.status_code} <= {200, 422}
    assert all("Merge with which record?" in words(answer) for answer in (page, posted))
    assert caseworker.get(f"/people/{stays}/merge?merged_into=999999").status_code == 404


def test_words_find_the_other_record_without_a_script(
    caseworker: FlaskClient, saved: Saved, two: tuple[int, int]
) -> None:
    stays = two[0]
    saved(a_person(full_name_vi="Lê Văn Một"))

    one = caseworker.get(f"/people/{stays}/merge?merged_into=&merged_into-text=Lê Văn Một")
    none = caseworker.get(f"/people/{stays}/merge?merged_into=&merged_into-text=zzzz")

    assert "Merge these two into one?" in words(one)
    assert none.status_code == 422
    assert "Nothing was found for “zzzz”." in words(none)


def test_nonsense_picks_are_ignored(caseworker: FlaskClient, two: tuple[int, int], value: Value) -> None:
    stays, goes = two

    merge(caseworker, "people", stays, goes, pref="both", code=str(goes), nothing="1", id="7")

    assert value(Person, stays, "pref") == "13"
    assert value(Person, stays, "code") != value(Person, goes, "code")


def test_tables_that_do_not_merge_have_no_such_pages(admin: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())

    addresses = ("/cases/duplicates", f"/cases/{key}/merge", f"/cases/{key}/unmerge")
    assert {admin.get(address).status_code for address in addresses} == {404}
    assert {admin.post(address).status_code for address in addresses} == {404}


def test_the_page_asks_as_often_for_many_records_as_for_few(
    admin: FlaskClient, saved: Saved, two: tuple[int, int], queries: Queries
) -> None:
    stays, goes = two
    address = f"/people/{stays}/merge?merged_into={goes}"

    def spent() -> int:
        admin.get(address)
        queries.clear()
        admin.get(address)
        return len(queries.statements)

    few = spent()
    saved(*(a_case(person_id=key) for key in (stays, goes) for _ in range(10)))
    assert spent() <= few <= 50
