"""Routes that are cheap to declare: a screen brings eighteen, and few of them are ever built into an address."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """Compile the code that builds this rule's addresses when the first is asked for, not at the start.

    Werkzeug compiles two functions a rule: with 676 rules two thirds of the time that `create_app` takes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder = super()._compile_builder

        @cache
        def compiled() -> Callable[..., tuple[str, str]]:
            return compile_builder(append_unknown)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
