"""Every rule of a model as clauses that can be switched on, and its opposite as clauses that can be, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from configurator.engine.clauses import Clause
from configurator.engine.encoding import Encoding
from configurator.engine.expressions import Value
from configurator.engine.model import RuleRef, Table


@dataclass(frozen=True, slots=True)
class SwitchedRule:
    """A rule holds when all `clauses` do; with `denial` assumed it is broken, and only then can `denial` be."""

    reference: RuleRef
    clauses: Sequence[Clause]
    denial: int


@dataclass(frozen=True)
class RuleClauses:
    """A model as clauses: what is always true, and the rules apart from it."""

    hard: Sequence[Clause]
    domains: Sequence[tuple[int, ...]]
    """For every feature its literals, of which exactly one holds; `hard` says so, too."""
    denials: Sequence[Clause]
    """What the denials mean: true in every selection, as none of them has to be."""
    rules: tuple[SwitchedRule, ...]
    literals: Mapping[str, Mapping[Value, int]]
    """For every feature and value the literal that says it holds."""
    top: int


def rule_clauses(encoding: Encoding) -> RuleClauses:
    """The rules of an encoding with their opposites; feature groups are rules, too."""
    return _Denials(encoding).clauses()


class _Denials:
    """Adds to an encoding, for every rule, a literal that can be true only where the rule is broken."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.denials: list[Clause] = []
        self.top = encoding.top
        self.literals = {
            name: {value: encoding.slots[slot].literal for value, slot in slots.items()}
            for name, slots in encoding.slot_of_value.items()
        }
        self.tables = {table.code: table for table in encoding.model.tables if table.allowed}

    def clauses(self) -> RuleClauses:
        rules = tuple(
            SwitchedRule(reference, clauses, self.denial(reference, clauses))
            for reference, clauses in self.encoding.rules
        )
        # Literal 1 is true. A clause with it says nothing, but would connect all features through that literal.
        meaning = [clause for clause in self.encoding.hard if clause == (1,) or 1 not in clause]
        domains = [tuple(dict.fromkeys(literals.values())) for literals in self.literals.values()]
        return RuleClauses(meaning, domains, self.denials, rules, self.literals, self.top)

    def denial(self, reference: RuleRef, clauses: Sequence[Clause]) -> int:
        table = self.tables.get(reference.code)
        if table is not None:
            return self.outside(table)
        if len(clauses) == 1:
            return self.broken(clauses[0])
        broken = [self.broken(clause) for clause in clauses]
        denial = self.new()
        self.denials.append((-denial, *broken))
        return denial

    def broken(self, clause: Clause) -> int:
        """A literal under which no literal of the clause holds."""
        denial = self.new()
        self.denials += [(-denial, -literal) for literal in clause]
        return denial

    def outside(self, table: Table) -> int:
        """A literal under which the selection is none of the table's rows."""
        denial = self.new()
        columns = [self.literals[name] for name in table.columns]
        rows = {tuple(column[value] for column, value in zip(columns, row, strict=True)) for row in table.rows}
        self.denials += [(-denial, *(-literal for literal in row)) for row in sorted(rows)]
        return denial

    def new(self) -> int:
        self.top += 1
        return self.top
