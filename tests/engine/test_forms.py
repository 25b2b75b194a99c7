"""New and edit: what is asked, what is understood, what is refused in words, what is filled in by itself."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import change, controls, form_of, new_id, words
from tests.factories import a_case, a_donation, a_person, an_organisation
from tomoiki.cases.models import Activity, Case
from tomoiki.core.dates import FiscalYear, now, today
from tomoiki.events.models import Event
from tomoiki.money.models import Donation, Fund
from tomoiki.people.models import Person, ResidenceStatus

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]


# -- required fields and defaults --------------------------------------------------------------------------------
def test_a_case_is_saved_with_its_person_alone(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = new_id(caseworker.post("/cases/new", data={"person": saved(a_person())}))

    assert value(Case, key, "number") == f"T{FiscalYear.of(today()).start_year}-0001"
    assert value(Case, key, "opened_on") == today()
    assert value(Case, key, "status") == "open"
    assert value(Case, key, "confidential") == "normal"


def test_a_person_is_saved_with_one_name_alone(caseworker: FlaskClient, value: Value) -> None:
    key = new_id(caseworker.post("/people/new", data={"name_used": "Bưởi"}))

    assert value(Person, key, "code") == "P-000001"
    assert (value(Person, key, "nationality"), value(Person, key, "preferred_lang")) == ("VNM", "vi")


def test_a_donation_without_a_fund_goes_to_the_general_fund(treasurer: FlaskClient, value: Value) -> None:
    key = new_id(treasurer.post("/donations/new", data={"amount": "5000"}))

    assert value(Donation, key, "fund") == 1
    assert value(Donation, key, "received_on") == today()
    assert value(Donation, key, "number").startswith(f"D{FiscalYear.of(today()).start_year}-")


@pytest.mark.parametrize(("on", "number"), [("2026-03-31", "T2025-0001"), ("2026-04-01", "T2026-0001")])
def test_the_number_of_a_case_is_that_of_its_fiscal_year(
    on: str, number: str, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = new_id(caseworker.post("/cases/new", data={"person": saved(a_person()), "opened_on": on}))

    assert value(Case, key, "number") == number


def test_numbers_run_on(caseworker: FlaskClient, value: Value) -> None:
    keys = [new_id(caseworker.post("/people/new", data={"name_used": name})) for name in ("Bưởi", "Bút")]

    assert [value(Person, key, "code") for key in keys] == ["P-000001", "P-000002"]


def test_a_case_without_title_is_named_after_its_category(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    sent = {"person": saved(a_person()), "categories": ["wage_unpaid", "dismissal"]}
    key = new_id(caseworker.post("/cases/new", data=sent))

    assert value(Case, key, "primary_category") in sent["categories"]
    assert value(Case, key, "title") != ""
    assert value(Case, key, "categories") == ["dismissal", "wage_unpaid"]


def test_a_main_category_is_one_of_the_categories(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    sent = {"person": saved(a_person()), "primary_category": "dismissal"}
    key = new_id(caseworker.post("/cases/new", data=sent))

    assert value(Case, key, "categories") == ["dismissal"]


def test_the_worker_type_follows_from_the_status_of_residence(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    status = ResidenceStatus(person=a_person(), status="ssw1", granted_on=date(2026, 1, 1))
    person = value(ResidenceStatus, saved(status), "person")
    key = new_id(caseworker.post("/cases/new", data={"person": person}))

    assert value(Case, key, "worker_type") == "ssw"


def test_a_case_about_pregnancy_is_restricted_and_belongs_to_its_writer(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    sent = {"person": saved(a_person()), "categories": "pregnancy"}
    key = new_id(caseworker.post("/cases/new", data=sent))

    assert value(Case, key, "confidential") == "restricted"
    assert value(Case, key, "confidential_reason") is not None
    assert value(Case, key, "owner") == 2


def test_an_activity_is_by_its_writer_about_the_person_of_the_case(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    case = saved(a_case())
    key = new_id(caseworker.post("/activities/new", data={"case": case, "type": "call"}))

    assert value(Activity, key, "by") == 2
    assert value(Activity, key, "counts_as_contact") is True
    assert "Nguyễn Thị Bưởi" in words(caseworker.get(f"/activities/{key}"))


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/cases/new", "Person"),
        ("/donations/new", "Amount"),
        ("/organisations/new", "Name"),
        ("/funds/new", "Fund code"),
    ],
)
def test_a_required_field_left_out_is_named(address: str, field: str, admin: FlaskClient) -> None:
    answer = admin.post(address, data={})

    assert answer.status_code == 422
    assert f"Fill in {field}." in words(answer)


def test_what_was_typed_is_kept_beside_the_message(caseworker: FlaskClient) -> None:
    sent = {
        "title": "給料が<三か月>出ない",
        "opened_on": "2026/13/1",
        "categories": ["dismissal", "housing"],
        "story": "一行目\n二行目",
    }
    answer = caseworker.post("/cases/new", data=sent)

    again = form_of(answer)
    assert answer.status_code == 422
    assert "Not saved. Mend 2 places." in words(answer)
    assert {name: again[name] for name in ("title", "opened_on", "story")} == {
        name: sent[name] for name in ("title", "opened_on", "story")
    }
    assert again.getlist("categories") == ["dismissal", "housing"]
    assert 'aria-invalid="true" aria-describedby="opened_on-e' in answer.text


def test_a_rule_of_the_record_stands_by_its_field(caseworker: FlaskClient, saved: Saved) -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    answer = caseworker.post("/cases/new", data={"person": saved(a_person()), "opened_on": tomorrow})

    assert answer.status_code == 422
    assert 'id="opened_on-e"' in answer.text
    assert "This day is still to come. Check the date." in words(answer)


def test_a_negative_donation_must_be_a_refund(treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    gift = saved(a_donation())

    assert treasurer.post("/donations/new", data={"amount": "-5000"}).status_code == 422
    key = new_id(treasurer.post("/donations/new", data={"amount": "△5,000", "refund_of": gift}))
    assert (value(Donation, key, "amount"), value(Donation, key, "refund_of")) == (-5000, gift)


# -- spellings ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    ["2022-05-01", "2022/5/1", "R4.5.1", "令和4年5月1日", "２０２２／５／１", "20220501", " 2022-05-01 "],
)
def test_a_day_is_understood_in_any_spelling(
    typed: str, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = new_id(caseworker.post("/cases/new", data={"person": saved(a_person()), "opened_on": typed}))

    assert value(Case, key, "opened_on") == date(2022, 5, 1)


@pytest.mark.parametrize("typed", ["１０，０００", "10,000", "10000", "¥10,000", "10000円"])
def test_an_amount_is_understood_in_any_spelling(typed: str, treasurer: FlaskClient, value: Value) -> None:
    key = new_id(treasurer.post("/donations/new", data={"amount": typed}))

    assert value(Donation, key, "amount") == 10000


@pytest.mark.parametrize("typed", ["2026-11-23T13:00", "2026-11-23 13:00", "2026/11/23 13:00"])
def test_a_moment_is_read_on_the_clock_of_tokyo(typed: str, organiser: FlaskClient, value: Value) -> None:
    sent = {"kind": "study", "title_ja": "勉強会", "starts_at": typed}
    key = new_id(organiser.post("/events/new", data=sent))

    assert value(Event, key, "starts_at").isoformat() == "2026-11-23T04:00:00+00:00"
    assert "2026-11-23 13:00" in words(organiser.get(f"/events/{key}"))


def test_a_phone_number_becomes_a_link_to_call(caseworker: FlaskClient) -> None:
    sent = {"name_used": "Bưởi", "phone_jp": "０９０ー０１２３－４５６７"}
    key = new_id(caseworker.post("/people/new", data=sent))

    page = caseworker.get(f"/people/{key}").text
    assert 'href="tel:+819001234567"' in page
    assert "090-0123-4567" in page


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/people/new", {"name_used": "x", "birth_date": "99999-01-01"}),
        ("/people/new", {"name_used": "x", "birth_date": "0000-01-01"}),
        ("/people/new", {"name_used": "x", "birth_year": "2147483648"}),
        ("/people/new", {"name_used": "あ" * 81}),
        ("/people/new", {"name_used": "nul\0byte"}),
        ("/people/new", {"name_used": "x", "city": "あ" * 10000}),
        ("/people/new", {"name_used": "x", "city": "nul\0byte"}),
        ("/people/new", {"name_used": "x", "emergency_contact": "nul\0byte"}),
        ("/people/new", {"name_used": "x", "gender": "nul\0byte"}),
        ("/people/new", {"name_used": "x", "email": "a" * 10000 + "@example.org"}),
        ("/people/new", {"name_used": "x", "facebook": "a" * 10000}),
        ("/people/new", {"name_used": "x", "phone_jp": "0" * 10000}),
        ("/people/new", {"name_used": "x", "passport_no": "A" * 10000}),
        ("/people/new", {"name_used": "x", "gender": "no such gender"}),
        ("/people/new", {"name_used": "x", "consent_at": "1000-01-01 00:00:99"}),
        ("/people/new", {"name_used": "x", "consent_scope": "no such scope"}),
        ("/donations/new", {"amount": "2147483648"}),
        ("/donations/new", {"amount": "-2147483648"}),
        ("/donations/new", {"amount": "9" * 40}),
        ("/donations/new", {"amount": "1.5"}),
        ("/donations/new", {"amount": "0"}),
        ("/donations/new", {"amount": "100", "fee": "2147483648"}),
        ("/donations/new", {"amount": "100", "donor": "9999999999999999999999"}),
        ("/donations/new", {"amount": "100", "donor": "999"}),
        ("/donations/new", {"amount": "100", "donor": "abc"}),
        ("/events/new", {"kind": "study", "title_ja": "x", "starts_at": "2026-11-23"}),
        ("/events/new", {"kind": "study", "title_ja": "x", "starts_at": "2026-11-23 13:00", "capacity": "-1"}),
        ("/events/new", {"kind": "study", "title_ja": "x", "starts_at": "2026-11-23 13:00", "capacity": "100001"}),
        ("/events/new", {"kind": "study", "title_ja": "x", "starts_at": "2026-11-23 13:00", "online_url": "h" * 9999}),
        ("/events/new", {"kind": "study", "title_ja": "x", "starts_at": "2026-11-23 13:00", "fee": "x"}),
        ("/organisations/new", {"name": "x" * 81}),
        ("/organisations/new", {"name": "x", "corporate_number": "1" * 10000}),
        ("/organisations/new", {"name": "x", "roles": ["employer", "nonsense"]}),
    ],
)  # fmt: skip
@pytest.mark.storage
def test_what_cannot_be_stored_is_a_message_not_a_crash(
    address: str, sent: dict[str, Any], admin: FlaskClient
) -> None:
    answer = admin.post(address, data=sent)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text


@pytest.mark.parametrize("field", ["city", "zalo", "name_kana", "hometown_province"])
@pytest.mark.storage
def test_a_line_of_the_longest_length_is_stored_whole(
    field: str, caseworker: FlaskClient, value: Value
) -> None:
    line = "あ" * (80 if field == "name_kana" else 200)
    key = new_id(caseworker.post("/people/new", data={"name_used": "x", field: line}))

    assert len(value(Person, key, field)) == len(line)


def test_a_long_text_keeps_its_lines(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    sent = {"person": saved(a_person()), "story": "\r\n一行目\r\n\r\n<b>三行目</b> \r\n"}
    key = new_id(caseworker.post("/cases/new", data=sent))

    assert value(Case, key, "story") == "\n一行目\n\n<b>三行目</b>"
    assert "一行目<br><br>&lt;b&gt;三行目&lt;/b&gt;" in caseworker.get(f"/cases/{key}").text
    change(caseworker, f"/cases/{key}", title="別の題")
    assert value(Case, key, "story") == "\n一行目\n\n<b>三行目</b>"


# -- what is sent and what is not ---------------------------------------------------------------------------------
def test_an_edit_that_changes_nothing_changes_nothing(admin: FlaskClient, saved: Saved, value: Value) -> None:
    case = a_case(
        story="話",
        categories=["dismissal"],
        primary_category="dismissal",
        outcomes=["X1"],
        employer=an_organisation(),
        owner_id=2,
    )
    key = saved(case)
    before = value(Case, key, "version")

    assert change(admin, f"/cases/{key}").status_code == 303

    assert value(Case, key, "version") == before


def test_fields_that_are_not_sent_stay_as_they_are(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(story="話", categories=["dismissal"], title="題", priority="now", owner_id=2))

    caseworker.post(f"/cases/{key}/edit", data={"_version": "1", "title": "新しい題"})

    found = {name: value(Case, key, name) for name in ("title", "story", "categories", "priority", "owner")}
    assert found == {
        "title": "新しい題",
        "story": "話",
        "categories": ["dismissal"],
        "priority": "now",
        "owner": 2,
    }


def test_a_form_without_its_version_is_saved_as_it_comes(
    caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(title="題"))

    assert caseworker.post(f"/cases/{key}/edit", data={"title": "新しい題"}).status_code == 303

    assert value(Case, key, "title") == "新しい題"


def test_boxes_that_were_unticked_are_taken_away(admin: FlaskClient, saved: Saved, value: Value) -> None:
    case = saved(a_case(categories=["dismissal", "housing"], primary_category="dismissal"))
    event = saved(
        Event(number="E1", kind="study", title_ja="x", starts_at=now(), certificate=True, language=["ja"])
    )

    change(admin, f"/cases/{case}", categories=["dismissal"])
    change(admin, f"/events/{event}", certificate=[], language=[])

    assert value(Case, case, "categories") == ["dismissal"]
    assert (value(Event, event, "certificate"), value(Event, event, "language")) == (False, [])


def test_a_question_of_yes_or_no_may_stay_open(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    sent = {"case": saved(a_case()), "type": "call", "counts_as_contact": "no"}
    key = new_id(caseworker.post("/activities/new", data=sent))

    assert value(Activity, key, "counts_as_contact") is False
    assert form_of(caseworker.get(f"/activities/{key}/edit"))["counts_as_contact"] == "no"
    assert change(caseworker, f"/activities/{key}", counts_as_contact="perhaps").status_code == 422
    change(caseworker, f"/activities/{key}", counts_as_contact="")
    assert value(Activity, key, "counts_as_contact") is True  # the type decides


@pytest.mark.parametrize(
    ("field", "expected"),
    [("worker_type", "unknown"), ("opened_on", date(2026, 4, 1)), ("confidential", "normal")],
)
def test_an_emptied_field_goes_back_to_its_default_and_a_day_stays(
    field: str, expected: Any, caseworker: FlaskClient, saved: Saved, value: Value
) -> None:
    key = saved(a_case(worker_type="ssw", opened_on=date(2026, 4, 1), confidential="restricted", owner_id=2))

    change(caseworker, f"/cases/{key}", **{field: ""})

    assert value(Case, key, field) == expected


def test_an_emptied_title_is_the_main_category_again(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case(title="題", primary_category="dismissal"))

    change(caseworker, f"/cases/{key}", title="")

    assert "Dismissal Received" in words(caseworker.get(f"/cases/{key}"))


def test_an_emptied_fee_is_no_fee(treasurer: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_donation(fee=300))

    change(treasurer, f"/donations/{key}", fee="")

    assert value(Donation, key, "fee") == 0


def test_a_field_that_may_be_empty_is_emptied(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case(story="話", priority="now", employer=an_organisation()))

    change(caseworker, f"/cases/{key}", story="", priority="", employer="", employer__text="")

    assert [value(Case, key, name) for name in ("story", "priority", "employer")] == [None, None, None]


def test_many_categories_are_boxes_the_rest_unfolds(caseworker: FlaskClient) -> None:
    page = caseworker.get("/cases/new").text

    assert page.count('type="checkbox" name="categories"') > 12
    assert "<details><summary" in page


def test_few_choices_are_buttons_and_many_a_list(caseworker: FlaskClient) -> None:
    page = caseworker.get("/cases/new").text

    assert '<input type="radio" name="confidential" value="normal" checked>' in page
    assert '<select class="form-select" id="worker_type"' in page


def test_an_old_code_stays_where_it_is_in_use(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_person(pref="99", consent_scope=["old"]))

    assert change(caseworker, f"/people/{key}", city="港区").status_code == 303

    assert (value(Person, key, "pref"), value(Person, key, "consent_scope")) == ("99", ["old"])


def test_a_moment_that_nobody_touched_keeps_its_seconds(
    organiser: FlaskClient, saved: Saved, value: Value
) -> None:
    start = now().replace(second=42, microsecond=7)
    key = saved(Event(number="E1", kind="study", title_ja="x", starts_at=start))

    change(organiser, f"/events/{key}", title_ja="y")

    assert value(Event, key, "starts_at") == start


# -- prefilled ---------------------------------------------------------------------------------------------------
def test_the_address_of_a_new_form_fills_it_in(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_person())
    asked = f"person={key}&title=題&opened_on=2026/4/1&categories=housing&categories=dismissal&priority=now"

    form = form_of(caseworker.get(f"/cases/new?{asked}"))

    assert (form["person"], form["person-text"]) == (str(key), "Nguyễn Thị Bưởi")
    assert (form["title"], form["opened_on"], form["priority"]) == ("題", "2026/4/1", "now")
    assert sorted(form.getlist("categories")) == ["dismissal", "housing"]


def test_nonsense_in_the_address_of_a_new_form_is_no_error(admin: FlaskClient) -> None:
    asked = "person=999&opened_on=1234&categories=no&priority=no&nothing=1&title=%00&opened_on=1500-01-01"

    answer = admin.get(f"/cases/new?{asked}")

    assert answer.status_code == 200
    assert 'class="err"' not in answer.text


def test_a_flag_can_be_prefilled(admin: FlaskClient, saved: Saved) -> None:
    assert form_of(admin.get("/events/new?certificate=yes"))["certificate"] == "yes"
    assert "certificate" not in form_of(admin.get("/events/new?certificate=no"))
    form = form_of(admin.get("/activities/new?counts_as_contact=no"))
    assert form["counts_as_contact"] == "no"


def test_a_prefilled_day_is_read_in_the_japanese_calendar(caseworker: FlaskClient) -> None:
    assert "令和8年4月1日" in caseworker.get("/cases/new?opened_on=2026-04-01").text
    assert "in 1 days" in caseworker.get(f"/cases/new?next_action_on={today() + timedelta(days=1)}").text


def test_the_form_of_a_part_does_not_ask_what_the_part_says(organiser: FlaskClient, value: Value) -> None:
    assert "kind" not in controls(organiser.get("/seminars/new"))

    sent = {"title_ja": "セミナー", "starts_at": "2026-11-23 13:00", "kind": "study"}
    key = new_id(organiser.post("/seminars/new", data=sent))

    assert value(Event, key, "kind") == "seminar"


def test_read_only_fields_cannot_be_sent(caseworker: FlaskClient, saved: Saved, value: Value) -> None:
    key = saved(a_case())

    change(caseworker, f"/cases/{key}", number="T0000-0000", status="closed", id="7", created_by="5")

    assert value(Case, key, "number") != "T0000-0000"
    assert value(Case, key, "status") == "open"


def test_a_taken_code_is_said_by_its_field(admin: FlaskClient) -> None:
    answer = admin.post("/funds/new", data={"code": "GENERAL", "name": "もう一つ"})

    assert answer.status_code == 422
    assert 'id="code-e"' in answer.text
    assert "Another record has this value already. It must be unique." in words(answer)


def test_two_records_without_a_number_are_no_contradiction(admin: FlaskClient, value: Value) -> None:
    keys = [new_id(admin.post("/organisations/new", data={"name": name})) for name in ("甲", "乙")]

    assert len(set(keys)) == 2


def test_a_new_fund_is_found_by_its_fields(admin: FlaskClient, value: Value) -> None:
    sent = {"code": "F1", "name": "シェルター", "support_types": ["food"], "opening_balance": "１，０００"}
    key = new_id(admin.post("/funds/new", data=sent))

    assert (value(Fund, key, "opening_balance"), value(Fund, key, "support_types")) == (1000, ["food"])


def test_a_setting_is_checked_by_its_own_rule(admin: FlaskClient, saved: Saved) -> None:
    key = next(row for row in range(1, 20) if "fiscal year (1 to 12)" in words(admin.get(f"/settings/{row}")))

    assert change(admin, f"/settings/{key}", value="13").status_code == 422
    assert change(admin, f"/settings/{key}", value="10").status_code == 303


# -- nothing to choose, nothing to misread -------------------------------------------------------------------------
def test_only_a_field_that_may_stay_empty_offers_to_choose_nothing(caseworker: FlaskClient) -> None:
    page = caseworker.get("/cases/new").text

    assert '<input type="radio" name="priority" value=""' in page
    assert '<input type="radio" name="confidential" value=""' not in page


def test_a_day_that_could_not_be_read_has_no_second_reading(treasurer: FlaskClient) -> None:
    page = treasurer.post("/donations/new", data={"received_on": "2026-02-30", "amount": "1"})

    assert "令和" not in words(page)


def test_a_gift_need_not_name_its_fund(treasurer: FlaskClient) -> None:
    assert treasurer.post("/donations/new", data={"amount": "5000"}).status_code == 303


@pytest.mark.parametrize("is_multipart", [False, True])
def test_a_text_that_is_too_long_is_told_beside_its_field(
    is_multipart: bool, caseworker: FlaskClient, saved: Saved
) -> None:
    key, name, text = saved(a_case(owner_id=2)), 'form-data; name="story"', "x" * 2**21
    body = (
        f"--b\r\nContent-Disposition: {name}\r\n\r\n{text}\r\n--b--\r\n" if is_multipart else f"story={text}"
    )
    kind = "multipart/form-data; boundary=b" if is_multipart else "application/x-www-form-urlencoded"

    answer = caseworker.post(f"/cases/{key}/edit", data=body, content_type=kind)

    assert answer.status_code == 422
    assert "Use at most 100,000 characters." in words(answer)


def test_only_a_body_over_the_limit_is_too_large(
    caseworker: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)

    answer = caseworker.post("/people/new", data={"full_name_vi": "x" * 1001})

    assert answer.status_code == 413
    assert "This is too large." in words(answer)
