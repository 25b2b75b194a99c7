"""The office's own words: they stand everywhere at once, and a code that is used stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views.engine.importing import plan_import
from tests.databases import Queries
from tests.engine.browsing import form_of, new_id, rows_of, words
from tests.factories import a_case, a_deadline, a_donation, a_referral, an_inquiry, an_organisation
from tomoiki.accounts.models import OfficeChoice
from tomoiki.cases.models import Case
from tomoiki.core.database import db
from tomoiki.core.dates import today
from tomoiki.core.ledgers import find_meaning
from tomoiki.core.wordings import entries
from tomoiki.organisations.models import Industry, Organisation

pytestmark = pytest.mark.storage
Saved = Callable[..., int]
Value = Callable[[type[Any], int, str], Any]
NIGHT = {"list": "case_category", "code": "night_shift", "ja": "夜勤", "vi": "Ca đêm", "en": "Night shifts"}


def add(client: FlaskClient, **values: Any) -> int:
    return new_id(client.post("/choices/new", data={"active": "yes"} | values))


def test_an_added_code_can_be_chosen_filtered_and_read_in_three_languages(
    admin: FlaskClient, saved: Saved, value: Value
) -> None:
    add(admin, **NIGHT)
    key = new_id(admin.post("/cases/new", data={"person": saved(a_case()), "categories": ["night_shift"]}))

    assert "Night shifts" in admin.get("/cases/new").text
    assert rows_of(admin.get("/cases/?categories=night_shift")) == [key]
    assert value(Case, key, "title") == "Night shifts"
    for code, word in (("vi", "Ca đêm"), ("ja", "夜勤")):
        admin.get(f"/lang/{code}")
        assert word in admin.get(f"/cases/{key}").text
        assert word in admin.get("/cases/").text


def test_a_renamed_code_is_renamed_on_every_page_at_once(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved
) -> None:
    key = saved(a_donation(method="cash"))
    before = words(admin.get("/donations/"))
    add(admin, list="payment_method", code="cash", en="Notes and coins")

    pages = [admin.get(f"/donations/{path}").text for path in ("", f"{key}", f"{key}/edit", "?filter=1")]

    assert "Notes and coins" not in before
    assert all("Notes and coins" in page for page in pages)
    assert all(">Cash<" not in page for page in pages)


def test_pages_that_were_built_once_for_a_role_follow_at_once(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved
) -> None:
    case = saved(a_case())
    inquiry, referral = saved(an_inquiry(case_id=case)), saved(a_referral(case_id=case))
    deadline = saved(a_deadline(case_id=case))
    pages = {
        "Straight away": ("/inquiries/", f"/inquiries/{inquiry}", f"/inquiries/{inquiry}/edit"),
        "Attorney": ("/referrals/", f"/referrals/{referral}", f"/referrals/{referral}/edit"),
        "Still ahead": ("/deadlines/", f"/deadlines/{deadline}", f"/cases/{case}"),
    }
    for address in (address for some in pages.values() for address in some):
        assert caseworker.get(address).status_code == 200  # now it is kept

    add(admin, list="priority", code="today", en="Straight away")
    add(admin, list="referral_kind", code="lawyer", en="Attorney")
    add(admin, list="deadline_status", code="open", en="Still ahead")

    found = {word: [word in words(caseworker.get(one)) for one in some] for word, some in pages.items()}
    assert found == {word: [True] * len(some) for word, some in pages.items()}


def test_words_of_the_office_are_words_on_every_page(
    admin: FlaskClient, caseworker: FlaskClient, saved: Saved
) -> None:
    case = saved(a_case())
    add(admin, list="theme", code="dark", en="<i>Dusk</i>")
    add(admin, list="case_status", code="active", en="<i>Helped</i>")
    add(admin, list="case_category", code="night_shift", ja="夜勤", en="<i>Nights</i>")

    pages = [f"/cases/{case}", f"/cases/{case}/edit", f"/cases/{case}/move?to=active", "/cases/?filter=1"]
    pages += ["/cases/new", "/account", "/vocabularies?list=case_category"]
    shown = [caseworker.get(address).text for address in pages]

    assert all("&lt;i&gt;" in page for page in shown)
    assert not any("<i>" in page for page in shown)


def test_a_language_that_was_left_empty_keeps_its_word(admin: FlaskClient, saved: Saved) -> None:
    saved(a_donation(method="cash"))
    add(admin, list="payment_method", code="cash", en="Notes and coins")
    admin.get("/lang/ja")

    assert "現金" in admin.get("/donations/").text


def test_the_state_of_a_record_follows_too(admin: FlaskClient, saved: Saved) -> None:
    key = saved(a_case())
    add(admin, list="case_status", code="active", en="Being helped")

    assert "To “Being helped”" in words(admin.get(f"/cases/{key}"))
    assert "“Being helped”" in words(admin.get(f"/cases/{key}/move?to=active"))


def test_codes_are_put_in_another_order(admin: FlaskClient) -> None:
    add(admin, list="gender", code="other", sort="5")

    options = [one for name, one in form_of(admin.get("/vocabularies?list=gender")).items() if name == "x"]
    page = admin.get("/vocabularies?list=gender").text

    assert options == []
    assert page.index("Another gender") < page.index("Female")


def test_a_retired_code_is_offered_no_more_but_old_records_show_it(admin: FlaskClient, saved: Saved) -> None:
    key = saved(an_organisation(industry="painting"))
    last_day = (today() - timedelta(days=1)).isoformat()
    add(admin, list="industry", code="painting", valid_to=last_day)

    assert "Painting" in words(admin.get(f"/organisations/{key}"))
    assert 'value="painting"' not in admin.get("/organisations/new").text
    assert 'value="painting"' in admin.get(f"/organisations/{key}/edit").text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"list": "case_status", "code": "sleeping", "ja": "休眠"}, "none can be added"),
        ({"list": "case_category", "code": "Night Shift", "ja": "夜勤"}, "Use small letters"),
        ({"list": "case_category", "code": "night_shift"}, "needs its word in Japanese"),
        ({"list": "setting_key", "code": "org_phone", "ja": "電話"}, "Choose one of the list"),
    ],
)
def test_what_cannot_be_changed_says_why(values: dict[str, str], reason: str, admin: FlaskClient) -> None:
    answer = admin.post("/choices/new", data=values)

    assert answer.status_code == 422
    assert reason in words(answer)


def test_a_code_is_changed_in_one_row_only(admin: FlaskClient) -> None:
    add(admin, **NIGHT)

    assert "has been changed already" in words(admin.post("/choices/new", data=NIGHT))


def test_a_code_is_never_renamed_itself(admin: FlaskClient) -> None:
    key = add(admin, **NIGHT)

    answer = admin.post(f"/choices/{key}/edit", data={"code": "day_shift"})

    assert "A code stays as it is" in words(answer)


def test_a_used_code_cannot_be_removed(admin: FlaskClient, saved: Saved) -> None:
    key = add(admin, **NIGHT)
    saved(a_case(categories=["night_shift"]), a_case(primary_category="night_shift"))

    answer = admin.post(f"/choices/{key}/delete")

    assert answer.status_code == 409
    assert "2 records use this code" in words(answer)


def test_an_unused_code_and_a_renaming_can_be_removed(admin: FlaskClient, saved: Saved) -> None:
    saved(a_donation(method="cash"))
    keys = [add(admin, **NIGHT), add(admin, list="payment_method", code="cash", en="Notes and coins")]

    codes = [admin.post(f"/choices/{key}/delete").status_code for key in keys]

    assert codes == [303, 303]
    assert "Notes and coins" not in admin.get("/donations/").text


def test_an_import_understands_the_office_s_words(admin: FlaskClient, app: Flask) -> None:
    add(admin, list="industry", code="laundry", ja="クリーニング", en="Laundry")

    with app.app_context():
        assert callable(plan_import)
        meaning = find_meaning(Industry, "ｸﾘｰﾆﾝｸﾞ")
        assert meaning is not None
        assert meaning.code == "laundry"


def test_another_process_follows_with_its_next_request(
    admin: FlaskClient, make_app: Callable[..., Flask]
) -> None:
    other = make_app()
    with other.app_context():
        assert "laundry" not in entries(Industry)
    add(admin, list="industry", code="laundry", ja="クリーニング")

    with other.app_context():
        assert "laundry" in entries(Industry)


def test_words_cost_one_small_query_a_request(admin: FlaskClient, saved: Saved, queries: Queries) -> None:
    add(admin, **NIGHT)
    saved(*(an_organisation(name=f"Firma {at}", industry="painting") for at in range(20)))
    admin.get("/organisations/")
    queries.statements.clear()

    admin.get("/organisations/")

    assert len([one for one in queries.selects if "choice" in one]) == 1  # the one that tells the user


def test_the_page_of_all_lists_leads_to_the_form_filled_in(
    admin: FlaskClient, enter: Callable[[str], FlaskClient]
) -> None:
    page = admin.get("/vocabularies?list=industry").text

    assert "/choices/new?list=industry&amp;code=painting&amp;ja=" in page
    assert "/choices/new?" not in enter("caseworker").get("/vocabularies?list=industry").text


def test_a_prefilled_form_that_changes_nothing_else_keeps_the_words(admin: FlaskClient) -> None:
    form = form_of(admin.get("/choices/new?list=industry&code=painting&en=Decorating&sort=60"))

    assert (form["list"], form["code"], form["en"], form["sort"]) == (
        "industry",
        "painting",
        "Decorating",
        "60",
    )


def test_a_list_without_a_default_word_of_an_organisation_is_stored_by_code(
    admin: FlaskClient, value: Value
) -> None:
    add(admin, list="industry", code="laundry", ja="クリーニング")
    key = new_id(admin.post("/organisations/new", data={"name": "Firma", "industry": "laundry"}))

    assert value(Organisation, key, "industry") == "laundry"


def test_the_choice_of_the_office_is_a_record_like_any_other(admin: FlaskClient, app: Flask) -> None:
    key = add(admin, **NIGHT)

    with app.app_context():
        assert db.session.get_one(OfficeChoice, key).code == "night_shift"
    assert "Night shifts" in words(admin.get(f"/choices/{key}/history"))
