"""The detail page: what leads, the rest of the record, and the records that point at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import abort, make_response, redirect, request, session
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement

from admin_views.engine.arguments import parse_id
from admin_views.engine.attached import Files, files_of
from admin_views.engine.days import chip
from admin_views.engine.figures import reckon, visible_figures
from admin_views.engine.listing import cell, looks, ordering
from admin_views.engine.lookup import Found, named
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.moving import Move, is_unsettled, moves_of
from admin_views.engine.office import access, office, seen_alike, viewer
from admin_views.engine.place import place_of
from admin_views.engine.rows import (
    Selection,
    is_opened,
    label_text,
    may_rows,
    name_in,
    opened_rows,
    params,
    record_named,
    selection,
)
from admin_views.engine.screen import Action, Figure, Inline, Related, Screen
from admin_views.engine.values import label, paragraphs, plain_text, shower, tone
from tomoiki.core.access import Verb
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo, now, today
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.history import log_access
from tomoiki.core.merging import MERGED, is_mergeable
from tomoiki.core.records import Listed
from tomoiki.core.wordings import chooseable

COMPOSED = 5
VERBS_ON_IT: tuple[Verb, ...] = ("update", "delete")
NO_HTML = Markup("")
OPEN_HOURS = 1  # how long a reason opens a secret record in this session


@dataclass(frozen=True)
class Fact:
    """A field on the detail page: label and HTML; a secret one has neither value nor hint until it is shown."""

    name: str
    label: str
    html: Markup
    sub: Markup = NO_HTML
    is_secret: bool = False
    is_long: bool = False


@dataclass(frozen=True)
class RelatedTable:
    """Records that point here: their columns, rows, how many there are, and where to add one."""

    screen: Screen
    related: Related
    by: str
    heads: Sequence[tuple[str, str, str]]  # what a head says, its class, what it says on a phone
    rows: Sequence[tuple[int, Sequence[str]]]
    lines: Sequence[
        tuple[int, Sequence[str], str]
    ]  # the rows, the mark of how near a day is apart from the rest
    events: Sequence[Mapping[str, Any]]
    count: int
    may_add: bool
    compose: Any = None


class DetailPages(ScreenPages):
    """The routes of the detail page and of showing a secret field; mixed into the engine's view."""

    @expose("/<key>")
    def details_view(self, key: str) -> Any:
        """Show a record."""
        return self._detail_page(self.read_row(key), ())

    @expose("/<key>/reveal", methods=("POST",))
    def reveal_view(self, key: str) -> Any:
        """Show one secret field; that it was shown is written down."""
        row = self.read_row(key)
        name = request.form.get("field", "")
        known = fields_of(self.model).get(name)
        if known is None or not known.secret or name not in row:
            abort(404)
        log_access("reveal", self.model.__tablename__, row["id"], name)
        answer = self._detail_page(row, (name,))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @expose("/<key>/reason", methods=("POST",))
    def reason_view(self, key: str) -> Any:
        """Open a record that asks for a reason: the reason is written down, the record opens for an hour."""
        record_id = self.find_behind_reason(key)
        if record_id is None:
            self.refuse(parse_id(key), 404)
        reason = request.form.get("reason", "").strip()[:300]
        if not reason:
            return self.ask_reason(key, missing=True)
        log_access("reason", self.model.__tablename__, record_id, reason)
        until = now().replace(microsecond=0).timestamp() + OPEN_HOURS * 3600
        session["opened"] = [*session.get("opened", [])[-20:], [self.model.__tablename__, record_id, until]]
        return redirect(f"/{self.screen.slug}/{record_id}", 303)

    def ask_reason(self, key: str, *, missing: bool = False) -> Any:
        """Show the form that asks for a reason; it holds nothing of the record."""
        page = self.render("engine/reason.html", screen=self.screen, key=key, missing=missing)
        return make_response(page, 422 if missing else 200)

    def show_refused(self, row: dict[str, Any], files: Files | None) -> Any:
        """Show the page with the files that were not taken, and why."""
        answer = self._detail_page(row, (), files)
        answer.status_code = 422
        return answer

    def _detail_page(self, row: dict[str, Any], revealed: Sequence[str], files: Files | None = None) -> Any:
        detail, place = Detail(self.screen, row, revealed, files), place_of(self.screen, row["id"])
        page = self.render("engine/detail.html", screen=self.screen, detail=detail, place=place)
        if any(field.personal or field.narrative for field in fields_of(self.model).values()):
            log_access("view", self.model.__tablename__, row["id"])
        return make_response(page)


class Detail:
    """What the detail page shows of one record."""

    def __init__(
        self, screen: Screen, row: dict[str, Any], revealed: Sequence[str], files: Files | None = None
    ) -> None:
        """Ask for the related records and the files."""
        self.screen, self.row, self.revealed = screen, row, revealed
        self.id: int = row["id"]
        self.files = files or files_of(screen, self.id)
        self.figures = [self._figure(one) for one in visible_figures(screen) if one.in_detail]
        self.related = [
            table
            for related in screen.related
            if self._shows(related.model.__tablename__) and (table := related_table(screen, self.id, related))
        ]
        if self.merged_into:  # what stayed with it is shown, nothing is added
            self.related = [replace(table, may_add=False) for table in self.related if table.count]

    def _shows(self, table: str) -> bool:
        """Tell whether one of the masks through which she sees this very record shows the rows of that table.

        A mask names tables too: those on the page.
        """
        for grant in access().grants(viewer(), self.screen.model):
            fields = self.known.keys() if grant.fields is None else self.known.keys() & grant.fields
            if fields <= self.row.keys() and (grant.fields is None or table in grant.fields):
                return True
        return False

    def _figure(self, figure: Figure) -> Fact:
        html = reckon(db.session(), figure, [self.row]).get(self.id, Markup("—"))
        return Fact(figure.name, str(figure.label), html, is_long=figure.kind == "block")

    @property
    def actions(self) -> list[Action]:
        """Return the verbs that she may do, and that this record takes."""
        may, who, model = access(), viewer(), self.screen.model
        allowed = [one for one in self.screen.actions if may.may(who, one.needs, model)]
        record = db.session.get(model, self.id) if allowed else None
        return [one for one in allowed if one.offered(record)]

    @property
    def title(self) -> str:
        """Return what names the record: its title where it has one, else its label."""
        return name_in(self.screen.model, self.row, self.screen.columns[:1])

    @property
    def known(self) -> Mapping[str, Field]:
        """Return the model's fields."""
        return fields_of(self.screen.model)

    @property
    def number(self) -> str:
        """Return the record's own number, if it has one that is not its title."""
        rule = self.screen.model.__numbering__
        found = str(self.row.get(rule.field) or "") if rule else ""
        return "" if found == self.title else found

    @property
    def status(self) -> Markup:
        """Return the mark of the record's state."""
        moves = self.screen.model.__moves__
        if not moves or moves.field not in self.row:
            return Markup("")
        return Markup(shower(self.known[moves.field], is_status=True)(self.row[moves.field]))  # noqa: S704 - escaped there

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Return label and tone of the tags under the title; of a single code only what calls for attention."""
        found = []
        for name in self.screen.tags:
            values, choices = self.row.get(name) or [], self.known[name].choices
            codes = [values] if isinstance(values, str) else values
            pairs = [(label(choices, code), tone(choices, code)) for code in codes] if choices else []
            found += [pair for pair in pairs if self.known[name].is_plural or pair[1]]
        return found

    @property
    def facts(self) -> list[Fact]:
        """Return the strip of at most five facts."""
        found = []
        for row in self.screen.facts:
            names = [name for name in ((row,) if isinstance(row, str) else row) if name in self.row]
            if names:
                lead, *rest = [self._fact(name) for name in names]
                subs = Markup(" ・ ").join(fact.html for fact in rest if fact.html)
                found.append(Fact(lead.name, lead.label, lead.html or Markup("—"), subs))
        return found + [fact for fact in self.figures if not fact.is_long]

    @property
    def blocks(self) -> list[Fact]:
        """Return the figures that need a section of their own."""
        return [fact for fact in self.figures if fact.is_long]

    @property
    def rest(self) -> list[Fact]:
        """Return all other fields that are filled, in the form's order, then those nobody fills in."""
        leading = {name for row in self.screen.facts for name in ((row,) if isinstance(row, str) else row)}
        leading |= {self.screen.columns[0], *self.screen.tags, *(one.name for one in self.screen.figures)}
        names = [*self.screen.fields, *(name for name in self.known if name not in self.screen.fields)]
        shown = [
            name for name in names if name in self.row and name not in leading and not self._is_title(name)
        ]
        return [fact for name in shown if (fact := self._fact(name)).html or fact.is_secret]

    def _is_title(self, name: str) -> bool:
        moves, rule = self.screen.model.__moves__, self.screen.model.__numbering__
        return name in (moves.field if moves else "", rule.field if rule else "")

    def _fact(self, name: str) -> Fact:
        field, value = self.screen.model.field_as(name, self.row), self.row.get(name)
        label = str(self.screen.labels.get(name, field.label))
        if field.secret and name not in self.revealed:
            return Fact(name, label, Markup(""), is_secret=value is not None)
        return Fact(name, label, self._html(field, value), is_long=field.long)

    def _html(self, field: Field, value: Any) -> Markup:
        if value is None or value in ("", []):
            return Markup("")
        if field.kind == "ref":
            return self._link(field, value)
        if field.kind == "refs":
            target = record_named(field.target)
            return Markup("、").join(label_text(target, item) for item in value)
        if field.kind == "long" or field.long:
            return paragraphs(value)
        if field.kind == "json":
            return (
                Markup("<br>").join(f"{key}: {item}" for key, item in value.items())
                if isinstance(value, dict)
                else Markup("")
            )
        return Markup(cell(field)(value) if field.narrative is False else escape(plain_text(field, value)))  # noqa: S704

    def _link(self, field: Field, value: Any) -> Markup:
        target = record_named(field.target)
        screen, text = office().screen_of(target), label_text(target, value)
        if screen is None or not access().may(viewer(), "read", target):
            return escape(text)
        return Markup('<a href="/{}/{}">{}</a>').format(screen.slug, self.row[f"{field.name}.id"], text)

    # -- merging -----------------------------------------------------------------------------------------------------
    @property
    def may_merge(self) -> bool:
        """Tell whether she may merge this very record with another."""
        return self.may_update and is_mergeable(self.screen.model)

    @property
    def merged_into(self) -> Found | None:
        """Return the record that this one went into."""
        key = self.row.get(f"{MERGED}.id")
        return Found(key, label_text(self.screen.model, self.row[MERGED])) if key else None

    @property
    def merged_from(self) -> list[Found]:
        """Return the records that went into this one."""
        model = self.screen.model
        if not is_mergeable(model) or self.merged_into:
            return []
        gone = sa.select(model.id).where(model.__table__.c[f"{MERGED}_id"] == self.id)
        return named(model, db.session.scalars(gone))

    @property
    def may_unmerge(self) -> bool:
        """Tell whether she may take merges back."""
        return access().may_take_back(viewer())

    # -- what may be done --------------------------------------------------------------------------------------------
    @property
    def may_update(self) -> bool:
        """Tell whether she may edit this very record."""
        return bool(self.row.get("may.update"))

    @property
    def may_delete(self) -> bool:
        """Tell whether she may ask for this record to be deleted."""
        return bool(self.row.get("may.delete")) and self.screen.deletes

    @property
    def moves(self) -> list[Move]:
        """Return the states that may follow."""
        return moves_of(self.screen.model, self.row) if self.may_update else []

    @property
    def may_step_back(self) -> bool:
        """Tell whether she may put the record back to the state it came from."""
        return self.may_update and access().may_step_back(viewer(), self.screen.model)


def read_row(screen: Screen, key: int, names: Sequence[str] | None = None) -> dict[str, Any] | None:
    """Return a record's visible values, and `may.update` / `may.delete`, within her scope, in one query."""
    opened = is_opened(screen.model, key)
    wanted = tuple(fields_of(screen.model)) if names is None else tuple(names)
    chosen, statement = office().kept.get(
        seen_alike("record", screen.slug, wanted, opened), lambda: _one(screen, wanted, opened=opened)
    )
    row = db.session.execute(statement, params() | {"key": key}).one_or_none()
    if row is None:
        return None
    *found, may_update, may_delete, by_reason = row
    values: dict[str, Any] = chosen.rows(db.session(), [found], whole=bool(by_reason))[0]
    return values | {"may.update": bool(may_update), "may.delete": bool(may_delete)}


def _one(screen: Screen, names: Sequence[str], *, opened: bool) -> tuple[Selection, sa.Select[Any]]:
    """Return the select of the record `key` within her scope, with what she may do, and whether by a reason."""
    model = screen.model
    chosen, by_reason = selection(model, names), opened_rows(model, "read", opened=opened)
    flags = [_holds(may_rows(model, verb, opened=opened)) for verb in VERBS_ON_IT]
    flags.append(sa.literal(0) if by_reason is None else _holds(by_reason))
    rows, table = may_rows(model, "read", opened=opened), model.__table__
    where = [table.c[name] == value for name, value in screen.only.items()]
    where += [rows] if rows is not None else []
    statement = sa.select(*chosen.columns, *flags).select_from(chosen.joined)
    return chosen, statement.where(table.c.id == sa.bindparam("key", type_=sa.Integer), *where)


def _holds(rows: ColumnElement[bool] | None) -> ColumnElement[Any]:
    return sa.literal(1) if rows is None else sa.case((rows, 1), else_=0)


# -- related records ---------------------------------------------------------------------------------------------------
def pointing_field(related: Related | Inline, model: type[Listed]) -> str:
    """Return the field of the related model that points here; the declaration names it where there are several."""
    known = fields_of(related.model).values()
    found = [field.name for field in known if field.target == model.__name__ and field.kind == "ref"]
    return related.by or (found[0] if len(found) == 1 else "")


def related_table(screen: Screen, key: int, related: Related) -> RelatedTable | None:
    """Return the related records that this viewer may see, or None where she may see none at all."""
    target = office().screen_of(related.model)
    by = pointing_field(related, screen.model)
    if (
        target is None
        or not access().may(viewer(), "read", related.model)
        or not access().shows(viewer(), related.model, by)
    ):
        return None
    names = [name for name in related.list if name != by]
    chosen, statement = office().kept.get(
        seen_alike("related", screen.slug, target.slug, by),
        lambda: _pointing_here(related, names, by, target.sort),
    )
    found = db.session.execute(statement, params() | {"key": key}).all()
    rows, count = chosen.rows(db.session(), [row[:-1] for row in found]), found[0][-1] if found else 0
    shown = [name for name in names if name in chosen.shown]
    known, moves = fields_of(related.model), related.model.__moves__
    shows = [cell(known[name], is_status=bool(moves and moves.field == name)) for name in shown]
    lines = [
        (row["id"], [show(row.get(name)) for name, show in zip(shown, shows, strict=True)]) for row in rows
    ]
    beside = [_beside(related, shown, row, cells) for row, (_key, cells) in zip(rows, lines, strict=True)]
    may_add = access().may(viewer(), "create", related.model) and target.creates
    heads = [_head(known[name], str(target.labels.get(name, known[name].label))) for name in shown]
    events = [_event(related, row) for row in rows] if related.timeline else ()
    return RelatedTable(target, related, by, heads, lines, beside, events, count, may_add)


def _beside(
    related: Related, shown: Sequence[str], row: Mapping[str, Any], cells: Sequence[str]
) -> tuple[int, Sequence[str], str]:
    """Return a line beside a timeline; of what leads there and is not settled, how near its day is."""
    known = fields_of(related.model)
    at = next((at for at, name in enumerate(shown) if related.first and known[name].due), None)
    day = None if at is None else row.get(shown[at])
    if at is None or day is None or not is_unsettled(related.model, row):
        return row["id"], cells, ""
    return row["id"], [*cells[:at], *cells[at + 1 :]], chip(day, today())


def _head(what: Field, label: str) -> tuple[str, str, str]:
    return (label, *looks(what, label))


def _pointing_here(
    related: Related, names: Sequence[str], by: str, sort: str
) -> tuple[Selection, sa.Select[Any]]:
    """Return the select of the records that point at `key`, in the order of their own list; a timeline newest first.

    Each carries how many there are in all.
    """
    table, chosen = related.model.__table__, selection(related.model, names)
    may, who = access(), viewer()
    narrowing = (may.scope(who, related.model), may.rows_showing(who, related.model, by))
    where = [rows for rows in narrowing if rows is not None]
    sort = "-at" if related.timeline else sort
    order = ordering(table.c[sort.removeprefix("-")], table.c.id, is_down=sort.startswith("-"))
    statement = sa.select(*chosen.columns, sa.func.count().over()).select_from(chosen.joined)
    statement = statement.where(table.c[f"{by}_id"] == sa.bindparam("key", type_=sa.Integer), *where)
    return chosen, statement.order_by(*order).limit(related.limit)


def _event(related: Related, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a timeline entry: what, when, who, minutes, words."""
    known = fields_of(related.model)
    local = in_tokyo(row["at"])
    parts = [plain_text(known[name], row[name]) for name in ("minutes",) if row.get(name) is not None]
    people = [str(row["by"])] if row.get("by") else []
    if row.get("interpreter") and row["interpreter"] != row.get("by"):
        people.append(f"{known['interpreter'].label} {row['interpreter']}")
    return {
        "id": row["id"],
        "what": label(known["type"].choices, row["type"]),  # type: ignore[arg-type]
        "day": local.date(),
        "time": local.strftime("%H:%M"),
        "by": [*people, *parts],
        "words": paragraphs(row["note"]) if row.get("note") else Markup(""),
        "is_small": row["type"] == "system",
    }


def composer_types(table: RelatedTable) -> list[tuple[str, str]]:
    """Return the kinds of event that the small form offers: the first five of the list."""
    choices = fields_of(table.related.model)["type"].choices
    return [(one.value, str(one.label)) for one in chooseable(choices, today())][:COMPOSED] if choices else []


def day_heading(day: Any) -> str:
    """Return the heading of a day in a timeline."""
    from flask_babel import format_date  # noqa: PLC0415

    text = _("%(day)s (%(weekday)s)", day=day.isoformat(), weekday=format_date(day, "EEE"))
    return " ".join((_("Today"), text)) if day == today() else text
