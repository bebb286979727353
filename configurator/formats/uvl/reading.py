"""One constraint of a UVL model, for one choice of instances: what its names and texts stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from configurator.engine.expressions import ARITHMETIC, Binary, Call, Expression, Literal, Name
from configurator.formats.uvl.composition import Composition, Scope
from configurator.formats.uvl.instances import InstanceNames, Instances
from configurator.formats.uvl.logic import FALSE, TRUE, logical, negated
from configurator.formats.uvl.names import Attribute, Names
from configurator.formats.uvl.numbers import Arithmetic
from configurator.formats.uvl.syntax import LineProblem, place_of
from configurator.formats.uvl.tree import Feature
from configurator.formats.uvl.types import Domain

DEFINITION_LIMIT = 20
"""Attributes defined by attributes defined by attributes."""

KINDS = {"truth": "true or false", "number": "a number", "text": "a text", "list": "a list"}
_KIND_OF = {bool: "truth", Decimal: "number", str: "text"}


@dataclass(eq=False)
class Space:
    """What constraints speak about: names, the values of typed features, and the terms that numbers are made of."""

    names: Names
    domains: Mapping[Feature, Domain]
    arithmetic: Arithmetic = field(default_factory=Arithmetic)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.composition: Composition = self.names.composition
        self.instances = InstanceNames(self.composition)

    def alike(self, left: Expression, right: Expression) -> Expression:
        """Whether two texts are the same; each is a word, a feature's word, or if(condition, word, '')."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Call):
                condition, then, otherwise = one.arguments
                there = logical("and", condition, self.alike(then, other))
                return logical("or", there, logical("and", negated(condition), self.alike(otherwise, other)))
        if left == right:
            return TRUE
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Name) and isinstance(other, Literal):
                return Binary("=", one, other) if other.value in self.words[one.name] else FALSE
        return FALSE if isinstance(left, Literal) else Binary("=", left, right)


class Reading:
    """What the names of a constraint stand for."""

    def __init__(self, space: Space, scope: Scope, instances: Instances, depth: int = 0) -> None:
        self.space, self.scope, self.instances, self.depth = space, scope, instances, depth

    def kind(self, expression: Expression) -> str:
        match expression:
            case Literal(value):
                return "truth" if isinstance(value, bool) else "number" if isinstance(value, int) else "text"
            case Binary(operator):
                return "number" if operator in (*ARITHMETIC, "/") else "truth"
            case Call():
                return "number"
            case Name():
                meant = self.space.names.meant(self.scope, expression)
                if isinstance(meant, Feature):
                    return {"Boolean": "truth", "String": "text"}.get(meant.kind, "number")
                if meant.scope is not None:
                    return self.definition(meant, expression).kind(defining(meant))
                return (
                    "truth" if meant.value is True or meant.value is False else _KIND_OF.get(type(meant.value), "list")
                )
        return "truth"

    def wrong_kind(self, expression: Expression, needed: str) -> LineProblem:
        shown = expression.name if isinstance(expression, Name) else "this"
        return LineProblem(
            f"{shown} is {KINDS[self.kind(expression)]}, and {KINDS[needed]} is needed here", place_of(expression)
        )

    def definition(self, attribute: Attribute, name: Name) -> Self:
        """The reading of what an attribute is set equal to."""
        if self.depth >= DEFINITION_LIMIT:
            raise LineProblem(f"{name.name} is defined by itself", name.at)
        assert attribute.scope is not None
        return type(self)(self.space, attribute.scope, self.instances, self.depth + 1)

    def there(self, feature: Feature, name: Name) -> Expression:
        self.refuse_vague(feature, name)
        found = self.space.instances.there(feature, self.instances)
        return Name(found.name, name.at) if isinstance(found, Name) else found

    def refuse_vague(self, feature: Feature, name: Name) -> None:
        """Only a definition may lead to features of instances that its constraint does not speak of."""
        for each in self.space.composition.counted_above(feature):
            if each not in self.instances:
                raise LineProblem(f"{name.name} differs between the instances of {each.name}", name.at)

    def text(self, expression: Expression) -> Expression:
        """A word, the variable with a feature's word, or if(condition, word, '')."""
        if self.kind(expression) != "text":
            raise self.wrong_kind(expression, "text")
        if not isinstance(expression, Name):
            return expression
        meant = self.space.names.meant(self.scope, expression)
        if isinstance(meant, Attribute):
            if meant.scope is not None:
                return self.definition(meant, expression).text(defining(meant))
            condition = self.there(meant.feature, expression)
            if condition == FALSE:
                return Literal("")
            return Call("if", (condition, Literal(str(meant.value)), Literal("")))
        self.refuse_vague(meant, expression)
        numbers = [self.instances[each] for each in self.space.instances.counted(meant)]
        if 0 in numbers:
            return Literal("")
        variable = self.space.instances.value(meant, numbers)
        self.space.words[variable] = tuple(map(str, self.space.domains[meant].all_values()))
        return Name(variable, expression.at)


def defining(attribute: Attribute) -> Expression:
    """What an undeclared attribute is set equal to."""
    assert isinstance(attribute.value, Expression)
    return attribute.value
