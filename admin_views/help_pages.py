"""The help button: the part of the guide in docs/ that tells of the page one was on, and the keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, abort, render_template, request, send_from_directory
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from admin_views.engine.office import viewer
from admin_views.engine.pages import to_login
from tomoiki.core.languages import language

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = {"ja": "guide.ja.md", "vi": "guide.vi.md"}
OFFICE_LANGUAGE = "ja"  # whoever reads English works beside people who read this
_PART = re.compile(r"^<!-- ([a-z -]+) -->\n", re.MULTILINE)
KEYS = {
    "/": _("Search"),
    "s": _("New SOS"),
    "n": _("New record in this list"),
    "e": _("Edit"),
    "j": _("Next row"),
    "k": _("Previous row"),
    "Enter": _("Open the row"),
    "x": _("Select rows"),
    "[": _("Previous record"),
    "]": _("Next record"),
    "Ctrl+Enter": _("Save"),
    "Esc": _("Close a menu"),
    "?": _("This page"),
}


@dataclass(frozen=True)
class Part:
    """A chapter of the guide, and the screens that it tells of."""

    slugs: tuple[str, ...]
    title: str
    html: Markup

    @property
    def anchor(self) -> str:
        """Return its name in addresses."""
        return self.slugs[0]


def install(app: Flask) -> None:
    """Add the page and its pictures."""
    app.add_url_rule("/help/", "help", help_page)
    app.add_url_rule("/help/screens/<name>", "help_picture", _picture)


def help_page() -> Any:
    """Show the chapter that tells of the screen one was on, or the whole guide."""
    if viewer().id is None:
        return to_login()
    speaks = language() if language() in GUIDES else OFFICE_LANGUAGE
    parts, asked = guide(speaks), request.args.get("of", "")
    shown = [part for part in parts if asked in part.slugs] or list(parts)
    return render_template("office/help.html", speaks=speaks, parts=parts, shown=shown, keys=KEYS)


def _picture(name: str) -> Any:
    if viewer().id is None:
        abort(404)
    return send_from_directory(DOCS / "screens", name)


@cache
def guide(speaks: str) -> tuple[Part, ...]:
    """Return the chapters of a guide; a comment before each names its screens."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - seldom needed

    text = (DOCS / GUIDES[speaks]).read_text(encoding="utf-8")
    _before, *pieces = _PART.split(text)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return tuple(
        Part(tuple(slugs.split()), words.splitlines()[0].lstrip("# "), _fitted(markdown.render(words)))
        for slugs, words in zip(pieces[::2], pieces[1::2], strict=True)
    )


def _fitted(html: str) -> Markup:
    """Let pictures shrink and tables scroll on a phone."""
    html = html.replace("<img ", '<img class="img-fluid border" ')
    html = html.replace("<code>", "<kbd>").replace("</code>", "</kbd>")
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table class="list">')
    return Markup(html.replace("</table>", "</table></div>"))  # noqa: S704 - our own guide
