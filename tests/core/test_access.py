"""Permission from one matrix: grants of several roles add up, rows are narrowed, fields are masked."""

from datetime import date
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tests.factories import a_case
from tomoiki.cases.models import Case
from tomoiki.core import access
from tomoiki.core.access import (
    ALL,
    SYSTEM_VIEWER,
    TODAY,
    VIEWER,
    Access,
    Grant,
    Viewer,
    scope_params,
    visible_fields,
)
from tomoiki.core.fields import fields_of
from tomoiki.people.models import Person


def normal() -> ColumnElement[bool]:
    return Case.confidential == "normal"


def secret() -> ColumnElement[bool]:
    return Case.confidential == "secret"


def own() -> ColumnElement[bool]:
    return Case.owner_id == VIEWER


NUMBERS = frozenset({"number", "status"})
TITLES = NUMBERS | {"title"}
MATRIX = {
    "case": {
        "admin": (Grant("CRUD", behind_reason=secret), Grant("X")),
        "caseworker": (Grant("CR"), Grant("U", own)),
        "interpreter": (Grant("R", own, TITLES),),
        "auditor": (Grant("R", normal), Grant("R", own)),
        "treasurer": (Grant("R", None, NUMBERS),),
        "organiser": (Grant("R", normal, NUMBERS),),
        "lawyer": (Grant("R", own),),
    }
}
OFFICE = Access(MATRIX, labels_open=["person"])


def viewer(*roles: str) -> Viewer:
    return Viewer(2, frozenset(roles))


# -- verbs --------------------------------------------------------------------------------------------------
def test_letters_are_verbs() -> None:
    assert Grant("CRUDX").verbs == {"create", "read", "update", "delete", "export"}
    assert Grant("R").verbs == {"read"}


@pytest.mark.parametrize(
    ("roles", "verbs"),
    [
        (["admin"], {"create", "read", "update", "delete", "export"}),
        (["caseworker"], {"create", "read", "update"}),
        (["interpreter"], {"read"}),
        (["caseworker", "interpreter"], {"create", "read", "update"}),
        ([], set()),
        (["stranger"], set()),
    ],
)
def test_roles_add_up(roles: list[str], verbs: set[str]) -> None:
    assert {verb for verb in access.VERBS.values() if OFFICE.may(viewer(*roles), verb, Case)} == verbs


def test_a_table_that_the_matrix_does_not_name_is_closed() -> None:
    assert not OFFICE.may(viewer("admin"), "read", Person)


def test_the_system_may_do_everything() -> None:
    assert OFFICE.grants(SYSTEM_VIEWER, Person, "delete") == ALL
    assert OFFICE.scope(SYSTEM_VIEWER, Person) is None


def test_labels_are_open_where_the_matrix_says_so() -> None:
    assert OFFICE.labels_open == {"person"}


# -- rows ---------------------------------------------------------------------------------------------------
@pytest.fixture
def cases(session: Session) -> dict[str, Case]:
    found = {
        "own": a_case(confidential="secret", owner_id=2),
        "others": a_case(confidential="secret", owner_id=1),
        "normal": a_case(owner_id=1),
    }
    session.add_all(found.values())
    session.flush()
    return found


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        (["lawyer"], {"own"}),
        (["auditor"], {"own", "normal"}),
        (["lawyer", "organiser"], {"own", "normal"}),
        (["stranger"], set()),
    ],
)
def test_rows_of_all_roles_are_seen(
    session: Session, cases: dict[str, Case], roles: list[str], seen: set[str]
) -> None:
    scope = OFFICE.scope(viewer(*roles), Case)
    assert scope is not None

    found = set(session.scalars(sa.select(Case).where(scope), scope_params(viewer(*roles))))

    assert found == {cases[name] for name in seen}


def test_one_role_that_sees_all_rows_is_enough() -> None:
    assert OFFICE.scope(viewer("lawyer", "caseworker"), Case) is None


def test_rows_depend_on_the_verb() -> None:
    assert OFFICE.scope(viewer("caseworker"), Case, "create") is None
    assert str(OFFICE.scope(viewer("caseworker"), Case, "update")) == str(own())


def test_rows_behind_a_reason_are_told_apart() -> None:
    assert str(OFFICE.reason_rows(viewer("admin"), Case)) == str(secret())
    assert str(OFFICE.reason_rows(viewer("admin"), Case, "delete")) == str(secret())
    assert OFFICE.reason_rows(viewer("admin"), Case, "export") is None
    assert OFFICE.reason_rows(viewer("lawyer"), Case) is None


def test_conditions_are_filled_with_viewer_and_day() -> None:
    with patch.object(access, "today", lambda: date(2026, 4, 1)):
        assert scope_params(viewer()) == {VIEWER.key: 2, TODAY.key: date(2026, 4, 1)}


# -- fields -------------------------------------------------------------------------------------------------
def test_who_sees_all_fields_of_all_rows_has_one_mask() -> None:
    assert OFFICE.masks(viewer("caseworker", "interpreter", "treasurer"), Case) == (Grant("R"),)


def test_masks_stand_from_the_widest_to_the_narrowest() -> None:
    masks = OFFICE.masks(viewer("treasurer", "interpreter", "lawyer"), Case)

    assert [mask.fields for mask in masks] == [None, TITLES, NUMBERS]
    assert [mask.rows is None for mask in masks] == [False, False, True]


def test_rows_with_the_same_fields_are_joined_in_one_mask(session: Session, cases: dict[str, Case]) -> None:
    (mask,) = OFFICE.masks(viewer("auditor"), Case)
    assert mask.rows is not None

    found = set(session.scalars(sa.select(Case).where(mask.rows()), scope_params(viewer("auditor"))))

    assert found == {cases["own"], cases["normal"]}


def test_who_sees_nothing_has_no_mask() -> None:
    assert OFFICE.masks(viewer("stranger"), Case) == ()


def test_all_rows_with_the_same_fields_swallow_some_rows() -> None:
    (mask,) = OFFICE.masks(viewer("treasurer", "organiser"), Case)

    assert (mask.rows, mask.fields) == (None, NUMBERS)


@pytest.mark.parametrize(
    ("roles", "fields"),
    [
        (["lawyer"], None),
        (["lawyer", "treasurer"], None),
        (["interpreter"], TITLES),
        (["treasurer", "interpreter"], TITLES),
        (["stranger"], frozenset()),
    ],
)
def test_fields_seen_on_some_row(roles: list[str], fields: frozenset[str] | None) -> None:
    assert OFFICE.fields(viewer(*roles), Case) == fields


@pytest.mark.parametrize(
    ("roles", "name", "seen"),
    [
        (["lawyer"], "story", True),
        (["lawyer", "treasurer"], "story", False),  # not on the rows that only the treasurer reads
        (["treasurer", "interpreter"], "number", True),
        (["treasurer", "interpreter"], "title", False),
    ],
)
def test_fields_seen_on_every_row(roles: list[str], name: str, seen: bool) -> None:
    assert OFFICE.sees(viewer(*roles), Case, name) is seen


@pytest.mark.parametrize(
    ("roles", "name", "rows"),
    [
        (["lawyer"], "story", None),
        (["lawyer", "treasurer"], "story", str(own())),
        (["treasurer", "interpreter"], "title", str(own())),
        (["treasurer", "organiser"], "status", None),
        (["treasurer"], "story", "false"),
        (["stranger"], "story", None),
    ],
)
def test_rows_on_which_a_field_is_seen(roles: list[str], name: str, rows: str | None) -> None:
    found = OFFICE.rows_showing(viewer(*roles), Case, name)

    assert (None if found is None else str(found)) == rows
    assert OFFICE.shows(viewer(*roles), Case, name) is (roles != ["stranger"] and rows != "false")


def test_one_mask_that_lets_a_field_through_is_enough() -> None:
    fields = fields_of(Case)

    assert visible_fields([NUMBERS, frozenset({"title"})], fields) == TITLES
    assert visible_fields([NUMBERS, None], fields) == fields.keys()
    assert visible_fields([], fields) == frozenset()
