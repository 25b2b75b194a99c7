"""Eight people read and save at once for a minute; afterwards every save that was acknowledged must be there.

    BENCH_HOME=../shared/bench .venv/bin/python bench/mixed.py [SECONDS]

Makes a demo office in a folder of its own, serves it as an office does, and prints one line of JSON: requests, errors,
p95 of saves in milliseconds, acknowledged saves, those of them that are lost, and what `check` finds.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path[:0] = [
    str(ROOT),
    os.environ.get("BENCH_HOME", str(ROOT.parent / "shared" / "bench")),
    str(ROOT / "bench"),
]
from client import Http  # noqa: E402 - the benchmark's own
from load import EMAIL, PASSWORD, log_in  # noqa: E402 - beside this file

CLIENTS, SECONDS, SCALE = 8, 60, "10"
READS = (
    "/",
    "/cases/",
    "/cases/?status=active&sort=-opened_on",
    "/people/?q=nguyen",
    f"/search?q={quote('相談')}",
    "/donations/",
)
FLASK = [sys.executable, "-m", "flask", "--app", "app"]


class Person(threading.Thread):
    """Somebody at work on cases that nobody else saves."""

    def __init__(self, port: int, cases: list[int], until: float) -> None:
        super().__init__()
        self.http, self.cases, self.until = Http(port), cases, until
        self.stories: dict[int, str] = {}
        self.saves: list[float] = []
        self.faults: list[str] = []
        self.asked = 0
        self.chance = random.Random(cases[0])

    def run(self) -> None:
        """Read four pages, save one case, until the time is over."""
        try:
            log_in(self.http)
            while time.monotonic() < self.until:
                for _ in range(4):
                    self._ask("GET", self.chance.choice((*READS, f"/cases/{self.chance.choice(self.cases)}")))
                self._save(self.chance.choice(self.cases))
        except Exception as fault:
            self.faults.append(repr(fault))

    def _ask(self, method: str, path: str, fields: Any = None, expected: int = 200) -> float:
        answer = self.http.request(method, path, fields)
        self.asked += 1
        if answer.status != expected:
            self.faults.append(f"{method} {path.partition('?')[0]}: {answer.status}")
        return float(answer.ms)

    def _save(self, case: int) -> None:
        path, fields = self.http.scrape(f"/cases/{case}/edit", "story")
        story, before = f"{case}:{self.asked}", len(self.faults)
        sent = [(name, story if name == "story" else value) for name, value in fields]
        self.saves.append(self._ask("POST", path, sent, expected=303))
        if len(self.faults) == before:
            self.stories[case] = story


def main(seconds: int) -> None:
    """Make the office, let them work, look what is left."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"TOMOIKI_INSTANCE": folder, "PORT": "0"}
        os.environ["TOMOIKI_INSTANCE"] = folder
        for words in (["db", "upgrade"], ["demo", "--scale", SCALE]):
            subprocess.run([*FLASK, *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        cases = _cases(folder)
        people = _work(env, cases, seconds)
        stored = _stories(folder)
        kept = {case: story for person in people for case, story in person.stories.items()}
        checked = subprocess.run(
            [*FLASK, "check", "--json"], cwd=ROOT, env=env, check=False, capture_output=True
        )
    saves = sorted(ms for person in people for ms in person.saves)
    print(json.dumps({
        "seconds": seconds, "clients": CLIENTS, "requests": sum(one.asked for one in people),
        "errors": [fault for one in people for fault in one.faults], "saves": len(saves),
        "save_p50_ms": round(saves[len(saves) // 2], 1), "save_p95_ms": round(saves[int(len(saves) * 0.95)], 1),
        "lost": sorted(case for case, story in kept.items() if stored[case] != story),
        "findings": json.loads(checked.stdout)["findings"],
    }))  # fmt: skip


def _cases(folder: str) -> list[int]:
    """Add the user who logs in, and return the cases that she may change."""
    from app import create_app  # noqa: PLC0415 - the instance is named first
    from tomoiki.accounts.services import add_user  # noqa: PLC0415
    from tomoiki.core.database import db, in_write  # noqa: PLC0415

    with create_app().app_context():
        in_write(lambda: add_user(db.session(), EMAIL, "Bench", ["admin"], PASSWORD))
    with sqlite3.connect(Path(folder) / "tomoiki.db") as connection:
        found = connection.execute(
            "SELECT id FROM \"case\" WHERE confidential = 'normal' AND status IN ('open', 'active') ORDER BY id"
        )
        return [row[0] for row in found]


def _work(env: dict[str, str], cases: list[int], seconds: int) -> list[Person]:
    with subprocess.Popen([*FLASK, "serve"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = next(int(line.rpartition(":")[2]) for line in server.stdout if line.startswith("http"))
        until = time.monotonic() + seconds
        people = [Person(port, cases[at::CLIENTS], until) for at in range(CLIENTS)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        server.terminate()
    return people


def _stories(folder: str) -> dict[int, str]:
    with sqlite3.connect(Path(folder) / "tomoiki.db") as connection:
        return dict(connection.execute('SELECT id, story FROM "case"'))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
