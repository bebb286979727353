"""The SAT solver behind the fallback engine, and what it has taught us so far.

Glucose 4 through python-sat. (`propagate` of CaDiCaL as shipped there reports conflicts that are none.)
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pysat.solvers import Solver

from configurator.engine.sat.formula import Formula
from configurator.engine.sat.refusals import Refusals
from configurator.engine.sat.witnesses import Bools, Witnesses

Int64s = NDArray[np.int64]

NEEDED_LIMIT = 64
"""Literals kept of those that follow from one, the nearest first."""
SELECTOR_LIMIT = 1_000
"""Retired selector clauses after which the solver is built anew."""


class Oracle:
    """Says whether literals can hold together, and remembers what it found.

    `literals[s]` is the solver's literal for slot s. Not safe for threads.
    """

    def __init__(self, formula: Formula, slot_codes: Sequence[int]) -> None:
        self.literals = formula.of_codes(slot_codes)
        self.witnesses = Witnesses(len(self.literals))
        self.refusals = Refusals(len(self.literals))
        self._formula = formula
        self._slot_literals = np.array(self.literals, dtype=np.int64)
        self._slot_variables = np.abs(self._slot_literals)
        self._positive = self._slot_literals > 0
        self._needs = np.zeros((len(self.literals), NEEDED_LIMIT), dtype=np.int32)
        self._needs_known = np.zeros(len(self.literals), dtype=np.bool_)
        self._start()

    def _start(self) -> None:
        self._solver = Solver("glucose4", bootstrap_with=self._formula.clauses())
        self._top = self._formula.top

    def solve(self, literals: Iterable[int]) -> Bools | None:
        """Which slots hold in one selection with the literals; None when there is none, see `core`."""
        if not self._solver.solve(assumptions=list(literals)):
            return None
        model = np.array(self._solver.get_model(), dtype=np.int64)
        witness: Bools = (model[self._slot_variables - 1] > 0) == self._positive
        self.witnesses.add(witness)
        return witness

    def core(self) -> frozenset[int]:
        """Literals of the last failed `solve` that cannot hold together."""
        return frozenset(self._solver.get_core() or ())

    def prefer(self, literals: Sequence[int]) -> None:
        """Make the next selection contain these literals (the later one of opposites) where nothing forbids it."""
        self._solver.set_phases(list(literals))

    def possible(self, slots: Int64s, literals: Sequence[int]) -> list[int]:
        """Those of the slots that are possible, each for itself, while the literals, which are consistent, hold.

        Every selection is asked to have the first waiting slot in it and as many others as it may. Where there is none,
        chances are that the others are impossible as well: all are asked for at once.
        """
        waiting = slots
        if len(waiting) > 1:
            _, implied = self._solver.propagate(assumptions=list(literals))
            waiting = waiting[~np.isin(-self._slot_literals[waiting], implied)]
        found: list[int] = []
        pull = self._pull(waiting) if len(waiting) > 1 else None
        while len(waiting):
            if pull is not None:
                self._follow(pull, waiting)
            literal = self.literals[waiting[0]]
            witness = self.solve([*literals, literal])
            if witness is None:
                self.refusals.add(self.core() - {literal}, waiting[:1])
                waiting = waiting[1:]
                witness = self._any_of(waiting, literals) if len(waiting) else None
                if witness is None:
                    break
            seen = witness[waiting]
            found += waiting[seen].tolist()
            if pull is not None:
                pull -= self._pull(waiting[seen])
            waiting = waiting[~seen]
        return found

    def _any_of(self, slots: Int64s, literals: Sequence[int]) -> Bools | None:
        """A selection with the literals and one of the slots at least; None, and the slots refused, if none is."""
        if self._top - self._formula.top >= SELECTOR_LIMIT:
            self._start()
        self._top += 1
        selector = self._top
        self._solver.add_clause([-selector, *self._slot_literals[slots].tolist()])
        witness = self.solve([*literals, selector])
        if witness is None:
            self.refusals.add(self.core() - {selector}, slots)
        self._solver.add_clause([-selector])
        return witness

    def _pull(self, slots: Int64s) -> Int64s:
        """For every variable how many of the slots need it true, less those that need it false.

        A selection that is to have many new slots in it needs what they need, such as the parents of a feature, and
        not their rivals in a group, which it would otherwise repeat.
        """
        for slot in slots[~self._needs_known[slots]].tolist():
            _, implied = self._solver.propagate(assumptions=[self.literals[slot]])
            self._needs[slot, : len(implied)] = implied[:NEEDED_LIMIT]
            self._needs_known[slot] = True
        needs = self._needs[slots].ravel()
        return np.bincount(np.abs(needs), np.sign(needs), self._formula.top + 1).astype(np.int64)

    def _follow(self, pull: Int64s, slots: Int64s) -> None:
        """Make the next selection follow the pull and have the slots in it where nothing speaks against it."""
        wished = np.arange(len(pull)) * np.sign(pull)
        wished[self._slot_variables[slots]] = self._slot_literals[slots]
        self.prefer(wished[wished != 0].tolist())
