"""Every answer about a network from its circuit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit import cost_passes, counting, passes
from configurator.engine.circuit.circuit import Circuit, Int32s
from configurator.engine.circuit.pass_arrays import circuit_arrays, work_arrays
from configurator.engine.circuit.withdrawal import WithdrawalSearch
from configurator.engine.reasoner import UNREACHABLE, Bools, Costs

SETS_AT_ONCE = 64
"""Sets of choices that one pass decides: the bits of a machine word."""

FIRST_BITS = np.array([(1 << bits) - 1 for bits in range(SETS_AT_ONCE + 1)], np.uint64)


class CircuitReasoner:
    """A Reasoner whose every answer is one pass over a circuit, or a few."""

    name = "circuit"

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self._arrays = circuit_arrays(circuit)
        self._work = work_arrays(circuit)

    def domains(self, chosen: Sequence[int]) -> Bools | None:
        """For every slot whether it can be taken: with all choices but the one for its own feature."""
        possible = np.empty(len(self.circuit.slot_code), np.bool_)
        return possible if passes.domains(self._arrays, self._work, _slots(chosen), possible) else None

    def consistent(self, chosen: Sequence[int]) -> bool:
        """Whether some selection contains all the slots; `~slot` is its absence."""
        return bool(passes.consistent(self._arrays, self._work, self._codes(chosen)))

    def conflict(self, chosen: Sequence[int], wanted: Sequence[int] = ()) -> tuple[int, ...]:
        """A minimal part of `chosen` that contradicts `wanted`, in the order given; `~slot` is an absence.

        The latest point from which the choices on contradict what is kept already is found for all points at once; the
        choice there is kept, the ones before are dropped. This gives what trying to drop one choice after the other,
        oldest first, would give, in one pass for each choice that is kept.
        """
        codes, kept = self._codes(chosen), self._codes(wanted)
        found: list[int] = []
        point = self._last_contradiction(kept, codes, 0)
        while point < len(chosen):
            found.append(chosen[point])
            kept = np.append(kept, codes[point])
            point = self._last_contradiction(kept, codes, point + 1)
        return tuple(found)

    def accept(self, chosen: Sequence[int], wishes: Sequence[int]) -> tuple[int, ...] | None:
        """Of the wishes, one after the other, those that go with the choices and all wishes accepted before.

        A selection that contains what is accepted so far proves every wish in it; only the others cost a pass, which
        finds another selection or none. The selections are those with the fewest wishes missed.
        """
        possible = self.domains(chosen)
        if possible is None:
            return None
        arrays = self._arrays
        waiting = _slots(wishes)
        waiting = waiting[possible[waiting]]
        feature = arrays.slot_feature[waiting]
        _, first_wishes = np.unique(feature, return_index=True)
        missed = np.ones(len(arrays.slot_code), np.int64)
        missed[waiting[first_wishes]] = 0
        accepted: list[int] = []
        taken = [False] * (len(arrays.slot_start) - 1)
        hard = np.concatenate([self._codes(chosen), np.empty(len(taken), np.int32)])
        held, other = np.zeros(len(missed), np.bool_), np.empty(len(missed), np.bool_)
        for slot, its_feature in zip(waiting.tolist(), feature.tolist()):
            if taken[its_feature]:
                continue
            count = len(chosen) + len(accepted) + 1
            hard[count - 1] = arrays.slot_code[slot]
            if not held[slot]:
                codes = arrays.slot_code
                if cost_passes.cheapest(arrays, self._work, hard[:count], codes, missed, other) == UNREACHABLE:
                    continue
                held, other = other, held
            taken[its_feature] = True
            accepted.append(slot)
        return tuple(accepted)

    def cheapest(self, chosen: Sequence[int], costs: Costs) -> tuple[int, NDArray[np.int64]] | None:
        """The least sum of costs of a selection with the choices in it, and its slot of each feature."""
        arrays = self._arrays
        held = np.empty(len(arrays.slot_code), np.bool_)
        least = cost_passes.cheapest(arrays, self._work, self._codes(chosen), arrays.slot_code, costs, held)
        return None if least == UNREACHABLE else (int(least), np.flatnonzero(held))

    def cheapest_each(self, chosen: Sequence[int], costs: Costs) -> Costs:
        """For every slot the least cost of a selection with it and with all choices but its own feature's."""
        least = np.empty(len(self.circuit.slot_code), np.int64)
        cost_passes.cheapest_each(self._arrays, self._work, _slots(chosen), self._arrays.slot_code, costs, least)
        return least

    def withdrawals(
        self, chosen: Sequence[int], wanted: Sequence[int], costs: Costs, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Up to `limit` minimal parts of `chosen` without which the rest goes together with `wanted`, best first."""
        search = WithdrawalSearch(self._arrays, self._work, self._codes(chosen), self._codes(wanted), costs)
        return tuple(tuple(chosen[place] for place in part) for part in search.best(limit))

    def count(self, chosen: Sequence[int], weights: Sequence[int]) -> int:
        """How many selections contain the choices, exactly: each counts as the product of its slots' weights."""
        return counting.count(self._arrays, chosen, weights)

    def counts(self, chosen: Sequence[int], weights: Sequence[int]) -> list[int]:
        """The same for every slot: selections with it and with all choices but its own feature's."""
        return counting.counts(self._arrays, chosen, weights)

    def _last_contradiction(self, fixed: Int32s, codes: Int32s, first: int) -> int:
        """The last point from which the codes on contradict the fixed ones, given that those from `first` on do.

        `len(codes)` when the fixed ones contradict each other.
        """
        low, high = first, len(codes) + 1  # contradictory from `low` on, not so from `high` on
        while high - low > 1:
            points = np.unique(np.linspace(low + 1, high - 1, SETS_AT_ONCE).astype(np.int64))
            sets_with = np.searchsorted(points, np.arange(low + 1, len(codes)), side="right")
            member = np.concatenate([np.full(len(fixed), FIRST_BITS[-1]), FIRST_BITS[sets_with]])
            answers = passes.consistent_sets(self._arrays, self._work, np.append(fixed, codes[low + 1 :]), member)
            contradictory = _trailing_zeros(int(answers), len(points))
            if contradictory < len(points):
                high = int(points[contradictory])
            if contradictory:
                low = int(points[contradictory - 1])
        return low

    def _codes(self, slots: Sequence[int]) -> Int32s:
        """The codes of slots, and of absences: `~slot` is negative."""
        found = _slots(slots)
        absent = found < 0
        return self._arrays.slot_code[np.where(absent, ~found, found)] ^ absent


def _trailing_zeros(word: int, most: int) -> int:
    """How many of the lowest bits are zero, `most` if all are."""
    return min((word & -word).bit_length() - 1, most) if word else most


def _slots(chosen: Sequence[int]) -> Int32s:
    return np.array(chosen, np.int32)


def warm() -> None:
    """Use every kernel of the passes once, on a circuit of two values."""
    circuit = Circuit(
        literal_start=np.array([0, 2], np.int32),
        is_or=np.array([True]),
        child_start=np.array([0, 2], np.int32),
        children=np.array([0, 1], np.int32),
        slot_code=np.array([0, 2], np.int32),
        slot_start=np.array([0, 2], np.int32),
    )
    reasoner, costs = CircuitReasoner(circuit), np.zeros(2, np.int64)
    reasoner.domains([0])
    reasoner.consistent([0])
    reasoner.conflict([0], [1])
    reasoner.cheapest_each([0], costs)
    reasoner.withdrawals([0], [1], costs, 1)
