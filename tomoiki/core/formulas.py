"""Text that a spreadsheet would run as a formula, made harmless in files for people and taken back when read.

A cell that begins with = + - @ tab or return gets a leading apostrophe (DOMAIN 9.6). Text that begins so after
apostrophes of its own gets one more: so nothing is lost on the way out and back.
"""

import re

_STARTS = r"=+\-@\t\r"  # in a pattern's brackets
SIGNS = f"{_STARTS}'"  # likewise: no cell that begins otherwise needs a second look

_RUNS = re.compile(f"'*[{_STARTS}]")
_DISARMED = re.compile(f"'+[{_STARTS}]")


def disarmed(text: str) -> str:
    """Return the text as a CSV cell that no spreadsheet runs."""
    return f"'{text}" if _RUNS.match(text) else text


def rearmed(cell: str) -> str:
    """Return the text that `disarmed` was given."""
    return cell[1:] if _DISARMED.match(cell) else cell
