"""The engine: the only place that imports flask_admin. Turns Screens into pages, knows no subject and no role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import admin_views.engine.light  # isort: skip  # noqa: F401 - before anything else of Flask-Admin
import flask_admin.babel
from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Theme
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from admin_views.engine import export_command, import_command, pages
from admin_views.engine.arguments import MAX_ID
from admin_views.engine.bulk_results import bulk_page
from admin_views.engine.checks import check_screens
from admin_views.engine.front import Home
from admin_views.engine.last_hour import last_hour_page
from admin_views.engine.office import Office
from admin_views.engine.screen import Screen
from admin_views.engine.searching import search_page
from admin_views.engine.stamp import Reckoned
from admin_views.engine.view import compile_screen
from tomoiki.core.access import Access, Viewer
from tomoiki.core.database import Base
from tomoiki.core.fields import fields_of
from tomoiki.core.languages import speak_through, use_own_catalogs
from tomoiki.core.records import Listed, Record
from tomoiki.core.saved_views import SavedView
from tomoiki.core.vocabulary import OpenChoice, list_name
from tomoiki.core.wordings import ListName, TableName, name_lists

NO_STATIC = {"static_folder": "none", "static_url_path": "/x-none"}  # the bundled 21 MB stay where they are


def _lists(screens: Sequence[Screen]) -> Iterator[tuple[str, LazyString]]:
    """Yield the lists that the office may change, each by where it is used first: “Cases: Urgency”."""
    seen = set()
    for screen in screens:
        for field in fields_of(screen.model).values():
            choices = field.choices
            if choices is None or choices in seen or (field.read_only and issubclass(choices, OpenChoice)):
                continue
            seen.add(choices)
            if choices not in (ListName, TableName) and issubclass(screen.model, Record):
                yield list_name(choices), LazyString(_join, screen.name, field.label)


def _join(screen: LazyString, field: LazyString) -> str:
    return f"{screen}: {field}"


def _tables(screens: Sequence[Screen]) -> dict[str, LazyString]:
    models = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Listed)]
    found = {model.__tablename__: model.__called__ for model in models if model.__called__ is not None}
    found |= {screen.model.__tablename__: screen.name for screen in reversed(screens) if not screen.only}
    return found | {SavedView.__tablename__: _("Saved views")}


def install(
    app: Flask,
    screens: Sequence[Screen],
    access: Access,
    looking: Callable[[], Viewer],
    setting: Callable[[Session, str], str],
) -> None:
    """Check the screens, compile them to views at their addresses, add the pages that belong to none."""
    check_screens(screens)
    name_lists(app, {ListName: dict(_lists(screens)), TableName: _tables(screens)})
    app.extensions["tomoiki_office"] = Office(
        {screen.slug: screen for screen in screens}, access, looking, setting
    )
    use_own_catalogs(flask_admin.babel.domain, flask_admin.babel.wtforms_domain)
    speak_through(flask_admin.babel.wtforms_domain)
    admin = Admin(
        app,
        name="tomoiki",
        url="/",
        index_view=Home(name="Home", endpoint="admin", url="/", **NO_STATIC),
        theme=Theme(folder="bootstrap4", base_template="engine/page.html"),
    )
    app.add_url_rule("/search", "search", search_page)
    app.add_url_rule("/last-hour", "last_hour", last_hour_page, methods=("GET", "POST"))
    app.add_url_rule(f"/bulk/<int(max={MAX_ID}):number>", "bulk", bulk_page, methods=("GET", "POST"))
    reckoned = Reckoned()
    for screen in screens:
        admin.add_view(compile_screen(screen, reckoned))
    pages.install(app)
    import_command.install(app)
    export_command.install(app)
