"""From a comparison of a rule to its chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

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
from configurator.engine.network.chains import CELL_LIMIT, Bounds, Chain, Term, from_sum, from_truth_table
from configurator.engine.network.truth_tables import Column, truth_table

WIDE = 64
"""Axes with more values are read last: until then few sums are possible."""
SMALL_TABLE = 50_000
"""A comparison with up to so many combinations of values is not taken apart into terms of several axes."""
NAMES_SHOWN = 6


def comparison_chain(code: str, expression: Expression, axes: Axes) -> Chain:
    """The chain of a boolean expression over the features it names.

    Raises BadRule when the expression has no value for some combination, ModelTooLarge beyond the limits;
    both name the rule `code`.
    """
    parts = axes.parts(names(expression))
    if len(parts) > 1:
        sums = _Separation(code, axes, parts).sums(expression)
        if sums is not None:
            return _sum_chain(code, sums)
    column = _evaluated(code, expression, axes, parts)
    if column.kind is not bool:
        raise TypeMismatch("a rule", "a value that is neither true nor false")
    return _folded(column, parts)


def _folded(column: Column, parts: Sequence[AxisPart]) -> Chain:
    table = np.broadcast_to(column.values, tuple(part.size for part in parts))
    order = sorted(range(len(parts)), key=lambda number: parts[number].size)
    return from_truth_table([parts[number] for number in order], table.transpose(order))


def _evaluated(code: str, expression: Expression, axes: Axes, parts: Sequence[AxisPart]) -> Column:
    cells = prod(part.size for part in parts)
    if cells > CELL_LIMIT:
        raise ModelTooLarge(f"rule {code}: combinations of {_listed(parts)}", cells, CELL_LIMIT)
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
    """A sum of terms that ask one axis each or are a chain themselves, to be compared with nought."""

    operator: str
    parts: dict[int | Expression, AxisPart | Term]
    terms: dict[int | Expression, NDArray[np.int64]]
    constant: int = 0
    largest: int = 0


class _Separation:
    """Takes a comparison of numbers apart into terms that ask few axes each, where it can be."""

    def __init__(self, code: str, axes: Axes, parts: Sequence[AxisPart]) -> None:
        self.code, self.axes = code, axes
        self.parts = {part.axis: part for part in parts}
        self.large = prod(part.size for part in parts) > SMALL_TABLE
        self.found = _Sums("", {}, {})

    def sums(self, expression: Expression) -> _Sums | None:
        """The comparison as a sum, None when it is none or is small enough to be tried out."""
        if not isinstance(expression, Binary) or expression.operator not in (*EQUALITY, *ORDER):
            return None
        self.found.operator = expression.operator
        if self.add(1, expression.left) and self.add(-1, expression.right):
            return self.found
        return None

    def add(self, factor: int, expression: Expression) -> bool:
        """Add the multiple of an expression; False where it is no number, or asks several axes and is small."""
        while isinstance(expression, Binary) and expression.operator in ("+", "-"):
            if not self.add(factor if expression.operator == "+" else -factor, expression.right):
                return False
            expression = expression.left
        if isinstance(expression, Binary) and expression.operator == "*":
            multiple, rest = self.product(expression)
            if rest is not None:
                return self.add(self.checked(factor * multiple), rest)
        parts = [self.parts[axis] for axis in sorted({self.axes.axis_of[name] for name in names(expression)})]
        if len(parts) > 1 and not self.large:
            return False
        column = _evaluated(self.code, expression, self.axes, parts)
        if column.kind is not int:
            return False
        self.found.largest += self.checked(abs(factor) * int(np.abs(column.values).max()))
        self.checked(self.found.largest)
        if len(parts) > 1:
            values, outcomes = np.unique(column.values, return_inverse=True)
            chain = _folded(Column(int, outcomes.reshape(column.values.shape), column.undefined), parts)
            self.add_chain(expression, chain, factor * values)
        elif parts:
            self.add_values(parts[0].axis, parts[0], factor * np.broadcast_to(column.values, (parts[0].size,)))
        else:
            self.found.constant += factor * int(column.values.reshape(-1)[0])
        return True

    def add_chain(self, expression: Expression, chain: Chain, values: NDArray[np.int64]) -> None:
        """Add a term of several axes, or of fewer when the value of some makes no difference."""
        if not chain.parts:
            self.found.constant += int(values[chain.constant])
        elif len(chain.parts) == 1 and isinstance(part := chain.parts[0], AxisPart):
            self.add_values(part.axis, part, values[chain.steps[0][0]])
        elif expression in self.found.parts:
            self.found.terms[expression] += values
        else:
            self.add_values(expression, Term(chain, len(values)), values)

    def add_values(self, key: int | Expression, part: AxisPart | Term, values: NDArray[np.int64]) -> None:
        self.found.parts[key] = part
        self.found.terms[key] = self.found.terms.get(key, 0) + values

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


def _sum_chain(code: str, sums: _Sums) -> Chain:
    nought = -sums.constant
    bounds = {
        "=": Bounds(nought, nought),
        "!=": Bounds(nought, nought, negated=True),
        "<": Bounds(None, nought - 1),
        "<=": Bounds(None, nought),
        ">": Bounds(nought + 1, None),
        ">=": Bounds(nought, None),
    }[sums.operator]
    keys = sorted(sums.parts, key=lambda key: (max(sums.parts[key].size, WIDE), _last_axis(sums.parts[key])))
    read = [sums.parts[key] for key in keys]
    return from_sum(code, _listed(read), read, [sums.terms[key] for key in keys], bounds)


def _last_axis(part: AxisPart | Term) -> int:
    return part.axis if isinstance(part, AxisPart) else max(inner.axis for inner, _ in part.chain.axes)


def _listed(parts: Sequence[AxisPart | Term]) -> str:
    asked = [inner for part in parts for inner in ([part] if isinstance(part, AxisPart) else _inner(part))]
    named = list(dict.fromkeys(name for part in asked for name in part.values))
    return ", ".join(named[:NAMES_SHOWN]) + (", ..." if len(named) > NAMES_SHOWN else "")


def _inner(term: Term) -> list[AxisPart]:
    return [part for part, _ in term.chain.axes]
