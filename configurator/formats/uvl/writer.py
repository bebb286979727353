"""The engine's model as a UVL text that is read back with the same configurations.

A feature tree is written as it is. What stands in no tree is put below a root: a yes-or-no question is a feature,
a feature with options an alternative group, a number a feature of type Integer with its bounds as constraints.
"""

from collections.abc import Iterator
from decimal import Decimal

from configurator.engine.expressions import Name
from configurator.engine.model import FeatureNode, Model, Variable
from configurator.formats.findings import UvlError
from configurator.formats.uvl.lines import SIZE_LIMIT
from configurator.formats.uvl.logic import negated
from configurator.formats.uvl.syntax import Attributes, Vector
from configurator.formats.uvl.text import reference, word
from configurator.formats.uvl.wording import INDENT, LISTED_LIMIT, Wording, fits, gapless


def write_uvl(model: Model) -> str:
    """The model in UVL; raises UvlError that names what UVL cannot say."""
    return _Writing(model).text()


class _Writing(Wording):
    """The whole text."""

    def text(self) -> str:
        for rule in self.model.rules:
            self.add_rule(rule)
        for table in self.model.tables:
            self.add_table(table)
        for name, node in self.owner.items():
            self.bound(self.model.variable(name), node)
        lines = ["features", *self.features()]
        if self.constraints:
            lines += ["", "constraints", *(INDENT + line for line in self.constraints)]
        if fits(self.model.name):
            lines = [f"namespace {word(self.model.name)}", "", *lines]
        text = "\n".join(lines) + "\n"
        if len(text) > SIZE_LIMIT:
            self.fail(f"in UVL the model has {len(text):,} characters, {SIZE_LIMIT:,} are allowed")
        if self.findings:
            raise UvlError(self.findings)
        return text

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
            waiting = self.groups(below.get(roots[0].name, []), 2)
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
                waiting += reversed(self.groups(below.get(item.name, []), depth + 1))

    def groups(self, children: list[FeatureNode], depth: int) -> list[tuple[int, str | FeatureNode]]:
        """The headings of groups, each followed by its features, one level deeper."""
        groups: dict[int, list[FeatureNode]] = {}
        for child in children:
            groups.setdefault(child.group_number, []).append(child)
        found: list[tuple[int, str | FeatureNode]] = []
        for members in groups.values():
            heading = members[0].group
            if heading == "cardinality":
                low, high = members[0].cardinality
                if low > len(members):  # no file may ask for more than there are
                    self.add(negated(Name(self.questions[str(members[0].parent)].name)))
                    low = 0
                heading = f"[{low}..{max(low, high)}]"
            found.append((depth, heading))
            found += [(depth + 1, member) for member in members]
        return found

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
        name = self.model.name if fits(self.model.name) else "Product"
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
        if len(values) <= LISTED_LIMIT or gapless(variable.domain) or "values" in map(str.casefold, keys):
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
