"""What a completion shall be best at, as a cost for every value, and these costs prepared for one compiled model."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import NumberTooLarge
from configurator.engine.expressions import Value
from configurator.engine.model import Choices, Prices
from configurator.engine.reasoner import Costs
from configurator.engine.vocabulary import Vocabulary

COST_LIMIT = 10**13
"""The dearest values of all features together may not cost more: sums of them stay exact in 64 bits."""
NEVER_TAKEN = 1e-9
"""Take rate of a value that nobody is known to take; its feature has other values with rates."""
LOGARITHM_UNIT = 1_000_000
"""Take rates are multiplied by adding their logarithms, in steps of a millionth."""

CostOf = Callable[[str, Value], int]


@dataclass(frozen=True, slots=True)
class Completion:
    """A complete selection and the sum of its prices."""

    selection: Mapping[str, Value]
    price: int


@dataclass(frozen=True)
class Objective:
    """The complete selection with the least sum of costs is wanted; its `prices` are added up beside it."""

    cost_of: CostOf
    prices: Prices = field(default_factory=dict)

    @classmethod
    def least(cls, costs: Prices) -> "Objective":
        """The least sum of any costs: prices, lead times, masses. What is not named costs nothing."""
        return cls(_looked_up(costs), costs)

    @classmethod
    def most(cls, worths: Prices) -> "Objective":
        """The greatest sum: the dearest selection, the one with most margin."""
        looked_up = _looked_up(worths)
        return cls(lambda name, value: -looked_up(name, value), worths)

    @classmethod
    def nearest(cls, reference: Choices, prices: Prices | None = None) -> "Objective":
        """The fewest values other than those of the reference; among equals the cheapest."""
        looked_up = _looked_up(prices or {})
        change = 1 + 2 * sum(map(abs, (prices or {}).values()))  # outweighs any difference in price

        def cost_of(name: str, value: Value) -> int:
            changed = name in reference and reference[name] != value
            return change * changed + looked_up(name, value)

        return cls(cost_of, prices or {})

    @classmethod
    def most_popular(cls, take_rates: Mapping[tuple[str, Value], float]) -> "Objective":
        """The greatest product of take rates, as if customers answered each question without looking at the others.

        Rates of one feature may be shares, percentages or numbers sold. A feature without any rate does not count.
        """
        rated = {name for name, _ in take_rates}

        def cost_of(name: str, value: Value) -> int:
            if name not in rated:
                return 0
            return -round(LOGARITHM_UNIT * log(max(take_rates.get((name, value), 0), NEVER_TAKEN)))

        return cls(cost_of)


@dataclass(frozen=True)
class SlotCosts:
    """For every slot the cost of its cheapest value, and that value; among equals the first in the domain."""

    cost_of: CostOf
    costs: Costs
    best: NDArray[np.object_]

    @classmethod
    def prepared(cls, vocabulary: Vocabulary, cost_of: CostOf) -> "SlotCosts":
        """The costs of all slots; raises NumberTooLarge when they could add up beyond COST_LIMIT."""
        costs: list[int] = []
        best: list[Value] = []
        highest = 0
        for name, domain in zip(vocabulary.names, vocabulary.domains):
            first = len(costs)
            for members in domain.members:
                if len(members) == 1:
                    value = members[0]
                    cost = cost_of(name, value)
                else:
                    cost, place = min((cost_of(name, value), place) for place, value in enumerate(members))
                    value = members[place]
                costs.append(cost)
                best.append(value)
            highest += max(map(abs, costs[first:]))
        if highest > COST_LIMIT:
            raise NumberTooLarge(COST_LIMIT)
        values = np.empty(len(best), np.object_)
        values[:] = best
        return cls(cost_of, np.array(costs, np.int64), values)

    def with_choices(self, slots: Iterable[int], choices: Choices) -> Costs:
        """The costs where every choice's slot costs what the chosen value does, be it not the cheapest in it."""
        costs = self.costs.copy()
        for slot, (name, value) in zip(slots, choices.items()):
            costs[slot] = self.cost_of(name, value)
        return costs


class PriceList(Mapping[tuple[str, Value], int]):
    """Prices that never change, prepared for one compiled model: asking with it needs no translation."""

    def __init__(self, vocabulary: Vocabulary, prices: Prices) -> None:
        self.vocabulary = vocabulary
        self._prices = dict(prices)

    def says(self, prices: Prices) -> bool:
        """Whether these are the prices in the list."""
        return self._prices == prices

    @cached_property
    def lowest(self) -> SlotCosts:
        """What each slot costs at least."""
        return SlotCosts.prepared(self.vocabulary, _looked_up(self._prices))

    @cached_property
    def highest(self) -> SlotCosts:
        """What each slot costs at most, as a negative cost."""
        return SlotCosts.prepared(self.vocabulary, Objective.most(self._prices).cost_of)

    def __getitem__(self, pair: tuple[str, Value]) -> int:
        return self._prices[pair]

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        return iter(self._prices)

    def __len__(self) -> int:
        return len(self._prices)


def _looked_up(prices: Prices) -> CostOf:
    return lambda name, value: prices.get((name, value), 0)
