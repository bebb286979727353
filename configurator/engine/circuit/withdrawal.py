"""Which choices to give up so that the others go together with something wanted."""

from heapq import heappop, heappush
from itertools import count

import numpy as np

from configurator.engine.circuit import cost_passes
from configurator.engine.circuit.circuit import Int32s
from configurator.engine.circuit.pass_arrays import CircuitArrays, WorkArrays
from configurator.engine.errors import NumberTooLarge
from configurator.engine.reasoner import UNREACHABLE, Costs

Places = tuple[int, ...]
"""Places of choices in the order in which they were made."""


class WithdrawalSearch:
    """Finds minimal parts of the choices without which the rest goes together with the codes wanted.

    A selection pays for every choice it breaks, more than for all prices together, so that the cheapest one says what
    to withdraw and what the rest then costs.
    """

    def __init__(
        self, arrays: CircuitArrays, work: WorkArrays, choices: Int32s, wanted: Int32s, slot_costs: Costs
    ) -> None:
        self._arrays, self._work = arrays, work
        self._choices, self._wanted = choices.tolist(), wanted.tolist()
        starts = arrays.slot_start[:-1]
        least = np.minimum.reduceat(slot_costs, starts)
        penalty = int((np.maximum.reduceat(slot_costs, starts) - least).sum()) + 1
        if (len(choices) + 1) * penalty >= UNREACHABLE:
            raise NumberTooLarge(UNREACHABLE // (len(choices) + 1))
        self._codes = np.concatenate([arrays.slot_code, choices ^ 1])
        self._amounts = np.concatenate([slot_costs - least[arrays.slot_feature], np.full(len(choices), penalty)])

    def best(self, limit: int) -> list[Places]:
        """Up to `limit` minimal parts, fewest choices first, then the cheapest, then the one of the latest choices.

        All parts without this one in them are divided by the first of its choices that stays, and searched division by
        division (Lawler, "A Procedure for Computing the k Best Solutions", Management Science 18, 1972).
        """
        found: list[Places] = []
        serial = count()
        waiting: list[tuple[int, Places, int, Places, frozenset[int], frozenset[int]]] = []

        def search(stay: frozenset[int], broken: frozenset[int]) -> None:
            cost, part = self._cheapest(stay, broken)
            if cost != UNREACHABLE:
                heappush(waiting, (cost, (), next(serial), part, stay, broken))

        search(frozenset(), frozenset())
        while waiting and len(found) < limit:
            cost, rank, _, part, stay, broken = heappop(waiting)
            if part and not rank:
                part = self._latest(cost, part, stay, broken)
                heappush(waiting, (cost, tuple(-place for place in part), next(serial), part, stay, broken))
                continue
            # A part with a smaller one in it costs more, so that the smaller one has been found before.
            smaller = next((each for each in found if set(each) <= set(part)), None)
            if smaller is None:
                found.append(part)
            if len(found) < limit:
                for place in smaller or part:
                    if place not in broken:
                        search(stay | {place}, broken)
                        broken |= {place}
        return found

    def _cheapest(self, stay: frozenset[int], broken: frozenset[int]) -> tuple[int, Places]:
        """The least cost when these choices stay and those are broken, and all choices then broken."""
        hard = [*self._wanted, *(self._choices[place] for place in stay)]
        hard += [self._choices[place] ^ 1 for place in broken]
        held = np.empty(len(self._codes), np.bool_)
        cost = cost_passes.cheapest(
            self._arrays, self._work, np.array(hard, np.int32), self._codes, self._amounts, held
        )
        return int(cost), tuple(np.flatnonzero(held[len(self._arrays.slot_code) :]).tolist())

    def _latest(self, cost: int, part: Places, stay: frozenset[int], broken: frozenset[int]) -> Places:
        """Among the parts of equal cost the one that keeps the oldest choice, then the next oldest, and so on."""
        for place in range(len(self._choices)):
            if place in broken:
                continue
            if place in part:
                other_cost, other = self._cheapest(stay | {place}, broken)
                if other_cost != cost:
                    broken |= {place}
                    continue
                part = other
            stay |= {place}
        return part
