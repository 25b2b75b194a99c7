"""A language that puts ⟦brackets⟧ around every text: what stands on a page without them can never be translated."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser

import flask_babel
import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import PASSWORD
from tests.engine.browsing import form_of
from tests.permissions.world import World
from tomoiki.core import languages
from tomoiki.core.database import db

SEEN = ("title", "placeholder", "aria-label", "alt", "data-l", "content")
UNREAD = ("script", "style", "code")  # a code of a list stands beside its words
PAGES = ("", "?filter=1", "?q=鈴鈴鈴", "?sort=nothing&page=x", "new", "import", "export.csv", "export.xlsx")
RECORD = ("", "/edit", "/delete", "/history", "/step-back")
SINGLE = (
    "/",
    "/search",
    "/search?q=鈴鈴鈴",
    "/account",
    "/change",
    "/permissions",
    "/vocabularies",
    "/nowhere",
)
SINGLE += ("/import", "/inquiries/1/case")
SINGLE += ("/tf-setup", "/mf-recovery-codes", "/readings/day?q=x", "/readings/postal-code?q=x")
LOG = "/access-log/"  # tells which field was looked at, and which file was taken, as the log keeps it
WORD = re.compile(r"[A-Za-z]{3,}")
# Names of programs, files and languages; codes that stand beside their words; what a person would type; Babel's days.
NAMES = re.compile(
    r"tomoiki|FRESC|English|Tiếng Việt|Excel|CSV|xlsx|UTF-8|Shift_JIS|Ctrl\+Enter|width=device-width,initial-scale=1"
    r"|[A-Z][a-z]+day \d{1,2} [A-Z][a-z]+|[A-Z][a-z]{2}\s\d{1,2}\s[A-Z][a-z]{2}\b"
    r"|\{FY\}|\{seq:0\dd\}|[\w.]+@[\w.]+|[A-Z]{1,3}\d{4}-\d+|[A-Z]-\d+"
)


class Brackets:
    """A catalogue in which every text is there."""

    def gettext(self, text: str) -> str:
        return f"⟦{text}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"

    ugettext, ungettext = gettext, ngettext


class Texts(HTMLParser):
    """Collects what a reader sees or is told."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skips = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skips += tag in UNREAD
        self.found += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._skips -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.found.append(data)


@pytest.fixture
def office(world: World, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application of its own: what the shared one has cached is in plain English."""
    app = make_app()
    monkeypatch.setitem(languages._catalogs, "en", Brackets())  # noqa: SLF001
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda domain: Brackets())
    return app


@pytest.fixture
def stored(office: Flask) -> re.Pattern[str]:
    """Every text that the database holds: people wrote it, nobody translates it."""
    found: set[str] = set()
    with office.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)):
                found.update(" ".join(str(value).split()) for value in row if isinstance(value, str))
    longest = sorted((text for text in found if WORD.search(text)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def outside(text: str) -> str:
    """Return what stands in no brackets."""
    depth, kept = 0, []
    for sign in text:
        depth += (sign == "⟦") - (sign == "⟧")
        kept.append(sign if depth == 0 and sign != "⟧" else " ")
    return "".join(kept)


def left_over(html: str, stored: re.Pattern[str]) -> set[str]:
    """Return the texts with words that are neither ours to translate, nor data, nor names."""
    reader = Texts()
    reader.feed(html)
    return {rest for text in reader.found if WORD.search(rest := _rest(text, stored))}


@cache
def _rest(text: str, stored: re.Pattern[str]) -> str:
    return NAMES.sub(" ", stored.sub(" ", outside(" ".join(text.split())))).strip()


@pytest.fixture
def admin(office: Flask) -> FlaskClient:
    client = office.test_client()
    client.get("/lang/en")
    client.post("/login", data={"email": "admin@example.org", "password": PASSWORD})
    return client


def addresses(office: Flask) -> Iterator[str]:
    yield from SINGLE
    for slug, screen in office.extensions["tomoiki_office"].screens.items():
        yield from (f"/{slug}/{page}" for page in PAGES)
        with office.app_context():
            where = [getattr(screen.model, name) == value for name, value in screen.only.items()]
            keys = db.session.scalars(sa.select(screen.model.id).where(*where).limit(2)).all()
        yield from (f"/{slug}/{key}{page}" for key in keys for page in RECORD)


def test_every_text_of_every_page_can_be_translated(
    office: Flask, admin: FlaskClient, stored: re.Pattern[str]
) -> None:
    found = {}
    for address in addresses(office):
        answer = admin.get(address)
        if answer.location or answer.mimetype not in ("text/html", "application/json"):
            continue  # elsewhere, or a file
        text = " ".join(map(str, answer.json.values())) if answer.is_json else answer.text
        if (rest := left_over(text, stored)) and not address.startswith(LOG):
            found[address] = rest

    assert found == {}


def test_messages_and_refusals_can_be_translated(
    office: Flask, admin: FlaskClient, stored: re.Pattern[str]
) -> None:
    found = {}
    for slug in office.extensions["tomoiki_office"].screens:
        if (page := admin.get(f"/{slug}/new")).status_code == 200:
            wrong = form_of(page)
            for name in list(wrong):
                if not name.startswith("_"):
                    wrong.setlist(name, ["?"])
            answer = admin.post(f"/{slug}/new", data=wrong, follow_redirects=True)
            if rest := left_over(answer.text, stored):
                found[slug] = rest

    assert found == {}
    saved = admin.post("/account", data={"theme": "dark", "language": "en"}, follow_redirects=True)
    assert "⟦Saved.⟧" in saved.text


def csv_header(data: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def sheet_header(data: bytes) -> list[str]:
    """Return the sheet's name, whose end may be cut off, and its first row."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return [f"{sheet.title.removesuffix('⟧')}⟧", *map(str, next(sheet.values))]


@pytest.mark.parametrize(("kind", "header_of"), [("csv", csv_header), ("xlsx", sheet_header)])
def test_headers_of_exports_can_be_translated(
    kind: str, header_of: Callable[[bytes], list[str]], office: Flask, admin: FlaskClient
) -> None:
    found, seen = {}, 0
    for slug in office.extensions["tomoiki_office"].screens:
        answer = admin.post(f"/{slug}/export.{kind}", data={"purpose": "?"})
        if answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment"):
            seen += 1
            if rest := {cell for cell in header_of(answer.data) if WORD.search(outside(cell))}:
                found[slug] = rest

    assert found == {}
    assert seen >= 20


def test_a_text_without_translation_would_be_found(stored: re.Pattern[str]) -> None:
    assert left_over("<p title='Oops'>⟦Fine⟧</p>", stored) == {"Oops"}
