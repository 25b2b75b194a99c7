"""What the tests of permission look at: the addresses of all pages, and what stands on them."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from admin_views import SCREENS
from tests.engine.browsing import words
from tests.permissions.expected import STEPPED_BACK, TABLE
from tests.permissions.world import (
    APPLICATION,
    CARD,
    CASES,
    PASSPORT,
    PHONES,
    SAFE,
    STATUS_CARD,
    WORDS,
    World,
    change_record,
)
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of
from tomoiki.core.history import AccessLog
from tomoiki.events.models import Attendee
from tomoiki.people.models import Person

S2 = (CARD, PASSPORT, SAFE, STATUS_CARD, APPLICATION, "UC11111111EA", "Neue Brieftaube")
MOVES = ("active", "confirmed", "published", "attended", "void")


def number(kind: str) -> str:
    return f"T2026-{list(CASES).index(kind) + 101:04}"


def main(browser: FlaskClient, address: str) -> str:
    return words(browser.get(address))


def log_rows(app: Flask, action: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        rows = db.session.query(AccessLog).filter_by(action=action).order_by(AccessLog.id)
        return [(row.user_id, row.entity, row.record_id, row.detail) for row in rows]


def tell_history(app: Flask, world: World) -> None:
    """Change what is hidden from somebody, so that histories have something to tell."""
    for kind, word in WORDS.items():
        values = {
            "address": f"{word}-Platz 9",
            "passport_no": "UC11111111EA",
            "safe_contact": "Neue Brieftaube",
        }
        change_record(app, Person, world.person(kind), values)
    for kind, word in ((kind, WORDS[kind]) for kind in CASES):
        change_record(
            app, Case, world.case(kind), {"title": f"Neu {word}", "story": f"Lang {word}", "priority": "now"}
        )
        change_record(app, Activity, world.ids["activities"][kind], {"note": f"Mehr {word}"})
        change_record(app, CaseStaff, world.ids["case-staff"][kind], {"share_health": True})
    change_record(app, Attendee, world.ids["attendees"]["any"], {"person_id": world.person("secret")})


MERGEABLE = ("people", "donors", "organisations", "attendees")


def addresses(world: World) -> Iterator[str]:
    yield from ("/", "/search?q=T2026", "/search?q=ng", "/search?q=P-0000", "/account")
    for slug in TABLE:
        model = next(screen.model for screen in SCREENS if screen.slug == slug)
        every = ",".join(fields_of(model))
        yield from (
            f"/{slug}/?per_page=200&filter=1",
            f"/{slug}/?per_page=200&columns={every}",
            f"/{slug}/columns?columns={every}",
            f"/{slug}/views?columns={every}",
            f"/{slug}/lookup?q=",
            f"/{slug}/lookup?q=ng",
            f"/{slug}/new",
        )
        for key in world.ids[slug].values():
            yield from (f"/{slug}/{key}{page}" for page in ("", "/history", "/edit", "/delete"))
            if slug in STEPPED_BACK:
                yield from (f"/{slug}/{key}/move?to={state}" for state in MOVES)
    for slug in MERGEABLE:
        yield f"/{slug}/duplicates"
        keys = list(world.ids[slug].values())
        yield from (f"/{slug}/{key}/{page}" for key in keys for page in ("merge", "unmerge"))
        yield from (f"/{slug}/{one}/merge?merged_into={two}" for one in keys for two in keys if one != two)
    for key in world.ids["people"].values():
        yield from (f"/{slug}/new?person={key}" for slug in ("cases", "residence-statuses", "attendees"))
        yield from (
            f"/{slug}/?person={key}&filter=1" for slug in ("cases", "residence-statuses", "attendees")
        )
        yield f"/activities/new?persons={key}"
    for key in world.ids["cases"].values():
        yield from (f"/{slug}/new?case={key}" for slug in ("activities", "case-staff"))
        yield from (f"/{slug}/?case={key}&filter=1" for slug in ("activities", "case-staff"))


def about_case(*kinds: str) -> list[str]:
    """Return what stands in a case: its own word in title, story, next action, ledger, notes; and its number."""
    starts = ("Titel", "Neu", "Geschichte", "Lang", "Schritt", "Buch", "Notiz", "Mehr")
    return [f"{start} {WORDS[kind]}" for kind in kinds for start in starts] + [number(kind) for kind in kinds]


def about_person(*kinds: str) -> list[str]:
    names = [
        text for kind in kinds for text in (WORDS[kind], f"Ng{kind}", f"{kind.title()}stadt", PHONES[kind])
    ]
    return names + [f"0{PHONES[kind][3:5]}-{PHONES[kind][5:9]}-{PHONES[kind][9:]}" for kind in kinds]


def plain(text: str, word: str) -> str:
    """Return a page without what differs from one answer to the next anyway."""
    text = re.sub(r'(nonce|name="(?:_once|csrf_token)" value)="[^"]*"', r"\1", text)
    text = re.sub(r"\b\d{3}-[0-9a-f]{6}\b", "", text)  # the number of a refusal
    return text.replace(word, "WORD")
