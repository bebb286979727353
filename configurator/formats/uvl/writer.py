"""The engine's model as a UVL text that is read back with the same configurations.

A feature tree is written as it is. What stands in no tree is put below a root: a yes-or-no question is a feature,
a feature with options an alternative group, a number a feature of type Integer with its bounds as constraints.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from configurator.engine.expressions import Binary, Expression, Literal, Name, Value, walk
from configurator.engine.model import FeatureNode, Model, Rule, Table, Variable
from configurator.formats.findings import Finding, UvlError
from configurator.formats.uvl.logic import FALSE, TRUE, logical, negated
from configurator.formats.uvl.saying import Question, Saying, Unsayable
from configurator.formats.uvl.syntax import Attributes, Vector
from configurator.formats.uvl.text import constraint_text, reference, word

LISTED_LIMIT = 1_000
"""Values that a constraint lists; more are listed by the attribute `values`."""
ROW_LIMIT = 50_000
"""Rows of a table that are still written as constraints."""
INDENT = "\t"

_STEP = re.compile(r"0\.(0*)1|1/(\d+)")


def write_uvl(model: Model) -> str:
    """The model in UVL; raises UvlError that names what UVL cannot say."""
    return _Writing(model).text()


class _Writing:
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

    def text(self) -> str:
        for rule in self.model.rules:
            self.add_rule(rule)
        for table in self.model.tables:
            self.add_table(table)
        for name, node in self.owner.items():
            self.bound(self.model.variable(name), node)
        lines = ["features", *self.features()]
        if self.findings:
            raise UvlError(self.findings)
        if self.constraints:
            lines += ["", "constraints", *(INDENT + line for line in self.constraints)]
        if _fits(self.model.name) and self.model.name:
            lines = [f"namespace {word(self.model.name)}", "", *lines]
        return "\n".join(lines) + "\n"

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
        if not _fits(name):
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
        if shown and self.constraints[count:] not in ([], [shown]) and "*/" not in shown:
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
        if not table.allowed:
            for row in table.rows:
                self.add(negated(self.row(table.columns, row)))
            return
        nexts: dict[tuple[Value, ...], dict[Value, None]] = {}
        for row in table.rows:
            for place, value in enumerate(row):
                nexts.setdefault(row[:place], {})[value] = None
        if not table.rows:
            self.add(FALSE)
        for before, values in nexts.items():
            column = table.columns[len(before)]
            if len(values) < len(self.model.domain(column)):
                some: Expression = FALSE
                for value in values:
                    some = logical("or", some, self.saying.truth(_has(column, value)))
                self.add(logical("implies", self.row(table.columns, before), some))

    def row(self, columns: tuple[str, ...], values: tuple[Value, ...]) -> Expression:
        found: Expression = TRUE
        for column, value in zip(columns, values):
            found = logical("and", found, self.saying.truth(_has(column, value)))
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
        if len(values) > LISTED_LIMIT and not _gapless(values):
            return  # listed by the attribute `values`
        self.add(logical("implies", condition, self.between(variable, values)))

    def between(self, variable: Variable, values: tuple[Value, ...]) -> Expression:
        """What holds for exactly these values of a typed feature."""
        question = self.questions[variable.name]
        name = Name(question.name)
        numbers = sorted(value for value in values if isinstance(value, int))
        if numbers and question.scale == 1 and _gapless(values):
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

    # Features

    def always_there(self) -> frozenset[str]:
        """Nodes that the tree alone puts into every product."""
        found: set[str] = set()
        for node in self.model.tree:
            if node.parent is None or (node.group == "mandatory" and node.parent in found):
                found.add(node.name)
        return frozenset(found)

    def features(self) -> Iterator[str]:
        """The lines below `features`."""
        below: dict[str | None, list[FeatureNode]] = {}
        for node in self.model.tree:
            below.setdefault(node.parent, []).append(node)
        roots = below.get(None, [])
        if len(self.nodes) < len(self.model.tree):
            self.fail("the tree cannot be said in UVL: a feature stands in it twice")
            return
        waiting: list[tuple[int, str | FeatureNode]] = []
        if len(roots) == 1:
            yield from self.node(roots[0], 1)
            waiting = _groups(below.get(roots[0].name, []), 2)
        else:
            yield f"{INDENT}{word(self.free_root())} {{abstract}}"
            waiting = [(2, "mandatory"), *((3, root) for root in roots)] if roots else []
        yield from self.free_features()
        waiting.reverse()
        while waiting:
            depth, item = waiting.pop()
            if isinstance(item, str):
                yield INDENT * depth + item
            else:
                yield from self.node(item, depth)
                waiting += reversed(_groups(below.get(item.name, []), depth + 1))

    def node(self, node: FeatureNode, depth: int) -> Iterator[str]:
        """The line of a feature of the tree."""
        name = node.value or node.name
        listed = list(node.attributes)
        if node.abstract and not any(key == "abstract" for key, _ in listed):
            listed.insert(0, ("abstract", True))
        kind = ""
        if node.value:
            variable = self.model.variable(node.value)
            kind = self.type_of(variable)
            listed += self.listed_values(variable, [key for key, _ in listed])
        listed += self.amounts.get(name, {}).items()
        yield f"{INDENT * depth}{kind}{word(name)}{self.attributes(name, tuple(listed))}"

    def free_root(self) -> str:
        """A name for the root of what stands in no tree."""
        name = self.model.name if self.model.name and _fits(self.model.name) else "Product"
        while name in self.taken:
            name += "_"
        return name

    def free_features(self) -> Iterator[str]:
        """What stands in no tree, below the root."""
        certain: list[Variable] = []
        possible: list[Variable] = []
        for variable in self.model.variables:
            if variable.name not in self.nodes and variable.name not in self.owner:
                (possible if False in variable.domain and variable.domain[0] is False else certain).append(variable)
        for heading, variables in (("mandatory", certain), ("optional", possible)):
            if variables:
                yield INDENT * 2 + heading
            for variable in variables:
                yield from self.free_feature(variable)

    def free_feature(self, variable: Variable) -> Iterator[str]:
        question = self.questions[variable.name]
        kind, listed = "", dict(self.amounts.get(question.name, {}).items())
        attributes: Attributes = tuple(listed.items())
        if question.options is not None:
            attributes = (("abstract", True),)
        elif isinstance(variable.domain[0], bool):
            if variable.domain == (False,):
                self.add(negated(Name(question.name)))
        else:
            kind = self.type_of(variable)
            attributes = tuple(self.listed_values(variable, []))
            if not attributes:
                self.add(self.between(variable, variable.domain))
        unit = (("unit", variable.unit),) if variable.unit and "'" not in variable.unit else ()
        shown = self.attributes(variable.name, (*attributes, *unit))
        yield f"{INDENT * 3}{kind}{word(question.name)}{shown}"
        if question.options is not None:
            yield f"{INDENT * 4}alternative"
            yield from (f"{INDENT * 5}{word(option)}" for option in question.options.values())

    def type_of(self, variable: Variable) -> str:
        if isinstance(variable.domain[0], str):
            return "String "
        return "Integer " if self.questions[variable.name].scale == 1 else "Real "

    def listed_values(self, variable: Variable, keys: list[str]) -> Attributes:
        """The attribute `values` for values that are too many for a constraint, unless it is there."""
        values = [value for value in variable.domain if value != ""]
        if len(values) <= LISTED_LIMIT or _gapless(variable.domain) or "values" in map(str.casefold, keys):
            return ()
        scale = self.questions[variable.name].scale
        numbers = tuple(Decimal(value) / scale if isinstance(value, int) else value for value in values)
        return (("values", Vector(numbers)),)

    def attributes(self, name: str, listed: Attributes) -> str:
        if not listed:
            return ""
        return f" {{{', '.join(self.attribute(name, key, value) for key, value in listed)}}}"

    def attribute(self, name: str, key: str, value: object) -> str:
        said = reference(key)
        return said if value is True else f"{said} {self.attribute_value(name, value)}"

    def attribute_value(self, name: str, value: object) -> str:
        match value:
            case bool():
                return str(value).lower()
            case Decimal():
                return format(value, "f")
            case Vector(values):
                return f"[{', '.join(self.attribute_value(name, each) for each in values)}]"
            case tuple():
                return f"{{{', '.join(self.attribute(name, key, each) for key, each in value)}}}"
        text = str(value)
        quote = "'" if "'" not in text else '"'
        if quote in text or "\n" in text:
            self.fail(f"an attribute of {name} cannot be written in UVL: {text}")
        return f"{quote}{text}{quote}"


def _groups(children: list[FeatureNode], depth: int) -> list[tuple[int, str | FeatureNode]]:
    """The headings of groups, each followed by its features, one level deeper."""
    groups: dict[int, list[FeatureNode]] = {}
    for child in children:
        groups.setdefault(child.group_number, []).append(child)
    found: list[tuple[int, str | FeatureNode]] = []
    for members in groups.values():
        low, high = members[0].cardinality
        found.append((depth, f"[{low}..{high}]" if members[0].group == "cardinality" else members[0].group))
        found += [(depth + 1, member) for member in members]
    return found


def _has(column: str, value: Value) -> Expression:
    if isinstance(value, bool):
        return Name(column) if value else negated(Name(column))
    return Binary("=", Name(column), Literal(value))


def _fits(name: str) -> bool:
    """Whether a name can stand in quotes."""
    return bool(name) and '"' not in name and len(name.splitlines()) == 1


def _quotable(expression: Expression) -> bool:
    """Whether every text of an expression can stand in quotes."""
    texts = (node.value for node in walk(expression) if isinstance(node, Literal) and isinstance(node.value, str))
    return not any("'" in text or "\n" in text or "\r" in text for text in texts)


def _gapless(values: tuple[Value, ...]) -> bool:
    numbers = [value for value in values if isinstance(value, int)]
    return len(numbers) == len(values) > 0 and max(numbers) - min(numbers) == len(numbers) - 1
