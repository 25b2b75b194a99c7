"""Who is behind a request: found by one small query, logged out when idle, named to the change log."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

import sqlalchemy as sa
from flask import Flask, current_app, flash, g, has_request_context, request, session
from flask_babel import gettext as _
from flask_security import current_user, logout_user
from flask_security.utils import set_request_attr
from sqlalchemy.orm import Session, selectinload

from tomoiki.accounts.models import User
from tomoiki.accounts.settings import SettingKey, get_setting
from tomoiki.core import saved_views, wordings
from tomoiki.core.access import Viewer
from tomoiki.core.actors import Actor, act_as
from tomoiki.core.database import db

SECURITY = "security"  # Flask-Security's blueprint: its views change the user they find
REMEMBERED = 500  # users kept in one process
STAMP_SECONDS = 60  # how exact "last seen" is; a page in between sends no cookie
_TABLE = sa.inspect(User).local_table
_STAMP = sa.select(_TABLE.c.version, _TABLE.c.active, *wordings.STAMP, saved_views.STAMP).where(
    _TABLE.c.fs_uniquifier == sa.bindparam("uniquifier")
)


class KnownUsers:
    """Users as pages read them: detached, with roles; each use is checked against version and `active`."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._users: OrderedDict[str, User] = OrderedDict()
        self._lock = Lock()

    def find(self, uniquifier: str) -> User | None:
        """Return the user as she stands now, or None when the mark is old or she may not log in."""
        stamp = db.session.connection().execute(_STAMP, {"uniquifier": uniquifier}).first()
        if stamp is None or not stamp.active:
            with self._lock:
                self._users.pop(uniquifier, None)
            return None
        wordings.note_stamp((stamp.words_at, stamp.words_sum))
        saved_views.note_stamp(stamp.views_stamp)
        with self._lock:
            user = self._users.get(uniquifier)
            if user is not None and user.version == stamp.version:
                self._users.move_to_end(uniquifier)
                return user
        return self._load(uniquifier)

    def _load(self, uniquifier: str) -> User | None:
        with Session(db.session.connection()) as reader:  # closing it detaches what it read
            user = reader.scalar(_by_mark(uniquifier).options(selectinload("*")))
        if user is not None:
            with self._lock:
                self._users[uniquifier] = user
                while len(self._users) > REMEMBERED:
                    self._users.popitem(last=False)
        return user


def _by_mark(uniquifier: str) -> sa.Select[User]:
    return sa.select(User).where(User.fs_uniquifier == uniquifier)


class IdleLimit:
    """The setting session_minutes, read from the database once a minute in each process."""

    def __init__(self) -> None:
        """Begin without a value."""
        self._seconds, self._read_at = 0, 0.0

    def seconds(self) -> int:
        """Return after how many seconds without use one is logged out."""
        now = time.monotonic()
        if not self._seconds or now - self._read_at > STAMP_SECONDS:
            self._seconds = 60 * int(get_setting(db.session(), SettingKey.session_minutes))
            self._read_at = now
        return self._seconds


def install(app: Flask) -> None:
    """Keep the two caches of this process with the app, and tell commands who is meant by --as."""
    app.extensions["tomoiki_users"] = KnownUsers()
    app.extensions["tomoiki_idle_limit"] = IdleLimit()
    app.extensions["tomoiki_viewer_of"] = viewer_of


def load_user(uniquifier: str) -> User | None:
    """Find the user whom the session cookie names; Flask-Login asks once a request."""
    if request.blueprint == SECURITY:
        user = db.session.scalar(_by_mark(uniquifier))
    else:
        user = current_app.extensions["tomoiki_users"].find(uniquifier)
    if user is None or not user.active:
        return None
    set_request_attr("fs_authn_via", "session")  # Flask-Security asks for both before it changes anything
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


def meet() -> None:
    """Log an idle user out, and let the change log know who acts in this request."""
    user = present_user()
    if user is not None and _is_idle(int(time.time())):
        user = None
        logout_user()
        session.pop("seen", None)
        flash(_("You were logged out because nothing happened for a while. Log in to go on."), "info")
    number, name = (user.id, user.name) if user is not None else (None, "anonymous")
    act_as(Actor(number, name, request.remote_addr, "page"))


def present_user() -> User | None:
    """Return the user of this request; to be read, not changed."""
    user = current_user._get_current_object()  # noqa: SLF001 - the proxy would look her up for every attribute
    return user if user.is_authenticated else None


def _is_idle(now: int) -> bool:
    seen: int | None = session.get("seen")
    if seen is not None and now - seen > current_app.extensions["tomoiki_idle_limit"].seconds():
        return True
    if seen is None or now - seen >= STAMP_SECONDS:
        session["seen"] = now
    return False


def current_viewer() -> Viewer:
    """Return the user of this request as permission sees her; without a user nobody with no role."""
    if "viewer" not in g:
        user = present_user()
        g.viewer = Viewer(user.id, frozenset(user.roles), _opened()) if user else Viewer(None, frozenset())
    return g.viewer  # type: ignore[no-any-return]


def _opened() -> frozenset[tuple[str, int]]:
    return frozenset(_still_open(session["opened"])) if "opened" in session else frozenset()


def _still_open(records: list[tuple[str, int, float]]) -> Iterator[tuple[str, int]]:
    now = time.time()
    for table, record_id, until in records:
        if until > now:
            yield table, record_id


def viewer_of(email: str) -> tuple[Viewer, Actor] | None:
    """Return with whose eyes and in whose name an import `--as` this user acts; None if she may not log in."""
    found = sa.select(User).where(sa.func.lower(User.email) == email.strip().lower(), User.active)
    user = db.session.scalar(found)
    if user is None:
        return None
    return Viewer(user.id, frozenset(user.roles)), Actor(user.id, user.name, None, "import")


def user_language() -> str | None:
    """Return the language that the user chose for herself."""
    user = present_user() if has_request_context() else None
    return user.language.value if user else None
