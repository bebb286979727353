"""The SAT solver behind the fallback engine, and what it has taught us so far.

Glucose 4 through python-sat. (`propagate` of CaDiCaL as shipped there reports conflicts that are none.)
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pysat.solvers import Solver

from configurator.engine.sat.formula import Formula

Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

WITNESS_BYTES = 4_000_000
"""Memory for the selections kept: each proves all of its values valid wherever the choices agree with it."""
REFUSAL_LIMIT = 16
"""Reasons kept per slot: sets of choices under which it is known to be impossible."""
SELECTOR_LIMIT = 1_000
"""Retired selector clauses after which the solver is built anew."""


class Oracle:
    """Says whether slots can hold together, and remembers what it found.

    Not safe for threads: whoever shares it holds a lock.
    """

    def __init__(self, formula: Formula, slot_codes: Sequence[int]) -> None:
        self.formula = formula
        self.literals = formula.of_codes(slot_codes)
        self._variables = np.abs(np.array(self.literals, dtype=np.int64)) - 1
        self._positive = np.array(self.literals, dtype=np.int64) > 0
        # Column by column: bit w of row s says whether slot s holds in witness w.
        words = max(4, min(64, WITNESS_BYTES // (8 * max(1, len(self.literals)))))
        self._witnesses: Words = np.zeros((len(self.literals), words), dtype=np.uint64)
        self._known: Words = np.zeros(words, dtype=np.uint64)
        self._next = 0
        self._refusals: dict[int, deque[frozenset[int]]] = {}
        self._impossible: dict[int, None] = {}
        self._start()

    def _start(self) -> None:
        self._solver = Solver("glucose4", bootstrap_with=self.formula.clauses())
        for literal in self._impossible:
            self._solver.add_clause([-literal])
        self._top = self.formula.top

    def solve(self, literals: Sequence[int]) -> Bools | None:
        """Which slots hold in one selection with the literals; None when there is none, see `core`."""
        if not self._solver.solve(assumptions=list(literals)):
            return None
        model = np.array(self._solver.get_model(), dtype=np.int64)
        witness: Bools = (model[self._variables] > 0) == self._positive
        self._remember(witness)
        return witness

    def core(self) -> frozenset[int]:
        """Literals of the last failed `solve` that cannot hold together."""
        return frozenset(self._solver.get_core() or ())

    def prefer(self, literals: Sequence[int]) -> None:
        """Make the next selections contain these literals where nothing speaks against it."""
        self._solver.set_phases(list(literals))

    def implied(self, literals: Sequence[int]) -> frozenset[int]:
        """What follows from the literals by unit propagation; not all that follows."""
        consistent, found = self._solver.propagate(assumptions=list(literals))
        return frozenset(found) if consistent else frozenset()

    def any_of(self, slots: Sequence[int], literals: Sequence[int]) -> Bools | None:
        """A selection with the literals and one of the slots at least; None when there is none, see `core`."""
        if self._top - self.formula.top >= SELECTOR_LIMIT:
            self._start()
        self._top += 1
        selector = self._top
        self._solver.add_clause([-selector, *(self.literals[slot] for slot in slots)])
        witness = self.solve([*literals, selector])
        if witness is None:
            core = self.core() - {selector}
            for slot in slots:
                self.refuse(slot, core)
        self._solver.add_clause([-selector])
        return witness

    def refuse(self, slot: int, core: frozenset[int]) -> None:
        """Remember that the slot is impossible whenever the literals of the core hold."""
        kept = self._refusals.setdefault(slot, deque(maxlen=REFUSAL_LIMIT))
        if core not in kept:
            kept.append(core)

    def refused(self, slot: int, literals: frozenset[int]) -> bool:
        """Whether the slot is known to be impossible when the literals hold."""
        return any(core <= literals for core in self._refusals.get(slot, ()))

    # Witnesses: sets of them are masks, one bit each.

    def holding(self, chosen: Sequence[int]) -> Words:
        """The witnesses in which all the slots hold."""
        return self._known & np.bitwise_and.reduce(self._witnesses[list(chosen)], axis=0)

    def missing(self, chosen: Sequence[int]) -> Words:
        """For each of the slots the witnesses in which it alone of them does not hold."""
        rows = ~self._witnesses[list(chosen)]
        once = np.zeros_like(self._known)
        more = np.zeros_like(self._known)
        for row in rows:
            more |= once & row
            once |= row
        return rows & (once & ~more & self._known)

    def occurring(self, witnesses: Words, slots: slice = slice(None)) -> Bools:
        """Which slots hold in one of the witnesses."""
        return np.asarray((self._witnesses[slots] & witnesses).any(axis=-1))

    def some(self, witnesses: Words) -> Bools | None:
        """One of the witnesses, the same for the same set; None where there are none."""
        words = np.flatnonzero(witnesses)
        if not len(words):
            return None
        word = int(witnesses[words[0]])
        first = np.uint64(word & -word)
        return np.asarray(self._witnesses[:, words[0]] & first != 0)

    def _remember(self, witness: Bools) -> None:
        word, bit = divmod(self._next, 64)
        mask = np.uint64(1 << bit)
        self._witnesses[:, word] &= ~mask
        self._witnesses[witness, word] |= mask
        self._known[word] |= mask
        self._next = (self._next + 1) % (64 * len(self._known))
