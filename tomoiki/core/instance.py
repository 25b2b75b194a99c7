"""The office's own folder on this machine: its database, its keys; and the configuration that follows."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from flask import Flask

KEYS = {"SECRET_KEY": secrets.token_hex, "TOMOIKI_DATA_KEY": lambda: Fernet.generate_key().decode()}
MAX_REQUEST = 52 * 2**20  # an import of 50 MB and its form


def instance_folder() -> Path:
    """Return the folder of TOMOIKI_INSTANCE, by default `instance/` beside app.py; make it when absent."""
    folder = Path(os.environ.get("TOMOIKI_INSTANCE") or Path(__file__).parents[2] / "instance").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def read_key(folder: Path, name: str) -> str:
    """Return a key from the environment or the folder; make it (mode 0600) when there is none yet."""
    if found := os.environ.get(name):
        return found
    path = folder / name.lower()
    try:
        write_private(path, key := KEYS[name]())
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    return key


def database_url(folder: Path) -> str:
    """Return DATABASE_URL with the driver we ship, or the SQLite file in the folder."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'tomoiki.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def configure(app: Flask, config: Mapping[str, Any] | None) -> None:
    """Set what every part needs; `config` (tests) wins over the environment and spares the folder."""
    given = dict(config or {})
    folder = Path(given.get("TOMOIKI_INSTANCE") or instance_folder())
    app.instance_path = str(folder)
    app.config.update(
        SECRET_KEY=given.get("SECRET_KEY") or read_key(folder, "SECRET_KEY"),
        TOMOIKI_DATA_KEY=given.get("TOMOIKI_DATA_KEY") or read_key(folder, "TOMOIKI_DATA_KEY"),
        SQLALCHEMY_DATABASE_URI=given.get("SQLALCHEMY_DATABASE_URI") or database_url(folder),
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # neither logs nor errors tell what is stored
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST,  # a text that is too long is told beside its field, with all the others kept
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=os.environ.get("TOMOIKI_BASE_URL", "").startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.config.update(given)
    _encrypt_with(app, app.config["TOMOIKI_DATA_KEY"])


def _encrypt_with(app: Flask, keys: str) -> None:
    """Take these data keys, the newest first; older ones still open old values."""
    app.extensions["tomoiki_cipher"] = MultiFernet([Fernet(key) for key in keys.split()])


def keys(app: Flask) -> dict[str, str]:
    """Return the keys in use, wherever they come from."""
    return {name: str(app.config[name]) for name in KEYS}


def keys_set_otherwise(wanted: Mapping[str, str]) -> list[str]:
    """Return the names of keys for which the environment gives another value: it would win over the folder."""
    given = {name: os.environ.get(name, "").split() for name in wanted}
    return [name for name, words in given.items() if words and not set(wanted[name].split()) <= set(words)]


def keep_keys(app: Flask, wanted: Mapping[str, str]) -> None:
    """Put these keys into the folder and use them; one that was there steps aside, none is ever lost."""
    folder = Path(app.instance_path)
    for name, key in wanted.items():
        path = folder / name.lower()
        if path.exists() and path.read_text(encoding="utf-8").strip() != key:
            path.replace(path.with_suffix(".before-restore"))
        if not path.exists() and not os.environ.get(name):
            write_private(path, key)
    app.config.update(wanted)
    _encrypt_with(app, wanted["TOMOIKI_DATA_KEY"])


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner reads; raise FileExistsError if there is one."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
