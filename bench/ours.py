"""Plugs tomoiki into the side-by-side benchmark of shared/bench: python run.py --add …/bench/ours.py:Ours."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from adapters.base import Adapter

ROOT = Path(__file__).parents[1]
PYTHON = os.environ.get("TOMOIKI_PYTHON") or str(ROOT / ".venv" / "bin" / "python")
sys.path.insert(0, str(Path(__file__).parent))
from load import log_in  # noqa: E402 - beside this file


class Ours(Adapter):
    """Our application under waitress, logged in as an administrator: session, permission, history and index included."""

    name = "ours"
    row_re = rb'<tr data-id="(\d+)"'
    default_order = "c.opened_on DESC, c.id DESC"
    donation_order = "d.received_on DESC, d.id DESC"
    summary_field = "story"
    list_path, form_path, donations_path = "/cases/", "/cases/{}/edit", "/donations/"
    list_args = {"page": "page", "search": "q", "status": "status", "category": "categories"}
    sort_args = {"sort": "-opened_on"}

    def prepare(self, src: str, workdir: str) -> None:
        """Make a fresh instance and load the common data into it."""
        self.folder = Path(workdir) / "ours"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.db = str(self.folder / "tomoiki.db")
        load = [PYTHON, str(ROOT / "bench" / "load.py"), src, self.db]
        subprocess.run(load, cwd=ROOT, env={**os.environ, **self._environment()}, check=True)

    def _environment(self) -> dict[str, str]:
        return {"TOMOIKI_INSTANCE": str(self.folder), "DATABASE_URL": f"sqlite:///{self.db}"}

    def command(self, port: int, server: str) -> tuple[list[str], dict[str, str], str]:
        """Return how to start it, with what `serve` sets as well."""
        threads = server.partition(":")[2] or "4"
        settings = [f"--threads={threads}", "--outbuf-high-watermark=1048576", f"--listen=127.0.0.1:{port}"]
        argv = [PYTHON, "-m", "waitress", *settings, "app:app"]
        return argv, self._environment(), str(ROOT)

    def login(self, http: Any) -> None:
        """Log in through the real form."""
        log_in(http)

    def save_request(self, http: Any, case_id: int) -> Any:
        """Leave the version out: the run sends one stale form again and again, which our lock would rightly refuse."""
        path, fields = super().save_request(http, case_id)
        return path, [(name, value) for name, value in fields if name != "_version"]

    def export_request(self, http: Any) -> Any:
        """Fill in the form that asks for the purpose; its POST streams the file."""
        path, fields = http.scrape("/cases/export.csv", "purpose")
        mine = {"purpose": "benchmark", "encoding": "utf-8"}
        return "POST", path, [(name, mine.get(name, value)) for name, value in fields]

    def read_summary(self, case_id: int) -> str:
        """Return the stored story."""
        with sqlite3.connect(self.db) as connection:
            return str(connection.execute('SELECT story FROM "case" WHERE id = ?', (case_id,)).fetchone()[0])
