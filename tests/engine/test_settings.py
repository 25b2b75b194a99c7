"""Settings: asked as what they are, checked, with help and unit, and the default where nothing was chosen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import form_of, new_id, words
from tests.factories import a_person
from tomoiki.accounts.models import Setting
from tomoiki.accounts.settings import KINDS, SettingKey, fault_of
from tomoiki.core.database import db

pytestmark = pytest.mark.storage


@pytest.fixture
def address(app: Flask) -> Callable[[str], str]:
    """Return where a setting is edited."""

    def find(key: str) -> str:
        with app.app_context():
            return f"/settings/{db.session.query(Setting).filter_by(key=key).one().id}"

    return find


Address = Callable[[str], str]


@pytest.mark.parametrize(
    ("key", "bad", "reason"),
    [
        ("fy_start_month", "13", "from 1 to 12"),
        ("session_minutes", "4", "from 5 to 1440"),
        ("number_format_case", "C", "running number"),
        ("org_corporate_number", "1234567890123", "check digit"),
        ("founded", "2013-13-01", "Months run"),
        ("certified", "perhaps", "Choose one of the list."),
        ("language", "fr", "Choose one of the list."),
        ("retention_accounting_years", "5", "from 7 to 50"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(
    key: str, bad: str, reason: str, admin: FlaskClient, address: Address
) -> None:
    refused = admin.post(f"{address(key)}/edit", data={"value": bad})

    assert refused.status_code == 422
    assert reason in words(refused)


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("fy_start_month", "１", "1"),
        ("number_format_case", "C{seq:03d}", "C{seq:03d}"),
        ("org_corporate_number", "7000012050002", "7000012050002"),
        ("founded", "H25.12.26", "2013-12-26"),
        ("certified", "yes", "yes"),
        ("language", "vi", "vi"),
        ("retention_accounting_years", "10", "10"),
    ],
)
def test_a_value_is_read_as_its_setting_wants(
    key: str, typed: str, stored: str, admin: FlaskClient, address: Address
) -> None:
    answer = admin.post(f"{address(key)}/edit", data={"value": typed})

    assert answer.status_code == 303
    assert form_of(admin.get(f"{address(key)}/edit"))["value"] == stored


def test_a_switch_shows_as_two_buttons_and_a_number_with_its_unit(
    admin: FlaskClient, address: Address
) -> None:
    switch = admin.get(f"{address('certified')}/edit").text
    number = admin.get(f"{address('sla_minutes_now')}/edit").text

    assert switch.count('type="radio" name="value"') == 3
    assert '<span class="input-group-text">min</span>' in number
    assert "gets its first answer" in number


def test_the_list_shows_what_is_in_force(admin: FlaskClient, address: Address) -> None:
    admin.post(f"{address('session_minutes')}/edit", data={"value": "45"})

    page = words(admin.get("/settings/?per_page=200"))

    assert "45 min" in page
    assert "東京都港区芝公園2-11-1-203" in page


def test_the_default_is_not_stored(admin: FlaskClient, address: Address, app: Flask) -> None:
    admin.post(f"{address('fy_start_month')}/edit", data={"value": "4"})

    with app.app_context():
        assert db.session.query(Setting).filter_by(key="fy_start_month").one().value is None


def test_a_new_format_is_used_from_the_next_number_on(
    admin: FlaskClient, address: Address, saved: Callable[..., int], value: Any
) -> None:
    from tomoiki.people.models import Person  # noqa: PLC0415

    saved(a_person())
    admin.post(f"{address('number_format_person')}/edit", data={"value": "X{seq:03d}"})

    key = new_id(admin.post("/people/new", data={"name_used": "Bưởi"}))

    assert value(Person, key, "code") == "X001"


def test_every_default_passes_its_own_check() -> None:
    assert {
        key: fault_of(key, kind.default) for key, kind in KINDS.items() if fault_of(key, kind.default)
    } == {}
    assert set(KINDS) <= {key.value for key in SettingKey}


def test_the_history_tells_the_change(admin: FlaskClient, address: Address) -> None:
    admin.post(f"{address('session_minutes')}/edit", data={"value": "45"})

    assert "45" in words(admin.get(f"{address('session_minutes')}/history"))
