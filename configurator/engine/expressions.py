"""The tree of the one expression language: rules, quantities, durations, recipe values.

Values are booleans, integers and words. A tree is frozen and compares by meaning: where it was written
(`at`) does not count. Long chains lean to the left and are walked in a loop, so that only true nesting,
which is limited, uses the call stack.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from configurator.engine.errors import (
    DivisionByZero,
    ExpressionTooLarge,
    NumberTooLarge,
    Position,
    TypeMismatch,
    UnknownName,
)

Value = bool | int | str

NUMBER_LIMIT = 10**15
"""No intermediate result may be larger: exact in 64 bits, and far beyond any product."""
DEPTH_LIMIT = 100
NODE_LIMIT = 20_000

LOGICAL = ("and", "or", "implies", "iff")
EQUALITY = ("=", "!=")
ORDER = ("<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "//")
OPERATORS = LOGICAL + EQUALITY + ORDER + ARITHMETIC


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out: true, 42 or a word."""

    value: Value
    at: Position = field(default=(0, 0), compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        # True == 1 in Python, not in the rule language.
        return type(other) is Literal and type(other.value) is type(self.value) and other.value == self.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a feature or parameter."""

    name: str
    at: Position = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """True when the operand is false."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and one of OPERATORS."""

    operator: str
    left: "Expression"
    right: "Expression"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Binary) and _chain(self) == _chain(other)

    def __hash__(self) -> int:
        return hash(_chain(self))


def _chain(expression: Binary) -> tuple[object, ...]:
    """The left-leaning chain as a flat tuple: comparing it needs no call stack."""
    parts: list[object] = []
    node: Expression = expression
    while isinstance(node, Binary):
        parts += [node.right, node.operator]
        node = node.left
    return (node, *parts)


@dataclass(frozen=True, slots=True)
class Membership:
    """True when the operand has one of the values."""

    operand: "Expression"
    values: tuple[Value, ...]
    at: Position = field(default=(0, 0), compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is Membership
            and other.operand == self.operand
            and other.values == self.values
            and [type(value) for value in other.values] == [type(value) for value in self.values]
        )

    def __hash__(self) -> int:
        return hash((self.operand, self.values))


@dataclass(frozen=True, slots=True)
class Call:
    """min or max of its arguments, or if(condition, then, else)."""

    function: str
    arguments: tuple["Expression", ...]


Expression = Literal | Name | Negation | Binary | Membership | Call


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct operands, left to right."""
    match expression:
        case Binary(_, left, right):
            return (left, right)
        case Negation(operand) | Membership(operand, _):
            return (operand,)
        case Call(_, arguments):
            return arguments
    return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Every node of the tree, parents first."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def names(expression: Expression) -> frozenset[str]:
    """All features and parameters the expression asks for."""
    return frozenset(node.name for node in walk(expression) if isinstance(node, Name))


def check_size(expression: Expression) -> None:
    """Refuse a tree that is nested or large beyond the limits; `a and b and c and ...` counts as one level."""
    count, deepest = 0, 0
    waiting: list[tuple[Expression, int]] = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        count, deepest = count + 1, max(deepest, depth)
        if count > NODE_LIMIT:
            raise ExpressionTooLarge("parts", count, NODE_LIMIT)
        if depth > DEPTH_LIMIT:
            raise ExpressionTooLarge("levels", depth, DEPTH_LIMIT)
        if isinstance(node, Binary):
            chain = _CHAIN.get(node.operator)
            chained = chain is not None and isinstance(node.left, Binary) and _CHAIN.get(node.left.operator) == chain
            waiting += [(node.left, depth if chained else depth + 1), (node.right, depth + 1)]
        else:
            waiting += [(child, depth + 1) for child in children(node)]


def evaluate(expression: Expression, values: Mapping[str, Value]) -> Value:
    """The expression's value under `values`. What the result does not depend on is not calculated.

    Raises UnknownName, TypeMismatch, DivisionByZero, NumberTooLarge.
    """
    chain: list[Binary] = []
    while isinstance(expression, Binary):
        chain.append(expression)
        expression = expression.left
    value = _single(expression, values)
    for node in reversed(chain):
        value = _combine(node, value, values)
    return value


def _single(expression: Expression, values: Mapping[str, Value]) -> Value:
    match expression:
        case Literal(value):
            return value
        case Name(name):
            if name not in values:
                raise UnknownName(name, expression.at)
            return values[name]
        case Negation(operand):
            return not _boolean("not", evaluate(operand, values))
        case Membership(operand, allowed):
            value = evaluate(operand, values)
            return any(type(value) is type(other) and value == other for other in allowed)
        case Call(function, arguments):
            return _call(function, arguments, values)
    raise TypeMismatch("evaluate", expression)


def _call(function: str, arguments: tuple[Expression, ...], values: Mapping[str, Value]) -> Value:
    if function == "if":
        condition, then, otherwise = arguments
        return evaluate(then if _boolean("if", evaluate(condition, values)) else otherwise, values)
    numbers = [_number(function, evaluate(argument, values)) for argument in arguments]
    return {"min": min, "max": max}[function](numbers)


def _combine(node: Binary, left: Value, values: Mapping[str, Value]) -> Value:
    operator = node.operator
    if operator in LOGICAL:
        return _logical(operator, _boolean(operator, left), node.right, values)
    right = evaluate(node.right, values)
    if operator in EQUALITY:
        if type(left) is not type(right):
            raise TypeMismatch(operator, right)
        return (left == right) is (operator == "=")
    first, second = _number(operator, left), _number(operator, right)
    if operator in ORDER:
        return _ORDER[operator](first, second)
    if operator == "//" and second == 0:
        raise DivisionByZero
    result = _ARITHMETIC[operator](first, second)
    if abs(result) > NUMBER_LIMIT:
        raise NumberTooLarge(NUMBER_LIMIT)
    return result


def _logical(operator: str, left: bool, right: Expression, values: Mapping[str, Value]) -> bool:
    if operator == "and" and not left:
        return False
    if operator == "or" and left:
        return True
    if operator == "implies" and not left:
        return True
    second = _boolean(operator, evaluate(right, values))
    return left is second if operator == "iff" else second


def _boolean(operator: str, value: Value) -> bool:
    if not isinstance(value, bool):
        raise TypeMismatch(operator, value)
    return value


def _number(operator: str, value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeMismatch(operator, value)
    if abs(value) > NUMBER_LIMIT:
        raise NumberTooLarge(NUMBER_LIMIT)
    return value


# Operators of one group may follow each other without nesting.
_CHAIN = {"and": "and", "or": "or", "+": "sum", "-": "sum", "*": "product", "//": "product"}
_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "//": lambda left, right: left // right,
}
