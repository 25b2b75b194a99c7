"""The columns of a list: the screen's own, or those that the address names, in its order.

A column is named after the field that leads it and brings the screen's second line along; a field that stands in a
column of its own is gone from the second line of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin_views.engine.figures import visible_figures
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import label_columns, record_named
from admin_views.engine.screen import Figure, Screen
from tomoiki.core.fields import Field, fields_of

Names = tuple[str, ...]
NEVER = ("json", "refs")  # no cell holds the one; each of the other would cost a query


@dataclass(frozen=True)
class Columns:
    """Cells of a row, each with its fields, and figures; in the order in which they stand."""

    parts: Sequence[Names | Figure]

    @property
    def fields(self) -> Names:
        """Return what the list must ask for."""
        return tuple(
            name for part in self.parts for name in (part.reads if isinstance(part, Figure) else part)
        )

    @property
    def figures(self) -> list[Figure]:
        """Return what is reckoned for each page."""
        return [part for part in self.parts if isinstance(part, Figure)]


def choosable(screen: Screen) -> Mapping[str, str]:
    """Return the columns that this viewer may choose, with what their heads say; the screen's own first."""
    found: Mapping[str, str] = office().kept.get(
        seen_alike("choosable", screen.slug), lambda: _choosable(screen)
    )
    return found


def _choosable(screen: Screen) -> Mapping[str, str]:
    known = fields_of(screen.model)
    cells, figures, seen = _cells(screen), _figures(screen), _seen(screen)
    names = {name: cell[0] for name, cell in cells.items()}
    names |= {
        name: name
        for name, field in known.items()
        if name not in cells and name in seen and field.kind not in NEVER and not field.secret
    }
    labels = {name: str(screen.labels.get(lead, known[lead].label)) for name, lead in names.items()}
    own = {name: labels[name] for name in cells} | {name: str(one.label) for name, one in figures.items()}
    return own | {name: text for name, text in labels.items() if name not in own}


def usual(screen: Screen) -> Names:
    """Return the names of the columns that the screen shows by itself, to this viewer."""
    return (*_cells(screen), *_figures(screen))


def columns_of(screen: Screen, chosen: Names) -> Columns:
    """Return what stands in the list: the chosen columns, or the screen's own where none are chosen."""
    cells, figures = _cells(screen), _figures(screen)
    parts: list[Names | Figure] = []
    for name in chosen or usual(screen):
        if name in figures:
            parts.append(figures[name])
            continue
        cell = [part for part in cells.get(name, (name,)) if part == name or part not in chosen]
        if cell:
            parts.append(tuple(cell))
    if chosen and all(isinstance(part, Figure) for part in parts):  # a row is opened by a field of its own
        parts = [*list(cells.values())[:1], *parts]
    return Columns(parts)


def _cells(screen: Screen) -> Mapping[str, Names]:
    """Return the cells of the screen's own list of which this viewer sees something, by the field that leads them."""
    seen, found = _seen(screen), {}
    for row in screen.list:
        names = (row,) if isinstance(row, str) else row
        if shown := tuple(name for name in names if name in seen):
            found[names[0]] = shown
    return found


def _figures(screen: Screen) -> Mapping[str, Figure]:
    return {one.name: one for one in visible_figures(screen) if one.in_list}


def _seen(screen: Screen) -> frozenset[str]:
    """Return the fields that this viewer sees on some row."""
    shown = access().fields(viewer(), screen.model)
    known = fields_of(screen.model).values()
    return frozenset(one.name for one in known if (shown is None or one.name in shown) and _is_named(one))


def _is_named(field: Field) -> bool:
    return (
        field.kind not in ("ref", "refs") or label_columns(record_named(field.target), viewer()) is not None
    )
