"""What the tests of importing share: the sample files, and the screens as they import them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import admin_views
from admin_views.engine.screen import Screen
from tomoiki.organisations import ledger as organisations
from tomoiki.people import ledger as people

SAMPLES = Path(__file__).parents[1] / "samples"
LEDGERS: dict[str, Any] = {"people": people, "organisations": organisations}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.expected.json").read_text(encoding="utf-8"))
    return found


def screens() -> tuple[Screen, ...]:
    """The office's screens, those of people and organisations with all that can be imported."""
    return tuple(_with_ledger(screen) for screen in admin_views.SCREENS)


def screen(slug: str) -> Screen:
    return next(screen for screen in screens() if screen.slug == slug)


def _with_ledger(screen: Screen) -> Screen:
    ledger = LEDGERS.get(screen.slug)
    if ledger is None:
        return screen
    return replace(screen, importable=ledger.IMPORTABLE, synonyms=ledger.HEADERS)
