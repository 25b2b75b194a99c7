"""The page that says the matrix in words, for those who give roles."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.engine.browsing import words
from tomoiki.accounts.matrix import CASEWORK, MATRIX
from tomoiki.accounts.matrix_files import files_of
from tomoiki.accounts.matrix_words import SOME, rows_in_words

Enter = Callable[[str], FlaskClient]


def test_what_may_a_treasurer_do(enter: Enter) -> None:
    page = words(enter("admin").get("/permissions?role=treasurer"))

    assert "What may this role do: Treasurer" in page
    assert (
        "Cases normal cases Only: Case number, Status, Worker type restricted cases Only: Case number" in page
    )
    assert "Nothing of: Inquiries (SOS), People, Statuses of residence, Activities" in page


def test_an_administrator_opens_secret_cases_with_a_reason(enter: Enter) -> None:
    page = words(enter("admin").get("/permissions?role=admin"))

    assert "secret cases, one at a time, after giving a reason" in page


@pytest.mark.parametrize("role", ["caseworker", "treasurer", "organiser", "interpreter", "auditor"])
def test_others_do_not_read_it(role: str, enter: Enter) -> None:
    assert enter(role).get("/permissions").status_code == 403


@pytest.mark.parametrize("address", ["/permissions", "/vocabularies"])
def test_without_log_in_it_leads_to_the_log_in(address: str, client: FlaskClient) -> None:
    assert "/login" in client.get(address).location


def test_the_page_of_users_leads_there(enter: Enter) -> None:
    assert 'href="/permissions"' in enter("admin").get("/users/").text


def test_an_unknown_role_or_list_is_no_error(enter: Enter) -> None:
    admin = enter("admin")

    assert admin.get("/permissions?role=<script>").status_code == 200
    assert admin.get("/vocabularies?list=nonsense").status_code == 200


def test_every_part_of_a_table_has_words() -> None:
    rows = [
        one
        for roles in {**MATRIX, **CASEWORK, **files_of({**MATRIX, **CASEWORK})}.values()
        for grants in roles.values()
        for grant in grants
        for one in (grant.rows, grant.behind_reason)
        if one is not None
    ]
    nameless = {row for row in rows if str(SOME) in str(rows_in_words(row))}

    assert rows
    assert nameless == set()
