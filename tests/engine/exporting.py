"""Asking for an export as a browser does, and reading the file as a person does."""

import csv
import io
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PURPOSE = "Report to the foundation"


def send(client: FlaskClient, address: str, **controls: str) -> TestResponse:
    """Send the form of the export page."""
    return client.post(address, data={"purpose": PURPOSE, **controls})


def table(answer: TestResponse, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Return the rows of a CSV answer by header."""
    assert answer.status_code == 200, answer.text
    return rows(answer.data.decode(encoding))


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV text by header."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet(data: bytes) -> Any:
    """Return the first sheet of a workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy

    return load_workbook(io.BytesIO(data)).active
