"""The rule language: text to expression and back, and the meaning of bare words.

The grammar is rules.lark beside this file. Parsing knows nothing of a product; `resolve` then holds the
expression against a model: a bare word compared with a feature becomes that feature's option.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from configurator.engine.errors import ExpressionTooLarge
from configurator.engine.expressions import (
    ARITHMETIC,
    EQUALITY,
    ORDER,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
    Value,
    check_size,
)
from configurator.formats.connectives import Connectives

TEXT_LIMIT = 20_000
LITERAL_LIMIT = 10**12
KEYWORDS = frozenset({"iff", "implies", "or", "and", "not", "in", "true", "false"})

_NUMBER_LIKE = re.compile(r"[\w.]+")
_WORD = re.compile(r"[^\W\d]\w*")
_HABITS = (
    ("==", "write = to compare"),
    ("=>", "write implies"),
    ("<=>", "write iff"),
    ("->", "write implies"),
    ("&", "write and"),
    ("|", "write or"),
    ("!", "write not"),
    ("/", "write // for whole-number division"),
    ("%", "only + - * // are there to calculate with"),
    ("[", "a set is written in braces: {a, b}"),
    (",", "numbers are whole and written without separators; commas stand only in sets and functions"),
)


class RuleSyntaxError(ValueError):
    """Text that is not an expression: where, and in one sentence why."""

    def __init__(self, line: int, column: int, text: str, source: str = "", excerpt: str = "") -> None:
        super().__init__(line, column, text)
        self.line, self.column, self.text, self.source, self.excerpt = line, column, text, source, excerpt

    def __str__(self) -> str:
        where = f"{self.source}, " if self.source else ""
        picture = f"\n  {self.excerpt}\n  {' ' * (self.column - 1)}^" if self.excerpt else ""
        return f"{where}line {self.line}, column {self.column}: {self.text}{picture}"


def parse_expression(text: str, source: str = "") -> Expression:
    """The expression that `text` says; bare words are names until `resolve` knows better.

    Raises RuleSyntaxError, also for text or nesting beyond the limits.
    """
    if len(text) > TEXT_LIMIT:
        raise RuleSyntaxError(1, 1, f"the text has {len(text):,} characters, {TEXT_LIMIT:,} are allowed", source)
    try:
        expression: Expression = _parser().parse(text)  # type: ignore[assignment]  # the transformer builds it
        check_size(expression)
    except UnexpectedInput as error:
        raise _syntax_error(text, source, error) from None
    except _Refused as error:
        line, column = error.at
        raise RuleSyntaxError(line, column, error.text, source, _line(text, line)) from None
    except ExpressionTooLarge as error:
        raise RuleSyntaxError(1, 1, str(error), source) from None
    return expression


def format_expression(expression: Expression) -> str:
    """Text that parses to the same expression, with no more parentheses than needed."""
    return _format(expression, 0)


class _Refused(Exception):
    """Well-formed text that says something the language does not have."""

    def __init__(self, at: tuple[int, int], text: str) -> None:
        super().__init__(text)
        self.at, self.text = at, text


def _at(token: Token) -> tuple[int, int]:
    return (token.line or 1, token.column or 1)


class _Build(Connectives):
    """Grammar rules to nodes; method names are the aliases in rules.lark."""

    def equality(self, parts: list[Any]) -> Expression:
        left, operator, right = parts
        return Binary(str(operator), left, right)

    order = arithmetic = equality

    def between(self, parts: list[Any]) -> Expression:
        low, first, middle, second, high = parts
        return Binary("and", Binary(str(first), low, middle), Binary(str(second), middle, high))

    def member(self, parts: list[Any]) -> Expression:
        operand, *constants = parts
        return Membership(operand, tuple(value for value, _ in constants), constants[0][1])

    def not_member(self, parts: list[Any]) -> Expression:
        return Negation(self.member(parts))

    def signed(self, parts: list[Any]) -> Expression:
        sign: Token = parts[0]
        operand: Expression = parts[1]
        if sign == "+":
            return operand
        if isinstance(operand, Literal) and type(operand.value) is int:
            return Literal(-operand.value, _at(sign))
        return Binary("-", Literal(0), operand)

    def call(self, parts: list[Any]) -> Expression:
        function, *arguments = parts
        if function == "if" and len(arguments) != 3:
            raise _Refused(_at(function), "if needs three parts: if(condition, then, otherwise)")
        if len(arguments) < 2:
            raise _Refused(_at(function), f"{function} needs at least two numbers")
        return Call(str(function), tuple(arguments))

    def name(self, parts: list[Token]) -> Expression:
        return Name(str(parts[0]), _at(parts[0]))

    def quoted_name(self, parts: list[Token]) -> Expression:
        return Name(_unquoted(parts[0]), _at(parts[0]))

    def number_literal(self, parts: list[Token]) -> Expression:
        return Literal(_number(parts[0]), _at(parts[0]))

    def true_literal(self, parts: list[Token]) -> Expression:
        return Literal(True)

    def false_literal(self, parts: list[Token]) -> Expression:
        return Literal(False)

    def text_literal(self, parts: list[Token]) -> Expression:
        return Literal(_unquoted(parts[0]), _at(parts[0]))

    def number(self, parts: list[Token]) -> tuple[Value, tuple[int, int]]:
        return _number(parts[0]), _at(parts[0])

    def signed_number(self, parts: list[Token]) -> tuple[Value, tuple[int, int]]:
        sign, digits = parts
        return (-_number(digits) if sign == "-" else _number(digits)), _at(sign)

    def truth(self, parts: list[Token]) -> tuple[Value, tuple[int, int]]:
        return str(parts[0]) == "true", _at(parts[0])

    def word(self, parts: list[Token]) -> tuple[Value, tuple[int, int]]:
        return str(parts[0]), _at(parts[0])

    def quoted_word(self, parts: list[Token]) -> tuple[Value, tuple[int, int]]:
        return _unquoted(parts[0]), _at(parts[0])

    text = quoted_word


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("rules.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Build())


def _unquoted(token: Token) -> str:
    inner = re.sub(r"\\(.)", r"\1", str(token)[1:-1])
    if not inner.strip():
        raise _Refused(_at(token), "there is nothing between the quotes")
    return inner


def _number(token: Token) -> int:
    # int() of a very long text is slow and, past 4,300 digits, an error of its own.
    if len(token) > 13 or int(token) > LITERAL_LIMIT:
        raise _Refused(_at(token), f"the number is larger than {LITERAL_LIMIT:,}")
    return int(token)


def _line(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1].replace("\t", " ").rstrip("\r") if 0 < line <= len(lines) else ""


def _syntax_error(text: str, source: str, error: UnexpectedInput) -> RuleSyntaxError:
    if isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        stripped = text.rstrip()
        line = stripped.count("\n") + 1
        column = len(stripped) - (stripped.rfind("\n") + 1) + 1
        reason = "the text ends too early" if stripped else "there is no expression"
        if stripped.count("(") > stripped.count(")"):
            reason += ": a parenthesis is not closed"
        return RuleSyntaxError(line, column, reason, source, _line(text, line))
    offset = error.pos_in_stream or 0
    found = str(error.token) if isinstance(error, UnexpectedToken) else text[offset : offset + 1]
    reason = f"{found} is not expected here"
    if isinstance(error, UnexpectedCharacters) and found in "'\"":
        reason = "a quote is not closed"
    elif isinstance(error, UnexpectedCharacters) and found.isdigit():
        written = _NUMBER_LIKE.match(text, offset)
        found = written[0] if written else found
        advice = "numbers are whole: choose a smaller unit" if "." in found else "a name begins with a letter"
        reason = f"{found} is not a whole number; {advice}"
    else:
        hint = _hint(text, offset)
        reason += f"; {hint}" if hint else ""
    return RuleSyntaxError(error.line, error.column, reason, source, _line(text, error.line))


def _hint(text: str, offset: int) -> str:
    """What people used to other languages meant, seen from the place where reading stopped."""
    for habit, advice in sorted(_HABITS, key=lambda pair: -len(pair[0])):
        for start in range(max(0, offset - len(habit) + 1), offset + 1):
            if text.startswith(habit, start):
                return advice
    if text.startswith(("=", "!="), offset):
        return "compare two values at a time, joined by and"
    if re.match(r"\w|[\"'(]", text[offset:]):
        return "an operator such as and, or, implies is missing before it"
    return ""


_LEVEL = {"iff": 1, "implies": 2, "or": 3, "and": 4} | dict.fromkeys((*EQUALITY, *ORDER), 6)
_LEVEL |= {"+": 7, "-": 7, "*": 8, "//": 8}
_LEFT_ASSOCIATIVE = ("iff", "or", "and", *ARITHMETIC)


def _format(expression: Expression, around: int) -> str:
    match expression:
        case Binary():
            level, text = _LEVEL[expression.operator], _format_binary(expression)
        case Negation(operand):
            level, text = 5, f"not {_format(operand, 5)}"
        case Membership(operand, values):
            level, text = 6, f"{_format(operand, 7)} in {{{', '.join(_format_constant(v) for v in values)}}}"
        case Call(function, arguments):
            level, text = 9, f"{function}({', '.join(_format(argument, 0) for argument in arguments)})"
        case Name(name):
            level, text = 9, name if _is_plain(name) else _quote(name, '"')
        case Literal(value):
            level, text = 9, _quote(value, "'") if isinstance(value, str) else str(value).lower()
    return f"({text})" if level < around else text


def _format_binary(expression: Binary) -> str:
    level = _LEVEL[expression.operator]
    if expression.operator not in _LEFT_ASSOCIATIVE:
        right = level if expression.operator == "implies" else level + 1
        return f"{_format(expression.left, level + 1)} {expression.operator} {_format(expression.right, right)}"
    first: Expression = expression
    chain: list[Binary] = []
    while isinstance(first, Binary) and _LEVEL[first.operator] == level:
        chain.append(first)
        first = first.left
    parts = [_format(first, level + 1)]
    for link in reversed(chain):
        parts += [link.operator, _format(link.right, level + 1)]
    return " ".join(parts)


def _format_constant(value: Value) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quote(value, "'")
    return str(value).lower()


def _is_plain(word: str) -> bool:
    return _WORD.fullmatch(word) is not None and word not in KEYWORDS


def _quote(text: str, mark: str) -> str:
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark
