"""What `passes` answers, written from the definitions: no derivatives, no bits, one question at a time.

Slow, and meant to be: tests hold the kernels against it.
"""

from collections.abc import Iterator, Sequence

from configurator.engine.circuit.circuit import Circuit
from configurator.engine.reasoner import UNREACHABLE


def code_holds(circuit: Circuit, code: int, literal: int) -> bool | None:
    """Whether a code holds when the literal does; None when they speak of different variables."""
    variable = _variable(circuit, code >> 1)
    if not circuit.literal_start[variable] <= literal < circuit.literal_start[variable + 1]:
        return None
    return (literal == code >> 1) is not bool(code & 1)


def consistent(circuit: Circuit, chosen: Sequence[int]) -> bool:
    """Whether some selection contains all the slots."""
    codes = [int(circuit.slot_code[slot]) for slot in chosen]
    value = [
        all(code_holds(circuit, code, literal) is not False for code in codes) for literal in range(circuit.literals)
    ]
    for is_or, children in _inner(circuit):
        value.append((any if is_or else all)(value[child] for child in children))
    return value[-1]


def domains(circuit: Circuit, chosen: Sequence[int]) -> list[bool] | None:
    """For every slot whether it can be taken with all choices but its own feature's."""
    if not consistent(circuit, chosen):
        return None
    return [consistent(circuit, [*_without(circuit, chosen, slot), slot]) for slot in range(len(circuit.slot_code))]


def consistent_sets(circuit: Circuit, sets: Sequence[Sequence[int]]) -> list[bool]:
    """For each set of choices whether some selection contains it."""
    return [consistent(circuit, each) for each in sets]


def cheapest(circuit: Circuit, chosen: Sequence[int], codes: Sequence[int], amounts: Sequence[int]) -> int:
    """The least sum of amounts, each due where its code holds, over the selections with all choices."""
    required = [int(circuit.slot_code[slot]) for slot in chosen]
    value: list[int | None] = []
    for literal in range(circuit.literals):
        allowed = all(code_holds(circuit, code, literal) is not False for code in required)
        due = sum(amount for code, amount in zip(codes, amounts) if code_holds(circuit, code, literal))
        value.append(due if allowed else None)
    for is_or, children in _inner(circuit):
        costs = [value[child] for child in children]
        reachable = [cost for cost in costs if cost is not None]
        if is_or:
            value.append(min(reachable, default=None))
        else:
            value.append(sum(reachable) if len(reachable) == len(costs) else None)
    least = value[-1]
    return UNREACHABLE if least is None else least


def cheapest_each(circuit: Circuit, chosen: Sequence[int], codes: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """For every slot the least sum of amounts with it and all choices but its own feature's."""
    return [
        cheapest(circuit, [*_without(circuit, chosen, slot), slot], codes, amounts)
        for slot in range(len(circuit.slot_code))
    ]


def selections(circuit: Circuit) -> list[frozenset[int]]:
    """Every selection that satisfies the root, each as the set of its literals, by multiplying out."""
    value: list[list[frozenset[int]]] = [[frozenset({literal})] for literal in range(circuit.literals)]
    for is_or, children in _inner(circuit):
        if is_or:
            value.append([each for child in children for each in value[child]])
            continue
        joined = [frozenset[int]()]
        for child in children:
            joined = [one | other for one in joined for other in value[child]]
        value.append(joined)
    return value[-1]


def slots_held(circuit: Circuit, literals: frozenset[int]) -> list[int]:
    """The slot of each feature that holds in a selection given as the set of its literals."""
    return [
        slot for slot, code in enumerate(circuit.slot_code.tolist()) if (code >> 1 in literals) is not bool(code & 1)
    ]


def _inner(circuit: Circuit) -> Iterator[tuple[bool, list[int]]]:
    """Kind and children of every inner node, children before parents."""
    for index, is_or in enumerate(circuit.is_or):
        yield bool(is_or), circuit.children[circuit.child_start[index] : circuit.child_start[index + 1]].tolist()


def _without(circuit: Circuit, chosen: Sequence[int], slot: int) -> list[int]:
    """The choices without the one for the slot's feature."""
    return [each for each in chosen if _feature(circuit, each) != _feature(circuit, slot)]


def _feature(circuit: Circuit, slot: int) -> int:
    return int((circuit.slot_start <= slot).sum()) - 1


def _variable(circuit: Circuit, literal: int) -> int:
    return int((circuit.literal_start <= literal).sum()) - 1
