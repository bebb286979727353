"""The fallback engine: complete answers from a SAT solver, for models that do not compile within their budget."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.network.network import Network
from configurator.engine.reasoner import UNREACHABLE, Bools, Costs
from configurator.engine.sat.formula import formula_of
from configurator.engine.sat.optimum import Optimum
from configurator.engine.sat.oracle import Oracle

Int32s = NDArray[np.int32]


class SatReasoner:
    """Complete answers about one network, by a SAT solver that remembers selections and refusals.

    Slots as in `Reasoner`: `slot_codes[s]` stands for slot s, the slots of feature f are those from `slot_start[f]`
    up to `slot_start[f + 1]`. Not safe for threads.
    """

    name = "sat"

    def __init__(self, network: Network, slot_codes: Int32s, slot_start: Int32s) -> None:
        self.formula = formula_of(network)
        self._slot_start = np.asarray(slot_start, dtype=np.int64)
        self._feature = np.repeat(np.arange(len(slot_start) - 1), np.diff(self._slot_start))
        codes = [int(code) for code in slot_codes]
        self._oracle = Oracle(self.formula, codes)
        self._optimum = Optimum(self.formula, network, codes)

    def consistent(self, chosen: Sequence[int]) -> bool:
        """Whether some selection contains all the slots; `~slot` is its absence."""
        return self._witness(chosen) is not None

    def domains(self, chosen: Sequence[int]) -> Bools | None:
        """For every slot whether it can be taken: with all choices but the one for its own feature."""
        if not self.consistent(chosen):
            return None
        oracle, witnesses = self._oracle, self._oracle.witnesses
        possible = witnesses.occurring(witnesses.agreeing(chosen))
        spans = [self._span(slot) for slot in chosen]
        free = np.ones(len(possible), dtype=np.bool_)
        for span, missing in zip(spans, witnesses.missing_one(chosen)):
            free[span] = False
            possible[span] |= witnesses.occurring(missing, span)
        literals = self._literals(chosen)
        known = oracle.refusals.within(literals)
        waiting = np.flatnonzero(free & ~possible & ~known.slots())
        possible[oracle.possible(waiting, literals)] = True
        for position, span in enumerate(spans):
            others = literals[:position] + literals[position + 1 :]
            waiting = np.flatnonzero(~possible[span] & ~known.within(others).slots()[span]) + span.start
            possible[oracle.possible(waiting, others)] = True
        return possible

    def conflict(self, chosen: Sequence[int], wanted: Sequence[int] = ()) -> tuple[int, ...]:
        """A minimal part of `chosen` that contradicts `wanted`, in the order given; `~slot` is an absence.

        The oldest choice is dropped first where the others still contradict, so that late ones remain; the answer
        depends on the arguments alone.
        """
        kept: dict[int, int] = {}
        for literal, slot in zip(self._literals(chosen), chosen):
            kept.pop(literal, None)  # of two choices that say the same the later one stays
            kept[literal] = slot
        if self._witness([*wanted, *kept.values()]) is not None:
            raise AssertionError("a conflict was asked for where there is none")
        core = self._oracle.core()
        for literal, slot in list(kept.items()):
            if literal in core:
                if self._witness([*wanted, *(other for other in kept.values() if other != slot)]) is not None:
                    continue
                core = self._oracle.core()
            del kept[literal]
        slots = set(kept.values())
        return tuple(slot for slot in chosen if slot in slots)

    def accept(self, chosen: Sequence[int], wishes: Sequence[int]) -> tuple[int, ...] | None:
        """Of the wishes, one after the other, those that go with the choices and all wishes accepted before.

        The solver is asked to prefer the wishes, so that most of them hold in the first selection it finds.
        """
        self._oracle.prefer(self._literals(reversed(wishes)))
        witness = self._oracle.solve(self._literals(chosen))
        if witness is None:
            return None
        accepted: list[int] = []
        taken = set(self._feature[list(chosen)].tolist())
        for slot in wishes:
            feature = int(self._feature[slot])
            if feature in taken:
                continue
            if not witness[slot]:
                found = self._witness([*chosen, *accepted, slot])
                if found is None:
                    continue
                witness = found
            taken.add(feature)
            accepted.append(slot)
        return tuple(accepted)

    def cheapest(self, chosen: Sequence[int], costs: Costs) -> tuple[int, NDArray[np.int64]] | None:
        """The least sum of costs of a selection with the choices in it, and its slot of each feature."""
        if not self.consistent(chosen):
            return None
        return self._optimum.cheapest(chosen, costs)

    def cheapest_each(self, chosen: Sequence[int], costs: Costs) -> Costs:
        """For every slot the least cost of a selection with it and with all choices but its own feature's."""
        least = np.full(len(self._feature), UNREACHABLE, dtype=np.int64)
        possible = self.domains(chosen)
        free = ~np.isin(self._feature, self._feature[list(chosen)])
        free[list(chosen)] = True
        if possible is not None:
            slots = np.flatnonzero(free & possible)
            least[slots] = self._optimum.cheapest_each(chosen, slots, costs)
        for slot in chosen:
            span = self._span(slot)
            others = [other for other in chosen if other != slot]
            slots = np.array([each for each in range(span.start, span.stop) if each != slot], dtype=np.int64)
            if possible is not None:
                slots = slots[possible[slots]]
            least[slots] = self._optimum.cheapest_each(others, slots, costs)
        return least

    def withdrawals(
        self, chosen: Sequence[int], wanted: Sequence[int], costs: Costs, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Up to `limit` minimal parts of `chosen` without which the rest goes together with `wanted`.

        Fewest first; among equals the one whose cheapest completion costs less, then the one whose oldest choice is
        later, then whose next oldest is.
        """
        return self._optimum.withdrawals(chosen, wanted, costs, limit)

    def count(self, chosen: Sequence[int], weights: Sequence[int]) -> int | None:
        """None: a SAT solver does not count."""
        return None

    def counts(self, chosen: Sequence[int], weights: Sequence[int]) -> list[int] | None:
        """None: a SAT solver does not count."""
        return None

    def _witness(self, slots: Sequence[int]) -> Bools | None:
        """A selection in which the slots hold, if possible one that is known already."""
        witnesses = self._oracle.witnesses
        known = witnesses.first(witnesses.agreeing(slots)) if all(slot >= 0 for slot in slots) else None
        return self._oracle.solve(self._literals(slots)) if known is None else known

    def _literals(self, slots: Iterable[int]) -> list[int]:
        literals = self._oracle.literals
        return [literals[slot] if slot >= 0 else -literals[~slot] for slot in slots]

    def _span(self, slot: int) -> slice:
        feature = self._feature[slot]
        return slice(int(self._slot_start[feature]), int(self._slot_start[feature + 1]))
