"""What the grammars of rules and of UVL constraints have in common: the boolean connectives."""

from typing import Any

from lark import Token, Transformer

from configurator.engine.expressions import Binary, Expression, Negation


class Connectives(Transformer[Token, Any]):
    """Grammar rules to nodes; the method names are the aliases in the grammar files."""

    def iff(self, parts: list[Expression]) -> Expression:
        return Binary("iff", *parts)

    def implies(self, parts: list[Expression]) -> Expression:
        return Binary("implies", *parts)

    def or_(self, parts: list[Expression]) -> Expression:
        return Binary("or", *parts)

    def and_(self, parts: list[Expression]) -> Expression:
        return Binary("and", *parts)

    def not_(self, parts: list[Expression]) -> Expression:
        return Negation(parts[0])
