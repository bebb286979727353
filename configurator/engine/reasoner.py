"""What both engines answer, in slots: one slot is one class of values of one feature that no rule tells apart."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Costs = NDArray[np.int64]

UNREACHABLE = np.iinfo(np.int64).max // 4
"""Cost of what cannot be had; the sum of two still fits into 64 bits."""


class Reasoner(Protocol):
    """Complete answers about one network. `chosen` are slots of different features, oldest choice first.

    Where it says so, `~slot` stands for the absence of a slot: that its feature has another one. Not safe for threads:
    whoever shares it holds a lock.
    """

    name: str
    """`circuit` or `sat`."""

    def domains(self, chosen: Sequence[int]) -> Bools | None:
        """For every slot whether it can be taken: with all choices but the one for its own feature.

        None when the choices contradict each other.
        """

    def consistent(self, chosen: Sequence[int]) -> bool:
        """Whether some selection contains all the slots; absences are allowed."""

    def conflict(self, chosen: Sequence[int], wanted: Sequence[int] = ()) -> tuple[int, ...]:
        """A minimal part of `chosen` that contradicts `wanted`, in the order given; both may have absences in them.

        Few and late choices, so that giving one of them up keeps the oldest. Empty when `wanted` is impossible by
        itself. The caller knows that there is a contradiction.
        """

    def accept(self, chosen: Sequence[int], wishes: Sequence[int]) -> tuple[int, ...] | None:
        """Of the wishes, one after the other, those that go with the choices and all wishes accepted before.

        Wishes are for features not chosen, several for one feature where there are alternatives. None when the choices
        contradict each other.
        """

    def cheapest(self, chosen: Sequence[int], costs: Costs) -> tuple[int, NDArray[np.int64]] | None:
        """The least sum of costs (one per slot) of a selection with the choices in it, and its slot of each feature.

        None when there is none. Costs may be negative; the dearest is the cheapest of the negated costs.
        """

    def cheapest_each(self, chosen: Sequence[int], costs: Costs) -> Costs:
        """For every slot the least cost of a selection with it and with all choices but its own feature's.

        UNREACHABLE where there is none.
        """

    def withdrawals(
        self, chosen: Sequence[int], wanted: Sequence[int], costs: Costs, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Up to `limit` minimal parts of `chosen` without which the rest goes together with `wanted`.

        Fewest first; among equals the one whose cheapest completion costs less, then the one whose oldest choice is
        later, then whose next oldest is.
        Empty when `wanted` is impossible whatever is withdrawn; one empty tuple when nothing needs to be.
        """

    def count(self, chosen: Sequence[int], weights: Sequence[int]) -> int | None:
        """How many selections contain the choices, exactly: each counts as the product of its slots' weights.

        The weight of a slot is the number of values in its class. None where this engine cannot count.
        """

    def counts(self, chosen: Sequence[int], weights: Sequence[int]) -> list[int] | None:
        """The same for every slot: selections with it and with all choices but its own feature's."""
