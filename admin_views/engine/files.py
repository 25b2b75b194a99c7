"""Our few files: packed once, under addresses that follow from their content, so that browsers keep them a year."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from markupsafe import Markup
from whitenoise import WhiteNoise

STATIC = Path(__file__).parents[1] / "static"
YEAR = 31_536_000  # seconds
SMALL = 1400  # bytes that travel in one packet anyway
FAST = 1  # pages are packed for one reader, so quickly


def install(app: Flask) -> None:
    """Serve them before the application is asked; packed copies lie in the instance folder."""
    app.add_url_rule("/static/<path:filename>", "static", build_only=True)
    files = WhiteNoise(app.wsgi_app, max_age=YEAR, add_headers_function=_headers)
    files.add_files(str(_packed(Path(app.instance_path) / "static")), prefix=f"static/{_digest()}/")
    app.wsgi_app = files  # type: ignore[method-assign]  # the WSGI way to wrap an application


def static(name: str) -> str:
    """Return the address of a file of ours."""
    return f"/static/{_digest()}/{name}"


@cache
def icon(name: str) -> Markup:
    """Return the symbol of that name from our one file; always beside words."""
    return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        static("icons.svg"), name
    )


def pack(answer: Response) -> Response:
    """Send a page packed to a browser that can unpack it.

    Others cannot learn from its length (BREACH): their requests come without our cookie, which is SameSite.
    """
    if answer.is_streamed or answer.mimetype != "text/html" or not request.accept_encodings.quality("gzip"):
        return answer
    page = answer.get_data()
    if len(page) > SMALL:
        answer.set_data(gzip.compress(page, FAST, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.vary.add("Accept-Encoding")
    return answer


def _sources() -> dict[str, Path]:
    import flask_bootstrap  # noqa: PLC0415 - only to find its files

    bootstrap = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    return {path.name: path for path in sorted(STATIC.iterdir())} | {"bootstrap/bootstrap.min.css": bootstrap}


@cache
def _digest() -> str:
    """Return the folder of our files in addresses."""
    digest = hashlib.sha256()
    for path in _sources().values():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _packed(folder: Path) -> Path:
    """Return a folder with each file and its packed copy, written at the first start with this content."""
    place, fresh = folder / _digest(), folder / f"{_digest()}.new"
    if not place.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for name, path in _sources().items():
            copy = fresh / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            Path(f"{copy}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        fresh.rename(place)
    return place


def _headers(headers: Any, path: str, address: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = f"max-age={YEAR}, public, immutable"
