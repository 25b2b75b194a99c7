"""The pages of likely duplicates, of two records side by side, and of taking a merge back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_views.engine.arguments import parse_id
from admin_views.engine.deleting import dependants_of
from admin_views.engine.duplicates import Pair, find_pairs
from admin_views.engine.histories import changes_in_words, user_names
from admin_views.engine.inputs import input_for
from admin_views.engine.lookup import Found, named
from admin_views.engine.merging import Undone, changes_of, compare, merge, unmerge
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import office, viewer
from admin_views.engine.rows import params
from tomoiki.core.database import db
from tomoiki.core.dates import in_tokyo
from tomoiki.core.fields import fields_of
from tomoiki.core.history import log_access
from tomoiki.core.merging import (
    MERGED,
    MergeRun,
    forget_apart,
    is_mergeable,
    keep_apart,
    kept_apart,
    last_merge,
    references_to,
    twice,
)
from tomoiki.core.records import Fault, Record

PER_PAGE = 50
SUGGESTED = 5


@dataclass(frozen=True)
class Likely:
    """Two records that are perhaps one, in words."""

    one: Found
    other: Found
    sure: int = 0
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Double:
    """What both records have and only one may have: its kind, and that of either, where the viewer may see it."""

    kind: str
    text: str
    address: str


class MergePages(ScreenPages):
    """The routes of merging; mixed into the engine's view."""

    # -- likely duplicates ---------------------------------------------------------------------------------------------
    @expose("/duplicates", methods=("GET", "POST"))
    def duplicates_view(self) -> Any:
        """Show which records are perhaps one; remember which are not."""
        self._ask_mergeable()
        if request.method == "POST":
            return self._judge()
        apart, found = kept_apart(db.session(), self.model), self._pairs()
        pages = max(1, -(-len(found) // PER_PAGE))
        page = min(parse_id(request.args.get("page", "")) or 1, pages)
        return self.render(
            "engine/duplicates.html",
            screen=self.screen,
            likely=self._in_words(found[(page - 1) * PER_PAGE : page * PER_PAGE]),
            count=len(found),
            page=page,
            pages=pages,
            apart=self._in_words([Pair(*ids, 0, ()) for ids in apart[:PER_PAGE]]),
        )

    def _pairs(self) -> list[Pair]:
        """Return the likely duplicates that she may merge, but for those that are known to be two.

        They are reckoned anew only after something changed.
        """
        session, who = db.session(), viewer()
        question = "duplicates", self.screen.slug, who.roles, tuple(params().items())
        found: list[Pair] = self.reckoned.get(session, question, lambda: find_pairs(session, self.model))
        apart = {*kept_apart(session, self.model)}
        return [one for one in found if (one.one, one.other) not in apart]

    def _in_words(self, pairs: Sequence[Pair]) -> list[Likely]:
        """Return the pairs of which she may see both."""
        texts = {
            one.id: one for one in named(self.model, {key for one in pairs for key in (one.one, one.other)})
        }
        labels = {
            name: str(self.screen.labels.get(name, what.label))
            for name, what in fields_of(self.model).items()
        }
        return [
            Likely(
                texts[one.one],
                texts[one.other],
                one.sure,
                list(dict.fromkeys(labels[name] for name in one.reasons)),
            )
            for one in pairs
            if one.one in texts and one.other in texts
        ]

    def _judge(self) -> Any:
        """Remember that two are not the same, or forget it."""
        ids = [self.get_one(request.form.get(name, ""), "update").id for name in ("one", "other")]
        if ids[0] == ids[1]:
            abort(404)
        if "again" in request.form:
            forget_apart(db.session(), self.model, *ids)
            flash(_("They are shown as likely duplicates again."), "success")
        else:
            keep_apart(db.session(), self.model, *ids)
            flash(_("Remembered: these are not the same."), "success")
        db.session.commit()
        return redirect(f"/{self.screen.slug}/duplicates", 303)

    # -- merging -------------------------------------------------------------------------------------------------------
    @expose("/<key>/merge", methods=("GET", "POST"))
    def merge_view(self, key: str) -> Any:
        """Ask which record, then which values; merge."""
        self._ask_mergeable()
        sent = request.form if request.method == "POST" else request.args
        if (gone := self._gone(key, parse_id(sent.get(MERGED, "")))) is not None:
            return gone
        form = self._chooser(sent)
        other = form[MERGED].data
        one = self.get_one(key, "update")
        if other is None or other == one.id:
            return self._choose(one, form)
        two = self.get_one(str(other), "update")
        return self._merge(one, two) if request.method == "POST" else self._merge_page(one, two)

    def _ask_mergeable(self) -> None:
        if not is_mergeable(self.model):
            db.session.rollback()  # a POST holds the write lock by now
            abort(404)

    def _chooser(self, sent: Any) -> Any:
        """Return the form with the one control that asks for the other record."""
        control = input_for(replace(fields_of(self.model)[MERGED], read_only=False))
        return type("OtherRecord", (self.form_base_class,), {MERGED: control})(sent)

    def _gone(self, *keys: Any) -> Any:
        """Return the way to a record that was merged already: a second click, or two people at one pair."""
        for key in keys:
            if key is not None and getattr(record := self.get_one(str(key)), f"{MERGED}_id"):
                record_id = record.id
                db.session.rollback()
                flash(_("This record was merged already."), "info")
                return redirect(f"/{self.screen.slug}/{record_id}", 303)
        return None

    def _choose(self, one: Record, form: Any) -> Any:
        """Ask for the other record; offer those that look alike."""
        near = [pair for pair in self._pairs() if one.id in (pair.one, pair.other)]
        if form[MERGED].data == one.id:
            form[MERGED].process_errors = (_("This is the same record. Choose another one."),)
        form.validate()
        page = self.render(
            "engine/merge_choose.html",
            screen=self.screen,
            record=one,
            f=form[MERGED],
            likely=self._in_words(near[:SUGGESTED]),
        )
        return make_response(page, 422 if form[MERGED].errors else 200)

    def _merge(self, one: Record, two: Record) -> Any:
        ids = one.id, two.id
        known = {record.id: request.form.get(f"version-{record.id}", "") for record in (one, two)}
        if any(str(record.version) != known[record.id] for record in (one, two)):
            changed = Fault(
                _("Somebody saved one of them since you opened this page. Look again, then merge.")
            )
            return self._not_merged(ids, [changed])
        winner, loser = (two, one) if request.form.get("winner") == str(two.id) else (one, two)
        picks = {
            name.removeprefix("pick-"): value
            for name, value in request.form.items()
            if name.startswith("pick-")
        }
        try:
            faults = merge(db.session(), self.screen, winner, loser, picks)
        except (IntegrityError, StaleDataError):
            faults = [_contradiction()]
        if faults:
            return self._not_merged(ids, faults)
        winner_id = winner.id
        db.session.commit()
        flash(
            _("Merged. What pointed at the other record points here now. An administrator can take it back."),
            "success",
        )
        return redirect(f"/{self.screen.slug}/{winner_id}", 303)

    def _not_merged(self, ids: tuple[int, int], faults: Sequence[Fault]) -> Any:
        db.session.rollback()
        one, two = (self.get_one(str(key), "update") for key in ids)
        return self._merge_page(one, two, faults)

    def _merge_page(self, one: Record, two: Record, faults: Sequence[Fault] = ()) -> Any:
        older = min(one, two, key=lambda record: record.id)
        newer = two if older is one else one
        page = self.render(
            "engine/merge.html",
            screen=self.screen,
            records=(older, newer),
            numbers={record.id: _number(record) for record in (older, newer)},
            made={record.id: in_tokyo(record.created_at).date() for record in (older, newer)},
            tied={
                record.id: list(dependants_of(db.session(), type(record), [record.id]))
                for record in (older, newer)
            },
            compared=compare(self.screen, older, newer),
            doubles=list(_doubles(older, newer)),
            sent=request.form,
            faults=faults,
        )
        for record_id in (older.id, newer.id) if request.method == "GET" else ():
            log_access("view", self.model.__tablename__, record_id)
        return make_response(page, 409 if faults else 200)

    # -- taking it back ------------------------------------------------------------------------------------------------
    @expose("/<key>/unmerge", methods=("GET", "POST"))
    def unmerge_view(self, key: str) -> Any:
        """Show what was merged, then take it back."""
        self._ask_mergeable()
        loser = self.get_one(key)
        run = last_merge(db.session(), loser)
        if run is None:
            record_id = loser.id
            db.session.rollback()
            flash(_("Nothing is left to take back here."), "info")
            return redirect(f"/{self.screen.slug}/{record_id}", 303)
        self.get_one(str(run.winner_id))
        return self._unmerge(run) if request.method == "POST" else self._unmerge_page(run)

    def _unmerge(self, run: MergeRun) -> Any:
        number, loser_id = run.id, run.loser_id
        try:
            done = unmerge(db.session(), run)
        except (IntegrityError, StaleDataError):
            done = Undone(faults=[_contradiction()])
        if done.faults:
            db.session.rollback()
            return self._unmerge_page(db.session.get_one(MergeRun, number), done.faults)
        has_left = bool(done.left)
        db.session.commit()
        flash(
            _("Taken back. What was changed since stays as it is.")
            if has_left
            else _("The merge was taken back."),
            "success",
        )
        return redirect(f"/{self.screen.slug}/{loser_id}", 303)

    def _unmerge_page(self, run: MergeRun, faults: Sequence[Fault] = ()) -> Any:
        session, table = db.session(), self.model.__tablename__
        both = [change for change in changes_of(session, run) if change.entity == table
                and change.record_id in (run.winner_id, run.loser_id)]  # fmt: skip
        texts = self._texts(run.winner_id, run.loser_id)
        page = self.render(
            "engine/unmerge.html",
            screen=self.screen,
            run=run,
            texts=texts,
            who=user_names(session, {run.user_id} if run.user_id else set()).get(
                run.user_id or 0, _("System")
            ),
            time=in_tokyo(run.at).strftime("%Y-%m-%d %H:%M"),
            told=[
                (texts[one.record_id], changes_in_words(session, table, one.record_id, one.diff))
                for one in both
            ],
            faults=faults,
        )
        return make_response(page, 409 if faults else 200)

    def _texts(self, *ids: int) -> Mapping[int, Found]:
        return {key: Found(key, f"#{key}") for key in ids} | {one.id: one for one in named(self.model, ids)}


def _contradiction() -> Fault:
    return Fault(_("This contradicts another record, or somebody saved at the same moment."))


def _number(record: Record) -> str:
    """Return what tells the record from a namesake."""
    rule = record.__numbering__
    return str(getattr(record, rule.field)) if rule else f"#{record.id}"


def _doubles(one: Record, two: Record) -> Iterator[Double]:
    """Yield what both have and only one may have: two registrations at one event."""
    session = db.session()
    for model, name in references_to(type(one)):
        screen = office().screen_of(model)
        found = twice(session, model, name, two.id, one.id) if fields_of(model)[name].kind == "ref" else {}
        if screen is not None and found:
            for each in named(model, found):
                yield Double(str(screen.one), each.text, f"/{screen.slug}/{each.id}")
