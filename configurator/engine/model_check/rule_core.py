"""The smallest part of a set of rules that still excludes something, found in a network of that set alone.

Asking the solver of the whole model would make it complete a selection of all features for every rule that turns out
to be needed, which is most of the work.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from configurator.engine.model_check.deniable import DeniableNetwork
from configurator.engine.network.network import DEFINITION, Network, NetworkTable
from configurator.engine.sat.explainer import Explainer

Clause = tuple[int, ...]


class RuleCores:
    """Shrinks sets of rules, named by their origins."""

    def __init__(self, deniable: DeniableNetwork) -> None:
        self._deniable, network = deniable, deniable.network
        self._start: list[int] = network.literal_start.tolist()
        self._variable = np.repeat(np.arange(network.variables), np.diff(network.literal_start)).tolist()
        self._clauses_of: dict[int, list[Clause]] = defaultdict(list)
        self._tables_of: dict[int, list[NetworkTable]] = defaultdict(list)
        self._clauses_about: dict[int, list[Clause]] = defaultdict(list)
        self._tables_about: dict[int, list[NetworkTable]] = defaultdict(list)
        denials = {clause for clauses in deniable.denials.values() for clause in clauses}
        hidden = network.hidden.tolist()
        for clause, origin in zip(network.clauses, network.clause_origin, strict=True):
            if origin != DEFINITION:
                self._clauses_of[origin].append(clause)
            elif clause not in denials:
                for variable in {self._variable[code >> 1] for code in clause}:
                    if hidden[variable]:
                        self._clauses_about[variable].append(clause)
        for table in network.tables:
            if table.origin != DEFINITION:
                self._tables_of[table.origin].append(table)
            else:
                for variable in table.variables:
                    if hidden[variable]:
                        self._tables_about[variable].append(table)
        for variable, clauses in deniable.denials.items():
            self._clauses_about[variable] += clauses

    def minimal(self, codes: Sequence[int], origins: Iterable[int]) -> tuple[int, ...]:
        """Those origins that exclude the codes and of which none can be left out, in their order."""
        kept = list(origins)
        clauses = [(clause, origin) for origin in kept for clause in self._clauses_of.get(origin, ())]
        tables = [table for origin in kept for table in self._tables_of.get(origin, ())]
        waiting = self._variables_of(clause for clause, _ in clauses) | self._variables_of([codes])
        waiting.update(variable for table in tables for variable in table.variables)
        reached: set[int] = set()
        meanings: dict[Clause, None] = {}
        meaning_tables: dict[int, NetworkTable] = {}
        while waiting:
            variable = waiting.pop()
            reached.add(variable)
            meanings.update(dict.fromkeys(self._clauses_about.get(variable, ())))
            waiting |= self._variables_of(self._clauses_about.get(variable, ()))
            for table in self._tables_about.get(variable, ()):
                meaning_tables[id(table)] = table
                waiting.update(table.variables)
            waiting -= reached
        part = _Part(self._start, self._variable, sorted(reached))
        network = part.network(
            [*clauses, *((clause, DEFINITION) for clause in meanings)], [*tables, *meaning_tables.values()]
        )
        blamed = self._deniable.variable_origin
        variable_origin = {part.number[each]: blamed[each] for each in reached if each in blamed}
        explainer = Explainer(network, part.clause(codes), variable_origin)
        return tuple(sorted(explainer.rules(range(len(codes)))))

    def _variables_of(self, clauses: Iterable[Iterable[int]]) -> set[int]:
        return {self._variable[code >> 1] for clause in clauses for code in clause}


class _Part:
    """Some variables of a network, numbered anew without gaps: a solver completes all variables it has heard of."""

    def __init__(self, start: Sequence[int], variable: Sequence[int], kept: Sequence[int]) -> None:
        self.number = {old: new for new, old in enumerate(kept)}
        self._variable = variable
        self._starts = [0]
        self._shift: dict[int, int] = {}
        for old in kept:
            self._shift[old] = self._starts[-1] - start[old]
            self._starts.append(self._starts[-1] + start[old + 1] - start[old])

    def clause(self, codes: Iterable[int]) -> Clause:
        """The same codes in the new numbers."""
        return tuple(code + 2 * self._shift[self._variable[code >> 1]] for code in codes)

    def network(self, clauses: Sequence[tuple[Clause, int]], tables: Sequence[NetworkTable]) -> Network:
        """The network of these clauses, each with its origin, and tables."""
        return Network(
            np.array(self._starts, dtype=np.int32),
            np.zeros(len(self.number), dtype=np.bool_),
            [self.clause(codes) for codes, _ in clauses],
            [origin for _, origin in clauses],
            [self._table(table) for table in tables],
        )

    def _table(self, table: NetworkTable) -> NetworkTable:
        shift = np.array([self._shift[variable] for variable in table.variables], dtype=np.int32)
        variables = tuple(self.number[variable] for variable in table.variables)
        return NetworkTable(variables, table.rows + shift, table.origin)
