"""The values of typed features: what their `values` list, and what constraints leave of the endless rest.

A constraint that must hold anyway bounds a feature through every comparison it makes certain. The result is a
superset of what is possible; the constraints stay rules of the model.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm

from configurator.engine.expressions import Binary, Call, Expression, Literal, Name, Negation, walk
from configurator.engine.model import INTEGER_LIMIT, VALUE_LIMIT
from configurator.formats.uvl.composition import Constraint, Scope, subtree
from configurator.formats.uvl.names import Attribute, Names
from configurator.formats.uvl.reach import EVERYTHING, LIST_LIMIT, NOTHING, Reach, exactly, listed
from configurator.formats.uvl.syntax import LineProblem, Vector
from configurator.formats.uvl.tree import Feature, Report

ROUND_LIMIT = 20
"""How often what is known of one feature is used for the others."""
DEPTH_LIMIT = 20
"""Attributes defined by attributes."""

Linear = tuple[Fraction, Reach]
"""Factor of the feature in question, and what is added to it."""

NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a typed feature that is selected: words, or numbers in steps of 1 / scale.

    Where it may be missing, `absent` is how it then reads: as nought or as an empty word.
    """

    values: tuple[int | str, ...]
    scale: int = 1
    absent: int | str | None = None

    def all_values(self) -> tuple[int | str, ...]:
        """Those values and the one that stands for missing; numbers smallest first."""
        if self.absent is None or self.absent in self.values:
            return self.values
        if isinstance(self.absent, str):
            return (self.absent, *self.values)
        return tuple(sorted((self.absent, *(value for value in self.values if isinstance(value, int)))))


def domains(names: Names, report: Report) -> dict[Feature, Domain]:
    """The values of every typed feature; one that has none, or endlessly many, is reported."""
    return _TypeReading(names, report).domains()


class _TypeReading:
    def __init__(self, names: Names, report: Report) -> None:
        self.names, self.report = names, report
        self.composition = names.composition
        self.typed = [each for each in self.composition.features.values() if each.kind != "Boolean"]
        self.reach: dict[Feature, Reach] = {}

    @cached_property
    def first_seen(self) -> dict[str, int]:
        """Every text that is listed or compared with, and when it was written first."""
        seen: dict[str, int] = {}
        for feature in self.typed:
            for _, value in feature.attributes:
                if isinstance(value, Vector):
                    for each in value.values:
                        seen.setdefault(str(each), len(seen))
        for constraint in self.names.constraints:
            for node in walk(constraint.expression):
                if isinstance(node, Literal) and isinstance(node.value, str):
                    seen.setdefault(node.value, len(seen))
        return seen

    def domains(self) -> dict[Feature, Domain]:
        for feature in self.typed:
            self.reach[feature] = self.listed_values(feature)
        self.narrow()
        return {feature: self.domain(feature) for feature in self.typed}

    def is_optional(self, feature: Feature) -> bool:
        return feature not in self.composition.always or feature.cardinality is not None

    def listed_values(self, feature: Feature) -> Reach:
        """What the attribute `values` of a typed feature lists."""
        said = next((value for key, value in feature.attributes if key.casefold() == "values"), None)
        if said is None:
            return EVERYTHING
        wanted = str if feature.kind == "String" else Decimal
        if not isinstance(said, Vector) or not said.values or not all(type(value) is wanted for value in said.values):
            kind = "texts" if wanted is str else "numbers"
            self.fail(feature, f"the values of {feature.name} are a list of {kind}, such as {{values [...]}}")
            return NOTHING
        return listed(Fraction(value) if isinstance(value, Decimal) else str(value) for value in said.values)

    def narrow(self) -> None:
        """Let constraints bound features until nothing changes any more, or long enough."""
        concerned: dict[Feature, list[Constraint]] = {feature: [] for feature in self.typed}
        for constraint in self.names.constraints:
            if constraint.defines is None:
                for feature in self.names.features_of(constraint) & concerned.keys():
                    concerned[feature].append(constraint)
        for _ in range(ROUND_LIMIT):
            before = dict(self.reach)
            for feature, constraints in concerned.items():
                bounds = [
                    _Bounding(self, constraint.scope, feature).under(constraint.expression, True)
                    for constraint in constraints
                ]
                for bounded in sorted(bounds, key=lambda bounded: not bounded.finite):
                    narrowed = self.reach[feature].both(bounded)
                    # A model that contradicts itself is read; the engine will say which rules do.
                    if not narrowed.empty or not self.reach[feature].finite:
                        self.reach[feature] = narrowed
            if self.reach == before:
                return

    def domain(self, feature: Feature) -> Domain:
        """The values as the model keeps them; what cannot be kept is reported."""
        reach = self.reach[feature]
        if feature.kind == "String":
            words = sorted(map(str, reach.listed or ()), key=lambda word: self.first_seen.get(word, 0))
            domain = Domain(tuple(words), 1, "" if self.is_optional(feature) else None)
        else:
            numbers, scale = self.numbers(feature, reach)
            domain = Domain(numbers, scale, 0 if self.is_optional(feature) else None)
        if reach.listed is None and feature.kind != "Integer":
            self.fail(feature, _endless(feature, None not in reach.bounds()))
        elif reach.listed is not None and not domain.all_values():
            self.fail(feature, f"{feature.name} has no value that its constraints allow")
        return domain

    def numbers(self, feature: Feature, reach: Reach) -> tuple[tuple[int, ...], int]:
        """The numbers in steps, and the number of steps to one."""
        if reach.listed is None:
            return (self.whole_values(feature, reach) if feature.kind == "Integer" else ()), 1
        numbers = reach.numbers()
        if feature.kind == "Integer":
            numbers = [number for number in numbers if number.denominator == 1]
        scale = _scale(numbers)
        if any(abs(number * scale) > INTEGER_LIMIT for number in numbers):
            self.fail(feature, f"the numbers of {feature.name} go beyond {INTEGER_LIMIT:,}")
        return tuple(int(number * scale) for number in numbers), scale

    def whole_values(self, feature: Feature, reach: Reach) -> tuple[int, ...]:
        low, high = reach.bounds()
        if low is None or high is None:
            side = "lower" if high is not None else "upper" if low is not None else "lower and no upper"
            advice = f"{feature.name} >= 0 & {feature.name} <= 100"
            self.fail(feature, f"{feature.name} has no {side} bound: say how far it goes, by {advice} for example")
        elif max(abs(low), abs(high)) > INTEGER_LIMIT:
            self.fail(feature, f"the numbers of {feature.name} go beyond {INTEGER_LIMIT:,}")
        elif high - low >= VALUE_LIMIT:
            count = floor(high) - ceil(low) + 1
            self.fail(feature, f"{feature.name} has {count:,} values, {VALUE_LIMIT:,} are allowed")
        elif floor(high) < ceil(low) and not self.is_optional(feature):
            self.fail(feature, f"{feature.name} has no value that its constraints allow")
        else:
            return tuple(range(ceil(low), floor(high) + 1))
        return ()

    def fail(self, feature: Feature, text: str) -> None:
        self.report.fail(feature.source, feature.line, text)


def _endless(feature: Feature, bounded: bool) -> str:
    example = "'a'" if feature.kind == "String" else "1.5"
    kind = "endlessly many values between its bounds" if bounded else "endlessly many values"
    return f"{feature.name} has {kind}: list them by {feature.name} == {example} | ... or {{values [{example}, ...]}}"


def _scale(numbers: list[Fraction]) -> int:
    """The number of steps to one: a power of ten where the numbers are decimals."""
    smallest = lcm(*(number.denominator for number in numbers)) if numbers else 1
    digits = next((digits for digits in range(13) if 10**digits % smallest == 0), None)
    return smallest if digits is None else 10**digits


@dataclass(frozen=True)
class _Bounding:
    """What one constraint says of one feature that is selected."""

    reading: _TypeReading
    scope: Scope
    feature: Feature

    def under(self, expression: Expression, holds: bool) -> Reach:
        """The values with which the expression can hold, or fail."""
        match expression:
            case Negation(operand):
                return self.under(operand, not holds)
            case Binary("and" | "or" as operator):
                return self.under_chain(expression, operator, holds)
            case Binary("implies", left, right):
                first, second = self.under(left, not holds), self.under(right, holds)
                return first.either(second) if holds else first.both(second)
            case Binary("=" | "!=" | "<" | "<=" | ">" | ">=" as operator, left, right):
                return self.compared(operator if holds else NEGATED[operator], left, right)
            case Literal(bool(value)):
                return EVERYTHING if value is holds else NOTHING
            case Name():
                return NOTHING if not holds and self.is_there(expression) else EVERYTHING
        return EVERYTHING

    def under_chain(self, expression: Binary, operator: str, holds: bool) -> Reach:
        """`a & b & ...` and `a | b | ...`, however long."""
        together = (operator == "and") is holds
        found = EVERYTHING if together else NOTHING
        node: Expression = expression
        while isinstance(node, Binary) and node.operator == operator:
            each = self.under(node.right, holds)
            found = found.both(each) if together else found.either(each)
            node = node.left
        each = self.under(node, holds)
        return found.both(each) if together else found.either(each)

    def is_there(self, name: Name) -> bool:
        """Whether the name is a feature that is selected whenever this one is."""
        named = self.meant(name)
        feature: Feature | None = self.feature
        while feature is not None:
            if feature is named:
                return True
            feature = self.reading.composition.place.get(feature, (None,))[0]
        return False

    def compared(self, operator: str, left: Expression, right: Expression) -> Reach:
        if self.feature.kind == "String":
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Name) and self.meant(one) is self.feature and operator == "=":
                    return self.texts(other)
            return EVERYTHING
        difference = self.linear(left, 0)
        subtrahend = self.linear(right, 0)
        if difference is None or subtrahend is None:
            return EVERYTHING
        factor = difference[0] - subtrahend[0]
        if not factor:
            return EVERYTHING
        # factor * feature + rest compares with 0, so feature compares with -rest / factor
        rest = subtrahend[1].plus(difference[1].times(exactly(Fraction(-1)))).times(exactly(1 / factor))
        if operator == "=":
            return rest
        low, high = rest.bounds()
        if operator == "!=":
            return EVERYTHING
        return Reach(None, low, None) if (operator in (">", ">=")) is (factor > 0) else Reach(None, None, high)

    def linear(self, expression: Expression, depth: int) -> Linear | None:
        """The feature's factor and what is added to it, where the expression is of that form."""
        chain: list[Binary] = []
        while isinstance(expression, Binary) and expression.operator in ("+", "-", "*", "/"):
            chain.append(expression)
            expression = expression.left
        found = self.linear_part(expression, depth)
        for link in reversed(chain):
            right = self.linear(link.right, depth)
            if found is None or right is None:
                return None
            found = _combined(link.operator, found, right)
        return found

    def linear_part(self, expression: Expression, depth: int) -> Linear | None:
        match expression:
            case Literal(int(value)) if not isinstance(value, bool):
                return Fraction(0), exactly(Fraction(value))
            case Name():
                return self.linear_name(expression, depth)
            case Call(function, arguments):
                return self.linear_call(function, arguments, depth)
        return None

    def linear_name(self, name: Name, depth: int) -> Linear | None:
        meant = self.meant(name)
        if meant is self.feature:
            return Fraction(1), exactly(Fraction(0))
        if isinstance(meant, Feature):
            return (Fraction(0), self.number_of(meant)) if meant.kind in ("Integer", "Real") else None
        if meant is None:
            return None
        return self.linear_attribute(meant, depth)

    def linear_attribute(self, attribute: Attribute, depth: int) -> Linear | None:
        if attribute.scope is not None:
            if depth >= DEPTH_LIMIT:
                return None
            defined = _Bounding(self.reading, attribute.scope, self.feature)
            assert isinstance(attribute.value, Expression)
            return defined.linear(attribute.value, depth + 1)
        if not isinstance(attribute.value, Decimal):
            return None
        value = Fraction(attribute.value)
        there = attribute.feature in self.reading.composition.always
        return Fraction(0), listed([value] if there else [value, Fraction(0)])

    def linear_call(self, function: str, arguments: tuple[Expression, ...], depth: int) -> Linear | None:
        if function in ("floor", "ceil") and len(arguments) == 1:
            inner = self.linear(arguments[0], depth)
            if inner is None:
                return None
            return inner[0], inner[1].plus(Reach(None, Fraction(-1), Fraction(1)))
        if function == "len":
            return Fraction(0), Reach(None, Fraction(0), None)
        values = [Fraction(0)]
        for argument in arguments:
            if isinstance(argument, Name):
                for feature in subtree(self.reading.composition.root):
                    if feature.cardinality is not None:
                        return None
                    for attribute in self.reading.names.attributes_called(argument.name, feature):
                        if not isinstance(attribute.value, Decimal):
                            return None
                        values.append(Fraction(attribute.value))
        if function == "avg":
            return Fraction(0), Reach(None, min(values), max(values))
        low, high = sum(min(value, Fraction(0)) for value in values), sum(max(value, Fraction(0)) for value in values)
        return Fraction(0), Reach(None, Fraction(low), Fraction(high))

    def number_of(self, feature: Feature) -> Reach:
        """What a number feature can be, nought included where it may be missing."""
        reach = self.reading.reach[feature]
        low, high = reach.bounds()
        if feature.kind == "Integer" and low is not None and high is not None and high - low <= LIST_LIMIT:
            reach = reach.both(listed(Fraction(value) for value in range(ceil(low), floor(high) + 1)))
        return reach.either(exactly(Fraction(0))) if self.reading.is_optional(feature) else reach

    def texts(self, expression: Expression) -> Reach:
        """The words that an expression can be."""
        match expression:
            case Literal(str(value)):
                return exactly(value) if value else NOTHING
            case Name():
                meant = self.meant(expression)
                if isinstance(meant, Feature) and meant.kind == "String":
                    return self.reading.reach[meant]
                if isinstance(meant, Attribute) and isinstance(meant.value, str):
                    return exactly(meant.value)
        return EVERYTHING

    def meant(self, name: Name) -> Feature | Attribute | None:
        try:
            return self.reading.names.meant(self.scope, name)
        except LineProblem:
            return None  # reported where the constraint is read


def _combined(operator: str, left: Linear, right: Linear) -> Linear | None:
    if operator in ("+", "-"):
        sign = Fraction(1 if operator == "+" else -1)
        return left[0] + sign * right[0], left[1].plus(right[1].times(exactly(sign)))
    if operator == "/":
        divisors = right[1].numbers()
        if right[0] or len(divisors) != 1 or not divisors[0]:
            return None
        right = Fraction(0), exactly(1 / divisors[0])
    for one, other in ((left, right), (right, left)):
        factors = other[1].numbers()
        if not other[0] and len(factors) == 1:
            return one[0] * factors[0], one[1].times(other[1])
    return (Fraction(0), left[1].times(right[1])) if not left[0] and not right[0] else None
