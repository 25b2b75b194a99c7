"""`flask export SCREEN FILE …`: a list as a file without a browser, readable by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import gettext as _

from admin_views.engine.arguments import Arguments
from admin_views.engine.commanding import person, refuse
from admin_views.engine.export_files import CP932, KINDS, UTF8, DoesNotFit, write_file
from admin_views.engine.exporting import Export, holds_personal_data, log_leaving, plan_export
from admin_views.engine.office import access, look_as, office, viewer
from admin_views.engine.screen import Screen
from tomoiki.core.actors import acting
from tomoiki.core.tables import Refused


def install(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(export_file)


@click.command("export")
@click.argument("slug", metavar="SCREEN")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--purpose", default="", help="What the file is for; recorded. Needed for personal data.")
@click.option("--as", "email", help="Act as this user, with her permissions.")
@click.option("--encoding", type=click.Choice([UTF8, CP932]), default=UTF8, help="Of a CSV file.")
@with_appcontext
def export_file(slug: str, path: Path, purpose: str, email: str | None, encoding: str) -> None:
    """Write all records of SCREEN (its address, e.g. donations) to FILE: .csv or .xlsx, by its name."""
    with _refusing(path):
        who, actor = person(email)
        look_as(who)
        with acting(actor):
            screen = _screen(slug)
            _check(screen, path, purpose.strip())
            count = _export(plan_export(screen, Arguments()), path, purpose.strip(), encoding)
    click.echo(_("%(count)s records are in %(file)s.", count=f"{count:,}", file=path))


def _screen(slug: str) -> Screen:
    screen = office().screens.get(slug)
    if screen is None:
        refuse(
            _(
                "There is no screen %(slug)s. Screens: %(slugs)s.",
                slug=slug,
                slugs=", ".join(office().screens),
            )
        )
    if not access().may(viewer(), "export", screen.model):
        refuse(_("This user may not export %(name)s.", name=screen.name))
    return screen


def _check(screen: Screen, path: Path, purpose: str) -> None:
    if _kind(path) not in KINDS:
        refuse(_("The name of the file must end in .csv or .xlsx."))
    if holds_personal_data(screen) and not purpose:
        refuse(_("The file would hold personal data. Say what it is for: --purpose TEXT."))


def _kind(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _export(export: Export, path: Path, purpose: str, encoding: str) -> int:
    """Write beside the place and move there when whole: a file that stands there is lost to no half one."""
    with TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        made = Path(folder) / f"export{path.suffix.lower()}"
        made.touch(mode=0o600)
        write_file(export, made, _kind(path), encoding)
        made.chmod(0o600)
        log_leaving(export, _kind(path), purpose)
        made.replace(path)
    return export.count


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what stops the export into words and exit code 2."""
    try:
        yield
    except Refused as fault:
        refuse(str(fault.message))
    except DoesNotFit as fault:
        refuse("\n".join(_misfits(fault)))
    except sa.exc.OperationalError:
        refuse(_("The database is not ready. Run: flask --app app db upgrade"))
    except OSError:
        refuse(
            _("The file %(name)s cannot be written. Check its folder and the space there.", name=path.name)
        )


def _misfits(fault: DoesNotFit) -> Iterator[str]:
    yield _("These cells do not fit into this kind of file. Nothing was exported.")
    for cell in fault.misfits:
        yield _(
            "✗ Record %(id)s, %(column)s: %(sign)s", id=cell.id or "-", column=cell.column, sign=cell.sign
        )
    if fault.count > len(fault.misfits):
        yield _("And %(count)s more.", count=fault.count - len(fault.misfits))
