"""Who is doing this: a person at a page, or the system itself by a command."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who acts (None: the system), under which name, from which address, by which way (page, import, command)."""

    id: int | None = None
    name: str = "system"
    address: str | None = None
    origin: str = "system"

    @property
    def is_importing(self) -> bool:
        """Tell whether an old list is being read in: what it tells was not done by whoever reads it."""
        return self.origin.partition(":")[0] == "import"


SYSTEM = Actor()
_current: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def actor() -> Actor:
    """Return who acts now."""
    return _current.get()


def act_as(who: Actor) -> None:
    """Let this person act from now on in the running request."""
    _current.set(who)


@contextmanager
def acting(who: Actor) -> Iterator[None]:
    """Let this person act inside the block."""
    token = _current.set(who)
    try:
        yield
    finally:
        _current.reset(token)


def os_user() -> str:
    """Return who started this process, as the operating system names her."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run under a number without a name
        return "unknown"
