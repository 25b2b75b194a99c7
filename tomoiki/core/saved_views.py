"""The tables saved_view and list_habit: lists as somebody wants them again, her own or shared with a role.

A view is the arguments of a list's address. It gives no right: whoever opens it sees of it what she may see now.
Each request brings a stamp of both tables along (with the one that tells the user), so that pages read them only
after somebody saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import get_history

from tomoiki.core.database import Base
from tomoiki.core.history import log_beside
from tomoiki.core.records import Counter, next_number

SERIES = "saved_view"
NAME_LENGTH = 60
STAMP = (
    sa.select(Counter.last)
    .where(Counter.series == SERIES, Counter.year == 0)
    .scalar_subquery()
    .label("views_stamp")
)


class SavedView(Base):
    """A list's filters, order and columns under a name; of one user, or of all who have a role."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "screen", "name"),
        sa.UniqueConstraint("role", "screen", "name"),
        sa.CheckConstraint("(owner_id IS NULL) <> (role IS NULL)", name="one_owner"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    screen: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(sa.Text)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    role: Mapped[str | None] = mapped_column(sa.String(30))


class ListHabit(Base):
    """How a user has a list: the view it opens with, the rows of a page."""

    __tablename__ = "list_habit"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    screen: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    per_page: Mapped[int | None]
    view_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("saved_view.id", ondelete="SET NULL"), index=True
    )


LOGGED = {"screen": _("List"), "name": _("Name"), "role": _("Shared with"), "query": _("What it shows")}

_HABIT = sa.text(
    "INSERT INTO list_habit (user_id, screen) VALUES (:user_id, :screen) ON CONFLICT (user_id, screen) DO NOTHING"
)


# -- reading -----------------------------------------------------------------------------------------------------------
def note_stamp(stamp: int | None) -> None:
    """Spare this request the question: a statement that it needed anyway brought the stamp along."""
    g.views_stamp = stamp


def stamp_of(session: Session) -> int | None:
    """Return what changes with every save, or None: nobody ever saved anything."""
    if "views_stamp" not in g:
        note_stamp(session.scalar(sa.select(STAMP)))
    return g.views_stamp  # type: ignore[no-any-return]


def views_for(session: Session, user_id: int, roles: Iterable[str]) -> Sequence[Any]:
    """Return the views of all lists that are hers or shared with her roles: hers first, by name."""
    table = SavedView.__table__
    is_hers = sa.or_(table.c.owner_id == user_id, table.c.role.in_(sorted(roles)))
    order = (table.c.role.is_not(None), table.c.name, table.c.id)
    return session.execute(sa.select(table).where(is_hers).order_by(*order)).all()


def shared_views(session: Session, screen: str) -> Sequence[Any]:
    """Return what is shared of a list, with whichever role."""
    table = SavedView.__table__
    shared = sa.select(table).where(table.c.screen == screen, table.c.role.is_not(None))
    return session.execute(shared.order_by(table.c.role, table.c.name)).all()


def habits_of(session: Session, user_id: int) -> Sequence[Any]:
    """Return how she has her lists."""
    table = ListHabit.__table__
    return session.execute(sa.select(table).where(table.c.user_id == user_id)).all()


# -- saving ------------------------------------------------------------------------------------------------------------
def find_view(
    session: Session, screen: str, name: str, owner_id: int | None, role: str | None
) -> SavedView | None:
    """Return the view of that name which she, or the role, has of the list already."""
    same = sa.select(SavedView).where(
        SavedView.screen == screen,
        SavedView.name == name,
        SavedView.owner_id == owner_id,
        SavedView.role == role,
    )
    return session.scalar(same)


def count_views(session: Session, screen: str, owner_id: int | None, role: str | None) -> int:
    """Return how many views of the list she, or the role, has."""
    same = sa.select(sa.func.count()).where(
        SavedView.screen == screen, SavedView.owner_id == owner_id, SavedView.role == role
    )
    return session.scalar(same) or 0


def keep_view(session: Session, view: SavedView) -> None:
    """Write a view down, new or changed, also in the change log."""
    session.add(view)
    action = "change" if view.id else "create"
    ends = {name: get_history(view, name) for name in LOGGED}
    diff = {name: [_first(past.deleted), _first(past.added)] for name, past in ends.items() if past.added}
    session.flush()
    _log(session, view, action, diff)
    touch(session)


def drop_view(session: Session, view: SavedView) -> None:
    """Delete a view; lists that opened with it open with all rows again."""
    _log(session, view, "delete", {name: [getattr(view, name), None] for name in LOGGED})
    session.delete(view)
    session.flush()
    touch(session)


def _first(values: Sequence[Any]) -> Any:
    return values[0] if values else None


def _log(session: Session, view: SavedView, action: str, diff: dict[str, list[Any]]) -> None:
    told = {name: ends for name, ends in diff.items() if ends[0] != ends[1]}
    if told:
        log_beside(session, SavedView.__tablename__, view.id, action, told)


def keep_habit(session: Session, user_id: int, screen: str, **values: int | None) -> None:
    """Remember how she has the list: `view_id`, `per_page`."""
    session.execute(_HABIT, {"user_id": user_id, "screen": screen})
    hers = sa.update(ListHabit).where(ListHabit.user_id == user_id, ListHabit.screen == screen)
    session.execute(hers.values(**values), execution_options={"synchronize_session": False})
    touch(session)


def touch(session: Session) -> None:
    """Let every process read anew."""
    next_number(session, SERIES, 0)
