"""A record's place in the list that one came from: the way back, and the records before and after."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.engine.browsing import rows_of
from tests.factories import a_case, a_person
from tomoiki.core.dates import today

Saved = Callable[..., int]
HOME = "http://localhost"


def links(answer: TestResponse) -> dict[str, str]:
    main = answer.text.partition("<main")[2].replace("&amp;", "&")
    found = dict(re.findall(r'rel="(prev|next)"[^>]* href="([^"]+)"', main))
    return found | {"back": re.findall(r'<p class="small m-0"><a href="([^"]+)"', main)[0]}


def _come(client: FlaskClient, address: str, came: str) -> dict[str, str]:
    return links(client.get(address, headers={"Referer": HOME + came}))


@pytest.fixture
def keys(saved: Saved) -> list[int]:
    person = a_person()
    return [saved(a_case(person=person, opened_on=today(), owner_id=owner)) for owner in (2, None, 2, 2, 1)]


@pytest.mark.storage
@pytest.mark.parametrize(
    "asked", ["", "?owner=2", "?sort=owner", "?sort=-owner&per_page=2", "?q=nguyen", "?per_page=1"]
)
def test_one_walks_through_the_whole_list_and_back(
    asked: str, caseworker: FlaskClient, keys: list[int]
) -> None:
    whole = re.sub(r"&?per_page=\d", "", asked)
    rows = rows_of(caseworker.get(f"/cases/{whole}"))

    found = _come(caseworker, f"/cases/{rows[0]}", f"/cases/{asked}")
    assert "prev" not in found
    walked = [rows[0]]
    while "next" in found:
        address = found["next"]
        found = links(caseworker.get(address))
        walked.append(int(re.findall(r"/cases/(\d+)", address)[0]))
        assert f"/cases/{walked[-2]}?" in found["prev"]

    assert walked == rows


def test_the_way_back_keeps_page_and_filters(caseworker: FlaskClient, keys: list[int]) -> None:
    came = "/cases/?status=open&sort=title&per_page=2&page=2"

    found = _come(caseworker, f"/cases/{keys[0]}", came)

    assert found["back"] == came


def test_from_the_last_of_a_page_the_way_back_turns_the_page_with_one(
    caseworker: FlaskClient, keys: list[int]
) -> None:
    rows = rows_of(caseworker.get("/cases/"))

    found = links(caseworker.get(_come(caseworker, f"/cases/{rows[1]}", "/cases/?per_page=2")["next"]))

    assert found["back"] == "/cases/?per_page=2&page=2"


@pytest.mark.parametrize(
    "came", ["/people/", "/cases/1/edit", "/", "/cases/x?page=1", "/cases/1", "", "/search?q=T2026"]
)
def test_without_a_list_there_is_only_the_whole_list(
    came: str, caseworker: FlaskClient, keys: list[int]
) -> None:
    assert _come(caseworker, f"/cases/{keys[1]}", came) == {"back": "/cases/"}


def test_an_address_elsewhere_is_no_list(caseworker: FlaskClient, keys: list[int]) -> None:
    answer = caseworker.get(f"/cases/{keys[1]}", headers={"Referer": "https://evil.example/cases/?q=x"})

    assert links(answer) == {"back": "/cases/"}


@pytest.mark.storage
@pytest.mark.parametrize(
    "asked", ["page=-1", "nothing=1", "status=%00", "page=999", "sort=story", "q=zzz", "owner.is=x"]
)
def test_what_cannot_be_used_breaks_no_record(asked: str, caseworker: FlaskClient, keys: list[int]) -> None:
    assert caseworker.get(f"/cases/{keys[1]}?{asked}").status_code == 200
    assert _come(caseworker, f"/cases/{keys[1]}", f"/cases/?{asked}")["back"].startswith("/cases/")


def test_a_neighbour_out_of_sight_is_none(caseworker: FlaskClient, saved: Saved) -> None:
    hidden = saved(a_case(confidential="secret", owner_id=1))
    seen = saved(a_case())

    found = _come(caseworker, f"/cases/{seen}", "/cases/")

    assert f"/cases/{hidden}" not in str(found)
    assert found == {"back": "/cases/"}
