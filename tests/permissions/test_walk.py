"""Every screen, role, route and kind of record, against DOMAIN section 4 as `expected` tells it."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from admin_views import SCREENS
from tests.permissions.expected import (
    EXPORTS,
    IMPORTED,
    LABELS,
    NAMELESS,
    NO_PERSONAL_DATA,
    NOT_DELETED,
    NOT_MADE_HERE,
    SECRETS,
    SEES_SECRETS,
    STEPPED_BACK,
    TABLE,
    Rights,
    exports,
    rights_of,
)
from tests.permissions.looking import MERGEABLE
from tests.permissions.world import APPLICATION, CARD, PASSPORT, ROLES, SAFE, STATUS_CARD, WORDS, World

Enter = Callable[[str], FlaskClient]
Answers = dict[str, set[int]]
OK, SEEN_OTHER, REFUSED, UNKNOWN, WRONG = 200, 303, 403, 404, 422
SAVED = {SEEN_OTHER, WRONG}  # an empty form is saved or sent back for correction: it got past the gate
DELETED = {SEEN_OTHER, 409}


def of_table(role: str, slug: str, may: Rights) -> Answers:
    """Return what the routes that name no record answer."""
    reads = may.may("R")
    made = {UNKNOWN} if slug in NOT_MADE_HERE else SAVED
    creates = made if may.creates else {REFUSED}
    imports = ({OK} if slug in IMPORTED else {UNKNOWN}) if may.creates else {REFUSED}
    return {
        "GET ": {OK} if reads else {REFUSED},
        "GET lookup": {OK} if reads or role in LABELS.get(slug, ()) else {REFUSED},
        "GET new": ({UNKNOWN} if slug in NOT_MADE_HERE else {OK}) if may.creates else {REFUSED},
        "POST new": creates,
        "GET import": imports,
        "POST import": {WRONG} if imports == {OK} else imports,
        "GET bulk": {SEEN_OTHER} if _changes_many(slug, may) else {REFUSED},
        "POST bulk": {REFUSED},  # without a verb
        **_of_exports(role, slug),
        "GET duplicates": ({OK} if slug in MERGEABLE else {UNKNOWN}) if may.may("U") else {REFUSED},
        "POST duplicates": {UNKNOWN} if may.may("U") else {REFUSED},  # without a pair
    }


def _changes_many(slug: str, may: Rights) -> bool:
    """Tell whether rows can be picked: where one may change or delete some, and each has the same fields to fill in."""
    return slug not in ("settings", "receipts", "receipt-lines") and (
        may.may("U") or (may.may("D") and slug not in NOT_DELETED)
    )


def _of_exports(role: str, slug: str) -> Answers:
    """Return what the export addresses answer: a form, and without a purpose the form again."""
    may = bool(exports(role, slug))
    sent = {OK} if slug in NO_PERSONAL_DATA else {WRONG}
    return {
        f"{method} export.{kind}": ({OK} if method == "GET" else sent) if may else {REFUSED}
        for method in ("GET", "POST")
        for kind in ("csv", "xlsx")
    }


def of_record(role: str, slug: str, may: Rights, letters: str, kind: str) -> Iterator[tuple[str, set[int]]]:
    """Yield what the routes of one record answer, deletion last."""
    behind = "?" in letters
    reads = {OK} if letters else {UNKNOWN if may.may("R") else REFUSED}
    yield "GET {}", reads
    yield "GET {}/history", reads
    yield "POST {}/reveal", _reveal(role, slug, letters, may)
    yield "POST {}/reason", {WRONG} if behind else {UNKNOWN if may.may("?") else REFUSED}
    changes = _gate(may, letters, "U")
    yield "GET {}/edit", changes or {OK}
    yield "GET {}/move?to=nonsense", changes or {SEEN_OTHER, UNKNOWN}
    yield "POST {}/move?to=nonsense", changes or {SEEN_OTHER, UNKNOWN}
    yield "POST {}/edit", changes or SAVED
    yield "GET {}/merge", _merge(slug, may, changes) or {OK}
    yield "POST {}/merge", _merge(slug, may, changes) or {OK, WRONG}  # without another record
    for method in ("GET", "POST"):
        yield (
            f"{method} {{}}/unmerge",
            {REFUSED} if role != "admin" else _merge(slug, may, set()) or {SEEN_OTHER},
        )
    back = _step_back(role, slug, may, letters)
    yield "GET {}/step-back", back
    yield "POST {}/step-back", back
    deletes = _gate(may, letters, "D") or ({UNKNOWN} if slug in NOT_DELETED else set())
    yield "GET {}/delete", deletes or {OK}
    yield "POST {}/delete", deletes or DELETED


def _reveal(role: str, slug: str, letters: str, may: Rights) -> set[int]:
    if not may.may("R") or slug not in SECRETS or role not in SEES_SECRETS:
        return {REFUSED}
    return {OK} if "R" in letters else {UNKNOWN}


def _merge(slug: str, may: Rights, changes: set[int]) -> set[int]:
    """Return what merging answers where it is refused: by her rights, or by a table that does not merge."""
    if slug in MERGEABLE:
        return changes
    return {UNKNOWN} if may.may("U") else {REFUSED}


def _step_back(role: str, slug: str, may: Rights, letters: str) -> set[int]:
    """Only administrators, and only where there are states; these records never moved, so nothing goes back."""
    if role != "admin" or slug not in STEPPED_BACK:
        return {REFUSED}
    return _gate(may, letters, "U") or {SEEN_OTHER}


def _gate(may: Rights, letters: str, letter: str) -> set[int]:
    """Return 403 for what is refused, 404 for what is out of sight, nothing where she may."""
    if not may.may(letter) or (letters.strip("?") and letter not in letters):
        return {REFUSED}
    return set() if letter in letters else {UNKNOWN}


def ask(browser: FlaskClient, slug: str, route: str, key: int | None = None) -> int:
    method, address = route.split(" ", 1)
    data = {"field": SECRETS.get(slug, "name")} if "reveal" in route else {}
    answer = browser.open(
        f"/{slug}/{address.format(key)}", method=method, data=data if method == "POST" else None
    )
    return answer.status_code


@pytest.mark.parametrize("role", ROLES)
def test_routes_that_name_no_record(role: str, enter: Enter) -> None:
    browser = enter(role)
    expected = {
        (slug, route): answers
        for slug in TABLE
        for route, answers in of_table(role, slug, rights_of(role, slug)).items()
    }

    found = {(slug, route): ask(browser, slug, route) for slug, route in expected}

    assert {asked: code for asked, code in found.items() if code not in expected[asked]} == {}


@pytest.mark.parametrize("slug", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_routes_of_each_kind_of_record(role: str, slug: str, enter: Enter, world: World) -> None:
    browser, may = enter(role), rights_of(role, slug)
    wrong = {}
    walks = {kind: list(of_record(role, slug, may, may.rows.get(kind, ""), kind)) for kind in world.ids[slug]}

    for step in zip(
        *walks.values(), strict=True
    ):  # so that all kinds are still there until deletion, the last
        for kind, (route, expected) in zip(walks, step, strict=True):
            code = ask(browser, slug, route, world.ids[slug][kind])
            if code not in expected:
                wrong[f"{kind}: {route}"] = code, expected

    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_lists_and_lookups_hold_exactly_the_records_in_scope(role: str, enter: Enter, world: World) -> None:
    browser, expected, listed, looked_up = enter(role), {}, {}, {}
    for slug in TABLE:
        may, ids = rights_of(role, slug), world.ids[slug]
        if may.may("R"):  # else there is no list for this role: see the routes
            expected[slug] = {
                ids[kind] for kind, letters in may.rows.items() if "R" in letters and kind in ids
            }
            rows = browser.get(f"/{slug}/?per_page=200").text.split('<tr data-id="')[1:]
            listed[slug] = {int(row.split('"')[0]) for row in rows} & set(ids.values())
            found = browser.get(f"/{slug}/lookup?q=").json
            looked_up[slug] = {one["id"] for one in found} & set(ids.values())

    assert listed == expected
    assert looked_up == {slug: set() if (role, slug) in NAMELESS else keys for slug, keys in expected.items()}


@pytest.mark.parametrize("slug", EXPORTS)
def test_exports_hold_exactly_the_records_that_may_leave(slug: str, enter: Enter, world: World) -> None:
    ids = world.ids[slug]

    for role in EXPORTS[slug]:
        text = enter(role).post(f"/{slug}/export.csv", data={"purpose": "Report"}).data.decode("utf-8-sig")

        found = {int(row[0]) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]}
        assert found & set(ids.values()) == {ids[kind] for kind in exports(role, slug)}, role
        assert not any(secret in text for secret in (CARD, PASSPORT, SAFE, STATUS_CARD, APPLICATION)), role


def test_nobody_gets_in_without_log_in(client: FlaskClient, world: World) -> None:
    answers = {}
    for slug in TABLE:
        key = next(iter(world.ids[slug].values()))
        routes = [*of_table("admin", slug, rights_of("admin", slug))]
        routes += [route for route, _ in of_record("admin", slug, rights_of("admin", slug), "RUD", "any")]
        answers |= {(slug, route): ask(client, slug, route, key) for route in routes}

    assert {code for (_, route), code in answers.items() if route == "GET lookup"} == {401}
    assert {code for (_, route), code in answers.items() if route != "GET lookup"} == {302}


def test_the_table_names_every_screen_and_the_world_every_kind(world: World) -> None:
    assert set(TABLE) == {screen.slug for screen in SCREENS} == set(world.ids)
    assert world.ids["people"].keys() == WORDS.keys()
    assert {screen.slug for screen in SCREENS if screen.imports} == IMPORTED
