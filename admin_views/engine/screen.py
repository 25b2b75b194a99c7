"""Screen: what one entity's pages show. Pure data; what a field *is* stands in its model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from flask_babel import LazyString
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tomoiki.core.access import Verb
from tomoiki.core.records import Listed, Record

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from admin_views.engine.hints import Beside

Row = str | tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """Records of another table that point here, shown on the detail page with a button to add one.

    `by` names the field that points here (found by itself when there is only one). A timeline shows them as
    events in time instead of a table, with a small form (`compose`) above it. `first` is what cannot wait: it is
    the first box beside the timeline, and on a phone stands above it.
    """

    model: type[Record]
    list: tuple[str, ...] = ()
    by: str = ""
    timeline: bool = False
    first: bool = False
    compose: tuple[str, ...] = ()
    limit: int = 10


@dataclass(frozen=True)
class Inline:
    """Rows of another table that are filled in with this record, in its own form; saved together or not at all.

    `by` names the field that points here. With `once` the rows are given when the record is made, and stay.
    """

    model: type[Record]
    fields: tuple[str, ...]
    by: str = ""
    once: bool = False


@dataclass(frozen=True)
class Figure:
    """What is reckoned for the records of a page, in at most one query: a column of the list, a fact of the page.

    `run` gets the rows that the viewer sees and returns text, or an amount, by id; `needs` is a field that one
    must see to be told. With the name of a field it is shown in that field's place.
    """

    name: str
    label: LazyString
    run: Callable[[Session, Sequence[Mapping[str, Any]]], Mapping[int, Any]]
    kind: Literal["text", "yen", "block"] = "text"
    needs: str = ""
    reads: tuple[str, ...] = ()  # fields that the list must ask for
    in_list: bool = True
    in_detail: bool = True


@dataclass(frozen=True)
class View:
    """A part of a list that no filter asks for, by name: its rows, and the fields that one must see for them."""

    name: str
    label: LazyString
    rows: Callable[[], ColumnElement[bool]]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A way from the list to a page beside it."""

    label: LazyString
    address: str
    icon: str = "info"


@dataclass(frozen=True)
class Action:
    """A verb on one record: a button on its page, two lines around a service; returns the message to show.

    With `page` the button leads to that address instead, where the verb is asked about (`{id}` is the record's).
    """

    name: str
    label: LazyString
    run: Callable[[Session, Any], str] = lambda session, record: ""
    needs: Verb = "update"
    confirm: LazyString | None = None
    icon: str = "check"
    offered: Callable[[Any], bool] = lambda record: True
    page: str = ""
    after: str = ""  # where it leads, if not to the record


@dataclass(frozen=True)
class Then:
    """What the form of a new record offers along with saving: where to go on from what was saved, by what was typed.

    `only` are the words of the button that saves and does no more.
    """

    label: LazyString
    only: LazyString
    run: Callable[[Session, Any, MultiDict[str, str]], str]


@dataclass(frozen=True)
class Many:
    """A verb on many records at once, beside those that every list has.

    It sets `fields` of them; with `makes` it makes a record of that table for each, which points there by `by`.
    """

    name: str
    label: LazyString
    fields: tuple[str, ...]
    makes: type[Record] | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The declaration of one entity's pages; `only` narrows it to a part of the table."""

    model: type[Listed]
    slug: str
    name: LazyString  # plural, for menu and title
    one: LazyString  # one of them, for buttons: "New case"
    menu: LazyString | None = None
    icon: str = "file"
    list: tuple[
        Row, ...
    ] = ()  # a tuple is a cell with second line; a field of a reference by dot is not needed
    phone: tuple[str, ...] = ()  # fields of the list that a phone leaves out
    filters: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    sort: str = "-id"
    start: str = ""  # arguments with which the menu opens the list: what waits, instead of all there is
    total: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # fields whose values stand counted over the list, each a link to its rows
    figures: tuple[Figure, ...] = ()
    links: tuple[Link, ...] = ()
    facts: tuple[Row, ...] = ()  # the strip that leads the detail page, at most five
    tags: tuple[str, ...] = ()  # codes shown as tags under the title
    form: tuple[Row, ...] = ()
    folds: str = ""  # the field from which on the form of a new record is folded
    taps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # see Input: codes that stand open
    notes: Mapping[str, Callable[[Session], Mapping[str, str]]] = field(default_factory=dict)  # under choices
    beside: Beside | None = None  # what stands beside the form of a new record
    then: Then | None = None
    inlines: tuple[Inline, ...] = ()
    related: tuple[Related, ...] = ()
    actions: tuple[Action, ...] = ()
    many: tuple[Many, ...] = ()
    only: Mapping[str, Any] = field(default_factory=dict)
    importable: tuple[str, ...] | None = None  # None: all fields of the form; paths lead to other records
    synonyms: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # header words of old ledgers by field; "~" begins a pattern
    labels: Mapping[str, LazyString] = field(default_factory=dict)  # words of this screen for a field
    note: LazyString | None = None  # a sentence that stands under the title wherever these records are shown
    quick: LazyString | None = None  # words of a button on every page that makes one; its key is s
    paper: str = "other"  # what a file here is, unless one says otherwise
    big: bool = False  # the table may pass 10,000 rows: every filter needs its index
    creates: bool = True
    deletes: bool = True

    @property
    def records(self) -> type[Record]:
        """The model of a screen that writes: a log has none."""
        return cast("type[Record]", self.model)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the form, in order."""
        return tuple(flat(self.form))

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of the list, in order, second lines included."""
        return tuple(flat(self.list))

    @property
    def imports(self) -> tuple[str, ...]:
        """The fields that lists may fill; none where nothing is created."""
        return (self.fields if self.importable is None else self.importable) if self.creates else ()


def flat(rows: Iterable[Row]) -> Iterable[str]:
    """Yield the names in rows, whether they stand alone or together."""
    for row in rows:
        if isinstance(row, str):
            yield row
        else:
            yield from row
