"""A composed UVL model as the engine's model: variables, a tree of features, rules.

Every feature is a yes-or-no variable of the tree. A typed one is called `name.selected` there, and its number or word
is a variable with the feature's own name, which reads as nought or as an empty word where it is not selected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from configurator.engine.errors import ExpressionTooLarge, ModelError
from configurator.engine.expressions import Binary, Expression, Literal, Membership, Name, check_size, names
from configurator.engine.model import FeatureNode, Model, Rule, Variable
from configurator.engine.network.truth_tables import holds_where
from configurator.formats.findings import Finding, UvlError
from configurator.formats.uvl.composition import Composition, Constraint
from configurator.formats.uvl.logic import TRUE, logical
from configurator.formats.uvl.meaning import condition
from configurator.formats.uvl.names import Names
from configurator.formats.uvl.reading import Space
from configurator.formats.uvl.syntax import LineProblem
from configurator.formats.uvl.text import constraint_text
from configurator.formats.uvl.tree import FEATURE_LIMIT, Feature, Report
from configurator.formats.uvl.types import Domain, domains

Numbers = tuple[int, ...]
"""Which instance of each counted feature above, from the root down."""


ORDER_LIMIT = 1_000_000
"""Parts of the rules that list the instances of one feature in one order."""


def assemble(composition: Composition, report: Report) -> Model:
    """The model; raises UvlError with every mistake found in types and constraints."""
    found = Names(composition)
    space = Space(found, _filtered(found, domains(found, report)))
    assembly = _Assembly(space, report)
    assembly.add_tree()
    assembly.add_constraints()
    report.raise_if_any()
    return assembly.model()


def _filtered(found: Names, known: Mapping[Feature, Domain]) -> dict[Feature, Domain]:
    """The values of typed features without those that a constraint on the feature alone excludes."""
    left = dict(known)
    space = Space(found, left)
    for constraint in found.constraints if left else ():
        features = found.features_of(constraint)
        if len(features) != 1 or constraint.defines is not None or not features <= left.keys():
            continue
        (feature,) = features
        instances = dict.fromkeys(space.instances.counted(feature), 1)
        try:
            expression = condition(space, constraint, instances)
        except LineProblem:
            continue  # reported with the rest
        there = space.instances.there(feature, instances)
        variable = space.instances.value(feature, instances.values())
        values = left[feature].values
        if values and isinstance(there, Name) and names(expression) <= {variable, there.name}:
            holds = holds_where(expression, {variable: values, there.name: (True,)})
            kept = tuple(value for value, held in zip(values, holds[:, 0]) if held)
            if kept or left[feature].absent is not None:
                left[feature] = replace(left[feature], values=kept)
    return left


class _Assembly:
    """Variables, nodes and rules, in the order of the files."""

    def __init__(self, space: Space, report: Report) -> None:
        self.space, self.report = space, report
        self.composition, self.instances = space.composition, space.instances
        self.variables: list[Variable] = []
        self.nodes: list[FeatureNode] = []
        self.rules: list[Rule] = []
        self.typed: dict[str, tuple[str, str, Domain]] = {}
        self.ordered = 0

    def model(self) -> Model:
        root = self.composition.root
        name = self.space.names.composition.name or root.name
        try:
            return Model(name, tuple(self.variables), tuple(self.rules), (), tuple(self.nodes))
        except ModelError as error:
            raise UvlError([Finding(root.source, 0, 0, str(error))]) from None

    # Tree

    def add_tree(self) -> None:
        if self.composition.size > FEATURE_LIMIT:
            counted = next(each for each in self.composition.order if each.cardinality is not None)
            text = f"with all instances there are {self.composition.size:,} features, {FEATURE_LIMIT:,} are allowed"
            self.report.fail(counted.source, counted.line, text)
            self.report.raise_if_any()
        waiting = [_Place(self.composition.root, (), FeatureNode("", None))]
        while waiting:
            place = waiting.pop()
            if place.feature.cardinality is None or place.instance:
                waiting += reversed(self.add_node(place))
            else:
                waiting += reversed(self.add_collective(place))

    def add_collective(self, place: "_Place") -> list["_Place"]:
        """Add the node that says whether instances are there at all; its instances are still to come."""
        feature, numbers = place.feature, place.numbers
        assert feature.cardinality is not None
        name = self.instances.collective(feature, numbers)
        self.nodes.append(replace(place.node, name=name, abstract=True))
        self.variables.append(Variable(name, (False, True)))
        self.rules += list(self.order(feature, numbers))
        node = FeatureNode("", name, False, "cardinality", 0, feature.cardinality)
        return [_Place(feature, (*numbers, each + 1), node, True) for each in range(feature.cardinality[1])]

    def add_node(self, place: "_Place") -> list["_Place"]:
        """Add a feature or instance; what stands below it is still to come."""
        feature, numbers = place.feature, place.numbers
        name = self.instances.node(feature, numbers)
        value = "" if feature.kind == "Boolean" else self.instances.value(feature, numbers)
        hung = place.node
        node = FeatureNode(
            name, hung.parent, feature.abstract, hung.group, hung.group_number, hung.cardinality,
            feature.attributes, value,
        )  # fmt: skip
        self.variables.append(Variable(name, (False, True)))
        if value:
            self.add_value(node, self.space.domains[feature])
        self.nodes.append(node)
        found = []
        for group in feature.groups:
            limits = (0, 0)
            if group.kind == "cardinality":
                size = len(group.members)
                limits = (group.low, size if group.high is None else min(group.high, size))
            below = FeatureNode("", name, False, group.kind, group.line.number, limits)
            found += [_Place(member, numbers, below) for member in group.members]
        return found

    def add_value(self, node: FeatureNode, domain: Domain) -> None:
        """Add the variable with the number or word of a typed feature, and when it has one."""
        values, value = domain.all_values(), node.value
        if not values:
            return  # reported by its type
        self.variables.append(Variable(value, values, _unit(domain.scale)))
        self.typed[value] = self.typed[node.name] = (value, node.name, domain)
        if domain.absent is None:
            return
        missing = Binary("=", Name(value), Literal(domain.absent))
        link: Expression = Binary("or", Name(node.name), missing)
        if domain.absent not in domain.values:
            link = Binary("iff", Name(node.name), Binary("!=", Name(value), Literal(domain.absent)))
        self.rules.append(Rule(f"{value}/value", link, f"{value} has a value when it is selected, and only then."))

    # Instances

    def order(self, feature: Feature, numbers: Numbers) -> Iterator[Rule]:
        """Instances are numbered without gaps, and each is listed before or beside those that are like it."""
        assert feature.cardinality is not None
        size = len(self.deciding(feature, (*numbers, 1)))
        self.ordered += feature.cardinality[1] * size * size
        if self.ordered > ORDER_LIMIT:
            text = f"{feature.name} has too many instances with too many features to be kept in order"
            self.report.fail(feature.source, feature.line, text)
            self.report.raise_if_any()
        columns = [self.deciding(feature, (*numbers, each + 1)) for each in range(feature.cardinality[1])]
        for number, (before, after) in enumerate(pairwise(columns), 2):
            first, second = (Name(self.instances.node(feature, (*numbers, each))) for each in (number - 1, number))
            code = f"{self.instances.collective(feature, (*numbers, number))}/order"
            text = f"The instances of {feature.name} are numbered from 1."
            yield Rule(code, Binary("implies", second, first), text)
            alike: Expression = second
            for place, ((one, domain), (other, _)) in enumerate(zip(before, after), 1):
                not_less = _not_less(Name(one), Name(other), domain)
                text = f"The instances of {feature.name} are alike, so they are listed in one order."
                yield Rule(f"{code}/{place}", Binary("implies", alike, not_less), text)
                equal = Binary("iff" if domain is None else "=", Name(one), Name(other))
                alike = Binary("and", alike, equal)

    def deciding(self, feature: Feature, numbers: Numbers) -> list[tuple[str, Domain | None]]:
        """The variables below an instance that it can differ in, with the values of those that are typed."""
        found: list[tuple[str, Domain | None]] = []
        waiting: list[tuple[Feature, Numbers, bool]] = [(feature, numbers, True)]
        while waiting:
            each, inner, certain = waiting.pop()
            copies = [inner]
            if each.cardinality is not None and each is not feature:
                if not certain:
                    found.append((self.instances.collective(each, inner), None))
                copies = [(*inner, number) for number in range(1, each.cardinality[1] + 1)]
                certain = False
            for copy in copies:
                if not certain:
                    found.append((self.instances.node(each, copy), None))
                if each.kind != "Boolean":
                    found.append((self.instances.value(each, copy), self.space.domains[each]))
            waiting += [
                (member, copy, group.kind == "mandatory")
                for copy in reversed(copies)
                for group in reversed(each.groups)
                for member in reversed(group.members)
            ]
        return found

    # Constraints

    def add_constraints(self) -> None:
        for constraint in self.space.names.constraints:
            if self.report.full:
                return
            try:
                self.rules += list(self.constraint(constraint))
            except LineProblem as problem:
                self.report.fail(constraint.source, constraint.line, problem.text, problem.at)

    def constraint(self, constraint: Constraint) -> Iterator[Rule]:
        """The rules of a constraint, one for each choice of instances that it is about."""
        counted: set[Feature] = set()
        for feature in self.space.names.features_of(constraint) if self.composition.counts else ():
            counted.update(self.composition.counted_above(feature))
            if feature.kind != "Boolean" and feature.cardinality is not None:
                counted.add(feature)
        cases = self.instances.cases(sorted(counted, key=self.composition.positions.__getitem__))
        if cases is None:
            raise LineProblem("the constraint is about too many combinations of instances")
        for case in cases:
            expression = condition(self.space, constraint, case.instances)
            if self.always_holds(expression):
                continue
            for each in reversed(case.conditions):
                expression = logical("implies", each, expression)
            try:
                check_size(expression)
            except ExpressionTooLarge as error:
                raise LineProblem(str(error)) from None
            text = constraint.text or constraint_text(constraint.expression)
            yield Rule(constraint.code + case.suffix, expression, text)

    def always_holds(self, expression: Expression) -> bool:
        """Whether it holds for every value of the one typed feature that it is about."""
        if expression == TRUE:
            return True
        asked = names(expression)
        typed = {self.typed.get(name) for name in asked}
        if len(typed) != 1 or None in typed:
            return False
        ((value, there, domain),) = (each for each in typed if each is not None)
        values = domain.all_values()
        holds = holds_where(expression, {there: (False, True), value: values})
        missing = domain.absent is None or bool(holds[0, values.index(domain.absent)])
        return missing and all(holds[1, index] for index, each in enumerate(values) if each in set(domain.values))


@dataclass(frozen=True, eq=False, slots=True)
class _Place:
    """An occurrence of a feature that is still to be added: which one, and its node but for the name."""

    feature: Feature
    numbers: Numbers
    node: FeatureNode
    instance: bool = False


def _not_less(one: Name, other: Name, domain: Domain | None) -> Expression:
    """Whether one instance has the feature that the other has; of numbers as much, of words one as late or later."""
    if domain is None:
        return Binary("implies", other, one)
    words = domain.all_values()
    if not isinstance(words[0], str):
        return Binary(">=", one, other)
    found: Expression = TRUE
    for index, word in enumerate(words[1:], 1):
        later = Membership(one, words[index:])
        found = logical("and", found, Binary("implies", Binary("=", other, Literal(word)), later))
    return found


def _unit(scale: int) -> str:
    """What one step of a number is, empty where it is one."""
    if scale == 1:
        return ""
    digits = len(str(scale)) - 1
    return f"0.{'1'.rjust(digits, '0')}" if scale == 10**digits else f"1/{scale}"
