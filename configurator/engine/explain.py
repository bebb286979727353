"""Why choices cannot hold together: a minimal set of choices and rules."""

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
        "Minimal Unsatisfiability", ISMVL 2010): choices before rules, the oldest choice first, so that few
        and late choices remain.
        """
        solver = self._ready()
        chosen: dict[int, Choice] = {}
        for name, value in choices.items():
            literal = self._encoding.slots[self._encoding.slot(name, value)].literal
            chosen.setdefault(literal, Choice(name, value))
        always = [] if wanted is None else [wanted]
        core = self._core(solver, [*always, *chosen, *self._switches])
        if core is None:
            raise AssertionError("a conflict was asked for where there is none")
        kept, core = self._shrink(solver, [*always, *self._switches], list(chosen), core)
        rules, _ = self._shrink(solver, [*always, *kept], [each for each in self._switches if each in core], core)
        return frozenset([*(chosen[literal] for literal in kept), *(self._switches[literal] for literal in rules)])

    def _shrink(
        self, solver: Solver, always: list[int], literals: list[int], core: frozenset[int]
    ) -> tuple[list[int], frozenset[int]]:
        """Drop literals, first ones first, while the rest contradicts `always`; `core` shows that all do."""
        kept = list(literals)
        for literal in literals:
            rest = [other for other in kept if other != literal]
            smaller = core if literal not in core else self._core(solver, [*always, *rest])
            if smaller is not None:
                kept, core = rest, smaller
        return kept, core

    def _core(self, solver: Solver, literals: list[int]) -> frozenset[int] | None:
        """Those of the literals that already contradict each other; None if they do not."""
        if solver.solve(assumptions=literals):
            return None
        return frozenset(solver.get_core() or ())

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
