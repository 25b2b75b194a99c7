"""`make screens`: photographs each kind of page in the demo office into docs/screens/, small enough to keep.

`cases-ja.png` is the list of cases in Japanese at 1280 px, `cases-dark.png` the same in the dark, `cases-vi.png` in
Vietnamese on a phone. With arguments (names of tests/browser/pages.py) and SCREENS=FOLDER it shows what one has
just changed.
"""

import io
import math
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ["TOMOIKI_INSTANCE"] = tempfile.mkdtemp(prefix="tomoiki-screens-")  # never the office's own

from tomoiki.core import dates  # noqa: E402 - only once the folder is set

TODAY = date(2026, 11, 25)
dates.now = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 1, 30, tzinfo=UTC)

from tests.browser.offices import Office, demo_office, fresh_office  # noqa: E402 - only once the clock stands
from tests.browser.pages import PAGES  # noqa: E402
from tests.browser.windows import HIGH, LOW, NARROW, Keys, Windows, chromium  # noqa: E402

FOLDER = Path(os.environ.get("SCREENS", ROOT / "docs" / "screens"))
WIDE = {"ja": 1280, "vi": 375}
HIGHEST = {1280: 1200, 375: 1800}  # of a longer page its top
COLOURS, APART = 32, 12  # of a picture, and how far one is from the next: two that are nearer would mix
MADE = "<!-- made by make screens -->\n"


def main(names: list[str]) -> None:
    """Make the pictures of these pages; of all pages, and the list of them."""
    FOLDER.mkdir(exist_ok=True)
    keys: Keys = {}
    with ExitStack() as open_until:
        folders = [Path(open_until.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        demo = open_until.enter_context(demo_office(folders[0], TODAY))
        unused = open_until.enter_context(fresh_office(folders[1]))
        browser = open_until.enter_context(chromium())
        for name in names or PAGES:
            for lang in WIDE:
                _visit(Windows(browser, keys), PAGES[name].office(demo, unused), name, lang)
    if not names and FOLDER.name == "screens":
        _list_them(FOLDER)


def _visit(windows: Windows, office: Office, name: str, lang: str) -> None:
    kind, width = PAGES[name], WIDE[lang]
    page = windows.open(office, kind.role, lang, width, may_answer=(kind.status,))
    kind.way(page, office)
    high = page.evaluate("document.documentElement.scrollHeight")
    lowest = HIGH if width > NARROW else LOW
    page.set_viewport_size({"width": width, "height": max(lowest, min(high, HIGHEST[width]))})
    _photograph(page, f"{name}-{lang}")
    if lang == "ja":
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        _photograph(page, f"{name}-dark")
    for complaint in windows.complaints():
        click.echo(f"{name}-{lang}: {complaint}")
    windows.close()


def _photograph(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def _palette(picture: Image.Image) -> Image.Image:
    """Return the colours that are there most, then some that lie between: rare ones too, as red and amber mean much."""
    counted = picture.getcolors(picture.width * picture.height) or []
    between = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).convert("RGB").getcolors() or []
    chosen: list[Any] = []
    colour: Any
    for _count, colour in sorted(counted, reverse=True)[:COLOURS] + between:
        if len(chosen) < 2 * COLOURS and all(math.dist(colour, other) >= APART for other in chosen):
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return palette


def _list_them(folder: Path) -> None:
    """Forget pictures of pages that are no more, and write the list of the others under what is said of them."""
    for picture in folder.glob("*.png"):
        if picture.stem.rpartition("-")[0] not in PAGES:
            picture.unlink()
    readme = folder / "README.md"
    said = readme.read_text(encoding="utf-8").partition(MADE)[0]
    lines = ["| page | ja, 1280 px | vi, 375 px | dark | seen by |", "| --- | --- | --- | --- | --- |"]
    for name, kind in PAGES.items():
        shown = " | ".join(f"[{look}]({name}-{look}.png)" for look in ("ja", "vi", "dark"))
        lines.append(f"| {name} | {shown} | {kind.role or 'everybody'} |")
    readme.write_text(said + MADE + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
