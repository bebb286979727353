"""From a comparison of a rule to its chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import BadRule, ExpressionError, ModelTooLarge, NumberTooLarge, TypeMismatch
from configurator.engine.expressions import (
    EQUALITY,
    NUMBER_LIMIT,
    ORDER,
    Binary,
    Expression,
    Literal,
    Value,
    evaluate,
    names,
)
from configurator.engine.network.axes import Axes, AxisPart
from configurator.engine.network.chains import CELL_LIMIT, Bounds, Chain, from_sum, from_truth_table
from configurator.engine.network.truth_tables import Column, truth_table

WIDE = 64
"""Axes with more values are read last: until then few sums are possible."""
NAMES_SHOWN = 6


def comparison_chain(code: str, expression: Expression, axes: Axes) -> Chain:
    """The chain of a boolean expression over the features it names.

    Raises BadRule when the expression has no value for some combination, ModelTooLarge beyond the limits;
    both name the rule `code`.
    """
    asked = names(expression)
    parts = axes.parts(asked)
    if len(parts) > 1:
        sums = _Separation(code, axes).sums(expression)
        if sums is not None:
            return _sum_chain(code, sums, parts)
    parts.sort(key=lambda part: part.size)
    cells = 1
    for part in parts:
        cells *= part.size
        if cells > CELL_LIMIT:
            raise ModelTooLarge(f"rule {code}: combinations of {_listed(parts)}", cells, CELL_LIMIT)
    column = _evaluated(code, expression, axes, parts)
    if column.kind is not bool:
        raise TypeMismatch("a rule", "a value that is neither true nor false")
    return from_truth_table(parts, np.broadcast_to(column.values, tuple(part.size for part in parts)))


def _evaluated(code: str, expression: Expression, axes: Axes, parts: Sequence[AxisPart]) -> Column:
    column = truth_table(expression, axes, parts)
    if column.undefined.any():
        raise BadRule(code, _why_undefined(expression, axes, parts, column.undefined))
    return column


def _why_undefined(expression: Expression, axes: Axes, parts: Sequence[AxisPart], undefined: NDArray[np.bool_]) -> str:
    position = np.unravel_index(int(undefined.argmax()), undefined.shape)
    values: dict[str, Value] = {}
    for part, index in zip(parts, position):
        for name, numbers in part.values.items():
            place = int(np.flatnonzero(axes.numbers(name) == numbers[index])[0])
            values[name] = axes.model.domain(name)[place]
    where = ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))
    reason = f"it has no value for {where}" if where else "it has no value"
    try:
        evaluate(expression, values)
    except ExpressionError as error:
        return f"{reason}: {error}"
    return reason


@dataclass
class _Sums:
    """A sum of one term per axis, a constant, and what it is compared with nought by."""

    operator: str
    constant: int
    terms: dict[int, NDArray[np.int64]]
    largest: int


class _Separation:
    """Takes a comparison of numbers apart into terms that ask one axis each, where it can be."""

    def __init__(self, code: str, axes: Axes) -> None:
        self.code, self.axes = code, axes
        self.found = _Sums("", 0, {}, 0)
        self.parts: dict[int, AxisPart] = {}

    def sums(self, expression: Expression) -> _Sums | None:
        """The comparison as a sum, None when a part of it asks several axes or no numbers are compared."""
        if not isinstance(expression, Binary) or expression.operator not in (*EQUALITY, *ORDER):
            return None
        self.found.operator = expression.operator
        self.parts = {part.axis: part for part in self.axes.parts(names(expression))}
        if self.add(1, expression.left) and self.add(-1, expression.right):
            return self.found
        return None

    def add(self, factor: int, expression: Expression) -> bool:
        """Add the multiple of an expression; False where that is not a sum of terms of one axis."""
        while isinstance(expression, Binary) and expression.operator in ("+", "-"):
            if not self.add(factor if expression.operator == "+" else -factor, expression.right):
                return False
            expression = expression.left
        if isinstance(expression, Binary) and expression.operator == "*":
            multiple, rest = self.product(expression)
            if rest is not None:
                return self.add(self.checked(factor * multiple), rest)
        asked = names(expression)
        numbers = {self.axes.axis_of[name] for name in asked}
        if len(numbers) > 1:
            return False
        parts = [self.parts[number] for number in numbers]
        column = _evaluated(self.code, expression, self.axes, parts)
        if column.kind is not int:
            return False
        self.found.largest += self.checked(abs(factor) * int(np.abs(column.values).max()))
        self.checked(self.found.largest)
        if not parts:
            self.found.constant += factor * int(column.values.reshape(-1)[0])
        else:
            values = factor * np.broadcast_to(column.values, (parts[0].size,))
            self.found.terms[parts[0].axis] = self.found.terms.get(parts[0].axis, 0) + values
        return True

    def product(self, expression: Binary) -> tuple[int, Expression | None]:
        """A product as a constant and the one factor that is not; None where there are several or none."""
        multiple = 1
        varying: list[Expression] = []
        rest: Expression = expression
        while isinstance(rest, Binary) and rest.operator == "*":
            factors, rest = rest.right, rest.left
            if isinstance(factors, Literal) and type(factors.value) is int:
                multiple = self.checked(multiple * factors.value)
            else:
                varying.append(factors)
        if isinstance(rest, Literal) and type(rest.value) is int:
            multiple = self.checked(multiple * rest.value)
        else:
            varying.append(rest)
        return multiple, varying[0] if len(varying) == 1 else None

    def checked(self, number: int) -> int:
        if abs(number) > NUMBER_LIMIT:
            raise BadRule(self.code, str(NumberTooLarge(NUMBER_LIMIT)))
        return number


def _sum_chain(code: str, sums: _Sums, parts: Sequence[AxisPart]) -> Chain:
    nought = -sums.constant
    bounds = {
        "=": Bounds(nought, nought),
        "!=": Bounds(nought, nought, negated=True),
        "<": Bounds(None, nought - 1),
        "<=": Bounds(None, nought),
        ">": Bounds(nought + 1, None),
        ">=": Bounds(nought, None),
    }[sums.operator]
    read = sorted((part for part in parts if part.axis in sums.terms), key=lambda part: max(part.size, WIDE))
    return from_sum(code, _listed(read), read, [sums.terms[part.axis] for part in read], bounds)


def _listed(parts: Sequence[AxisPart]) -> str:
    named = [name for part in parts for name in part.values]
    return ", ".join(islice(named, NAMES_SHOWN)) + (", ..." if len(named) > NAMES_SHOWN else "")
