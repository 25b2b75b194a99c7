"""The sentences of DOMAIN section 4 that must be true: treasurer, auditor, interpreter."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import rows_of
from tests.permissions.looking import main, number, tell_history
from tests.permissions.world import (
    CASES,
    CASEWORKER,
    World,
    assign,
    change_record,
)
from tomoiki.cases.models import Case, CaseStaff
from tomoiki.core.database import db
from tomoiki.core.dates import today
from tomoiki.core.history import ChangeLog

Enter = Callable[[str], FlaskClient]


# -- treasurer and auditor ---
def test_the_treasurer_sees_number_worker_type_and_status_of_a_case_and_nothing_else(
    enter: Enter, world: World
) -> None:
    treasurer = enter("treasurer")

    text = main(treasurer, f"/cases/{world.case('normal')}")
    restricted = main(treasurer, f"/cases/{world.case('restricted')}")

    assert text == "Cases T2026-0101 Received … History Worker type Specified skilled worker"
    assert restricted == "Cases T2026-0102 … History"


def test_the_auditor_sees_number_and_days_of_a_case(enter: Enter, world: World) -> None:
    auditor = enter("auditor")

    text = main(auditor, f"/cases/{world.case('normal')}")

    assert text == "Cases T2026-0101 … History Opened on 2026-04-01"
    assert main(auditor, f"/cases/{world.case('restricted')}") == "Cases T2026-0102 … History"


@pytest.mark.parametrize("role", ["treasurer", "auditor"])
def test_the_list_of_cases_shows_what_the_case_shows(role: str, enter: Enter, world: World) -> None:
    page = enter(role).get("/cases/?per_page=200").text
    rows = dict(part.split('">', 1) for part in page.split('<tr data-id="')[1:])

    restricted = rows[str(world.case("restricted"))].split("</tr>")[0]

    assert number("restricted") in restricted
    assert restricted.replace("—", "").count("<td") == restricted.count("</td>")
    assert not any(text in restricted for text in ("Skilled", "Received", "2026-04", "Refugee"))
    assert str(world.case("secret")) not in rows


def test_whoever_is_masked_gets_no_order_from_what_she_does_not_see(
    app: Flask, enter: Enter, world: World
) -> None:
    change_record(app, Case, world.case("normal"), {"opened_on": today()})
    ids = sorted((world.case(kind) for kind in CASES if kind != "secret"), reverse=True)

    for role in ("treasurer",):
        assert rows_of(enter(role).get("/cases/")) == ids


HIDDEN_ORDERS = ["title", "-person", "owner", "-opened_on", "story", "next_action_on"]
HIDDEN_FILTERS = [
    "categories=refugee",
    "owner=7",
    "person=1",
    "employer=1",
    "opened_on.from=2026-04-03",
    "person-text=Zumbado",
]


@pytest.mark.parametrize("argument", [*(f"sort={name}" for name in HIDDEN_ORDERS), *HIDDEN_FILTERS])
def test_sorting_and_filtering_by_a_hidden_field_are_refused(
    argument: str, enter: Enter, world: World
) -> None:
    treasurer = enter("treasurer")
    asked = treasurer.get(f"/cases/?{argument}")

    assert rows_of(asked) == rows_of(treasurer.get("/cases/"))
    assert "warn-n" in asked.text


@pytest.mark.parametrize(
    ("role", "argument"), [("treasurer", "status=open"), ("auditor", "opened_on.from=2020-01-01")]
)
def test_a_filter_never_finds_a_row_on_which_its_field_is_hidden(
    role: str, argument: str, enter: Enter, world: World
) -> None:
    found = rows_of(enter(role).get(f"/cases/?{argument}"))

    assert set(found) == {world.case(kind) for kind in ("normal", "assigned", "ended")}


@pytest.mark.storage
@pytest.mark.parametrize("sign", ["", "-"])
def test_rows_whose_field_is_hidden_are_not_ordered_by_it(
    sign: str, app: Flask, enter: Enter, world: World
) -> None:
    for kind, status in (("restricted", "active"), ("hers", "closed")):
        change_record(app, Case, world.case(kind), {"status": Case.__moves__.allowed and status})

    found = rows_of(enter("treasurer").get(f"/cases/?sort={sign}status"))
    hidden = [key for key in found if key in (world.case("restricted"), world.case("hers"))]

    assert hidden == sorted(hidden, reverse=bool(sign))
    assert abs(found.index(hidden[0]) - found.index(hidden[1])) == 1


@pytest.mark.parametrize("role", ["treasurer", "interpreter", "auditor"])
def test_a_history_tells_that_something_hidden_changed_and_not_what(
    role: str, app: Flask, enter: Enter, world: World
) -> None:
    tell_history(app, world)

    text = main(enter(role), f"/cases/{world.case('assigned')}/history")

    assert text.count("A hidden item: changed") == 2  # once for what was changed, once for what was created
    assert not any(word in text for word in ("Fandrugo", "Ngassigned" if role != "interpreter" else "Nguyễn"))
    assert not any(word in text for word in ("Urgency", "Story", "Title", "Owner", "Colleague"))


def test_an_auditor_may_post_nothing_but_her_own_account(app: Flask, enter: Enter, world: World) -> None:
    auditor, wrong = enter("auditor"), {}
    own = {
        "/account",
        "/login",
        "/logout",
        "/change",
        "/verify",
        "/setup",
        "/mf-recovery",
        "/mf-recovery-codes",
    }
    for rule in app.url_map.iter_rules():
        if (
            "POST" not in (rule.methods or ())
            or rule.rule in own
            or rule.endpoint == "bulk"  # 404 for all but whoever did it
            or "/export." in rule.rule  # the purpose of an export is hers to give: see test_walk
            or rule.rule.startswith(("/tf-", "/invitation/"))
            or rule.rule.endswith(
                ("/views", "/views/<number>", "/columns")
            )  # hers, as her account: see below
        ):
            continue
        slug = rule.rule.split("/")[1]
        keys = world.ids[slug].values() if "<key>" in rule.rule else [0]
        for key in keys:
            address = rule.rule.replace("<key>", str(key)).replace("<verb>", "invite")
            address = re.sub("<[^>]*>", "1", address)
            if (code := auditor.post(address).status_code) != 403:
                wrong[address] = code

    assert wrong == {}


def test_an_auditor_saves_views_for_herself_and_shares_none(app: Flask, enter: Enter, world: World) -> None:
    auditor = enter("auditor")

    def changes() -> int:
        with app.app_context():
            return int(db.session.query(ChangeLog).filter(ChangeLog.entity != "saved_view").count())

    before = changes()
    assert auditor.post("/donors/views?sort=name", data={"name": "名前順"}).status_code == 303
    assert auditor.post("/donors/views", data={"name": "x", "role": "auditor"}).status_code == 403
    assert auditor.post("/people/views", data={"name": "x"}).status_code == 403
    assert changes() == before
    assert auditor.post("/account", data={"language": "vi"}).status_code == 303
    assert auditor.post("/logout").status_code == 302


# -- interpreter ---
def test_an_interpreter_opens_her_case_and_no_other(enter: Enter, world: World) -> None:
    interpreter = enter("interpreter")

    assert rows_of(interpreter.get("/cases/")) == [world.case("assigned")]
    text = main(interpreter, f"/cases/{world.case('assigned')}")
    assert all(word in text for word in ("T2026-0105", "Ngassigned", "2027-01-07"))
    assert not any(word in text for word in ("Worker type", "Urgency", "Opened on", "Category", "Schritt"))
    person = main(interpreter, f"/people/{world.person('assigned')}")
    assert all(word in person for word in ("Ngassigned", "Assignedstadt", "Vietnamese"))
    assert not any(word in person for word in ("Phone", "Address", "Nationality", "Viet Nam", "Show"))


@pytest.mark.parametrize("page", ["", "/history"])
def test_an_assignment_that_ended_yesterday_is_not_found(page: str, enter: Enter, world: World) -> None:
    interpreter = enter("interpreter")

    for slug in ("cases", "people", "residence-statuses", "activities", "case-staff"):
        assert interpreter.get(f"/{slug}/{world.ids[slug]['ended']}{page}").status_code == 404
        assert interpreter.get(f"/{slug}/{world.ids[slug]['assigned']}{page}").status_code in (200, 404)


def test_her_own_activity_goes_with_the_assignment(app: Flask, enter: Enter, world: World) -> None:
    interpreter, key = enter("interpreter"), world.ids["activities"]["interpreted"]
    assert interpreter.get(f"/activities/{key}").status_code == 200

    staff = {"to_on": today() - timedelta(days=1)}
    change_record(app, CaseStaff, world.ids["case-staff"]["assigned"], staff)

    assert interpreter.get(f"/activities/{key}").status_code == 404
    assert rows_of(interpreter.get("/activities/")) == []


def test_an_interpreter_writes_in_her_own_name_on_her_own_cases_only(enter: Enter, world: World) -> None:
    interpreter = enter("interpreter")
    form = {"type": "call", "note": "x"}

    assert (
        interpreter.post("/activities/new", data=form | {"case": world.case("assigned")}).status_code == 303
    )
    assert interpreter.post("/activities/new", data=form | {"case": world.case("normal")}).status_code == 422
    others = form | {"case": world.case("assigned"), "by": CASEWORKER}
    assert interpreter.post("/activities/new", data=others).status_code == 422


@pytest.mark.parametrize("query", ["ng", "Ng", "nguyen", "P-", ""])
def test_the_search_box_of_an_interpreter_finds_assigned_people_only(
    query: str, enter: Enter, world: World
) -> None:
    found = enter("interpreter").get(f"/people/lookup?q={query}").json

    assert {one["id"] for one in found} <= {world.person("assigned")}
    assert {one["text"] for one in found} <= {"Ngassigned"}


def test_an_interpreter_finds_by_number(enter: Enter, world: World) -> None:
    interpreter = enter("interpreter")

    assert rows_of(interpreter.get("/cases/?q=T2026-0105")) == [world.case("assigned")]
    assert rows_of(interpreter.get("/cases/?q=T2026")) == [world.case("assigned")]


def test_each_tick_of_an_assignment_opens_its_own_thing(app: Flask, enter: Enter, world: World) -> None:
    interpreter = enter("interpreter")
    case, person = f"/cases/{world.case('restricted')}", f"/people/{world.person('restricted')}"
    assert interpreter.get(case).status_code == 404

    assign(app, world, "restricted")
    assert "Quirvax" not in interpreter.get(case).text
    assert "1112-0001" not in interpreter.get(person).text

    assign(app, world, "restricted", may_contact=True)
    assert "080-1112-0001" in interpreter.get(person).text
    assert "Quirvax" not in interpreter.get(case).text + interpreter.get(person).text

    assign(app, world, "restricted", share_story=True)
    page = interpreter.get(case).text
    assert "Geschichte Quirvax" in page
    assert "Refugee" in page
    assert "Nguyễn" not in page


def test_a_secret_case_opens_to_an_interpreter_only_with_its_own_tick(
    app: Flask, enter: Enter, world: World
) -> None:
    interpreter, address = enter("interpreter"), f"/cases/{world.case('secret')}"
    assign(app, world, "secret", share_story=True, may_contact=True)
    assert interpreter.get(address).status_code == 404

    assign(app, world, "secret", may_see_secret=True)

    assert interpreter.get(address).status_code == 200
    assert rows_of(interpreter.get("/cases/")) == [world.case("assigned"), world.case("secret")]


def test_a_declined_assignment_opens_nothing(app: Flask, enter: Enter, world: World) -> None:
    change_record(app, CaseStaff, world.ids["case-staff"]["assigned"], {"answer": "declined"})

    assert rows_of(enter("interpreter").get("/cases/")) == []
