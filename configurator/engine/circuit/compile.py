"""Compile a network: condense it, try decision orders, and keep the smallest circuit found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit import search
from configurator.engine.circuit.arrays import DECISIONS, EDGES, RESULT, WORK, Constraints, Store
from configurator.engine.circuit.assemble import assemble, void_circuit
from configurator.engine.circuit.circuit import Circuit
from configurator.engine.circuit.condense import condense
from configurator.engine.circuit.layout import constraints_of, fresh_state, fresh_store, grown
from configurator.engine.circuit.order import decision_orders
from configurator.engine.circuit.trace import recache
from configurator.engine.errors import BudgetExceeded
from configurator.engine.network.network import Network, NetworkTable

ORDERS = 8
"""So many orders are tried if they are cheap."""
TRYING_WORK = 60_000_000
"""Steps after which no further order is tried once a circuit is found: some seconds."""
FIRST_WORK = 50_000_000
"""Steps given to each order in the first round; every round that finds no circuit allows four times as many."""
SLICE = 500
"""Decisions between two looks at the budget."""

Progress = Callable[[str, int], None]
"""Called with what is being done and a number that grows."""


@dataclass(frozen=True)
class _Budget:
    """What compiling may cost, in seconds and in megabytes of working memory."""

    seconds: float
    megabytes: float
    begun: float

    def check(self, store: Store) -> None:
        """Raise BudgetExceeded when too much time or memory is spent."""
        if monotonic() - self.begun > self.seconds:
            raise BudgetExceeded("seconds", self.seconds)
        if sum(array.nbytes for array in store) > self.megabytes * 1_000_000:
            raise BudgetExceeded("megabytes", self.megabytes)


def compile_circuit(
    network: Network,
    slot_codes: NDArray[np.int32],
    slot_start: NDArray[np.int32],
    *,
    seconds: float = 60,
    megabytes: float = 1000,
    progress: Progress | None = None,
) -> Circuit:
    """The circuit of a network; of a contradictory one a circuit whose root is false.

    `slot_codes` and `slot_start` are those of Circuit, in codes of this network. The same network gives the same
    circuit wherever its budget suffices. Raises BudgetExceeded. `progress` may raise to cancel.
    """
    warm()
    budget = _Budget(seconds, megabytes, monotonic())
    tell = progress or _silent
    tell("condensing", 0)
    condensed = condense(network)
    if condensed is None:
        return void_circuit(slot_codes, slot_start)
    codes = condensed.code_of[slot_codes]
    best = _smallest_trace(condensed.network, budget, tell)
    tell("assembling", 0)
    return assemble(condensed.network, *best, codes, slot_start)


@cache
def warm() -> None:
    """The search is machine code: making it, where it is not stored yet, takes a minute that is nobody's budget."""
    start = np.array([0, 2, 4, 7], dtype=np.int32)
    rows = np.array([[0, 4], [0, 5], [1, 4], [1, 6]], dtype=np.int32)
    table = NetworkTable((0, 2), rows)
    network = Network(start, np.zeros(3, dtype=np.bool_), [(0, 4, 8), (2, 6)], [0, 0], [table])
    _smallest_trace(network, _Budget(float("inf"), float("inf"), monotonic()), _silent)
    net = constraints_of(network, np.zeros(3, dtype=np.int32))
    store = fresh_store(net)
    recache(store.cache_key, store.cache_node, store.cache_key.copy(), np.full_like(store.cache_node, -1))


def _smallest_trace(network: Network, budget: _Budget, tell: Progress) -> tuple[Store, int]:
    """The finished trace with the fewest edges among the orders tried, and its root."""
    best: tuple[Store, int] | None = None
    net = constraints_of(network, np.zeros(network.variables, dtype=np.int32))
    priorities: list[NDArray[np.int32]] = []
    orders = decision_orders(network)
    allowed = FIRST_WORK
    spent = 0
    while best is None:
        for number in range(ORDERS):
            if len(priorities) == number:
                priorities.append(next(islice(orders, 1)))
            smallest: int | None = int(best[0].counts[EDGES]) if best else None
            trial, work = _trace(net._replace(priority=priorities[number]), allowed, smallest, budget, tell)
            spent += work
            best = trial or best
            if best is not None and spent > TRYING_WORK:
                break
        allowed *= 4
    return best


def _trace(
    net: Constraints, allowed: int, smallest: int | None, budget: _Budget, tell: Progress
) -> tuple[tuple[Store, int] | None, int]:
    """A finished trace with its root, or None where it takes more work or edges than allowed; and the work it took."""
    state, store = fresh_state(net), fresh_store(net)
    if not search.begin(net, state, store):
        return (store, len(net.variable_of)), 0
    while True:
        status = search.run(net, state, store, SLICE)
        tell("compiling", int(store.counts[DECISIONS]))
        if status == search.DONE:
            better = smallest is None or int(store.counts[EDGES]) < smallest
            return (store, int(state.marks[RESULT])) if better else None, int(state.marks[WORK])
        budget.check(store)
        if status == search.FULL:
            store = grown(net, state, store)
        if state.marks[WORK] > allowed or (smallest is not None and store.counts[EDGES] > smallest):
            return None, int(state.marks[WORK])


def _silent(what: str, count: int) -> None:
    """Nobody is watching."""
