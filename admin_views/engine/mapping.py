"""Which column of a file fills which field: by the words of its header, or as a person said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_views.engine.office import access
from admin_views.engine.screen import Screen
from tomoiki.core.access import Viewer
from tomoiki.core.fields import Field, fields_of, model_named
from tomoiki.core.layout import Choice, lay_out
from tomoiki.core.ledgers import in_all_languages, ledger_of, squeezed
from tomoiki.core.records import Record, model_of
from tomoiki.core.tables import Grid, Refused, Sheet

ID = "id"  # our own exports begin with it; 「ID」 of another program is another word
TO_NOTE = "~note"  # said of a column that shall go into the note
REASON = _("Reason why it was not imported")  # the last column of the file of rejected rows
_MARKS = re.compile(
    r"[*＊※:：]|[(（](?:必須|任意|required|bắt buộc)[)）]|^\s*(?:Q?[0-9]{1,2}[.)．、]|[①-⑳])", re.IGNORECASE
)
_BRACKETS = re.compile("[(（\\[［【]([^()（）\\[\\]［］【】]*)[)）\\]］】]")
_PATTERN = "~"
_READABLE = frozenset({"text", "long", "day", "moment", "yen", "integer", "flag", "choice", "codes", "ref"})


class Step(NamedTuple):
    """How one part of a path leads on: to the record that `by` points at, or to one that points here by `by`."""

    model: type[Record]
    by: str
    is_up: bool


@dataclass(frozen=True)
class Target:
    """A field that a column may fill: of the record, or of another one that its path leads to."""

    path: str
    model: type[Record]
    field: Field
    label: LazyString | str
    is_extra: bool = False

    @property
    def owner(self) -> str:
        """Return the part of the path that leads to the record of the field, or nothing for the main one."""
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
    is_id: bool = False
    is_reason: bool = False

    @property
    def is_lost(self) -> bool:
        """Tell whether values stand in it that are not taken over."""
        return self.has_values and self.target is None and not self.into_note and not self.is_id


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
    def has_id(self) -> bool:
        """Tell whether it is an export of ours, whose rows name their records."""
        return any(column.is_id for column in self.columns)

    def header_of(self, path: str) -> str:
        """Return the column's own words for a field; for a record as a whole those of its first column."""
        for column in self.columns:
            if column.target and column.target.path == path:
                return column.header
        inside = (c.header for c in self.columns if c.target and c.target.path.startswith(f"{path}."))
        return next(inside, "")

    def column_of(self, path: str) -> Column | None:
        """Return the column that fills a field."""
        return next((column for column in self.columns if column.target and column.target.path == path), None)


@dataclass(frozen=True)
class Given:
    """What a person said of a file, over what is found: fields by header, and the choice for each sheet."""

    columns: Mapping[str, str | None] | None = None
    sheets: Mapping[str, Choice] | None = None

    def choice(self, sheet: str) -> Choice:
        """Return what was said of this sheet."""
        return (self.sheets or {}).get(sheet, Choice())


@dataclass(frozen=True)
class Mapped:
    """The sheets that are read, and those that are not, with the reason."""

    sheets: Sequence[MappedSheet]
    ignored: Sequence[tuple[Sheet, LazyString]]


@cache
def step(model: type[Record], name: str) -> Step:
    """Return where one part of a path leads; raise LookupError when nowhere."""
    field = fields_of(model).get(name)
    if field is not None and field.kind == "ref":
        return Step(model_named(field.target), name, is_up=True)  # type: ignore[arg-type]  # refs point at Records
    child = model_of(name)
    (by,) = (f.name for f in fields_of(child).values() if f.kind == "ref" and f.target == model.__name__)
    return Step(child, by, is_up=False)


@cache
def model_at(model: type[Record], owner: str) -> type[Record]:
    """Return the model to which a path leads."""
    for name in filter(None, owner.split(".")):
        model = step(model, name).model
    return model


def targets_of(screen: Screen, viewer: Viewer) -> Targets:
    """Return the importable fields that this viewer may fill, by path, in the order of the declaration."""
    found = (_target(screen, path) for path in screen.imports)
    return {target.path: target for target in found if target and _may_fill(viewer, target)}


def _target(screen: Screen, path: str) -> Target | None:
    owner, _dot, name = path.rpartition(".")
    model = model_at(screen.records, owner)
    extra = ledger_of(model).extras.get(name)
    field = replace(extra, name=name) if extra else fields_of(model)[name]
    if field.kind not in _READABLE:
        return None
    return Target(path, model, field, screen.labels.get(path, field.label), extra is not None)


def _may_fill(viewer: Viewer, target: Target) -> bool:
    may = access()
    sees = target.is_extra or may.sees(viewer, target.model, target.field.name)
    return sees and may.may(viewer, "create", target.model)


def note_target(screen: Screen, viewer: Viewer) -> Target | None:
    """Return the field for what has no home, if the table has one that this viewer may fill."""
    field = fields_of(screen.records).get(ledger_of(screen.records).note)
    if field is None or field.kind not in ("long", "json"):
        return None
    target = Target(field.name, screen.records, field, field.label)
    return target if _may_fill(viewer, target) else None


def map_sheets(  # noqa: PLR0913, PLR0917 - what is mapped to what, by whose words
    screen: Screen,
    grids: Iterable[Grid],
    targets: Targets,
    note: Target | None,
    given: Given,
    filename: str,
    *,
    is_strict: bool = True,
) -> Mapped:
    """Lay out and map every sheet; one that is no such list is left out.

    A file of none else is refused, unless a person is about to map it (not `is_strict`): she sees all of it.
    """
    asked = {squeezed(header): path for header, path in (given.columns or {}).items()}
    said = {header: _asked(targets, path) for header, path in asked.items()}
    known = _Words(screen, targets, said, frozenset(h for h, path in asked.items() if path == TO_NOTE))
    sheets = [lay_out(grid, known, given.choice(grid.name), filename) for grid in grids]
    mapped = [MappedSheet(sheet, _columns(sheet, known, note)) for sheet in sheets]
    ignored = {
        one.sheet.name: reason
        for one in mapped
        if (reason := _why_ignored(one, mapped, screen, given.choice(one.sheet.name), is_strict=is_strict))
    }
    taken = [one for one in mapped if one.sheet.name not in ignored] or ([] if is_strict else mapped)
    if not taken:
        headers = ", ".join(header[:40] for sheet in sheets for header in sheet.header[:8] if header)
        raise Refused(
            _("No column is known here: %(headers)s. One row must name the columns.", headers=headers)
        )
    return Mapped(taken, [(one.sheet, ignored[one.sheet.name]) for one in mapped if one not in taken])


def _why_ignored(
    one: MappedSheet, all_sheets: Sequence[MappedSheet], screen: Screen, choice: Choice, *, is_strict: bool
) -> LazyString | None:
    """Say why a sheet is not read: left out by a person, or another kind of list beside the right one."""
    is_wanted = choice.is_left_out is False
    if choice.is_left_out:
        return _("left out as you chose")
    if not one.targets and not one.has_id and (is_strict or not is_wanted):
        return _("no column is known")
    lacking = [_lacks_vital(other, screen) for other in all_sheets]
    if not is_wanted and _lacks_vital(one, screen) and not all(lacking):
        return _("a summary: it lacks what every row of the list has")
    return None


def _lacks_vital(one: MappedSheet, screen: Screen) -> bool:
    filled = {target.path for target in one.targets}
    return not one.has_id and any(not filled & set(group) for group in ledger_of(screen.records).vital)


def _asked(targets: Targets, path: str | None) -> Target | None:
    if path in (None, "", TO_NOTE):
        return None
    if path not in targets:
        raise Refused(unknown_field(path, targets))
    return targets[path]


def unknown_field(name: str, targets: Targets) -> LazyString:
    """Say that a field cannot be imported, and which can."""
    return _("%(name)s cannot be imported here. Fields: %(fields)s.", name=name, fields=", ".join(targets))


class _Words:
    """What each header word means: as a person said, then the screen's own words, names and labels, patterns."""

    def __init__(
        self, screen: Screen, targets: Targets, said: Mapping[str, Target | None], noted: frozenset[str]
    ) -> None:
        self.said, self.noted = said, noted
        self.exact = _header_words(screen, targets)
        self.labels: dict[str, Target | None] = {
            squeezed(word): targets.get(name)
            for name, what in list(fields_of(screen.records).items())[::-1]
            for word in in_all_languages(screen.labels.get(name, what.label))
        }
        self.patterns = [
            (re.compile(word.removeprefix(_PATTERN), re.IGNORECASE), target)
            for path, target in targets.items()
            for word in screen.synonyms.get(path, ())
            if word.startswith(_PATTERN)
        ]

    def __call__(self, header: str) -> bool:
        """Tell whether the word is known."""
        return header.strip() == ID or self.is_reason(header) or self.find(header) is not None

    def find(self, header: str, *, is_export: bool = False) -> Target | None:
        """Return what the header names; in an export of ours the label of a field is that field and no other."""
        whole = squeezed(header)
        if whole in self.said:
            return self.said[whole]
        if is_export and whole in self.labels:
            return self.labels[whole]
        for word in _readings(header):
            if word in self.exact:
                return self.exact[word]
        return next((target for pattern, target in self.patterns if pattern.search(whole)), None)

    @staticmethod
    def is_reason(header: str) -> bool:
        """Tell whether it is our own column of a file of rejected rows."""
        return squeezed(header) in {squeezed(word) for word in in_all_languages(REASON)}


def _readings(header: str) -> Iterator[str]:
    """Yield ways to read a header: whole, what its brackets add, without them: 氏名（ふりがな）, 金額(円)."""
    yield squeezed(header)
    bare = _MARKS.sub("", header)
    yield squeezed(bare)
    yield from (squeezed(inside) for inside in _BRACKETS.findall(bare))
    yield squeezed(_BRACKETS.sub("", bare))


def _header_words(screen: Screen, targets: Targets) -> dict[str, Target]:
    words: dict[str, Target] = {}
    for path, target in targets.items():
        for word in screen.synonyms.get(path, ()):
            words.setdefault(squeezed(word), target)
    for path, target in targets.items():
        for word in (path, *in_all_languages(target.label)):
            words.setdefault(squeezed(word), target)
    for path, target in targets.items():
        words.setdefault(squeezed(path.rpartition(".")[2]), target)
    return words


def _columns(sheet: Sheet, known: _Words, note: Target | None) -> tuple[Column, ...]:
    """Give each column its target; a field is filled by the first column that names it."""
    found: list[Column] = []
    taken: set[str] = set()
    filled = _filled_columns(sheet)
    has_id = sheet.header[:1] == (ID,)
    for index, header in enumerate(sheet.header):
        target = known.find(header, is_export=has_id) if header else None
        if target is not None and target.path in taken:
            target = None
        if target is not None:
            taken.add(target.path)
        is_id, is_reason = has_id and index == 0, known.is_reason(header)
        is_ours = is_reason or has_id or squeezed(header) in known.said.keys() - known.noted
        into_note = target is None and bool(header) and note is not None and not is_ours
        has_values = index in filled and not is_reason
        target = None if is_id else target
        found.append(Column(index, header, target, into_note, has_values, is_id, is_reason))
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
