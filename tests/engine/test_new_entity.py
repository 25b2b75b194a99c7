"""One more entity costs one model and one Screen: the office lends out keys, and nothing else was written for it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped

from admin_views import SCREENS
from admin_views.engine.screen import Screen
from tests.databases import PASSWORD
from tests.engine.browsing import change, form_of, new_id, rows_of, words
from tomoiki.accounts.matrix import office_access
from tomoiki.accounts.models import User
from tomoiki.core import fields, history, records, search
from tomoiki.core.access import Grant
from tomoiki.core.database import Base, begin_write, db
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.lists import Language
from tomoiki.core.records import Record

pytestmark = pytest.mark.storage
TABLES = ("door_key", "door_key_language")


@pytest.fixture
def keys() -> Iterator[Screen]:
    """Declare the entity, and forget it afterwards: the migrations know no table of it."""
    known = set(Base.registry._managers)  # noqa: SLF001 - SQLAlchemy has no way to take one class back

    class DoorKey(Record):
        __label__ = ("name",)
        name: Mapped[str] = col(label=_("Name"), search="open", index=True)
        lent_on: Mapped[date | None] = col(label=_("From"))
        deposit: Mapped[int] = col(label=_("Amount"), unit="JPY", default=0)
        holder: Mapped[User | None] = ref(label=_("User"))
        languages: AssociationProxy[list[str]] = codes(
            Language, label=_("Languages"), table="door_key_language"
        )

    yield Screen(
        model=DoorKey,
        slug="keys",
        name=_("Name"),
        one=_("Name"),
        list=("name", "lent_on", "deposit", "holder", "languages"),
        filters=("lent_on", "holder", "languages"),
        sort="name",
        total=("deposit",),
        form=(("name", "lent_on"), ("deposit", "holder"), "languages"),
    )
    for manager in set(Base.registry._managers) - known:  # noqa: SLF001
        Base.registry._dispose_manager_and_mapper(manager)  # noqa: SLF001
        del Base.registry._managers[manager]  # noqa: SLF001
    for name in TABLES:
        Base.metadata.remove(Base.metadata.tables[name])
    fields.model_named.cache_clear()
    history.ties_to.cache_clear()
    records.model_of.cache_clear()


@pytest.fixture
def enter(make_app: Callable[..., Flask], keys: Screen) -> Callable[[str], FlaskClient]:
    more = {"door_key": {"admin": (Grant("CRUDX"),), "auditor": (Grant("R"),)}}
    app = make_app(screens=(*SCREENS, keys), access=office_access(more))
    with app.app_context():
        begin_write()
        Base.metadata.create_all(
            db.session.connection(), tables=[Base.metadata.tables[name] for name in TABLES]
        )
        db.session.commit()

    def log_in(role: str) -> FlaskClient:
        client = app.test_client()
        client.post("/login", data={"email": f"{role}@example.org", "password": PASSWORD})
        client.get("/lang/en")
        return client

    return log_in


@pytest.fixture
def admin(enter: Callable[[str], FlaskClient]) -> FlaskClient:
    return enter("admin")


@pytest.fixture
def three(admin: FlaskClient) -> list[int]:
    """A key to the front door, one to the shelter, one to the store; each lent later than the one before."""
    given = [("Front door", "2026-04-01", "3"), ("Shelter", "2026-05-01", "2"), ("Store", "2026-06-01", "1")]
    return [
        new_id(
            admin.post(
                "/keys/new",
                data={
                    "name": name,
                    "lent_on": on,
                    "deposit": "1,000",
                    "holder": holder,
                    "languages": ["vi", "ja"],
                },
            )
        )
        for name, on, holder in given
    ]


def test_it_is_made_found_changed_and_deleted(admin: FlaskClient, three: list[int]) -> None:
    first = three[0]
    address = f"/keys/{first}"

    assert words(admin.get(address)).count("Front door")
    assert rows_of(admin.get("/keys/?q=front")) == [first]
    assert rows_of(admin.get("/keys/?q=nothing")) == []
    assert change(admin, address, name="Back door", lent_on="R8.7.1").location == address
    assert rows_of(admin.get("/keys/?q=back")) == [first]
    assert admin.post(f"{address}/delete").status_code == 303
    assert admin.get(address).status_code == 404
    assert rows_of(admin.get("/keys/?q=back")) == []


def test_its_list_sorts_filters_and_adds_up(admin: FlaskClient, three: list[int]) -> None:
    front, shelter, store = three

    assert rows_of(admin.get("/keys/?sort=-lent_on")) == [store, shelter, front]
    assert rows_of(admin.get("/keys/?sort=holder")) == [store, shelter, front]
    filtered = admin.get("/keys/?lent_on.from=2026-05-01&languages=vi&holder=2&holder=1")
    assert rows_of(filtered) == [shelter, store]
    assert "Total of Amount 2,000 yen" in words(filtered)


def test_its_history_is_told_in_sentences(admin: FlaskClient, three: list[int]) -> None:
    change(admin, f"/keys/{three[0]}", name="Back door", holder="2")

    told = words(admin.get(f"/keys/{three[0]}/history"))

    assert "Name: Front door → Back door" in told
    assert "User: Treasurer → Caseworker" in told


def test_two_people_at_once_are_told_here_too(admin: FlaskClient, three: list[int]) -> None:
    late = form_of(admin.get(f"/keys/{three[0]}/edit"), name="My door")
    change(admin, f"/keys/{three[0]}", name="Their door")

    assert admin.post(f"/keys/{three[0]}/edit", data=late).status_code == 409


def test_its_form_says_what_is_missing(admin: FlaskClient) -> None:
    answer = admin.post("/keys/new", data={"deposit": "x"})

    assert answer.status_code == 422
    assert "Fill in Name." in words(answer)


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [("admin", 200, 200), ("auditor", 200, 403), ("caseworker", 403, 403)]
)
def test_its_permissions_are_those_of_the_matrix(
    role: str, reads: int, writes: int, enter: Callable[[str], FlaskClient], three: list[int]
) -> None:
    client = enter(role)
    addresses = ("/keys/", f"/keys/{three[0]}", f"/keys/{three[0]}/history")
    forms = ("/keys/new", f"/keys/{three[0]}/edit", f"/keys/{three[0]}/delete")

    assert {client.get(address).status_code for address in addresses} == {reads}
    assert {client.get(address).status_code for address in forms} == {writes}


def test_nothing_of_it_stays_behind() -> None:
    assert not set(TABLES) & set(Base.metadata.tables)
    assert "DoorKey" not in [model.__name__ for model in search.indexed_models()]
    assert all(mapper.class_.__name__ != "DoorKey" for mapper in Base.registry.mappers)


def test_a_menu_shows_it_only_when_it_says_so(admin: FlaskClient) -> None:
    links: Any = admin.get("/").text

    assert 'href="/keys/"' not in links
    assert 'href="/cases/"' in links
