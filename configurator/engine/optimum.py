"""The cheapest selection: exact, by core-guided MaxSAT (RC2; Ignatiev, Morgado, Marques-Silva, JSAT 11, 2019)."""

from collections.abc import Sequence

from pysat.examples.rc2 import RC2Stratified
from pysat.formula import WCNF

from configurator.engine.encoding import Encoding
from configurator.engine.oracle import solver_clauses


def cheapest_slots(encoding: Encoding, assumptions: Sequence[int], costs: Sequence[int]) -> list[int]:
    """The slots of a selection under the assumptions, which must be consistent, with the least sum of costs."""
    formula = WCNF()
    formula.hard = [*hard_clauses(encoding), *([literal] for literal in assumptions)]
    formula.nv = encoding.top
    for span in encoding.slots_of.values():
        # One slot of each feature holds, so a price all of them share may be taken out: no weight is negative.
        least = min(costs[slot] for slot in span)
        for slot in span:
            if costs[slot] > least:
                formula.append([-encoding.slots[slot].literal], weight=costs[slot] - least)
    if not formula.soft:
        formula.append([1], weight=1)  # all selections cost the same; the search wants something to look for
    with RC2Stratified(formula, solver="g4", adapt=True, exhaust=True, minz=True) as search:
        model = search.compute()
    if model is None:
        raise AssertionError("the cheapest selection was asked for where there is none")
    held = set(model)
    return [slot for slot, entry in enumerate(encoding.slots) if entry.literal in held]


def hard_clauses(encoding: Encoding) -> list[list[int]]:
    """All clauses of the model, as the solvers take them."""
    clauses = solver_clauses(encoding.hard)
    for _, more in encoding.rules:
        clauses += solver_clauses(more)
    return clauses
