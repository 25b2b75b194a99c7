"""What reading typed text gives: a value, perhaps with a remark, or a refusal that says how it is right."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from flask_babel import LazyString

T = TypeVar("T")


class BadInput(ValueError):  # noqa: N818 - named after the fact, as STYLE section 3 wants
    """The typed text cannot be taken; `suggestion` is what was probably meant, ready to be typed instead."""

    def __init__(self, message: LazyString, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


@dataclass(frozen=True)
class Read(Generic[T]):
    """A value that was read, and what the user should know about how it was read."""

    value: T
    remark: LazyString | None = None
