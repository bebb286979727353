"""Evaluate an expression for every combination of its features' values at once."""

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True)
class _Column:
    """Values of one kind, and where there is none. Words are numbered; equal words have equal numbers."""

    kind: type
    values: NDArray[np.int64]
    undefined: NDArray[np.bool_]


def truth_table(
    expression: Expression, axes: Sequence[tuple[str, tuple[Value, ...]]]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two arrays with one axis per feature, in the order given: where it holds, and where it has no value.

    Agrees with `expressions.evaluate` combination by combination. Raises TypeMismatch when the expression
    is not boolean.
    """
    shape = tuple(len(domain) for _, domain in axes)
    tables = _Tables(axes)
    column = tables.column(expression)
    if column.kind is not bool:
        raise TypeMismatch("a rule", "a value that is neither true nor false")
    holds = np.broadcast_to(column.values.astype(np.bool_), shape)
    return holds, np.broadcast_to(column.undefined, shape)


class _Tables:
    """One pass over one expression."""

    def __init__(self, axes: Sequence[tuple[str, tuple[Value, ...]]]) -> None:
        self.words: dict[str, int] = {}
        self.features: dict[str, _Column] = {}
        for axis, (name, domain) in enumerate(axes):
            shape = [1] * len(axes)
            shape[axis] = len(domain)
            values = np.array([self.number(value) for value in domain], dtype=np.int64).reshape(shape)
            self.features[name] = _Column(type(domain[0]), values, np.zeros((1,) * len(axes), dtype=np.bool_))
        self.blank = np.zeros((1,) * len(axes), dtype=np.bool_)

    def number(self, value: Value) -> int:
        return self.words.setdefault(value, len(self.words)) if isinstance(value, str) else int(value)

    def column(self, expression: Expression) -> _Column:
        chain: list[Binary] = []
        while isinstance(expression, Binary):
            chain.append(expression)
            expression = expression.left
        column = self.single(expression)
        for link in reversed(chain):
            column = self.combine(link.operator, column, self.column(link.right))
        return column

    def single(self, expression: Expression) -> _Column:
        match expression:
            case Literal(value):
                number = np.full(self.blank.shape, self.number(value), dtype=np.int64)
                return _Column(type(value), number, self.blank)
            case Name(name):
                return self.features[name]
            case Negation(operand):
                inner = self.of_kind("not", operand, bool)
                return _Column(bool, 1 - inner.values, inner.undefined)
            case Membership(operand, values):
                inner = self.column(operand)
                alike = [self.number(value) for value in values if type(value) is inner.kind]
                return _Column(bool, np.isin(inner.values, alike).astype(np.int64), inner.undefined)
            case Call("if", (condition, then, otherwise)):
                return self.choose(condition, then, otherwise)
            case Call(function, arguments):
                columns = [self.of_kind(function, argument, int) for argument in arguments]
                undefined = reduce(np.logical_or, [column.undefined for column in columns])
                combine = np.minimum if function == "min" else np.maximum
                return _Column(int, reduce(combine, [column.values for column in columns]), undefined)
        raise TypeMismatch("a rule", expression)

    def choose(self, condition: Expression, then: Expression, otherwise: Expression) -> _Column:
        asked = self.of_kind("if", condition, bool)
        first, second = self.column(then), self.column(otherwise)
        if first.kind is not second.kind:
            raise TypeMismatch("if", "two kinds of value")
        taken = asked.values.astype(np.bool_)
        undefined = asked.undefined | np.where(taken, first.undefined, second.undefined)
        return _Column(first.kind, np.where(taken, first.values, second.values), undefined)

    def of_kind(self, operator: str, expression: Expression, kind: type) -> _Column:
        column = self.column(expression)
        if column.kind is not kind:
            raise TypeMismatch(operator, _KINDS[column.kind])
        return column

    def combine(self, operator: str, left: _Column, right: _Column) -> _Column:
        needed = bool if operator in LOGICAL else left.kind if operator in EQUALITY else int
        for side in (left, right):
            if side.kind is not needed:
                raise TypeMismatch(operator, _KINDS[side.kind])
        if operator in LOGICAL:
            return self.logical(operator, left, right)
        undefined = left.undefined | right.undefined
        if operator not in ARITHMETIC:
            return _Column(bool, _COMPARE[operator](left.values, right.values).astype(np.int64), undefined)
        if operator == "//":
            zero = right.values == 0
            return _Column(int, left.values // np.where(zero, 1, right.values), undefined | zero)
        exact = _ARITHMETIC[operator](left.values.astype(np.float64), right.values.astype(np.float64))
        too_large = np.abs(exact) > NUMBER_LIMIT
        values = np.where(too_large, 0, _ARITHMETIC[operator](left.values, right.values))
        return _Column(int, values, undefined | too_large)

    def logical(self, operator: str, left: _Column, right: _Column) -> _Column:
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
        return _Column(bool, values.astype(np.int64), left.undefined | (asked & right.undefined))


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
