"""A solver in which every rule can be left out or turned into its opposite: which rules follow from which.

The checks are those of Benavides, Segura, Ruiz-Cortes, "Automated analysis of feature models 20 years later"
(Information Systems 35, 2010), each as one question to an incremental SAT solver.
"""

from collections.abc import Iterable, Sequence

from pysat.solvers import Solver

from configurator.engine.model import RuleRef
from configurator.engine.model_check.deniable import DeniableNetwork
from configurator.engine.model_check.rule_core import RuleCores
from configurator.engine.sat.formula import formula_of

CONFLICT_BUDGET = 50_000
"""Conflicts the solver may meet in one question; beyond it the answer is unknown."""


class Undecided(Exception):
    """The solver gave up a question whose answer would take too long."""


class RuleSolver:
    """Questions about rules, in codes of the network and codes of rules."""

    def __init__(self, deniable: DeniableNetwork) -> None:
        self._origins, self._origin_of = deniable.origins, deniable.origin_of
        self._denial_of = deniable.denial_of
        self._formula = formula_of(deniable.network, deniable.variable_origin)
        self._solver = Solver("glucose4", bootstrap_with=self._formula.fixed)
        self._rules: dict[int, int] = {}
        self._switch_of: dict[int, int] = {}
        for switch, (origin, clauses) in enumerate(self._formula.blamed.items(), self._formula.top + 1):
            self._rules[switch], self._switch_of[origin] = origin, switch
            self._solver.append_formula([[*clause, -switch] for clause in clauses])
        self._cores = RuleCores(deniable)

    def denial(self, code: str) -> tuple[int, ...]:
        """What can hold together only where the rule, which `breakable` says something may break, is broken."""
        return self._denial_of[code] or ()

    def possible(self, codes: Sequence[int], without: Iterable[str] = ()) -> bool:
        """Whether a selection keeps all rules but those named and has what the codes say; raises Undecided."""
        return self._core(codes, self._switches(without)) is None

    def breakable(self, code: str) -> bool:
        """Whether anything breaks the rule, were there no other."""
        denial = self._denial_of[code]
        return denial is not None and self._core(denial, []) is None

    def implied(self, code: str) -> bool:
        """Whether the other rules imply this one: without it there are no more selections. Raises Undecided."""
        denial = self._denial_of[code]
        return denial is None or not self.possible(denial, [code])

    def met(self, questions: Sequence[Sequence[int]]) -> frozenset[int]:
        """The numbers of the questions (codes that are to hold together) to which some selection says yes.

        Every selection found is steered towards what no earlier one had, so few of them answer for most questions.
        What the solver gives up is left out.
        """
        found: set[int] = set()
        literals = [self._formula.of_codes(question) for question in questions]
        switches = list(self._rules)
        for number, question in enumerate(questions):
            if number in found:
                continue
            left = [other for other in range(number, len(questions)) if other not in found]
            self._solver.set_phases([literal for other in left for literal in literals[other]])
            try:
                if self._core(question, switches) is not None:
                    continue
            except Undecided:
                continue
            held = self._solver.get_model()
            found.update(
                other for other in left if all(held[abs(literal) - 1] == literal for literal in literals[other])
            )
        return frozenset(found)

    def reasons(self, codes: Sequence[int], without: Iterable[str] = ()) -> tuple[RuleRef, ...] | None:
        """A minimal set of rules that together exclude the codes; None when they are possible. Raises Undecided."""
        core = self._core(codes, self._switches(without))
        if core is None:
            return None
        return tuple(self._origins[origin] for origin in self._minimal(codes, core))

    def contradictions(self) -> tuple[tuple[RuleRef, ...], ...]:
        """Minimal sets of rules that contradict each other, no rule in two of them; none when selections exist."""
        found: list[tuple[RuleRef, ...]] = []
        left = dict.fromkeys(self._rules)
        while core := self._core([], list(left)):
            origins = self._minimal([], core)
            found.append(tuple(self._origins[origin] for origin in origins))
            for origin in origins:
                del left[self._switch_of[origin]]
        return tuple(found)

    def _minimal(self, codes: Sequence[int], core: frozenset[int]) -> tuple[int, ...]:
        return self._cores.minimal(codes, [origin for switch, origin in self._rules.items() if switch in core])

    def _switches(self, without: Iterable[str]) -> list[int]:
        switches = list(self._rules)
        for code in without:
            switch = self._switch_of.get(self._origin_of[code])
            if switch is not None:
                switches.remove(switch)
        return switches

    def _core(self, codes: Sequence[int], switches: Sequence[int]) -> frozenset[int] | None:
        """Those of the assumptions that already contradict each other; None if they do not."""
        self._solver.conf_budget(CONFLICT_BUDGET)
        answer = self._solver.solve_limited(assumptions=[*self._formula.of_codes(codes), *switches])
        if answer is None:
            raise Undecided
        return None if answer else frozenset(self._solver.get_core() or ())
