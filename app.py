"""Joins domain, screens and commands; nothing else."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session

import admin_views
from admin_views import front, help_pages, office_pages, opening, starting
from admin_views.engine import install as install_engine
from admin_views.engine.front import install as install_front
from admin_views.engine.screen import Screen
from tomoiki.accounts import commands as account_commands
from tomoiki.accounts import login, setup
from tomoiki.accounts.matrix import office_access
from tomoiki.accounts.models import Role
from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.core import (
    backup_commands,
    checking,
    history,
    instance,
    languages,
    nightly,
    routing,
    schema_commands,
    search,
    serving,
    wordings,
)
from tomoiki.core.access import Access
from tomoiki.core.attachments import let_go
from tomoiki.core.database import db
from tomoiki.deadlines.services import mark_missed
from tomoiki.demo import commands as demo_commands


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Look for no garbage meanwhile: there is none, and looking takes three times as long as building."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_keeping_all()
def create_app(
    config: Mapping[str, Any] | None = None,
    screens: tuple[Screen, ...] = admin_views.SCREENS,
    access: Access | None = None,
) -> Flask:
    """Build the application; tests pass a configuration, and screens or an access matrix of their own."""
    app = Flask(__name__, static_folder=None, template_folder="admin_views/templates")
    app.url_rule_class = routing.LazyRule
    instance.configure(app, config)
    db.init_app(app)
    Bootstrap5(app)
    CSRFProtect(app)
    history.install()
    search.install()
    wordings.install(app)
    languages.install(app, login.user_language, _office_language)
    login.install(app)
    setup.install(app, starting.STARTS)
    office_pages.install(app)
    help_pages.install(app)
    opening.install(app)
    starting.install(app)
    install_engine(app, screens, access or office_access(), login.current_viewer, _setting)
    install_front(app, front.BOARDS)
    app.extensions["tomoiki_setting"] = _setting  # for rooms below the one that knows them
    nightly.install(app, frozenset({Role.admin.value}), (mark_missed, let_go))
    for commands in (schema_commands, serving, backup_commands, checking, account_commands, demo_commands):
        commands.install(app)
    return app


def _setting(session: Session, key: str) -> str:
    return get_setting(session, key)


def _office_language() -> str:
    return get_setting(db.session(), SettingKey.language)


app = create_app()
