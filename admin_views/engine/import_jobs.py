"""Running an import: at once when the list is short, else beside the pages, which show how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from admin_views.engine import beside, uploads
from admin_views.engine.importing import Wishes, limits, plan_import
from admin_views.engine.mapping import Given
from admin_views.engine.office import viewer
from admin_views.engine.plans import Choice, Place, Plan
from admin_views.engine.rejects import rejects_of
from admin_views.engine.screen import Screen
from admin_views.engine.shapes import remembered, shape_of, sheet_choice, source_of
from admin_views.engine.storing import run_import
from tomoiki.core.database import db
from tomoiki.core.imports import ImportRun
from tomoiki.core.sheets import Spelling, read_grids
from tomoiki.core.tables import Grid

AT_ONCE = 2000  # so many rows are stored before a browser grows impatient


def spelling_in(wishes: Mapping[str, Any]) -> Spelling:
    """Return how the file is written, as it was chosen."""
    return Spelling(wishes.get("encoding") or "", wishes.get("delimiter") or "")


def grids_of(session: Session, upload: uploads.Upload, wishes: Mapping[str, Any]) -> list[Grid]:
    """Read the kept file as it was chosen."""
    return read_grids(upload.data, upload.name, limits(session), spelling_in(wishes))


def first_wishes(session: Session, screen: Screen, upload: uploads.Upload) -> dict[str, Any]:
    """Return what was chosen for the last file of this shape."""
    grids = read_grids(upload.data, upload.name, limits(session))
    known = remembered(session, screen.slug, shape_of(grids))
    return {"columns": known.get("columns") or {}, "sheets": {}, "values": {}}


def wishes_of(said: Mapping[str, Any], choices: Mapping[Place, Choice] | None = None) -> Wishes:
    """Return kept choices as the planner takes them."""
    sheets = {name: sheet_choice(one) for name, one in (said.get("sheets") or {}).items()}
    return Wishes(said.get("values") or {}, Given(said.get("columns") or {}, sheets), choices or {})


def make_plan(
    screen: Screen,
    upload: uploads.Upload,
    choices: Mapping[Place, Choice] | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Plan, str]:
    """Return the plan of a kept file, and the fingerprint of its shape."""
    said = uploads.find_wishes(upload.token)
    grids = grids_of(db.session(), upload, said)
    plan = plan_import(db.session(), screen, grids, viewer(), wishes_of(said, choices), upload.name, tell)
    return plan, shape_of(grids)


def run_now(
    screen: Screen,
    upload: uploads.Upload,
    choices: Mapping[Place, Choice],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> ImportRun:
    """Import the kept file; raise Refused when it cannot be."""
    plan, shape = make_plan(screen, upload, choices, tell)
    said = uploads.find_wishes(upload.token)
    kept = {name: said.get(name) for name in ("columns", "encoding", "delimiter")}
    run = run_import(db.session(), plan, source_of(upload.name, upload.data, shape, kept))
    if plan.count("error"):
        uploads.keep_rejects(run.id, rejects_of(plan))
    uploads.forget(upload.token)
    return run


def start(screen: Screen, upload: uploads.Upload, choices: Mapping[Place, Choice], rows: int) -> None:
    """Import the kept file beside the pages."""

    def work(tell: beside.Tell) -> dict[str, int]:
        return {"run": run_now(screen, upload, choices, tell).id}

    beside.start(f"import-{screen.slug}", upload.token, work, rows)
