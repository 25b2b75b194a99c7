"""Chromium, and windows of the office's users in which everything that goes wrong is noted."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.offices import Office
from tests.databases import PASSWORD

ENOUGH = 20_000  # milliseconds that anything may take here, on a busy machine too
MISSING = "no Chromium: on Debian `apt install chromium fonts-noto-cjk`"
HIGH, LOW, NARROW = 800, 720, 600
Keys = dict[tuple[str, str], Any]  # cookies of users who have logged in before, by role and language


class NoBrowser(Exception):  # noqa: N818 - named after the fact
    """There is no Chromium on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, which reaches this machine and nothing else."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise NoBrowser(MISSING)
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-lcd-text"]
    expect.set_options(timeout=ENOUGH)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


class Watch:
    """Notes what must never happen while somebody works: a console message, a fault, a request to elsewhere."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.may_answer: set[int] = set()
        self._home = home
        context.set_default_timeout(ENOUGH)
        context.on("console", lambda message: self._console(message.text))
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def _console(self, text: str) -> None:
        if not any(f"with a status of {status} " in text for status in self.may_answer):
            self.complaints.append(f"console: {text}")

    def _failed(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # one left the page before all of it had come
            self.complaints.append(f"failed: {url} {why}")

    def _request(self, url: str) -> None:
        self.asked.append(url)
        if not url.startswith((f"{self._home}/", "data:")):
            self.complaints.append(f"left the office: {url}")


class Windows:
    """Opens windows, and tells at the end what went wrong in any of them."""

    def __init__(self, browser: Browser, keys: Keys) -> None:
        self._browser, self._keys = browser, keys
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def open(  # noqa: PLR0913 - who sits there, and at what kind of screen
        self,
        office: Office,
        role: str = "",
        lang: str = "ja",
        width: int = 1280,
        *,
        dark: bool = False,
        scripts: bool = True,
        may_answer: tuple[int, ...] = (),
    ) -> Page:
        """Open a window of this width for a user of that role; without a role nobody has logged in."""
        context = self._browser.new_context(
            base_url=office.address,
            viewport={"width": width, "height": HIGH if width > NARROW else LOW},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            storage_state=self._key(office, role, lang),
            reduced_motion="reduce",
            locale=lang,
        )
        self._contexts.append(context)
        self._watches.append(Watch(context, office.address))
        self._watches[-1].may_answer.update(may_answer)
        return context.new_page()

    def _key(self, office: Office, role: str, lang: str) -> Any:
        if (role, lang) not in self._keys:
            context = self._browser.new_context(base_url=office.address)
            page = context.new_page()
            page.goto("/login")
            if role:
                log_in(page, f"{role}@demo.example")
            page.goto(f"/lang/{lang}")
            self._keys[role, lang] = context.storage_state()
            context.close()
        return self._keys[role, lang]

    def asked(self) -> list[str]:
        """Return every address that any window asked for."""
        return [address for watch in self._watches for address in watch.asked]

    def complaints(self) -> list[str]:
        """Return what went wrong."""
        return [complaint for watch in self._watches for complaint in watch.complaints]

    def forgive(self) -> list[str]:
        """Return what went wrong and forget it: for a test that makes something go wrong."""
        found = self.complaints()
        for watch in self._watches:
            watch.complaints.clear()
        return found

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


def log_in(page: Page, email: str) -> None:
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main button.btn-primary")
