"""The smallest part of a set of rules that still excludes something, found in a solver that knows that part alone.

The solver of the whole model would complete a selection of all features for every rule that turns out to be needed,
and that is most of the work.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from pysat.solvers import Solver

from configurator.engine.network.network import Network
from configurator.engine.sat.formula import TRUE, Clause, Formula


class RuleCores:
    """Shrinks sets of rules, known by their origins.

    Definitions fix their hidden variables whatever the others are. So those of hidden variables that the rules do
    not speak of exclude nothing, and the solver need not know them.
    """

    def __init__(self, network: Network, formula: Formula) -> None:
        self._formula = formula
        self._variable_of: dict[int, int] = {}
        visible = {TRUE}
        for variable in range(network.variables):
            first, end = network.literal_start[variable : variable + 2].tolist()
            literals = np.abs(formula.literal[first:end]).tolist()
            self._variable_of.update(dict.fromkeys(literals, variable))
            if not network.hidden[variable]:
                visible.update(literals)
        self._about: dict[int, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for number, clause in enumerate(formula.definitions):
            hidden = {abs(literal) for literal in clause} - visible
            for literal in hidden:
                self._about[literal].append(number)
            if not hidden:
                self._always.append(number)

    def minimal(self, literals: Sequence[int], origins: Iterable[int]) -> tuple[int, ...]:
        """Those origins that exclude the literals and of which none can be left out, in their order.

        Rules are dropped one by one while the rest still excludes them (deletion-based; see Marques-Silva, "Minimal
        Unsatisfiability", ISMVL 2010), early ones first.
        """
        origin_of = dict(enumerate(origins, self._formula.top + 1))
        clauses = [
            [*clause, -switch] for switch, origin in origin_of.items() for clause in self._formula.blamed[origin]
        ]
        clauses += self._fixed([*clauses, literals])
        numbers = _Numbers()
        needed: list[int] = []
        with Solver("glucose4", bootstrap_with=[numbers.of(clause) for clause in clauses]) as solver:
            switches = dict(zip(numbers.of(origin_of), origin_of))
            always, waiting = numbers.of(literals), list(switches)
            while waiting:
                tried = waiting.pop(0)
                if solver.solve(assumptions=[*always, *needed, *waiting]):
                    needed.append(tried)
                else:
                    core = set(solver.get_core() or ())
                    waiting = [switch for switch in waiting if switch in core]
        return tuple(origin_of[switches[switch]] for switch in needed)

    def _fixed(self, clauses: Iterable[Clause | Sequence[int]]) -> list[Clause]:
        """The domains of all variables in the clauses, and what those among them that are hidden mean."""
        formula = self._formula
        found = [[TRUE], *(formula.definitions[number] for number in self._always)]
        waiting = {abs(literal) for clause in (*clauses, *found) for literal in clause}
        reached: set[int] = set()
        variables: set[int] = set()
        definitions: set[int] = set()
        while waiting:
            literal = waiting.pop()
            reached.add(literal)
            more: list[Clause] = []
            variable = self._variable_of.get(literal)
            if variable is not None and variable not in variables:
                variables.add(variable)
                more += formula.domains.get(variable, ())
            for number in self._about.get(literal, ()):
                if number not in definitions:
                    definitions.add(number)
                    more.append(formula.definitions[number])
            found += more
            waiting.update(abs(literal) for clause in more for literal in clause)
            waiting -= reached
        return found


class _Numbers:
    """New numbers without gaps: a solver completes all variables up to the largest it has heard of."""

    def __init__(self) -> None:
        self._number: dict[int, int] = {}

    def of(self, literals: Iterable[int]) -> list[int]:
        """The literals in new numbers."""
        number = self._number
        return [number.setdefault(abs(literal), len(number) + 1) * (1 if literal > 0 else -1) for literal in literals]
