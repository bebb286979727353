"""Evaluate an expression for every combination of its axes' values at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import TypeMismatch
from configurator.engine.expressions import (
    ARITHMETIC,
    EQUALITY,
    LOGICAL,
    NUMBER_LIMIT,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
    Value,
)
from configurator.engine.network.axes import Axes, AxisPart, Numbering


@dataclass(frozen=True, eq=False)
class Column:
    """Values of one kind, and where there is none, with one array axis per part (of length 1 where it is not seen)."""

    kind: type
    values: NDArray[np.int64]
    undefined: NDArray[np.bool_]


def truth_table(expression: Expression, axes: Axes, parts: Sequence[AxisPart]) -> Column:
    """The expression's value for all combinations of what it sees of its axes.

    Agrees with `expressions.evaluate` combination by combination. Raises TypeMismatch.
    """
    features = [
        (name, axes.kind(name), position, values)
        for position, part in enumerate(parts)
        for name, values in part.values.items()
    ]
    return _Tables(axes.numbering, features, len(parts)).column(expression)


def holds_where(expression: Expression, domains: Mapping[str, tuple[Value, ...]]) -> NDArray[np.bool_]:
    """Where a condition over features with these domains holds, with one array axis per feature, in the order given.

    False where it has no value. Raises TypeMismatch when it is not a condition.
    """
    numbering = Numbering()
    features = [
        (name, type(domain[0]), position, numbering.array(domain))
        for position, (name, domain) in enumerate(domains.items())
    ]
    column = _Tables(numbering, features, len(domains)).column(expression)
    if column.kind is not bool:
        raise TypeMismatch("a rule", _KINDS[column.kind])
    shape = tuple(len(domain) for domain in domains.values())
    return np.broadcast_to(column.values.astype(np.bool_) & ~column.undefined, shape)


class _Tables:
    """One pass over one expression; features are given by name, kind, array axis and values along it."""

    def __init__(
        self, numbering: Numbering, features: Iterable[tuple[str, type, int, NDArray[np.int64]]], dimensions: int
    ) -> None:
        self.numbering = numbering
        self.blank = np.zeros((1,) * dimensions, dtype=np.bool_)
        self.features: dict[str, Column] = {}
        for name, kind, position, values in features:
            shape = [1] * dimensions
            shape[position] = len(values)
            self.features[name] = Column(kind, values.reshape(shape), self.blank)

    def column(self, expression: Expression) -> Column:
        chain: list[Binary] = []
        while isinstance(expression, Binary):
            chain.append(expression)
            expression = expression.left
        column = self.single(expression)
        for link in reversed(chain):
            column = self.combine(link.operator, column, self.column(link.right))
        return column

    def single(self, expression: Expression) -> Column:
        match expression:
            case Literal(value):
                return Column(
                    type(value), np.full(self.blank.shape, self.numbering.number(value), np.int64), self.blank
                )
            case Name(name):
                return self.features[name]
            case Negation(operand):
                inner = self.of_kind("not", operand, bool)
                return Column(bool, 1 - inner.values, inner.undefined)
            case Membership(operand, values):
                inner = self.column(operand)
                alike = [self.numbering.number(value) for value in values if type(value) is inner.kind]
                return Column(bool, np.isin(inner.values, alike).astype(np.int64), inner.undefined)
            case Call("if", (condition, then, otherwise)):
                return self.choose(condition, then, otherwise)
            case Call(function, arguments):
                columns = [self.of_kind(function, argument, int) for argument in arguments]
                undefined = reduce(np.logical_or, [column.undefined for column in columns])
                combine = np.minimum if function == "min" else np.maximum
                return Column(int, reduce(combine, [column.values for column in columns]), undefined)
        raise TypeMismatch("a rule", expression)

    def choose(self, condition: Expression, then: Expression, otherwise: Expression) -> Column:
        asked = self.of_kind("if", condition, bool)
        first, second = self.column(then), self.column(otherwise)
        if first.kind is not second.kind:
            raise TypeMismatch("if", "two kinds of value")
        taken = asked.values.astype(np.bool_)
        undefined = asked.undefined | np.where(taken, first.undefined, second.undefined)
        return Column(first.kind, np.where(taken, first.values, second.values), undefined)

    def of_kind(self, operator: str, expression: Expression, kind: type) -> Column:
        column = self.column(expression)
        if column.kind is not kind:
            raise TypeMismatch(operator, _KINDS[column.kind])
        return column

    def combine(self, operator: str, left: Column, right: Column) -> Column:
        needed = bool if operator in LOGICAL else left.kind if operator in EQUALITY else int
        for side in (left, right):
            if side.kind is not needed:
                raise TypeMismatch(operator, _KINDS[side.kind])
        if operator in LOGICAL:
            return self.logical(operator, left, right)
        undefined = left.undefined | right.undefined
        if operator not in ARITHMETIC:
            return Column(bool, _COMPARE[operator](left.values, right.values).astype(np.int64), undefined)
        if operator == "//":
            zero = right.values == 0
            return Column(int, left.values // np.where(zero, 1, right.values), undefined | zero)
        exact = _ARITHMETIC[operator](left.values.astype(np.float64), right.values.astype(np.float64))
        too_large = np.abs(exact) > NUMBER_LIMIT
        values = np.where(too_large, 0, _ARITHMETIC[operator](left.values, right.values))
        return Column(int, values, undefined | too_large)

    def logical(self, operator: str, left: Column, right: Column) -> Column:
        first, second = left.values.astype(np.bool_), right.values.astype(np.bool_)
        match operator:
            case "and":
                values, asked = first & second, first
            case "or":
                values, asked = first | second, ~first
            case "implies":
                values, asked = ~first | second, first
            case _:
                values, asked = first == second, np.ones_like(first)
        return Column(bool, values.astype(np.int64), left.undefined | (asked & right.undefined))


_KINDS = {bool: "a true-or-false value", int: "a number", str: "a word"}
_COMPARE: Mapping[str, Callable[..., NDArray[np.bool_]]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_ARITHMETIC: Mapping[str, Callable[..., NDArray[np.int64]]] = {"+": np.add, "-": np.subtract, "*": np.multiply}
