"""Every text is there in Japanese and Vietnamese, against a fresh extraction of code and templates."""

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import flask_security
import pytest
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask

from tomoiki.core import languages
from tomoiki.core.fields import fields_of
from tomoiki.core.ledgers import in_all_languages, squeezed
from tomoiki.core.records import Record
from tomoiki.core.vocabulary import AnyChoice, Choice, OpenChoice

ROOT = Path(__file__).parents[1]
SOURCES = (ROOT / "tomoiki", ROOT / "admin_views", ROOT / "app.py")
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)|%[sd]|\{\w+[^}]*\}")  # %(name)s by its name, {FY}, {seq:05d}
LANGUAGES = ("ja", "vi")
PACKAGES = {
    "wtforms": Path(wtforms.__file__).parent / "locale/wtforms.pot",
    "flask_security": Path(flask_security.__file__).parent / "translations/flask_security.pot",
}

in_each_language = pytest.mark.parametrize("language", LANGUAGES)
in_each_domain = pytest.mark.parametrize("domain", ["messages", "admin", *PACKAGES])

Key = str | tuple[str, ...]


@cache
def extracted() -> dict[Key, str]:
    """Each text of ours with the place of its first use; a template that does not parse is an error."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as cfg:
        methods, options = parse_mapping_cfg(cfg)  # type: ignore[no-untyped-call]
    for pattern, method in methods:
        if method == "jinja2":
            options[pattern]["silent"] = "false"
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_ours)
    return {_key(text): f"{file}:{line}" for file, line, text, _comments, _context in found}


def _is_ours(folder: str | Path) -> bool:
    path = Path(folder)
    return any(path == source or source in path.parents for source in SOURCES)


def _key(text: str | tuple[str, ...] | list[str]) -> Key:
    return text if isinstance(text, str) else tuple(text)


@cache
def catalog(language: str, domain: str = "messages") -> Catalog:
    """Our catalogue of a domain; a line that breaks the format is an error."""
    path = ROOT / f"translations/{language}/LC_MESSAGES/{domain}.po"
    with path.open("rb") as po:
        return read_po(po, locale=language, domain=domain, abort_invalid=True)


def entries(language: str, domain: str = "messages") -> Iterator[Message]:
    """All messages but the header."""
    return (message for message in catalog(language, domain) if message.id)


def keys(language: str, domain: str = "messages") -> set[Key]:
    """What is translated."""
    return {_key(message.id) for message in entries(language, domain)}


def strings(message: Message) -> tuple[str, ...]:
    """The translation, in all its plural forms."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def placeholders(text: str) -> list[str]:
    """What the code fills in."""
    return sorted(set(PLACEHOLDER.findall(text)))


def test_extraction_sees_code_and_domain() -> None:
    assert len(extracted()) > 700
    assert "Case number" in extracted()


def test_no_text_hides_from_the_extraction() -> None:
    """Babel does not look into f-strings (before Python 3.12); take the text out of them."""
    hidden = {
        (str(path.relative_to(ROOT)), call.lineno, call.args[0].value)
        for source in SOURCES
        for path in ([source] if source.is_file() else source.rglob("*.py"))
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.JoinedStr)
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if call.args and isinstance(call.args[0], ast.Constant)
    }

    assert hidden == set()


@in_each_language
def test_every_text_is_translated(language: str) -> None:
    known = {_key(message.id) for message in entries(language) if all(strings(message))}

    missing = {text: place for text, place in extracted().items() if text not in known}

    assert missing == {}


@in_each_language
def test_no_translation_is_left_over(language: str) -> None:
    assert keys(language) - extracted().keys() == set()


@in_each_domain
@in_each_language
def test_nothing_is_empty_fuzzy_or_obsolete(language: str, domain: str) -> None:
    assert [message.id for message in entries(language, domain) if not all(strings(message))] == []
    assert [message.id for message in entries(language, domain) if message.fuzzy] == []
    assert list(catalog(language, domain).obsolete) == []


@in_each_domain
@in_each_language
def test_placeholders_survive(language: str, domain: str) -> None:
    for message in entries(language, domain):
        text = message.id if isinstance(message.id, str) else message.id[-1]
        for string in strings(message):
            assert placeholders(string) == placeholders(text), message.id


@in_each_domain
@in_each_language
def test_plurals_have_the_one_form_of_the_language(language: str, domain: str) -> None:
    assert catalog(language, domain).num_plurals == 1
    assert {len(strings(message)) for message in entries(language, domain)} == {1}


@in_each_domain
def test_vietnamese_is_composed(domain: str) -> None:
    texts = [string for message in entries("vi", domain) for string in strings(message)]

    assert [text for text in texts if not unicodedata.is_normalized("NFC", text)] == []


@in_each_domain
def test_both_languages_say_the_same_things(domain: str) -> None:
    japanese, vietnamese = (keys(language, domain) for language in LANGUAGES)

    assert japanese == vietnamese


@pytest.mark.parametrize("domain", PACKAGES)
def test_package_catalogues_name_texts_that_the_package_has(domain: str) -> None:
    with PACKAGES[domain].open("rb") as pot:
        theirs = {_key(message.id) for message in read_po(pot) if message.id}
    ours = keys("ja", domain)

    assert ours - theirs == set()
    assert domain != "wtforms" or theirs - ours == set()  # any of its validators may speak


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """No more of an application than labels need, with all rooms' lists and tables known."""
    for path in (*ROOT.glob("tomoiki/*/lists.py"), *ROOT.glob("tomoiki/*/models.py")):
        import_module(f"tomoiki.{path.parent.name}.{path.stem}")
    app = Flask(__name__)
    languages.install(app, lambda: None, lambda: languages.DEFAULT)
    with app.app_context():
        yield app


@pytest.mark.usefixtures("app")
def test_an_import_can_tell_the_labels_of_one_list_or_table_apart() -> None:
    lists: list[AnyChoice] = [*Choice.__subclasses__(), *OpenChoice.__subclasses__()]
    tables = [model for model in Record.__subclasses__() if model.__module__.startswith("tomoiki.")]
    shared = {one.__name__: _shared([(member.value, member.label) for member in one]) for one in lists}
    shared |= {model.__name__: _shared(_labels(model)) for model in tables}

    assert len(shared) > 30
    assert {name: words for name, words in shared.items() if words} == {}


def _labels(model: type[Record]) -> list[tuple[str, object]]:
    return [(name, field.label) for name, field in fields_of(model).items()]


def _shared(labels: Iterable[tuple[str, object]]) -> list[str]:
    owner: dict[str, str] = {}
    words = [(squeezed(word), name) for name, label in labels for word in in_all_languages(label)]
    return [word for word, name in words if owner.setdefault(word, name) != name]
