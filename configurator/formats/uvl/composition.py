"""UVL files put together: one tree whose imported features carry the name of their import, and all constraints."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from configurator.engine.expressions import Expression
from configurator.formats.uvl.files import Import, UvlFile
from configurator.formats.uvl.lines import Line
from configurator.formats.uvl.tree import FEATURE_LIMIT, Feature, Group, Report

FILE_LIMIT = 2_000
"""Trees that one model is put together from, the same file counted as often as it is imported."""


@dataclass(frozen=True, eq=False, slots=True)
class Scope:
    """The names one file uses: its own features under `prefix`, and those of what it imports."""

    file: UvlFile
    prefix: str
    root: Feature

    def full(self, name: str) -> Iterator[str]:
        """The names that a feature or attribute may have in the composed model, the likeliest first."""
        yield self.prefix + name
        space = self.file.namespace
        if space and name.startswith(f"{space}."):
            yield self.prefix + name[len(space) + 1 :]


@dataclass(frozen=True, eq=False, slots=True)
class Constraint:
    """A constraint of the composed model, and where it was written.

    With `defines` the expression is no condition but what an undeclared attribute of that feature is set equal to.
    """

    code: str
    text: str
    expression: Expression
    scope: Scope
    source: str
    line: Line
    defines: Feature | None = None


@dataclass(eq=False)
class Composition:
    """A tree, its features by name, parents before children, and the constraints over them."""

    root: Feature
    name: str = ""
    constraints: list[Constraint] = field(default_factory=list)

    @cached_property
    def order(self) -> tuple[Feature, ...]:
        """Every feature, in the order written, parents before children."""
        return tuple(subtree(self.root))

    @cached_property
    def features(self) -> dict[str, Feature]:
        """Every feature by its name."""
        return {feature.name: feature for feature in self.order}

    @cached_property
    def positions(self) -> dict[Feature, int]:
        """When each feature comes, parents before children."""
        return {feature: number for number, feature in enumerate(self.order)}

    @cached_property
    def counts(self) -> bool:
        """Whether any feature stands for several instances."""
        return any(feature.cardinality is not None for feature in self.order)

    @cached_property
    def size(self) -> int:
        """How many features there are when every instance counts."""
        total = 0
        copies: dict[Feature, int] = {}
        for feature in self.order:
            above = copies[self.place[feature][0]] if feature in self.place else 1
            copies[feature] = above if feature.cardinality is None else above * feature.cardinality[1]
            total += copies[feature]
        return total

    @cached_property
    def place(self) -> dict[Feature, tuple[Feature, Group]]:
        """Parent and group of every feature but the root."""
        return {
            member: (feature, group) for feature in self.order for group in feature.groups for member in group.members
        }

    @cached_property
    def always(self) -> frozenset[Feature]:
        """Features that the tree alone puts into every product."""
        found = {self.root}
        for feature in self.order:
            if feature in found and feature.cardinality is None:
                found.update(
                    member for group in feature.groups if group.kind == "mandatory" for member in group.members
                )
        return frozenset(found)

    def is_optional(self, feature: Feature) -> bool:
        """Whether the feature, or an instance of it, may be missing."""
        return feature not in self.always or feature.cardinality is not None

    def counted_above(self, feature: Feature) -> tuple[Feature, ...]:
        """The features above this one that stand for several instances, from the root down."""
        found = []
        while feature in self.place:
            feature = self.place[feature][0]
            if feature.cardinality is not None:
                found.append(feature)
        return tuple(reversed(found))


def subtree(root: Feature) -> Iterator[Feature]:
    """A feature and all below it, in the order written."""
    waiting = [root]
    while waiting:
        feature = waiting.pop()
        yield feature
        waiting.extend(member for group in reversed(feature.groups) for member in reversed(group.members))


def compose(file: UvlFile, report: Report) -> Composition | None:
    """The whole model; None when it has no root. What does not fit together is reported."""
    composing = _Composing(report)
    root = composing.tree(file, "")
    return None if root is None else Composition(root, file.namespace, composing.constraints)


class _Composing:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.constraints: list[Constraint] = []
        self.count = self.files = 0

    def tree(self, file: UvlFile, prefix: str) -> Feature | None:
        """The file's tree under new names; its constraints are noted."""
        if file.root is None:
            return None
        if file.root.imported:
            self.report.fail(file.source, file.root.line, "the root of a file cannot be imported from another")
            return None
        self.files += 1
        if self.files > FILE_LIMIT:
            if self.files == FILE_LIMIT + 1:
                self.report.fail(file.source, None, f"files are imported more than {FILE_LIMIT:,} times")
            return None
        root = self.renamed(file.root, prefix)
        scope = Scope(file, prefix, root)
        first = len(self.constraints)
        waiting = [(file.root, root)]
        while waiting and self.count <= FEATURE_LIMIT:
            declared, feature = waiting.pop()
            self.inner_constraints(feature, declared, scope)
            for group in declared.groups:
                copied = replace(group, members=[])
                feature.groups.append(copied)
                for member in group.members:
                    child = self.imported(file, member, prefix) if member.imported else self.renamed(member, prefix)
                    if child is not None:
                        copied.members.append(child)
                        waiting.append((member, child))
        if self.count > FEATURE_LIMIT and not self.report.full:
            self.report.fail(file.source, None, f"there are more than {FEATURE_LIMIT:,} features")
            return None
        # What a file says itself comes before what it imports.
        self.constraints[first:first] = [
            Constraint(f"{prefix}C{each.number}", each.text, each.expression, scope, file.source, each.line)
            for each in file.constraints
        ]
        return root

    def renamed(self, declared: Feature, prefix: str) -> Feature:
        self.count += 1
        return Feature(
            prefix + declared.name, declared.source, declared.line, declared.kind, declared.cardinality,
            declared.attributes, declared.constraints,
        )  # fmt: skip

    def imported(self, file: UvlFile, member: Feature, prefix: str) -> Feature | None:
        """The root of the imported file, as this file calls it, with what this file adds to it."""
        fitting = [each for each in file.imports if member.name.startswith(f"{each.alias}.")]
        if not fitting:
            alias = member.name.rpartition(".")[0]
            self.report.fail(file.source, member.line, f"nothing that is imported is called {alias}")
            return None
        found = max(fitting, key=lambda each: len(each.alias))
        if found.file is None or found.file.root is None:
            return None  # its import line says why
        if not self.is_root(file, found, member):
            return None
        root = self.tree(found.file, f"{prefix}{found.alias}.")
        if root is not None:
            said = {key for key, _ in member.attributes}
            root.attributes = (*member.attributes, *(pair for pair in root.attributes if pair[0] not in said))
            root.cardinality = member.cardinality or root.cardinality
        return root

    def is_root(self, file: UvlFile, found: Import, member: Feature) -> bool:
        assert found.file is not None
        assert found.file.root is not None
        root = f"{found.alias}.{found.file.root.name}"
        if member.name != root:
            text = f"{member.name} is not the root of {found.file.source}, which is {root}"
            self.report.fail(file.source, member.line, text)
        return member.name == root

    def inner_constraints(self, feature: Feature, declared: Feature, scope: Scope) -> None:
        for number, inner in enumerate(declared.constraints, 1):
            code = f"{feature.name}/constraint" + (f"/{number}" if len(declared.constraints) > 1 else "")
            self.constraints.append(Constraint(code, "", inner.expression, scope, scope.file.source, declared.line))
