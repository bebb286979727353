"""Why slots cannot hold together: a minimal set of rules, each known by its origin in the network."""

from collections.abc import Iterable, Mapping, Sequence

from pysat.solvers import Solver

from configurator.engine.network.network import Network
from configurator.engine.sat.formula import Formula, formula_of
from configurator.engine.sat.rule_cores import RuleCores


class Explainer:
    """Names the origins that exclude slots. It is built at the first question. Not safe for threads."""

    def __init__(
        self, network: Network, slot_codes: Iterable[int], variable_origin: Mapping[int, int] | None = None
    ) -> None:
        self._network, self._variable_origin = network, variable_origin
        self._codes = [int(code) for code in slot_codes]
        self._switched: _SwitchedRules | None = None

    def rules(self, slots: Sequence[int]) -> tuple[int, ...]:
        """A minimal set of origins under which the slots, which contradict the network, cannot hold together.

        `~slot` stands for the absence of a slot. Definitions always hold. Empty when the slots contradict each other
        without any rule.
        """
        if self._switched is None:
            self._switched = _SwitchedRules(self._network, formula_of(self._network, self._variable_origin))
        return self._switched.minimal([self._codes[slot] if slot >= 0 else self._codes[~slot] ^ 1 for slot in slots])


class _SwitchedRules:
    """A solver in which each rule can be switched off."""

    def __init__(self, network: Network, formula: Formula) -> None:
        self._formula = formula
        self._cores = RuleCores(network, formula)
        self._solver = Solver("glucose4", bootstrap_with=formula.fixed)
        self._origin_of = dict(enumerate(formula.blamed, formula.top + 1))
        for switch, origin in self._origin_of.items():
            self._solver.append_formula([[*clause, -switch] for clause in formula.blamed[origin]])

    def minimal(self, codes: Sequence[int]) -> tuple[int, ...]:
        """A minimal set of origins that exclude the codes."""
        literals = self._formula.of_codes(codes)
        if self._solver.solve(assumptions=[*literals, *self._origin_of]):
            raise AssertionError("an explanation was asked for where nothing contradicts")
        core = frozenset(self._solver.get_core() or ())
        return self._cores.minimal(literals, (origin for switch, origin in self._origin_of.items() if switch in core))
