"""`make screens`: photographs the demo office into docs/screens/, a few pictures small enough to keep.

`cases-ja.png` is the list of cases in Japanese at 1280 px, `cases-vi.png` the same in Vietnamese on a phone,
`cases-dark.png` the dark one. With arguments (any names of tests/browser/pages.py, or `all`) and SCREENS=FOLDER
it shows what one has just changed.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ["TOMOIKI_INSTANCE"] = tempfile.mkdtemp(prefix="tomoiki-screens-")  # never the office's own

from tomoiki.core import dates  # noqa: E402 - only once the folder is set

TODAY = date(2026, 11, 25)
dates.now = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 1, 30, tzinfo=UTC)

from tests.browser.offices import Office, demo_office, fresh_office  # noqa: E402 - only once the clock stands
from tests.browser.pages import PAGES  # noqa: E402
from tests.browser.windows import Keys, Windows, chromium  # noqa: E402

FOLDER = Path(os.environ.get("SCREENS", ROOT / "docs" / "screens"))
LOOKS = {"ja": ("ja", 1280, False), "vi": ("vi", 375, False), "dark": ("ja", 1280, True)}
HIGHEST = {1280: 800, 375: 1200}  # of a long page its top
KEPT = ("login", "setup", "home", "cases", "people", "case", "person")
KEPT += ("case-new", "donation-refused", "conflict", "delete", "history", "import-preview")
DARK = ("cases", "case", "case-new")


def main(names: list[str]) -> None:
    """Make the pictures of these pages."""
    FOLDER.mkdir(exist_ok=True)
    keys: Keys = {}
    with ExitStack() as open_until:
        folders = [Path(open_until.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        demo = open_until.enter_context(demo_office(folders[0], TODAY))
        unused = open_until.enter_context(fresh_office(folders[1]))
        browser = open_until.enter_context(chromium())
        for name in list(PAGES) if names == ["all"] else names or KEPT:
            for look in LOOKS if names or name in DARK else ("ja", "vi"):
                _photograph(Windows(browser, keys), PAGES[name].office(demo, unused), name, look)


def _photograph(windows: Windows, office: Office, name: str, look: str) -> None:
    kind, (lang, width, dark) = PAGES[name], LOOKS[look]
    page = windows.open(office, kind.role, lang, width, dark=dark, may_answer=(kind.status,))
    kind.way(page, office)
    high = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(720, min(high, HIGHEST[width]))})
    page.screenshot(path=FOLDER / f"{name}-{look}.png")
    for complaint in windows.complaints():
        click.echo(f"{name}-{look}: {complaint}")
    windows.close()


if __name__ == "__main__":
    main(sys.argv[1:])
