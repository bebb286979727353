"""Why choices cannot hold together: a minimal set of choices and rules."""

from collections.abc import Iterable

from pysat.solvers import Solver

from configurator.engine.encoding import Encoding
from configurator.engine.model import Choice, Choices, Conflict, RuleRef
from configurator.engine.oracle import solver_clauses


class Explainer:
    """A second solver in which every rule can be switched off by the literal that names it.

    It is built at the first question: most customers never meet a conflict. Not safe for threads.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._solver: Solver | None = None
        self._switches: dict[int, RuleRef] = {}

    def conflict(self, choices: Choices, wanted: int | None = None) -> Conflict:
        """A minimal contradiction among choices and rules, given that the literal `wanted` must hold.

        Elements are dropped one by one while the rest stays contradictory (deletion-based; see Marques-Silva,
        "Minimal Unsatisfiability", ISMVL 2010): the oldest choices first, rules last, so that few and late
        choices remain.
        """
        solver = self._ready()
        elements: dict[int, Choice | RuleRef] = {}
        for name, value in choices.items():
            literal = self._encoding.slots[self._encoding.slot(name, value)].literal
            elements.setdefault(literal, Choice(name, value))
        elements |= self._switches
        always = [] if wanted is None else [wanted]
        kept = self._core(solver, always, elements)
        if kept is None:
            raise AssertionError("a conflict was asked for where there is none")
        for literal in list(kept):
            if literal not in kept:
                continue
            smaller = self._core(solver, always, [other for other in kept if other != literal])
            if smaller is not None:
                kept = smaller
        return frozenset(elements[literal] for literal in kept)

    def _core(self, solver: Solver, always: list[int], literals: Iterable[int]) -> list[int] | None:
        """Those of the literals that already contradict each other, in their order; None if they do not."""
        asked = list(literals)
        if solver.solve(assumptions=[*always, *asked]):
            return None
        found = frozenset(solver.get_core() or ())
        return [literal for literal in asked if literal in found]

    def _ready(self) -> Solver:
        if self._solver is None:
            solver = Solver("glucose4", bootstrap_with=solver_clauses(self._encoding.hard))
            switch = self._encoding.top
            for reference, clauses in self._encoding.rules:
                switch += 1
                self._switches[switch] = reference
                solver.append_formula([[*clause, -switch] for clause in clauses])
            self._solver = solver
        return self._solver
