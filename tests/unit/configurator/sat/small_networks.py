"""Random networks small enough to try every selection, and what trying gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np

from configurator.engine.network.network import DEFINITION, Network, NetworkTable, fails, holds
from configurator.engine.reasoner import UNREACHABLE


@dataclass(frozen=True)
class SmallNetwork:
    """A network with its slots, and all its selections: each the set of slots that hold."""

    network: Network
    slot_codes: np.ndarray
    slot_start: np.ndarray

    @property
    def features(self) -> list[range]:
        return [range(first, end) for first, end in zip(self.slot_start.tolist(), self.slot_start[1:].tolist())]

    def feature(self, slot: int) -> range:
        return next(span for span in self.features if slot in span)

    def selections(self, origins: Sequence[int] | None = None) -> list[frozenset[int]]:
        """All selections; with `origins` those that hold under these rules and the definitions alone."""
        network = self.network
        spans = [
            range(int(network.literal_start[v]), int(network.literal_start[v + 1])) for v in range(network.variables)
        ]
        kept = None if origins is None else {DEFINITION, *origins}
        clauses = [c for c, o in zip(network.clauses, network.clause_origin) if kept is None or o in kept]
        tables = [
            (table.variables, set(map(tuple, table.rows.tolist())))
            for table in network.tables
            if kept is None or table.origin in kept
        ]
        found = []
        for values in product(*spans):
            held = set(values)
            if all(any(holds_in(code, held) for code in clause) for clause in clauses) and all(
                tuple(values[v] for v in variables) in rows for variables, rows in tables
            ):
                found.append(
                    frozenset(slot for slot, code in enumerate(self.slot_codes.tolist()) if holds_in(code, held))
                )
        return found


def holds_in(code: int, held: set[int]) -> bool:
    return (code >> 1 in held) != bool(code & 1)


def containing(selections: Sequence[frozenset[int]], slots: Sequence[int]) -> list[frozenset[int]]:
    return [each for each in selections if each.issuperset(slots)]


def but_own(small: SmallNetwork, chosen: Sequence[int], slot: int) -> list[int]:
    return [other for other in chosen if other not in small.feature(slot)]


def least_costs(small: SmallNetwork, selections: list[frozenset[int]], chosen: Sequence[int], costs: np.ndarray):
    """For every slot what its cheapest selection costs, with all choices but its own feature's."""
    return [
        min(
            (
                sum(int(costs[s]) for s in each)
                for each in containing(selections, [*but_own(small, chosen, slot), slot])
            ),
            default=UNREACHABLE,
        )
        for slot in range(len(small.slot_codes))
    ]


def random_network(seed: int) -> SmallNetwork:
    """A network of up to seven variables; some members of groups, some hidden, some merged."""
    dice = Random(seed)
    sizes = [dice.choice([1, 2, 2, 2, 3, 3, 4, 8]) for _ in range(dice.randint(1, 6))]
    spans: list[range] = []
    for size in sizes:
        first = spans[-1].stop if spans else 0
        spans.append(range(first, first + size))
    slots: list[list[int]] = []
    for span in spans:
        if len(span) > 2 and dice.random() < 0.4:  # an alternative group: none, or one of the children
            slots += [[fails(literal), holds(literal)] for literal in span[1:]]
        else:
            slots.append([holds(literal) for literal in span])
            if len(span) == 2 and dice.random() < 0.2:  # a feature that always equals another
                slots.append([holds(literal) for literal in span])
    clauses: list[tuple[int, ...]] = []
    origins: list[int] = []
    tables: list[NetworkTable] = []
    hidden = [False] * len(spans)
    for _ in range(dice.randint(0, 2)):
        visible = dice.sample(range(len(spans)), min(2, len(spans)))
        first = spans[-1].stop
        spans.append(range(first, first + 2))
        hidden.append(True)
        if dice.random() < 0.5 or len(visible) < 2:  # the conjunction of codes, both directions
            parts = [2 * dice.choice(spans[v]) + dice.randint(0, 1) for v in visible]
            clauses += [(fails(first + 1), part) for part in parts]
            clauses.append((holds(first + 1), *(part ^ 1 for part in parts)))
            origins += [DEFINITION] * (len(parts) + 1)
        else:  # a step of a chain
            rows = [(a, b, first + dice.randint(0, 1)) for a in spans[visible[0]] for b in spans[visible[1]]]
            tables.append(NetworkTable((*visible, len(spans) - 1), np.array(rows, dtype=np.int32)))
    top = 0
    for _ in range(dice.randint(0, 6)):
        scope = dice.sample(range(len(spans)), min(dice.randint(1, 3), len(spans)))
        clauses.append(tuple(2 * dice.choice(spans[v]) + int(dice.random() < 0.6) for v in scope))
        top = dice.choice([top, top + 1])
        origins.append(top)
    for _ in range(dice.randint(0, 2)):
        scope = dice.sample(range(len(spans)), min(dice.randint(1, 4), len(spans)))
        density = dice.choice([0.2, 0.5, 0.8])
        rows = [row for row in product(*(spans[v] for v in scope)) if dice.random() < density]
        top += 1
        tables.append(NetworkTable(tuple(scope), np.array(rows, dtype=np.int32).reshape(-1, len(scope)), top))
    network = Network(
        np.array([0, *(span.stop for span in spans)], dtype=np.int32),
        np.array(hidden, dtype=np.bool_),
        clauses,
        origins,
        tables,
    )
    starts = np.cumsum([0, *map(len, slots)]).astype(np.int32)
    return SmallNetwork(network, np.array([code for each in slots for code in each], dtype=np.int32), starts)


def random_choices(small: SmallNetwork, dice: Random, most: int = 5) -> list[int]:
    """Slots of different features in random order; they may contradict each other."""
    features = dice.sample(small.features, min(dice.randint(0, most), len(small.features)))
    return [dice.choice(span) for span in features]


def random_costs(small: SmallNetwork, dice: Random) -> np.ndarray:
    high = dice.choice([0, 1, 3, 1000])
    return np.array([dice.randint(-high, high) for _ in small.slot_codes], dtype=np.int64)
