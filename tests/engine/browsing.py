"""Reading a page as a browser does: its words, and what its form would send."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

Attributes = dict[str, str | None]


class _Reader(HTMLParser):
    """Collects the words inside <main> and the controls of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[list[tuple[str, str]]] = []
        self.is_main = self.is_form = self.is_template = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.is_main |= tag == "main"
        if tag == "form":
            self.forms.append([])
            self.is_form = True
        elif tag == "template":
            self.is_template = True
        elif self.is_form and not self.is_template:
            self._control(tag, found)

    def _control(self, tag: str, found: Attributes) -> None:
        name, form = found.get("name") or "", self.forms[-1]
        if tag == "input" and name and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
            form.append((name, found.get("value") or ""))
        elif tag == "textarea":
            self.area = name
            form.append((name, ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self._option(found)

    def _option(self, found: Attributes) -> None:
        form = self.forms[-1]
        if "selected" in found or self.select not in dict(form):
            form[:] = [(name, value) for name, value in form if name != self.select]
            form.append((self.select, found.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_main &= tag != "main"
        self.is_form &= tag != "form"
        self.is_template &= tag != "template"
        if tag in ("textarea", "select"):
            self.area = self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            form = self.forms[-1]
            form[-1] = (self.area, form[-1][1] + data.removeprefix("\n"))
        if self.is_main:
            self.words.append(data)


def _read(answer: TestResponse) -> _Reader:
    reader = _Reader()
    reader.feed(answer.text)
    return reader


def words(answer: TestResponse) -> str:
    """Return what stands on the page between header and end, without markup."""
    return " ".join(" ".join(_read(answer).words).split())


def form_of(answer: TestResponse, **changes: Any) -> MultiDict[str, str]:
    """Return what the page's last form would send with these controls changed (a list: several values)."""
    form = MultiDict(_read(answer).forms[-1])
    for name, value in changes.items():
        form.setlist(name.replace("__", "-"), [value] if isinstance(value, str) else list(value))
    return form


def change(client: FlaskClient, address: str, **changes: Any) -> TestResponse:
    """Open an edit page, change these controls, and save."""
    return client.post(f"{address}/edit", data=form_of(client.get(f"{address}/edit"), **changes))


def rows_of(answer: TestResponse) -> list[int]:
    """Return the ids of a list's rows in order."""
    return [int(part.split('"')[0]) for part in answer.text.split('<tr data-id="')[1:]]


def controls(answer: TestResponse) -> Iterable[str]:
    """Return the names of the last form's controls."""
    return set(dict(_read(answer).forms[-1]))


def new_id(answer: TestResponse) -> int:
    """Return the id of the record that a save led to."""
    assert answer.status_code == 303, words(answer)
    return int(answer.location.rsplit("/", 1)[1])
