"""Least costs, exact, by core-guided MaxSAT (RC2; Ignatiev, Morgado, Marques-Silva, JSAT 11, 2019)."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pysat.examples.rc2 import RC2Stratified
from pysat.formula import WCNF

from configurator.engine.network.network import Network
from configurator.engine.reasoner import UNREACHABLE, Bools, Costs
from configurator.engine.sat.formula import TRUE, Clause, Formula, Int64s, at_most_one


class Optimum:
    """Answers what is cheapest about one formula; every question builds a search of its own."""

    def __init__(self, formula: Formula, network: Network, slot_codes: Sequence[int], slot_start: Int64s) -> None:
        self._formula = formula
        self._clauses = formula.clauses()
        self._codes = np.asarray(slot_codes, dtype=np.int64)
        self._literals = np.array(formula.of_codes(slot_codes), dtype=np.int64)
        self._feature = np.repeat(np.arange(len(slot_start) - 1), np.diff(slot_start))
        self._literal_start = network.literal_start.astype(np.int64)

    def cheapest(self, chosen: Sequence[int], costs: Costs) -> tuple[int, NDArray[np.int64]] | None:
        """The least sum of costs of a selection with the choices, and its slot of each feature."""
        hard = [[literal] for literal in self._of(chosen)]
        with self._search(self._prices(costs), hard, self._formula.top) as search:
            model = search.compute()
        if model is None:
            return None
        held = np.flatnonzero(self._held(model))
        return int(costs[held].sum()), held

    def cheapest_each(self, chosen: Sequence[int], costs: Costs) -> Costs:
        """For every slot the least cost of a selection with it and with all choices but its own feature's.

        The search asks for the cheapest selection with any slot not settled yet. What it finds is the cheapest for
        all of those slots that are in it, since no later answer costs less.
        """
        least = np.full(len(self._codes), UNREACHABLE, dtype=np.int64)
        literals = self._of(chosen)
        top = self._formula.top
        every_choice, ladder = top + 1, range(top + 2, top + 2 + len(chosen))
        # Either every choice holds or, where a slot of a chosen feature is asked for, exactly one does not.
        hard = [[-every_choice, literal] for literal in literals]
        hard += at_most_one([-literal for literal in literals], ladder)
        of_chosen = np.isin(self._feature, self._feature[list(chosen)])
        changes = of_chosen.copy()
        changes[list(chosen)] = False
        waiting = np.ones(len(least), dtype=np.bool_)
        with self._search(self._prices(costs), hard, top + 1 + len(chosen)) as search:
            while waiting.any():
                search.add_clause([-every_choice, *self._literals[waiting & ~changes].tolist()])
                search.add_clause([every_choice, *self._literals[waiting & changes].tolist()])
                model = search.compute()
                if model is None:
                    break
                held = self._held(model)
                settled = held & waiting & (~changes if model[every_choice - 1] > 0 else changes)
                least[settled] = costs[held].sum()
                waiting &= ~settled
        return least

    def withdrawals(
        self, chosen: Sequence[int], wanted: Sequence[int], costs: Costs, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Up to `limit` minimal parts of `chosen` without which the rest goes together with `wanted`, best first.

        One weighted search over three orders: a choice more outweighs all prices, a unit of price outweighs all
        differences of age, an older choice outweighs all younger ones.
        """
        prices = self._prices(costs)
        weights = {literal: price << len(chosen) for literal, price in prices.items()}
        a_choice = (sum(prices.values()) + 1) << len(chosen)
        literals = self._of(chosen)
        for age, literal in enumerate(reversed(literals)):
            weights[-literal] = weights.get(-literal, 0) + a_choice + (1 << age)
        found: list[tuple[int, ...]] = []
        with self._search(weights, [[literal] for literal in self._of(wanted)], self._formula.top) as search:
            while len(found) < limit and (model := search.compute()) is not None:
                held = self._held(model)
                found.append(tuple(slot for slot in chosen if not held[slot]))
                if not found[-1]:
                    break
                # One of them stays: no set that contains this one again.
                search.add_clause(self._of(found[-1]))
        return tuple(found)

    def _of(self, slots: Iterable[int]) -> list[int]:
        return [int(self._literals[slot]) for slot in slots]

    def _held(self, model: Sequence[int]) -> Bools:
        values = np.array(model, dtype=np.int64)
        held: Bools = values[np.abs(self._literals) - 1] == self._literals
        return held

    def _prices(self, costs: Costs) -> dict[int, int]:
        """What it costs above the least when a literal of the solver holds; only those that cost something."""
        of_literal = np.zeros(int(self._literal_start[-1]), dtype=np.int64)
        signs = np.where(self._codes & 1, -1, 1)  # a slot of a code that fails costs unless the literal holds
        np.add.at(of_literal, self._codes >> 1, signs * np.asarray(costs, dtype=np.int64))
        prices: dict[int, int] = {}
        for first, end in zip(self._literal_start.tolist(), self._literal_start[1:].tolist()):
            least = of_literal[first:end].min() if end > first else 0
            for literal in range(first, end):
                if of_literal[literal] > least:
                    prices[int(self._formula.literal[literal])] = int(of_literal[literal] - least)
        return prices

    def _search(self, weights: Mapping[int, int], more: Sequence[Clause], top: int) -> RC2Stratified:
        """A search for selections in which the literals with the least sum of weights hold, cheapest first."""
        formula = WCNF()
        formula.hard = [*self._clauses, *more]
        formula.nv = top
        for literal, weight in weights.items():
            opposite = weights.get(-literal, 0)
            if weight > opposite:
                formula.append([-literal], weight=weight - opposite)
        if not formula.soft:
            formula.append([TRUE], weight=1)  # the search wants something to look for
        # Without hardening: what an optimum rules out may be needed by a later, dearer one.
        return RC2Stratified(formula, solver="g4", adapt=True, exhaust=True, minz=True, nohard=True)
