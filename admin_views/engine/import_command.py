"""`flask import SCREEN FILE …`: a list without a browser; row errors are no failure, a refused file is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import gettext as _

from admin_views.engine.commanding import person, refuse
from admin_views.engine.importing import Wishes, limits, may_import, plan_import
from admin_views.engine.mapping import Given
from admin_views.engine.office import look_as, office
from admin_views.engine.plans import Plan
from admin_views.engine.previews import grouped
from admin_views.engine.screen import Screen
from admin_views.engine.shapes import shape_of, sheet_choice, wishes_as_json
from admin_views.engine.storing import Source, run_import
from tomoiki.core.access import Viewer
from tomoiki.core.actors import acting
from tomoiki.core.database import db
from tomoiki.core.sheets import Spelling, read_grids
from tomoiki.core.tables import MEGABYTE, Refused

MOST_MAPPING = MEGABYTE


def install(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(import_file)


@click.command("import")
@click.argument("slug", metavar="SCREEN")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done and store nothing.")
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(path_type=Path),
    help=(
        'JSON: {header: field}, or {"columns": {header: field}, "encoding": …, "delimiter": …,'
        ' "sheets": {name: {"header_row": 4, "year": "2021年度", "ignore": true}}}.'
    ),
)
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A value for rows without one.")
@click.option("--as", "email", help="Act as this user, with her permissions.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@with_appcontext
def import_file(slug: str, path: Path, email: str | None, as_json: bool, **options: Any) -> None:
    """Import the rows of FILE (CSV, TSV, xlsx) as records of SCREEN (its address, e.g. people)."""
    with _refusing():
        viewer, who = person(email)
        look_as(viewer)
        with acting(who):
            plan = _import(slug, path, viewer, **options)
    click.echo(
        json.dumps(plan.as_json(), ensure_ascii=False, indent=1) if as_json else "\n".join(_report(plan))
    )


def _import(  # noqa: PLR0913 - the options of the command
    slug: str,
    path: Path,
    viewer: Viewer,
    *,
    dry_run: bool,
    mapping_path: Path | None,
    settings: tuple[str, ...],
) -> Plan:
    screen, session = _screen(slug, viewer), db.session()
    bounds = limits(session)
    data, chosen = _read(path, bounds.bytes), _mapping(mapping_path)
    spelling = Spelling(chosen.get("encoding", ""), chosen.get("delimiter", ""))
    grids = read_grids(data, path.name, bounds, spelling)
    shape, fingerprint = shape_of(grids), hashlib.sha256(data).hexdigest()
    del data  # a long list needs the room
    given = Given(chosen["columns"], {name: sheet_choice(said) for name, said in chosen["sheets"].items()})
    wishes = Wishes(_set_values(settings), given)
    plan = plan_import(session, screen, grids, viewer, wishes, path.name)
    if not dry_run:
        source = Source(path.name, fingerprint, shape, wishes_as_json(wishes, spelling))
        run_import(session, plan, source)
    return plan


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what stops the whole import into one line and exit code 2."""
    try:
        yield
    except Refused as fault:
        refuse(str(fault.message))
    except sa.exc.OperationalError:
        refuse(_("The database is not ready. Run: flask --app app db upgrade"))


def _screen(slug: str, viewer: Viewer) -> Screen:
    screen = office().screens.get(slug)
    if screen is None or not screen.imports:
        slugs = ", ".join(sorted(known.slug for known in office().screens.values() if known.imports))
        refuse(_("Nothing is imported into “%(slug)s”. Choose one of: %(slugs)s.", slug=slug, slugs=slugs))
    if not may_import(screen, viewer):
        refuse(_("This user may not import here."))
    return screen


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError:
        refuse(_("The file %(name)s cannot be read. Check its name and place.", name=path.name))


def _set_values(settings: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            refuse(_("Write --set as FIELD=VALUE."))
        found[name.strip()] = value
    return found


def _mapping(path: Path | None) -> dict[str, Any]:
    """Return what a mapping file says: {header: field or null}, or that under "columns" beside other choices.

    Others: "encoding", "delimiter", and "sheets": {name: {"header_row": 4, "year": "2021年度", "ignore": true}}.
    """
    found = _json(path) if path else {}
    is_full = any(isinstance(value, dict) for value in found.values())
    chosen = found if is_full else {"columns": found}
    chosen = {"columns": {}, "sheets": {}, **chosen}
    fields_hold = all(isinstance(field, str | None) for field in chosen["columns"].values())
    if not fields_hold or not all(isinstance(said, dict) for said in chosen["sheets"].values()):
        refuse(_what_a_mapping_is())
    return chosen


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(path, MOST_MAPPING))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        refuse(_what_a_mapping_is())
    return found


def _what_a_mapping_is() -> str:
    return _("The mapping must be JSON that gives a field (or null) for each column header.")


def _report(plan: Plan) -> Iterator[str]:
    """Yield the outcome in words: counts, then every cell to mend, what was skipped, what is suspected."""
    yield _(
        "New: %(new)s, changed: %(changed)s, same: %(same)s, skipped: %(skipped)s, not imported: %(errors)s.",
        new=plan.count("new"),
        changed=plan.count("changed"),
        same=plan.count("same"),
        skipped=plan.count("skipped"),
        errors=plan.count("error"),
    )
    for part in (_faults, _skipped, _suspicions, _remarks, _left_out):
        yield from part(plan)


def _faults(plan: Plan) -> Iterator[str]:
    for fault in plan.faults:
        yield _(
            "✗ %(place)s: %(value)s: %(reason)s",
            place=_place(fault),
            value=fault.value[:80],
            reason=fault.reason,
        )


def _skipped(plan: Plan) -> Iterator[str]:
    for skipped in plan.skipped:
        differing = ", ".join(f"{header}={value}" for header, value in skipped.only_here.items())
        yield _(
            "– Row %(row)s is row %(other)s again. %(reason)s",
            row=skipped.row,
            other=skipped.same_as,
            reason=skipped.reason,
        )
        if differing:
            yield _("  Only there: %(values)s", values=differing)


def _suspicions(plan: Plan) -> Iterator[str]:
    for suspicion in plan.duplicates:
        rows = ", ".join(" ".join(filter(None, (sheet, str(row)))) for sheet, row in suspicion.places)
        if suspicion.record is None:
            yield _("? Rows %(rows)s: %(reason)s", rows=rows, reason=suspicion.reason)
        else:
            yield _(
                "? Row %(rows)s and record %(record)s: %(reason)s",
                rows=rows,
                record=suspicion.record,
                reason=suspicion.reason,
            )


def _remarks(plan: Plan) -> Iterator[str]:
    for remark, count in grouped(plan.remarks):
        said = _("! %(place)s: %(reason)s", place=_place(remark), reason=remark.reason)
        yield said + (" " + _("So in %(count)s rows.", count=count) if count > 1 else "")


def _left_out(plan: Plan) -> Iterator[str]:
    for one in plan.sheets:
        for left_out in one.sheet.left_out:
            yield _(
                "· %(place)s: %(text)s (%(reason)s)",
                place=" ".join(filter(None, (one.sheet.name, _("row %(row)s", row=left_out.row)))),
                text=left_out.text,
                reason=left_out.reason,
            )
    for sheet, reason in plan.mapped.ignored:
        yield _("· Sheet %(name)s is not read: %(reason)s", name=sheet.name, reason=reason)
    if plan.lost:
        yield _("Columns that are not taken over: %(columns)s", columns=", ".join(plan.lost))


def _place(cell: Any) -> str:
    return " ".join(filter(None, (cell.sheet, _("row %(row)s", row=cell.row), cell.column)))
