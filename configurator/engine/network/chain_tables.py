"""From chains to the network: one hidden variable per state, one table per step."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configurator.engine.network.builder import FALSE, TRUE, NetworkBuilder
from configurator.engine.network.chains import Chain, Term
from configurator.engine.network.network import opposite

Int64s = NDArray[np.int64]

NARROW = 16
"""Variables of up to so many literals stand in the table of a step themselves, not a view of them."""


@dataclass(frozen=True, eq=False)
class AxisVariable:
    """The network variable of an axis; `representative[j]` is a value of the axis that its literal j stands for."""

    variable: int
    representative: Int64s


class ChainTables:
    """Writes chains down; the state after each step is fixed by the state before it and the axis that is read."""

    def __init__(self, builder: NetworkBuilder, variables: Mapping[int, AxisVariable]) -> None:
        self.builder, self.variables = builder, variables
        self._outcomes: dict[Chain, int] = {}

    def alternatives(self, chain: Chain, wanted: bool) -> list[int]:
        """Codes of which one holds exactly when the comparison's outcome is the wanted one."""
        if not chain.parts:
            return [TRUE] if chain.constant == int(wanted) else []
        if len(chain.parts) == 1:
            variable, step = self._step(chain, 0)
            return self.builder.among(variable, step[0] == int(wanted))
        code = self.code(chain)
        return [code if wanted else opposite(code)]

    def code(self, chain: Chain) -> int:
        """A code that holds exactly when the comparison is true."""
        if not chain.parts:
            return TRUE if chain.constant else FALSE
        if len(chain.parts) == 1:
            variable, step = self._step(chain, 0)
            return self.builder.one_of(variable, step[0] == 1)
        return self.builder.code(self.builder.start[self._outcome(chain)] + 1)

    def _outcome(self, chain: Chain) -> int:
        """A hidden variable with one literal for each outcome of a chain of several steps."""
        known = self._outcomes.get(chain)
        if known is None:
            variables, rows, outcome = self._last(chain)
            known = self._outcomes[chain] = self.builder.variable(int(chain.steps[-1].max()) + 1, hidden=True)
            self.builder.table((*variables, known), np.column_stack((rows, self.builder.start[known] + outcome)))
        return known

    def require(self, chain: Chain, wanted: bool, origin: int) -> None:
        """The comparison's outcome must be the wanted one."""
        if len(chain.parts) < 2 or chain in self._outcomes:
            self.builder.clause(self.alternatives(chain, wanted), origin)
            return
        variables, rows, outcome = self._last(chain)
        self.builder.table(variables, rows[outcome == int(wanted)], origin)

    def _last(self, chain: Chain) -> tuple[tuple[int, int], Int64s, Int64s]:
        """The two variables of the last step, all pairs of their literals, and the outcome of each."""
        state, step = self._step(chain, 0)
        state, literals = self.builder.view(state, step[0])
        for number in range(1, len(chain.parts)):
            variable, step = self._step(chain, number)
            variable, seen, step = self._seen(variable, step)
            rows = np.stack((np.repeat(literals, len(seen)), np.tile(seen, len(literals))), axis=1)
            if number == len(chain.parts) - 1:
                break
            after = self.builder.variable(int(step.max()) + 1, hidden=True)
            literals = self.builder.literals(after)
            step_rows = np.column_stack((rows, literals[step.reshape(-1)]))
            self.builder.table((state, variable, after), step_rows)
            state = after
        return (state, variable), rows, step.reshape(-1)

    def _step(self, chain: Chain, number: int) -> tuple[int, Int64s]:
        """The variable that is read, and the step with one column per literal of it."""
        part = chain.parts[number]
        if isinstance(part, Term):
            return self._outcome(part.chain), chain.steps[number].astype(np.int64)
        axis = self.variables[part.axis]
        return axis.variable, chain.steps[number][:, part.labels[axis.representative]].astype(np.int64)

    def _seen(self, variable: int, step: Int64s) -> tuple[int, Int64s, Int64s]:
        """What the step reads: the variable, or a view of it where that tells far fewer values apart."""
        if step.shape[1] <= NARROW:
            return variable, self.builder.literals(variable), step
        columns, labels = np.unique(step, axis=1, return_inverse=True)
        variable, seen = self.builder.view(variable, labels.reshape(-1))
        return variable, seen, columns
