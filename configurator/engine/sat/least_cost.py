"""The least cost of a formula's selections, by cores: sets of literals of which one at least has to be paid for.

OLL (Andres, Kaufmann, Matheis, Schaub, "Unsatisfiability-based optimization in clasp", ICLP 2012; Morgado, Dodaro,
Marques-Silva, "Core-guided MaxSAT with soft cardinality constraints", CP 2014), with stratification, hardening and
delayed sums (Berg, Jarvisalo, "Weight-aware core extraction in SAT-based MaxSAT solving", CP 2017). Unlike the search
that comes with python-sat, what it finds out about the formula alone serves every later question about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pysat.card import ITotalizer
from pysat.solvers import Solver

from configurator.engine.sat.formula import Clause

TRIMS = 2
"""How often a core is looked for again within itself."""


@dataclass
class Objective:
    """What selections cost: `paid` in any case, and the weights of those literals that hold.

    `next_weight` says of a literal that stands for "at least j of a core hold" what the one for "at least j + 1" is
    going to weigh once something is paid for the first.
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
        """Let the literal cost more. What it and its opposite both cost is paid in any case."""
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


class LeastCost:
    """Finds selections of least cost under assumptions; `weights` are what literals cost, none is negative.

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
        level = _level_below(weights, None) or 1
        delayed: list[tuple[tuple[int, ...], int]] = []
        while True:
            core = self._core(fixed, [literal for literal, weight in weights.items() if weight >= level])
            if core is not None:
                if limit is not None:
                    core = tuple(literal for literal in core if objective.paid + weights[literal] < limit)
                if not core:
                    return best
                weight = self._pay_for_core(objective, core)
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

    def _core(self, fixed: Sequence[int], asked: Sequence[int]) -> tuple[int, ...] | None:
        """Those that are asked not to hold of which one has to; None when none has to."""
        assumptions = [*fixed, *(-literal for literal in asked)]
        if self._solver.solve(assumptions=assumptions):
            return None
        core: list[int] = self._solver.get_core() or []
        for _ in range(TRIMS):
            self._solver.solve(assumptions=core)
            shorter = self._solver.get_core() or []
            if len(shorter) == len(core):
                break
            core = shorter
        given = frozenset(fixed)
        return tuple(sorted(-literal for literal in core if literal not in given))

    def _cost(self, model: Sequence[int]) -> int:
        held = np.array(model, dtype=np.int64)[np.abs(self._literals) - 1] == self._literals
        return int(self._costs[held].sum())

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
                if literal in objective.weights:
                    self._pay_for_core(objective, [literal])
        return bool(consistent)

    def _pay_for_exclusions(self) -> None:
        """Where at most one of several literals can fail to hold, pay for all but the cheapest."""
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
                every = self.new()
                self.add_clause([every, *(-member for member in group)])
                self.objective.add(every, least)
                group = [member for member in group if member in weights]

    def _exclusions(self) -> dict[int, set[int]]:
        """For every literal that costs something those that plainly hold where it does not."""
        follows: dict[int, list[int]] = {}
        for literal in list(self.objective.weights):
            possible, implied = self._solver.propagate(assumptions=[-literal])
            if possible:
                follows[literal] = implied
            else:
                self.objective.pay([literal])
                self._solver.add_clause([literal])
        excluded: dict[int, set[int]] = {literal: set() for literal in follows}
        for literal, implied in follows.items():
            for other in implied:
                if other in excluded:
                    excluded[literal].add(other)
                    excluded[other].add(literal)
        return excluded

    def _sum(self, literals: tuple[int, ...]) -> ITotalizer:
        total = self._sums.get(literals)
        if total is None:
            total = self._sums[literals] = ITotalizer(lits=list(literals), ubound=1, top_id=self._top)
            self._write(total, total.cnf.clauses)
        return total

    def _expose(self, objective: Objective, total: ITotalizer, place: int, weight: int) -> None:
        """Let it cost so much when more than `place` of the sum's literals hold."""
        if place >= len(total.lits):
            return
        if place >= len(total.rhs):
            total.increase(ubound=place, top_id=self._top)
            self._write(total, total.cnf.clauses[-total.nof_new :] if total.nof_new else [])
        literal = total.rhs[place]
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
