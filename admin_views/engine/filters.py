"""The controls of the filter form, by kind of field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from admin_views.engine.arguments import RANGES, Range, arguments_of, filterable
from admin_views.engine.grouping import Counts
from admin_views.engine.lookup import named
from admin_views.engine.named import Named, words_for
from admin_views.engine.office import office
from admin_views.engine.rows import record_named
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels
from tomoiki.core.fields import fields_of


@dataclass(frozen=True)
class Option:
    """A choice, and how many rows it would show beside the other filters (None: too many to count)."""

    code: str
    label: str
    is_chosen: bool
    count: int | None = None

    @property
    def text(self) -> str:
        """Return the choice as it is written."""
        return self.label if self.count is None else f"{self.label} ({self.count:,})"


@dataclass(frozen=True)
class FilterControl:
    """A field of the filter form: check boxes, a range, or a search box for a reference."""

    name: str
    label: str
    kind: str  # "options", "range" or "ref"
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    slug: str = ""
    chosen: tuple[int, ...] = ()
    text: str = ""
    word: str = ""  # the named filter in force
    words: tuple[tuple[str, str, bool], ...] = ()  # name, address, whether it is in force


def controls(
    screen: Screen, counts: Counts, filters: Mapping[str, Any], address: Callable[..., str]
) -> list[FilterControl]:
    """Return a control for each filter, with what is in force filled in and a link for each named filter."""
    found = []
    for name in filterable(screen):
        value = filters.get(name)
        word = value.word if isinstance(value, Named) else ""
        gone = dict.fromkeys(arguments_of(name))
        words = tuple(
            (str(text), address(**gone | {f"{name}.is": None if known == word else known}), known == word)
            for known, text in words_for(fields_of(screen.model)[name]).items()
        )
        control = _control(screen, name, None if word else value, counts.get(name))
        found.append(replace(control, word=word, words=words))
    return found


def _reference_control(name: str, label: str, target: str, chosen: tuple[int, ...]) -> FilterControl:
    model = record_named(target)
    screen = office().screen_of(model)
    found = named(model, chosen)
    text = found[0].text if found else ""
    return FilterControl(name, label, "ref", slug=screen.slug if screen else "", chosen=chosen, text=text)


def _control(screen: Screen, name: str, value: Any, counts: Mapping[str, int] | None) -> FilterControl:
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
    options = (
        Option(code, text, code in chosen, None if counts is None else counts.get(code, 0))
        for code, text in pairs
    )
    return FilterControl(name, label, "options", tuple(options))
