"""The boolean level of UVL, the Universal Variability Language: feature tree and constraints to a model.

Read are mandatory, optional, or and alternative groups, group cardinalities, attributes and all boolean
operators. What belongs to another level (numbers, strings, feature cardinality, imports) is refused by name:
dropping it would allow products that the author forbade. Language: Benavides et al., "UVL: Feature Modelling
with the Universal Variability Language", JSS 225, 2025.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from configurator.engine.errors import ExpressionTooLarge, suggestion
from configurator.engine.expressions import Expression, Literal, Name, check_size, walk
from configurator.engine.model import FeatureNode, Model, Rule, Variable
from configurator.formats.connectives import Connectives
from configurator.formats.findings import Finding, UvlError
from configurator.formats.uvl_lines import Line, logical_lines

GROUPS = ("mandatory", "optional", "or", "alternative")
SECTIONS = ("features", "constraints", "imports", "include")
FINDING_LIMIT = 100
FEATURE_LIMIT = 100_000

_CARDINALITY = re.compile(r"\[\s*(\d{1,9}|\*)\s*(?:\.\.\s*(\d{1,9}|\*)\s*)?\]")
_OTHER_LEVELS = re.compile(
    r"(?P<function>\b(?:sum|avg|len|floor|ceil)\s*\()|(?P<comparison>==|!=|<=(?!>)|>=|(?<!=)>|<(?!=))"
    r"|(?P<number>(?<![\w.])\d+(?:\.\d+)?)|(?P<text>'[^']*')|(?P<sign>[-+*/])"
)
_LEVEL_NAMES = {
    "function": "a function",
    "comparison": "a comparison",
    "number": "a number",
    "text": "a string",
    "sign": "arithmetic",
}


def read_uvl(path: Path | str) -> Model:
    """The model in a UVL file; raises UvlError that names every mistake with line and column."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UvlError([Finding(path.name, 0, 0, f"the file cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise UvlError([Finding(path.name, 0, 0, "the file is not UTF-8 text")]) from None
    return parse_uvl(text, path.name)


def parse_uvl(text: str, source: str = "") -> Model:
    """The model in a UVL text: one boolean variable per feature, the tree, a rule per constraint."""
    return _Reading(source).model(logical_lines(text, source))


class _Reading:
    """One file. Mistakes are collected while reading goes on."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.name = ""
        self.nodes: list[FeatureNode] = []
        self.places: dict[str, Line] = {}
        self.rules: list[Rule] = []

    def fail(self, line: Line, text: str, at: tuple[int, int] = (1, 1)) -> None:
        if len(self.findings) < FINDING_LIMIT:
            self.findings.append(Finding(self.source, *line.place(*at), text))

    def model(self, lines: list[Line]) -> Model:
        sections = self.sections(lines)
        if "imports" in sections:
            line = sections["imports"][0]
            self.fail(line, "imports are not read: put the features of all files into one")
        self.features(sections.get("features", [])[1:])
        for number, line in enumerate(sections.get("constraints", [])[1:], 1):
            self.constraint(number, line)
        if not self.nodes and not self.findings:
            self.findings.append(Finding(self.source, 0, 0, "there are no features"))
        if self.findings:
            raise UvlError(self.findings)
        variables = tuple(Variable(node.name, (False, True)) for node in self.nodes)
        return Model(self.name or self.nodes[0].name, variables, tuple(self.rules), (), tuple(self.nodes))

    def sections(self, lines: list[Line]) -> dict[str, list[Line]]:
        """The lines below each heading, the heading first."""
        found: dict[str, list[Line]] = {}
        current: list[Line] | None = None
        for line in lines:
            if line.indent > 0:
                if current is None:
                    self.fail(line, "the file begins with features, not with an indented line")
                    current = []
                current.append(line)
            elif line.text in SECTIONS:
                if line.text in found:
                    self.fail(line, f"the heading {line.text} is there twice")
                current = found[line.text] = [line]
            elif line.text.split()[0] == "namespace":
                self.name = line.text[len("namespace") :].strip().strip('"')
                current = None
            else:
                self.fail(line, f"{line.text.split()[0]} is not a heading: known are namespace, {', '.join(SECTIONS)}")
                current = []
        return found

    # Features

    def features(self, lines: list[Line]) -> None:
        """Walk down the indented lines: features stand below groups, groups below features."""
        open_blocks: list[tuple[int, FeatureNode | _Group]] = []
        level: dict[int, int] = {}
        for line in lines:
            while open_blocks and open_blocks[-1][0] >= line.indent:
                closed_indent, closed = open_blocks.pop()
                level.pop(closed_indent, None)
                self.close(closed)
            owner = open_blocks[-1][1] if open_blocks else None
            place = open_blocks[-1][0] if open_blocks else -1
            if level.setdefault(place, line.indent) != line.indent:
                self.fail(line, "the indentation is wrong: it fits no line above")
                break  # what follows would only repeat this
            is_group = line.text in GROUPS or line.text.startswith("[")
            if is_group and not isinstance(owner, FeatureNode):
                self.fail(line, f"the indentation is wrong: the group {line.text} must stand below a feature")
            elif is_group:
                assert isinstance(owner, FeatureNode)
                open_blocks.append((line.indent, self.group(line, owner)))
            elif isinstance(owner, FeatureNode):
                first = line.text.split()[0]
                self.fail(
                    line, f"the indentation is wrong: {first} must stand in a group such as mandatory or optional"
                )
            else:
                open_blocks.append((line.indent, self.feature(line, owner)))
        while open_blocks:
            self.close(open_blocks.pop()[1])

    def group(self, line: Line, owner: FeatureNode) -> "_Group":
        group = _Group(line, owner.name, line.text)
        if line.text.startswith("["):
            match = _CARDINALITY.fullmatch(line.text)
            group.kind = "cardinality"
            if match is None:
                self.fail(line, f"{line.text} is not a group cardinality such as [1..3] or [2..*]")
            else:
                low, high = match[1], match[2] or match[1]
                group.low = 0 if low == "*" else int(low)
                group.high = None if high == "*" else int(high)
                if group.high is not None and group.high < group.low:
                    self.fail(line, f"the cardinality {line.text} ends below its beginning")
        return group

    def close(self, block: "FeatureNode | _Group") -> None:
        if not isinstance(block, _Group):
            return
        if not block.members:
            self.fail(block.line, f"the group {block.line.text} is empty")
        if block.low > len(block.members):
            text = f"the group asks for {block.low} of its {len(block.members)} features"
            self.fail(block.line, text)
        if block.kind == "cardinality":
            high = len(block.members) if block.high is None else min(block.high, len(block.members))
            members = set(block.members)
            for index, node in enumerate(self.nodes):
                if node.name in members:
                    self.nodes[index] = FeatureNode(
                        node.name, node.parent, node.abstract, "cardinality", node.group_number,
                        (block.low, high), node.attributes,
                    )  # fmt: skip

    def feature(self, line: Line, group: "_Group | FeatureNode | None") -> FeatureNode:
        """The feature of a line; one that is refused is returned too, so that its children are still read."""
        try:
            tree = _parser().parse(line.text, start="feature")
        except UnexpectedInput as error:
            self.fail(line, *_feature_problem(line.text, error))
            tree = _parser().parse('"?"', start="feature")
            name = f"line {line.number}"
        else:
            references = [part for part in tree.children if isinstance(part, Tree) and part.data == "reference"]
            name = _joined(references[-1])
            self.check_boolean_level(line, tree, references)
        if name in self.places:
            self.fail(line, f"the feature {name} is there twice, first in line {self.places[name].number}")
        if len(self.nodes) == FEATURE_LIMIT:
            self.fail(line, f"there are more than {FEATURE_LIMIT:,} features")
        attributes = _attributes(tree)
        abstract = dict(attributes).get("abstract", False) is not False
        if isinstance(group, _Group):
            node = FeatureNode(name, group.parent, abstract, group.kind, group.number, (0, 0), attributes)
            group.members.append(name)
        else:
            if self.nodes:
                self.fail(line, f"the indentation is wrong: {name} stands beside the root {self.nodes[0].name}")
            node = FeatureNode(name, None, abstract, "root", 0, (0, 0), attributes)
        self.places.setdefault(name, line)
        self.nodes.append(node)
        return node

    def check_boolean_level(self, line: Line, tree: Any, references: list[Any]) -> None:
        """Note what goes beyond the boolean level."""
        if len(references) > 1:
            kind = _joined(references[0])
            if kind in ("Integer", "Real", "String"):
                self.fail(line, f"{kind} features belong to UVL's type level; only the boolean level is read")
            elif kind != "Boolean":
                self.fail(line, f"{kind} is not a type; a name with spaces stands in quotes")
        for part in tree.iter_subtrees():
            if part.data == "cardinality":
                text = "feature cardinality belongs to UVL's arithmetic level; only the boolean level is read"
                self.fail(line, text, (1, line.text.index("cardinality") + 1))
            if part.data == "constraint":
                inner = _place(line.text, line.text.index("constraint"))
                self.fail(line, "a constraint inside attributes is not read: write it under constraints", inner)

    # Constraints

    def constraint(self, number: int, line: Line) -> None:
        try:
            expression: Expression = _Build().transform(_parser().parse(line.text, start="constraint_line"))
            check_size(expression)
        except UnexpectedInput as error:
            self.fail(line, *_constraint_problem(line.text, error))
            return
        except ExpressionTooLarge as error:
            self.fail(line, str(error))
            return
        for node in walk(expression):
            if isinstance(node, Name) and node.name not in self.places:
                nearest = suggestion(node.name, self.places)
                hint = f"; did you mean {nearest}?" if nearest else ""
                self.fail(line, f"there is no feature {node.name}{hint}", node.at)
        self.rules.append(Rule(f"C{number}", expression, " ".join(line.text.split())))


class _Group:
    """A group line and the features found below it so far."""

    def __init__(self, line: Line, parent: str, kind: str) -> None:
        self.line, self.parent, self.kind, self.number = line, parent, kind, line.number
        self.low = 0
        self.high: int | None = None
        self.members: list[str] = []


class _Build(Connectives):
    """Constraint trees to expressions."""

    def constraint_line(self, parts: list[Expression]) -> Expression:
        return parts[0]

    def true_(self, parts: list[Any]) -> Expression:
        return Literal(True)

    def false_(self, parts: list[Any]) -> Expression:
        return Literal(False)

    def name(self, parts: list[Any]) -> Expression:
        token = parts[0].children[0]
        return Name(_joined(parts[0]), (token.line or 1, token.column or 1))


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("uvl.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["feature", "constraint_line"], maybe_placeholders=False)


def _joined(reference: Any) -> str:
    return ".".join(str(token).strip('"') for token in reference.children)


def _where(error: UnexpectedInput) -> tuple[int, int]:
    return (error.line, error.column) if error.line and error.line > 0 else (1, 1)


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _feature_problem(text: str, error: UnexpectedInput) -> tuple[str, tuple[int, int]]:
    inner = re.search(r"\bconstraints?\b", text)
    if inner:
        return "a constraint inside attributes is not read: write it under constraints", _place(text, inner.start())
    return "this is not a feature: a name with spaces or signs stands in quotes", _where(error)


def _constraint_problem(text: str, error: UnexpectedInput) -> tuple[str, tuple[int, int]]:
    """The sentence and the place: another level's means, or a slip."""
    blank = re.sub(r'"[^"\n]*"', lambda match: "x" * len(match[0]), text)
    other = _OTHER_LEVELS.search(blank)
    if other is not None:
        what = _LEVEL_NAMES[str(other.lastgroup)]
        shown = other[0].strip("( ")
        text_of_it = f"{shown} is {what}, which is beyond UVL's boolean level; only that is read"
        return text_of_it, _place(text, other.start())
    if re.search(r"=>[^()]*=>", blank):
        return "several => in a row are ambiguous: write parentheses", _where(error)
    token = str(getattr(error, "token", "")) or "this"
    return f"the constraint ends or goes on unexpectedly at {token}", _where(error)


def _attributes(tree: Any) -> tuple[tuple[str, object], ...]:
    for part in tree.children:
        if isinstance(part, Tree) and part.data == "attributes":
            return _attribute_pairs(part)
    return ()


def _attribute_pairs(part: Any) -> tuple[tuple[str, object], ...]:
    return tuple(
        (_joined(attribute.children[0]), _attribute_value(attribute.children[1]) if attribute.children[1:] else True)
        for attribute in part.children
    )


def _attribute_value(value: Any) -> object:
    """Numbers stay as they were written: nothing here calculates with them."""
    if isinstance(value, Token):
        if value.type in ("TRUE", "FALSE"):
            return value.type == "TRUE"
        return str(value)[1:-1] if value.type in ("TEXT", "QUOTED") else str(value)
    if value.data == "attributes":
        return _attribute_pairs(value)
    if value.data == "negative":
        return f"-{value.children[0]}"
    return tuple(_attribute_value(child) for child in value.children)
