"""The page of one's own account: language, theme, and the ways to password and second factor."""

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import auth_required, current_user

from tomoiki.accounts.models import Interface, Theme, User
from tomoiki.core.cookies import keep_here
from tomoiki.core.database import db, in_write
from tomoiki.core.languages import speak_here
from tomoiki.core.vocabulary import find_choice
from tomoiki.core.wordings import entries


def install(app: Flask) -> None:
    """Add the page."""
    app.add_url_rule("/account", "account", auth_required("session")(_page), methods=["GET", "POST"])


def _page() -> ResponseReturnValue:
    if request.method == "POST":
        return _save(current_user.id)
    themes = entries(Theme).values()
    return render_template("account/account.html", user=current_user, languages=Interface, themes=themes)


def _save(user_id: int) -> ResponseReturnValue:
    language = find_choice(Interface, request.form.get("language"))
    theme = find_choice(Theme, request.form.get("theme"))

    def save() -> None:
        user = db.session.get_one(User, user_id)
        user.language = language or user.language  # type: ignore[assignment]  # find_choice gives a member of the list
        user.theme = theme or user.theme  # type: ignore[assignment]

    in_write(save)
    session.pop("lang", None)  # what was chosen for the visit gives way to what was chosen for good
    flash(_("Saved."), "success")
    answer = redirect(url_for("account"), 303)
    if language:
        speak_here(answer, language.value)
    keys = request.form.get("keys", "")
    if keys in ("on", "off"):  # a matter of this keyboard, not of the user (WCAG 2.1.4)
        keep_here(answer, "keys", keys)
    return answer
