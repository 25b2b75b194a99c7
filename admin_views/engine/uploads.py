"""A file between its preview and its import: kept encrypted in the instance folder, bound to one browser.

The name it came with is shown and never used as a path. It goes when the import has run, or after two hours.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app, session

from tomoiki.core.sheets import shown_name

FOLDER = "uploads"
MOST_SECONDS = 2 * 60 * 60
REJECTS_SECONDS = 7 * 24 * 60 * 60
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
    _write(_path(upload.token), data)
    session[_KEY] = [upload.token, slug, upload.name]
    return upload


def keep_wishes(token: str, wishes: dict[str, Any]) -> None:
    """Put what was chosen for a kept file beside it."""
    _write(_path(token, "wishes"), json.dumps(wishes).encode())


def find_wishes(token: str) -> dict[str, Any]:
    """Return what was chosen for a kept file so far."""
    found: dict[str, Any] = json.loads(_read(_path(token, "wishes")) or b"{}")
    return found


def claim(token: str) -> bool:
    """Tell whether this is the first to import a kept file: a second click finds it taken."""
    try:
        os.close(os.open(_path(token, "claim"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def release(token: str) -> None:
    """Let a kept file be imported after all: the first try was refused."""
    _path(token, "claim").unlink(missing_ok=True)


def tell(token: str, state: dict[str, Any]) -> None:
    """Write down how far an import has come: in a file, so that neither the database nor this process is asked."""
    path = _path(token, "state")
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(path)


def is_token(token: str) -> bool:
    """Tell whether this may be a token of ours."""
    return _TOKEN.fullmatch(token) is not None


def state_of(token: str) -> dict[str, Any] | None:
    """Return how far an import has come, or None when nothing is known of it."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        found: dict[str, Any] = json.loads(_path(token, "state").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def keep_rejects(run_id: int, workbook: bytes) -> None:
    """Put the rejected rows of an import away for a week."""
    _write(_folder() / f"rejects-{int(run_id)}.bin", workbook)


def find_rejects(run_id: int) -> bytes | None:
    """Return the rejected rows of an import, as long as they are kept."""
    return _read(_folder() / f"rejects-{int(run_id)}.bin")


def find(slug: str, token: str) -> Upload | None:
    """Return the file that this browser put away for this screen, or None when it is gone."""
    known, known_slug, name = session.get(_KEY) or ("", "", "")
    if not (_TOKEN.fullmatch(token) and secrets.compare_digest(token, known) and slug == known_slug):
        return None
    data = _read(_path(token), MOST_SECONDS)
    return None if data is None else Upload(token, name, data)


def drop() -> None:
    """Delete the file of this browser, if there is one."""
    token = (session.pop(_KEY, None) or [""])[0]
    if _TOKEN.fullmatch(token):
        forget(token)


def forget(token: str) -> None:
    """Delete a kept file and what was chosen for it; how its import went may still be asked."""
    for kind in ("bin", "wishes"):
        _path(token, kind).unlink(missing_ok=True)


def _sweep() -> None:
    """Delete files whose browsers were closed."""
    for path in _folder().iterdir():
        most = REJECTS_SECONDS if path.name.startswith("rejects-") else MOST_SECONDS
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - most:
                path.unlink()


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_cipher().encrypt(data))


def _read(path: Path, most_seconds: int = REJECTS_SECONDS) -> bytes | None:
    try:
        if path.stat().st_mtime < time.time() - most_seconds:
            return None
        return _cipher().decrypt(path.read_bytes())
    except (OSError, InvalidToken):
        return None


def _folder() -> Path:
    folder = Path(current_app.instance_path) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _path(token: str, kind: str = "bin") -> Path:
    return _folder() / f"{token}.{kind}"


def _cipher() -> MultiFernet:
    return cast("MultiFernet", current_app.extensions["tomoiki_cipher"])
