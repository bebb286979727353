"""The least cost of a formula's selections, by cores: sets of literals of which at least one fails.

OLL (Andres, Kaufmann, Matheis, Schaub, "Unsatisfiability-based optimization in clasp", ICLP 2012; Morgado, Dodaro,
Marques-Silva, "Core-guided MaxSAT with soft cardinality constraints", CP 2014), with stratification, hardening and
delayed sums (Berg, Jarvisalo, "Weight-aware core extraction in SAT-based MaxSAT solving", CP 2017). Unlike the search
that comes with python-sat, what it finds out about the formula alone serves every later question about it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from pysat.card import ITotalizer
from pysat.solvers import Solver

from configurator.engine.sat.formula import Clause
from configurator.engine.sat.objective import Objective

EAGER_CORES = 30
"""After so many cores a search starts anew with what weighs most; up to then it looks at everything at once."""
TRIMS = 2
"""How often a core is looked for again within itself."""
SHRINK_SIZE, SHRINK_TRIES, SHRINK_CONFLICTS = 5, 30, 50
"""From which size on a core is shrunk, how often this is tried, and how many conflicts a try may take."""


class LeastCost:
    """Finds selections of least cost; `weights` are what it costs, nothing or more, where literals do not hold.

    `objective` is where questions start, `worst` more than any selection costs, `size` counts the clauses written for
    questions so far. Not safe for threads.
    """

    def __init__(self, clauses: Sequence[Clause], top: int, weights: Mapping[int, int]) -> None:
        self._solver = Solver("glucose4", bootstrap_with=clauses)
        self._top = top
        self._literals = np.array(list(weights), dtype=np.int64)
        self._costs = np.array(list(weights.values()), dtype=np.int64)
        self._sums: dict[tuple[int, ...], ITotalizer] = {}
        self._place: dict[int, tuple[ITotalizer, int]] = {}
        self.worst = sum(weights.values()) + 1
        self.size = 0
        self.objective = Objective()
        for literal, weight in weights.items():
            self.objective.add(literal, weight)
        self._pay_for_exclusions()

    def new(self) -> int:
        """A literal not used before."""
        self._top += 1
        return self._top

    def add_clause(self, clause: Clause) -> None:
        """Demand the clause from now on."""
        self._solver.add_clause(clause)
        self.size += 1

    def cheapest(self, objective: Objective, fixed: Sequence[int], limit: int | None = None) -> list[int] | None:
        """The literals of a selection with the fixed ones that costs least; None when there is none.

        The objective is advanced: it stays right for selections with the fixed literals, whose least cost is paid now.
        With a limit, None as well when none costs less than that; what is too dear to get there is not looked at, so
        the objective is of no further use.
        """
        if not self._pay_for_implied(objective, fixed):
            return None
        weights = objective.weights
        best: list[int] | None = None
        level, cores = 0, 0
        delayed: list[tuple[tuple[int, ...], int]] = []
        while True:
            core = self._core(fixed, [literal for literal, weight in weights.items() if weight >= level])
            if core is not None:
                if limit is not None:
                    core = tuple(literal for literal in core if objective.paid + weights[literal] < limit)
                if not core:
                    return best
                weight = self._pay_for_core(objective, core)
                cores += 1
                if cores == EAGER_CORES:
                    level = _level_below(weights, None) or 0
                if limit is not None and objective.paid >= limit:
                    return best
                if len(core) > 1:
                    delayed.append((core, weight))
                continue
            model: list[int] = self._solver.get_model()
            if limit is not None:
                if (cost := self._cost(model)) < limit:
                    best, limit = model, cost
                if objective.paid >= limit:
                    return best
            lower = _level_below(weights, level)
            if delayed:
                for literals, weight in delayed:
                    self._expose(objective, self._sum(literals), 1, weight)
                delayed = []
            elif lower is None:
                return model
            else:
                level = lower

    def _core(self, fixed: Sequence[int], wished: Sequence[int]) -> tuple[int, ...] | None:
        """Those of the wished literals of which one has to fail; None when none has to."""
        if self._solver.solve(assumptions=[*fixed, *wished]):
            return None
        core: list[int] = self._solver.get_core() or []
        for _ in range(TRIMS):
            self._solver.solve(assumptions=core)
            shorter = self._solver.get_core() or []
            if len(shorter) == len(core):
                break
            core = shorter
        given = frozenset(fixed)
        return self._shrunk(fixed, sorted(literal for literal in core if literal not in given))

    def _shrunk(self, fixed: Sequence[int], core: Sequence[int]) -> tuple[int, ...]:
        """The core without some that need not fail, where it is large: sums over large cores make searches slow."""
        kept = list(core)
        for literal in core[:SHRINK_TRIES] if len(core) >= SHRINK_SIZE else ():
            rest = [other for other in kept if other != literal]
            if not rest or len(rest) == len(kept):
                continue
            self._solver.conf_budget(SHRINK_CONFLICTS)
            if self._solver.solve_limited(assumptions=[*fixed, *rest]) is False:
                found = frozenset(self._solver.get_core() or ())
                kept = [other for other in rest if other in found]
        return tuple(kept)

    def _cost(self, model: Sequence[int]) -> int:
        held = np.array(model, dtype=np.int64)[np.abs(self._literals) - 1] == self._literals
        return int(self._costs[~held].sum())

    def _pay_for_core(self, objective: Objective, core: Sequence[int]) -> int:
        """Pay the least weight in the core; it is that of the sum which says how many more have to be paid for."""
        least = objective.pay(core)
        for literal in core:
            weight = objective.next_weight.pop(literal, None)
            if weight is not None:
                total, place = self._place[literal]
                self._expose(objective, total, place + 1, weight)
        return least

    def _pay_for_implied(self, objective: Objective, fixed: Sequence[int]) -> bool:
        """Pay for what plainly follows from the fixed literals; false when they contradict each other."""
        consistent, implied = self._solver.propagate(assumptions=list(fixed))
        if consistent:
            for literal in implied:
                if -literal in objective.weights:
                    self._pay_for_core(objective, [-literal])
        return bool(consistent)

    def _pay_for_exclusions(self) -> None:
        """Where at most one of several literals can hold, pay for all but the dearest."""
        weights = self.objective.weights
        excluded = self._exclusions()
        fewest_first = sorted(excluded, key=lambda literal: (len(excluded[literal]), abs(literal), literal))
        rank = {literal: place for place, literal in enumerate(fewest_first)}
        for literal in fewest_first:
            group = [literal] if literal in weights else []
            for other in sorted(excluded[literal], key=rank.__getitem__):
                if group and other in weights and excluded[other].issuperset(group):
                    group.append(other)
            while len(group) > 1:
                least = self.objective.pay(group, len(group) - 1)
                one = self.new()
                self.add_clause([-one, *group])
                self.objective.add(one, least)
                group = [member for member in group if member in weights]

    def _exclusions(self) -> dict[int, set[int]]:
        """For every literal that costs something those that plainly do not hold where it does."""
        follows: dict[int, list[int]] = {}
        for literal in list(self.objective.weights):
            possible, implied = self._solver.propagate(assumptions=[literal])
            if possible:
                follows[literal] = implied
            else:
                self.objective.pay([literal])
                self._solver.add_clause([-literal])
        excluded: dict[int, set[int]] = {literal: set() for literal in follows}
        for literal, implied in follows.items():
            for other in implied:
                if -other in excluded:
                    excluded[literal].add(-other)
                    excluded[-other].add(literal)
        return excluded

    def _sum(self, literals: tuple[int, ...]) -> ITotalizer:
        total = self._sums.get(literals)
        if total is None:
            total = self._sums[literals] = ITotalizer(
                lits=[-literal for literal in literals], ubound=1, top_id=self._top
            )
            self._write(total, total.cnf.clauses)
        return total

    def _expose(self, objective: Objective, total: ITotalizer, place: int, weight: int) -> None:
        """Let it cost so much where more than `place` of the core fail."""
        if place >= len(total.lits):
            return
        if place >= len(total.rhs):
            total.increase(ubound=place, top_id=self._top)
            self._write(total, total.cnf.clauses[-total.nof_new :] if total.nof_new else [])
        literal = -total.rhs[place]
        self._place[literal] = total, place
        objective.add(literal, weight)
        objective.next_weight[literal] = weight

    def _write(self, total: ITotalizer, clauses: Sequence[Clause]) -> None:
        self._top = max(self._top, total.top_id)
        self._solver.append_formula(clauses)
        self.size += len(clauses)


def _level_below(weights: Mapping[int, int], level: int | None) -> int | None:
    """The next weight down to which literals are looked at; half as much as the largest at least."""
    lower = [weight for weight in weights.values() if level is None or weight < level]
    largest = max(lower, default=0)
    return min((weight for weight in lower if 2 * weight >= largest), default=None)
