"""Counting selections exactly: the two walks of `passes` over (+, x), with Python's integers, which never overflow."""

from collections.abc import Sequence
from operator import mul

from configurator.engine.circuit.pass_arrays import CircuitArrays


def count(arrays: CircuitArrays, chosen: Sequence[int], weights: Sequence[int]) -> int:
    """How many selections contain the choices; each counts as the product of the weights of its slots."""
    literal_weights = _literal_weights(arrays, weights)
    return _upward(arrays, _allowed_weights(arrays, _forbidden(arrays, chosen), literal_weights))[-1]


def counts(arrays: CircuitArrays, chosen: Sequence[int], weights: Sequence[int]) -> list[int]:
    """For every slot how many selections contain it and all choices but its own feature's."""
    codes, features = arrays.slot_code.tolist(), arrays.slot_feature.tolist()
    variable, start = arrays.literal_variable.tolist(), arrays.literal_start.tolist()
    literal_weights = _literal_weights(arrays, weights)
    forbidden = _forbidden(arrays, chosen)
    beside = _downward(arrays, _upward(arrays, _allowed_weights(arrays, forbidden, literal_weights)))
    through = [beside[literal] * weight for literal, weight in enumerate(literal_weights)]
    left = [0] * (len(start) - 1)
    for literal, selections in enumerate(through):
        if not forbidden[literal]:
            left[variable[literal]] += selections
    own = {features[slot]: codes[slot] for slot in chosen}
    answer: list[int] = []
    for code, feature in zip(codes, features):
        literal = code >> 1
        if feature not in own:
            with_literal = 0 if forbidden[literal] else through[literal]
            answer.append(left[variable[literal]] - with_literal if code & 1 else with_literal)
            continue
        speaks_of = range(start[variable[literal]], start[variable[literal] + 1]) if code & 1 else (literal,)
        answer.append(
            sum(
                through[other]
                for other in speaks_of
                if (other != literal or not code & 1)
                and forbidden[other] == _forbids(own[feature], other, start, variable)
            )
        )
    return answer


def _forbids(code: int, literal: int, start: list[int], variable: list[int]) -> bool:
    """Whether a choice of this code excludes the literal."""
    if code & 1:
        return literal == code >> 1
    return literal != code >> 1 and variable[literal] == variable[code >> 1]


def _forbidden(arrays: CircuitArrays, chosen: Sequence[int]) -> list[int]:
    """For every literal how many choices exclude it."""
    codes, start, variable = arrays.slot_code.tolist(), arrays.literal_start.tolist(), arrays.literal_variable.tolist()
    forbidden = [0] * len(variable)
    for slot in chosen:
        literal = codes[slot] >> 1
        if codes[slot] & 1:
            forbidden[literal] += 1
            continue
        for other in range(start[variable[literal]], start[variable[literal] + 1]):
            forbidden[other] += other != literal
    return forbidden


def _literal_weights(arrays: CircuitArrays, weights: Sequence[int]) -> list[int]:
    """The product of the weights of all slots that hold with each literal."""
    start, variable = arrays.literal_start.tolist(), arrays.literal_variable.tolist()
    product = [1] * len(variable)
    for code, weight in zip(arrays.slot_code.tolist(), weights):
        if weight == 1:
            continue
        literal = code >> 1
        if not code & 1:
            product[literal] *= weight
            continue
        for other in range(start[variable[literal]], start[variable[literal] + 1]):
            if other != literal:
                product[other] *= weight
    return product


def _allowed_weights(arrays: CircuitArrays, forbidden: Sequence[int], weights: Sequence[int]) -> list[int]:
    return [0 if excluded else weight for excluded, weight in zip(forbidden, weights)]


def _upward(arrays: CircuitArrays, value: list[int]) -> list[int]:
    """The literals' weights, continued to the sum (OR) or product (AND) of every inner node."""
    children, start = arrays.children.tolist(), arrays.child_start.tolist()
    for inner, is_or in enumerate(arrays.is_or.tolist()):
        below = [value[child] for child in children[start[inner] : start[inner + 1]]]
        value.append(sum(below) if is_or else _product(below))
    return value


def _product(factors: list[int]) -> int:
    """The product, nearly balanced: two long numbers multiply faster than many short ones onto a long one."""
    if 0 in factors:
        return 0
    while len(factors) > 2:
        factors = [mul(*pair) for pair in zip(factors[::2], factors[1::2])] + factors[len(factors) & ~1 :]
    return factors[0] * factors[-1] if len(factors) == 2 else (factors[0] if factors else 1)


def _downward(arrays: CircuitArrays, value: list[int]) -> list[int]:
    """For every node the number of selections beside it: the derivative of the root's value by the node's."""
    children, start, is_or = arrays.children.tolist(), arrays.child_start.tolist(), arrays.is_or.tolist()
    literals = len(arrays.literal_variable)
    beside = [0] * len(value)
    beside[-1] = 1
    for inner in range(len(is_or) - 1, -1, -1):
        above = beside[literals + inner]
        below = children[start[inner] : start[inner + 1]]
        if not above:
            continue
        if is_or[inner]:
            for child in below:
                beside[child] += above
            continue
        factors = [value[child] for child in below]
        failing = factors.count(0)
        if failing > 1:
            continue
        if failing == 1:
            only = factors.index(0)
            beside[below[only]] += above * _product(factors[:only] + factors[only + 1 :])
            continue
        total = above * value[literals + inner]
        for child, factor in zip(below, factors):
            beside[child] += total // factor  # without remainder: the total is a multiple of every factor
    return beside
