"""The list page: one select over Core rows, a count and totals that are kept while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape as plain  # of text that is never safe already: twice as fast
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_views.engine.arguments import (
    Arguments,
    Range,
    address_of,
    arguments_of,
    conditions,
    default_sort,
    filterable,
    read_arguments,
    sortable,
    views_for,
)
from admin_views.engine.columns import Columns, columns_of
from admin_views.engine.figures import reckon
from admin_views.engine.filters import FilterControl, controls
from admin_views.engine.grouping import (
    COUNTED,
    GROUPED,
    Counts,
    Group,
    count_choices,
    count_groups,
    count_rows,
    groups_of,
)
from admin_views.engine.lookup import classes
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.named import WORDS, Named
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.rows import (
    Selection,
    in_scope,
    label_of,
    label_shower,
    label_text,
    params,
    record_named,
    selection,
    shown,
)
from admin_views.engine.saved_views import Chip, chips, list_address, opening
from admin_views.engine.screen import Figure, Screen
from admin_views.engine.values import Show, excerpt, label, labels, plain_text, separator, shower, yen
from admin_views.engine.verbs import select_cell, verbs_of
from tomoiki.core.database import db
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.merging import is_mergeable, standing
from tomoiki.core.records import Listed
from tomoiki.core.search import indexed_classes, matching

Row = Mapping[str, Any]
Cell = Callable[[Row], str]
Answers = tuple[int, tuple[int, ...], Counts]  # rows, totals, counts over the list


@dataclass(frozen=True)
class Column:
    """One column of the list: its leading field, what its head says, and how a row reads in it."""

    field: Field
    html: Cell
    label: str
    css: str
    sort: str
    aria_sort: str


def looks(what: Field, label: str) -> tuple[str, str]:
    """Return the class of a field's cells, and what stands before its value on a phone: others explain themselves."""
    is_number = what.kind in ("yen", "integer")
    is_named = is_number or what.kind in ("day", "moment", "flag")
    return "num" if is_number else "nw" if what.kind == "day" else "", str(escape(label)) if is_named else ""


def row_cell(shows: Sequence[tuple[str, Show]], css: str, phone: str) -> Cell:
    """Return what writes a row's cell: the first value, those of the second line, and on a phone the field's name."""
    (first, show), *more = shows
    mark = f' class="{css}"' if css else ""
    filled, bare = f'<td{mark} data-l="{phone}">' if phone else f"<td{mark}>", f"<td{mark}>"

    def alone(row: Row) -> str:
        text = show(row.get(first))
        return f"{filled}{text}</td>" if text else f"{bare}</td>"

    def with_second_line(row: Row) -> str:
        sub = " ・ ".join(part for name, show in more if (part := show(row.get(name))))
        return alone(row)[:-5] + f'<span class="sub">{sub}</span></td>' if sub else alone(row)

    return with_second_line if more else alone


def lead_cell(shows: Sequence[tuple[str, Show]], css: str, slug: str) -> Cell:
    """Return what writes the first cell of a row: the link to its record, what tells it apart under it."""

    def cell_of(row: Row) -> str:
        # What names a record must be read: where the first field is empty the next one leads.
        first, *rest = [part for name, show in shows if (part := show(row.get(name)))] or ["—"]
        link = f'<td class="{css}"><a class="row-link" href="/{slug}/{row["id"]}">{first}</a>'
        return f'{link}<span class="sub">{" ・ ".join(rest)}</span></td>' if rest else f"{link}</td>"

    return cell_of


class ListPages(ScreenPages):
    """The route of the list; mixed into the engine's view."""

    @expose("/")
    def index_view(self) -> Any:
        """Show the list that the address asks for, or the view that she opens it with."""
        if not request.args and (view := opening(self.screen)):
            return redirect(view.address(self.screen))
        asked = read_arguments(self.screen, request.args)
        bulk = verbs_of(self.screen)
        asked.selects = asked.selects and bool(bulk)
        listing = Listing(self.screen, asked, self.reckoned)
        return self.render("engine/list.html", listing=listing, screen=self.screen, bulk=bulk)


class Listing:
    """What the list page shows."""

    def __init__(self, screen: Screen, asked: Arguments, reckoned: Any) -> None:
        """Ask the database: count and totals (unless known), the rows, and what they hold several of."""
        self.screen, self.asked = screen, asked
        session = db.session()
        self.parts, self.selection = office().kept.get(
            seen_alike("selection", screen.slug, asked.columns), self._select
        )
        answers: Answers = (
            reckoned.get(session, self._question(), lambda: self._reckon(session))
            if screen.model.__is_logged__
            else self._reckon(session)
        )
        self.count, self.totals, self._counts = answers
        self.pages = max(1, -(-min(self.count, COUNTED) // asked.per_page))
        if not self.is_capped:
            asked.page = min(asked.page, self.pages)
        self.rows = self._rows(session) if self.count else []
        if self.is_capped and not self.rows:  # beyond the end, which nobody counted
            asked.page = self.pages
            self.rows = self._rows(session)
        self.columns = office().kept.get(
            seen_alike("columns", screen.slug, asked.columns, asked.sort), self._columns
        )

    def _select(self) -> tuple[Columns, Selection]:
        parts = columns_of(self.screen, self.asked.columns)
        return parts, selection(self.screen.model, parts.fields)

    # -- asking ----------------------------------------------------------------------------------------------------
    def _question(self) -> tuple[Any, ...]:
        who = viewer()
        return self.screen.slug, who.roles, tuple(params().items()), self.asked.key

    def _where(self, but: str = "") -> list[ColumnElement[bool]]:
        return asked_rows(self.screen, self.asked, but)

    def _reckon(self, session: Session) -> Answers:
        table = self.screen.model.__table__
        columns = [shown(self.screen.model, table, name, viewer()) for name in self._totalled()]
        sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in columns]
        count, *totals = count_rows(session, self.screen, sums, self._where)
        counts = {} if count > GROUPED else count_groups(session, self.screen, self._where)
        return count, tuple(totals), counts

    def _totalled(self) -> list[str]:
        return [name for name in self.screen.total if access().shows(viewer(), self.screen.model, name)]

    def _rows(self, session: Session) -> list[dict[str, Any]]:
        asked = self.asked
        place = {"rows": asked.per_page, "skipped": (asked.page - 1) * asked.per_page}
        statement = (
            self._statement()
            if asked.view  # its condition may name a day
            else office().asked.get(
                seen_alike("page", self.screen.slug, asked.columns, asked.sort, asked.key), self._statement
            )
        )
        found: list[dict[str, Any]] = self.selection.rows(
            session, session.execute(statement, params() | place).all()
        )
        for figure in self.parts.figures:
            said = reckon(session, figure, found)
            for row in found:
                row[_key(figure)] = said.get(row["id"], "")
        return found

    def _statement(self) -> sa.Select[Any]:
        return page_of(self.selection, self._where(), self._order())

    def _order(self) -> tuple[str, bool]:
        return asked_order(self.screen, self.asked)

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more rows than were counted."""
        return self.count > COUNTED

    @property
    def count_text(self) -> str:
        """Return the number of rows as it is written."""
        return f"{COUNTED:,}+" if self.is_capped else f"{self.count:,}"

    @property
    def has_next(self) -> bool:
        """Tell whether there may be a page after this."""
        return self.asked.page < self.pages or (self.is_capped and len(self.rows) == self.asked.per_page)

    # -- showing ---------------------------------------------------------------------------------------------------
    def _columns(self) -> list[Column]:
        known, sorts = fields_of(self.screen.model), sortable(self.screen)
        lead = next((part for part in self.parts.parts if not isinstance(part, Figure)), ())
        return [
            _figure_column(part)
            if isinstance(part, Figure)
            else self._column([known[name] for name in part], sorts, leads=part is lead)
            for part in self.parts.parts
        ]

    def _column(self, parts: list[Field], sorts: frozenset[str], *, leads: bool) -> Column:
        lead = parts[0]
        status = self.screen.model.__moves__
        shows = [
            (part.name, cell(part, is_status=bool(status and status.field == part.name))) for part in parts
        ]
        name, is_down = self._order()
        sort = ("" if name != lead.name or is_down else "-") + lead.name if lead.name in sorts else ""
        aria = ("descending" if is_down else "ascending") if name == lead.name else ""
        if leads:
            if lead.format is not None and lead.format.link:  # a link within the link to the record
                shows[0] = (lead.name, lambda value: plain(plain_text(lead, value)))
            number = self.screen.model.__numbering__
            css = "first nw" if number and number.field == lead.name else "first"
            return Column(lead, lead_cell(shows, css, self.screen.slug), self.label(lead), css, sort, aria)
        css, phone = looks(lead, self.label(lead))
        if lead.name in self.screen.phone:
            css = f"{css} hide".lstrip()
        return Column(lead, row_cell(shows, css, phone), self.label(lead), css, sort, aria)

    def label(self, what: Field) -> str:
        """Return the field's label in this screen's words."""
        return str(self.screen.labels.get(what.name, what.label))

    def body(self) -> str:
        """Return the rows' HTML; made here, not in the template: fifty rows in a fraction of a millisecond."""
        cells = [column.html for column in self.columns]
        if self.asked.selects:
            cells[:0] = [select_cell(cells[0])]
        return "\n".join(
            f'<tr data-id="{row["id"]}">{"".join([html(row) for html in cells])}</tr>' for row in self.rows
        )

    def address(self, **changes: Any) -> str:
        """Return the list's address with these arguments changed (None takes one away)."""
        pairs = [(name, value) for name, value in self.asked.to_query() if name not in changes]
        pairs += [("select", "1")] if self.asked.selects and "select" not in changes else []
        pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
        return list_address(self.screen, pairs)

    def beside(self, page: str) -> str:
        """Return the address of a page that is about this list."""
        return address_of(f"/{self.screen.slug}/{page}", self.asked.to_query())

    @property
    def whole(self) -> str:
        """Return where all rows stand."""
        return list_address(self.screen, ())

    @property
    def saved(self) -> list[Chip]:
        """Return the saved views of the list."""
        return chips(self.screen, self.asked)

    @property
    def query(self) -> str:
        """Return what the list was asked for, as a form carries it."""
        return urlencode(self.asked.to_query())

    def export_address(self, kind: str) -> str:
        """Return where this list is exported."""
        return export_address(self.screen, self.asked, kind)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Return each filter in force in words, with the address that lets it go."""
        gone = {name: dict.fromkeys(arguments_of(name)) for name in ("view", *self.asked.filters)}
        return [
            (text, self.address(**gone[name])) for name, text in filters_in_words(self.screen, self.asked)
        ]

    @property
    def groups(self) -> list[Group]:
        """Return the counts over the list."""
        return groups_of(self.screen, self._counts, self.asked.filters, self.address)

    @property
    def controls(self) -> list[FilterControl]:
        """Return the filter form's controls; asked for and counted only when it is open."""
        counts = count_choices(db.session(), self.screen, filterable(self.screen), self._where)
        return controls(self.screen, counts, self.asked.filters, self.address)

    @property
    def views(self) -> list[tuple[str, str, bool]]:
        """Return the list's named parts: label, address, whether it is the one shown."""
        found = []
        for view in views_for(self.screen):
            is_on = view == self.asked.view
            found.append((str(view.label), self.address(view=None if is_on else view.name), is_on))
        return found

    @property
    def can_search(self) -> bool:
        """Tell whether this table is in the search index."""
        return bool(indexed_classes(self.screen.model, None))

    @property
    def can_merge(self) -> bool:
        """Tell whether two of these records may be merged into one."""
        return is_mergeable(self.screen.model)

    @property
    def total_texts(self) -> list[tuple[str, str]]:
        """Return label and sum of each total, over all rows that match."""
        known = fields_of(self.screen.model)
        return [
            (self.label(known[name]), yen(total) if known[name].kind == "yen" else str(total))
            for name, total in zip(self._totalled(), self.totals, strict=True)
        ]


def _key(figure: Figure) -> str:
    return f"figure.{figure.name}"


def _figure_column(figure: Figure) -> Column:
    what = Field(figure.label, name=figure.name, kind="yen" if figure.kind == "yen" else "text")
    is_number = figure.kind == "yen"
    css, phone = ("num", str(escape(str(figure.label)))) if is_number else ("", "")
    return Column(what, row_cell([(_key(figure), str)], css, phone), str(figure.label), css, "", "")


def filters_in_words(screen: Screen, asked: Arguments) -> Iterator[tuple[str, str]]:
    """Yield each filter in force by the argument that carries it, and what it says."""
    if asked.view:
        yield "view", str(asked.view.label)
    for name, value in asked.filters.items():
        what = fields_of(screen.model)[name]
        yield name, f"{screen.labels.get(name, what.label)}: {_words(what, value)}"


def _words(what: Field, value: Any) -> str:
    if isinstance(value, Named):
        return str(WORDS[value.word])
    if isinstance(value, Range):
        return f"{value.low_text} – {value.high_text}"
    if what.kind == "flag":
        return separator().join(_("Yes") if item == "yes" else _("No") for item in value)
    if what.kind == "ref":
        return separator().join(reference_texts(what, value).get(item, "?") for item in value)
    return separator().join(label(what.choices, item) if what.choices else str(item) for item in value)


def reference_texts(what: Field, ids: Sequence[int]) -> dict[int, str]:
    """Return the labels of these records, those that the viewer may see."""
    target = record_named(what.target)
    table = target.__table__
    text = label_of(target, table, viewer())
    if text is None or not ids:
        return {}
    scope = access().scope(viewer(), target) if access().may(viewer(), "read", target) else None
    chosen = [table.c.id.in_(ids), *([scope] if scope is not None else [])]
    rows = db.session.execute(sa.select(table.c.id, text).where(*chosen), params())
    return {row[0]: label_text(target, row[1]) for row in rows}


def export_address(screen: Screen, asked: Arguments, kind: str) -> str:
    """Return where a list is exported: all its pages, with its search, filters and order."""
    pairs = [(name, value) for name, value in asked.to_query() if name not in ("per_page", "columns")]
    return address_of(f"/{screen.slug}/export.{kind}", pairs)


def asked_rows(screen: Screen, asked: Arguments, but: str = "") -> list[ColumnElement[bool]]:
    """Return the conditions of the rows that a list (all its pages) holds for this viewer; `but` for one filter."""
    filters = {name: value for name, value in asked.filters.items() if name != but}
    picked = [asked.view.rows()] if asked.view else []
    picked += [screen.model.id.in_(asked.ids)] if asked.ids else []
    return [
        *conditions(screen, filters),
        *picked,
        *standing(screen.model),
        readable(screen.model, asked.query),
    ]


def asked_order(screen: Screen, asked: Arguments) -> tuple[str, bool]:
    """Return the field that a list is sorted by, and whether downwards."""
    order = asked.sort or default_sort(screen)
    return order.removeprefix("-"), order.startswith("-")


def readable(model: type[Listed], query: str = "") -> ColumnElement[bool]:
    """Return the condition of rows this viewer may read and, with a query, may find by it under each of her masks."""
    who, may, dialect = viewer(), access(), db.engine.dialect.name
    if not query:
        scope = may.scope(who, model)
        return sa.true() if scope is None else scope
    found = []
    for mask in may.masks(who, model):
        match = matching(model, query, classes(model, mask), dialect)
        found.append(sa.and_(mask.rows(), match) if mask.rows else match)
    return sa.or_(*found) if found else sa.false()


def page_of(
    chosen: Selection, where: Sequence[ColumnElement[bool]], order: tuple[str, bool]
) -> sa.Select[Any]:
    """Return the select of `rows` rows after the first `skipped`: ids in order and limited, then the joins (notes 3)."""
    page = ordered_ids(chosen.model, where, order).subquery("page")
    joined = chosen.joined.join(page, page.c.id == chosen.model.__table__.c.id)
    return (
        sa.select(*chosen.columns)
        .select_from(joined)
        .order_by(*ordering(page.c.sort_key, page.c.id, order[1]))
    )


def ordered_ids(
    model: type[Listed], where: Sequence[ColumnElement[bool]], order: tuple[str, bool]
) -> sa.Select[Any]:
    """Return the select of ids and what they are sorted by: `rows` of them after the first `skipped`."""
    table, (name, is_down) = model.__table__, order
    key, start = sort_key(model, name)
    ids = sa.select(table.c.id, key.label("sort_key")).select_from(start).where(*where)
    return (
        ids.order_by(*ordering(key, table.c.id, is_down))
        .limit(sa.bindparam("rows", type_=sa.Integer))
        .offset(sa.bindparam("skipped", type_=sa.Integer))
    )


def ordering(key: ColumnElement[Any], tie: ColumnElement[Any], is_down: bool) -> list[ColumnElement[Any]]:
    """Return the order by this key, the record's id last so that pages never overlap; on both databases alike."""
    turn = sa.desc if is_down else sa.asc
    return [turn(tie)] if key is tie else [turn(key), turn(tie)]


def sort_key(model: type[Listed], name: str) -> tuple[ColumnElement[Any], Any]:
    """Return what to sort by: the column itself, or a reference's label, with the tables it needs."""
    table = model.__table__
    what = fields_of(model).get(name)
    if what is None or what.kind != "ref":
        return table.c.id if name == "id" else shown(model, table, name, viewer()), table
    target = record_named(what.target)
    far = target.__table__.alias("sorted")
    text = label_of(target, far, viewer())
    is_seen = [table.c[f"{name}_id"] == far.c.id, in_scope(target, far, viewer())]
    if (rows := access().rows_showing(viewer(), model, name)) is not None:
        is_seen.append(rows)
    return far.c.id if text is None else text, table.outerjoin(far, sa.and_(*is_seen))


def cell(what: Field, *, is_status: bool = False) -> Show:
    """Return how this field reads in a list."""
    if what.kind == "ref":
        name = label_shower(record_named(what.target))
        return lambda value: plain(name(value)) if value is not None else ""
    if what.kind == "codes" and what.choices:
        words = shower_of_codes(what)
        return lambda values: words(values or [])
    if what.kind == "long" or (what.narrative and what.kind == "text"):
        return lambda value: str(escape(excerpt(value))) if value else ""
    if what.name == "kind" or what.kind != "flag":
        return shower(what, is_status=is_status)
    return lambda value: str(escape(_("Yes"))) if value else ""


def shower_of_codes(what: Field) -> Any:
    """Return the function that reads several codes in a line."""
    known = {code: str(escape(word)) for code, word in labels(what.choices).items()} if what.choices else {}
    join = separator()
    return lambda values: join.join([known.get(code) or str(escape(code)) for code in values])
