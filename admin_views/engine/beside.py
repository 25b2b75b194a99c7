"""Work that runs beside the pages, which show how far it is: with the eyes, in the name and language of who began it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from admin_views.engine import uploads
from admin_views.engine.office import look_as, viewer
from admin_views.engine.plans import NotAllowed
from tomoiki.core.access import Viewer
from tomoiki.core.actors import Actor, acting, actor
from tomoiki.core.database import db
from tomoiki.core.languages import language
from tomoiki.core.tables import Refused

Tell = Callable[[int, int], None]
_log = logging.getLogger(__name__)


def start(name: str, token: str, run: Callable[[Tell], dict[str, Any]], rows: int) -> None:
    """Run this in a thread of its own; what it returns is told under the token, as how far it is was."""
    uploads.tell(token, {"done": 0, "total": rows})
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - a proxy
    work = _Work(app, token, run, viewer(), actor(), language())
    threading.Thread(target=work, name=name, daemon=False).start()


@dataclass(frozen=True)
class _Work:
    app: Flask
    token: str
    run: Callable[[Tell], dict[str, Any]]
    who: Viewer
    name: Actor
    spoken: str

    def __call__(self) -> None:
        """Run, and say how it went."""
        with self.app.app_context(), force_locale(self.spoken), acting(self.name):
            look_as(self.who)
            try:
                self._say(self.run(self._tell))
            except Refused as fault:
                self._say({"fault": str(fault.message)})
            except NotAllowed:
                self._say({"fault": _("You may not do this any more.")})
            except Exception:
                _log.exception("work beside the pages failed")
                self._say({"fault": _("The work broke off; nothing of it was stored. Try it once more.")})
            finally:
                db.session.remove()

    def _tell(self, done: int, total: int) -> None:
        self._say({"done": done, "total": total})

    def _say(self, state: dict[str, Any]) -> None:
        if "fault" in state:
            uploads.release(self.token)
        uploads.tell(self.token, state)
