"""A file between its preview and its import: kept encrypted in the instance folder, bound to one browser.

The name it came with is shown and never used as a path. It goes when the import has run, or after two hours.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app, session

from tomoiki.core.sheets import shown_name

FOLDER = "uploads"
MOST_SECONDS = 2 * 60 * 60
_KEY = "import_upload"
_TOKEN = re.compile("[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Upload:
    """A kept file: its token, the name to show, and its bytes."""

    token: str
    name: str
    data: bytes


def keep(slug: str, filename: str, data: bytes) -> Upload:
    """Put the file away for this browser and screen; a file kept before is dropped."""
    drop()
    _sweep()
    upload = Upload(secrets.token_urlsafe(32), shown_name(filename), data)
    handle = os.open(_path(upload.token), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_cipher().encrypt(data))
    session[_KEY] = [upload.token, slug, upload.name]
    return upload


def find(slug: str, token: str) -> Upload | None:
    """Return the file that this browser put away for this screen, or None when it is gone."""
    known, known_slug, name = session.get(_KEY) or ("", "", "")
    if not (_TOKEN.fullmatch(token) and secrets.compare_digest(token, known) and slug == known_slug):
        return None
    path = _path(token)
    try:
        if path.stat().st_mtime < time.time() - MOST_SECONDS:
            return None
        return Upload(token, name, _cipher().decrypt(path.read_bytes()))
    except (OSError, InvalidToken):
        return None


def drop() -> None:
    """Delete the file of this browser, if there is one."""
    token = (session.pop(_KEY, None) or [""])[0]
    if _TOKEN.fullmatch(token):
        _path(token).unlink(missing_ok=True)


def _sweep() -> None:
    """Delete files whose browsers were closed."""
    for path in _folder().iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - MOST_SECONDS:
                path.unlink()


def _folder() -> Path:
    folder = Path(current_app.instance_path) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _path(token: str) -> Path:
    return _folder() / f"{token}.bin"


def _cipher() -> MultiFernet:
    return cast("MultiFernet", current_app.extensions["tomoiki_cipher"])
