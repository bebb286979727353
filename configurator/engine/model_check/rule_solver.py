"""A solver in which every rule can be left out or turned into its opposite: which rules follow from which.

The checks are those of Benavides, Segura, Ruiz-Cortes, "Automated analysis of feature models 20 years later"
(Information Systems 35, 2010), each as one question to an incremental SAT solver.
"""

from collections.abc import Iterable, Sequence

from pysat.solvers import Solver

from configurator.engine.expressions import Value
from configurator.engine.model import RuleRef
from configurator.engine.model_check.rule_clauses import RuleClauses
from configurator.engine.model_check.rule_core import RuleCores
from configurator.engine.oracle import solver_clauses

CONFLICT_BUDGET = 50_000
"""Conflicts the solver may meet in one question; beyond it the answer is unknown."""


class Undecided(Exception):
    """The solver gave up a question whose answer would take too long."""


class RuleSolver:
    """Questions about rules. `definitions` are helping features, and the rules of that code say what they mean."""

    def __init__(self, clauses: RuleClauses, definitions: frozenset[str] = frozenset()) -> None:
        self._literals = clauses.literals
        self._rules: dict[int, RuleRef] = {}
        self._switch_of: dict[str, int] = {}
        self._denial_of: dict[str, int] = {}
        hard = [*clauses.hard]
        switched = {}
        switch = clauses.top
        for rule in clauses.rules:
            if rule.reference.code in definitions:
                hard += rule.clauses
                continue
            switch += 1
            self._rules[switch] = rule.reference
            self._switch_of[rule.reference.code] = switch
            self._denial_of[rule.reference.code] = rule.denial
            switched[switch] = rule.clauses
        self._solver = Solver("glucose4", bootstrap_with=solver_clauses([*hard, *clauses.denials]))
        for switch, rule_clauses in switched.items():
            self._solver.append_formula([[*clause, -switch] for clause in rule_clauses])
        helping = {abs(literal) for name in definitions for literal in clauses.literals[name].values()}
        domains = [domain for domain in clauses.domains if abs(domain[0]) not in helping]
        self._cores = RuleCores(hard, clauses.denials, domains, switched)

    def literal(self, name: str, value: Value) -> int:
        """The literal that says that the feature has the value."""
        return self._literals[name][value]

    def denial(self, code: str) -> int:
        """A literal that can be true only where the rule is broken."""
        return self._denial_of[code]

    def possible(self, literals: Sequence[int], without: Iterable[str] = ()) -> bool:
        """Whether a selection keeps all rules but those named and has the literals; raises Undecided."""
        return self._core([*literals, *self._switches(without)]) is None

    def breakable(self, code: str) -> bool:
        """Whether anything breaks the rule, were there no other."""
        return self._core([self._denial_of[code]]) is None

    def implied(self, code: str) -> bool:
        """Whether the other rules imply this one: without it there are no more selections. Raises Undecided."""
        return not self.possible([self._denial_of[code]], [code])

    def met(self, questions: Sequence[Sequence[int]]) -> frozenset[int]:
        """The numbers of the questions (literals that are to hold together) to which some selection says yes.

        Every selection found is steered towards what no earlier one had, so few of them answer for most questions.
        What the solver gives up is left out.
        """
        found: set[int] = set()
        switches = list(self._rules)
        for number, question in enumerate(questions):
            if number in found:
                continue
            left = [other for other in range(number, len(questions)) if other not in found]
            self._solver.set_phases([literal for other in left for literal in questions[other]])
            try:
                if self._core([*question, *switches]) is not None:
                    continue
            except Undecided:
                continue
            held = self._solver.get_model()
            found.update(
                other for other in left if all(held[abs(literal) - 1] == literal for literal in questions[other])
            )
        return frozenset(found)

    def reasons(self, literals: Sequence[int], without: Iterable[str] = ()) -> tuple[RuleRef, ...] | None:
        """A minimal set of rules that together exclude the literals; None when they are possible. Raises Undecided."""
        core = self._core([*literals, *self._switches(without)])
        if core is None:
            return None
        return tuple(self._rules[switch] for switch in self._cores.minimal(literals, core & self._rules.keys()))

    def contradictions(self) -> tuple[tuple[RuleRef, ...], ...]:
        """Minimal sets of rules that contradict each other, no rule in two of them; none when selections exist."""
        found: list[tuple[RuleRef, ...]] = []
        left = dict.fromkeys(self._rules)
        while core := self._core(list(left)):
            switches = self._cores.minimal([], core)
            found.append(tuple(self._rules[switch] for switch in switches))
            for switch in switches:
                del left[switch]
        return tuple(found)

    def _switches(self, without: Iterable[str]) -> list[int]:
        left_out = {self._switch_of[code] for code in without}
        return [switch for switch in self._rules if switch not in left_out]

    def _core(self, assumptions: list[int]) -> frozenset[int] | None:
        """Those of the assumptions that already contradict each other; None if they do not."""
        self._solver.conf_budget(CONFLICT_BUDGET)
        answer = self._solver.solve_limited(assumptions=assumptions)
        if answer is None:
            raise Undecided
        return None if answer else frozenset(self._solver.get_core() or ())
