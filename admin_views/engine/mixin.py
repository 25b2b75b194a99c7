"""What the pages of a screen may ask of the view that they are mixed into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from admin_views.engine.screen import Screen
from admin_views.engine.stamp import Reckoned
from tomoiki.core.access import Verb


class ScreenPages:
    """Base of the page mixins; the engine's view gives what stands here."""

    screen: Screen
    model: Any
    reckoned: Reckoned
    form_base_class: type[Any]
    _create_form_class: type[Any]

    if TYPE_CHECKING:

        def render(self, template: str, **kwargs: Any) -> Any:
            """Render a template with what every page knows."""

        def get_one(self, key: str, verb: Verb = "read") -> Any:
            """Return a record within scope, or end the page."""

        def read_row(self, key: str) -> dict[str, Any]:
            """Return a record's visible values, or end the page."""

        def refuse(self, record_id: int | None, code: int) -> NoReturn:
            """End the page and write the refusal down."""

        def hints(self, typed: Any) -> Any:
            """Return what the form of a new record is told by what was typed."""

        def show_refused(self, row: dict[str, Any], files: Any) -> Any:
            """Show the detail page with the files that were not taken."""

        def find_behind_reason(self, key: str) -> int | None:
            """Return the id of a record that a reason opens."""
