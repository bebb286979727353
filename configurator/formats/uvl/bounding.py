"""What a constraint that must hold leaves of the values of one typed feature.

The result is a superset: whatever is not understood excludes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from configurator.engine.expressions import Binary, Call, Expression, Literal, Name, Negation
from configurator.formats.uvl.composition import Scope, subtree
from configurator.formats.uvl.logic import NEGATED
from configurator.formats.uvl.names import Attribute, Names
from configurator.formats.uvl.reach import EVERYTHING, LIST_LIMIT, NOTHING, Reach, exactly, listed
from configurator.formats.uvl.syntax import LineProblem
from configurator.formats.uvl.tree import Feature

DEPTH_LIMIT = 20
"""Attributes defined by attributes."""

Linear = tuple[Fraction, Reach]
"""Factor of the feature in question, and what is added to it."""


@dataclass(frozen=True)
class Bounding:
    """What one constraint says of one feature that is selected, given what is known of the others so far."""

    names: Names
    known: Mapping[Feature, Reach]
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
                first = self.under(left, not holds)
                if holds:
                    return first if first.unknown else first.either(self.under(right, holds))
                return first.both(self.under(right, holds))
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
        for operand in _operands(expression, operator):
            each = self.under(operand, holds)
            found = found.both(each) if together else found.either(each)
            if found.unknown and not together:
                return EVERYTHING
        return found

    def is_there(self, name: Name) -> bool:
        """Whether the name is a feature that is selected whenever this one is."""
        named = self.meant(name)
        feature: Feature | None = self.feature
        while feature is not None:
            if feature is named:
                return True
            feature = self.names.composition.place.get(feature, (None,))[0]
        return False

    def compared(self, operator: str, left: Expression, right: Expression) -> Reach:
        if operator == "!=":
            return EVERYTHING
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
            defined = Bounding(self.names, self.known, attribute.scope, self.feature)
            assert isinstance(attribute.value, Expression)
            return defined.linear(attribute.value, depth + 1)
        if not isinstance(attribute.value, Decimal):
            return None
        value = Fraction(attribute.value)
        there = attribute.feature in self.names.composition.always
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
                for feature in subtree(self.names.composition.root):
                    if feature.cardinality is not None:
                        return None
                    for attribute in self.names.attributes_called(argument.name, feature):
                        if not isinstance(attribute.value, Decimal):
                            return None
                        values.append(Fraction(attribute.value))
        if function == "avg":
            return Fraction(0), Reach(None, min(values), max(values))
        low, high = sum(min(value, Fraction(0)) for value in values), sum(max(value, Fraction(0)) for value in values)
        return Fraction(0), Reach(None, Fraction(low), Fraction(high))

    def number_of(self, feature: Feature) -> Reach:
        """What a number feature can be, nought included where it may be missing."""
        reach = self.known[feature]
        low, high = reach.bounds()
        if feature.kind == "Integer" and low is not None and high is not None and high - low <= LIST_LIMIT:
            reach = reach.both(listed(Fraction(value) for value in range(ceil(low), floor(high) + 1)))
        return reach.either(exactly(Fraction(0))) if self.names.composition.is_optional(feature) else reach

    def texts(self, expression: Expression) -> Reach:
        """The words that an expression can be."""
        match expression:
            case Literal(str(value)):
                return exactly(value) if value else NOTHING
            case Name():
                meant = self.meant(expression)
                if isinstance(meant, Feature) and meant.kind == "String":
                    return self.known[meant]
                if isinstance(meant, Attribute) and isinstance(meant.value, str):
                    return exactly(meant.value)
        return EVERYTHING

    def meant(self, name: Name) -> Feature | Attribute | None:
        try:
            return self.names.meant(self.scope, name)
        except LineProblem:
            return None  # reported where the constraint is read


def _operands(expression: Expression, operator: str) -> Iterator[Expression]:
    """The operands of a chain, the last one first."""
    while isinstance(expression, Binary) and expression.operator == operator:
        yield expression.right
        expression = expression.left
    yield expression


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
