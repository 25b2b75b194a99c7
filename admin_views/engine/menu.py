"""The menu of this viewer: groups in the order of a day, only what she may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from admin_views.engine.office import access, office, seen_alike, viewer


@dataclass(frozen=True)
class Entry:
    """One screen in the menu."""

    slug: str
    label: str
    icon: str
    start: str = ""

    @property
    def address(self) -> str:
        """Return where the menu leads."""
        return f"/{self.slug}/" + (f"?{self.start}" if self.start else "")

    @property
    def is_current(self) -> bool:
        """Tell whether the page being shown belongs to this screen."""
        return request.path.split("/")[1] == self.slug


def menu() -> list[tuple[str, list[Entry]]]:
    """Return the groups with their screens; the same for all of the same roles and language."""
    found: list[tuple[str, list[Entry]]] = office().kept.get(seen_alike("menu"), _menu)
    return found


def _menu() -> list[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for screen in office().screens.values():
        if screen.menu is not None and access().may(viewer(), "read", screen.model):
            groups.setdefault(str(screen.menu), []).append(
                Entry(screen.slug, str(screen.name), screen.icon, screen.start)
            )
    return list(groups.items())
