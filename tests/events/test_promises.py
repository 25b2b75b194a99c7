"""What employers promised at a seminar, and the visits afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.engine.browsing import new_id, words
from tests.factories import an_organisation
from tomoiki.core.database import db
from tomoiki.events.lists import FollowUpStatus
from tomoiki.events.models import Commitment, Event, FollowUp

pytestmark = pytest.mark.storage
Saved = Callable[..., int]


@pytest.fixture
def organiser(login: Callable[[str], FlaskClient]) -> FlaskClient:
    client = login("organiser")
    client.get("/lang/en")
    return client


@pytest.fixture
def seminar(saved: Saved) -> int:
    starts_at = datetime(2026, 4, 8, 1, tzinfo=UTC)
    return saved(Event(number="EV2026-001", kind="seminar", title_ja="企業向けセミナー", starts_at=starts_at))


@pytest.fixture
def firm(saved: Saved) -> int:
    return saved(an_organisation())


def stored(app: Flask, key: int) -> Any:
    with app.app_context():
        return db.session.get_one(FollowUp, key)


def test_a_visit_is_due_so_many_months_after_the_seminar(
    organiser: FlaskClient, seminar: int, firm: int, app: Flask
) -> None:
    sent = {"organisation": firm, "event": seminar}

    keys = [
        new_id(organiser.post("/follow-ups/new", data=sent | {"due_kind": kind}))
        for kind in ("3m", "6m", "12m")
    ]

    assert [stored(app, key).due_on for key in keys] == [
        date(2026, 7, 8),
        date(2026, 10, 8),
        date(2027, 4, 8),
    ]


def test_a_visit_is_told_with_its_day(organiser: FlaskClient, firm: int, app: Flask) -> None:
    key = new_id(organiser.post("/follow-ups/new", data={"organisation": firm}))

    without = organiser.post(f"/follow-ups/{key}/move", data={"to": "visited"})
    told = organiser.post(
        f"/follow-ups/{key}/move", data={"to": "visited", "visited_on": "2026-07-10", "score": "4"}
    )

    assert (without.status_code, told.status_code) == (422, 303)
    assert stored(app, key).status is FollowUpStatus.visited


@pytest.mark.parametrize("score", ["-1", "6"])
def test_the_score_is_from_0_to_5(score: str, organiser: FlaskClient, firm: int) -> None:
    assert organiser.post("/follow-ups/new", data={"organisation": firm, "score": score}).status_code == 422


def test_a_point_is_answered_once_by_an_employer(
    organiser: FlaskClient, saved: Saved, seminar: int, firm: int
) -> None:
    sent = {"event": seminar, "organisation": firm, "item": "dorm", "answer": "promised"}
    organiser.post("/commitments/new", data=sent)

    again = organiser.post("/commitments/new", data=sent)

    assert again.status_code == 422
    with pytest.raises(IntegrityError):
        saved(Commitment(event_id=seminar, organisation_id=firm, item="dorm"))


def test_the_pages_of_employer_and_seminar_show_promises_and_visits(
    organiser: FlaskClient, saved: Saved, seminar: int, firm: int
) -> None:
    saved(
        Commitment(event_id=seminar, organisation_id=firm, item="no_passport"),
        FollowUp(event_id=seminar, organisation_id=firm, due_on=date(2026, 7, 8)),
    )

    for page in (organiser.get(f"/organisations/{firm}"), organiser.get(f"/seminars/{seminar}")):
        assert "Passports and cards are not kept" in words(page)
        assert "2026-07-08" in words(page)
