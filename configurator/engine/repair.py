"""The smallest sets of choices to withdraw so that a value can be had: minimal correction sets, by MaxSAT."""

from collections.abc import Mapping

from pysat.examples.rc2 import RC2
from pysat.formula import WCNF

from configurator.engine.encoding import Encoding
from configurator.engine.optimum import hard_clauses


def withdrawals(encoding: Encoding, choices: Mapping[str, int], wanted: int, count: int) -> tuple[frozenset[str], ...]:
    """Up to `count` minimal sets of features to withdraw, fewest first; among equals late choices go first.

    `choices` maps features to their literals, oldest first. Empty when the value is impossible whatever is
    withdrawn; one empty set when nothing needs to be.
    """
    formula = WCNF()
    formula.hard = [*hard_clauses(encoding), [wanted]]
    formula.nv = encoding.top
    # One choice more weighs more than all differences of age together.
    base = len(choices) * len(choices) + 1
    for age, literal in enumerate(choices.values()):
        formula.append([literal], weight=base + len(choices) - age)
    found: list[frozenset[str]] = []
    with RC2(formula, solver="g4", adapt=True) as search:
        while len(found) < count and (model := search.compute()) is not None:
            held = frozenset(model)
            withdrawn = {name: literal for name, literal in choices.items() if literal not in held}
            found.append(frozenset(withdrawn))
            if not withdrawn:
                break
            search.add_clause(list(withdrawn.values()))  # one of them stays: no set that contains this one again
    return tuple(found)
