"""From the trace of the search to the circuit: only what the root needs, in order, common parts named once."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit.arrays import NODES, Store
from configurator.engine.circuit.circuit import Circuit
from configurator.engine.network.network import Network

Inner = tuple[bool, list[int]]
"""Whether a node is an OR, and its children."""


def assemble(
    network: Network, store: Store, root: int, slot_codes: NDArray[np.int32], slot_start: NDArray[np.int32]
) -> Circuit:
    """The circuit below the root of a trace."""
    literals = network.literals
    nodes = _reachable(store, root, literals)
    nodes = _bundled(nodes, literals)
    sizes = np.array([len(children) for _, children in nodes], dtype=np.int64)
    start = np.zeros(len(nodes) + 1, dtype=np.int32)
    np.cumsum(sizes, out=start[1:])
    return Circuit(
        literal_start=network.literal_start.astype(np.int32),
        is_or=np.array([is_or for is_or, _ in nodes], dtype=np.bool_),
        child_start=start,
        children=np.fromiter((child for _, children in nodes for child in children), np.int32, int(start[-1])),
        slot_code=np.asarray(slot_codes, dtype=np.int32),
        slot_start=np.asarray(slot_start, dtype=np.int32),
    )


def void_circuit(slot_codes: NDArray[np.int32], slot_start: NDArray[np.int32]) -> Circuit:
    """The circuit of a contradiction: one constant and a root that is false."""
    return Circuit(
        literal_start=np.array([0, 1], dtype=np.int32),
        is_or=np.array([True]),
        child_start=np.zeros(2, dtype=np.int32),
        children=np.zeros(0, dtype=np.int32),
        slot_code=np.zeros(len(slot_codes), dtype=np.int32),
        slot_start=np.asarray(slot_start, dtype=np.int32),
    )


def _reachable(store: Store, root: int, literals: int) -> list[Inner]:
    """The inner nodes that the root needs, children before parents, the root last."""
    count = int(store.counts[NODES])
    needed = np.zeros(literals + count, dtype=np.bool_)
    needed[root] = True
    for node in range(count - 1, -1, -1):
        if needed[literals + node]:
            needed[store.children[store.node_start[node] : store.node_start[node + 1]]] = True
    number = np.arange(literals + count, dtype=np.int64)
    kept = np.flatnonzero(needed[literals:])
    number[literals + kept] = literals + np.arange(len(kept))
    nodes: list[Inner] = []
    for node in kept.tolist():
        children = store.children[store.node_start[node] : store.node_start[node + 1]]
        nodes.append((bool(store.node_is_or[node]), number[children].tolist()))
    if not nodes or number[root] != literals + len(nodes) - 1:
        nodes.append((False, [int(number[root])]))
    return nodes


def _bundled(nodes: Sequence[Inner], literals: int) -> list[Inner]:
    """The same circuit where children that always stand in the same ANDs stand in one AND of their own."""
    parents: dict[int, list[int]] = defaultdict(list)
    for node, (is_or, children) in enumerate(nodes):
        if not is_or:
            for child in children:
                parents[child].append(node)
    together: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for child, above in parents.items():
        if len(above) > 2:
            together[tuple(above)].append(child)
    bundle_of: dict[int, int] = {}
    bundles: dict[int, list[int]] = {}
    for members in together.values():
        if len(members) > 2:
            bundles[members[0]] = sorted(members)
            bundle_of.update(dict.fromkeys(members, members[0]))
    # A bundle is placed right before its first parent: by then all of its members are there.
    made: list[Inner] = []
    number = list(range(literals)) + [-1] * len(nodes)
    place: dict[int, int] = {}
    for node, (is_or, children) in enumerate(nodes):
        shown: dict[int, None] = {}
        for child in children:
            key = None if is_or else bundle_of.get(child)
            if key is None:
                shown[number[child]] = None
                continue
            if key not in place:
                place[key] = literals + len(made)
                made.append((False, [number[member] for member in bundles[key]]))
            shown[place[key]] = None
        number[literals + node] = literals + len(made)
        made.append((is_or, list(shown)))
    return made
