"""The menu of this viewer: groups in the order of a day, only what she may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from admin_views.engine.office import access, office, viewer


@dataclass(frozen=True)
class Entry:
    """One screen in the menu."""

    slug: str
    label: str
    icon: str
    is_current: bool


def menu() -> list[tuple[str, list[Entry]]]:
    """Return the groups with their screens."""
    current = request.path.split("/")[1]
    groups: dict[str, list[Entry]] = {}
    for screen in office().screens.values():
        if screen.menu is not None and access().may(viewer(), "read", screen.model):
            entry = Entry(screen.slug, str(screen.name), screen.icon, screen.slug == current)
            groups.setdefault(str(screen.menu), []).append(entry)
    return list(groups.items())
