"""The front page of each role: it counts what the lists behind it hold, in a bounded number of queries."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import Queries
from tests.engine.browsing import words
from tests.factories import a_case, a_deadline, a_donation, a_stay, an_activity, an_expense, an_inquiry
from tests.permissions.looking import about_case
from tests.permissions.world import CASES, ROLES, WORDS, World
from tomoiki.accounts.models import Role, Setting, User
from tomoiki.cases.models import Inquiry
from tomoiki.core.database import begin_write, db
from tomoiki.core.dates import now, today
from tomoiki.events.models import Attendee, Event, FollowUp, Registration
from tomoiki.money.bank import BankLine
from tomoiki.money.models import Donor, Fund

Enter = Callable[[str], FlaskClient]
Saved = Callable[..., int]
MOST = 25
PAGES = ("/", "/?of=office")


@pytest.fixture
def desk(login: Enter) -> Enter:
    """Return a browser with this role in an office where nothing happened yet; its pages are English."""

    def log_in(role: str) -> FlaskClient:
        client = login(role)
        client.get("/lang/en")
        return client

    return log_in


@pytest.fixture
def busy(world: World, saved: Saved) -> World:
    """The office of `world` with something in every box, more than a box shows."""
    fill(saved, 8)
    return world


def fill(saved: Saved, rows: int) -> None:
    donor = Donor(code="N9", name="甲", receipt_pref="each")
    event = Event(
        number="E9",
        kind="study",
        title_ja="次の会",
        starts_at=now() + timedelta(days=1),
        status="published",
        capacity=9,
    )
    saved(donor, event)
    for number in range(rows):
        case = a_case(owner_id=2, opened_on=today(), next_action="次", next_action_on=today())
        saved(
            an_inquiry(urgency="now"),
            an_inquiry(urgency="normal", is_test=number == 0),
            an_activity(case=case, by_id=2, persons=[case.person]),
            a_deadline(case=case, rule_id=number + 1, safe_on=today(), due_on=today()),
            a_stay(case=case, person=case.person, check_in=today(), check_out=None, status="in"),
            a_case(owner_id=2, status="closed", closed_on=today()),
            a_donation(donor=donor, received_on=today()),
            an_expense(status="submitted", paid_on=today(), submitted_by_id=2),
            an_expense(status="paid", paid_on=today() - timedelta(days=40 * number)),
            BankLine(amount_in=500 + number),
            Registration(event=event, attendee=Attendee(name=f"花子{number}", affil_kind="university")),
            Registration(event=event, attendee=Attendee(name=f"太郎{number}"), status="waitlisted"),
            FollowUp(organisation_id=1, due_on=today() - timedelta(days=2)),
            Fund(code=f"F{number}", name=f"基金{number}", kind="restricted"),
        )


def links(page: str) -> Iterator[tuple[str, int]]:
    """Yield each link that says how many rows stand behind it."""
    for found in re.finditer(r'href="([^"]+)" data-count="(\d+)"', page):
        yield html.unescape(found[1]), int(found[2])


@pytest.fixture
def two_hats(app: Flask, enter: Enter) -> FlaskClient:
    with app.app_context():
        begin_write()
        db.session.get_one(User, 2).roles = ["caseworker", "treasurer", "admin", "organiser", "auditor"]
        db.session.commit()
    return enter("caseworker")


@pytest.mark.parametrize("role", ROLES)
def test_each_count_is_that_of_the_list_behind_it(role: str, enter: Enter, busy: World) -> None:
    client = enter(role)

    found = {link for page in PAGES for link in links(client.get(page).text)}

    assert found
    for address, told in found:
        heading = re.search(r"([\d,]+) in all", words(client.get(address)))
        assert heading, address
        assert int(heading[1].replace(",", "")) == told, address


@pytest.mark.parametrize("role", ROLES)
def test_nothing_on_it_is_hidden_from_the_role(role: str, enter: Enter, busy: World) -> None:
    text = enter(role).get("/?of=office").text

    hidden = {"admin": ("secret",), "caseworker": ("secret", "restricted")}.get(role, tuple(CASES))
    if role == "interpreter":
        hidden = ("secret", "restricted", "hers", "normal", "ended")
    for kind in hidden:
        assert WORDS[kind] not in text
    assert not any(word in text for word in about_case("secret"))


@pytest.mark.parametrize("role", ROLES)
def test_it_takes_as_many_statements_with_many_rows(
    role: str, enter: Enter, world: World, saved: Saved, queries: Queries
) -> None:
    client = enter(role)
    fill(saved, 1)
    few = _spent(client, queries)
    with_more = [a_case(owner_id=2, opened_on=today()) for _ in range(30)] + [an_inquiry() for _ in range(30)]
    saved(
        *with_more, *(a_donation() for _ in range(30)), *(Fund(code=f"G{n}", name="基金") for n in range(30))
    )

    assert few <= MOST
    assert _spent(client, queries) <= max(few, MOST)
    assert _spent(client, queries) <= few


def _spent(client: FlaskClient, queries: Queries) -> int:
    client.get("/cases/")
    queries.clear()
    assert client.get("/").status_code == 200
    return len([one for one in queries.statements if not one.startswith(("BEGIN", "PRAGMA"))])


def test_who_wears_all_hats_finds_casework_first(
    two_hats: FlaskClient, busy: World, queries: Queries
) -> None:
    assert _spent(two_hats, queries) <= 2 * MOST

    page = words(two_hats.get("/"))

    places = [
        page.index(title) for title in ("SOS waiting", "Bank lines to match", "Next session", "The books")
    ]
    assert places == sorted(places)
    assert page.count("The office in numbers") == 1


def test_sos_stand_by_the_time_that_is_left(desk: Enter, saved: Saved) -> None:
    for urgency, minutes, text in (
        ("now", 22, "今すぐの人"),
        ("today", 300, "本日の人"),
        ("info", 600, "情報だけ"),
    ):
        saved(an_inquiry(urgency=urgency, summary=text, received_at=now() - timedelta(minutes=minutes)))

    page = desk("caseworker").get("/").text

    places = [page.index(text) for text in ("本日の人", "今すぐの人", "情報だけ")]
    assert places == sorted(places)
    assert '<b class="urgent">waiting 5 h</b><span class="sub">aim: 4 h</span>' in page
    assert '<b class="warn">waiting 22 min</b><span class="sub">aim: 30 min</span>' in page


def test_one_press_notes_the_first_response(desk: Enter, saved: Saved, app: Flask) -> None:
    key = saved(an_inquiry(summary="返事を待つ人"))
    caseworker = desk("caseworker")
    assert f'action="/inquiries/{key}/move"' in caseworker.get("/").text

    answer = caseworker.post(f"/inquiries/{key}/move", data={"to": "responded"})

    assert answer.status_code == 303
    with app.app_context():
        assert db.session.get_one(Inquiry, key).first_response_at is not None
    assert "返事を待つ人" not in caseworker.get("/").text


def test_my_day_holds_my_own_and_the_office_all(enter: Enter, world: World, saved: Saved) -> None:
    for owner, step in ((2, "私の次"), (7, "同僚の次")):
        saved(a_case(owner_id=owner, next_action=step, next_action_on=date(2020, 1, 1)))
    caseworker = enter("caseworker")

    assert "同僚の次" not in caseworker.get("/").text
    assert {"私の次", "同僚の次"} <= set(re.findall("私の次|同僚の次", caseworker.get("/?of=office").text))


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("caseworker", ("No SOS is waiting for an answer.", "Nothing is due within 14 days.")),
        ("treasurer", ("Every line of the bank is matched.", "No receipt is due.")),
        ("organiser", ("No session is planned.", "No visit is overdue.")),
        ("interpreter", ("No case is yours at the moment.",)),
    ],
)
def test_an_empty_box_stays_and_says_so(role: str, told: tuple[str, ...], desk: Enter) -> None:
    page = words(desk(role).get("/"))

    assert all(text in page for text in told)


def test_emergency_numbers_stand_there_once_the_office_wrote_them(
    enter: Enter, world: World, app: Flask
) -> None:
    interpreter = enter("interpreter")
    assert "Emergency numbers" not in interpreter.get("/").text

    with app.app_context():
        begin_write()
        db.session.query(Setting).filter_by(key="emergency_contacts").one().value = "警察 110\n救急 119"
        db.session.commit()

    assert '<a class="row-link" href="tel:110">警察</a>' in interpreter.get("/").text


def test_an_unknown_part_of_a_list_is_left_out_with_a_notice(enter: Enter, world: World) -> None:
    caseworker = enter("caseworker")

    assert "is no filter of this list" in words(caseworker.get("/cases/?view=zzz"))
    assert "My own" in words(caseworker.get("/cases/?view=own"))


def test_every_role_has_a_board() -> None:
    from admin_views.front import BOARDS  # noqa: PLC0415

    assert {board.role for board in BOARDS} == set(Role)


@pytest.mark.parametrize(
    ("role", "lists", "not_hers"),
    [("admin", "/cases/import", "/users/import"), ("treasurer", "/donations/import", "/cases/import")],
)
def test_the_page_of_ledgers_leads_to_the_lists_that_one_may_fill(
    role: str, lists: str, not_hers: str, enter: Enter, world: World
) -> None:
    page = enter(role).get("/import").text

    assert f'href="{lists}"' in page
    assert f'href="{not_hers}"' not in page
    assert enter(role).get(lists).status_code == 200


def test_who_may_fill_no_list_has_no_page_of_ledgers(enter: Enter, world: World, app: Flask) -> None:
    assert enter("auditor").get("/import").status_code == 403
    assert app.test_client().get("/import").status_code == 302
