"""Names and constraints of a model in UVL: what its variables, rules, tables and domains become."""

import re
from collections.abc import Iterator
from decimal import Decimal

from configurator.engine.expressions import Binary, Expression, Literal, Name, Value, walk
from configurator.engine.model import FeatureNode, Model, Rule, Table, Variable
from configurator.formats.findings import Finding
from configurator.formats.uvl.logic import FALSE, TRUE, logical, negated
from configurator.formats.uvl.saying import Question, Saying, Unsayable, sayable
from configurator.formats.uvl.text import constraint_text, reference, word

LISTED_LIMIT = 1_000
"""Values that a constraint lists; more are listed by the attribute `values`."""
ROW_LIMIT = 50_000
"""Rows of a table that are still written as constraints."""
INDENT = "\t"

_BLANK = re.compile(r"[\s()]")
_STEP = re.compile(r"0\.(0*)1|1/(\d+)")


class Wording:
    """What a model's variables are called in UVL, and its rules, tables and domains as constraints."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.findings: list[Finding] = []
        self.nodes = {node.name: node for node in model.tree}
        self.owner = {node.value: node for node in model.tree if node.value}
        self.links = {rule.code: rule.expression for rule in model.rules}
        self.taken = {variable.name for variable in model.variables}
        self.amounts: dict[str, dict[str, Decimal]] = {}
        self.written: dict[str, str] = {}
        self.constraints: list[str] = []
        self.always = self.always_there()
        self.questions = {variable.name: self.question(variable) for variable in model.variables}
        self.saying = Saying(self.questions, self.attribute_of)

    def fail(self, text: str) -> None:
        self.findings.append(Finding(self.model.name, 0, 0, text))

    def always_there(self) -> frozenset[str]:
        """Nodes that the tree alone puts into every product."""
        found: set[str] = set()
        for node in self.model.tree:
            if node.parent is None or (node.group == "mandatory" and node.parent in found):
                found.add(node.name)
        return frozenset(found)

    # Names

    def question(self, variable: Variable) -> Question:
        """How a variable is asked for in UVL."""
        node = self.nodes.get(variable.name) or self.owner.get(variable.name)
        if node is not None and node.value:
            scale = self.scale(variable) if variable.name == node.value else 1
            return Question(variable, self.checked(node.value), scale)
        if isinstance(variable.domain[0], str):
            options = {value: self.option(variable.name, str(value)) for value in variable.domain}
            return Question(variable, self.checked(variable.name), options=options)
        return Question(variable, self.checked(variable.name), self.scale(variable))

    def scale(self, variable: Variable) -> int:
        """The steps to one of a number of type Real."""
        match = _STEP.fullmatch(variable.unit)
        if match is None or variable.name not in self.owner:
            return 1
        return int(match[2]) if match[2] else 10 ** (len(match[1]) + 1)

    def option(self, name: str, value: str) -> str:
        """The name of the feature that stands for a word of a feature with options."""
        found = f"{name}: {value}"
        while found in self.taken:
            found += "_"
        self.taken.add(found)
        return self.checked(found)

    def checked(self, name: str) -> str:
        if not fits(name):
            self.fail(f"{name} cannot be written in UVL: a name has no quotes and stands on one line")
        return name

    def attribute_of(self, feature: str, amount: Decimal) -> str:
        """The full name of an attribute of the feature with this amount; noted if there is none yet."""
        node = self.nodes.get(feature) or self.owner.get(feature)
        for key, value in node.attributes if node is not None else ():
            if isinstance(value, Decimal) and value == amount:
                return self.dotted(feature, key)
        amounts = self.amounts.setdefault(feature, {})
        keys = {key for key, _ in node.attributes} if node is not None else set()
        key = next((key for key, value in amounts.items() if value == amount), "")
        if not key:
            number = len(amounts) + 1
            while f"amount{number}" in keys:
                number += 1
            key = f"amount{number}"
            amounts[key] = amount
        return self.dotted(feature, key)

    def dotted(self, feature: str, key: str) -> str:
        """The name of an attribute, whose feature is one name however many dots are in it."""
        name = f"{feature}.{key}"
        self.written[name] = f"{word(feature)}.{reference(key)}"
        return name

    # Constraints

    def add(self, expression: Expression) -> None:
        """Add a constraint that is an expression as syntax.py reads it; nothing for one that always holds."""
        if expression != TRUE:
            self.constraints.append(constraint_text(expression, lambda name: self.written.get(name) or word(name)))

    def add_rule(self, rule: Rule) -> None:
        if self.is_link(rule):
            return
        try:
            said = self.saying.constraint(rule.expression)
        except Unsayable as reason:
            self.fail(f"rule {rule.code} cannot be said in UVL: {reason}")
            return
        if not _quotable(said):
            self.fail(f"rule {rule.code} cannot be said in UVL: a text has no quotes and stands on one line")
            return
        count = len(self.constraints)
        self.add(said)
        shown = " ".join(rule.text.split())
        if shown and _BLANK.sub("", shown) not in [_BLANK.sub("", line) for line in self.constraints[count:]]:
            self.constraints.insert(count, f"// {shown}")

    def is_link(self, rule: Rule) -> bool:
        """Whether the rule says what UVL takes for granted: a value is there when its feature is."""
        name = rule.code.removesuffix("/value")
        return rule.code.endswith("/value") and name in self.owner and self.absent_value(name) is not None

    def absent_value(self, name: str) -> Value | None:
        """The value that stands for a typed feature that is not there; None when there is none, or no such link."""
        node = self.owner[name]
        match self.links.get(f"{name}/value"):
            case Binary("iff", Name(there), Binary("!=", Name(value), Literal(absent))) if there == node.name:
                return absent if value == name else None
            case Binary("or", Name(there), Binary("=", Name(value), Literal(absent))) if there == node.name:
                return absent if value == name else None
        return None

    def add_table(self, table: Table) -> None:
        """A table as implications from left to right: under these values the next column has one of those."""
        if len(table.rows) > ROW_LIMIT:
            self.fail(f"table {table.code} cannot be said in UVL, which has no tables: {len(table.rows):,} rows")
            return
        try:
            said = [sayable(each) for each in self.implications(table)]
        except Unsayable as reason:
            self.fail(f"table {table.code} cannot be said in UVL: {reason}")
            return
        for each in said:
            self.add(each)

    def implications(self, table: Table) -> Iterator[Expression]:
        if not table.allowed:
            yield from (negated(self.row(table.columns, row)) for row in table.rows)
            return
        nexts: dict[tuple[Value, ...], dict[Value, None]] = {}
        for row in table.rows:
            for place, value in enumerate(row):
                nexts.setdefault(row[:place], {})[value] = None
        if not table.rows:
            yield FALSE
        for before, values in nexts.items():
            column = table.columns[len(before)]
            if len(values) < len(self.model.domain(column)):
                some: Expression = FALSE
                for value in values:
                    some = logical("or", some, self.saying.constraint(_has(column, value)))
                yield logical("implies", self.row(table.columns, before), some)

    def row(self, columns: tuple[str, ...], values: tuple[Value, ...]) -> Expression:
        found: Expression = TRUE
        for column, value in zip(columns, values):
            found = logical("and", found, self.saying.constraint(_has(column, value)))
        return found

    # Values

    def bound(self, variable: Variable, node: FeatureNode) -> None:
        """The constraints that leave a typed feature its values."""
        name = self.questions[variable.name].name
        absent = self.absent_value(variable.name)
        values = variable.domain
        if absent is None and node.name not in self.always:
            self.fail(f"{variable.name} cannot be said in UVL: it has values even where {node.name} does not hold")
            return
        link = self.links.get(f"{variable.name}/value")
        if absent is not None and isinstance(link, Binary) and link.operator == "iff":
            values = tuple(value for value in values if value != absent)
        condition = TRUE if absent is None else Name(name)
        if len(values) > LISTED_LIMIT and not gapless(values):
            return  # listed by the attribute `values`
        self.add(logical("implies", condition, self.between(variable, values)))

    def between(self, variable: Variable, values: tuple[Value, ...]) -> Expression:
        """What holds for exactly these values of a typed feature."""
        question = self.questions[variable.name]
        name = Name(question.name)
        numbers = sorted(value for value in values if isinstance(value, int))
        if numbers and question.scale == 1 and gapless(values):
            low = Binary(">=", name, Literal(numbers[0]))
            return logical("and", low, Binary("<=", name, Literal(numbers[-1])))
        found: Expression = FALSE
        for value in values:
            written: Expression = Literal(value)
            if question.scale != 1:
                written = Binary("/", written, Literal(question.scale))
            if not _quotable(written):
                self.fail(f"{variable.name} cannot be said in UVL: a text has no quotes and stands on one line")
            found = logical("or", found, Binary("=", name, written))
        return found


def _has(column: str, value: Value) -> Expression:
    if isinstance(value, bool):
        return Name(column) if value else negated(Name(column))
    return Binary("=", Name(column), Literal(value))


def fits(name: str) -> bool:
    """Whether a name can stand in quotes."""
    return bool(name) and '"' not in name and len(name.splitlines()) == 1


def _quotable(expression: Expression) -> bool:
    """Whether every text of an expression can stand in quotes."""
    texts = (node.value for node in walk(expression) if isinstance(node, Literal) and isinstance(node.value, str))
    return not any("'" in text or "\n" in text or "\r" in text for text in texts)


def gapless(values: tuple[Value, ...]) -> bool:
    numbers = [value for value in values if isinstance(value, int)]
    return len(numbers) == len(values) > 0 and max(numbers) - min(numbers) == len(numbers) - 1
