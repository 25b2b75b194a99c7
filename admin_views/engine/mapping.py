"""Which column of a file fills which field: by the words of its header, or as a person said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine.office import access
from admin_views.engine.screen import Screen
from tomoiki.core.access import Viewer
from tomoiki.core.database import Base
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.ledgers import in_all_languages, squeezed
from tomoiki.core.records import Record
from tomoiki.core.tables import Refused, Sheet

NOTE = "note"  # where columns without a home go, if the table has such a field
_MARKS = re.compile("[*＊※]|[(（](?:必須|任意|required|bắt buộc)[)）]", re.IGNORECASE)
_READABLE = frozenset({"text", "long", "day", "moment", "yen", "integer", "flag", "choice", "codes"})


@dataclass(frozen=True)
class Target:
    """A field that a column may fill: of the record, or (with `by`) of one other record that points at it."""

    path: str
    model: type[Record]
    field: Field
    label: LazyString
    by: str = ""

    @property
    def owner(self) -> str:
        """Return the part of the path that names the other table, or nothing."""
        return self.path.rpartition(".")[0]


Targets = Mapping[str, Target]


@dataclass(frozen=True)
class Column:
    """One column of a sheet and what becomes of it: a field, a line in the note, or nothing."""

    index: int
    header: str
    target: Target | None = None
    into_note: bool = False
    has_values: bool = True

    @property
    def is_lost(self) -> bool:
        """Tell whether values stand in it that are not taken over."""
        return self.has_values and self.target is None and not self.into_note


@dataclass(frozen=True)
class MappedSheet:
    """A sheet and its columns."""

    sheet: Sheet
    columns: tuple[Column, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the fields that its columns fill."""
        return tuple(column.target for column in self.columns if column.target)

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the column's own words for each field."""
        return {column.target.path: column.header for column in self.columns if column.target}


def targets_of(screen: Screen, viewer: Viewer) -> Targets:
    """Return the importable fields that this viewer may fill, by path, in the order of the declaration."""
    found = (_target(screen, path) for path in screen.importable)
    return {target.path: target for target in found if target and _may_fill(viewer, target)}


def _target(screen: Screen, path: str) -> Target | None:
    owner, _dot, name = path.rpartition(".")
    model = _child(screen.records, owner) if owner else screen.records
    field = fields_of(model)[name]
    if field.kind not in _READABLE:
        return None
    label = screen.labels.get(path, field.label)
    return Target(path, model, field, label, _pointer(model, screen.records) if owner else "")


def _may_fill(viewer: Viewer, target: Target) -> bool:
    may = access()
    return may.may(viewer, "create", target.model) and may.sees(viewer, target.model, target.field.name)


def _child(parent: type[Record], table: str) -> type[Record]:
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == table and issubclass(mapper.class_, Record):
            return mapper.class_
    raise LookupError(f"{parent.__name__}: no table {table}")


def _pointer(child: type[Record], parent: type[Record]) -> str:
    """Return the one field of the child that points at the parent."""
    (name,) = (f.name for f in fields_of(child).values() if f.kind == "ref" and f.target == parent.__name__)
    return name


def note_target(screen: Screen, viewer: Viewer) -> Target | None:
    """Return the field for what has no home, if the table has one that this viewer may fill."""
    field = fields_of(screen.records).get(NOTE)
    if field is None or field.kind != "long" or not field.narrative:
        return None
    target = Target(NOTE, screen.records, field, field.label)
    return target if _may_fill(viewer, target) else None


def map_sheets(
    screen: Screen,
    sheets: Iterable[Sheet],
    targets: Targets,
    note: Target | None,
    given: Mapping[str, str | None],
) -> list[MappedSheet]:
    """Map every sheet; one without a single known column is left out, and a file of none else is refused."""
    sheets = list(sheets)
    known = {squeezed(header): _asked(targets, path) for header, path in given.items()}
    words = {**_header_words(screen, targets), **known}
    mapped = [MappedSheet(sheet, _columns(sheet, words, note)) for sheet in sheets]
    found = [one for one in mapped if one.targets]
    if not found:
        headers = ", ".join(header[:40] for sheet in sheets for header in sheet.header[:8] if header)
        raise Refused(
            _("No column is known here: %(headers)s. The first row must name the columns.", headers=headers)
        )
    return found


def _asked(targets: Targets, path: str | None) -> Target | None:
    if path and path not in targets:
        raise Refused(unknown_field(path, targets))
    return targets[path] if path else None


def unknown_field(name: str, targets: Targets) -> LazyString:
    """Say that a field cannot be imported, and which can."""
    return _("%(name)s cannot be imported here. Fields: %(fields)s.", name=name, fields=", ".join(targets))


def _header_words(screen: Screen, targets: Targets) -> dict[str, Target | None]:
    """Return what each header word means: the screen's own words win over names and labels."""
    words: dict[str, Target | None] = {}
    for path, target in targets.items():
        for word in screen.synonyms.get(path, ()):
            words.setdefault(squeezed(word), target)
    for path, target in targets.items():
        for word in (path, path.rpartition(".")[2], *in_all_languages(target.label)):
            words.setdefault(squeezed(word), target)
    return words


def _columns(sheet: Sheet, words: Mapping[str, Target | None], note: Target | None) -> tuple[Column, ...]:
    """Give each column its target; a field is filled by the first column that names it."""
    found: list[Column] = []
    taken: set[str] = set()
    filled = _filled_columns(sheet)
    for index, header in enumerate(sheet.header):
        target = words.get(squeezed(_MARKS.sub("", header))) if header else None
        if target is not None and target.path in taken:
            target = None
        if target is not None:
            taken.add(target.path)
        found.append(
            Column(
                index, header, target, target is None and bool(header) and note is not None, index in filled
            )
        )
    return tuple(found)


def _filled_columns(sheet: Sheet) -> frozenset[int]:
    return frozenset(
        index for row in sheet.rows for index, value in enumerate(row.values) if value and not value.isspace()
    )


def lost_columns(mapped: Sequence[MappedSheet]) -> list[str]:
    """Return the headers of columns whose values are not taken over."""
    return [
        column.header or f"#{column.index + 1}" for one in mapped for column in one.columns if column.is_lost
    ]
