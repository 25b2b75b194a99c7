"""How an office begins: with the ledgers that it has, with made-up data, or with nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, abort, render_template
from flask_babel import lazy_gettext as _

from admin_views.engine.importing import may_import
from admin_views.engine.office import office, viewer
from admin_views.engine.pages import to_login
from tomoiki.accounts.setup import Start
from tomoiki.demo.commands import begin

LEDGERS = "/import"
STARTS: Mapping[str, Start] = {
    "file": Start(
        _("Read in the ledgers that you have"),
        _("Excel or CSV. You see everything before it is saved."),
        LEDGERS,
    ),
    "demo": Start(
        _("Try it with made-up data"),
        _("All of it is invented. For the real work begin anew with an empty folder."),
        run=begin,
    ),
    "empty": Start(_("Begin with nothing"), _("Records are typed in one by one.")),
}


def install(app: Flask) -> None:
    """Add the page of the ledgers."""
    app.add_url_rule(LEDGERS, "ledgers", ledgers_page)


def ledgers_page() -> Any:
    """Show which lists can be read in, each with the way there."""
    if viewer().id is None:
        return to_login()
    screens = [one for one in office().screens.values() if not one.only and may_import(one, viewer())]
    if not screens:
        abort(403)
    known = [one for one in screens if one.synonyms]  # whose old headers the program knows
    return render_template(
        "office/ledgers.html", known=known, others=[one for one in screens if one not in known]
    )
