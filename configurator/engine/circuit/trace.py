"""The trace: nodes shared by structure, the cache of components, and room for more of both."""

import numpy as np
from numba import njit

from configurator.engine.circuit.arrays import ARCS_TOP, CACHED, EDGES, KIDS_TOP, NODES, PARTS_TOP, TRAIL, VARIABLES_TOP


@njit(cache=True, nogil=True)
def mixed(word):  # type: ignore[no-untyped-def]
    """The finalizer of splitmix64: sums of mixed words do not cancel."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def make_node(net, store, children, is_or):  # type: ignore[no-untyped-def]
    """The node with these children, made if there is none yet; a single child stands for itself."""
    if len(children) == 1:
        return children[0]
    children.sort()
    word = np.uint64(is_or + 1)
    for child in children:
        word = mixed(word + np.uint64(child))
    mask = len(store.unique) - 1
    slot = np.int64(word & np.uint64(0x7FFFFFFF)) & mask
    first_inner = net.literal_start[-1]
    while store.unique[slot] >= 0:
        node = store.unique[slot]
        begin, end = store.node_start[node], store.node_start[node + 1]
        if store.node_is_or[node] == is_or and end - begin == len(children):
            same = True
            for index in range(len(children)):
                if store.children[begin + index] != children[index]:
                    same = False
                    break
            if same:
                return node + first_inner
        slot = (slot + 1) & mask
    node = store.counts[NODES]
    edges = store.counts[EDGES]
    store.unique[slot] = node
    store.node_is_or[node] = is_or
    for index in range(len(children)):
        store.children[edges + index] = children[index]
    store.counts[EDGES] = edges + len(children)
    store.node_start[node + 1] = store.counts[EDGES]
    store.counts[NODES] = node + 1
    return node + first_inner


@njit(cache=True, nogil=True)
def any_value(net, state, store, variable):  # type: ignore[no-untyped-def]
    """The OR of the literals that the variable still has."""
    top = state.marks[ARCS_TOP]
    count = 0
    for literal in range(net.literal_start[variable], net.literal_start[variable + 1]):
        if state.alive[literal]:
            store.arcs[top + count] = literal
            count += 1
    return make_node(net, store, store.arcs[top : top + count], 1)


@njit(cache=True, nogil=True)
def add_kid(state, store, node):  # type: ignore[no-untyped-def]
    """One more child of the AND being built."""
    store.kids[state.marks[KIDS_TOP]] = node
    state.marks[KIDS_TOP] += 1


@njit(cache=True, nogil=True)
def collect_implied(net, state, store, trail):  # type: ignore[no-untyped-def]
    """The literals decided and implied since the trail had this length become children."""
    for place in range(trail, state.marks[TRAIL]):
        code = state.trail[place]
        if not code & 1 and not net.hidden[net.variable_of[code >> 1]]:
            add_kid(state, store, code >> 1)


@njit(cache=True, nogil=True)
def known(store, low, high):  # type: ignore[no-untyped-def]
    """Where a component stands in the cache, or where it would: its node there is -1."""
    mask = len(store.cache_node) - 1
    slot = np.int64(low & np.uint64(0x7FFFFFFF)) & mask
    while store.cache_node[slot] >= 0:
        if store.cache_key[slot, 0] == low and store.cache_key[slot, 1] == high:
            return slot
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def has_room(state, store, variables, literals):  # type: ignore[no-untyped-def]
    """Whether one more decision surely fits: it makes at most one node for each variable, and two more."""
    marks, counts = state.marks, store.counts
    return (
        counts[NODES] + variables + 3 < len(store.node_is_or)
        and counts[EDGES] + 2 * literals + variables + marks[ARCS_TOP] < len(store.children)
        and 2 * (counts[NODES] + variables + 3) < len(store.unique)
        and 2 * (counts[CACHED] + 1) < len(store.cache_node)
        and marks[VARIABLES_TOP] + 2 * variables < len(store.part_variables)
        and marks[PARTS_TOP] + variables < len(store.parts)
        and marks[KIDS_TOP] + 2 * variables < len(store.kids)
        and marks[ARCS_TOP] + literals + 1 < len(store.arcs)
    )


@njit(cache=True, nogil=True)
def rehash(net, node_start, node_is_or, children, nodes, unique):  # type: ignore[no-untyped-def]
    """Fill an empty table of unique nodes."""
    mask = len(unique) - 1
    for node in range(nodes):
        word = np.uint64(node_is_or[node] + 1)
        for place in range(node_start[node], node_start[node + 1]):
            word = mixed(word + np.uint64(children[place]))
        slot = np.int64(word & np.uint64(0x7FFFFFFF)) & mask
        while unique[slot] >= 0:
            slot = (slot + 1) & mask
        unique[slot] = node


@njit(cache=True, nogil=True)
def recache(old_key, old_node, key, node):  # type: ignore[no-untyped-def]
    """Move the cache into a larger one."""
    mask = len(node) - 1
    for index in range(len(old_node)):
        if old_node[index] >= 0:
            slot = np.int64(old_key[index, 0] & np.uint64(0x7FFFFFFF)) & mask
            while node[slot] >= 0:
                slot = (slot + 1) & mask
            key[slot, 0] = old_key[index, 0]
            key[slot, 1] = old_key[index, 1]
            node[slot] = old_node[index]
