"""A sum of weights over literals, rewritten until what remains can be had for nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Objective:
    """What selections cost: `paid` in any case, and the weights of those literals that do not hold.

    `next_weight` says of a literal that stands for "at most j of a core fail" what the one for "at most j + 1" is going
    to weigh once something is paid for the first.
    """

    paid: int = 0
    weights: dict[int, int] = field(default_factory=dict)
    next_weight: dict[int, int] = field(default_factory=dict)

    def copy(self) -> "Objective":
        """The same, to go on from."""
        return Objective(self.paid, dict(self.weights), dict(self.next_weight))

    def scaled(self, factor: int) -> "Objective":
        """The same so many times."""
        weights = {literal: weight * factor for literal, weight in self.weights.items()}
        next_weight = {literal: weight * factor for literal, weight in self.next_weight.items()}
        return Objective(self.paid * factor, weights, next_weight)

    def add(self, literal: int, weight: int) -> None:
        """Let it cost more where the literal fails. What its opposite costs as well is paid in any case."""
        common = min(weight, self.weights.get(-literal, 0))
        if common:
            self.paid += common
            self._lighten(-literal, common)
        if weight > common:
            self.weights[literal] = self.weights.get(literal, 0) + weight - common

    def pay(self, literals: Iterable[int], times: int = 1) -> int:
        """Pay the least weight of the literals so many times, which makes each of them lighter by it."""
        literals = list(literals)
        least = min(self.weights[literal] for literal in literals)
        self.paid += times * least
        for literal in literals:
            self._lighten(literal, least)
        return least

    def _lighten(self, literal: int, weight: int) -> None:
        if self.weights[literal] == weight:
            del self.weights[literal]
        else:
            self.weights[literal] -= weight
