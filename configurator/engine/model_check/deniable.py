"""The network of a model in which every rule can be asked to be broken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from configurator.engine.model import RuleRef
from configurator.engine.network.encode import Encoding
from configurator.engine.network.network import DEFINITION, Network, NetworkTable, fails, holds, opposite

Clause = tuple[int, ...]


@dataclass(frozen=True)
class DeniableNetwork:
    """A network with, for every rule and table, codes that hold together only where it is broken."""

    network: Network
    origins: tuple[RuleRef, ...]
    variable_origin: Mapping[int, int]
    origin_of: Mapping[str, int]
    """Of each rule and table, by its code; groups of the tree have no denial."""
    denial_of: Mapping[str, tuple[int, ...] | None]
    """None: nothing breaks the rule."""
    denials: Mapping[int, tuple[Clause, ...]]
    """What the variables mean that were added, by variable. They are part of the network and ask for nothing."""


def deniable(encoding: Encoding, helping: Iterable[str] = ()) -> DeniableNetwork:
    """The network of an encoding with denials.

    `helping` are features, and the rules of the same codes say what they mean: they can be neither broken nor blamed.
    """
    return _Denials(encoding, frozenset(helping)).network()


class _Denials:
    def __init__(self, encoding: Encoding, helping: frozenset[str]) -> None:
        self.encoding, self.helping = encoding, helping
        self.starts: list[int] = encoding.network.literal_start.tolist()
        self.denials: dict[int, tuple[Clause, ...]] = {}

    def network(self) -> DeniableNetwork:
        before = self.encoding.network
        model = self.encoding.model
        named = [table.code for table in model.tables] + [rule.code for rule in model.rules]
        # The groups of the tree come first; their codes may be those of rules, too.
        origin_of = {code: place for place, code in enumerate(named, len(self.encoding.origins) - len(named))}
        meaning = {origin_of.pop(code) for code in self.helping}
        clause_origin = [DEFINITION if origin in meaning else origin for origin in before.clause_origin]
        tables = [
            NetworkTable(each.variables, each.rows, DEFINITION if each.origin in meaning else each.origin)
            for each in before.tables
        ]
        clauses_of: dict[int, list[Clause]] = {}
        for clause, origin in zip(before.clauses, clause_origin, strict=True):
            clauses_of.setdefault(origin, []).append(clause)
        tables_of: dict[int, list[NetworkTable]] = {}
        for table in tables:
            tables_of.setdefault(table.origin, []).append(table)
        denial_of = {
            code: self.denial(clauses_of.get(origin, []), tables_of.get(origin, []))
            for code, origin in origin_of.items()
        }
        added = [clause for clauses in self.denials.values() for clause in clauses]
        hidden = np.ones(len(self.starts) - 1, dtype=np.bool_)
        hidden[: before.variables] = before.hidden
        hidden[self.helping_variables()] = True
        network = Network(
            np.array(self.starts, dtype=np.int32),
            hidden,
            [*before.clauses, *added],
            [*clause_origin, *(DEFINITION for _ in added)],
            tables,
        )
        return DeniableNetwork(
            network, self.encoding.origins, self.encoding.variable_origin, origin_of, denial_of, self.denials
        )

    def helping_variables(self) -> list[int]:
        literals = [self.encoding.slots[self.encoding.slot(name, True)].code >> 1 for name in self.helping]
        return (np.searchsorted(self.encoding.network.literal_start, literals, side="right") - 1).tolist()

    def denial(self, clauses: Sequence[Clause], tables: Sequence[NetworkTable]) -> Clause | None:
        if not clauses and not tables:
            return None
        if len(clauses) == 1 and not tables:
            return tuple(opposite(code) for code in clauses[0])
        parts = [self.says([(opposite(code),) for code in clause]) for clause in clauses]
        parts += [self.says([tuple(fails(int(cell)) for cell in row) for row in table.rows]) for table in tables]
        return (self.says([tuple(parts)]),)

    def says(self, clauses: Sequence[Clause]) -> int:
        """The code of a new variable; where it holds, so do the clauses."""
        literal = self.starts[-1] + 1
        self.denials[len(self.starts) - 1] = tuple((fails(literal), *clause) for clause in clauses)
        self.starts.append(literal + 1)
        return holds(literal)
