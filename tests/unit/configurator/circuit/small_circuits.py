"""Random small circuits, and the plainest answers to every question about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np
from hypothesis import strategies as st

from configurator.engine.circuit.circuit import Circuit

Row = tuple[int, ...]
"""One literal for each variable."""


@dataclass(frozen=True)
class SmallCircuit:
    """A circuit with all selections that satisfy it, each as the set of its slots."""

    circuit: Circuit
    selections: tuple[frozenset[int], ...]

    def with_slots(self, slots: Sequence[int]) -> list[frozenset[int]]:
        return [each for each in self.selections if each >= set(slots)]

    def feature(self, slot: int) -> int:
        return int(np.searchsorted(self.circuit.slot_start, slot, side="right")) - 1

    def beside(self, chosen: Sequence[int], slot: int) -> list[frozenset[int]]:
        """Selections with the slot and all choices but the one for its own feature."""
        return self.with_slots([slot, *(each for each in chosen if self.feature(each) != self.feature(slot))])

    def withdrawals(self, chosen: Sequence[int], wanted: Sequence[int]) -> list[frozenset[int]]:
        """All minimal parts of the choices without which the rest goes together with what is wanted."""
        parts = [frozenset(part) for size in range(len(chosen) + 1) for part in combinations(chosen, size)]
        working = [part for part in parts if self.with_slots([*wanted, *(set(chosen) - part)])]
        return [part for part in working if not any(other < part for other in working)]


@st.composite
def small_circuits(draw: st.DrawFn) -> SmallCircuit:
    """Up to five variables, any set of rows; a variable is one feature, an alternative group, or asked for twice."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    start = np.concatenate([[0], np.cumsum(sizes)])
    everything = list(product(*(range(first, last) for first, last in pairwise(start))))
    forbidden = draw(st.lists(st.lists(st.integers(0, int(start[-1]) - 1), min_size=1, max_size=3), max_size=6))
    rows = [row for row in everything if not any(set(each) <= set(row) for each in forbidden)]
    features: list[list[int]] = []
    for first, last in pairwise(start.tolist()):
        literals = range(first, last)
        kind = draw(st.sampled_from(["feature", "group", "twice"]))
        if kind != "group":
            features.append([2 * literal for literal in literals])
        if kind != "feature":
            members = draw(st.lists(st.sampled_from(literals), min_size=1, max_size=3))
            features += [[2 * literal + 1, 2 * literal] for literal in members]
    return SmallCircuit(compiled(start, rows, features), tuple(held(row, features) for row in rows))


def held(row: Row, features: Sequence[Sequence[int]]) -> frozenset[int]:
    codes = [code for feature in features for code in feature]
    return frozenset(slot for slot, code in enumerate(codes) if (code >> 1 in row) is not bool(code & 1))


def compiled(start: np.ndarray, rows: Sequence[Row], features: Sequence[Sequence[int]]) -> Circuit:
    """The circuit that is satisfied by the rows: variables that depend on no other stand aside, else one decides."""
    nodes: list[tuple[bool, tuple[int, ...]]] = []
    known: dict[object, int] = {}

    def node(is_or: bool, children: Sequence[int]) -> int:
        key = (is_or, tuple(children))
        if key not in known:
            known[key] = int(start[-1]) + len(nodes)
            nodes.append(key)
        return known[key]

    def build(rows: frozenset[Row]) -> int:
        if not rows or rows == {()}:
            return node(not rows, ())
        columns = [frozenset(column) for column in zip(*rows)]
        free = [
            index
            for index in range(len(columns))
            if len({row[:index] + row[index + 1 :] for row in rows}) * len(columns[index]) == len(rows)
        ]
        if free and len(columns) > 1:
            rest = frozenset(tuple(value for index, value in enumerate(row) if index not in free) for row in rows)
            parts = [node(True, sorted(columns[index])) for index in free]
            return node(False, parts if rest == {()} else [*parts, build(rest)])
        branches = []
        for literal in sorted(columns[0]):
            rest = frozenset(row[1:] for row in rows if row[0] == literal)
            branches.append(literal if rest == {()} else node(False, [literal, build(rest)]))
        return node(True, branches)

    root = build(frozenset(rows))
    node(False, [root, node(False, ())])  # so that the root is the last node
    codes = [code for feature in features for code in feature]
    child_start = np.cumsum([0, *(len(children) for _, children in nodes)])
    return Circuit(
        start.astype(np.int32),
        np.array([is_or for is_or, _ in nodes], np.bool_),
        child_start.astype(np.int32),
        np.array([child for _, children in nodes for child in children], np.int32),
        np.array(codes, np.int32),
        np.cumsum([0, *map(len, features)]).astype(np.int32),
    )


@st.composite
def choices(draw: st.DrawFn, small: SmallCircuit, most: int = 6) -> list[int]:
    """Slots of different features, any that exist: often a contradiction."""
    starts = small.circuit.slot_start.tolist()
    features = draw(st.lists(st.integers(0, len(starts) - 2), max_size=most, unique=True))
    return [draw(st.integers(starts[feature], starts[feature + 1] - 1)) for feature in features]


@st.composite
def questions(draw: st.DrawFn) -> tuple[SmallCircuit, list[int]]:
    small = draw(small_circuits())
    return small, draw(choices(small))


@st.composite
def priced_questions(draw: st.DrawFn) -> tuple[SmallCircuit, list[int], np.ndarray]:
    small, chosen = draw(questions())
    slots = len(small.circuit.slot_code)
    return small, chosen, np.array(draw(st.lists(st.integers(-9, 9), min_size=slots, max_size=slots)), np.int64)
