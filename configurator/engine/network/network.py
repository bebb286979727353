"""A constraint network over finite domains: variables, clauses and tables, all as numbers.

Literals number all pairs of a variable and a value, variable by variable. A *code* is a literal with a sign:
`2 * literal` says that the variable has this value, `2 * literal + 1` that it has another one. (Signed literals of
many-valued logic; see Beckert, Haehnle, Manya, "The SAT problem of signed CNF formulas", 2000.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]

DEFINITION = -1
"""Origin of a constraint that only says what a hidden variable means; no rule is to be blamed for it."""


@dataclass(frozen=True)
class NetworkTable:
    """Allowed rows of literals: `rows[i, j]` is a literal of `variables[j]`; no row stands there twice."""

    variables: tuple[int, ...]
    rows: Int32s
    origin: int = DEFINITION


@dataclass(frozen=True)
class Network:
    """Every variable takes exactly one of its literals so that each clause and each table holds.

    `literal_start` has one entry more than there are variables: the literals of variable v are those from
    `literal_start[v]` up to `literal_start[v + 1]`. A `hidden` variable is fixed by the others (it stands for an
    intermediate result) and is never asked for. A clause is a tuple of codes of which one must hold.
    """

    literal_start: Int32s
    hidden: Bools
    clauses: Sequence[tuple[int, ...]]
    clause_origin: Sequence[int]
    tables: Sequence[NetworkTable] = ()

    @property
    def variables(self) -> int:
        """Number of variables."""
        return len(self.literal_start) - 1

    @property
    def literals(self) -> int:
        """Number of literals of all variables."""
        return int(self.literal_start[-1])


def holds(literal: int) -> int:
    """The code that says that the literal's variable has this value."""
    return 2 * literal


def fails(literal: int) -> int:
    """The code that says that the literal's variable has another value."""
    return 2 * literal + 1


def opposite(code: int) -> int:
    """The code that holds exactly when this one does not."""
    return code ^ 1
