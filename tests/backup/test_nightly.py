"""The nightly backup: when, once, which stay, and what administrators are told."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.backup.conftest import an_office, execute, run
from tests.databases import Store, let_go
from tomoiki.core import backups, nightly
from tomoiki.core.backup_log import BackupLog, backup_notice, readable_size
from tomoiki.core.database import db
from tomoiki.core.nightly import is_due, kept, make_if_due

THREE = time(3)
NIGHT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 03:00 of the 25th in Tokyo


# -- when ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (NIGHT, None, True),
        (NIGHT - timedelta(minutes=1), NIGHT - timedelta(days=1), False),
        (NIGHT, NIGHT - timedelta(days=1), True),
        (NIGHT + timedelta(minutes=1), NIGHT, False),
        (NIGHT + timedelta(hours=23), NIGHT, False),
        (NIGHT + timedelta(hours=6), NIGHT - timedelta(days=3), True),
        (NIGHT + timedelta(hours=6), NIGHT - timedelta(hours=1), True),
    ],
    ids=["never yet", "not yet three", "three", "just made", "late evening", "off for days", "made at two"],
)
def test_a_backup_is_due_once_after_three(now: datetime, last: datetime | None, due: bool) -> None:
    assert is_due(now, THREE, last) is due


# -- which stay ----------------------------------------------------------------------------------------------
def days_until(last: date, count: int) -> list[date]:
    return [last - timedelta(days=back) for back in range(count)]


def test_fourteen_days_and_the_first_of_twelve_months_stay() -> None:
    stays = kept(days_until(date(2026, 11, 25), 1000), 14, 12)

    assert sorted(stays)[-14:] == sorted(days_until(date(2026, 11, 25), 14))
    assert sorted(stays)[:12] == [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    assert len(stays) == 26


def test_a_month_that_began_with_the_computer_off_keeps_its_first_backup() -> None:
    days = [date(2026, 9, 7), date(2026, 9, 8), *days_until(date(2026, 11, 25), 20)]

    assert date(2026, 9, 7) in kept(days, 14, 12)
    assert date(2026, 9, 8) not in kept(days, 14, 12)


def test_day_by_day_no_month_is_lost() -> None:
    stays: frozenset[date] = frozenset()
    for day in sorted(days_until(date(2026, 11, 25), 800)):
        stays = kept({*stays, day}, 14, 12)

    assert stays == kept(days_until(date(2026, 11, 25), 800), 14, 12)


# -- making it -----------------------------------------------------------------------------------------------
def folder(app: Flask) -> Path:
    return Path(app.instance_path) / "backups"


def make(app: Flask, now: datetime) -> backups.Made | None:
    with app.app_context():
        made = make_if_due(now)
    let_go(app)
    return made


@pytest.fixture
def young(make_app: Callable[..., Flask], database: Store) -> Flask:
    """An office that has just begun."""
    return an_office(make_app, database)


@pytest.mark.storage
def test_a_night_makes_one_file_that_opens_with_the_passphrase_in_the_folder(
    young: Flask, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    made = make(young, now)

    assert made is not None
    assert make(young, now + timedelta(minutes=1)) is None
    assert [path.name for path in folder(young).iterdir()] == [made.path.name]
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert folder(young).stat().st_mode & 0o777 == 0o700
    key = Path(young.instance_path) / "backup-passphrase"
    assert key.stat().st_mode & 0o777 == 0o600
    with young.app_context():
        backups.read_backup(made.path, key.read_text(), tmp_path / "opened.db")
        assert db.session.scalars(sa.select(BackupLog.kind)).all() == ["nightly"]


def test_the_file_bears_the_day_in_tokyo(young: Flask) -> None:
    make(young, NIGHT)

    assert [path.name for path in folder(young).iterdir()] == ["tomoiki-2026-11-25.backup"]


def test_the_office_chooses_time_and_numbers(young: Flask) -> None:
    execute(
        young,
        "UPDATE setting SET value = '23:30' WHERE key = 'backup_time'",
        "UPDATE setting SET value = '1' WHERE key IN ('backup_days', 'backup_months')",
    )
    folder(young).mkdir(mode=0o700)
    for name in ("tomoiki-2026-11-23.backup", "tomoiki-2026-11-20.backup", "tomoiki-x.backup", "before-0002"):
        (folder(young) / name).touch()

    make(young, NIGHT)

    names = {path.name for path in folder(young).iterdir()}
    assert names == {
        "tomoiki-2026-11-25.backup",
        "tomoiki-2026-11-20.backup",
        "tomoiki-x.backup",
        "before-0002",
    }


@pytest.mark.storage
def test_of_two_processes_one_makes_it(young: Flask) -> None:
    with young.app_context(), backups.one_at_a_time("nightly-lock"):
        assert make_if_due(NIGHT) is None
    let_go(young)

    assert make(young, NIGHT) is not None


def test_a_passphrase_of_the_environment_comes_first(
    young: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOMOIKI_BACKUP_PASSPHRASE", "of the environment")

    made = make(young, NIGHT)

    assert made is not None
    assert not (Path(young.instance_path) / "backup-passphrase").exists()
    with young.app_context():
        backups.read_backup(made.path, "of the environment", tmp_path / "opened.db")


def test_the_office_sets_its_own_passphrase(young: Flask, tmp_path: Path) -> None:
    make(young, NIGHT)

    answer = run(young, "backup-passphrase", passphrase=" Tết đoàn viên ")  # noqa: S106 - of nothing
    made = make(young, NIGHT + timedelta(days=1))

    assert answer.exit_code == 0
    assert "Tết" not in answer.output
    assert (Path(young.instance_path) / "backup-passphrase").stat().st_mode & 0o777 == 0o600
    assert made is not None
    with young.app_context():
        backups.read_backup(made.path, " Tết đoàn viên ", tmp_path / "opened.db")


def test_a_night_that_fails_is_written_down_and_tried_again(young: Flask) -> None:
    folder(young).mkdir(mode=0o700)
    blocked = folder(young) / "tomoiki-2026-11-25.backup"
    (blocked / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match="directory"):
        make(young, NIGHT)

    with young.app_context():
        row = db.session.scalars(sa.select(BackupLog)).one()
        assert (row.ok, row.kind) == (False, "nightly")
        assert "irectory" in (row.message or "")
    (blocked / "inside").rmdir()
    blocked.rmdir()
    assert make(young, NIGHT) is not None


def test_the_running_server_makes_it(young: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(nightly, "LOOK", 0.01)
    looked = nightly.threading.Event()
    looks = iter([RuntimeError("disk full"), None])

    def look(now: datetime) -> None:
        assert now.tzinfo is UTC
        fault = next(looks)
        if fault:
            raise fault
        looked.set()

    monkeypatch.setattr(nightly, "make_if_due", look)
    monkeypatch.setattr(nightly, "AFTER_FAILURE", 0.01)

    with nightly.nightly(young):
        assert looked.wait(20)


# -- what is told --------------------------------------------------------------------------------------------
def logged(hours: float, **values: object) -> BackupLog:
    return BackupLog(
        **(
            {"at": NIGHT - timedelta(hours=hours), "ok": True, "bytes": 12_345_678, "kind": "nightly"}
            | values
        )
    )


@pytest.mark.parametrize(
    ("good", "failure", "says", "warns"),
    [
        (None, None, "There is no backup yet.", True),
        (logged(5), None, "Last backup: 2026-11-24 22:00, 12.3 MB.", False),
        (logged(48), None, "Last backup: 2026-11-23 03:00, 12.3 MB.", False),
        (logged(49), None, "Last backup: 2026-11-23 02:00, 12.3 MB. It is older than two days.", True),
        (
            logged(24),
            logged(1, ok=False, message="No space left on device"),
            "Last backup: 2026-11-24 03:00, 12.3 MB. The last try failed: No space left on device",
            True,
        ),
    ],
    ids=["none", "today's", "two days", "older", "failed since"],
)
def test_the_notice_says_age_and_size_and_warns(
    in_english: None, good: BackupLog | None, failure: BackupLog | None, says: str, warns: bool
) -> None:
    notice = backup_notice(good, failure, NIGHT)

    assert (notice.text, notice.is_warning) == (says, warns)


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0.0 kB"), (999_949, "999.9 kB"), (1_000_000, "1.0 MB"), (2.5e12, "2,500.0 GB")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert readable_size(size) == words


@pytest.mark.parametrize("role", ["admin", "caseworker", "auditor"])
def test_only_administrators_are_told(app: Flask, login: Callable[[str], FlaskClient], role: str) -> None:
    client = login(role)
    client.get("/lang/en")

    page = client.get("/").text

    assert ("There is no backup yet." in page) is (role == "admin")
    assert ("backup-passphrase" in page) is (role == "admin")


def test_the_passphrase_of_the_environment_is_not_told_of(
    app: Flask, login: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOMOIKI_BACKUP_PASSPHRASE", "of the environment")

    page = login("admin").get("/").text

    assert "backup-passphrase" not in page


def test_check_reads_what_the_night_left(young: Flask) -> None:
    make(young, NIGHT)

    assert json.loads(run(young, "check", "--json").output)["ok"]
