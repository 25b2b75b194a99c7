"""What the tests of importing share: the sample files, and the screens as they import them."""

import json
from pathlib import Path
from typing import Any

import admin_views
from admin_views.engine.screen import Screen

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.expected.json").read_text(encoding="utf-8"))
    return found


def screens() -> tuple[Screen, ...]:
    """The office's screens."""
    return admin_views.SCREENS


def screen(slug: str) -> Screen:
    return next(screen for screen in screens() if screen.slug == slug)
