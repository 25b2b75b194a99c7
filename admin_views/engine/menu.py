"""The sidebar: screens by subject, only those that the viewer may open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request
from markupsafe import Markup

from admin_views.engine.files import icon
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.saved_views import opened_otherwise


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


def menu() -> list[tuple[str, list[Entry]]]:
    """Return the groups with their screens."""
    groups: dict[str, list[Entry]] = {}
    otherwise = opened_otherwise(office().screens.values())
    for screen in office().screens.values():
        if screen.menu is not None and access().may(viewer(), "read", screen.model):
            groups.setdefault(str(screen.menu), []).append(
                Entry(
                    screen.slug,
                    str(screen.name),
                    screen.icon,
                    "" if screen.slug in otherwise else screen.start,
                )
            )
    return list(groups.items())


def quick() -> Markup:
    """Return the buttons of the header that make a record from any page."""
    found: Markup = office().kept.get(seen_alike("quick"), lambda: Markup("").join(_quick()))
    return found


def _quick() -> Iterator[Markup]:
    for screen in office().screens.values():
        if screen.quick is not None and access().may(viewer(), "create", screen.model):
            words = Markup('{}<span class="no-phone">{}</span>').format(icon("plus"), screen.quick)
            yield Markup(
                '<a class="btn btn-sos px-2" href="/{}/new" data-key="s" aria-label="{}">{}</a>'
            ).format(screen.slug, screen.quick, words)


def sidebar() -> Markup:
    """Return the sidebar's HTML, written once for all of the same roles and language on the same screen.

    Whoever opens a list with a view of her own in place of the screen's start has one of hers.
    """
    here = request.path.split("/")[1]
    found: Markup = office().kept.get(
        seen_alike(
            "sidebar",
            here if here in office().screens else request.path == "/",
            opened_otherwise(office().screens.values()),
        ),
        lambda: Markup(render_template("engine/sidebar.html", here=here)),  # noqa: S704 - our own template
    )
    return found
