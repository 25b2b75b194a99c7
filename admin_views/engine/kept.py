"""Answers kept for the next page: what is dear to build and the same for all who ask alike. Oldest out first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

MOST = 2000


class Kept:
    """A store of at most so many answers by question; one object serves one application, all its threads."""

    def __init__(self, most: int = MOST) -> None:
        """Begin with nothing."""
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def find(self, question: Hashable) -> Any:
        """Return the kept answer, or None."""
        return self._answers.get(question)

    def put(self, question: Hashable, answer: Any) -> None:
        """Keep an answer."""
        with self._lock:
            self._answers[question] = answer
            self._answers.move_to_end(question)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def get(self, question: Hashable, make: Callable[[], Any]) -> Any:
        """Return the kept answer, or make and keep it."""
        answer = self._answers.get(question)
        if answer is None:
            answer = make()
            self.put(question, answer)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
