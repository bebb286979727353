"""The plainest reading of UVL: try every selection and calculate each constraint in fractions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import ceil, floor

from configurator.engine import Binary, Call, Expression, Literal, Name, Negation

Chosen = dict[str, Fraction | str | bool]
"""What is selected: a feature, or the number or word of a typed one."""


@dataclass
class Plain:
    """A root with optional features below it; attributes by feature, values of typed features, constraints."""

    features: tuple[str, ...]
    attributes: Mapping[str, Mapping[str, Fraction]]
    values: Mapping[str, tuple[Fraction | str, ...]] = field(default_factory=dict)

    def selections(self) -> Iterator[Chosen]:
        """Every subset of the features, every value of those that are in it."""
        choices = [(None, *self.values.get(name, (True,))) for name in self.features]
        for picked in product(*choices):
            yield {"root": True} | {name: each for name, each in zip(self.features, picked) if each is not None}

    def holds(self, expression: Expression, chosen: Chosen) -> bool:
        """Whether a constraint as it was parsed holds."""
        match expression:
            case Literal(bool(value)):
                return value
            case Name(name):
                return name in chosen
            case Negation(operand):
                return not self.holds(operand, chosen)
            case Binary("and", left, right):
                return self.holds(left, chosen) and self.holds(right, chosen)
            case Binary("or", left, right):
                return self.holds(left, chosen) or self.holds(right, chosen)
            case Binary("implies", left, right):
                return not self.holds(left, chosen) or self.holds(right, chosen)
            case Binary("iff", left, right):
                return self.holds(left, chosen) == self.holds(right, chosen)
        assert isinstance(expression, Binary)
        try:
            left, right = self.value(expression.left, chosen), self.value(expression.right, chosen)
        except ZeroDivisionError:
            return False
        return {
            "=": left == right, "!=": left != right, "<": left < right, "<=": left <= right,
            ">": left > right, ">=": left >= right,
        }[expression.operator]  # fmt: skip

    def value(self, expression: Expression, chosen: Chosen) -> Fraction:
        match expression:
            case Literal(int(value)):
                return Fraction(value)
            case Name(name) if name in self.features:
                found = chosen.get(name, Fraction(0))
                assert isinstance(found, Fraction)
                return found
            case Name(name):
                feature, attribute = name.split(".")
                return self.attributes[feature][attribute] if feature in chosen else Fraction(0)
            case Call("floor", (argument,)):
                return Fraction(floor(self.value(argument, chosen)))
            case Call("ceil", (argument,)):
                return Fraction(ceil(self.value(argument, chosen)))
            case Call(function, (Name(name),)):
                found = [given[name] for each, given in self.attributes.items() if each in chosen and name in given]
                if function == "sum":
                    return sum(found, Fraction(0))
                return sum(found, Fraction(0)) / len(found) if found else Fraction(0)
        assert isinstance(expression, Binary)
        left, right = self.value(expression.left, chosen), self.value(expression.right, chosen)
        if expression.operator == "/":
            return left / right
        return {"+": left + right, "-": left - right, "*": left * right}[expression.operator]
