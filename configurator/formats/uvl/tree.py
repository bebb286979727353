"""The features of a UVL file as a tree: features stand below groups, groups below features."""

import re
from dataclasses import dataclass, field

from configurator.formats.findings import Finding, UvlError
from configurator.formats.uvl.lines import Line
from configurator.formats.uvl.syntax import Attributes, InnerConstraint, LineProblem, parse_feature

FINDING_LIMIT = 100
FEATURE_LIMIT = 100_000
INSTANCE_LIMIT = 1_000
GROUPS = ("mandatory", "optional", "or", "alternative")
KINDS = ("Boolean", "Integer", "Real", "String")

_CARDINALITY = re.compile(r"\[\s*(\d{1,9}|\*)\s*(?:\.\.\s*(\d{1,9}|\*)\s*)?\]")


@dataclass(eq=False, slots=True)
class Group:
    """A group line with the features below it; `high` is None when all of them may be chosen."""

    kind: str
    line: Line
    low: int = 0
    high: int | None = None
    members: list["Feature"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Feature:
    """A feature as it was declared; `cardinality` is there when it stands for several instances.

    An `imported` one is only named here: it is the root of another file.
    """

    name: str
    source: str
    line: Line
    kind: str = "Boolean"
    cardinality: tuple[int, int] | None = None
    attributes: Attributes = ()
    constraints: tuple[InnerConstraint, ...] = ()
    groups: list[Group] = field(default_factory=list)
    imported: bool = False

    @property
    def abstract(self) -> bool:
        """Whether the feature is declared to be no thing of its own."""
        return dict(self.attributes).get("abstract", False) is not False


class Report:
    """Mistakes are collected while reading goes on, up to FINDING_LIMIT."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def fail(self, source: str, line: Line | None, text: str, at: tuple[int, int] = (1, 1)) -> None:
        """Note what is wrong at a place of a logical line, or with the file as a whole."""
        if not self.full:
            place = line.place(*at) if line is not None else (0, 0)
            self.findings.append(Finding(source, *place, text))

    @property
    def full(self) -> bool:
        """Whether further mistakes would not be noted."""
        return len(self.findings) >= FINDING_LIMIT

    def raise_if_any(self) -> None:
        """Refuse what was read when something is wrong with it; what was found is told file by file."""
        if self.findings:
            files = list(dict.fromkeys(finding.file for finding in self.findings))
            raise UvlError(sorted(self.findings, key=lambda each: (files.index(each.file), each.line, each.column)))


def read_tree(lines: list[Line], source: str, report: Report) -> Feature | None:
    """The root of the tree in the lines below `features`; None when there is none."""
    return _TreeReading(source, report).root_of(lines)


class _TreeReading:
    def __init__(self, source: str, report: Report) -> None:
        self.source, self.report = source, report
        self.places: dict[str, Line] = {}
        self.root: Feature | None = None

    def fail(self, line: Line, text: str, at: tuple[int, int] = (1, 1)) -> None:
        self.report.fail(self.source, line, text, at)

    def root_of(self, lines: list[Line]) -> Feature | None:
        open_blocks: list[tuple[int, Feature | Group]] = []
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
            if line.text in GROUPS or line.text.startswith("["):
                if isinstance(owner, Feature):
                    group = self.group(line)
                    owner.groups.append(group)
                    open_blocks.append((line.indent, group))
                else:
                    self.fail(line, f"the indentation is wrong: the group {line.text} must stand below a feature")
            elif isinstance(owner, Feature):
                first = line.text.split()[0]
                self.fail(
                    line, f"the indentation is wrong: {first} must stand in a group such as mandatory or optional"
                )
            elif len(self.places) >= FEATURE_LIMIT or self.report.full:
                self.fail(line, f"there are more than {FEATURE_LIMIT:,} features")
                self.report.raise_if_any()
            else:
                open_blocks.append((line.indent, self.feature(line, owner)))
        while open_blocks:
            self.close(open_blocks.pop()[1])
        return self.root

    def group(self, line: Line) -> Group:
        if not line.text.startswith("["):
            return Group(line.text, line)
        group = Group("cardinality", line)
        match = _CARDINALITY.fullmatch(line.text)
        if match is None:
            self.fail(line, f"{line.text} is not a group cardinality such as [1..3] or [2..*]")
        else:
            low, high = match[1], match[2] or match[1]
            group.low = 0 if low == "*" else int(low)
            group.high = None if high == "*" else int(high)
            if group.high is not None and group.high < group.low:
                self.fail(line, f"the cardinality {line.text} ends below its beginning")
        return group

    def close(self, block: Feature | Group) -> None:
        if isinstance(block, Feature):
            return
        if not block.members:
            self.fail(block.line, f"the group {block.line.text} is empty")
        if block.low > len(block.members):
            text = f"the group asks for {block.low} of its {len(block.members)} features"
            self.fail(block.line, text)

    def feature(self, line: Line, group: Group | None) -> Feature:
        """The feature of a line; one that is refused is returned too, so that its children are still read."""
        try:
            said = parse_feature(line.text)
        except LineProblem as problem:
            self.fail(line, problem.text, problem.at)
            feature = Feature(f"line {line.number}", self.source, line)
        else:
            feature = Feature(said.name, self.source, line, said.kind or "Boolean")
            feature.attributes, feature.constraints = said.attributes, said.constraints
            feature.imported = said.imported
            keys = [key for key, _ in said.attributes]
            for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
                self.fail(line, f"the attribute {key} of {said.name} is there twice")
            if feature.kind not in KINDS:
                self.fail(line, f"{feature.kind} is not a type; a name with spaces stands in quotes")
                feature.kind = "Boolean"
            if said.cardinality is not None:
                feature.cardinality = self.cardinality(line, said.name, *said.cardinality)
        if feature.name in self.places:
            first = self.places[feature.name].number
            self.fail(line, f"the feature {feature.name} is there twice, first in line {first}")
        if group is not None:
            group.members.append(feature)
        elif self.root is not None:
            self.fail(line, f"the indentation is wrong: {feature.name} stands beside the root {self.root.name}")
        else:
            self.root = feature
        self.places.setdefault(feature.name, line)
        return feature

    def cardinality(self, line: Line, name: str, low: int, high: int | None) -> tuple[int, int] | None:
        """How many instances there may be; None when it is exactly one, which needs no counting."""
        match = re.search(r"\bcardinality\b", line.text)
        at = (1, match.start() + 1 if match else 1)
        if high is None:
            self.fail(line, f"the cardinality of {name} has no upper bound: say how many there can be at most", at)
        elif high < low:
            self.fail(line, f"the cardinality of {name} ends below its beginning", at)
        elif high > INSTANCE_LIMIT:
            self.fail(line, f"{name} may be there {high:,} times, {INSTANCE_LIMIT:,} are allowed", at)
        elif (low, high) != (1, 1):
            return low, high
        return None
