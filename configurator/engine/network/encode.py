"""From a model to the constraint network that both engines reason about.

Values of a feature that no rule, table or group tells apart share one *class*, and a class is what gets a literal: a
rider height between 150 and 205 cm on which two rules set thresholds needs three literals, not 56. The members of an
alternative group are literals of one variable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import BadRule, ExpressionError, ModelTooLarge, NumberTooLarge, UnknownValue
from configurator.engine.expressions import Expression, Literal, Value, check_size, names, walk
from configurator.engine.model import INTEGER_LIMIT, Model, Rule, RuleRef
from configurator.engine.network.axes import Axes
from configurator.engine.network.builder import FALSE, TRUE, NetworkBuilder
from configurator.engine.network.chain_tables import AxisVariable, ChainTables
from configurator.engine.network.chains import Chain
from configurator.engine.network.comparisons import comparison_chain
from configurator.engine.network.formulas import Formulas, boolean_parts
from configurator.engine.network.groups import Groups, group_reference
from configurator.engine.network.network import Int32s, Network, fails, holds
from configurator.engine.network.rows import WORD
from configurator.engine.network.tables import TableRows, Tables

Int64s = NDArray[np.int64]

CELL_LIMIT = 200_000_000
"""Pairs of a state and a value in the chains of all rules."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One class of values of one feature and the code that says it holds."""

    name: str
    values: tuple[Value, ...]
    code: int


@dataclass(frozen=True)
class Encoding:
    """A model as a network. The slots stand feature by feature; exactly one of each feature's holds in a solution.

    `clause_origin` and the tables' `origin` are places in `origins`. That at most one member of an alternative
    group is chosen is no constraint but in the group's variable: `variable_origin` names the group.
    """

    model: Model
    slots: tuple[Slot, ...]
    slots_of: Mapping[str, range]
    slot_of_value: Mapping[str, Mapping[Value, int]]
    network: Network
    origins: tuple[RuleRef, ...]
    variable_origin: Mapping[int, int]

    def slot(self, name: str, value: Value) -> int:
        """The slot of a value; raises UnknownFeature and UnknownValue."""
        variable = self.model.variable(name)
        found = self.slot_of_value[name].get(value)
        if found is None or type(value) is not type(variable.domain[0]):
            raise UnknownValue(name, value)
        return found

    @cached_property
    def slot_codes(self) -> Int32s:
        """The code of every slot."""
        return np.array([slot.code for slot in self.slots], dtype=np.int32)

    @cached_property
    def slot_start(self) -> Int32s:
        """Where the slots of each feature begin, and the number of slots."""
        return np.array([0, *(self.slots_of[variable.name].stop for variable in self.model.variables)], dtype=np.int32)


def encode(model: Model, budget_seconds: float = 60) -> Encoding:
    """The network of a model; raises UnknownFeature, BadRule or ModelTooLarge, which name what cannot be encoded."""
    return _Encoder(model, budget_seconds).encoding()


class _Encoder:
    def __init__(self, model: Model, budget: float) -> None:
        self.model, self.budget, self.deadline = model, budget, monotonic() + budget
        self.axes = Axes(model)
        self.cells = 0
        self.builder = NetworkBuilder()
        self.comparisons: dict[Expression, Chain] = {}
        self.classes: dict[str, Int64s] = {}
        self.variables: dict[int, AxisVariable] = {}
        self.features: dict[str, int] = {}

    def encoding(self) -> Encoding:
        for rule in self.model.rules:
            self.collect_comparisons(rule)
            self.check_budget()
        tables = [TableRows(table, self.axes) for table in self.model.tables]
        self.classify(tables)
        self.make_variables()
        slots = self.make_slots()
        origins: list[RuleRef] = []
        variable_origin: dict[int, int] = {}
        chains = ChainTables(self.builder, self.variables)
        groups = Groups(self.axes, self.builder, self.features, chains)
        for (parent, number), members in self.axes.groups.items():
            if self.axes.is_joined(members[0].name):
                variable_origin[self.variables[self.axes.axis_of[members[0].name]].variable] = len(origins)
            groups.require(parent, members, len(origins))
            origins.append(group_reference(parent, number, members))
            self.check_budget()
        writer = Tables(self.axes, self.builder, self.variables, self.classes)
        for rows in tables:
            writer.require(rows, len(origins))
            origins.append(rows.table.reference)
            self.check_budget()
        formulas = Formulas(self.model, self.builder, self.features, self.comparisons, chains)
        for rule in self.model.rules:
            formulas.require(rule.expression, len(origins))
            origins.append(rule.reference)
            self.check_budget()
        slots_of: dict[str, range] = {}
        slot_of_value: dict[str, dict[Value, int]] = {}
        for index, slot in enumerate(slots):
            start = slots_of[slot.name].start if slot.name in slots_of else index
            slots_of[slot.name] = range(start, index + 1)
            slot_of_value.setdefault(slot.name, {}).update(dict.fromkeys(slot.values, index))
        network = self.builder.network()
        return Encoding(self.model, tuple(slots), slots_of, slot_of_value, network, tuple(origins), variable_origin)

    def check_budget(self) -> None:
        if monotonic() > self.deadline:
            raise ModelTooLarge(f"seconds to compile {self.model.name}", int(self.budget) + 1, int(self.budget))

    def collect_comparisons(self, rule: Rule) -> None:
        """The chain of every comparison in a rule."""
        check_size(rule.expression)
        for name in names(rule.expression):
            self.model.variable(name)
        for node in walk(rule.expression):
            if isinstance(node, Literal) and isinstance(node.value, int) and abs(node.value) > INTEGER_LIMIT:
                raise BadRule(rule.code, str(NumberTooLarge(INTEGER_LIMIT)))
        waiting = [rule.expression]
        while waiting:
            node = waiting.pop()
            parts = boolean_parts(node, self.model)
            if parts is not None:
                waiting += parts
            elif node not in self.comparisons:
                try:
                    self.comparisons[node] = comparison_chain(rule.code, node, self.axes)
                except ExpressionError as error:
                    raise BadRule(rule.code, str(error)) from error
                self.cells += sum(step.size for _, step in self.comparisons[node].axes)
                if self.cells > CELL_LIMIT:
                    raise ModelTooLarge(f"values that the rules up to {rule.code} tell apart", self.cells, CELL_LIMIT)
                self.check_budget()

    # Classes, variables and slots

    def classify(self, tables: Iterable[TableRows]) -> None:
        """Number the classes of every feature's values; false and true are always told apart."""
        columns: dict[str, list[NDArray[np.integer]]] = {variable.name: [] for variable in self.model.variables}
        for chain in self.comparisons.values():
            for part, step in chain.axes:
                if len(part.values) == 1:
                    columns[next(iter(part.values))] += list(step)
        for rows in tables:
            for column, name in enumerate(rows.table.columns):
                if self.axes.kind(name) is not bool:
                    columns[name].append(rows.rows.alike(column))
        for variable in self.model.variables:
            if self.axes.kind(variable.name) is bool:
                self.classes[variable.name] = np.arange(len(variable.domain))
            else:
                self.classes[variable.name] = _classes(columns[variable.name], len(variable.domain))

    def make_variables(self) -> None:
        """One variable per axis, one literal per class."""
        for number, axis in enumerate(self.axes.axes):
            if axis.joined:
                variable = self.builder.variable(axis.size)
                self.variables[number] = AxisVariable(variable, np.arange(axis.size))
                for name in axis.names:
                    self.features[name] = self.builder.code(self.builder.start[variable] + self.axes.place(name))
                continue
            name = axis.names[0]
            classes, first = np.unique(self.classes[name], return_index=True)
            variable = self.builder.variable(len(classes))
            self.variables[number] = AxisVariable(variable, first)
            if self.axes.kind(name) is bool:
                self.features[name] = self.boolean_code(name, variable)

    def boolean_code(self, name: str, variable: int) -> int:
        domain = self.model.domain(name)
        if len(domain) == 1:
            return TRUE if domain[0] else FALSE
        return self.builder.code(self.builder.start[variable] + domain.index(True))

    def make_slots(self) -> list[Slot]:
        slots: list[Slot] = []
        for feature in self.model.variables:
            name = feature.name
            start = self.builder.start[self.variables[self.axes.axis_of[name]].variable]
            if self.axes.is_joined(name):
                literal = start + self.axes.place(name)
                slots += [Slot(name, (value,), holds(literal) if value else fails(literal)) for value in feature.domain]
                continue
            members: list[list[Value]] = [[] for _ in range(int(self.classes[name].max()) + 1)]
            for value, number in zip(feature.domain, self.classes[name].tolist()):
                members[number].append(value)
            slots += [Slot(name, tuple(values), holds(start + number)) for number, values in enumerate(members)]
        return slots


def _classes(columns: Iterable[NDArray[np.integer]], count: int) -> Int64s:
    """A class number for every value, in the order of first occurrence; values alike in all columns share it."""
    mixed, span = np.zeros(count, dtype=np.int64), 1
    for column in columns:
        width = int(column.max()) + 1
        if span * width > WORD:
            mixed, span = _renumbered(mixed), count
        mixed, span = mixed * width + column, span * width
    return _renumbered(mixed)


def _renumbered(numbers: Int64s) -> Int64s:
    """Equal numbers for equal numbers, from 0 on in the order of first occurrence."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse.reshape(-1)]
