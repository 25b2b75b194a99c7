"""What a viewer may do to many records of a list at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape as plain
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from admin_views.engine.filling import form_names
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.screen import Many, Screen
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.records import Listed, Record

HOW = {"add": lazy_gettext("Add"), "remove": lazy_gettext("Take away"), "set": lazy_gettext("Only these")}
FILES = ("xlsx", "csv")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class BulkVerb:
    """A button of the bar over the list; a screen's own verb stands in `many`."""

    name: str
    label: str
    icon: str
    many: Many | None = None


def verbs_of(screen: Screen) -> list[BulkVerb]:
    """Return what she may do to picked rows; nothing where she may change none: then there is nothing to pick."""
    found: list[BulkVerb] = office().kept.get(seen_alike("verbs", screen.slug), lambda: _verbs(screen))
    return found


def _verbs(screen: Screen) -> list[BulkVerb]:
    found = list(_changing(screen))
    if found and access().may(viewer(), "export", screen.model):
        found += [BulkVerb("xlsx", "Excel (.xlsx)", "out"), BulkVerb("csv", "CSV", "out")]
    return found


def _changing(screen: Screen) -> Iterator[BulkVerb]:
    may, who, model = access(), viewer(), screen.model
    if not issubclass(model, Record) or model.__stands__ or _has_own_kinds(model):
        return
    names = changeable(screen) if may.may(who, "update", model) else []
    for many in screen.many:
        is_open = may.may(who, "create", many.makes) if many.makes else set(many.fields) <= {*names}
        if is_open:
            yield BulkVerb(many.name, str(many.label), "plus" if many.makes else "people", many)
    if names:
        yield BulkVerb("change", _("Change"), "edit")
    if screen.deletes and may.may(who, "delete", model):
        yield BulkVerb("delete", _("Delete"), "x")


def _has_own_kinds(model: type[Listed]) -> bool:
    """Tell whether a field may be of another kind in each row, as the value of a setting is."""
    return model.field_as.__func__ is not Listed.field_as.__func__  # type: ignore[attr-defined]  # class methods


def changeable(screen: Screen) -> list[str]:
    """Return the fields that can be changed in many records: not what tells them apart, nor long words, nor secrets."""
    model = screen.model
    known, table, moves = fields_of(model), model.__table__, model.__moves__
    named_by = {*model.__label__, *screen.columns[:1]}
    names = [
        name
        for name in form_names(screen)
        if not (name in named_by and known[name].kind == "text")
        and not _is_own(known[name], table.c.get(name))
    ]
    if moves is not None:
        about = [*moves.needs.values(), *moves.asks.values(), tuple(moves.excuses.values())]
        names += [moves.field, *(name for group in about for name in group)]
    return [name for name in dict.fromkeys(names) if access().shows(viewer(), model, name)]


def _is_own(field: Field, column: Any) -> bool:
    return field.secret or field.long or field.kind == "refs" or bool(getattr(column, "unique", False))


def select_cell(lead: Callable[[Row], str]) -> Callable[[Row], str]:
    """Return what writes the box that picks a row, named as the row is."""

    def cell_of(row: Row) -> str:
        name = plain(_("Select %(name)s", name=Markup(lead(row)).striptags()))  # noqa: S704 - our own cell
        box = f'class="form-check-input" type="checkbox" name="id" value="{row["id"]}" form="bulk" aria-label="{name}"'
        return f'<td class="position-relative z-1"><label class="form-check"><input {box}></label></td>'

    return cell_of
