"""A PostgreSQL for the tests: the one of TEST_DATABASE_URL, else pgserver's, else Debian's own programs."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

MISSING = (
    "no PostgreSQL: set TEST_DATABASE_URL, or install pgserver (Python 3.11, 3.12) or Debian's postgresql"
)


class NoServer(Exception):  # noqa: N818 - named after the fact
    """There is no PostgreSQL on this machine."""


@contextmanager
def server() -> Iterator[sa.URL]:
    """Yield the address of a running server; stop it afterwards if it was started here."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield _with_our_driver(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="tomoiki-pg-"))
    try:
        with _pgserver(folder) if _has_pgserver() else _own_programs(folder) as url:
            _make_careless(url)
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_our_driver(url: str) -> sa.URL:
    return sa.make_url(url).set(drivername="postgresql+psycopg")


def _make_careless(url: sa.URL) -> None:
    """Nobody mourns a test's data: copying databases is three times as fast without waiting for the disk."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")


def _has_pgserver() -> bool:
    with suppress(ImportError), warnings.catch_warnings(action="ignore"):  # it warns of XDG_RUNTIME_DIR
        import pgserver  # noqa: F401, PLC0415 - there is none for newer Pythons

        return True
    return False


@contextmanager
def _pgserver(folder: Path) -> Iterator[sa.URL]:
    import pgserver  # noqa: PLC0415

    running = pgserver.get_server(folder)
    try:
        yield _with_our_driver(running.get_uri())
    finally:
        running.cleanup()


@contextmanager
def _own_programs(folder: Path) -> Iterator[sa.URL]:
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    as_user = _as_other_user(folder) if os.geteuid() == 0 else []
    data = folder / "data"
    _run(*as_user, initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    _run(*as_user, pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield _with_our_driver(f"postgresql://postgres@/postgres?host={folder}")
    finally:
        _run(*as_user, pg_ctl, "-D", data, "-m", "immediate", "stop")


def _program(name: str) -> str:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    if found is None:
        raise NoServer(MISSING)
    return found


def _as_other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    try:
        shutil.chown(folder, "postgres")
    except LookupError:
        raise NoServer(MISSING) from None
    return ["runuser", "-u", "postgres", "--"]


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603 - our own words
