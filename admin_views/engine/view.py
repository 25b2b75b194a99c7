"""A Screen compiled to a Flask-Admin ModelView: the gate of every route, records within scope, the form's class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import abort, has_request_context, redirect, request, url_for
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.form import AdminModelConverter, get_form
from flask_admin.form import BaseForm
from werkzeug.exceptions import HTTPException

from admin_views.engine.acting import ActionPages
from admin_views.engine.arguments import parse_id
from admin_views.engine.attached import FilePages
from admin_views.engine.bulk_pages import BulkPages
from admin_views.engine.column_pages import ColumnPages
from admin_views.engine.deleting import DeletePages
from admin_views.engine.detail import DetailPages, read_row
from admin_views.engine.forms import FormPages
from admin_views.engine.hints import HintPages
from admin_views.engine.histories import HistoryPages
from admin_views.engine.import_pages import ImportPages
from admin_views.engine.inputs import input_for
from admin_views.engine.listing import ListPages
from admin_views.engine.lookup import LookupPages
from admin_views.engine.merging_pages import MergePages
from admin_views.engine.moving import MovePages
from admin_views.engine.office import access, viewer
from admin_views.engine.putting_back_pages import PutBackPages
from admin_views.engine.resuming import ask_again, was_typed
from admin_views.engine.rows import params
from admin_views.engine.saved_view_pages import SavedViewPages
from admin_views.engine.screen import Screen
from admin_views.engine.stamp import Reckoned
from admin_views.engine.stepping_back import StepBackPages
from tomoiki.core.access import VERBS, Access, Verb, Viewer
from tomoiki.core.attachments import Attachment
from tomoiki.core.database import begin_write, db
from tomoiki.core.fields import fields_of
from tomoiki.core.history import log_access

NEED: dict[str, Verb | None] = {
    "index_view": "read",
    "views_view": "read",
    "saved_view_view": "read",
    "columns_view": "read",
    "details_view": "read",
    "history_view": "read",
    "file_view": "read",
    "thumbnail_view": "read",
    "create_view": "create",
    "hints_view": "create",
    "edit_view": "update",
    "move_view": "update",
    "put_back_view": "update",
    "duplicates_view": "update",
    "merge_view": "update",
    "delete_view": "delete",
    "import_view": "create",
    "export": "export",
    "import_result_view": "create",
    "import_undo_view": "create",
    "import_rejects_view": "create",
    "bulk_view": "read",  # and what one may do there: see verbs.py
    "ajax_lookup": None,  # asks for itself: labels may be open to who saves a form
}

LOOKS = frozenset(
    {
        "hints_view",
        "reveal_view",
        "reason_view",
        "upload_view",
        "import_view",
        "import_undo_view",
        "export",
        "bulk_view",
    }
)  # a POST that needs no lock of ours from the start


class Converter(AdminModelConverter):
    """Turns a declared field into our control for it, whatever its column's type."""

    def convert(  # noqa: PLR0913, PLR0917 - Flask-Admin's own signature
        self, model: Any, mapper: Any, name: str, prop: Any, field_args: Any, hidden_pk: bool
    ) -> Any:
        """Return the control."""
        column = model.__table__.c.get(name)
        return input_for(fields_of(model)[name], _default(column))


def _default(column: Any) -> Any:
    """Return what an empty form shows: the column's own default."""
    default = getattr(column, "default", None)
    if default is None:
        return None
    return (lambda: default.arg(None)) if default.is_callable else default.arg


def _may_reveal(may: Access, who: Viewer, screen: Screen) -> bool:
    shown, known = may.fields(who, screen.model), fields_of(screen.model).values()
    return may.may(who, "read", screen.model) and any(
        field.secret and (shown is None or field.name in shown) for field in known
    )


def _may_upload(may: Access, who: Viewer, screen: Screen) -> bool:
    hangs = may.may_hang(who, "create", Attachment, screen.model.__tablename__)
    return hangs and may.may(who, "read", screen.model)


# Who may use a route that no single verb decides.
OWN_RULES: dict[str, Callable[[Access, Viewer, Screen], bool]] = {
    "reason_view": lambda may, who, screen: may.reason_rows(who, screen.model) is not None,
    "upload_view": _may_upload,
    "step_back_view": lambda may, who, screen: may.may_step_back(who, screen.model),
    "unmerge_view": lambda may, who, screen: may.may_take_back(who) and may.may(who, "update", screen.model),
    "reveal_view": _may_reveal,
    "run_view": lambda may, who, screen: any(
        may.may(who, action.needs, screen.model) for action in screen.actions
    ),
}


class EngineView(  # the pages first: their routes replace the stock ones
    ListPages,
    SavedViewPages,
    ColumnPages,
    DetailPages,
    FormPages,
    HintPages,
    MovePages,
    StepBackPages,
    PutBackPages,
    MergePages,
    ActionPages,
    DeletePages,
    HistoryPages,
    FilePages,
    LookupPages,
    ImportPages,
    BulkPages,
    ModelView,
):
    """All pages of one screen."""

    form_base_class = BaseForm
    model_form_converter = Converter
    column_auto_select_related = False

    # -- what Flask-Admin builds -----------------------------------------------------------------------------------
    def scaffold_form(self) -> Any:
        """Return the form's class, by Flask-Admin's scaffolding and our converter."""
        known = fields_of(self.model)
        names = [name for name in self.screen.fields if not known[name].read_only]
        if not names:  # a log; without names the stock form would take every column
            return self.form_base_class
        several: dict[Any, Any] = {name: input_for(known[name]) for name in names if known[name].is_plural}
        return get_form(
            self.model,
            self.model_form_converter(self.session, self),
            self.form_base_class,
            names,
            extra_fields=several,
        )

    def scaffold_auto_joins(self) -> list[Any]:
        """Join nothing: lists ask for what they show."""
        return []

    def scaffold_filters(self, name: Any) -> None:
        """Build no stock filter."""

    def get_list_columns(self) -> list[Any]:
        """Leave the list's columns to the Screen."""
        return []

    get_details_columns = get_export_columns = get_list_columns

    def get_sortable_columns(self) -> dict[Any, Any]:
        """Leave sorting to the Screen."""
        return {}

    # -- the one gate ----------------------------------------------------------------------------------------------
    def is_accessible(self) -> bool:
        """Tell whether she may open this screen at all: what the menu and the gate ask."""
        return not has_request_context() or access().may(viewer(), "read", self.model)

    def is_visible(self) -> bool:
        """Show in the menu only screens that are named there."""
        return self.screen.menu is not None

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        """Ask for log-in, then for the permission that the route needs; unknown routes need the strictest."""
        if viewer().id is None:
            if name == "ajax_lookup":
                abort(401)
            if was_typed():
                return ask_again()
            return redirect(
                url_for(
                    "security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None
                )
            )
        if not self._is_open(name):
            log_access("refused", self.model.__tablename__)
            abort(403)
        if request.method == "POST" and name not in LOOKS:
            begin_write()
        return None

    def _is_open(self, name: str) -> bool:
        """Tell whether her roles may use the route at all."""
        who, may = viewer(), access()
        if name in OWN_RULES:
            return OWN_RULES[name](may, who, self.screen)
        need = NEED.get(name, "delete")
        return need is None or may.may(who, need, self.model)

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the page itself: Flask-Admin's retry would hide a TypeError (notes, trap 16)."""
        return fn(self, *args, **kwargs)

    # -- records within scope --------------------------------------------------------------------------------------
    def get_one(self, key: str, verb: Verb = "read") -> Any:
        """Return the record of that id if she may do this to it; 404 if she may not even read it, 403 if only read."""
        record_id = parse_id(key)
        row = read_row(self.screen, record_id, ()) if record_id else None
        if row is None:
            self.refuse(record_id, 404)
        if verb in ("update", "delete") and not row[f"may.{verb}"]:
            self.refuse(record_id, 403)
        return db.session.get(self.model, record_id, populate_existing=True)

    def read_row(self, key: str) -> dict[str, Any]:
        """Return the record's visible values; ask for a reason where one opens it, 404 where nothing does."""
        record_id = parse_id(key)
        row = read_row(self.screen, record_id) if record_id else None
        if row is None:
            if record_id and self.find_behind_reason(key) is not None:
                raise _Answer(self.ask_reason(key))
            self.refuse(record_id, 404)
        return row

    def refuse(self, record_id: int | None, code: int) -> NoReturn:
        """End the page; that she asked for this record is written down, whether or not there is one."""
        db.session.rollback()  # a POST holds the write lock by now
        if record_id is not None:
            log_access("refused", self.model.__tablename__, record_id)
        abort(code)

    def find_behind_reason(self, key: str) -> int | None:
        """Return the id if this record opens to her with a reason."""
        rows, record_id = access().reason_rows(viewer(), self.model), parse_id(key)
        if rows is None or record_id is None:
            return None
        found = sa.select(self.model.id).where(self.model.id == record_id, rows)
        known: int | None = db.session.scalar(found, params())
        return known

    def render(self, template: str, **kwargs: Any) -> Any:
        """Render with what every page of the engine knows."""
        return super().render(template, may=self._may(), **kwargs)

    def _may(self) -> dict[str, bool]:
        return {verb: access().may(viewer(), verb, self.model) for verb in VERBS.values()}

    # -- stock routes that we do not serve -------------------------------------------------------------------------
    def action_view(self) -> Any:
        """Answer 404: verbs have addresses of their own."""
        abort(404)

    def ajax_update(self) -> Any:
        """Answer 404: lists are not edited in place."""
        abort(404)


class _Answer(HTTPException):
    """Ends a page early with a ready answer."""

    def __init__(self, response: Any) -> None:
        super().__init__(response=response)


def compile_screen(screen: Screen, reckoned: Reckoned) -> EngineView:
    """Return the view of a checked screen; made anew for each application (notes, trap 18)."""
    kind = type(f"{screen.model.__name__}View", (EngineView,), {"screen": screen, "reckoned": reckoned})
    name, menu = str(screen.slug), None
    view: EngineView = kind(
        screen.model, db, name=name, category=menu, endpoint=screen.slug, url=f"/{screen.slug}"
    )
    return view
