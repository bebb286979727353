"""Why slots cannot hold together: a minimal set of rules, each known by its origin in the network."""

from collections.abc import Iterable, Mapping, Sequence

from pysat.solvers import Solver

from configurator.engine.network.network import Network
from configurator.engine.sat.formula import Formula, formula_of


class Explainer:
    """Names the origins that exclude slots. It is built at the first question. Not safe for threads."""

    def __init__(
        self, network: Network, slot_codes: Iterable[int], variable_origin: Mapping[int, int] | None = None
    ) -> None:
        self._network, self._variable_origin = network, variable_origin
        self._codes = [int(code) for code in slot_codes]
        self._formula: Formula | None = None

    def rules(self, slots: Sequence[int]) -> tuple[int, ...]:
        """A minimal set of origins under which the slots, which contradict the network, cannot hold together.

        `~slot` stands for the absence of a slot. Definitions always hold. Empty when the slots contradict each other
        without any rule.
        """
        formula, solver, switches = self._ready()
        always = formula.of_codes(self._codes[slot] if slot >= 0 else self._codes[~slot] ^ 1 for slot in slots)
        kept = list(switches)
        core = self._core(solver, [*always, *kept])
        if core is None:
            raise AssertionError("an explanation was asked for where nothing contradicts")
        kept = [switch for switch in kept if switch in core]
        for switch in list(kept):
            if switch not in core:
                kept.remove(switch)
                continue
            smaller = self._core(solver, [*always, *(other for other in kept if other != switch)])
            if smaller is not None:
                core = smaller
                kept.remove(switch)
        return tuple(switches[switch] for switch in kept)

    def _core(self, solver: Solver, literals: list[int]) -> frozenset[int] | None:
        """Those of the literals that already contradict each other; None if they do not."""
        if solver.solve(assumptions=literals):
            return None
        return frozenset(solver.get_core() or ())

    def _ready(self) -> tuple[Formula, Solver, dict[int, int]]:
        if self._formula is None:
            self._formula = formula_of(self._network, self._variable_origin)
            self._solver = Solver("glucose4", bootstrap_with=self._formula.fixed)
            self._switches: dict[int, int] = {}
            for switch, (origin, clauses) in enumerate(self._formula.blamed.items(), self._formula.top + 1):
                self._switches[switch] = origin
                self._solver.append_formula([[*clause, -switch] for clause in clauses])
        return self._formula, self._solver, self._switches
