"""The model of a product: variables with finite domains, and what must hold between them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from configurator.engine.errors import (
    BadDomain,
    BadRule,
    DuplicateName,
    ModelTooLarge,
    UnknownFeature,
    UnknownValue,
    suggestion,
)
from configurator.engine.expressions import Expression, Value

VALUE_LIMIT = 100_000
"""Values of one variable."""
INTEGER_LIMIT = 10**12
"""Size of a number a feature may have."""
ROW_LIMIT = 1_000_000
"""Rows of one table."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that the customer picked for a feature."""

    name: str
    value: Value

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule, table or group of the model, with the text a customer reads."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} ({self.text})" if self.text else self.code


Conflict = frozenset[Choice | RuleRef]
"""What cannot hold together; leaving out any one element resolves it."""
Choices = Mapping[str, Value]
"""What the customer has picked, oldest first."""
Prices = Mapping[tuple[str, Value], int]
"""Price of a value, in the smallest unit of the currency; what is not named costs nothing."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A question with exactly one answer out of `domain`: all booleans, all integers or all words."""

    name: str
    domain: tuple[Value, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that every buildable product fulfils."""

    code: str
    expression: Expression
    text: str = ""

    @property
    def reference(self) -> RuleRef:
        """How a conflict names this rule."""
        return RuleRef(self.code, self.text)


@dataclass(frozen=True, slots=True)
class Table:
    """The combinations of the columns' values that are allowed, or, with allowed=False, forbidden."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    text: str = ""
    allowed: bool = True

    @property
    def reference(self) -> RuleRef:
        """How a conflict names this table."""
        return RuleRef(self.code, self.text)


@dataclass(frozen=True, slots=True)
class FeatureNode:
    """A feature of a feature tree and the group of its parent that it belongs to.

    `group` is root, mandatory, optional, or, alternative or cardinality; siblings with the same
    `group_number` share one group. `cardinality` counts the members of a group of that kind. `value` names the
    variable that says which number or word the feature has, for one that is more than there or not.
    """

    name: str
    parent: str | None = None
    abstract: bool = False
    group: str = "root"
    group_number: int = 0
    cardinality: tuple[int, int] = (0, 0)
    attributes: tuple[tuple[str, object], ...] = ()
    value: str = ""


@dataclass(frozen=True)
class Model:
    """A product's knowledge, checked: names are unique, and tables and tree speak of variables that exist."""

    name: str
    variables: tuple[Variable, ...]
    rules: tuple[Rule, ...] = ()
    tables: tuple[Table, ...] = ()
    tree: tuple[FeatureNode, ...] = field(default=())

    def __post_init__(self) -> None:
        _refuse_duplicates("feature", [variable.name for variable in self.variables])
        _refuse_duplicates("rule", [rule.code for rule in self.rules] + [table.code for table in self.tables])
        for variable in self.variables:
            _check_domain(variable)
        for table in self.tables:
            self._check_table(table)
        for node in self.tree:
            if self.domain(node.name) != (False, True):
                raise BadDomain(node.name, "must be false and true, as it stands in a feature tree")
            if node.value:
                self.variable(node.value)

    @cached_property
    def _by_name(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.variables}

    def variable(self, name: str) -> Variable:
        """The variable called `name`; raises UnknownFeature with the nearest name."""
        found = self._by_name.get(name)
        if found is None:
            raise UnknownFeature(name, suggestion(name, self._by_name))
        return found

    def has(self, name: str) -> bool:
        """Whether a variable is called `name`."""
        return name in self._by_name

    def domain(self, name: str) -> tuple[Value, ...]:
        """All values of a feature, in the order they were written."""
        return self.variable(name).domain

    def concrete_leaves(self) -> tuple[str, ...]:
        """Features of the tree that are things of their own: not abstract, no mere value, nothing below them."""
        parents = {node.parent for node in self.tree}
        things = (node.name for node in self.tree if not node.abstract and not node.value)
        return tuple(name for name in things if name not in parents)

    def _check_table(self, table: Table) -> None:
        domains = [self.domain(column) for column in table.columns]
        if len(set(table.columns)) != len(table.columns) or not table.columns:
            raise BadRule(table.code, "the columns of a table are different features, at least one")
        if len(table.rows) > ROW_LIMIT:
            raise ModelTooLarge(f"rows of table {table.code}", len(table.rows), ROW_LIMIT)
        for length in set(map(len, table.rows)) - {len(table.columns)}:
            raise BadRule(table.code, f"a row has {length} values for {len(table.columns)} columns")
        # By sets of each column, as a table may have a million rows; the types apart, because True == 1.
        for place, (column, domain) in enumerate(zip(table.columns, domains)):
            cell, kind, allowed = itemgetter(place), type(domain[0]), frozenset(domain)
            if {*map(type, map(cell, table.rows))} - {kind} or not allowed.issuperset(map(cell, table.rows)):
                stranger = next(
                    value for value in map(cell, table.rows) if type(value) is not kind or value not in allowed
                )
                raise UnknownValue(column, stranger, suggestion(str(stranger), [str(value) for value in domain]))


def _refuse_duplicates(kind: str, found: list[str]) -> None:
    name, count = Counter(found).most_common(1)[0] if found else ("", 0)
    if count > 1:
        raise DuplicateName(kind, name)


def _check_domain(variable: Variable) -> None:
    if not variable.domain:
        raise BadDomain(variable.name, "are missing: a feature has at least one")
    if len(variable.domain) > VALUE_LIMIT:
        raise ModelTooLarge(f"values of {variable.name}", len(variable.domain), VALUE_LIMIT)
    if len({type(value) for value in variable.domain}) > 1:
        raise BadDomain(variable.name, "are of several kinds: all are words, all are numbers, or false and true")
    if any(isinstance(value, int) and abs(value) > INTEGER_LIMIT for value in variable.domain):
        raise BadDomain(variable.name, f"go beyond {INTEGER_LIMIT:,}")
    if len(set(variable.domain)) != len(variable.domain):
        raise BadDomain(variable.name, "contain one twice")
