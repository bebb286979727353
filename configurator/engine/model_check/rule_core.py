"""The smallest part of a set of rules that still excludes something, found in a solver that knows only that set.

Asking the solver of the whole model would make it complete a selection of all features for every rule that turns out
to be needed, which is most of the work.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pysat.solvers import Solver

from configurator.engine.clauses import Clause
from configurator.engine.oracle import solver_clauses


class RuleCores:
    """Shrinks sets of rules, named by the literals that switch them on."""

    def __init__(
        self,
        definitions: Iterable[Clause],
        denials: Iterable[Clause],
        domains: Iterable[tuple[int, ...]],
        switched: Mapping[int, Sequence[Clause]],
    ) -> None:
        self._switched = switched
        self._domain_of = {abs(literal): domain for domain in domains for literal in domain}
        self._about: dict[int, list[Clause]] = defaultdict(list)
        for clause in definitions:
            for literal in clause:
                if abs(literal) not in self._domain_of:
                    self._about[abs(literal)].append(clause)
        for clause in denials:
            self._about[abs(clause[0])].append(clause)

    def minimal(self, literals: Sequence[int], switches: Iterable[int]) -> tuple[int, ...]:
        """Those switches that exclude the literals and of which none can be left out.

        Rules are dropped one by one while the rest still excludes them (deletion-based; see Marques-Silva,
        "Minimal Unsatisfiability", ISMVL 2010), late ones first.
        """
        waiting = sorted(switches)
        needed: list[int] = []
        clauses = self._clauses(literals, waiting)
        numbers = _numbers(clauses, [*literals, *waiting])
        switch_of = {numbers[switch]: switch for switch in waiting}
        asked = [_renumbered(numbers, literal) for literal in literals]
        renumbered = [[_renumbered(numbers, literal) for literal in clause] for clause in clauses]
        with Solver("glucose4", bootstrap_with=renumbered) as solver:
            while waiting:
                tried = waiting.pop()
                if solver.solve(assumptions=[*asked, *(numbers[switch] for switch in (*needed, *waiting))]):
                    needed.append(tried)
                else:
                    core = {switch_of.get(literal) for literal in solver.get_core() or ()}
                    waiting = [switch for switch in waiting if switch in core]
        return tuple(sorted(needed))

    def _clauses(self, literals: Sequence[int], switches: Sequence[int]) -> list[list[int]]:
        """The clauses of these rules, what hidden literals in them mean, and the domains they touch."""
        clauses = [[*clause, -switch] for switch in switches for clause in self._switched[switch]]
        waiting = {abs(literal) for clause in clauses for literal in clause} | {abs(literal) for literal in literals}
        reached: set[int] = set()
        while waiting:
            variable = waiting.pop()
            reached.add(variable)
            domain = self._domain_of.get(variable)
            if domain is not None:
                reached.update(abs(literal) for literal in domain)
                clauses.append(list(domain))
                clauses += [[-a, -b] for place, a in enumerate(domain) for b in domain[:place]]
            for clause in self._about.get(variable, ()):
                clauses += solver_clauses([clause])
                waiting.update(abs(literal) for literal in clause)
            waiting -= reached
        return clauses


def _numbers(clauses: Iterable[Iterable[int]], literals: Iterable[int]) -> dict[int, int]:
    """New numbers without gaps: the solver assigns every variable up to the largest it has seen."""
    numbers: dict[int, int] = {}
    for clause in (*clauses, literals):
        for literal in clause:
            numbers.setdefault(abs(literal), len(numbers) + 1)
    return numbers


def _renumbered(numbers: Mapping[int, int], literal: int) -> int:
    return numbers[literal] if literal > 0 else -numbers[-literal]
