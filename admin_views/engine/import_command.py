"""`flask import SCREEN FILE …`: a list without a browser; row errors are no failure, a refused file is."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from admin_views.engine.importing import may_import, plan_import, run_import
from admin_views.engine.office import look_as, office
from admin_views.engine.plans import Plan
from admin_views.engine.screen import Screen
from tomoiki.core.access import SYSTEM_VIEWER, Viewer
from tomoiki.core.actors import Actor, acting
from tomoiki.core.database import db
from tomoiki.core.sheets import read_sheets
from tomoiki.core.tables import MOST_BYTES, Refused

REFUSED = 2


def install(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(import_file)


@click.command("import")
@click.argument("slug", metavar="SCREEN")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done and store nothing.")
@click.option(
    "--mapping", "mapping_path", type=click.Path(path_type=Path), help="JSON: column header to field."
)
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A value for rows without one.")
@click.option("--as", "email", help="Act as this user, with her permissions.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@with_appcontext
def import_file(slug: str, path: Path, email: str | None, as_json: bool, **options: Any) -> None:
    """Import the rows of FILE (CSV, TSV, xlsx) as records of SCREEN (its address, e.g. people)."""
    with _refusing():
        viewer, who = _person(email)
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
    screen = _screen(slug, viewer)
    plan = plan_import(
        db.session(),
        screen,
        read_sheets(_read(path), path.name),
        viewer,
        set_values=_set_values(settings),
        mapping=_mapping(mapping_path),
    )
    if not dry_run:
        run_import(db.session(), plan)
    return plan


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what stops the whole import into one line and exit code 2."""
    try:
        yield
    except Refused as fault:
        _refuse(str(fault.message))
    except sa.exc.OperationalError:
        _refuse(_("The database is not ready. Run: flask --app app db upgrade"))


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(REFUSED)


def _person(email: str | None) -> tuple[Viewer, Actor]:
    """Return with whose eyes and in whose name the command acts: by default the system's."""
    if email is None:
        return SYSTEM_VIEWER, Actor(None, f"system ({_operator()})", None, "import")
    find = current_app.extensions.get("tomoiki_viewer_of")
    found: tuple[Viewer, Actor] | None = find(email) if find else None
    if found is None:
        _refuse(_("There is no user %(email)s who may log in.", email=email))
    return found


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "?"


def _screen(slug: str, viewer: Viewer) -> Screen:
    screen = office().screens.get(slug)
    if screen is None or not screen.importable:
        slugs = ", ".join(sorted(known.slug for known in office().screens.values() if known.importable))
        _refuse(_("Nothing is imported into “%(slug)s”. Choose one of: %(slugs)s.", slug=slug, slugs=slugs))
    if not may_import(screen, viewer):
        _refuse(_("This user may not import here."))
    return screen


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError:
        _refuse(_("The file %(name)s cannot be read. Check its name and place.", name=path.name))


def _set_values(settings: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            _refuse(_("Write --set as FIELD=VALUE."))
        found[name.strip()] = value
    return found


def _mapping(path: Path | None) -> Mapping[str, str | None]:
    """Return {column header: field, or null for a column that is left out}."""
    if path is None:
        return {}
    try:
        found = json.loads(_read(path))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(field, str | None) for field in found.values()):
        _refuse(_("The mapping must be JSON that gives a field (or null) for each column header."))
    return found


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
    for fault in plan.faults:
        yield _(
            "✗ %(place)s: %(value)s: %(reason)s",
            place=_place(fault),
            value=fault.value[:80],
            reason=fault.reason,
        )
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
    for suspicion in plan.duplicates:
        rows = ", ".join(map(str, suspicion.rows))
        if suspicion.record is None:
            yield _("? Rows %(rows)s: %(reason)s", rows=rows, reason=suspicion.reason)
        else:
            yield _(
                "? Row %(rows)s and record %(record)s: %(reason)s",
                rows=rows,
                record=suspicion.record,
                reason=suspicion.reason,
            )
    for remark in plan.remarks:
        yield _("! %(place)s: %(reason)s", place=_place(remark), reason=remark.reason)
    if plan.lost:
        yield _("Columns that are not taken over: %(columns)s", columns=", ".join(plan.lost))


def _place(cell: Any) -> str:
    return " ".join(filter(None, (cell.sheet, _("row %(row)s", row=cell.row), cell.column)))
