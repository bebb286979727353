"""Formulas over an item's parameters, as routings write them."""

from collections.abc import Mapping
from functools import lru_cache

from configurator.api import Expression, Value, evaluate, names
from configurator.api import parse_expression as parse


@lru_cache(maxsize=2048)
def parsed(text: str) -> Expression:
    """The formula in `text`; raises `RuleSyntaxError`."""
    return parse(text)


def formula_value(text: str, parameters: Mapping[str, Value]) -> Value:
    """The value of a formula; a word that is no parameter stands for itself, as the code of an option does.

    Raises `RuleSyntaxError` and `ExpressionError`.
    """
    expression = parsed(text)
    words: dict[str, Value] = {name: name for name in names(expression) if name not in parameters}
    return evaluate(expression, {**words, **parameters})
