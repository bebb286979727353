"""From a network to the clauses a SAT solver reads.

Literals of the solver are integers, their negation is the negative. The solver's variable 1 is the constant true.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from configurator.engine.network.network import DEFINITION, Network, NetworkTable

Clause = list[int]
Int64s = NDArray[np.int64]

TRUE = 1
PAIRWISE_LIMIT = 6
"""Up to so many literals, at-most-one is written pair by pair."""


@dataclass(frozen=True)
class Formula:
    """The clauses of a network. `literal[l]` is what says that literal l of the network holds.

    `domains` has the clauses of each variable that keep its literals apart, `definitions` those that say what hidden
    variables mean; no explanation names these. `blamed` are the clauses of each origin. Variables up to `top` are used.
    """

    literal: Int64s
    domains: Mapping[int, list[Clause]]
    definitions: list[Clause]
    blamed: Mapping[int, list[Clause]]
    top: int

    @property
    def fixed(self) -> list[Clause]:
        """The clauses that hold whatever rules do."""
        return [[TRUE], *(clause for clauses in self.domains.values() for clause in clauses), *self.definitions]

    def of_codes(self, codes: Iterable[int]) -> list[int]:
        """The solver's literals of the network's codes."""
        literal = self.literal
        return [int(-literal[code >> 1] if code & 1 else literal[code >> 1]) for code in codes]

    def clauses(self) -> list[Clause]:
        """All clauses."""
        return [*self.fixed, *(clause for clauses in self.blamed.values() for clause in clauses)]


def formula_of(network: Network, variable_origin: Mapping[int, int] | None = None) -> Formula:
    """The clauses that hold exactly in the selections of the network.

    A variable of two literals is one variable of the solver, of one literal the constant true, any other has
    a variable per literal of which exactly one holds. `variable_origin` says which origin makes the literals of a
    variable exclude each other; else it goes without saying.
    """
    return _Writer(network, variable_origin or {}).formula()


def at_most_one(literals: Sequence[int], new: Sequence[int]) -> list[Clause]:
    """Clauses that hold when no two of the literals do; `new` are unused variables, one fewer than literals.

    Ladder: Sinz, "Towards an Optimal CNF Encoding of Boolean Cardinality Constraints", CP 2005.
    """
    if len(literals) <= PAIRWISE_LIMIT:
        return [[-a, -b] for index, a in enumerate(literals) for b in literals[:index]]
    clauses: list[Clause] = []
    for index, literal in enumerate(literals):
        if index:
            clauses.append([-new[index - 1], -literal])
        if index < len(literals) - 1:
            clauses.append([-literal, new[index]])
            if index:
                clauses.append([-new[index - 1], new[index]])
    return clauses


class _Writer:
    def __init__(self, network: Network, variable_origin: Mapping[int, int]) -> None:
        self.network, self.variable_origin = network, variable_origin
        self.top = TRUE
        self.domains: dict[int, list[Clause]] = {}
        self.definitions: list[Clause] = []
        self.blamed: dict[int, list[Clause]] = {}

    def formula(self) -> Formula:
        network = self.network
        self.literal = self.number_literals()
        for variable in range(network.variables):
            self.write_domain(variable)
        formula = Formula(self.literal, self.domains, self.definitions, self.blamed, self.top)
        for codes, origin in zip(network.clauses, network.clause_origin, strict=True):
            self.of_origin(origin).append(formula.of_codes(codes) or [-TRUE])
        for table in network.tables:
            self.write_table(table)
        return Formula(self.literal, self.domains, self.definitions, self.blamed, self.top)

    def of_origin(self, origin: int) -> list[Clause]:
        return self.definitions if origin == DEFINITION else self.blamed.setdefault(origin, [])

    def new(self, count: int) -> range:
        self.top += count
        return range(self.top - count + 1, self.top + 1)

    def number_literals(self) -> Int64s:
        literal = np.full(self.network.literals, TRUE, dtype=np.int64)
        for first, end in pairwise(self.network.literal_start.tolist()):
            if end - first == 2:
                (variable,) = self.new(1)
                literal[first:end] = -variable, variable
            elif end - first > 2:
                literal[first:end] = self.new(end - first)
        return literal

    def write_domain(self, variable: int) -> None:
        literals = self.literal[self.domain(variable)].tolist()
        if not literals:
            self.domains[variable] = [[-TRUE]]
        elif len(literals) == 2:
            self.domains[variable] = [literals]  # always true; every solver must know the variable
        elif len(literals) > 2:
            exclusions = at_most_one(literals, self.new(len(literals) - 1 if len(literals) > PAIRWISE_LIMIT else 0))
            origin = self.variable_origin.get(variable, DEFINITION)
            if origin == DEFINITION:
                self.domains[variable] = [literals, *exclusions]
            else:
                self.domains[variable] = [literals]
                self.of_origin(origin).extend(exclusions)

    def write_table(self, table: NetworkTable) -> None:
        clauses = self.of_origin(table.origin)
        if not len(table.rows):
            clauses.append([-TRUE])
        elif len(table.variables) == 1:
            clauses.append(self.literal[table.rows[:, 0]].tolist())
        elif len(table.variables) == 2:
            self.write_supports(table, clauses)
        else:
            self.write_rows(table, clauses)

    def write_supports(self, table: NetworkTable, clauses: list[Clause]) -> None:
        """Two columns: each value needs one of those it stands beside (support encoding; Gent, ECAI 2002)."""
        for own, other in ((0, 1), (1, 0)):
            beside = _grouped(table.rows[:, own], table.rows[:, other])
            size = self.domain_size(table.variables[other])
            for literal in self.domain(table.variables[own]):
                partners = beside.get(literal, [])
                if len(partners) < size:
                    clauses.append([-int(self.literal[literal]), *self.literal[partners].tolist()])

    def write_rows(self, table: NetworkTable, clauses: list[Clause]) -> None:
        """Many columns: a variable for all rows alike but in one column, which decides on their other values.

        Unit propagation then removes every value without a row (Bacchus, "GAC via Unit Propagation", CP 2007).
        """
        merged, groups, members = _merged_rows(table.rows)
        chosen = self.new(len(groups))
        columns = [column for column in range(len(table.variables)) if column != merged]
        clauses.append(list(chosen))
        for column in columns:
            literals = self.literal[groups[:, column]].tolist()
            clauses += [[-row, literal] for row, literal in zip(chosen, literals)]
            beside = _grouped(groups[:, column], np.arange(len(groups)))
            for literal in self.domain(table.variables[column]):
                clauses.append([-int(self.literal[literal]), *(chosen[row] for row in beside.get(literal, []))])
        size = self.domain_size(table.variables[merged])
        rows_of: dict[int, list[int]] = {literal: [] for literal in self.domain(table.variables[merged])}
        for row, values in zip(chosen, members):
            if len(values) < size:
                clauses.append([-row, *self.literal[values].tolist()])
            for value in values:
                rows_of[value].append(row)
        clauses += [[-int(self.literal[value]), *rows] for value, rows in rows_of.items() if len(rows) < len(groups)]

    def domain(self, variable: int) -> range:
        return range(int(self.network.literal_start[variable]), int(self.network.literal_start[variable + 1]))

    def domain_size(self, variable: int) -> int:
        return len(self.domain(variable))


def _grouped(keys: NDArray[np.integer], values: NDArray[np.integer]) -> dict[int, list[int]]:
    """The values that stand beside each key, in their order."""
    order = np.argsort(keys, kind="stable")
    found, first = np.unique(keys[order], return_index=True)
    return {int(key): part.tolist() for key, part in zip(found, np.split(values[order], first[1:]))}


def _merged_rows(rows: NDArray[np.int32]) -> tuple[int, NDArray[np.int32], list[list[int]]]:
    """The column that joins most rows when it may differ, the rows that stay, and the column's values in each."""
    best: tuple[int, NDArray[np.int32], NDArray[np.intp]] | None = None
    for column in range(rows.shape[1]):
        masked = rows.copy()
        masked[:, column] = -1
        groups, inverse = np.unique(masked, axis=0, return_inverse=True)
        if best is None or len(groups) < len(best[1]):
            best = column, groups, inverse.reshape(-1)
    assert best is not None
    column, groups, inverse = best
    members = _grouped(inverse, rows[:, column])
    return column, groups, [members[group] for group in range(len(groups))]
