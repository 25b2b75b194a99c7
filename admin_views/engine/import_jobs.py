"""Running an import: at once when the list is short, else beside the pages, which show how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_views.engine import uploads
from admin_views.engine.importing import Wishes, limits, plan_import
from admin_views.engine.mapping import Given
from admin_views.engine.office import look_as, viewer
from admin_views.engine.plans import Choice, NotAllowed, Place, Plan
from admin_views.engine.rejects import rejects_of
from admin_views.engine.screen import Screen
from admin_views.engine.shapes import remembered, shape_of, sheet_choice, source_of
from admin_views.engine.storing import run_import
from tomoiki.core.access import Viewer
from tomoiki.core.actors import Actor, acting, actor
from tomoiki.core.database import db
from tomoiki.core.imports import ImportRun
from tomoiki.core.languages import language
from tomoiki.core.sheets import Spelling, read_grids
from tomoiki.core.tables import Grid, Refused

AT_ONCE = 2000  # so many rows are stored before a browser grows impatient
_log = logging.getLogger(__name__)


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
    """Import the kept file in a thread of its own."""
    uploads.tell(upload.token, {"done": 0, "total": rows})
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - a proxy
    work = _Work(app, screen, upload, choices, viewer(), actor(), language())
    threading.Thread(target=work, name=f"import-{screen.slug}", daemon=False).start()


class _Work:
    """An import beside the pages, with the eyes, in the name and in the language of whoever started it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a request would know
        self,
        app: Flask,
        screen: Screen,
        upload: uploads.Upload,
        choices: Mapping[Place, Choice],
        who: Viewer,
        name: Actor,
        spoken: str,
    ) -> None:
        self.app, self.screen, self.upload, self.choices = app, screen, upload, choices
        self.who, self.name, self.spoken = who, name, spoken

    def __call__(self) -> None:
        """Import, and say how it went."""
        with self.app.app_context(), force_locale(self.spoken), acting(self.name):
            look_as(self.who)
            try:
                run = run_now(self.screen, self.upload, self.choices, self._tell)
                self._say({"run": run.id})
            except Refused as fault:
                self._say({"fault": str(fault.message)})
            except NotAllowed:
                self._say({"fault": _("You may not import here any more.")})
            except Exception:
                _log.exception("import failed")
                self._say({"fault": _("The import broke off; nothing of it was stored. Try it once more.")})
            finally:
                db.session.remove()

    def _tell(self, done: int, total: int) -> None:
        self._say({"done": done, "total": total})

    def _say(self, state: dict[str, Any]) -> None:
        if "fault" in state:
            uploads.release(self.upload.token)
        uploads.tell(self.upload.token, state)
