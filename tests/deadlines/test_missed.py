"""Every night deadlines whose last day is over become missed; nothing else does."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import a_case, a_deadline
from tomoiki.core.database import db
from tomoiki.core.history import ChangeLog
from tomoiki.core.nightly import do_chores
from tomoiki.deadlines.models import Deadline

Value = Callable[[type[Any], int, str], Any]
Saved = Callable[..., int]
NIGHT = datetime(2026, 5, 7, 18, 0, tzinfo=UTC)  # 03:00 of the 8th in Tokyo
DUE = date(2026, 5, 7)

pytestmark = pytest.mark.storage


@pytest.fixture
def deadline(saved: Saved) -> Callable[..., int]:
    """Save a deadline of a case of its own; it is due on the 7th unless said otherwise."""

    def save(**values: Any) -> int:
        return saved(a_deadline(case=a_case(), **({"due_on": DUE} | values)))

    return save


def night(app: Flask, now: datetime = NIGHT, last: datetime | None = None) -> datetime | None:
    with app.app_context():
        return do_chores(now, last)


def test_what_is_open_after_its_last_day_is_missed(
    app: Flask, deadline: Callable[..., int], value: Value
) -> None:
    over, last_day = deadline(), deadline(due_on=DUE + timedelta(days=1))

    night(app)

    assert [value(Deadline, key, "status") for key in (over, last_day)] == ["missed", "open"]


@pytest.mark.parametrize(
    "settled",
    [
        {"status": "done", "done_on": DUE},
        {"status": "waived", "waived_reason": "不要"},
        {"status": "void"},
    ],
    ids=["done", "waived", "void"],
)
def test_what_is_settled_stays(
    settled: dict[str, Any], app: Flask, deadline: Callable[..., int], value: Value
) -> None:
    key = deadline(**settled)

    night(app)

    assert value(Deadline, key, "status") == settled["status"]


def test_it_stands_in_the_change_log_once_as_done_by_the_system(
    app: Flask, deadline: Callable[..., int]
) -> None:
    key = deadline()
    night(app)
    night(app)

    with app.app_context():
        log = sa.select(ChangeLog).where(ChangeLog.entity == "deadline", ChangeLog.action == "change")
        (change,) = db.session.scalars(log)

    assert (change.record_id, change.user_id, change.origin) == (key, None, "system")
    assert change.diff == {"status": ["open", "missed"]}


def test_it_is_done_once_a_night_and_made_up_for(
    app: Flask, deadline: Callable[..., int], value: Value
) -> None:
    done = night(app)
    key = deadline()

    assert night(app, NIGHT + timedelta(hours=23), done) == done
    assert value(Deadline, key, "status") == "open"

    night(app, NIGHT + timedelta(hours=24), done)
    assert value(Deadline, key, "status") == "missed"
