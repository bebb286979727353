"""What is known to be impossible: slots, and the literals under which they are."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Int64s = NDArray[np.int64]

MEMORY = 4_000_000
"""Bytes for the refusals kept; at least 64 and at most 1,024 of them."""


class Refusals:
    """The latest reasons found: under each, a set of literals that hold, some slots are impossible."""

    def __init__(self, slots: int) -> None:
        self._limit = max(64, min(1024, MEMORY // max(1, slots)))
        self._slots = slots
        self._refused: dict[frozenset[int], Bools] = {}

    def add(self, reason: frozenset[int], slots: Int64s) -> None:
        """Remember that the slots are impossible whenever the literals hold."""
        refused = self._refused.pop(reason, None)
        if refused is None:
            refused = np.zeros(self._slots, dtype=np.bool_)
            if len(self._refused) >= self._limit:
                del self._refused[next(iter(self._refused))]
        refused[slots] = True
        self._refused[reason] = refused

    def within(self, literals: Iterable[int]) -> "Refusals":
        """Those whose reasons lie within the literals."""
        given = frozenset(literals)
        found = Refusals(self._slots)
        found._refused = {reason: slots for reason, slots in self._refused.items() if reason <= given}
        return found

    def slots(self) -> Bools:
        """All slots that are impossible under one of the reasons."""
        refused = np.zeros(self._slots, dtype=np.bool_)
        for slots in self._refused.values():
            refused |= slots
        return refused
