"""What the front page tells whom: each room may add something to say to the users of some roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

from tomoiki.core.access import Viewer


@dataclass(frozen=True)
class Notice:
    """A sentence or two, and whether something must be done."""

    text: str
    is_warning: bool = False


Source = Callable[[Session], Notice | None]


def tell(app: Flask, roles: frozenset[str], source: Source) -> None:
    """Let the front page of these roles say what the source has to say."""
    app.extensions.setdefault("tomoiki_notices", []).append((roles, source))


def notices_for(viewer: Viewer, session: Session) -> Iterator[Notice]:
    """Yield what this viewer is told now."""
    for roles, source in current_app.extensions.get("tomoiki_notices", []):
        if roles & viewer.roles and (notice := source(session)):
            yield notice
