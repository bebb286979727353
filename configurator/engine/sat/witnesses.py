"""Selections seen before: each proves all of its slots possible wherever the choices agree with it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

WORD = 64
MEMORY = 4_000_000
"""Bytes for the selections kept; at least 256 and at most 4,096 of them."""


class Witnesses:
    """The latest selections seen. A set of them is a mask with one bit for each."""

    def __init__(self, slots: int) -> None:
        words = max(4, min(64, MEMORY // (8 * max(1, slots))))
        self._holding: Words = np.zeros((words, slots), dtype=np.uint64)  # the selections in which a slot holds
        self._kept: Words = np.zeros(words, dtype=np.uint64)
        self._word = 0
        self._bit = 0

    def add(self, witness: Bools) -> None:
        """Keep a selection; the oldest ones go when there are too many."""
        if self._bit == WORD:
            self._word, self._bit = (self._word + 1) % len(self._kept), 0
            self._holding[self._word] = 0
            self._kept[self._word] = 0
        self._holding[self._word] |= witness.astype(np.uint64) << np.uint64(self._bit)
        self._kept[self._word] |= np.uint64(1 << self._bit)
        self._bit += 1

    def agreeing(self, slots: Sequence[int]) -> Words:
        """The selections in which all the slots hold."""
        return self._kept & np.bitwise_and.reduce(self._holding[:, list(slots)], axis=1)

    def missing_one(self, slots: Sequence[int]) -> Words:
        """For each of the slots the selections in which it alone of them does not hold."""
        missing = ~self._holding[:, list(slots)].T
        once, more = np.zeros_like(self._kept), np.zeros_like(self._kept)
        for row in missing:
            more |= once & row
            once |= row
        return missing & (once & ~more & self._kept)

    def occurring(self, selections: Words, slots: slice = slice(None)) -> Bools:
        """Which slots hold in one of the selections."""
        words = np.flatnonzero(selections)
        found = self._holding[words, slots] & selections[words, np.newaxis]
        return np.asarray(np.bitwise_or.reduce(found, axis=0) != 0)

    def first(self, selections: Words) -> Bools | None:
        """Which slots hold in the first of the selections; None when there is none."""
        words = np.flatnonzero(selections)
        if not len(words):
            return None
        mask = int(selections[words[0]])
        return np.asarray((self._holding[words[0]] & np.uint64(mask & -mask)) != 0)
