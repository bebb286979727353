"""Passes over a circuit, in machine code: every question is one walk up from the literals, or one up and one down.

The walk down computes derivatives (Darwiche, "A Differential Approach to Inference in Bayesian Networks", JACM 50,
2003): at a literal it gives the answer for selections with this literal in which all *other* variables obey the
choices. So one pair of walks decides every value of every feature, those of chosen features with their own choice left
aside. `cost_passes` has the same two walks over (min, +) instead of (or, and).

Every function here has a counterpart in `passes_plain`, written from the definitions.
"""

import numpy as np
from numba import njit

from configurator.engine.circuit.circuit import Bools, Int32s
from configurator.engine.circuit.pass_arrays import CircuitArrays, Words, WorkArrays

NOTHING = np.uint64(0)
EVERYTHING = ~np.uint64(0)


@njit(nogil=True, cache=True)
def forbid(arrays: CircuitArrays, work: WorkArrays, codes: Int32s) -> None:
    """Count for every literal the codes that exclude it."""
    forbidden, held = work.forbidden, work.held
    forbidden[:] = 0
    held[:] = 0
    for code in codes:
        if code & 1:
            forbidden[code >> 1] += 1
        else:
            held[arrays.literal_variable[code >> 1]] += 1
            forbidden[code >> 1] -= 1
    for literal in range(len(forbidden)):
        forbidden[literal] += held[arrays.literal_variable[literal]]


@njit(nogil=True, cache=True)
def forbids(arrays: CircuitArrays, code: int, literal: int) -> bool:
    """Whether a choice of this code excludes the literal."""
    if code & 1:
        return literal == code >> 1
    variable = arrays.literal_variable[literal]
    return literal != code >> 1 and variable == arrays.literal_variable[code >> 1]


@njit(nogil=True, cache=True)
def _upward(arrays: CircuitArrays, work: WorkArrays) -> bool:
    """Mark the nodes that some selection of literals not forbidden satisfies; whether the root is one."""
    up, children = work.up, arrays.children
    literals = len(arrays.literal_variable)
    for literal in range(literals):
        up[literal] = work.forbidden[literal] == 0
    for inner in range(len(arrays.is_or)):
        first, last = arrays.child_start[inner], arrays.child_start[inner + 1]
        if arrays.is_or[inner]:
            value = np.uint8(0)
            for edge in range(first, last):
                value |= up[children[edge]]
        else:
            value = np.uint8(1)
            for edge in range(first, last):
                value &= up[children[edge]]
        up[literals + inner] = value
    return up[-1] != 0


@njit(nogil=True, cache=True)
def _downward(arrays: CircuitArrays, work: WorkArrays) -> None:
    """Mark the nodes that would satisfy the root if only they themselves held, after `_upward`.

    An AND of which one child fails passes the mark to that child alone: all others hold.
    """
    up, down, children = work.up, work.down, arrays.children
    literals = len(arrays.literal_variable)
    down[:] = 0
    down[-1] = 1
    for inner in range(len(arrays.is_or) - 1, -1, -1):
        if not down[literals + inner]:
            continue
        first, last = arrays.child_start[inner], arrays.child_start[inner + 1]
        if arrays.is_or[inner] or up[literals + inner]:
            for edge in range(first, last):
                down[children[edge]] = 1
            continue
        failing, only = 0, np.uint32(0)
        for edge in range(first, last):
            if not up[children[edge]]:
                failing, only = failing + 1, children[edge]
                if failing > 1:
                    break
        if failing == 1:
            down[only] = 1


@njit(nogil=True, cache=True)
def consistent(arrays: CircuitArrays, work: WorkArrays, codes: Int32s) -> bool:
    """Whether all the codes hold in some selection."""
    forbid(arrays, work, codes)
    return _upward(arrays, work)


@njit(nogil=True, cache=True)
def domains(arrays: CircuitArrays, work: WorkArrays, chosen: Int32s, possible: Bools) -> bool:
    """Fill in for every slot whether it can be taken with all choices but its own feature's; False when none can.

    `possible` says nothing when the answer is False.
    """
    forbid(arrays, work, arrays.slot_code[chosen])
    if not _upward(arrays, work):
        return False
    _downward(arrays, work)
    down, forbidden, variable = work.down, work.forbidden, arrays.literal_variable
    left = work.literals_left
    left[:] = 0
    for literal in range(len(forbidden)):
        left[variable[literal]] += down[literal] and forbidden[literal] == 0
    for slot in range(len(possible)):
        code = arrays.slot_code[slot]
        literal = code >> 1
        taken = down[literal] != 0 and forbidden[literal] == 0
        possible[slot] = left[variable[literal]] > taken if code & 1 else taken
    for choice in chosen:
        own, feature = arrays.slot_code[choice], arrays.slot_feature[choice]
        for slot in range(arrays.slot_start[feature], arrays.slot_start[feature + 1]):
            possible[slot] = _possible_but_for(arrays, work, arrays.slot_code[slot], own)
    return True


@njit(nogil=True, cache=True)
def _possible_but_for(arrays: CircuitArrays, work: WorkArrays, code: int, own: int) -> bool:
    """Whether the code can hold when the choice `own` is left aside, after `_downward`."""
    literal = code >> 1
    first, last = literal, literal + 1
    if code & 1:
        variable = arrays.literal_variable[literal]
        first, last = arrays.literal_start[variable], arrays.literal_start[variable + 1]
    for other in range(first, last):
        negated = code & 1 and other == literal
        if not negated and work.down[other] and work.forbidden[other] == forbids(arrays, own, other):
            return True
    return False


@njit(nogil=True, cache=True)
def consistent_sets(arrays: CircuitArrays, work: WorkArrays, codes: Int32s, member: Words) -> np.uint64:
    """For up to 64 sets of codes at once whether all hold in some selection: bit s answers for set s.

    Bit s of `member[i]` says that code i belongs to set s.
    """
    masks, held, variable = work.masks, work.held_in, arrays.literal_variable
    literals = len(variable)
    held[:] = NOTHING
    masks[:literals] = NOTHING
    clash = NOTHING
    for index in range(len(codes)):
        code = codes[index]
        if code & 1 == 0:
            # For now `masks` says in which sets a literal must hold, `held` in which any of its variable must.
            literal = code >> 1
            clash |= held[variable[literal]] & ~masks[literal] & member[index]
            held[variable[literal]] |= member[index]
            masks[literal] |= member[index]
    for literal in range(literals):
        masks[literal] |= ~held[variable[literal]]
    for index in range(len(codes)):
        code = codes[index]
        if code & 1:
            masks[code >> 1] &= ~member[index]
    for inner in range(len(arrays.is_or)):
        first, last = arrays.child_start[inner], arrays.child_start[inner + 1]
        if arrays.is_or[inner]:
            value = NOTHING
            for edge in range(first, last):
                value |= masks[arrays.children[edge]]
        else:
            value = EVERYTHING
            for edge in range(first, last):
                value &= masks[arrays.children[edge]]
        masks[literals + inner] = value
    return masks[-1] & ~clash
