"""Two pages of the administrator that show no table: who may do what, and all lists with their codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask, abort, render_template, request
from flask_babel import force_locale

from admin_views.engine.office import access, office, viewer
from admin_views.engine.pages import to_login
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels
from tomoiki.accounts.matrix_words import Permission, permissions
from tomoiki.accounts.models import OfficeChoice, Role, User, find_list
from tomoiki.core.access import Verb
from tomoiki.core.database import db
from tomoiki.core.dates import today
from tomoiki.core.languages import LANGUAGES
from tomoiki.core.vocabulary import AnyChoice, OpenChoice
from tomoiki.core.wordings import Entry, ListName, as_declared, entries


def install(app: Flask) -> None:
    """Add the two pages."""
    app.add_url_rule("/permissions", "permissions", permissions_page)
    app.add_url_rule("/vocabularies", "vocabularies", vocabularies_page)


# -- who may do what ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ScreenRights:
    """What a role may do on one screen."""

    name: str
    rights: Mapping[Verb, tuple[Permission, ...]]


def permissions_page() -> Any:
    """Say in words what a role may do; for those who give roles."""
    if viewer().id is None:
        return to_login()
    if not access().may(viewer(), "update", User):
        abort(403)
    asked = request.args.get("role", "")
    role = asked if asked in labels(Role) else Role.treasurer.value
    rights = [ScreenRights(str(one.name), permissions(access(), role, one.model)) for one in _tables()]
    return render_template(
        "office/permissions.html",
        roles=labels(Role),
        role=role,
        open=[one for one in rights if any(one.rights.values())],
        closed=[one.name for one in rights if not any(one.rights.values())],
    )


def _tables() -> Iterator[Screen]:
    seen = set()
    for screen in office().screens.values():
        if not screen.only and screen.model not in seen:
            seen.add(screen.model)
            yield screen


# -- all lists -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Code:
    """One code of a list: its words by language, its place, and where it is changed."""

    entry: Entry
    words: Mapping[str, str]
    is_own: bool
    is_offered: bool
    address: str


def vocabularies_page() -> Any:
    """Show a list with all its codes, and lead to the form that changes one."""
    if viewer().id is None:
        return to_login()
    names, asked = labels(ListName), request.args.get("list", "")
    name = asked if asked in names else next(iter(names))
    choices = find_list(name)
    if choices is None:
        abort(404)
    may_change = access().may(viewer(), "create", OfficeChoice)
    return render_template(
        "office/vocabularies.html",
        names=names,
        name=name,
        codes=list(_codes(name, choices, may_change=may_change)),
        may_add=may_change and issubclass(choices, OpenChoice),
    )


def _codes(name: str, choices: AnyChoice, *, may_change: bool) -> Iterator[Code]:
    table, declared = OfficeChoice.__table__, as_declared(choices)
    rows = db.session.execute(sa.select(table.c.code, table.c.id).where(table.c.list == name)).all()
    changed = {row[0]: row[1] for row in rows}
    for code, entry in entries(choices).items():
        words = _in_each_language(entry)
        address = _address(name, code, entry, words, changed.get(code)) if may_change else ""
        yield Code(entry, words, code not in declared, entry.is_valid(today()), address)


def _in_each_language(entry: Entry) -> Mapping[str, str]:
    found = {}
    for code in LANGUAGES:
        with force_locale(code):
            found[code] = str(entry.label)
    return found


def _address(name: str, code: str, entry: Entry, words: Mapping[str, str], row: int | None) -> str:
    if row is not None:
        return f"/choices/{row}/edit"
    return "/choices/new?" + urlencode({"list": name, "code": code, **words, "sort": entry.sort})
