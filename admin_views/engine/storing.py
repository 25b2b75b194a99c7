"""Storing a plan: all of it in one short write transaction, many records at a time, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_views.engine.deciding import apply_changes
from admin_views.engine.drafts import Draft, shape
from admin_views.engine.matching import Asked, Matcher
from admin_views.engine.office import office
from admin_views.engine.plans import Plan, PlannedRow
from admin_views.engine.rows import link_table
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.actors import acting, actor
from tomoiki.core.database import begin_write
from tomoiki.core.dates import FiscalYear, in_tokyo, now
from tomoiki.core.fields import fields_of
from tomoiki.core.history import ChangeLog, log_made
from tomoiki.core.imports import ImportRun
from tomoiki.core.ledgers import ledger_of
from tomoiki.core.records import Record, next_number
from tomoiki.core.search import index_many
from tomoiki.core.tables import Refused

BATCH = 2000
CHANGED_AT_ONCE = 200
ONE_IMPORT = 7_401_003  # any number, the same in every process: one import is stored at a time


@dataclass(frozen=True)
class Source:
    """The file that is imported: its name, its fingerprint, that of its headers, and what was chosen for it."""

    name: str
    sha256: str
    shape: str
    wishes: dict[str, Any]


def run_import(session: Session, plan: Plan, source: Source | None = None) -> ImportRun:
    """Store a plan in one write transaction, or nothing of it; raise Refused when it no longer fits."""
    begin_write(session)
    if session.connection().dialect.name == "postgresql":  # SQLite lets one writer in anyway
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_IMPORT)))
    try:
        _refuse_stale(session, plan)
        run = _new_run(session, plan, source or Source("-", "", "", {}))
        with acting(replace(actor(), origin=run.origin)):
            _add(session, plan)
            _change(session, plan)
        run.log_to = _newest(session)
        run_id = run.id
        session.commit()
    except IntegrityError:
        session.rollback()
        raise Refused(
            _("Somebody else stored such a record meanwhile, or a value that must be unique stands twice.")
        ) from None
    except BaseException:
        session.rollback()
        raise
    return session.get_one(ImportRun, run_id)


def _newest(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(ChangeLog.id))) or 0


def _new_run(session: Session, plan: Plan, source: Source) -> ImportRun:
    who = actor()
    run = ImportRun(
        at=now(), user_id=who.id, user_name=who.name[:200], screen=plan.screen.slug, file_name=source.name[:200],
        sha256=source.sha256, shape=source.shape, wishes=source.wishes, new=plan.count("new"),
        changed=plan.count("changed"), same=plan.count("same"), skipped=plan.count("skipped"),
        errors=plan.count("error"), log_from=_newest(session) + 1, log_to=0,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


# -- what happened since the plan was made -----------------------------------------------------------------
def _refuse_stale(session: Session, plan: Plan) -> None:
    """Stop when somebody changed a record that the plan counts on, or made one that a row is."""
    model = plan.screen.records
    rows = {row.stored.id for row in plan.rows if row.stored is not None and row.fate == "changed"}
    since = sa.select(ChangeLog.record_id).where(
        ChangeLog.id > plan.seen_until, ChangeLog.entity == model.__tablename__
    )
    touched = set(session.scalars(since))
    if not touched:
        return
    known = Matcher(session, SYSTEM_VIEWER).load(Asked(model, ()), (), touched)
    if touched & rows or any(key in plan.keys for key in known.certain):
        raise Refused(_("Meanwhile somebody changed records of this list. Check the file once more."))


# -- new records -------------------------------------------------------------------------------------------
def _add(session: Session, plan: Plan) -> None:
    place = ledger_of(plan.screen.records).place
    groups = list(_grouped(plan.rows))
    for model, drafts in groups:
        _give_ids(session, model, drafts)
    for model, drafts in groups:
        if place is not None and model is plan.screen.records:
            _place(session, model, drafts, place)
        _give_numbers(session, model, drafts)
        _insert(session, model, drafts)


def _grouped(rows: Sequence[PlannedRow]) -> Iterator[tuple[type[Record], list[Draft]]]:
    """Yield the drafts table by table, each after those that its records point at."""
    drafts = [draft for row in rows if row.fate in ("new", "changed") for draft in row.drafts.values()]
    groups: dict[type[Record], list[Draft]] = {}
    needs: dict[type[Record], set[type[Record]]] = {}
    for draft in drafts:
        groups.setdefault(draft.model, []).append(draft)
        linked = [*draft.links.values(), *(link for links in draft.plural.values() for link in links)]
        needs.setdefault(draft.model, set()).update(one.model for one in linked if isinstance(one, Draft))
    while groups:
        ready = [model for model in groups if not (needs[model] - {model}) & groups.keys()]
        for model in ready:
            yield model, groups.pop(model)


def _give_ids(session: Session, model: type[Record], drafts: Sequence[Draft]) -> None:
    name = model.__tablename__
    if session.connection().dialect.name == "sqlite":  # nobody else writes now
        used = sa.select(sa.func.max(model.id))
        logged = sa.select(sa.func.max(ChangeLog.record_id)).where(ChangeLog.entity == name)
        first = max(session.scalar(used) or 0, session.scalar(logged) or 0) + 1
        ids: Iterable[int] = range(first, first + len(drafts))
    else:
        sequence = sa.func.pg_get_serial_sequence(sa.text(f"'\"{name}\"'"), "id")
        series = sa.func.generate_series(1, len(drafts)).table_valued("n")
        ids = session.scalars(sa.select(sa.func.nextval(sequence)).select_from(series)).all()
    for draft, record_id in zip(drafts, ids, strict=True):
        draft.id = record_id


def _place(session: Session, model: type[Record], drafts: Sequence[Draft], place: Any) -> None:
    """Let the room give the new records what depends on all of them, such as seats in the order of time."""
    records = [model(**draft.values, **_keys(draft)) for draft in drafts]
    with session.no_autoflush:
        place(session, records)
    scalars, _codes = shape(model)
    for draft, record in zip(drafts, records, strict=True):
        draft.stored = tuple([getattr(record, name) for name in scalars])


def _give_numbers(session: Session, model: type[Record], drafts: Sequence[Draft]) -> None:
    rule = model.__numbering__
    if rule is None:
        return
    number_format = office().setting(session, rule.setting)
    start = int(office().setting(session, "fy_start_month"))
    years: dict[int, list[Draft]] = {}
    for draft in drafts:
        if not draft.values.get(rule.field):
            years.setdefault(_year(draft, rule.day, start), []).append(draft)
    for year, group in years.items():
        first = next_number(session, model.__tablename__, year, len(group)) - len(group) + 1
        for seq, draft in enumerate(group, start=first):
            draft.set(rule.field, number_format.format(FY=year, seq=seq))


def _year(draft: Draft, day: str, start: int) -> int:
    if not day:
        return 0
    value = draft.values[day]
    return FiscalYear.of(in_tokyo(value).date() if hasattr(value, "hour") else value, start).start_year


def _keys(draft: Draft) -> dict[str, int]:
    return {f"{name}_id": _id(link) for name, link in draft.links.items()}


def _id(link: Draft | int) -> int:
    return link if isinstance(link, int) else link.id


def _insert(session: Session, model: type[Record], drafts: Sequence[Draft]) -> None:
    """Store records of one table with their codes, their lines in the change log and the search index."""
    who, at = actor().id, now()
    fresh = {"created_at": at, "created_by": who, "updated_at": at, "updated_by": who, "version": 1}
    scalars, _codes = shape(model)
    for start in range(0, len(drafts), BATCH):
        group = drafts[start : start + BATCH]
        rows = [
            {**dict(zip(scalars, draft.stored, strict=True)), **_keys(draft), **fresh, "id": draft.id}
            for draft in group
        ]
        session.execute(_insert_into(model.__table__), rows)
        log_made(session, model, [(draft.id, _logged(draft)) for draft in group])
    _insert_codes(session, model, drafts)
    _insert_plural(session, model, drafts)
    index_many(session.connection(), model, [draft.id for draft in drafts])


def _insert_into(table: sa.FromClause) -> sa.Insert:
    if not isinstance(table, sa.Table):
        raise TypeError(table)
    return sa.insert(table)


def _insert_codes(session: Session, model: type[Record], drafts: Sequence[Draft]) -> None:
    names = {name for draft in drafts for name in draft.codes}
    for name in names:
        owner = f"{model.__tablename__}_id"
        rows = [
            {owner: draft.id, "code": code}
            for draft in drafts
            for code in dict.fromkeys(draft.codes.get(name, ()))
        ]
        for start in range(0, len(rows), BATCH):
            session.execute(_insert_into(link_table(model, name)), rows[start : start + BATCH])


def _insert_plural(session: Session, model: type[Record], drafts: Sequence[Draft]) -> None:
    names = {name for draft in drafts for name in draft.plural}
    for name in names:
        link = sa.inspect(model).relationships[name].secondary
        far = f"{sa.inspect(model).relationships[name].mapper.class_.__tablename__}_id"
        owner = f"{model.__tablename__}_id"
        rows = [
            {owner: draft.id, far: key}
            for draft in drafts
            for key in dict.fromkeys(map(_id, draft.plural.get(name, ())))
        ]
        if rows and isinstance(link, sa.Table):
            session.execute(sa.insert(link), rows)


def _logged(draft: Draft) -> dict[str, Any]:
    """Return what the change log keeps of a new record: as a save in a form would."""
    plural = {name: sorted(map(_id, links)) for name, links in draft.plural.items()}
    codes = {name: sorted(chosen) for name, chosen in draft.codes.items()}
    return {**draft.values, **_keys(draft), **codes, **plural}


# -- changed records ---------------------------------------------------------------------------------------
def _change(session: Session, plan: Plan) -> None:
    rows = [row for row in plan.rows if row.fate == "changed" and row.changes and row.stored is not None]
    for start in range(0, len(rows), CHANGED_AT_ONCE):
        group = rows[start : start + CHANGED_AT_ONCE]
        found = {
            record.id: record
            for record in session.scalars(
                sa.select(plan.screen.records).where(
                    plan.screen.records.id.in_([row.stored.id for row in group if row.stored])
                )
            )
        }
        for row in group:
            _change_one(row, found.get(row.stored.id if row.stored else 0))
        session.flush()
        for record in found.values():
            session.expunge(record)


def _change_one(row: PlannedRow, record: Any) -> None:
    if record is None or (row.stored and record.version != row.stored.version):
        raise Refused(
            _("Row %(row)s: its record was changed meanwhile. Import the file again.", row=row.read.number)
        )
    apply_changes(record, row.changes)
    for path, value in row.changes.items():
        owner, _dot, name = path.rpartition(".")
        if owner:
            apply_changes(getattr(record, owner), {name: value})
    session = sa.orm.object_session(record)
    if session is not None and fields_of(type(record)):
        with session.no_autoflush:
            record.prepare(session)
