"""Exports: what the list holds, only what may leave, a purpose for personal data, and every row to the last."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import PASSWORD, Queries
from tests.engine.browsing import controls, words
from tests.engine.exporting import PURPOSE, send, table
from tests.factories import a_case, a_donation, a_person, an_activity, an_organisation
from tomoiki.accounts.matrix import office_access
from tomoiki.core.access import Grant
from tomoiki.core.database import db
from tomoiki.core.history import AccessLog
from tomoiki.events.models import Attendee, Event, Registration
from tomoiki.money.models import Donation, Donor

Saved = Callable[..., int]
Log = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def log(app: Flask) -> Log:
    """Return who exported what for which purpose."""

    def read() -> list[tuple[Any, ...]]:
        columns = AccessLog.user_id, AccessLog.entity, AccessLog.detail
        with app.app_context():
            found = sa.select(*columns).where(AccessLog.action == "export").order_by(AccessLog.id)
            return [tuple(row) for row in db.session.execute(found)]

    return read


def many_donations(app: Flask, count: int) -> None:
    """Store so many gifts without the change log."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection:
        usual = {
            "created_at": datetime(2026, 4, 1, tzinfo=UTC), "updated_at": datetime(2026, 4, 1, tzinfo=UTC), "version": 1,
            "amount": 5000, "fee": 0, "received_on": date(2026, 4, 1), "fund_id": 1, "method": "cash",
            "kind": "donation", "currency": "JPY", "status": "confirmed", "is_consideration": False,
        }  # fmt: skip
        found = [usual | {"number": f"D2026-{number:06}"} for number in range(1, count + 1)]
        connection.execute(sa.insert(Donation), found)
        connection.commit()


# -- rows --------------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_every_row_leaves_to_the_last(treasurer: FlaskClient, app: Flask) -> None:
    many_donations(app, 1203)

    found = table(send(treasurer, "/donations/export.csv?page=2&per_page=50"))

    assert [row["Donation number"] for row in found] == [f"D2026-{number:06}" for number in range(1, 1204)]


@pytest.mark.storage
def test_the_rows_are_those_of_the_list(treasurer: FlaskClient, saved: Saved) -> None:
    saved(
        *(a_donation(amount=amount, method="card") for amount in (300, 100, 200)), a_donation(method="cash")
    )

    found = table(send(treasurer, "/donations/export.csv?method=card&sort=-amount"))

    assert [row["Amount"] for row in found] == ["300", "200", "100"]


@pytest.mark.storage
def test_a_search_narrows_the_export_and_a_reference_sorts_it(treasurer: FlaskClient, saved: Saved) -> None:
    first, second = Donor(code="N-1", name="Suzuki"), Donor(code="N-2", name="Abe")
    saved(first, second, *(a_donation(donor=donor, memo="祭り") for donor in (first, second)), a_donation())

    found = table(send(treasurer, "/donations/export.csv?q=祭り&sort=donor"))

    assert [row["Donor"] for row in found] == ["Abe", "Suzuki"]


@pytest.mark.storage
def test_confidential_cases_leave_in_nobodys_file(caseworker: FlaskClient, saved: Saved) -> None:
    saved(
        a_case(title="open"),
        *(a_case(title=level, confidential=level, owner_id=2) for level in ("restricted", "secret")),
    )

    asked, found = caseworker.get("/cases/export.csv"), table(send(caseworker, "/cases/export.csv"))

    assert [row["Title"] for row in found] == ["open"]
    assert "2 records of the list are confidential and stay here." in words(asked)


def test_a_part_of_a_table_leaves_alone(organiser: FlaskClient, saved: Saved) -> None:
    at = datetime(2026, 5, 1, 3, tzinfo=UTC)
    saved(
        *(Event(number=f"E-{kind}", kind=kind, title_ja="会", starts_at=at) for kind in ("study", "seminar"))
    )

    assert [row["Event number"] for row in table(organiser.get("/seminars/export.csv"))] == ["E-seminar"]


# -- cells -------------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_cells_read_as_the_importer_takes_them(caseworker: FlaskClient, saved: Saved) -> None:
    person = a_person(full_name_vi="Nguyễn Thị Bưởi")
    case = a_case(
        person=person, employer=an_organisation(), owner_id=2, categories=["housing", "visa"], opened_on=date(2026, 4, 3),
        status="resolved", resolved_at=datetime(2026, 4, 30, 15, 30, tzinfo=UTC), story="一行目\n「二」, \"三\"",
    )  # fmt: skip
    key = saved(case)

    (row,) = table(send(caseworker, "/cases/export.csv"))

    assert next(iter(row.items())) == ("id", str(key))
    assert row.items() >= {
        ("Person", "Nguyễn Thị Bưởi"),
        ("Employer", "株式会社あおぞら商事"),
        ("Owner", "Caseworker"),
        ("Opened on", "2026-04-03"),
        ("Resolved at", "2026-05-01 00:30"),
        ("Categories", "Loss of housing、Status of residence"),
        ("Status", "Resolved"),
        ("Story", '一行目\n「二」, "三"'),
        ("Closed on", ""),
    }


@pytest.mark.storage
def test_words_are_in_the_readers_language(caseworker: FlaskClient, saved: Saved) -> None:
    saved(a_case(categories=["housing"]))
    caseworker.get("/lang/ja")

    answer = send(caseworker, "/cases/export.csv")

    assert table(answer)[0]["相談の種類"] == "住居喪失"
    assert 'attachment; filename="cases_' in answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%E3%82%B1%E3%83%BC%E3%82%B9_" in answer.headers["Content-Disposition"]


@pytest.mark.storage
def test_several_people_stand_in_one_cell(make_app: Callable[..., Flask], saved: Saved) -> None:
    client = enter(make_app(access=office_access({"activity": {"admin": (Grant("CRUDX"),)}})), "admin")
    people = [a_person(full_name_vi=name) for name in ("Lan", "Đức")]
    saved(*people, an_activity(persons=people, counts_as_contact=True))

    (row,) = table(send(client, "/activities/export.csv"))

    assert (row["People contacted"], row["Counts as contact"]) == ("Lan、Đức", "Yes")


@pytest.mark.storage
def test_answers_of_a_form_leave_as_one_cell(organiser: FlaskClient, saved: Saved) -> None:
    event = Event(number="E", kind="study", title_ja="会", starts_at=datetime(2026, 5, 1, tzinfo=UTC))
    saved(Registration(event=event, attendee=Attendee(name="花子"), answers={"食事": "なし"}))

    (row,) = table(send(organiser, "/registrations/export.csv"))

    assert (row["Attendee"], row["Answers"]) == ("花子", '{"食事": "なし"}')
    assert "Check-in token" not in row


def test_a_formula_is_made_harmless_and_a_number_stays_one(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation(amount=-5000, memo='=HYPERLINK("http://evil")', campaign="-5", gateway="'@x"))

    (row,) = table(send(treasurer, "/donations/export.csv"))

    assert (row["Amount"], row["Campaign"], row["Gateway"]) == ("-5000", "'-5", "''@x")
    assert row["Memo"] == '\'=HYPERLINK("http://evil")'


def test_the_file_begins_with_a_mark_and_its_lines_end_as_excel_wants(treasurer: FlaskClient) -> None:
    answer = send(treasurer, "/donors/export.csv")

    assert answer.data.startswith(b"\xef\xbb\xbfid,Donor number,")
    assert answer.data.endswith(b"\r\n")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")


# -- what never leaves -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["admin", "caseworker"])
def test_secret_fields_and_nationality_never_leave(
    role: str, enter: Callable[[str], FlaskClient], saved: Saved
) -> None:
    saved(a_person(residence_card_no="UA12345678EA", safe_contact="鳩のみ", passport_no="C1234567"))

    answer = send(enter(role), "/people/export.csv")

    assert (
        table(answer)[0]
        .keys()
        .isdisjoint({"Residence card number", "Passport number", "Safe way of contact", "Nationality"})
    )
    assert not any(word in answer.text for word in ("UA12345678EA", "鳩のみ", "C1234567", "Viet Nam,"))


def enter(app: Flask, role: str) -> FlaskClient:
    """Return a browser at an application of the test's own."""
    client = app.test_client()
    client.post("/login", data={"email": f"{role}@example.org", "password": PASSWORD})
    client.get("/lang/en")
    return client


@pytest.fixture
def donors(saved: Saved) -> None:
    saved(
        Donor(code="N-1", name="Suzuki", is_officer=True),
        Donor(code="N-2", name="Aozora", kind="company"),
    )


@pytest.mark.storage
@pytest.mark.usefixtures("donors")
def test_a_row_shows_what_its_own_mask_lets_through(make_app: Callable[..., Flask]) -> None:
    kind = Donor.__table__.c.kind
    grants = (
        Grant("RX", lambda: kind == "company"),
        Grant("RX", lambda: kind == "individual", frozenset({"code", "kind"})),
    )
    client = enter(make_app(access=office_access({"donor": {"organiser": grants}})), "organiser")

    found = table(send(client, "/donors/export.csv"))

    assert [
        (row["Donor number"], row["Donor name"], row["Officer of the organisation"]) for row in found
    ] == [
        ("N-1", "", ""),
        ("N-2", "Aozora", "No"),
    ]


@pytest.mark.storage
@pytest.mark.usefixtures("donors")
def test_less_may_leave_than_may_be_read(make_app: Callable[..., Flask]) -> None:
    grants = (Grant("R"), Grant("X", None, frozenset({"code", "kind"})))
    client = enter(make_app(access=office_access({"donor": {"organiser": grants}})), "organiser")

    assert list(table(send(client, "/donors/export.csv"))[0]) == ["id", "Donor number", "Kind of donor"]


# -- purpose and log ---------------------------------------------------------------------------------------------------
def test_personal_data_ask_for_a_purpose_first(treasurer: FlaskClient, saved: Saved, log: Log) -> None:
    saved(a_donation(), a_donation())

    page = treasurer.get("/donations/export.csv?method=other")
    empty = treasurer.post("/donations/export.csv", data={"purpose": "  "})

    assert page.mimetype == "text/html"
    assert {"purpose", "encoding"} <= set(controls(page))
    assert "Export 2 records" in page.text
    assert (empty.status_code, "Write what the file is for." in empty.text) == (422, True)
    assert log() == []


@pytest.mark.storage
def test_purpose_and_count_are_written_down_each_time(treasurer: FlaskClient, saved: Saved, log: Log) -> None:
    saved(a_donation(), a_donation())

    for kind in ("csv", "xlsx", "csv"):
        send(treasurer, f"/donations/export.{kind}")

    assert log() == [(3, "donation", f"{PURPOSE} · {kind} · 2") for kind in ("csv", "xlsx", "csv")]


def test_what_holds_no_personal_data_comes_at_once_and_is_written_down(
    organiser: FlaskClient, log: Log
) -> None:
    answer = organiser.get("/events/export.xlsx")

    assert answer.status_code == 200
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert log() == [(4, "event", "xlsx · 0")]


def test_a_purpose_in_the_address_counts_for_nothing(treasurer: FlaskClient) -> None:
    assert treasurer.get(f"/donations/export.csv?purpose={PURPOSE}").mimetype == "text/html"


def test_an_auditor_may_export_a_ledger_that_she_may(make_app: Callable[..., Flask], saved: Saved) -> None:
    client = enter(make_app(access=office_access({"donation": {"auditor": (Grant("RX"),)}})), "auditor")
    saved(a_donation())

    assert len(table(send(client, "/donations/export.csv"))) == 1
    assert client.post("/donations/1/edit").status_code == 403
    assert send(client, "/people/export.csv").status_code == 403


@pytest.mark.parametrize(("role", "is_offered"), [("treasurer", True), ("auditor", False)])
def test_the_list_offers_it_to_those_who_may(
    role: str, is_offered: bool, enter: Callable[[str], FlaskClient]
) -> None:
    page = enter(role).get("/donations/?method=cash&sort=amount&per_page=20&page=2")

    for kind in ("csv", "xlsx"):
        assert (f'href="/donations/export.{kind}?method=cash&amp;sort=amount"' in page.text) is is_offered


# -- how ---------------------------------------------------------------------------------------------------------------
@pytest.mark.storage
def test_nobody_waits_for_an_export_and_it_shows_one_state(
    treasurer: FlaskClient, app: Flask, saved: Saved
) -> None:
    many_donations(app, 1203)
    answer = treasurer.post("/donations/export.csv", data={"purpose": PURPOSE}, buffered=False)
    parts = iter(answer.response)
    begun = [next(parts) for _ in range(3)]  # mark, header, the first rows

    saved(a_donation(number="D-LATE"))  # would wait a minute for the lock, and fail

    whole = b"".join([*begun, *parts]).decode("utf-8-sig")
    assert whole.count("\r\n") == 1204
    assert "D-LATE" not in whole


@pytest.mark.storage
def test_statements_do_not_grow_with_the_rows(
    caseworker: FlaskClient, saved: Saved, queries: Queries
) -> None:
    def spent() -> int:
        queries.clear()
        send(caseworker, "/cases/export.csv")
        return len(queries.selects)

    saved(*(a_case(categories=["housing", "visa"], owner_id=2) for _ in range(2)))
    few = spent()
    saved(*(a_case(categories=["housing", "visa"], owner_id=2) for _ in range(40)))

    assert spent() == few <= 18  # two for each table that is referred to


def test_bad_arguments_never_give_an_error(treasurer: FlaskClient, saved: Saved) -> None:
    saved(a_donation())
    address = "/donations/export.csv?sort=nonsense&method=nonsense&encoding=nonsense&page=0&x=1"

    assert treasurer.get(address).status_code == 200
    assert len(table(send(treasurer, address))) == 1
    assert treasurer.get("/donations/export.pdf").status_code == 404
