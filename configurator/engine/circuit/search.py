"""The search that compiles: exhaustive DPLL over finite domains whose trace is a decision-DNNF.

Decide a variable, propagate, split what is left into components that share no constraint, look each component up in
a cache, and only otherwise decide again: the trace of that search is a circuit (Huang and Darwiche, "The Language of
Search", JAIR 29, 2007). Components and their cache follow sharpSAT (Thurley, SAT 2006); a component is known by a
128 bit sum over its contents, as in GANAK (Sharma et al., IJCAI 2019): with ten million components the chance that
two different ones ever meet is below 10^-24. Tables are propagated to arc consistency by counting supports (after
Mohr and Masini, "Good old discrete relaxation", ECAI 1988), and a column of a table that no longer depends on the
others does not connect them.

The search keeps all its state in arrays, so it can stop after any step and go on, be shown, or be given up.
"""

import numpy as np
from numba import njit

from configurator.engine.circuit.arrays import (
    ARCS_TOP,
    CACHED,
    DECISIONS,
    DEPTH,
    F_ARCS,
    F_FIRST,
    F_KIDS,
    F_KILLED,
    F_LAST,
    F_LITERAL,
    F_PART,
    F_PARTS,
    F_TRAIL,
    F_VARIABLE,
    F_VARIABLES,
    KIDS_TOP,
    KILLED,
    PARTS_TOP,
    PHASE,
    RESULT,
    TRAIL,
    VARIABLES_TOP,
)
from configurator.engine.circuit.components import split
from configurator.engine.circuit.propagation import conclude_all, make_hold, propagate, undo
from configurator.engine.circuit.trace import add_kid, collect_implied, has_room, known, make_node

RUNNING, DONE, FULL = 0, 1, 2

# What the search does next
START, NEXT_VALUE, NEXT_PART, DELIVER = range(4)


@njit(cache=True, nogil=True)
def begin(net, state, store):  # type: ignore[no-untyped-def]
    """Conclude what can be concluded and split the rest; False when the network contradicts itself."""
    marks, frames = state.marks, state.frames
    variables = len(net.literal_start) - 1
    if not conclude_all(net, state):
        return False
    frames[0, F_KIDS] = 0
    collect_implied(net, state, store, 0)
    for variable in range(variables):
        store.part_variables[variable] = variable
    marks[VARIABLES_TOP] = variables
    split(net, state, store, 0, variables)
    frames[0, F_PART] = 0
    marks[PHASE] = NEXT_PART
    return True


@njit(cache=True, nogil=True)
def run(net, state, store, steps):  # type: ignore[no-untyped-def]
    """Go on for at most `steps` decisions; returns RUNNING, DONE or FULL (the store must grow first).

    The result of a finished search is in `marks[RESULT]`.
    """
    marks, frames = state.marks, state.frames
    false = net.literal_start[-1]  # inner node 0, an OR without children
    variables = len(net.literal_start) - 1
    literals = net.literal_start[-1]
    limit = store.counts[DECISIONS] + steps
    while True:
        depth = marks[DEPTH]
        if marks[PHASE] == START:
            # Choose the variable to decide, and prepare to try its values.
            first, last = frames[depth, F_FIRST], frames[depth, F_LAST]
            chosen = store.part_variables[first]
            for place in range(first + 1, last):
                variable = store.part_variables[place]
                if net.priority[variable] < net.priority[chosen]:
                    chosen = variable
            frames[depth, F_VARIABLE] = chosen
            frames[depth, F_LITERAL] = net.literal_start[chosen] - 1
            frames[depth, F_TRAIL] = marks[TRAIL]
            frames[depth, F_KILLED] = marks[KILLED]
            frames[depth, F_KIDS] = marks[KIDS_TOP]
            frames[depth, F_ARCS] = marks[ARCS_TOP]
            frames[depth, F_PARTS] = marks[PARTS_TOP]
            frames[depth, F_VARIABLES] = marks[VARIABLES_TOP]
            marks[PHASE] = NEXT_VALUE
        elif marks[PHASE] == NEXT_VALUE:
            if not has_room(state, store, variables, literals):
                return FULL
            if store.counts[DECISIONS] >= limit:
                return RUNNING
            variable = frames[depth, F_VARIABLE]
            literal = frames[depth, F_LITERAL] + 1
            end = net.literal_start[variable + 1]
            while literal < end and not state.alive[literal]:
                literal += 1
            frames[depth, F_LITERAL] = literal
            if literal == end:
                begin = frames[depth, F_ARCS]
                count = marks[ARCS_TOP] - begin
                node = false if count == 0 else make_node(net, store, store.arcs[begin : begin + count], 1)
                marks[ARCS_TOP] = begin
                slot = known(store, state.frame_key[depth, 0], state.frame_key[depth, 1])
                store.cache_key[slot, 0] = state.frame_key[depth, 0]
                store.cache_key[slot, 1] = state.frame_key[depth, 1]
                store.cache_node[slot] = node
                store.counts[CACHED] += 1
                marks[RESULT] = node
                marks[DEPTH] -= 1
                marks[PHASE] = DELIVER
                continue
            store.counts[DECISIONS] += 1
            if not make_hold(net, state, 2 * literal) or not propagate(net, state):
                undo(net, state, frames[depth, F_TRAIL], frames[depth, F_KILLED])
                continue
            collect_implied(net, state, store, frames[depth, F_TRAIL])
            split(net, state, store, frames[depth, F_FIRST], frames[depth, F_LAST])
            frames[depth, F_PART] = frames[depth, F_PARTS]
            marks[PHASE] = NEXT_PART
        elif marks[PHASE] == NEXT_PART:
            part = frames[depth, F_PART]
            if part < marks[PARTS_TOP]:
                low, high = store.part_key[part, 0], store.part_key[part, 1]
                node = store.cache_node[known(store, low, high)]
                if node >= 0:
                    marks[RESULT] = node
                    marks[PHASE] = DELIVER
                    continue
                marks[DEPTH] += 1
                frames[depth + 1, F_FIRST] = store.parts[part, 0]
                frames[depth + 1, F_LAST] = store.parts[part, 1]
                state.frame_key[depth + 1, 0] = low
                state.frame_key[depth + 1, 1] = high
                marks[PHASE] = START
                continue
            # All parts of this value are solved: their conjunction is one more arc of the OR, or the whole.
            begin = frames[depth, F_KIDS]
            node = make_node(net, store, store.kids[begin : marks[KIDS_TOP]], 0)
            if depth == 0:
                marks[RESULT] = node
                return DONE
            store.arcs[marks[ARCS_TOP]] = node
            marks[ARCS_TOP] += 1
            abandon(net, state, depth)
        else:
            # DELIVER: a part of the frame's present value is solved.
            if marks[RESULT] == false:
                if depth == 0:
                    return DONE
                abandon(net, state, depth)
            else:
                add_kid(state, store, np.int32(marks[RESULT]))
                frames[depth, F_PART] += 1
                marks[PHASE] = NEXT_PART


@njit(cache=True, nogil=True)
def abandon(net, state, depth):  # type: ignore[no-untyped-def]
    """Take back the present value of a frame, and try its next one."""
    frames, marks = state.frames, state.marks
    undo(net, state, frames[depth, F_TRAIL], frames[depth, F_KILLED])
    marks[KIDS_TOP] = frames[depth, F_KIDS]
    marks[PARTS_TOP] = frames[depth, F_PARTS]
    marks[VARIABLES_TOP] = frames[depth, F_VARIABLES]
    marks[PHASE] = NEXT_VALUE
