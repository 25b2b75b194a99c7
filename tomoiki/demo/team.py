"""The demo's users: one of each role, and a second caseworker."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tomoiki.accounts.models import Interface, Role, User
from tomoiki.demo.rows import Rows

DOMAIN = "demo.example"
PASSWORD_BYTES = 12
MEMBERS = (  # mailbox, name, role, language of the screens
    ("admin", "灯野 かなえ", Role.admin, Interface.ja),
    ("caseworker", "例川 ひかり", Role.caseworker, Interface.ja),
    ("caseworker2", "作野 わたる", Role.caseworker, Interface.ja),
    ("treasurer", "仮谷 すすむ", Role.treasurer, Interface.ja),
    ("organiser", "稲音 つむぎ", Role.organiser, Interface.ja),
    ("interpreter", "Đỗ Thị Sương", Role.interpreter, Interface.vi),
    ("auditor", "架空 みのる", Role.auditor, Interface.ja),
)


@dataclass(frozen=True)
class Team:
    """Who works in the demo's office, by mailbox; and the passwords of the new ones, to be shown once."""

    ids: Mapping[str, int]
    passwords: Mapping[str, str] = field(repr=False)

    @property
    def caseworkers(self) -> tuple[int, int]:
        """Return both caseworkers."""
        return self.ids["caseworker"], self.ids["caseworker2"]

    @property
    def interpreter(self) -> int:
        """Return the interpreter."""
        return self.ids["interpreter"]

    @property
    def organiser(self) -> int:
        """Return the organiser."""
        return self.ids["organiser"]


def add_team(session: Session, rows: Rows, since: datetime, hash_password: Callable[[str], str]) -> Team:
    """Add the users who are not there yet; one who is keeps her password."""
    ids, passwords = _present(session), {}
    for box, name, role, language in MEMBERS:
        if box not in ids:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            email = f"{box}@{DOMAIN}"
            passwords[email] = password
            ids[box] = rows.add(
                User, since, email=email, name=name, roles=[role.value], language=language,
                password=hash_password(password), fs_uniquifier=secrets.token_hex(16),
            )  # fmt: skip
    return Team(ids, passwords)


def _present(session: Session) -> dict[str, int]:
    boxes = {f"{box}@{DOMAIN}": box for box, *_ in MEMBERS}
    found = session.execute(sa.select(User.email, User.id).where(User.email.in_(boxes)))
    return {boxes[email]: user_id for email, user_id in found}
