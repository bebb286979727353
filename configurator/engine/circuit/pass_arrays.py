"""A circuit as the passes read it, and the memory they write to."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit.circuit import Bools, Circuit, Int32s

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]
Uint32s = NDArray[np.uint32]
Words = NDArray[np.uint64]


class CircuitArrays(NamedTuple):
    """A circuit as the kernels read it; unsigned indices spare them the test for negative ones."""

    is_or: Bools
    child_start: Uint32s
    children: Uint32s
    literal_start: Int32s
    literal_variable: Int32s
    slot_code: Int32s
    slot_start: Int32s
    slot_feature: Int32s


def circuit_arrays(circuit: Circuit) -> CircuitArrays:
    """The circuit's arrays and the two inverse ones: variable of a literal, feature of a slot."""

    def inverse(start: Int32s) -> Int32s:
        return np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))

    def own(array: Int32s) -> Int32s:
        # Machine code is specialised by type, and a read-only array is a type of its own.
        return np.require(array, np.int32, ["C", "W"])

    return CircuitArrays(
        np.require(circuit.is_or, np.bool_, ["C", "W"]),
        own(circuit.child_start).view(np.uint32),
        own(circuit.children).view(np.uint32),
        own(circuit.literal_start),
        inverse(circuit.literal_start),
        own(circuit.slot_code),
        own(circuit.slot_start),
        inverse(circuit.slot_start),
    )


class WorkArrays(NamedTuple):
    """Memory that the passes write to, made once for each circuit.

    The first group has an entry for each node, the second for each literal, the third for each variable.
    `forbidden` counts the choices that exclude a literal.
    """

    up: Bytes
    down: Bytes
    masks: Words
    cost: Int64s
    cost_down: Int64s

    forbidden: Int32s
    literal_cost: Int64s

    literals_left: Int32s
    held: Int32s
    held_in: Words
    least: Int64s
    second: Int64s


def work_arrays(circuit: Circuit) -> WorkArrays:
    """Memory for the passes over a circuit."""
    nodes, literals, variables = circuit.nodes, circuit.literals, len(circuit.literal_start) - 1
    return WorkArrays(
        np.zeros(nodes, np.uint8),
        np.zeros(nodes, np.uint8),
        np.zeros(nodes, np.uint64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(literals, np.int32),
        np.zeros(literals, np.int64),
        np.zeros(variables, np.int32),
        np.zeros(variables, np.int32),
        np.zeros(variables, np.uint64),
        np.zeros(variables, np.int64),
        np.zeros(variables, np.int64),
    )
