"""Constraints, as syntax.py reads them, back to the text of UVL."""

import re
from collections.abc import Callable

from configurator.engine.expressions import Binary, Call, Expression, Literal, Membership, Name, Negation
from configurator.formats.uvl.syntax import PLAIN_WORD

SIGNS = {"and": "&", "or": "|", "implies": "=>", "iff": "<=>", "=": "=="}
KEYWORDS = frozenset(
    {
        *("features", "constraints", "constraint", "imports", "include", "namespace", "cardinality", "as"),
        *("mandatory", "optional", "or", "alternative", "Boolean", "Integer", "Real", "String", "true", "false"),
        *("sum", "avg", "len", "floor", "ceil"),
    }
)

_LEVEL = {"iff": 1, "implies": 2, "or": 3, "and": 4, "+": 7, "-": 7, "*": 8, "/": 8}
_COMPARISON = 6
_LEFT_ASSOCIATIVE = ("iff", "or", "and", "+", "-", "*", "/")
_WORD = re.compile(PLAIN_WORD)


def word(name: str) -> str:
    """A name, in quotes unless it is a plain word."""
    return name if _WORD.fullmatch(name) and name not in KEYWORDS else f'"{name}"'


def reference(name: str) -> str:
    """A name of several parts, such as that of an attribute, each in quotes where it needs them."""
    return ".".join(map(word, name.split(".")))


def constraint_text(expression: Expression, write_name: Callable[[str], str] = reference) -> str:
    """Text that parses to the same expression, with no more parentheses than needed."""
    return _Writing(write_name).text(expression, 0)


class _Writing:
    def __init__(self, write_name: Callable[[str], str]) -> None:
        self.write_name = write_name

    def text(self, expression: Expression, around: int) -> str:
        level, text = 9, ""
        match expression:
            case Binary("/", Literal(int(top)), Literal(int(bottom))) if _digits(bottom):
                text = _decimal(top, _digits(bottom))
                level = 9 if top >= 0 else 8
            case Binary("-", Literal(0), operand):
                level, text = 8, f"-{self.text(operand, 9)}"
            case Binary(operator):
                level = _LEVEL.get(operator, _COMPARISON)
                text = self.binary(expression, level)
            case Negation(operand):
                level, text = 5, f"!{self.text(operand, _COMPARISON + 1)}"
            case Call(function, arguments):
                text = f"{function}({', '.join(self.text(argument, 0) for argument in arguments)})"
            case Membership():
                raise ValueError("UVL has no sets")
            case Name(name):
                text = self.write_name(name)
            case Literal(value):
                text = f"'{value}'" if isinstance(value, str) else str(value).lower()
                level = 8 if text.startswith("-") else 9
        return f"({text})" if level < around else text

    def binary(self, expression: Binary, level: int) -> str:
        if expression.operator not in _LEFT_ASSOCIATIVE:
            left, right = self.text(expression.left, level + 1), self.text(expression.right, level + 1)
            return f"{left} {SIGNS.get(expression.operator, expression.operator)} {right}"
        first: Expression = expression
        chain: list[Binary] = []
        while isinstance(first, Binary) and _LEVEL.get(first.operator) == level and not _is_special(first):
            chain.append(first)
            first = first.left
        parts = [self.text(first, level + 1 if level < 8 else level)]
        for link in reversed(chain):
            parts += [SIGNS.get(link.operator, link.operator), self.text(link.right, level + 1)]
        return " ".join(parts)


def _is_special(expression: Binary) -> bool:
    """Whether it is written as a decimal or with a sign in front, not with its operator."""
    match expression:
        case Binary("/", Literal(int()), Literal(int(bottom))):
            return _digits(bottom) > 0
    return expression.operator == "-" and expression.left == Literal(0)


def _digits(number: int) -> int:
    """How many noughts follow the one of a power of ten; 0 for any other number."""
    text = str(number)
    return len(text) - 1 if text == "1" + "0" * (len(text) - 1) else 0


def _decimal(top: int, digits: int) -> str:
    text = str(abs(top)).rjust(digits + 1, "0")
    return f"{'-' if top < 0 else ''}{text[:-digits]}.{text[-digits:]}"
