"""Loads Flask-Admin without Pillow, which its unused upload fields would take along: 10 ms and 5 MB at each start."""

import sys

_waits = "PIL" not in sys.modules
if _waits:
    sys.modules["PIL"] = None  # type: ignore[assignment]  # Python's own way to say that there is none
import flask_admin.form  # noqa: E402, F401

if _waits:
    del sys.modules["PIL"]
