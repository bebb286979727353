"""From a model to clauses.

Values of a feature that no rule, table or group tells apart share one *class*, and a class is what gets a
literal: a rider height between 150 and 205 cm on which two rules set thresholds needs three literals, not 56.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from configurator.engine.clauses import Clause, Clauses
from configurator.engine.diagrams import Diagram, diagram
from configurator.engine.errors import BadRule, ExpressionError, ModelTooLarge, NumberTooLarge, UnknownValue
from configurator.engine.expressions import (
    EQUALITY,
    LOGICAL,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
    Value,
    check_size,
    names,
    walk,
)
from configurator.engine.model import INTEGER_LIMIT, FeatureNode, Model, RuleRef, Table

CLAUSE_LIMIT = 5_000_000


@dataclass(frozen=True)
class Slot:
    """One class of values of one feature and the literal that says it holds."""

    name: str
    values: tuple[Value, ...]
    literal: int


@dataclass(frozen=True)
class Encoding:
    """Clauses of a model. Literals up to `visible` belong to classes, later ones are definitions."""

    model: Model
    slots: tuple[Slot, ...]
    slots_of: Mapping[str, range]
    slot_of_value: Mapping[str, Mapping[Value, int]]
    hard: Sequence[Clause]
    rules: Sequence[tuple[RuleRef, Sequence[Clause]]]
    top: int

    def slot(self, name: str, value: Value) -> int:
        """The slot of a value; raises UnknownFeature and UnknownValue."""
        variable = self.model.variable(name)
        found = self.slot_of_value[name].get(value)
        if found is None or type(value) is not type(variable.domain[0]):
            raise UnknownValue(name, value)
        return found


def encode(model: Model, budget_seconds: float = 60) -> Encoding:
    """The clauses of a model; raises BadRule or ModelTooLarge, which name what cannot be encoded."""
    return _Encoder(model, monotonic() + budget_seconds, budget_seconds).encoding()


class _Encoder:
    def __init__(self, model: Model, deadline: float, budget: float) -> None:
        self.model, self.deadline, self.budget = model, deadline, budget
        self.clauses = Clauses()
        self.domains = {variable.name: variable.domain for variable in model.variables}
        self.diagrams: dict[Expression, Diagram] = {}
        self.classes: dict[str, NDArray[np.int64]] = {}
        self.literals: dict[str, list[int]] = {}
        self.rules: list[tuple[RuleRef, list[Clause]]] = []

    def encoding(self) -> Encoding:
        for rule in self.model.rules:
            self.collect_comparisons(rule.code, rule.expression)
            self.check_budget()
        slots = self.make_slots()
        self.encode_tree()
        for table in self.model.tables:
            self.rules.append((table.reference, self.table_clauses(table)))
            self.check_budget()
        for rule in self.model.rules:
            self.rules.append((rule.reference, self.asserted(rule.expression)))
            self.check_budget()
        slots_of: dict[str, range] = {}
        slot_of_value: dict[str, dict[Value, int]] = {}
        for index, slot in enumerate(slots):
            start = slots_of[slot.name].start if slot.name in slots_of else index
            slots_of[slot.name] = range(start, index + 1)
            slot_of_value.setdefault(slot.name, {}).update(dict.fromkeys(slot.values, index))
        return Encoding(
            self.model, tuple(slots), slots_of, slot_of_value, self.clauses.hard, self.rules, self.clauses.top
        )

    def check_budget(self) -> None:
        size = len(self.clauses.hard) + sum(len(clauses) for _, clauses in self.rules[-1:])
        if size > CLAUSE_LIMIT:
            raise ModelTooLarge(f"clauses of {self.model.name}", size, CLAUSE_LIMIT)
        if monotonic() > self.deadline:
            raise ModelTooLarge(f"seconds to compile {self.model.name}", int(self.budget) + 1, int(self.budget))

    # Comparisons and classes

    def collect_comparisons(self, code: str, expression: Expression) -> None:
        """Draw a diagram for every comparison of a rule."""
        check_size(expression)
        for name in names(expression):
            self.model.variable(name)
        for node in walk(expression):
            if isinstance(node, Literal) and isinstance(node.value, int) and abs(node.value) > INTEGER_LIMIT:
                raise BadRule(code, str(NumberTooLarge(INTEGER_LIMIT)))
        waiting = [expression]
        while waiting:
            node = waiting.pop()
            parts = self.boolean_parts(node)
            if parts is not None:
                waiting += parts
            elif node not in self.diagrams:
                try:
                    self.diagrams[node] = diagram(code, node, self.domains)
                except ExpressionError as error:
                    raise BadRule(code, str(error)) from error

    def boolean_parts(self, node: Expression) -> list[Expression] | None:
        """The operands of a logical connective; None for a comparison, which is one thing."""
        match node:
            case Binary(operator, left, right) if operator in LOGICAL:
                return [left, right]
            case Binary(operator, left, right) if operator in EQUALITY and self.is_boolean(left):
                return [left, right] if self.is_boolean(right) else None
            case Negation(operand):
                return [operand]
            case Call("if", arguments):
                return list(arguments)
            case Literal(bool()):
                return []
            case Name(name) if isinstance(self.domains[name][0], bool):
                return []
        return None

    def is_boolean(self, node: Expression) -> bool:
        match node:
            case Binary(operator, _, _):
                return operator not in ("+", "-", "*", "//")
            case Negation() | Membership() | Literal(bool()):
                return True
            case Name(name):
                return isinstance(self.domains[name][0], bool)
            case Call("if", (_, then, _)):
                return self.is_boolean(then)
        return False

    def make_slots(self) -> list[Slot]:
        columns: dict[str, list[NDArray[np.int64]]] = {name: [] for name in self.domains}
        for drawn in self.diagrams.values():
            for name, child in zip(drawn.tested, drawn.child):
                columns[name].append(child)
        for table in self.model.tables:
            for index, name in enumerate(table.columns):
                columns[name].append(self.rows_of_values(table, index))
        slots: list[Slot] = []
        for variable in self.model.variables:
            if type(variable.domain[0]) is bool:
                classes = np.arange(len(variable.domain))
            else:
                classes = _classes(columns[variable.name], len(variable.domain))
            self.classes[variable.name] = classes
            members: list[list[Value]] = [[] for _ in range(int(classes.max()) + 1)]
            for value, number in zip(variable.domain, classes):
                members[int(number)].append(value)
            literals = self.class_literals(len(members))
            self.literals[variable.name] = literals
            slots += [Slot(variable.name, tuple(each), literal) for each, literal in zip(members, literals)]
        for literals in self.literals.values():
            if len(literals) > 2:
                self.clauses.hard += self.clauses.exactly_one(literals)
        return slots

    def class_literals(self, count: int) -> list[int]:
        if count == 1:
            return [self.clauses.true]
        if count == 2:
            literal = self.clauses.new()
            self.clauses.hard.append((literal, self.clauses.true))  # every solver must know it, used or not
            return [-literal, literal]
        return [self.clauses.new() for _ in range(count)]

    def rows_of_values(self, table: Table, column: int) -> NDArray[np.int64]:
        """For every value of a column's feature a number of the combinations it stands with."""
        rows: dict[Value, set[tuple[Value, ...]]] = {}
        for row in table.rows:
            rows.setdefault(row[column], set()).add((*row[:column], *row[column + 1 :]))
        numbers: dict[frozenset[tuple[Value, ...]], int] = {}
        domain = self.domains[table.columns[column]]
        sets = [frozenset(rows.get(value, ())) for value in domain]
        return np.array([numbers.setdefault(each, len(numbers)) for each in sets], dtype=np.int64)

    # Expressions

    def asserted(self, expression: Expression) -> list[Clause]:
        """Clauses that hold when the expression is true; disjunctions at the top need no definition."""
        clauses: list[Clause] = []
        waiting = [expression]
        while waiting:
            node = waiting.pop()
            match node:
                case Binary("and", left, right):
                    waiting += [right, left]
                case Negation(Binary("or", left, right)):
                    waiting += [Negation(right), Negation(left)]
                case _:
                    literals = dict.fromkeys(self.alternatives(node))
                    if self.clauses.true in literals or any(-literal in literals for literal in literals):
                        continue
                    clauses.append(tuple(literal for literal in literals if literal != -self.clauses.true))
        return clauses

    def alternatives(self, expression: Expression) -> list[int]:
        """Literals of which one must be true for the expression to be."""
        match expression:
            case Binary("or"):
                return [self.literal(operand) for operand in _operands(expression)]
            case Binary("implies", left, right):
                negated = [-literal for literal in self.conjuncts(left)]
                return negated + self.alternatives(right)
        return [self.literal(expression)]

    def conjuncts(self, expression: Expression) -> list[int]:
        if isinstance(expression, Binary) and expression.operator == "and":
            return [self.literal(operand) for operand in _operands(expression)]
        return [self.literal(expression)]

    def literal(self, expression: Expression) -> int:
        """A literal that is true exactly when the expression is."""
        make = self.clauses
        drawn = self.diagrams.get(expression)
        if drawn is not None:
            return self.diagram_literal(drawn)
        match expression:
            case Literal(value):
                return make.true if value else -make.true
            case Name(name):
                domain = self.domains[name]
                return self.literals[name][domain.index(True)] if True in domain else -make.true
            case Negation(operand):
                return -self.literal(operand)
            case Binary("and"):
                return make.conjunction([self.literal(operand) for operand in _operands(expression)])
            case Binary("or"):
                return make.disjunction([self.literal(operand) for operand in _operands(expression)])
            case Binary("implies", left, right):
                return make.disjunction([-self.literal(left), self.literal(right)])
            case Binary(operator, left, right):
                alike = make.equivalence(self.literal(left), self.literal(right))
                return -alike if operator == "!=" else alike
            case Call(_, (condition, then, otherwise)):
                return make.choice(self.literal(condition), self.literal(then), self.literal(otherwise))
        raise BadRule("", f"{expression} is neither true nor false")

    def diagram_literal(self, drawn: Diagram) -> int:
        """Nodes become literals from the bottom; a node is its child under the class that holds."""
        make = self.clauses
        literals = [-make.true, make.true]
        for name, child in zip(drawn.tested, drawn.child):
            classes = self.classes[name]
            count = len(self.literals[name])
            children = np.zeros(count, dtype=np.int64)
            children[classes] = child
            literals.append(make.decision(self.literals[name], [literals[int(each)] for each in children]))
        return literals[drawn.root]

    # Tables

    def table_clauses(self, table: Table) -> list[Clause]:
        make = self.clauses
        columns = [self.literals[name] for name in table.columns]
        indexes = [dict(zip(self.domains[name], self.classes[name].tolist())) for name in table.columns]
        rows = list(dict.fromkeys(tuple(index[value] for index, value in zip(indexes, row)) for row in table.rows))
        if not table.allowed:
            return [
                tuple(-literals[cell] for literals, cell in zip(columns, row) if literals[cell] != make.true)
                for row in rows
            ]
        if len(columns) == 1:
            held = {row[0] for row in rows}
            return [(-literal,) for index, literal in enumerate(columns[0]) if index not in held]
        if len(columns) == 2:
            return self.pair_clauses(columns, rows)
        chosen = [make.new() for _ in rows]
        supports: list[dict[int, list[int]]] = [{} for _ in columns]
        for row_literal, row in zip(chosen, rows):
            for column, cell in enumerate(row):
                make.hard.append((-row_literal, columns[column][cell]))
                supports[column].setdefault(cell, []).append(row_literal)
        clauses: list[Clause] = [tuple(chosen)]
        for column, literals in enumerate(columns):
            clauses += [(-literal, *supports[column].get(cell, ())) for cell, literal in enumerate(literals)]
        return clauses

    def pair_clauses(self, columns: list[list[int]], rows: list[tuple[int, ...]]) -> list[Clause]:
        """Two columns support each other directly; no literal for the rows is needed."""
        clauses: list[Clause] = []
        for this, other in ((0, 1), (1, 0)):
            partners: dict[int, list[int]] = {}
            for row in rows:
                partners.setdefault(row[this], []).append(columns[other][row[other]])
            clauses += [(-literal, *partners.get(cell, ())) for cell, literal in enumerate(columns[this])]
        return clauses

    # Feature tree

    def encode_tree(self) -> None:
        groups: dict[tuple[str | None, int], list[FeatureNode]] = {}
        for node in self.model.tree:
            groups.setdefault((node.parent, node.group_number), []).append(node)
        for (parent, number), members in groups.items():
            reference = group_reference(parent, number, members)
            self.rules.append((reference, self.group_clauses(parent, members)))
            self.check_budget()

    def group_clauses(self, parent: str | None, members: Sequence[FeatureNode]) -> list[Clause]:
        literals = [self.literals[node.name][1] for node in members]
        if parent is None:
            return [(literal,) for literal in literals]
        above = self.literals[parent][1]
        clauses: list[Clause] = [(-literal, above) for literal in literals]
        match members[0].group:
            case "mandatory":
                clauses += [(-above, literal) for literal in literals]
            case "or":
                clauses.append((-above, *literals))
            case "alternative":
                clauses.append((-above, *literals))
                clauses += self.clauses.at_most_one(literals)
            case "cardinality":
                low, high = members[0].cardinality
                clauses += [(-above, *clause) for clause in self.clauses.count_between(literals, low, high)]
        return clauses


def group_reference(parent: str | None, number: int, members: Sequence[FeatureNode]) -> RuleRef:
    """How a conflict names a group of the feature tree."""
    shown = [node.name for node in members[:4]] + (["..."] if len(members) > 4 else [])
    listed, kind = ", ".join(shown), members[0].group
    if parent is None:
        return RuleRef("root", f"{listed} is always part of the product.")
    low, high = members[0].cardinality
    texts = {
        "mandatory": f"{parent} always includes {listed}, and these come only with it.",
        "optional": f"{listed} can be had only with {parent}.",
        "or": f"{parent} needs at least one of {listed}, and these come only with it.",
        "alternative": f"{parent} needs exactly one of {listed}, and these come only with it.",
        "cardinality": f"{parent} needs {low} to {high} of {listed}, and these come only with it.",
    }
    return RuleRef(f"{parent}/{kind}/{number}", texts[kind])


def _operands(expression: Expression) -> list[Expression]:
    """The operands of a chain of one operator, left to right."""
    operator = expression.operator if isinstance(expression, Binary) else ""
    operands: list[Expression] = []
    while isinstance(expression, Binary) and expression.operator == operator:
        operands.append(expression.right)
        expression = expression.left
    return [expression, *reversed(operands)]


def _classes(columns: Iterable[NDArray[np.int64]], count: int) -> NDArray[np.int64]:
    """A class number for every value, in the order of first occurrence; values alike in all columns share it."""
    classes = np.zeros(count, dtype=np.int64)
    for column in columns:
        paired = np.stack((classes, column))
        _, first, inverse = np.unique(paired, axis=1, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))
        classes = order[inverse.reshape(-1)]
    return classes
