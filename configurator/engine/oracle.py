"""The SAT solver behind the engine, and what it has taught us so far.

Glucose 4 through python-sat. (`propagate` of CaDiCaL as shipped there reports conflicts that are none.)
"""

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pysat.solvers import Solver

from configurator.engine.clauses import Clause
from configurator.engine.encoding import Encoding

WITNESS_LIMIT = 512
"""Complete selections kept: each proves all of its values valid wherever the choices agree with it."""
REFUSAL_LIMIT = 16
"""Reasons kept per literal: sets of choices under which it is known to be impossible."""


class Oracle:
    """Says whether literals can hold together, and remembers what it found.

    Not safe for threads: whoever shares it holds a lock.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.literals = np.array([slot.literal for slot in encoding.slots], dtype=np.int64)
        self._indexes = np.abs(self.literals) - 1
        self._positive = self.literals > 0
        self._solver = Solver("glucose4", bootstrap_with=solver_clauses(encoding.hard))
        for _, clauses in encoding.rules:
            self._solver.append_formula(solver_clauses(clauses))
        self.witnesses: NDArray[np.bool_] = np.zeros((WITNESS_LIMIT, len(self.literals)), dtype=np.bool_)
        self.count = 0
        self._next = 0
        self._refusals: dict[int, deque[frozenset[int]]] = {}

    def solve(self, assumptions: Sequence[int]) -> NDArray[np.bool_] | None:
        """Which slots hold in one selection under the assumptions; None when there is none, see `core`."""
        if not self._solver.solve(assumptions=assumptions):
            return None
        model = np.array(self._solver.get_model(), dtype=np.int64)
        witness: NDArray[np.bool_] = (model[self._indexes] > 0) == self._positive
        self.witnesses[self._next] = witness
        self._next = (self._next + 1) % WITNESS_LIMIT
        self.count = min(self.count + 1, WITNESS_LIMIT)
        return witness

    def core(self) -> frozenset[int]:
        """Assumptions of the last failed `solve` that cannot hold together."""
        return frozenset(self._solver.get_core() or ())

    def prefer(self, literals: Sequence[int]) -> None:
        """Make the next selections contain these literals where nothing speaks against it."""
        self._solver.set_phases(literals)

    def implied(self, assumptions: Sequence[int]) -> frozenset[int]:
        """Literals that follow from the assumptions by unit propagation; not all that follow."""
        consistent, literals = self._solver.propagate(assumptions=assumptions)
        return frozenset(literals) if consistent else frozenset()

    def possible(self, literal: int, assumptions: Sequence[int], known: frozenset[int]) -> NDArray[np.bool_] | None:
        """A selection with the literal under consistent assumptions (`known` is their set), or None."""
        refusals = self._refusals.get(literal, ())
        if any(refusal <= known for refusal in refusals):
            return None
        witness = self.solve([*assumptions, literal])
        if witness is None:
            kept = self._refusals.setdefault(literal, deque(maxlen=REFUSAL_LIMIT))
            kept.append(self.core() - {literal})
        return witness

    def known_witnesses(self) -> NDArray[np.bool_]:
        """The selections seen, one row each, a column per slot."""
        return self.witnesses[: self.count]


def solver_clauses(clauses: Iterable[Clause]) -> list[list[int]]:
    """Clauses as the solver takes them; an empty clause becomes one that contradicts the constant true."""
    return [list(clause) or [-1] for clause in clauses]
