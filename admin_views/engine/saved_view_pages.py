"""The pages of a list's saved views: save what it shows, rename, delete, open the list with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from admin_views.engine.arguments import Arguments, parse_id, read_arguments
from admin_views.engine.columns import choosable
from admin_views.engine.habits import saved
from admin_views.engine.listing import filters_in_words
from admin_views.engine.mixin import ScreenPages
from admin_views.engine.office import access, viewer
from admin_views.engine.saved_views import Offered, offer, offered, query_of
from admin_views.engine.screen import Screen
from admin_views.engine.values import labels, separator
from tomoiki.core.access import Viewer
from tomoiki.core.database import db
from tomoiki.core.fields import fields_of, model_named
from tomoiki.core.saved_views import (
    NAME_LENGTH,
    SavedView,
    count_views,
    drop_view,
    find_view,
    keep_habit,
    keep_view,
    shared_views,
)

MOST = 30  # views of one list and user or role: they stand in a row
WRONG = 422


@dataclass(frozen=True)
class Wish:
    """What a form said: the view's name, the role that shares it, whether the list is to open with it."""

    name: str = ""
    role: str = ""
    opens: bool = False
    fault: str = ""
    is_taken: bool = False


class SavedViewPages(ScreenPages):
    """The routes of saved views; mixed into the engine's view."""

    @expose("/views", methods=("GET", "POST"))
    def views_view(self) -> Any:
        """Show the views of the list; save the one that the address describes."""
        asked = read_arguments(self.screen, request.args)
        return self._save_view(asked) if request.method == "POST" else self._views_page(asked, Wish())

    @expose("/views/<number>", methods=("GET", "POST"))
    def saved_view_view(self, number: str) -> Any:
        """Show one view; rename or delete it, open the list with it or no more."""
        view = self._saved_view(number)
        if request.method == "GET":
            return self._view_page(view, Wish(view.name, opens=self._opens_with(view)))
        if request.form.get("do") == "delete":
            return self._delete_view(view)
        return self._change_view(view)

    # -- saving ----------------------------------------------------------------------------------------------------
    def _save_view(self, asked: Arguments) -> Any:
        session, slug, wish = db.session(), self.screen.slug, _wish()
        if wish.role and wish.role not in roles_for(self.screen):
            abort(403)
        owner, role = (None, wish.role) if wish.role else (viewer().id, None)
        known = find_view(session, slug, wish.name, owner, role)
        fault = _name_fault(wish.name)
        if known is None and count_views(session, slug, owner, role) >= MOST:
            fault = _("There are %(count)s views of this list. Delete one that nobody needs.", count=MOST)
        is_taken = not fault and known is not None and "replace" not in request.form
        if fault or is_taken:
            return self._refuse_to_save(asked, wish, fault or _taken(), is_taken=is_taken)
        view = known or SavedView(screen=slug, name=wish.name, owner_id=owner, role=role)
        view.query = query_of(asked)
        try:
            keep_view(session, view)
        except IntegrityError:  # somebody saved the same name at the same moment
            return self._refuse_to_save(asked, wish, _taken(), is_taken=True)
        self._open_with(view, opens=wish.opens)
        return self._view_done(offer(self.screen, view).address(self.screen), _("Saved."))

    def _refuse_to_save(self, asked: Arguments, wish: Wish, fault: str, *, is_taken: bool) -> Any:
        db.session.rollback()
        wish = Wish(wish.name, wish.role, wish.opens, fault, is_taken)
        return make_response(self._views_page(asked, wish), WRONG)

    def _change_view(self, view: SavedView) -> Any:
        session, wish, number = db.session(), _wish(), view.id
        if self._may_change_view(view):
            same = find_view(session, self.screen.slug, wish.name, view.owner_id, view.role)
            fault = _name_fault(wish.name) or ("" if same in (None, view) else _taken())
            if not fault:
                view.name = wish.name
                try:
                    keep_view(session, view)
                except IntegrityError:
                    fault = _taken()
            if fault:
                session.rollback()
                refused = Wish(wish.name, opens=wish.opens, fault=fault)
                return make_response(self._view_page(session.get_one(SavedView, number), refused), WRONG)
        self._open_with(view, opens=wish.opens)
        return self._view_done(f"/{self.screen.slug}/views", _("Saved."))

    def _delete_view(self, view: SavedView) -> Any:
        if not self._may_change_view(view):
            abort(403)
        drop_view(db.session(), view)
        return self._view_done(f"/{self.screen.slug}/views", _("Deleted."))

    def _open_with(self, view: SavedView, *, opens: bool) -> None:
        """Let the list open with this view for her, or with all rows again; another one that it opens with stays."""
        if (user := viewer().id) is not None and opens is not self._opens_with(view):
            keep_habit(db.session(), user, self.screen.slug, view_id=view.id if opens else None)

    def _opens_with(self, view: SavedView) -> bool:
        return saved().first.get(self.screen.slug) == view.id

    def _view_done(self, address: str, words: str) -> Any:
        db.session.commit()
        flash(words, "success")
        return redirect(address, 303)

    # -- finding ---------------------------------------------------------------------------------------------------
    def _saved_view(self, number: str) -> SavedView:
        view = db.session.get(SavedView, parse_id(number) or 0)
        if (
            view is None
            or view.screen != self.screen.slug
            or not (is_hers(view) or self._may_change_view(view))
        ):
            abort(404)
        return view

    def _may_change_view(self, view: SavedView) -> bool:
        return access().may_share_views(viewer()) if view.role else view.owner_id == viewer().id

    # -- showing ---------------------------------------------------------------------------------------------------
    def _views_page(self, asked: Arguments, wish: Wish) -> Any:
        roles = roles_for(self.screen)
        return self.render(
            "engine/saved_views.html",
            screen=self.screen,
            wish=wish,
            asked=asked,
            said=in_words(self.screen, asked),
            roles=roles,
            views=every_view(self.screen),
            role_words=_role_words(),
            first=saved().first.get(self.screen.slug),
            length=NAME_LENGTH,
        )

    def _view_page(self, view: SavedView, wish: Wish) -> Any:
        asked = read_arguments(self.screen, offer(self.screen, view).arguments)
        return self.render(
            "engine/saved_view.html",
            screen=self.screen,
            view=view,
            wish=wish,
            said=in_words(self.screen, asked),
            role=_role_words().get(view.role or ""),
            may_change=self._may_change_view(view),
            is_hers=is_hers(view),
            length=NAME_LENGTH,
        )


def is_hers(view: SavedView) -> bool:
    """Tell whether the view stands over her list."""
    who = viewer()
    return view.role in who.roles if view.role else view.owner_id == who.id


def every_view(screen: Screen) -> Sequence[Offered]:
    """Return the views that this user has of the list, and for who shares views those of all roles."""
    hers = offered(screen)
    if not access().may_share_views(viewer()):
        return hers
    known = {view.id for view in hers}
    others = [row for row in shared_views(db.session(), screen.slug) if row.id not in known]
    return [*hers, *(offer(screen, row) for row in others)]


def roles_for(screen: Screen) -> Mapping[str, str]:
    """Return the roles with which this user may share a view of the list: those that may open it."""
    may = access()
    if not may.may_share_views(viewer()):
        return {}
    return {
        code: text
        for code, text in _role_words().items()
        if may.may(Viewer(None, frozenset({code})), "read", screen.model)
    }


def _role_words() -> Mapping[str, str]:
    choices = fields_of(model_named("User"))["roles"].choices
    return labels(choices) if choices else {}


def in_words(screen: Screen, asked: Arguments) -> Sequence[tuple[str, str]]:
    """Return what of a list goes into a view: filters, order, columns."""
    usual, known = _("As the list is"), fields_of(screen.model)
    name = asked.sort.removeprefix("-")
    order = (
        f"{screen.labels.get(name, known[name].label)} {'↓' if asked.sort != name else '↑'}"
        if name
        else usual
    )
    heads = choosable(screen)
    return (
        (
            _("Filters"),
            separator().join(text for _name, text in filters_in_words(screen, asked)) or _("None"),
        ),
        (_("Order"), order),
        (_("Columns"), separator().join(heads[name] for name in asked.columns) or usual),
    )


def _wish() -> Wish:
    form = request.form
    name = " ".join(form.get("name", "").replace("\0", "").split())
    return Wish(name, form.get("role", ""), form.get("opens") == "yes")


def _name_fault(name: str) -> str:
    if not name:
        return _("Give the view a name.")
    if len(name) > NAME_LENGTH:
        return _("The name is too long: at most %(count)s characters.", count=NAME_LENGTH)
    return ""


def _taken() -> str:
    return _("There is a view of this name already.")
