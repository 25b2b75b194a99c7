"""Routes that are cheap to declare: a screen brings eighteen, and few of them are ever built into an address."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def _not_yet(rule: Rule, /) -> tuple[str, str]:
    raise NotImplementedError  # never called: `build` puts the compiled ones in its place first


class LazyRule(Rule):
    """Compile the code that builds this rule's addresses when the first is asked for, not at the start.

    Werkzeug compiles two functions a rule: with 676 rules two thirds of the time that `create_app` takes.
    """

    _can_build = False

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        return _not_yet

    def build(self, values: Mapping[str, Any], append_unknown: bool = True) -> tuple[str, str] | None:
        """Compile, the first time; then as Werkzeug does."""
        if not self._can_build:
            self._build = super()._compile_builder(False).__get__(self, None)
            self._build_unknown = super()._compile_builder(True).__get__(self, None)
            self._can_build = True
        return super().build(values, append_unknown)
