"""One run of CP-SAT that ends in time, can be cancelled, and never hides a mistake in the model."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from math import ceil
from time import monotonic
from typing import NamedTuple

from ortools.sat.python import cp_model

POLL_SECONDS = 0.1
"""How often it is asked whether to stop."""


class Outcome(Enum):
    """How a run ended."""

    PROVED = "the solution is the best there is"
    FOUND = "a solution, not proved the best"
    NOTHING = "no solution in the time given"


OUTCOMES = {
    cp_model.OPTIMAL: Outcome.PROVED,
    cp_model.FEASIBLE: Outcome.FOUND,
    cp_model.UNKNOWN: Outcome.NOTHING,
}
"""No key for MODEL_INVALID and INFEASIBLE, so they raise: every model holds the plan it starts from."""


class Effort(NamedTuple):
    """What a run may use; `interrupted` is asked every `POLL_SECONDS` whether to stop."""

    seconds: float
    workers: int
    seed: int
    interrupted: Callable[[], bool]


class Answer(NamedTuple):
    """What a run found: how it ended, a value no solution is below, and the solver with the best solution."""

    outcome: Outcome
    bound: int | None
    solver: cp_model.CpSolver


def run(model: cp_model.CpModel, effort: Effort) -> Answer:
    """Minimise the model within the effort. The solver runs in threads of its own, `interrupted` in the caller's."""
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.05, effort.seconds)
    solver.parameters.num_workers = effort.workers
    solver.parameters.random_seed = effort.seed
    # Probing can eat the whole budget and end with UNKNOWN in spite of a complete hint.
    solver.parameters.cp_model_probing_level = 0
    begun = monotonic()
    with ThreadPoolExecutor(max_workers=1) as pool:
        status = pool.submit(solver.solve, model)
        while not status.done():
            try:
                status.result(timeout=POLL_SECONDS)
            except TimeoutError:
                if monotonic() - begun > effort.seconds or effort.interrupted():
                    solver.stop_search()
        outcome = OUTCOMES[status.result()]
    if outcome is Outcome.NOTHING:
        return Answer(outcome, None, solver)
    # The bound is a real number that may lie a rounding error above the integer it proves.
    return Answer(outcome, ceil(solver.best_objective_bound - 1e-6), solver)
