"""Taking an SOS: what the form offers while somebody listens, and the step to the case. Nothing happens by itself."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import Queries
from tests.engine.browsing import form_of, words
from tests.factories import a_case, a_person, a_stay, an_inquiry
from tomoiki.cases.models import Case, Inquiry
from tomoiki.core.database import db
from tomoiki.core.dates import now, today
from tomoiki.core.fields import fields_of
from tomoiki.core.history import AccessLog
from tomoiki.people.models import Person, ResidenceStatus
from tomoiki.shelter.models import Bed, Shelter

Count = Callable[[type[Any]], int]
Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
CALL = {"channel": "phone", "summary": "Em cần giúp", "urgency": "now"}
NHUNG = {"full_name_vi": "Nguyễn Thị Hồng Nhung", "phone_jp": "+819000001142", "pref": "10"}
COLLEAGUE, CASEWORKER = 1, 2
MOST_STATEMENTS = 14


def hints(client: FlaskClient, **typed: Any) -> str:
    return client.post("/inquiries/hints", data=typed).text


def offered(client: FlaskClient, **typed: Any) -> str:
    return words(client.post("/inquiries/new", data=CALL | typed | {"_look": "1"}))


# -- the form ------------------------------------------------------------------------------------------------------
def test_channels_are_buttons_in_one_group_the_usual_ones_first(caseworker: FlaskClient) -> None:
    page = caseworker.get("/inquiries/new").text

    places = [page.index(f'name="channel" value="{code}"') for code in ("phone", "messenger", "", "outreach")]
    assert places == sorted(places)
    assert '<label class="rest"><input type="radio" name="channel" value="sms"' in page


def test_each_urgency_says_how_soon_somebody_answers(caseworker: FlaskClient) -> None:
    assert "Within today within 4 h" in words(caseworker.get("/inquiries/new"))


def test_what_is_seldom_asked_is_folded_until_it_is_wrong(caseworker: FlaskClient) -> None:
    assert "More fields" in words(caseworker.get("/inquiries/new"))

    answer = caseworker.post("/inquiries/new", data=CALL | {"received_at": "soon"})

    assert answer.status_code == 422
    assert "More fields" not in words(answer)


def test_beds_that_are_free_tonight_stand_beside_it(caseworker: FlaskClient, saved: Saved) -> None:
    house = Shelter(code="S1", name="すみれ", gender_policy="women")
    saved(*(Bed(shelter=house, label=f"B{number}", kind="single") for number in range(3)))
    assert "すみれ Women only 3 free" in words(caseworker.get("/inquiries/new"))

    case = a_case()
    saved(a_stay(bed_id=1, case=case, person=case.person, check_in=today(), check_out=None, status="in"))

    assert "すみれ Women only 2 free" in words(caseworker.get("/inquiries/new"))


def test_the_first_answer_speaks_the_language_of_the_call(caseworker: FlaskClient) -> None:
    page = hints(caseworker, urgency="now")

    assert '<p class="small" lang="vi">Chào bạn, ' in page
    assert "trong vòng 30 phút" in page
    assert '<p class="small" lang="ja">こんにちは' in hints(caseworker, language="ja")
    assert '<p class="small" lang="en">Hello' in hints(caseworker, language="ne")


# -- read out of the words -----------------------------------------------------------------------------------------
def test_what_the_words_say_is_offered_and_not_filled_in(caseworker: FlaskClient) -> None:
    said = "Em ở Gunma, hạn visa 20/1/2030. Số của em 090-0000-1142"

    page = hints(caseworker, summary=said)

    assert 'name="_take" value="channel_handle=090-0000-1142"' in page
    assert 'name="_take" value="pref=10"' in page
    assert "2030-01-20 ・ 令和12年1月20日" in page
    assert "Gunma" not in hints(caseworker, summary=said, pref="13")


def test_a_birthday_tells_the_age(caseworker: FlaskClient) -> None:
    born = today().replace(year=today().year - 28, day=1, month=1)

    assert "28 years old" in hints(caseworker, summary=f"sinh {born:%Y-%m-%d}")


def test_without_scripts_a_press_takes_an_offer_over_and_saves_nothing(
    caseworker: FlaskClient, count: Count
) -> None:
    form = CALL | {"summary": "Em ở Gunma", "_take": "pref=10"}

    answer = caseworker.post("/inquiries/new", data=form)

    assert answer.status_code == 200
    assert form_of(answer)["pref"] == "10"
    assert form_of(answer)["summary"] == "Em ở Gunma"
    assert count(Inquiry) == 0


def test_looking_does_not_complain_about_what_is_still_empty(caseworker: FlaskClient) -> None:
    answer = caseworker.post("/inquiries/new", data={"summary": "", "channel": "", "_look": "1"})

    assert answer.status_code == 200
    assert 'id="refusal"' not in answer.text


def test_danger_offers_the_urgency_and_never_sets_it(caseworker: FlaskClient) -> None:
    offer = 'value="urgency=now" data-words="" data-by-itself'

    assert offer in hints(caseworker, categories="pregnancy")
    assert offer not in hints(caseworker, categories="pregnancy", urgency="info")
    assert "urgency=now" in hints(caseworker, categories="pregnancy", urgency="info")
    assert "urgency=now" not in hints(caseworker, categories="visa")


# -- who this may be -----------------------------------------------------------------------------------------------
@pytest.mark.storage
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"summary": "số 090-0000-1142"}, "same phone"),
        ({"channel_handle": "09000001142"}, "same phone"),
        ({"channel_handle": "nhung.99"}, "same account"),
        ({"name_text": "nguyen thi hong nhung"}, "same name"),
        ({"name_text": "Nhung"}, "part of the name is the same"),
    ],
)
def test_somebody_known_is_offered_with_the_reason(
    typed: dict[str, str], reason: str, caseworker: FlaskClient, saved: Saved
) -> None:
    person = a_person(**NHUNG, facebook="nhung.99")
    saved(
        person, ResidenceStatus(person=person, status="ssw1", expires_on=today() + timedelta(days=56)),
        a_case(person=person, number="T2026-0142"),
    )  # fmt: skip

    page = offered(caseworker, **typed)

    assert "Perhaps one of these Nguyễn Thị Hồng Nhung" in page
    for told in (reason, "Gunma", "T2026-0142 ・ Received", "stay: 56 days left"):
        assert told in page


def test_the_surest_stands_first_and_is_told_above_the_buttons(caseworker: FlaskClient, saved: Saved) -> None:
    saved(*(a_person(full_name_vi=f"Đoàn {middle} Nhung") for middle in ("An", "Bình", "Chi", "Duy", "Em")))
    saved(a_person(**NHUNG))

    page = hints(caseworker, name_text="Nhung", summary="090-0000-1142")

    assert page.count('name="_take" value="person=') == 4
    assert page.index("Nguyễn Thị Hồng Nhung") < page.index("Đoàn")
    assert "Certainly known: Nguyễn Thị Hồng Nhung" in page


@pytest.mark.storage
@pytest.mark.parametrize("level", ["restricted", "secret"])
def test_whom_she_may_not_see_is_never_hinted_at(level: str, caseworker: FlaskClient, saved: Saved) -> None:
    person = a_person(**NHUNG)
    saved(a_case(person=person, confidential=level, owner_id=COLLEAGUE))

    page = hints(caseworker, name_text="Nhung", summary="090-0000-1142", channel_handle="09000001142")

    assert "Nhung" not in page
    assert "Perhaps" not in page


def test_one_press_links_her_or_says_that_it_is_none(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_person(**NHUNG))
    form = CALL | {"name_text": "Nhung"}

    linked = caseworker.post("/inquiries/new", data=form | {"_take": f"person={key}"})
    nobody = caseworker.post("/inquiries/new", data=form | {"_take": "_neither=1"})

    assert "Linked" in words(linked)
    assert "Perhaps" not in words(nobody)
    assert form_of(nobody)["_neither"] == "1"
    caseworker.post("/inquiries/new", data=form_of(linked))
    assert value(Inquiry, 1, "person") == key


def test_hints_cost_the_same_however_many_fit(
    caseworker: FlaskClient, saved: Saved, queries: Queries
) -> None:
    typed = {"name_text": "Nhung", "summary": "090-0000-1142 ở Gunma", "urgency": "now"}

    def spent() -> int:
        hints(caseworker, **typed)
        queries.clear()
        hints(caseworker, **typed)
        return len([one for one in queries.statements if not one.startswith(("BEGIN", "PRAGMA"))])

    saved(a_case(person=a_person(**NHUNG)))
    few = spent()
    saved(*(a_case(person=a_person(full_name_vi=f"Lê {letter} Nhung")) for letter in "abcdefghijklmnop"))

    assert spent() <= few <= MOST_STATEMENTS


@pytest.mark.parametrize("role", ["treasurer", "organiser", "interpreter", "auditor"])
def test_who_takes_no_sos_gets_no_hints(role: str, enter: Callable[[str], FlaskClient], saved: Saved) -> None:
    saved(a_person(**NHUNG))

    answer = enter(role).post("/inquiries/hints", data={"name_text": "Nhung"})

    assert answer.status_code == 403
    assert "Hồng" not in answer.text


# -- the step to the case ------------------------------------------------------------------------------------------
def go_on(client: FlaskClient, **typed: Any) -> Any:
    page = client.get("/inquiries/new")
    return client.post("/inquiries/new", data=form_of(page, **CALL, **typed, _then="1"))


@pytest.mark.storage
def test_one_press_saves_and_opens_the_case_of_who_is_linked(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_person(**NHUNG))

    answer = go_on(caseworker, person=str(key), categories=["housing", "dismissal"])

    assert (answer.status_code, answer.location) == (303, "/cases/1")
    assert (value(Case, 1, "person"), value(Case, 1, "inquiry"), value(Inquiry, 1, "case")) == (key, 1, 1)
    assert (value(Case, 1, "story"), value(Case, 1, "priority")) == ("Em cần giúp", "now")
    assert value(Case, 1, "categories") == ["dismissal", "housing"]
    assert value(Inquiry, 1, "status") == "new"  # nobody answered yet


@pytest.mark.storage
def test_somebody_new_is_made_from_what_the_call_told(caseworker: FlaskClient, value: Value) -> None:
    answer = go_on(caseworker, name_text="Nhung", language="vi", pref="10", channel_handle="090-0000-1142")

    assert answer.location == "/cases/1"
    told = {name: value(Person, 1, name) for name in ("name_used", "phone_jp", "pref", "preferred_lang")}
    assert told == {"name_used": "Nhung", "phone_jp": "+819000001142", "pref": "10", "preferred_lang": "vi"}


@pytest.mark.parametrize(
    ("channel", "handle", "stored"),
    [
        ("messenger", "https://m.me/nhung.99", {"facebook": "nhung.99"}),
        ("zalo", "nhung99", {"zalo": "nhung99"}),
        ("line", "nhung99", {"line_id": "nhung99"}),
        ("phone", "0912 345 678", {"phone_vn": "+84912345678"}),
        ("phone", "0931234567", {}),  # of either country
        ("walk_in", "nhung99", {}),
        ("messenger", "??", {}),
    ],
)
def test_an_account_goes_where_it_belongs(
    channel: str, handle: str, stored: dict[str, str], caseworker: FlaskClient, value: Value
) -> None:
    form = CALL | {"channel": channel, "channel_handle": handle, "name_text": "Nhung", "_then": "1"}

    assert caseworker.post("/inquiries/new", data=form).location == "/cases/1"
    places = ("phone_jp", "phone_vn", "facebook", "zalo", "line_id")
    assert {name: found for name in places if (found := value(Person, 1, name))} == stored


def test_a_likely_match_is_asked_about_before_anybody_is_made_twice(
    caseworker: FlaskClient, saved: Saved, value: Value, count: Count
) -> None:
    key = saved(a_person(**NHUNG))

    answer = go_on(caseworker, name_text="Nhung")

    assert answer.location == "/inquiries/1/case"
    assert (count(Inquiry), count(Case)) == (1, 0)
    page = caseworker.get(answer.location)
    assert "Nguyễn Thị Hồng Nhung" in words(page)
    assert caseworker.post(answer.location, data=form_of(page, person=str(key))).location == "/cases/1"
    assert (value(Case, 1, "person"), value(Inquiry, 1, "person"), count(Person)) == (key, key, 1)


def test_who_is_none_of_those_gets_her_case_at_once(
    caseworker: FlaskClient, saved: Saved, count: Count
) -> None:
    saved(a_person(**NHUNG))

    assert go_on(caseworker, name_text="Nhung", _neither="1").location == "/cases/1"
    assert count(Person) == 2


def test_without_a_name_the_call_is_kept_and_the_name_asked_for(
    caseworker: FlaskClient, count: Count, value: Value
) -> None:
    answer = go_on(caseworker)

    assert answer.location == "/inquiries/1/case"
    refused = caseworker.post(answer.location, data={"person": "new", "name": " "})
    assert refused.status_code == 422
    assert (count(Person), count(Case)) == (0, 0)
    assert caseworker.post(answer.location, data={"person": "new", "name": "Nhung"}).location == "/cases/1"
    assert value(Person, 1, "name_used") == "Nhung"


def test_an_answered_inquiry_becomes_a_case_by_it(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(
        an_inquiry(status="responded", first_response_at=now() + timedelta(seconds=1), name_text="Nhung")
    )
    assert f'href="/inquiries/{key}/case"' in caseworker.get(f"/inquiries/{key}").text

    caseworker.post(f"/inquiries/{key}/case", data={"person": "new", "name": "Nhung"})

    assert value(Inquiry, key, "status") == "linked"
    assert caseworker.get(f"/inquiries/{key}/case").location == "/cases/1"


def test_what_is_not_ours_becomes_no_case(caseworker: FlaskClient, saved: Saved, count: Count) -> None:
    key = saved(an_inquiry(status="spam"))

    answer = caseworker.post(f"/inquiries/{key}/case", data={"person": "new", "name": "Nhung"})

    assert (answer.status_code, answer.location) == (303, f"/inquiries/{key}")
    assert "Open the case" not in words(caseworker.get(f"/inquiries/{key}"))
    assert count(Case) == 0


@pytest.mark.parametrize("person", ["", "x", "999999", "hidden"])
def test_a_person_she_may_not_see_cannot_be_chosen(
    person: str, caseworker: FlaskClient, saved: Saved, count: Count
) -> None:
    hidden = saved(a_case(person=a_person(**NHUNG), confidential="secret", owner_id=COLLEAGUE))
    key = saved(an_inquiry())

    answer = caseworker.post(
        f"/inquiries/{key}/case", data={"person": str(hidden) if person == "hidden" else person}
    )

    assert answer.status_code == 422
    assert "Hồng" not in answer.text
    assert count(Case) == 1


def test_an_inquiry_out_of_reach_answers_as_its_own_page_does(
    enter: Callable[[str], FlaskClient], saved: Saved, app: Flask
) -> None:
    case = a_case(confidential="secret", owner_id=COLLEAGUE)
    saved(case)
    key = saved(an_inquiry(person_id=case.person_id))

    assert enter("caseworker").get(f"/inquiries/{key}/case").status_code == 404
    assert enter("caseworker").get("/inquiries/4711/case").status_code == 404
    for role in ("treasurer", "organiser", "interpreter", "auditor"):
        assert enter(role).post(f"/inquiries/{key}/case", data={"person": "new"}).status_code == 403
    assert app.test_client().get(f"/inquiries/{key}/case").status_code == 302


def test_the_summary_shown_there_is_noted_in_the_access_log(
    caseworker: FlaskClient, saved: Saved, app: Flask
) -> None:
    key = saved(an_inquiry())

    caseworker.get(f"/inquiries/{key}/case")

    with app.app_context():
        found = db.session.query(AccessLog).filter_by(entity="inquiry", record_id=key).one()
        assert (found.action, found.user_id) == ("view", CASEWORKER)


def test_every_tap_is_a_code_of_its_list(app: Flask) -> None:
    def unknown(screen: Any) -> Iterable[str]:
        for name, codes in screen.taps.items():
            choices = fields_of(screen.model)[name].choices
            yield from (code for code in codes if code not in choices._value2member_map_)

    screens = app.extensions["tomoiki_office"].screens.values()
    assert [code for screen in screens for code in unknown(screen)] == []
