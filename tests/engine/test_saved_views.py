"""Saved views: a list's filters, order and columns under a name, hers or of a role; columns and rows of a page."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_views import SCREENS
from admin_views.engine.screen import Screen
from tests.databases import PASSWORD, Queries
from tests.engine.browsing import form_of, rows_of, words
from tests.factories import a_case, a_person
from tomoiki.accounts.models import User
from tomoiki.core.database import begin_write, db
from tomoiki.core.fields import fields_of
from tomoiki.core.history import ChangeLog
from tomoiki.core.saved_views import ListHabit, SavedView

Saved = Callable[..., int]
Enter = Callable[[str], FlaskClient]
OPEN = "/cases/?status=open"


def save(client: FlaskClient, query: str = "status=open", **form: str) -> TestResponse:
    """Save what /cases/ shows under these arguments."""
    return client.post(f"/cases/views?{query}", data={"name": "進行中"} | form)


def chips(answer: TestResponse) -> dict[str, tuple[str, bool]]:
    """Return the saved views over a list: name, address, whether it is the one shown."""
    nav = answer.text.partition('aria-label="Saved views">')[2].partition("</nav>")[0].replace("&amp;", "&")
    found = re.findall(r'<a class="chip" href="([^"]+)"( aria-current="page")?>([^<]+)</a>', nav)
    return {text: (address, bool(on)) for address, on, text in found}


def heads(answer: TestResponse) -> list[str]:
    """Return what stands over the columns."""
    row = answer.text.partition("<thead>")[2].partition("</thead>")[0]
    return [re.sub(r"<[^>]+>| [↓↑]", "", cell) for cell in re.findall(r"<th [^>]*>(.*?)</th>", row)]


# -- columns -------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_list_shows_the_columns_of_the_address_in_its_order(caseworker: FlaskClient, saved: Saved) -> None:
    key = saved(a_case(opened_on=date(2026, 5, 1), story="長い話" * 50))

    page = caseworker.get("/cases/?columns=opened_on,title,story")

    assert heads(page) == ["Opened on", "Title", "Story"]
    assert f'<a class="row-link" href="/cases/{key}">2026-05-01</a>' in page.text
    assert "長い話" * 20 in page.text
    assert "長い話" * 21 not in page.text


def test_the_columns_stay_while_one_filters_sorts_and_turns_the_page(
    caseworker: FlaskClient, saved: Saved
) -> None:
    person = a_person()
    saved(*(a_case(person=person) for _ in range(3)))

    page = caseworker.get("/cases/?columns=status,title&per_page=2&q=nguyen&filter=1").text

    assert "columns=status%2Ctitle" in re.findall(r'rel="next" href="([^"]+)"', page)[0]
    assert "columns=status%2Ctitle" in re.findall(r'<th scope="col"><a href="([^"]+)"', page)[0]
    assert page.count('<input type="hidden" name="columns" value="status,title">') == 2
    assert "columns" not in re.findall(r'href="(/cases/export[^"]+)"', page)[0]


def test_the_columns_of_the_screen_need_not_be_named(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())
    usual = heads(caseworker.get("/cases/"))
    page = caseworker.get("/cases/columns")
    names = re.findall(r'name="column" value="([a-z_]+)" checked', page.text)

    answer = caseworker.post("/cases/columns", data=form_of(page))

    assert answer.location == "/cases/"
    assert heads(caseworker.get(f"/cases/?columns={','.join(names)}")) == usual
    assert "columns=" not in caseworker.get(f"/cases/?columns={','.join(names)}").text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("nonsense,title", ["Title"]),
        ("passport_no,title", ["Title"]),
        ("nonsense", None),
        ("title,title", ["Title"]),
    ],
)
def test_unknown_columns_are_left_out_with_a_notice(
    asked: str, shown: list[str] | None, caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case())

    page = caseworker.get(f"/cases/?columns={asked}")

    assert heads(page) == (shown or heads(caseworker.get("/cases/")))
    assert ("is no column of this list" in page.text) is (asked != "title,title")


def test_what_leads_a_row_is_no_link_within_the_link(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_person(phone_jp="+819012345678"))

    page = caseworker.get("/people/?columns=phone_jp,code").text

    assert '<a class="row-link" href="/people/1">090-1234-5678</a>' in page


def test_one_chooses_and_orders_columns_on_a_page(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case())
    form = form_of(caseworker.get("/cases/columns?status=open"), column=["title", "owner", "status"])
    form.setlist("place-status", ["1"])
    form.setlist("place-title", ["2"])
    form.setlist("place-owner", [""])

    answer = caseworker.post("/cases/columns?status=open", data=form)

    assert answer.status_code == 303
    assert answer.location == "/cases/?status=open&columns=status%2Ctitle%2Cowner"


@pytest.mark.storage
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.slug)
def test_every_list_shows_every_column_that_it_offers(
    screen: Screen, admin: FlaskClient, saved: Saved, queries: Queries
) -> None:
    saved(a_case(), a_person())
    offered = re.findall(r'name="column" value="([a-z_]+)"', admin.get(f"/{screen.slug}/columns").text)
    address = f"/{screen.slug}/?columns={','.join(offered[::-1])}"
    admin.get(address)
    queries.clear()

    page = admin.get(address)

    assert page.status_code == 200
    assert "is no column" not in page.text
    assert {field.name for field in fields_of(screen.model).values() if field.secret} & set(offered) == set()
    assert len([one for one in queries.statements if one.startswith("SELECT")]) <= 6


@pytest.mark.parametrize(
    ("role", "address", "hidden"),
    [
        ("treasurer", "/cases/columns", ["story", "owner", "opened_on", "next_action"]),
        ("auditor", "/cases/columns", ["story", "owner", "worker_type"]),
        ("organiser", "/attendees/columns", ["person"]),
        ("caseworker", "/funds/columns", ["purpose", "grantor"]),
    ],
)
def test_a_role_is_offered_no_column_that_is_hidden_from_it(
    role: str, address: str, hidden: list[str], enter: Enter
) -> None:
    offered = re.findall(r'name="column" value="([a-z_]+)"', enter(role).get(address).text)

    assert offered
    assert set(hidden) & set(offered) == set()


# -- rows of a page ------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_the_rows_of_a_page_are_remembered_for_her_and_this_list(
    caseworker: FlaskClient, enter: Enter, saved: Saved
) -> None:
    person = a_person()
    saved(*(a_case(person=person) for _ in range(30)))

    caseworker.post("/cases/columns", data=form_of(caseworker.get("/cases/columns"), per_page="25"))

    assert len(rows_of(caseworker.get("/cases/"))) == 25
    assert "per_page" not in caseworker.get("/cases/").text
    assert len(rows_of(caseworker.get("/cases/?per_page=50"))) == 30
    assert "per_page=50" in caseworker.get("/cases/?per_page=50").text
    assert len(rows_of(enter("admin").get("/cases/"))) == 30
    assert 'value="25" checked' in caseworker.get("/cases/columns").text
    assert 'value="50" checked' in caseworker.get("/people/columns").text


# -- saving --------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_what_a_list_shows_is_saved_under_a_name(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(status="open"), a_case(status="closed"))
    query = "status=open&sort=-title&columns=title,status&q=nguyen&page=3&per_page=20"

    answer = save(caseworker, query)

    assert answer.status_code == 303
    assert answer.location == "/cases/?status=open&sort=-title&columns=title%2Cstatus"
    page = caseworker.get(answer.location)
    assert chips(page) == {"All": ("/cases/", False), "進行中": (answer.location, True)}
    assert chips(caseworker.get("/cases/"))["All"] == ("/cases/", True)
    assert chips(caseworker.get("/cases/"))["進行中"][1] is False
    assert rows_of(page) == [1]


def test_a_view_is_hers_alone(caseworker: FlaskClient, admin: FlaskClient, saved: Saved) -> None:
    save(caseworker)

    assert chips(admin.get("/cases/")) == {}
    assert admin.get("/cases/views/1").status_code == 404
    assert admin.post("/cases/views/1", data={"do": "delete"}).status_code == 404
    assert caseworker.get("/people/views/1").status_code == 404


@pytest.mark.parametrize(
    ("name", "words_of_fault"), [("  ", "Give the view a name."), ("x" * 61, "at most 60 characters")]
)
def test_a_name_that_is_none_is_refused_and_stays_typed(
    name: str, words_of_fault: str, caseworker: FlaskClient, count: Callable[[type], int]
) -> None:
    answer = save(caseworker, name=name, opens="yes")

    assert answer.status_code == 422
    assert words_of_fault in words(answer)
    assert f'value="{name.strip()}"' in answer.text
    assert 'name="opens" value="yes" checked' in answer.text
    assert count(SavedView) == 0


@pytest.mark.storage
def test_a_name_that_she_has_is_replaced_only_when_she_says_so(caseworker: FlaskClient) -> None:
    save(caseworker)

    refused = save(caseworker, "status=closed")
    assert refused.status_code == 422
    assert "There is a view of this name already." in refused.text
    assert chips(caseworker.get("/cases/"))["進行中"][0] == OPEN

    save(caseworker, "status=closed", replace="yes")
    assert chips(caseworker.get("/cases/"))["進行中"][0] == "/cases/?status=closed"


def test_thirty_views_of_a_list_are_enough(caseworker: FlaskClient) -> None:
    for number in range(30):
        assert save(caseworker, name=f"表示{number}").status_code == 303

    answer = save(caseworker)

    assert answer.status_code == 422
    assert "There are 30 views of this list." in answer.text


def test_a_view_is_renamed_and_deleted(caseworker: FlaskClient) -> None:
    save(caseworker)
    save(caseworker, name="別")

    assert caseworker.post("/cases/views/1", data={"name": "別"}).status_code == 422
    assert caseworker.post("/cases/views/1", data={"name": " 新しい  名 "}).status_code == 303
    assert list(chips(caseworker.get("/cases/"))) == ["All", "別", "新しい 名"]
    assert caseworker.post("/cases/views/1", data={"do": "delete"}).status_code == 303
    assert list(chips(caseworker.get("/cases/"))) == ["All", "別"]


@pytest.mark.parametrize("number", ["0", "x", "99999999999", "-1", "1%00"])
def test_a_view_that_is_not_there_is_not_found(number: str, caseworker: FlaskClient) -> None:
    assert caseworker.get(f"/cases/views/{number}").status_code == 404
    assert caseworker.post(f"/cases/views/{number}", data={"name": "x"}).status_code == 404


def test_the_views_of_a_deleted_user_go_with_her(
    app: Flask, caseworker: FlaskClient, count: Callable[[type], int]
) -> None:
    save(caseworker, opens="yes")

    with app.app_context():
        begin_write()
        db.session.execute(sa.delete(User.__table__).where(User.__table__.c.id == 2))
        db.session.commit()

    assert (count(SavedView), count(ListHabit)) == (0, 0)


# -- the view that a list opens with ---------------------------------------------------------------------------------
@pytest.mark.storage
def test_a_list_opens_with_the_view_that_she_chose(
    caseworker: FlaskClient, admin: FlaskClient, saved: Saved
) -> None:
    saved(a_case(status="open"), a_case(status="closed"))
    save(caseworker, opens="yes")

    answer = caseworker.get("/cases/")

    assert (answer.status_code, answer.location) == (302, OPEN)
    assert admin.get("/cases/").status_code == 200
    assert caseworker.get("/people/").status_code == 200


def test_whoever_opens_a_list_with_a_view_still_gets_to_all_rows(
    caseworker: FlaskClient, saved: Saved
) -> None:
    saved(a_case(status="open"), a_case(status="closed"))
    save(caseworker, opens="yes")
    page = caseworker.get("/cases/?status=open&filter=1")

    whole = chips(page)["All"][0]
    without = re.findall(r'class="chip on" href="([^"]+)"', page.text)[0]

    assert whole == without == "/cases/?page=1"
    assert len(rows_of(caseworker.get(whole))) == 2
    assert chips(caseworker.get(whole))["All"][1] is True
    assert form_of(page)["page"] == "1"
    assert 'href="/cases/?page=1"' in caseworker.get("/cases/?q=nonsense").text.partition("<main")[2]
    back = caseworker.get("/cases/1", headers={"Referer": "http://localhost/cases/?page=1"})
    assert 'href="/cases/?page=1"' in back.text


def test_a_list_opens_with_all_rows_again_when_its_view_is_unchosen_or_gone(caseworker: FlaskClient) -> None:
    save(caseworker, opens="yes")
    caseworker.post("/cases/views/1", data={"name": "進行中"})
    assert caseworker.get("/cases/").status_code == 200

    caseworker.post("/cases/views/1", data={"name": "進行中", "opens": "yes"})
    assert caseworker.get("/cases/").status_code == 302
    caseworker.post("/cases/views/1", data={"do": "delete"})
    assert caseworker.get("/cases/").status_code == 200


def test_her_view_takes_the_place_of_what_the_menu_opens_a_list_with(
    caseworker: FlaskClient, admin: FlaskClient
) -> None:
    start = 'href="/deadlines/?status=open&amp;status=missed"'
    assert start in caseworker.get("/people/").text

    caseworker.post("/deadlines/views?status=done", data={"name": "済", "opens": "yes"})

    assert start not in caseworker.get("/people/").text
    assert 'href="/deadlines/"' in caseworker.get("/people/").text
    assert start in admin.get("/people/").text


# -- shared with a role ----------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_an_administrator_shares_a_view_with_a_role(admin: FlaskClient, enter: Enter) -> None:
    save(admin, role="caseworker")

    assert chips(enter("caseworker").get("/cases/"))["進行中"] == (OPEN, False)
    assert chips(enter("treasurer").get("/cases/")) == {}
    assert chips(admin.get("/cases/")) == {}
    assert "進行中" in words(admin.get("/cases/views"))
    assert admin.post("/cases/views/1", data={"name": "全員"}).status_code == 303
    assert "全員" in chips(enter("caseworker").get("/cases/"))


def test_only_administrators_share_change_and_delete_shared_views(admin: FlaskClient, enter: Enter) -> None:
    save(admin, role="caseworker")
    caseworker = enter("caseworker")

    assert save(caseworker, name="x", role="caseworker").status_code == 403
    assert 'name="role"' not in caseworker.get("/cases/views").text
    assert caseworker.post("/cases/views/1", data={"do": "delete"}).status_code == 403
    assert 'name="name"' not in caseworker.get("/cases/views/1").text
    assert caseworker.post("/cases/views/1", data={"name": "x", "opens": "yes"}).status_code == 303
    assert caseworker.get("/cases/").location == OPEN
    assert "進行中" in chips(caseworker.get(OPEN))
    assert enter("treasurer").get("/cases/views/1").status_code == 404


def test_a_view_is_shared_only_with_roles_that_may_open_the_list(admin: FlaskClient) -> None:
    page = admin.get("/donors/views").text

    assert re.findall(r'name="role" value="([a-z]*)"', page) == ["", "admin", "treasurer", "auditor"]
    assert admin.post("/donors/views", data={"name": "x", "role": "interpreter"}).status_code == 403


def test_a_shared_view_holds_for_a_role_only_what_it_may_see(
    admin: FlaskClient, enter: Enter, saved: Saved
) -> None:
    saved(a_case())
    save(admin, "person=1&status=open&columns=title,story,number&sort=title", role="treasurer", name="表示")
    treasurer = enter("treasurer")

    page = treasurer.get("/cases/")

    address = chips(page)["表示"][0]
    assert address == "/cases/?status=open&columns=title%2Cnumber"
    assert treasurer.get(address).status_code == 200
    assert chips(treasurer.get(address))["表示"][1] is True
    assert "Without what is hidden from you" in words(treasurer.get("/cases/views"))
    assert "person=1" not in treasurer.get("/cases/views/1").text


def test_a_view_with_a_field_that_no_list_has_any_more_still_opens(
    app: Flask, caseworker: FlaskClient
) -> None:
    save(caseworker, opens="yes")
    with app.app_context():
        begin_write()
        db.session.execute(
            sa.update(SavedView.__table__).values(query="gone=1&status=open&status=x&columns=gone&sort=gone")
        )
        db.session.commit()
        app.extensions["tomoiki_office"].saved.clear()

    assert caseworker.get("/cases/").location == OPEN


def test_who_may_not_open_a_list_has_no_views_of_it(enter: Enter) -> None:
    organiser = enter("organiser")

    for address in ("/people/views", "/people/views/1", "/people/columns"):
        assert organiser.get(address).status_code == 403
        assert organiser.post(address, data={"name": "x"}).status_code == 403


# -- bad input -------------------------------------------------------------------------------------------------------
HOSTILE = ["\0", "' OR 1=1 --", "<script>", "🙂" * 400, "9" * 400, "-1", "x,y,,z", "%", "1\n2"]


@pytest.mark.storage
@pytest.mark.parametrize("text", HOSTILE)
def test_what_nobody_should_send_is_answered_in_words(text: str, caseworker: FlaskClient) -> None:
    everything = {"name": text, "opens": text, "do": text, "replace": text, "column": text, "per_page": text}
    asked = {
        "columns": text,
        "sort": text,
        "status": text,
        "opened_on.from": text,
        "per_page": text,
        "view": text,
    }

    answers = [
        caseworker.get("/cases/", query_string=asked),
        caseworker.get("/cases/columns", query_string=asked),
        caseworker.post("/cases/columns", query_string=asked, data=everything | {"place-title": text}),
        caseworker.get("/cases/views", query_string=asked),
        caseworker.post("/cases/views", query_string=asked, data=everything),
        caseworker.post("/cases/views", query_string=asked, data=everything | {"role": text}),
        caseworker.get("/cases/"),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 303, 403, 422}
    assert [answer for answer in answers if "<script>" in answer.text] == []  # ours carry a nonce


# -- cost ------------------------------------------------------------------------------------------------------------
def test_views_cost_a_list_no_statement(caseworker: FlaskClient, saved: Saved, queries: Queries) -> None:
    saved(a_case())

    def spent(address: str) -> int:
        caseworker.get(address)
        queries.clear()
        assert caseworker.get(address).status_code == 200
        return len(queries.statements)

    before = spent(OPEN)
    for number in range(3):
        save(caseworker, name=f"表示{number}", opens="yes")

    assert spent(OPEN) == before


def test_another_process_follows_at_once(
    make_app: Callable[..., Flask], caseworker: FlaskClient, enter: Enter
) -> None:
    other = make_app().test_client()
    other.post("/login", data={"email": "caseworker@example.org", "password": PASSWORD})
    other.get("/lang/en")
    assert chips(other.get("/cases/")) == {}

    save(caseworker)
    assert list(chips(other.get("/cases/"))) == ["All", "進行中"]

    caseworker.post("/cases/views/1", data={"do": "delete"})
    assert chips(other.get("/cases/")) == {}


# -- in the change log ---------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_each_change_of_a_view_stands_in_the_change_log(
    app: Flask, admin: FlaskClient, caseworker: FlaskClient, enter: Enter
) -> None:
    save(admin, "status=open", role="caseworker")
    save(admin, "status=active", role="caseworker", replace="1")
    admin.post("/cases/views/1", data={"name": "新しい名"})
    admin.post("/cases/views/1", data={"do": "delete"})

    with app.app_context():
        rows = db.session.scalars(sa.select(ChangeLog).order_by(ChangeLog.id)).all()
        assert {(row.entity, row.record_id, row.user_id) for row in rows} == {("saved_view", 1, 1)}
        assert [row.action for row in rows] == ["create", "change", "change", "delete"]
        assert rows[0].diff == {
            "screen": [None, "cases"],
            "name": [None, "進行中"],
            "role": [None, "caseworker"],
            "query": [None, "status=open"],
        }
        assert rows[1].diff == {"query": ["status=open", "status=active"]}
        assert rows[2].diff == {"name": ["進行中", "新しい名"]}
        last = rows[2].id
    assert "Name: 進行中 → 新しい名" in words(admin.get(f"/change-log/{last}"))
    assert "進行中" not in words(enter("auditor").get(f"/change-log/{last}"))
