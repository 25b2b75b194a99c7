"""The three languages: which one a page speaks, and our own catalogues over those of the packages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_wtf.i18n
from babel.messages import mofile, pofile
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain, get_domain, get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response

from tomoiki.core.cookies import keep_here

LANGUAGES = {"ja": "日本語", "vi": "Tiếng Việt", "en": "English"}
DEFAULT = "ja"
COOKIE = "lang"
CATALOGS = Path(__file__).parents[2] / "translations"


def compile_catalogs(root: Path = CATALOGS) -> None:
    """Write a `.mo` beside each `.po` that is newer than it."""
    for source in root.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as po:
            catalog = pofile.read_po(po, locale=source.parts[-3])
        with compiled.open("wb") as mo:
            mofile.write_mo(mo, catalog)


def install(app: Flask, user_language: Callable[[], str | None], office_language: Callable[[], str]) -> None:
    """Let pages speak the language chosen in this session, else the user's own, else the office's.

    Before somebody is known, that which this browser spoke last stands before the office's.
    """
    compile_catalogs()
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(CATALOGS))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Tokyo")

    def choose() -> str:
        if not has_request_context():
            return app.config["BABEL_DEFAULT_LOCALE"]  # type: ignore[no-any-return]
        if "language" not in g:
            asked = request.args.get("lang") if request.endpoint == "sos" else None
            g.language = (
                asked or session.get("lang") or user_language() or _spoken_here() or office_language()
            )
        return g.language if g.language in LANGUAGES else DEFAULT

    Babel(app, locale_selector=choose)
    # Templates ask for many texts a page, so their way to the catalogue is the short one.
    app.jinja_env.globals.update(_=_text, gettext=_text, ngettext=_texts)
    app.jinja_env.globals.update(get_locale=get_locale, LANGUAGES=LANGUAGES)


def _spoken_here() -> str | None:
    code = request.cookies.get(COOKIE)
    return code if code in LANGUAGES else None


def speak_here(answer: Response, code: str) -> None:
    """Let this browser speak the language when nobody is logged in: her session may end while she types."""
    keep_here(answer, COOKIE, code)


_catalogs: dict[str, Any] = {}


def _catalog() -> Any:
    code = language()
    if code not in _catalogs:
        _catalogs[code] = get_domain().get_translations()
    return _catalogs[code]


def _text(text: str, **values: Any) -> Markup:
    said = Markup(_catalog().ugettext(text))  # noqa: S704 - texts are ours; values are escaped as they go in
    return said % values if values else said


def _texts(one: str, many: str, num: int, **values: Any) -> Markup:
    return Markup(_catalog().ungettext(one, many, num)) % {"num": num, **values}  # noqa: S704


def language() -> str:
    """Return the code of the language being spoken.

    Thirty times a page: what flask-babel has found for this page is taken from where it keeps it.
    """
    try:
        kept = g.get("_flask_babel")
    except RuntimeError:  # no application speaks
        return DEFAULT
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return locale.language if locale else DEFAULT


def use_own_catalogs(*domains: Domain) -> None:
    """Put our catalogues after (over) the packages' in these domains; flask-babel lets the later one win.

    Flask-Admin puts its own last and caches per locale, and FlaskForm loads WTForms' own catalogue directly
    (notes 2.1, traps 12 and 13); both are bent here and held by a test.
    """
    root = str(CATALOGS)
    for domain in domains:
        package = [folder for folder in domain._translation_directories if folder != root]  # noqa: SLF001
        domain._translation_directories = [*package, root]  # noqa: SLF001
        domain.cache.clear()
        if type(domain) is not Domain:  # Flask-Admin's own kind puts the view's folder last
            type(domain).translation_directories = property(_directories)  # type: ignore[assignment,method-assign]


def _directories(domain: Any) -> Any:
    return domain._translation_directories  # noqa: SLF001


def speak_through(domain: Domain) -> None:
    """Let FlaskForm (Flask-Security's forms) take WTForms' messages from this domain."""
    kind = type(flask_wtf.i18n.translations)
    kind.gettext = lambda self, text: domain.gettext(text)
    kind.ngettext = lambda self, one, many, n: domain.ngettext(one, many, n)
