"""What selections cost least: alone, with each slot in them, and after withdrawing choices."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from configurator.engine.network.network import Network
from configurator.engine.reasoner import UNREACHABLE, Bools, Costs
from configurator.engine.sat.formula import Formula, Int64s
from configurator.engine.sat.least_cost import LeastCost
from configurator.engine.sat.objective import Objective

SEARCHES = 2
"""Lists of costs for which a search is kept, such as the prices and none at all."""
SIZE_LIMIT = 20_000
"""Clauses that a search may write before it is built anew: what many questions wrote slows down all others."""


class Optimum:
    """Answers what is cheapest about one formula. Not safe for threads."""

    def __init__(self, formula: Formula, network: Network, slot_codes: Sequence[int]) -> None:
        self._formula = formula
        self._codes = np.asarray(slot_codes, dtype=np.int64)
        self._literals = np.array(formula.of_codes(slot_codes), dtype=np.int64)
        self._literal_start: list[int] = network.literal_start.tolist()
        self._searches: OrderedDict[bytes, LeastCost] = OrderedDict()

    def cheapest(self, chosen: Sequence[int], costs: Costs) -> tuple[int, NDArray[np.int64]] | None:
        """The least sum of costs of a selection with the choices, and its slot of each feature."""
        search = self._search(costs)
        model = search.cheapest(search.objective.copy(), self._of(chosen), search.worst)
        if model is None:
            return None
        held = np.flatnonzero(self._held(model))
        return int(costs[held].sum()), held

    def cheapest_each(self, chosen: Sequence[int], slots: Int64s, costs: Costs) -> Costs:
        """For each of the slots the least cost of a selection with it and the choices; UNREACHABLE without one.

        Every selection found is a bound for all slots in it. The search for a slot goes on from that for the choices,
        and ends where nothing can cost less than its bound.
        """
        fixed = self._of(chosen)
        least = np.full(len(self._codes), UNREACHABLE, dtype=np.int64)
        search, objective = self._search(costs), Objective()
        offset: int | None = None
        for slot in slots.tolist():
            if offset is None or search.size > SIZE_LIMIT:
                search = self._search(costs)
                objective = search.objective.copy()
                model = search.cheapest(objective, fixed)
                if model is None:
                    break
                offset = self._note(model, costs, least) - objective.paid
            if least[slot] > offset + objective.paid:
                literal = int(self._literals[slot])
                model = search.cheapest(objective.copy(), [*fixed, literal], int(least[slot]) - offset)
                if model is not None:
                    self._note(model, costs, least)
        return least[slots]

    def withdrawals(
        self, chosen: Sequence[int], wanted: Sequence[int], costs: Costs, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Up to `limit` minimal parts of `chosen` without which the rest goes together with `wanted`, best first.

        One search over three orders: a choice more outweighs all prices, a unit of price outweighs all differences of
        age, an older choice outweighs all younger ones.
        """
        search = self._search(costs)
        objective = search.objective.scaled(1 << len(chosen))
        a_choice = search.worst << len(chosen)
        for age, literal in enumerate(reversed(self._of(chosen))):
            objective.add(literal, a_choice + (1 << age))
        found: list[tuple[int, ...]] = []
        fixed = self._of(wanted)
        while len(found) < limit and (model := search.cheapest(objective, fixed)) is not None:
            held = self._held(model)
            found.append(tuple(slot for slot in chosen if not held[slot]))
            if not found[-1]:
                break
            # One of them stays: no set that contains this one again.
            switch = search.new()
            search.add_clause([-switch, *self._of(found[-1])])
            fixed.append(switch)
        for switch in fixed[len(wanted) :]:
            search.add_clause([-switch])
        return tuple(found)

    def _of(self, slots: Iterable[int]) -> list[int]:
        return [int(self._literals[slot]) for slot in slots]

    def _held(self, model: Sequence[int]) -> Bools:
        values = np.array(model, dtype=np.int64)
        held: Bools = values[np.abs(self._literals) - 1] == self._literals
        return held

    def _note(self, model: Sequence[int], costs: Costs, least: Costs) -> int:
        """Let no slot of the selection cost more than it; what it costs."""
        held = self._held(model)
        cost = int(costs[held].sum())
        least[held] = np.minimum(least[held], cost)
        return cost

    def _search(self, costs: Costs) -> LeastCost:
        """A search for these costs that knows already what is cheapest without choices."""
        key = np.asarray(costs, dtype=np.int64).tobytes()
        search = self._searches.pop(key, None)
        if search is None or search.size > SIZE_LIMIT:
            search = LeastCost(self._formula.clauses(), self._formula.top, self._prices(costs))
            search.cheapest(search.objective, [])
        self._searches[key] = search
        if len(self._searches) > SEARCHES:
            self._searches.popitem(last=False)
        return search

    def _prices(self, costs: Costs) -> dict[int, int]:
        """What it costs above the least where a literal of the solver does not hold; only what costs something."""
        of_literal = np.zeros(self._literal_start[-1], dtype=np.int64)
        signs = np.where(self._codes & 1, -1, 1)  # a slot of a code that fails costs unless the literal holds
        np.add.at(of_literal, self._codes >> 1, signs * np.asarray(costs, dtype=np.int64))
        prices: dict[int, int] = {}
        for first, end in pairwise(self._literal_start):
            least = of_literal[first:end].min() if end > first else 0
            for literal in range(first, end):
                if of_literal[literal] > least:
                    prices[-int(self._formula.literal[literal])] = int(of_literal[literal] - least)
        return prices
