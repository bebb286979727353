"""The peer: complete propagation by a SAT solver alone, as good as it is usually done.

Unit propagation first; a pool of witnesses proves what it can; then one query after the other asks for any undecided
literal to flip, until none does. Glucose 4 through python-sat.
"""

import numpy as np
from pysat.solvers import Solver

POOL = 256
RETIRED = 4000


class SatPeer:
    """Valid literals of a CNF under assumptions; the first `features` variables are asked for."""

    def __init__(self, clauses: list[list[int]], variables: int, features: int) -> None:
        self.clauses, self.variables, self.features = clauses, variables, features
        self.pool = np.zeros((POOL, features), dtype=np.bool_)
        self.pooled = self.next = 0
        self.restart()

    def restart(self) -> None:
        self.solver = Solver("glucose4", bootstrap_with=self.clauses)
        self.top = self.variables

    def valid(self, choices: list[int]) -> tuple[np.ndarray, np.ndarray] | None:
        """For every feature whether it can be true, and whether it can be false; None when nothing can."""
        if self.top > self.variables + RETIRED:
            self.solver.delete()
            self.restart()
        consistent, implied = self.solver.propagate(assumptions=choices)
        if not consistent:
            return None
        known = np.array([each for each in (*implied, *choices) if abs(each) <= self.features], dtype=np.int64)
        sign = np.zeros(self.features, dtype=np.int8)
        sign[np.abs(known) - 1] = np.sign(known)
        given = np.array(choices, dtype=np.int64)
        pool = self.pool[: self.pooled]
        pool = pool[(pool[:, np.abs(given) - 1] == (given > 0)).all(axis=1)] if len(given) else pool
        if not len(pool):
            witness = self.witness(choices)
            if witness is None:
                return None
            pool = witness[None, :]
        true, false = pool.any(axis=0), ~pool.all(axis=0)
        while True:
            wanted_true = np.flatnonzero(~true & (sign == 0)) + 1
            wanted_false = np.flatnonzero(~false & (sign == 0)) + 1
            flips = [*wanted_true.tolist(), *(-wanted_false).tolist()]
            if not flips:
                break
            self.top += 1
            self.solver.add_clause([*flips, -self.top])
            self.solver.set_phases(flips)
            witness = self.witness([*choices, self.top])
            self.solver.add_clause([-self.top])
            if witness is None:
                break
            true |= witness
            false |= ~witness
        return np.where(sign > 0, True, np.where(sign < 0, False, true)), np.where(
            sign < 0, True, np.where(sign > 0, False, false)
        )

    def witness(self, assumptions: list[int]) -> np.ndarray | None:
        if not self.solver.solve(assumptions=assumptions):
            return None
        found = np.array(self.solver.get_model()[: self.features]) > 0
        self.pool[self.next] = found
        self.next = (self.next + 1) % POOL
        self.pooled = min(self.pooled + 1, POOL)
        return found
