"""The values of typed features: what their `values` list, and what constraints leave of the endless rest.

A constraint that must hold anyway bounds a feature through every comparison it makes certain. The result is a
superset of what is possible; the constraints stay rules of the model.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm

from configurator.engine.expressions import Literal, walk
from configurator.engine.model import INTEGER_LIMIT, VALUE_LIMIT
from configurator.formats.uvl.bounding import Bounding
from configurator.formats.uvl.composition import Constraint
from configurator.formats.uvl.names import Names
from configurator.formats.uvl.reach import EVERYTHING, NOTHING, Reach, listed
from configurator.formats.uvl.syntax import Vector
from configurator.formats.uvl.tree import Feature, Report

ROUND_LIMIT = 20
"""How often what is known of one feature is used for the others."""


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
        self.typed = [each for each in self.composition.order if each.kind != "Boolean"]
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
                    Bounding(self.names, self.reach, constraint.scope, feature).under(constraint.expression, True)
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
        if feature.kind == "Integer" and reach.listed is not None:
            reach = listed(number for number in reach.numbers() if number.denominator == 1)
        if feature.kind == "String":
            words = sorted(map(str, reach.listed or ()), key=lambda word: self.first_seen.get(word, 0))
            domain = Domain(tuple(words), 1, "" if self.composition.is_optional(feature) else None)
        else:
            numbers, scale = self.numbers(feature, reach)
            domain = Domain(numbers, scale, 0 if self.composition.is_optional(feature) else None)
        if reach.listed is None and feature.kind != "Integer":
            self.fail(feature, _endless(feature, None not in reach.bounds()))
        elif reach.listed == frozenset() and domain.absent is None:
            self.fail(feature, f"{feature.name} has no value that its constraints allow")
        return domain

    def numbers(self, feature: Feature, reach: Reach) -> tuple[tuple[int, ...], int]:
        """The numbers in steps, and the number of steps to one."""
        if reach.listed is None:
            return (self.whole_values(feature, reach) if feature.kind == "Integer" else ()), 1
        numbers = reach.numbers()
        scale = _scale(numbers)
        if any(abs(number * scale) > INTEGER_LIMIT for number in numbers):
            self.fail(feature, f"the numbers of {feature.name} go beyond {INTEGER_LIMIT:,}")
            return (), scale
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
        elif floor(high) < ceil(low) and not self.composition.is_optional(feature):
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
