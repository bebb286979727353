"""Decision diagrams of comparisons: for which values of its features does an expression hold?

A diagram tests one feature per layer. Node 0 is false, node 1 is true, every other node has one child per
value of its feature. Diagrams are reduced: no two nodes are alike, none has all children the same. Linear
comparisons are built from partial sums, after Abio et al., "A New Look at BDDs for Pseudo-Boolean
Constraints" (JAIR 45, 2012); everything else from its truth table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import BadRule, ExpressionError, ModelTooLarge, NumberTooLarge
from configurator.engine.expressions import (
    EQUALITY,
    NUMBER_LIMIT,
    ORDER,
    Binary,
    Call,
    Expression,
    Literal,
    Name,
    Value,
    evaluate,
    names,
)
from configurator.engine.truth_tables import truth_table

FALSE, TRUE = 0, 1
CELL_LIMIT = 4_000_000
"""Combinations of values that one comparison may be tried on."""
EDGE_LIMIT = 2_000_000
"""Node and value pairs in the diagram of one linear comparison."""


@dataclass(frozen=True)
class Diagram:
    """Nodes from 2 on, children before parents; `tested[i]` and `child[i]` belong to node i + 2."""

    tested: tuple[str, ...]
    child: tuple[NDArray[np.int64], ...]
    root: int


def diagram(code: str, expression: Expression, domains: Mapping[str, tuple[Value, ...]]) -> Diagram:
    """The diagram of a boolean expression over the features it names.

    Raises BadRule when the expression has no value for some combination, ModelTooLarge beyond the limits;
    both name the rule `code`.
    """
    asked = sorted(names(expression), key=lambda name: (len(domains[name]), name))
    if len(asked) > 1:
        linear = _linear_comparison(expression, domains)
        if linear is not None:
            return _from_sums(code, *linear, domains)
    cells = 1
    for name in asked:
        cells *= len(domains[name])
        if cells > CELL_LIMIT:
            raise ModelTooLarge(f"rule {code}: combinations of {', '.join(asked)}", cells, CELL_LIMIT)
    table, undefined = truth_table(expression, [(name, domains[name]) for name in asked])
    if undefined.any():
        raise BadRule(code, _why_undefined(expression, asked, domains, undefined))
    return _from_table(asked, table)


def _why_undefined(
    expression: Expression,
    asked: Sequence[str],
    domains: Mapping[str, tuple[Value, ...]],
    undefined: NDArray[np.bool_],
) -> str:
    position = np.unravel_index(int(undefined.argmax()), undefined.shape)
    values = {name: domains[name][int(index)] for name, index in zip(asked, position)}
    where = ", ".join(f"{name} = {value}" for name, value in values.items())
    try:
        evaluate(expression, values)
    except ExpressionError as error:
        return f"it has no value for {where}: {error}"
    return f"it has no value for {where}"


def _from_table(asked: Sequence[str], table: NDArray[np.bool_]) -> Diagram:
    """Fold the table from its last axis: equal rows become one node, constant rows their value."""
    tested: list[str] = []
    child: list[NDArray[np.int64]] = []
    ids = table.astype(np.int64)
    for axis in reversed(range(len(asked))):
        rows, inverse = np.unique(ids.reshape(-1, table.shape[axis]), axis=0, return_inverse=True)
        names_of_rows = np.empty(len(rows), dtype=np.int64)
        for index, row in enumerate(rows):
            if (row == row[0]).all():
                names_of_rows[index] = row[0]
            else:
                names_of_rows[index] = len(tested) + 2
                tested.append(asked[axis])
                child.append(row)
        ids = names_of_rows[inverse.reshape(-1)]
    return Diagram(tuple(tested), tuple(child), int(ids.reshape(-1)[0]))


Linear = tuple[dict[str, int], int]
"""Coefficient of each feature, and a constant."""


def _linear_comparison(
    expression: Expression, domains: Mapping[str, tuple[Value, ...]]
) -> tuple[dict[str, int], int, str] | None:
    """Coefficients, constant and operator of `sum + constant OPERATOR 0`, or None when it is not of that form."""
    if not isinstance(expression, Binary) or expression.operator not in (*EQUALITY, *ORDER):
        return None
    difference = _linear(Binary("-", expression.left, expression.right), domains)
    if difference is None:
        return None
    return {name: factor for name, factor in difference[0].items() if factor}, difference[1], expression.operator


def _linear(expression: Expression, domains: Mapping[str, tuple[Value, ...]]) -> Linear | None:
    chain: list[Binary] = []
    while isinstance(expression, Binary) and expression.operator in ("+", "-", "*"):
        chain.append(expression)
        expression = expression.left
    match expression:
        case Literal(int(value)) if not isinstance(value, bool):
            total: Linear = {}, value
        case Name(name) if type(domains[name][0]) is int:
            total = {name: 1}, 0
        case Call("if", (Name(name), Literal(int(one)), Literal(int(other)))) if type(domains[name][0]) is bool:
            total = {name: one - other}, other  # counting: if(a, 1, 0) + if(b, 1, 0) >= 1
        case _:
            return None
    for link in reversed(chain):
        right = _linear(link.right, domains)
        if right is None:
            return None
        if link.operator == "*":
            if total[0] and right[0]:
                return None
            if right[0]:
                total, right = right, total
            total = {name: factor * right[1] for name, factor in total[0].items()}, total[1] * right[1]
        else:
            sign = 1 if link.operator == "+" else -1
            factors = {name: total[0].get(name, 0) + sign * right[0].get(name, 0) for name in (*total[0], *right[0])}
            total = factors, total[1] + sign * right[1]
    return total


def _from_sums(
    code: str, factors: dict[str, int], constant: int, operator: str, domains: Mapping[str, tuple[Value, ...]]
) -> Diagram:
    order = sorted(factors, key=lambda name: (len(domains[name]), name))
    largest = abs(constant) + sum(max(abs(factors[name] * int(value)) for value in domains[name]) for name in order)
    if largest > NUMBER_LIMIT:
        raise BadRule(code, str(NumberTooLarge(NUMBER_LIMIT)))
    terms = [np.array([factors[name] * int(value) for value in domains[name]], dtype=np.int64) for name in order]
    rests = _rest_sums(code, order, terms)
    builder = _SumDiagram(code, operator, order, terms, rests)
    return Diagram(*builder.build(constant))


def _rest_sums(code: str, order: Sequence[str], terms: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """For each layer the different sums that the layers from it on can add, sorted; the last is just nought."""
    rests = [np.zeros(1, dtype=np.int64)]
    for term in reversed(terms):
        cells = len(term) * len(rests[0])
        if cells > CELL_LIMIT:
            raise ModelTooLarge(f"rule {code}: sums of {', '.join(order)}", cells, CELL_LIMIT)
        rests.insert(0, np.unique(np.add.outer(term, rests[0])))
    return rests


class _SumDiagram:
    """Layer by layer: partial sums from which the rest decides alike share one node."""

    def __init__(
        self,
        code: str,
        operator: str,
        order: Sequence[str],
        terms: Sequence[NDArray[np.int64]],
        rests: Sequence[NDArray[np.int64]],
    ) -> None:
        self.code, self.operator, self.order, self.terms, self.rests = code, operator, order, terms, rests

    def build(self, constant: int) -> tuple[tuple[str, ...], tuple[NDArray[np.int64], ...], int]:
        """The tested features, children and root, as in Diagram."""
        layers = [np.array([constant], dtype=np.int64)]
        edges = 0
        for layer, term in enumerate(self.terms):
            sums = np.unique(np.add.outer(layers[layer], term))
            _, first = np.unique(self.kinds(layer + 1, sums), return_index=True)
            layers.append(sums[np.sort(first)])
            edges += len(layers[layer]) * len(term)
            if edges > EDGE_LIMIT:
                raise ModelTooLarge(f"rule {self.code}: steps over {', '.join(self.order)}", edges, EDGE_LIMIT)
        tested: list[str] = []
        child: list[NDArray[np.int64]] = []
        below: dict[int, int] = {}
        for layer in range(len(self.order), -1, -1):
            here: dict[int, int] = {}
            unique: dict[bytes, int] = {}
            for partial, kind in zip(layers[layer], self.kinds(layer, layers[layer])):
                if layer == len(self.order) or kind in (-1, len(self.rests[layer])):
                    here[int(kind)] = self.decided(layer, int(kind))
                    continue
                kinds = self.kinds(layer + 1, partial + self.terms[layer])
                row = np.array([self.child_of(layer + 1, int(each), below) for each in kinds], dtype=np.int64)
                if (row == row[0]).all():
                    here[int(kind)] = int(row[0])
                    continue
                known = unique.setdefault(row.tobytes(), len(tested) + 2)
                if known == len(tested) + 2:
                    tested.append(self.order[layer])
                    child.append(row)
                here[int(kind)] = known
            below = here
        root = next(iter(below.values()))
        return tuple(tested), tuple(child), root

    def kinds(self, layer: int, partial: NDArray[np.int64]) -> NDArray[np.int64]:
        """Equal for partial sums that every rest decides alike; -1: never true, number of rests: always true."""
        rest = self.rests[layer]
        if self.operator in EQUALITY:
            place = np.searchsorted(rest, -partial)
            found = rest[np.minimum(place, len(rest) - 1)] == -partial
            return np.where(found, place, -1)
        if self.operator in ("<", "<="):
            held = np.searchsorted(rest, -partial, side="right" if self.operator == "<=" else "left")
        else:
            held = len(rest) - np.searchsorted(rest, -partial, side="left" if self.operator == ">=" else "right")
        return np.where(held == 0, -1, held)

    def decided(self, layer: int, kind: int) -> int:
        holds = kind >= 0
        return TRUE if holds is (self.operator != "!=") else FALSE

    def child_of(self, layer: int, kind: int, below: dict[int, int]) -> int:
        if kind == -1 or (self.operator not in EQUALITY and kind == len(self.rests[layer])):
            return self.decided(layer, kind)
        return below[kind]
