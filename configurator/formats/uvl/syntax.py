"""What one line of a UVL file says: a feature with its attributes, a constraint, an import.

Constraints are carried by the expression nodes of the engine before they have a meaning: a Name is a feature or an
attribute, `/` divides exactly, a decimal is such a division, and a Call is a function of UVL. meaning.py makes
expressions of the engine out of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedInput

from configurator.engine.errors import ExpressionTooLarge, Position
from configurator.engine.expressions import Binary, Call, Expression, Literal, Name, check_size
from configurator.formats.connectives import Connectives

DIGIT_LIMIT = 40
"""Characters of one number."""
CONSTRAINT_LIMIT = 200_000
"""Characters of one constraint."""

Attributes = tuple[tuple[str, object], ...]
"""Keys with what they say: a Decimal, a text, true or false, further attributes, or a Vector. A bare key says True."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A list of values in an attribute."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class InnerConstraint:
    """A constraint that stands among the attributes of a feature."""

    expression: Expression
    at: Position


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """A feature as its line declares it; without a type `kind` is empty, without a bound a cardinality ends in None.

    `imported` when the name has several parts, as that of an imported feature.
    """

    name: str
    kind: str = ""
    cardinality: tuple[int, int | None] | None = None
    attributes: Attributes = ()
    constraints: tuple[InnerConstraint, ...] = ()
    imported: bool = False


@dataclass(frozen=True, slots=True)
class ImportLine:
    """The parts of an imported file's name, and what its features are called by."""

    parts: tuple[str, ...]
    alias: str


class LineProblem(Exception):
    """A line that says nothing in UVL: where in it, and in one sentence why."""

    def __init__(self, text: str, at: Position = (1, 1)) -> None:
        super().__init__(text)
        self.text, self.at = text, at


PLAIN_WORD = r"(?:[^\W\d]|[^\x00-\x7f\s])(?:[\w#§%?\\;]|[^\x00-\x7f\s])*"
_PLAIN_FEATURE = re.compile(rf'(?:({PLAIN_WORD})|"([^"\n]+)")\s*(\{{\s*abstract\s*\}})?\s*')


def parse_feature(text: str) -> FeatureLine:
    """The feature that a line declares; raises LineProblem."""
    plain = _PLAIN_FEATURE.fullmatch(text)
    if plain is not None:  # most lines of most files, without the detour through the grammar
        return FeatureLine(plain[1] or plain[2], attributes=(("abstract", True),) if plain[3] else ())
    parsed: FeatureLine = _parsed(text, "feature", _feature_problem)
    return parsed


def parse_constraint(text: str) -> Expression:
    """The constraint of a line; raises LineProblem."""
    if len(text) > CONSTRAINT_LIMIT:
        raise LineProblem(f"the constraint has {len(text):,} characters, {CONSTRAINT_LIMIT:,} are allowed")
    parsed: Expression = _parsed(text, "constraint_line", _constraint_problem)
    _refuse_too_large(parsed, (1, 1))
    return parsed


def parse_import(text: str) -> ImportLine:
    """The import of a line; raises LineProblem."""
    parsed: ImportLine = _parsed(text, "import_line", _import_problem)
    return parsed


def place_of(expression: Expression) -> Position:
    """Where the leftmost word or number of an expression was written, (1, 1) when nobody knows."""
    while True:
        match expression:
            case Name() | Literal():
                return expression.at if expression.at != (0, 0) else (1, 1)
            case Binary(_, left, _):
                expression = left
            case Call(_, arguments):
                expression = arguments[0]
            case _:
                expression = expression.operand


def _refuse_too_large(expression: Expression, at: Position) -> None:
    try:
        check_size(expression)
    except ExpressionTooLarge as error:
        raise LineProblem(str(error), at) from None


def _parsed(text: str, start: str, problem: Callable[[str, UnexpectedInput], LineProblem]) -> Any:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        raise problem(text, error) from None


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("uvl.lark").read_text(encoding="utf-8")
    starts = ["feature", "constraint_line", "import_line"]
    return Lark(grammar, parser="lalr", start=starts, maybe_placeholders=False, transformer=_Build())


def _at(token: Token) -> Position:
    return (token.line or 1, token.column or 1)


def _checked(token: Token) -> str:
    if len(token) > DIGIT_LIMIT:
        raise LineProblem(f"the number has {len(token):,} characters, {DIGIT_LIMIT} are allowed", _at(token))
    return str(token)


class _Build(Connectives):
    """Grammar rules to values; the method names are the rules and aliases of uvl.lark."""

    def reference(self, parts: list[Token]) -> tuple[tuple[str, ...], Position]:
        words = tuple(str(part)[1:-1] if part.type == "QUOTED" else str(part) for part in parts)
        if not all(words):
            raise LineProblem("there is nothing between the quotes", _at(parts[0]))
        return words, _at(parts[0])

    def import_line(self, parts: list[Any]) -> ImportLine:
        return ImportLine(parts[0][0], ".".join(parts[-1][0]))

    # Features

    def feature(self, parts: list[Any]) -> FeatureLine:
        references = [part for part in parts if isinstance(part, tuple) and isinstance(part[0], tuple)]
        name, kind = ".".join(references[-1][0]), ""
        if len(references) > 1:
            kind = ".".join(references[0][0])
        cardinality = next((part.value for part in parts if isinstance(part, _Cardinality)), None)
        listed = next((part for part in parts if isinstance(part, _AttributeList)), _AttributeList([]))
        imported = len(references[-1][0]) > 1
        return FeatureLine(name, kind, cardinality, listed.pairs(), listed.constraints(), imported)

    def cardinality(self, parts: list[Token]) -> "_Cardinality":
        low, high = parts[0], parts[-1]
        return _Cardinality((int(_checked(low)), None if high == "*" else int(_checked(high))))

    def attributes(self, parts: list[Any]) -> "_AttributeList":
        return _AttributeList([part for part in parts if part is not None])

    def attribute(self, parts: list[Any]) -> tuple[str, object]:
        value = parts[1] if len(parts) > 1 else True
        if isinstance(value, _AttributeList):
            if value.constraints():
                raise LineProblem("a constraint stands directly among the attributes of its feature", parts[0][1])
            value = value.pairs()
        return ".".join(parts[0][0]), value

    def constraints(self, parts: list[Any]) -> list[InnerConstraint]:
        return [part for part in parts if part is not None]

    def inner(self, parts: list[Expression]) -> InnerConstraint:
        at = place_of(parts[0])
        _refuse_too_large(parts[0], at)
        return InnerConstraint(parts[0], at)

    def truth(self, parts: list[Token]) -> bool:
        return str(parts[0]) == "true"

    def positive(self, parts: list[Token]) -> Decimal:
        return Decimal(_checked(parts[0]))

    def negative(self, parts: list[Token]) -> Decimal:
        return -Decimal(_checked(parts[0]))

    def words(self, parts: list[Token]) -> str:
        return str(parts[0])[1:-1]

    def vector(self, parts: list[Any]) -> Vector:
        found = (part.pairs() if isinstance(part, _AttributeList) else part for part in parts if part is not None)
        return Vector(tuple(found))

    # Constraints

    def constraint_line(self, parts: list[Expression]) -> Expression:
        return parts[0]

    def comparison(self, parts: list[Any]) -> Expression:
        left, operator, right = parts
        return Binary("=" if operator == "==" else str(operator), left, right)

    def plus(self, parts: list[Expression]) -> Expression:
        return Binary("+", *parts)

    def minus(self, parts: list[Expression]) -> Expression:
        return Binary("-", *parts)

    def times(self, parts: list[Expression]) -> Expression:
        return Binary("*", *parts)

    def divided(self, parts: list[Expression]) -> Expression:
        return Binary("/", *parts)

    def opposite(self, parts: list[Expression]) -> Expression:
        return Binary("-", Literal(0, place_of(parts[0])), parts[0])

    def number(self, parts: list[Token]) -> Expression:
        whole, _, decimals = _checked(parts[0]).partition(".")
        value = Literal(int(whole + decimals), _at(parts[0]))
        return Binary("/", value, Literal(10 ** len(decimals))) if decimals else value

    def text(self, parts: list[Token]) -> Expression:
        return Literal(str(parts[0])[1:-1], _at(parts[0]))

    def true_(self, parts: list[Any]) -> Expression:
        return Literal(True)

    def false_(self, parts: list[Any]) -> Expression:
        return Literal(False)

    def name(self, parts: list[Any]) -> Expression:
        ((words, at),) = parts
        return Name(".".join(words), at)

    def call(self, parts: list[Any]) -> Expression:
        return Call(str(parts[0]), tuple(parts[1:]))


@dataclass(frozen=True, slots=True)
class _Cardinality:
    value: tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class _AttributeList:
    entries: list[Any]

    def pairs(self) -> Attributes:
        return tuple(entry for entry in self.entries if isinstance(entry, tuple))

    def constraints(self) -> tuple[InnerConstraint, ...]:
        return tuple(each for entry in self.entries if isinstance(entry, list) for each in entry)


def _where(text: str, error: UnexpectedInput) -> Position:
    if getattr(getattr(error, "token", None), "type", "") == "$END":
        return text.count("\n") + 1, len(text) - text.rfind("\n")
    return (error.line, error.column) if error.line and error.line > 0 else (1, 1)


def _shown(error: UnexpectedInput) -> str:
    found = getattr(error, "token", None) or getattr(error, "char", None)
    return str(found) if found is not None and str(found) else "its end"


def _feature_problem(text: str, error: UnexpectedInput) -> LineProblem:
    if "{" in text[: error.pos_in_stream or 0]:
        return LineProblem(f"the attributes go on unexpectedly at {_shown(error)}", _where(text, error))
    return LineProblem("this is not a feature: a name with spaces or signs stands in quotes", _where(text, error))


def _constraint_problem(text: str, error: UnexpectedInput) -> LineProblem:
    blank = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", lambda match: "x" * len(match[0]), text)
    if re.search(r"=>[^()]*=>", blank):
        return LineProblem("several => in a row are ambiguous: write parentheses", _where(text, error))
    return LineProblem(f"the constraint ends or goes on unexpectedly at {_shown(error)}", _where(text, error))


def _import_problem(text: str, error: UnexpectedInput) -> LineProblem:
    return LineProblem("this is not an import such as folder.file as name", _where(text, error))
