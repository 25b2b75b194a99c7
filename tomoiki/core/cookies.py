"""What a browser keeps from one visit to the next, whoever sits there."""

from flask import request
from werkzeug.wrappers import Response

YEAR = 31_536_000  # seconds


def keep_here(answer: Response, name: str, value: str) -> None:
    """Let this browser keep a value for a year."""
    answer.set_cookie(name, value, YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
