"""The controls of the filter form, by kind of field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from admin_views.engine.arguments import RANGES, Range
from admin_views.engine.lookup import named
from admin_views.engine.office import office
from admin_views.engine.rows import record_named
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels
from tomoiki.core.fields import fields_of


@dataclass(frozen=True)
class FilterControl:
    """A field of the filter form: check boxes, a range, or a search box for a reference."""

    name: str
    label: str
    kind: str  # "options", "range" or "ref"
    options: tuple[tuple[str, str, bool], ...] = ()  # code, label, chosen
    low: str = ""
    high: str = ""
    slug: str = ""
    chosen: tuple[int, ...] = ()
    text: str = ""


def controls(screen: Screen, names: Iterable[str], filters: Mapping[str, Any]) -> list[FilterControl]:
    """Return the controls for these fields with what is in force filled in."""
    return [_control(screen, name, filters.get(name)) for name in names]


def _reference_control(name: str, label: str, target: str, chosen: tuple[int, ...]) -> FilterControl:
    model = record_named(target)
    screen = office().screen_of(model)
    found = named(model, chosen)
    text = found[0].text if found else ""
    return FilterControl(name, label, "ref", slug=screen.slug if screen else "", chosen=chosen, text=text)


def _control(screen: Screen, name: str, value: Any) -> FilterControl:
    what = fields_of(screen.model)[name]
    label = str(screen.labels.get(name, what.label))
    if what.kind in RANGES:
        ends = value if isinstance(value, Range) else Range()
        return FilterControl(name, label, "range", low=ends.low_text, high=ends.high_text)
    if what.kind == "ref":
        return _reference_control(name, label, what.target, tuple(value or ()))
    chosen = set(value or ())
    if what.kind == "flag":
        pairs = [("yes", _("Yes")), ("no", _("No"))]
    else:
        pairs = list(labels(what.choices).items()) if what.choices else []
    return FilterControl(name, label, "options", tuple((code, text, code in chosen) for code, text in pairs))
