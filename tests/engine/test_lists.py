"""The list: what it shows, how it sorts, filters and pages, and that its address never breaks it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_views import SCREENS
from admin_views.engine import kept
from admin_views.engine.screen import Screen
from tests.engine.browsing import change, form_of, rows_of, words
from tests.factories import a_case, a_donation, a_person, an_activity, an_organisation
from tomoiki.core.fields import fields_of
from tomoiki.events.models import Attendee, Event
from tomoiki.money.models import Donor

Saved = Callable[..., int]
STORY = "三か月給料が出ておらず寮も追い出されそうなので相談したい。" * 5

NOT_ADDED = (
    "receipt-lines",
    "bank-lines",
    "change-log",
    "access-log",
    "attachments",
)  # by an administrator, at least


def an_event(**values: Any) -> Event:
    usual = {
        "number": f"E{id(values)}",
        "kind": "study",
        "title_ja": "会",
        "starts_at": datetime(2026, 5, 1, 4, tzinfo=UTC),
    }
    return Event(**(usual | values))


# -- rows and cells ----------------------------------------------------------------------------------------------
def test_a_row_leads_to_its_record_and_shows_labels(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(
        a_case(title="<b>題</b>", owner_id=2, categories=["housing", "visa"], primary_category="housing")
    )

    page = caseworker.get("/cases/").text

    assert f'<tr data-id="{key}">' in page
    assert f'<a class="row-link" href="/cases/{key}">&lt;b&gt;題&lt;/b&gt;</a>' in page
    assert all(
        text in page for text in ("Nguyễn Thị Bưởi", "Loss of housing, Status of residence", "Caseworker")
    )
    assert "1 in all" in words(caseworker.get("/cases/"))


def test_a_list_shows_sixty_characters_of_a_story(caseworker: FlaskClient, saved: Saved) -> None:
    saved(an_activity(note=STORY))

    page = caseworker.get("/activities/").text

    assert STORY[:59] in page
    assert STORY[:70] not in page


def test_a_list_of_fifty_rows_is_light(caseworker: FlaskClient, saved: Saved) -> None:
    people = [
        a_person(full_name_vi=f"Nguyễn Thị Hồng Nhung {n}", phone_jp="+819012345678", pref="13")
        for n in range(50)
    ]
    saved(
        *(
            a_case(
                person=one,
                employer=None,
                owner_id=2,
                categories=["housing", "visa"],
                title="給料が三か月出ていない",
            )
            for one in people
        )
    )

    for address in ("/cases/", "/people/"):
        answer = caseworker.get(address)
        assert len(rows_of(answer)) == 50
        assert len(answer.data) <= 35 * 1024, address


SEEDED = ("settings", "users", "funds", "deadline-rules", "holidays")


@pytest.mark.parametrize(
    "slug", [screen.slug for screen in SCREENS if screen.slug not in (*SEEDED, *NOT_ADDED)]
)
def test_an_empty_list_says_what_to_do_next(slug: str, admin: FlaskClient) -> None:
    page = admin.get(f"/{slug}/")

    assert "Nothing here yet." in words(page)
    assert page.text.partition("<main")[2].count(f'href="/{slug}/new"') == 1


def test_an_empty_list_offers_nothing_to_who_may_not_add(enter: Callable[[str], FlaskClient]) -> None:
    page = enter("auditor").get("/donations/").text

    assert "Nothing here yet." in page
    assert "/donations/new" not in page


def test_a_search_without_a_hit_offers_to_show_all(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    for address in ("/cases/?q=nonsense", "/cases/?status=closed"):
        page = caseworker.get(address)
        assert "Nothing fits." in words(page)
        assert 'href="/cases/"' in page.text


def test_a_role_sees_only_the_columns_of_its_mask(enter: Callable[[str], FlaskClient], saved: Saved) -> None:
    saved(a_case(title="秘密の題"))

    page = enter("auditor").get("/cases/")

    assert rows_of(page) == [1]
    assert "秘密の題" not in page.text
    assert "Person" not in words(page)
    assert "sort=person" not in page.text


# -- sorting -----------------------------------------------------------------------------------------------------
def _sortable(screen: Screen) -> list[str]:
    known = fields_of(screen.model)
    return [name for name in screen.columns if not known[name].is_plural]


@pytest.mark.storage
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.slug)
def test_every_list_sorts_by_every_single_column_both_ways(
    screen: Screen, admin: FlaskClient, saved: Saved
) -> None:
    saved(an_activity(), a_donation(donor=Donor(code="N1", name="甲")), an_event(), Attendee(name="花子"))

    for name in _sortable(screen):
        up, down = (admin.get(f"/{screen.slug}/?per_page=200&sort={sign}{name}") for sign in ("", "-"))
        assert "cannot be sorted" not in up.text + down.text
        assert rows_of(up) == rows_of(down)[::-1], name


@pytest.mark.storage
def test_a_list_sorts_by_the_label_of_what_it_points_at(caseworker: FlaskClient, saved: Saved) -> None:
    names = ("Cao", "An", "Bui")
    keys = dict(
        zip(names, [saved(a_case(person=a_person(full_name_vi=name))) for name in names], strict=True)
    )

    assert rows_of(caseworker.get("/cases/?sort=person")) == [keys["An"], keys["Bui"], keys["Cao"]]
    assert rows_of(caseworker.get("/cases/?sort=-person")) == [keys["Cao"], keys["Bui"], keys["An"]]


def test_a_head_turns_the_order_and_says_which_it_is(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    page = caseworker.get("/cases/?sort=title&status=open&per_page=20").text

    assert 'aria-sort="ascending"' in page
    assert 'href="/cases/?status=open&amp;per_page=20&amp;sort=-title"' in page
    assert 'aria-sort="descending"' in caseworker.get("/cases/").text


# -- totals ------------------------------------------------------------------------------------------------------
def test_totals_follow_the_filter(treasurer: FlaskClient, saved: Saved) -> None:
    saved(
        a_donation(amount=1000, method="cash"),
        a_donation(amount=2500),
        a_donation(amount=-500, method="cash"),
    )

    assert "Amount 3,000 yen" in words(treasurer.get("/donations/"))
    assert "Amount 500 yen" in words(treasurer.get("/donations/?method=cash"))
    treasurer.get("/lang/vi")
    assert "3.000" in words(treasurer.get("/donations/"))


def test_minutes_add_up_without_yen(caseworker: FlaskClient, saved: Saved) -> None:
    saved(an_activity(minutes=30), an_activity(minutes=None), an_activity(minutes=15))

    assert re.search(r"Minutes 45\b", words(caseworker.get("/activities/")))


# -- pages -------------------------------------------------------------------------------------------------------
@pytest.mark.storage
@pytest.mark.parametrize("order", ["", "&sort=status", "&sort=-owner", "&sort=person"])
def test_pages_do_not_overlap_and_miss_nothing(order: str, caseworker: FlaskClient, saved: Saved) -> None:
    person = a_person()
    saved(*(a_case(person=person) for _ in range(23)))

    pages = [rows_of(caseworker.get(f"/cases/?per_page=10&page={page}{order}")) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [10, 10, 3]
    assert len({key for page in pages for key in page}) == 23


def test_a_page_says_where_it_is_and_leads_on(caseworker: FlaskClient, saved: Saved) -> None:
    person = a_person()
    saved(*(a_case(person=person) for _ in range(5)))

    answer = caseworker.get("/cases/?per_page=2&page=2&status=open")

    assert "3 to 4 of 5" in words(answer)
    assert 'rel="prev" href="/cases/?status=open&amp;per_page=2&amp;page=1"' in answer.text
    assert 'rel="next" href="/cases/?status=open&amp;per_page=2&amp;page=3"' in answer.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("per_page=1000000", 200), ("per_page=3", 3), ("", 50), ("page=99999&per_page=200", 5)],
)
def test_a_page_holds_at_most_two_hundred(asked: str, shown: int, admin: FlaskClient, saved: Saved) -> None:
    saved(*(an_organisation(name=f"社{n}") for n in range(205)))

    assert len(rows_of(admin.get(f"/organisations/?{asked}"))) == shown


# -- filters -----------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_filters_narrow_one_by_one_and_together(caseworker: FlaskClient, saved: Saved) -> None:
    company = an_organisation()
    saved(company)
    keys = [
        saved(a_case(opened_on=date(2026, 4, 1), categories=["housing"], employer_id=1)),
        saved(a_case(opened_on=date(2026, 5, 1), categories=["housing", "visa"], owner_id=2)),
        saved(a_case(opened_on=date(2026, 6, 1), status="active")),
    ]
    found = {
        "status=active": [2],
        "status=active&status=open": [2, 1, 0],
        "categories=housing": [1, 0],
        "categories=visa&categories=housing": [1, 0],
        "owner=2": [1],
        "employer=1": [0],
        "opened_on.from=2026-05-01": [2, 1],
        "opened_on.to=R8.5.1": [1, 0],
        "opened_on.from=2026-05-01&opened_on.to=2026-05-31": [1],
        "categories=housing&status=active": [],
        "person=2": [1],
    }

    for asked, rows in found.items():
        assert rows_of(caseworker.get(f"/cases/?{asked}")) == [keys[row] for row in rows], asked


@pytest.mark.storage
def test_the_last_day_of_a_range_of_moments_counts_whole(organiser: FlaskClient, saved: Saved) -> None:
    key = saved(an_event(starts_at=datetime(2026, 5, 1, 14, 59, tzinfo=UTC)))  # 23:59 in Tokyo
    saved(an_event(starts_at=datetime(2026, 5, 1, 15, 0, tzinfo=UTC)))

    assert rows_of(organiser.get("/events/?starts_at.from=2026-05-01&starts_at.to=2026-05-01")) == [key]
    assert len(rows_of(organiser.get("/events/?starts_at.from=1000-01-01&starts_at.to=9999-12-31"))) == 2


def test_amounts_and_flags_filter_too(admin: FlaskClient, saved: Saved) -> None:
    small, large = saved(a_donation(amount=500)), saved(a_donation(amount=50000))
    officer = saved(Donor(code="N1", name="甲", is_officer=True))
    other = saved(Donor(code="N2", name="乙"))

    assert rows_of(admin.get("/donations/?amount.from=１，０００")) == [large]
    assert rows_of(admin.get("/donations/?amount.to=1,000")) == [small]
    assert rows_of(admin.get("/donors/?is_officer=yes")) == [officer]
    assert rows_of(admin.get("/donors/?is_officer=no&is_officer=yes&sort=code")) == [officer, other]
    assert "Officer of the organisation: No" in words(admin.get("/donors/?is_officer=no"))


def test_each_filter_in_force_can_be_taken_off(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(owner_id=2))
    asked = "q=T2026&status=open&status=active&opened_on.from=2026-01-01&owner=2&owner=999&sort=title"

    answer = caseworker.get(f"/cases/?{asked}")

    chips = dict(re.findall(r'<a class="chip on" href="([^"]+)">([^<]+) <svg', answer.text))
    chips = {text: address.replace("&amp;", "&") for address, text in chips.items()}
    assert (
        chips["Status: Received, In progress"]
        == "/cases/?q=T2026&opened_on.from=2026-01-01&owner=2&owner=999&sort=title"
    )
    assert (
        chips["Opened on: 2026-01-01 – "]
        == "/cases/?q=T2026&status=open&status=active&owner=2&owner=999&sort=title"
    )
    assert "Owner: Caseworker, ?" in chips


def test_the_filter_form_shows_what_is_in_force_and_sends_it_again(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(title="題", number="T2026-0777", owner_id=2))
    asked = "filter=1&q=T2026&sort=title&status=open&opened_on.from=2026-01-01&owner=2"

    form = form_of(caseworker.get(f"/cases/?{asked}"))

    kept = {name: value for name, value in form.items() if value}
    assert kept == {
        "q": "T2026", "sort": "title", "status": "open",
        "opened_on.from": "2026-01-01", "owner": "2", "owner-text": "Caseworker",
    }  # fmt: skip


def test_yes_and_no_stand_in_the_filter_form(treasurer: FlaskClient) -> None:
    assert form_of(treasurer.get("/donors/?filter=1&is_officer=no"))["is_officer"] == "no"


@pytest.mark.storage
@pytest.mark.parametrize(
    "asked",
    [
        "nothing=1", "title=x", "story=x", "sort=nothing", "sort=story", "sort=categories", "page=abc", "page=-1",
        "page=%00",
        "per_page=-5", "per_page=1.5", "page=99999999999999999999", "status=nonsense", "status=%00", "status.from=open",
        "person=abc", "person=1,2", "person=99999999999",
        "person-text=nobody", "categories=%27%3B--",
        "opened_on=2026-01-01", "opened_on.from=tomorrow", "opened_on.to=%00", "opened_on.from=0001-01-01",
        "opened_on.from=2026-02-30",
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_used_is_left_out_with_a_notice(
    asked: str, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case())

    answer = caseworker.get(f"/cases/?{asked}")

    assert answer.status_code == 200
    assert rows_of(answer) == [1]
    assert 'class="note warn-n" role="status"' in answer.text


@pytest.mark.storage
@pytest.mark.parametrize(
    "asked", ["amount.from=99999999999999999999", "amount.to=9999999999", "amount.from=-99999999999"]
)
def test_amounts_beyond_all_bounds_are_a_notice(asked: str, treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation())

    answer = treasurer.get(f"/donations/?{asked}")

    assert rows_of(answer) == [1]
    assert "The amount is too large." in words(answer)


def test_empty_arguments_are_no_fault(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())

    answer = caseworker.get(
        "/cases/?q=&page=&per_page=&sort=&status=&person=&person-text=&opened_on.from=&opened_on.to=&lang=x"
    )

    assert rows_of(answer) == [1]
    assert "warn-n" not in answer.text


# -- parts of a table --------------------------------------------------------------------------------------------
def test_study_sessions_and_seminars_show_and_find_only_their_kind(
    organiser: FlaskClient, saved: Saved
) -> None:
    study, seminar = (
        saved(an_event(title_ja="学習会")),
        saved(an_event(kind="seminar", title_ja="企業の学習会")),
    )

    assert rows_of(organiser.get("/study-sessions/")) == [study]
    assert rows_of(organiser.get("/seminars/")) == [seminar]
    assert rows_of(organiser.get("/seminars/?q=学習会")) == [seminar]
    assert len(rows_of(organiser.get("/events/?q=学習会"))) == 2


@pytest.mark.parametrize("page", ["", "/edit", "/delete", "/history", "/move?to=published"])
def test_a_seminar_is_not_found_among_study_sessions(page: str, admin: FlaskClient, saved: Saved) -> None:
    seminar = saved(an_event(kind="seminar"))

    assert admin.get(f"/study-sessions/{seminar}{page}").status_code == 404
    assert admin.get(f"/seminars/{seminar}{page}").status_code == 200


# -- kept counts -------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_counts_are_right_at_once_after_every_change(admin: FlaskClient, saved: Saved) -> None:
    saved(a_donation(amount=1000))
    counted = []

    def look() -> None:
        text = words(admin.get("/donations/"))
        counted.append(re.findall(r"(\d+) in all.*?Amount ([\d,]+) yen", text)[0])

    look()
    look()
    admin.post("/donations/new", data={"amount": "500"})
    look()
    change(admin, "/donations/1", amount="2000")
    look()
    admin.post("/donations/2/delete")
    look()

    assert counted == [("1", "1,000"), ("1", "1,000"), ("2", "1,500"), ("2", "2,500"), ("1", "2,000")]


def test_a_kept_count_is_asked_no_second_time(admin: FlaskClient, saved: Saved, queries: Any) -> None:
    saved(a_case())
    admin.get("/cases/")
    queries.clear()

    admin.get("/cases/")

    assert not [statement for statement in queries.selects if "count(" in statement.lower()]


def test_two_roles_do_not_share_a_count(admin: FlaskClient, caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(), a_case(confidential="restricted", owner_id=1))

    assert "2 in all" in words(admin.get("/cases/"))
    assert "1 in all" in words(caseworker.get("/cases/"))
    assert "2 in all" in words(admin.get("/cases/"))


def test_what_is_kept_is_bounded() -> None:
    answers = kept.Kept()
    for number in range(kept.MOST + 5):
        answers.put(number, "answer")

    assert answers.find(4) is None
    assert answers.find(5) == "answer"


# -- what names a row ----------------------------------------------------------------------------------------------
def test_without_its_first_name_a_row_leads_with_the_next(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_person(name_card="NGUYEN HUU BUOM"))

    assert f'href="/people/{key}">NGUYEN HUU BUOM</a>' in caseworker.get("/people/").text
