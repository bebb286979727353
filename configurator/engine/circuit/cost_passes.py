"""Passes over a circuit that add up costs: the walks of `passes` over (min, +).

An AND costs the sum of its children, an OR what its cheapest child costs; what cannot be had costs UNREACHABLE.
"""

import numpy as np
from numba import njit

from configurator.engine.circuit.circuit import Bools, Int32s
from configurator.engine.circuit.pass_arrays import CircuitArrays, Int64s, WorkArrays
from configurator.engine.circuit.passes import forbid, forbids
from configurator.engine.reasoner import UNREACHABLE


@njit(nogil=True, cache=True)
def _spread(arrays: CircuitArrays, work: WorkArrays, codes: Int32s, amounts: Int64s) -> None:
    """Turn costs of codes into costs of literals: that of a negated one goes to all others of its variable."""
    cost, everywhere, variable = work.literal_cost, work.least, arrays.literal_variable
    cost[:] = 0
    everywhere[:] = 0
    for index in range(len(codes)):
        literal = codes[index] >> 1
        if codes[index] & 1:
            everywhere[variable[literal]] += amounts[index]
            cost[literal] -= amounts[index]
        else:
            cost[literal] += amounts[index]
    for literal in range(len(cost)):
        cost[literal] += everywhere[variable[literal]]


@njit(nogil=True, cache=True)
def _upward_costs(arrays: CircuitArrays, work: WorkArrays) -> int:
    """The least cost of every node, UNREACHABLE where nothing satisfies it; that of the root."""
    cost, children = work.cost, arrays.children
    literals = len(arrays.literal_variable)
    for literal in range(literals):
        cost[literal] = work.literal_cost[literal] if work.forbidden[literal] == 0 else UNREACHABLE
    for inner in range(len(arrays.is_or)):
        first, last = arrays.child_start[inner], arrays.child_start[inner + 1]
        if arrays.is_or[inner]:
            value = UNREACHABLE
            for edge in range(first, last):
                value = min(value, cost[children[edge]])
        else:
            value = 0
            for edge in range(first, last):
                if cost[children[edge]] == UNREACHABLE:
                    value = UNREACHABLE
                    break
                value += cost[children[edge]]
        cost[literals + inner] = value
    return cost[-1]


@njit(nogil=True, cache=True)
def cheapest(arrays: CircuitArrays, work: WorkArrays, hard: Int32s, codes: Int32s, amounts: Int64s, held: Bools) -> int:
    """The least sum of amounts, each due where its code holds, with all hard codes; fills in which codes then hold.

    UNREACHABLE when the hard codes contradict each other; `held` then says nothing. Among equals the first child of
    each OR decides, so that the same question always has the same answer.
    """
    forbid(arrays, work, hard)
    _spread(arrays, work, codes, amounts)
    least = _upward_costs(arrays, work)
    if least == UNREACHABLE:
        return least
    down, cost, children = work.down, work.cost, arrays.children
    literals = len(arrays.literal_variable)
    down[:] = 0
    down[-1] = 1
    for inner in range(len(arrays.is_or) - 1, -1, -1):
        node = literals + inner
        if not down[node]:
            continue
        for edge in range(arrays.child_start[inner], arrays.child_start[inner + 1]):
            if not arrays.is_or[inner]:
                down[children[edge]] = 1
            elif cost[children[edge]] == cost[node]:
                down[children[edge]] = 1
                break
    for index in range(len(codes)):
        held[index] = down[codes[index] >> 1] != codes[index] & 1
    return least


@njit(nogil=True, cache=True)
def _downward_costs(arrays: CircuitArrays, work: WorkArrays) -> None:
    """For every node the least cost of all that stands beside it, after `_upward_costs`."""
    cost, down, children = work.cost, work.cost_down, arrays.children
    literals = len(arrays.literal_variable)
    down[:] = UNREACHABLE
    down[-1] = 0
    for inner in range(len(arrays.is_or) - 1, -1, -1):
        above = down[literals + inner]
        if above == UNREACHABLE:
            continue
        first, last = arrays.child_start[inner], arrays.child_start[inner + 1]
        if arrays.is_or[inner]:
            for edge in range(first, last):
                child = children[edge]
                down[child] = min(down[child], above)
            continue
        failing, only, total = 0, np.uint32(0), above
        for edge in range(first, last):
            child = children[edge]
            if cost[child] == UNREACHABLE:
                failing, only = failing + 1, child
                if failing > 1:
                    break
            else:
                total += cost[child]
        if failing == 1:
            down[only] = min(down[only], total)
        elif failing == 0:
            for edge in range(first, last):
                child = children[edge]
                down[child] = min(down[child], total - cost[child])


@njit(nogil=True, cache=True)
def cheapest_each(
    arrays: CircuitArrays, work: WorkArrays, chosen: Int32s, codes: Int32s, amounts: Int64s, least: Int64s
) -> None:
    """Fill in for every slot the least sum of amounts with it and all choices but its own feature's."""
    forbid(arrays, work, arrays.slot_code[chosen])
    _spread(arrays, work, codes, amounts)
    _upward_costs(arrays, work)
    _downward_costs(arrays, work)
    cost, down, forbidden = work.cost, work.cost_down, work.forbidden
    literals = len(forbidden)
    for literal in range(literals):
        # From here on the cost of a literal is that of the whole selection around it.
        if down[literal] == UNREACHABLE:
            cost[literal] = UNREACHABLE
        else:
            cost[literal] = down[literal] + work.literal_cost[literal]
    _two_least(arrays, work)
    for slot in range(len(least)):
        literal = arrays.slot_code[slot] >> 1
        variable = arrays.literal_variable[literal]
        own = cost[literal] if forbidden[literal] == 0 else UNREACHABLE
        if arrays.slot_code[slot] & 1 == 0:
            least[slot] = own
        else:
            least[slot] = work.second[variable] if own == work.least[variable] else work.least[variable]
    for choice in chosen:
        own_code, feature = arrays.slot_code[choice], arrays.slot_feature[choice]
        for slot in range(arrays.slot_start[feature], arrays.slot_start[feature + 1]):
            least[slot] = _least_but_for(arrays, work, arrays.slot_code[slot], own_code)


@njit(nogil=True, cache=True)
def _two_least(arrays: CircuitArrays, work: WorkArrays) -> None:
    """The least and the second least cost among the literals of each variable that no choice excludes."""
    work.least[:] = UNREACHABLE
    work.second[:] = UNREACHABLE
    for literal in range(len(work.forbidden)):
        variable, cost = arrays.literal_variable[literal], work.cost[literal]
        if work.forbidden[literal] or cost >= work.second[variable]:
            continue
        if cost < work.least[variable]:
            work.second[variable], work.least[variable] = work.least[variable], cost
        else:
            work.second[variable] = cost


@njit(nogil=True, cache=True)
def _least_but_for(arrays: CircuitArrays, work: WorkArrays, code: int, own: int) -> int:
    """The least cost with which the code can hold when the choice `own` is left aside."""
    literal = code >> 1
    first, last = literal, literal + 1
    if code & 1:
        variable = arrays.literal_variable[literal]
        first, last = arrays.literal_start[variable], arrays.literal_start[variable + 1]
    least = UNREACHABLE
    for other in range(first, last):
        negated = code & 1 and other == literal
        if not negated and work.forbidden[other] == forbids(arrays, own, other):
            least = min(least, work.cost[other])
    return least
