"""Features that stand for several instances: their names, and the instances one constraint is about.

`A cardinality [2..3]` becomes A with A#1, A#2 and A#3 below it, and X below A becomes X#1, X#2 and X#3. Instances
are alike, so they are numbered from 1 without gaps and listed in one order: no two selections differ by their
numbers alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from configurator.engine.expressions import Expression, Name, Negation
from configurator.formats.uvl.composition import Composition
from configurator.formats.uvl.logic import FALSE
from configurator.formats.uvl.tree import Feature

CASE_LIMIT = 10_000
"""Combinations of instances that one constraint may be about."""

Instances = Mapping[Feature, int]
"""Which instance is meant of features that stand for several; 0 for none of them, where there is none."""


@dataclass(frozen=True, eq=False)
class Case:
    """A choice of instances, and the conditions under which it is there to speak of."""

    instances: Instances = field(default_factory=dict)
    conditions: tuple[Expression, ...] = ()

    @property
    def suffix(self) -> str:
        """What tells the rules of one constraint apart."""
        return _suffix(self.instances.values())


class InstanceNames:
    """The names that features have in the model."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition

    def counted(self, feature: Feature) -> tuple[Feature, ...]:
        """The feature itself and those above it that stand for several instances, from the root down."""
        above = self.composition.counted_above(feature)
        return above if feature.cardinality is None else (*above, feature)

    def node(self, feature: Feature, numbers: Iterable[int]) -> str:
        """The name of the variable that says whether the feature is there; one number per counted feature."""
        name = feature.name + _suffix(numbers)
        return f"{name}.selected" if feature.kind != "Boolean" else name

    def collective(self, feature: Feature, numbers: Iterable[int]) -> str:
        """The name of the variable that says whether instances of a counted feature are there at all."""
        return feature.name + _suffix(numbers)

    def value(self, feature: Feature, numbers: Iterable[int]) -> str:
        """The name of the variable with the number or word of a typed feature."""
        return feature.name + _suffix(numbers)

    def there(self, feature: Feature, instances: Instances) -> Expression:
        """Whether the feature is there; for one that stands for several, whether any of them is."""
        above = self.composition.counted_above(feature)
        numbers = [instances[each] for each in above]
        if 0 in numbers:
            return FALSE
        if feature.cardinality is None:
            return Name(self.node(feature, numbers))
        if feature not in instances:
            return Name(self.collective(feature, numbers))
        return Name(self.node(feature, (*numbers, instances[feature]))) if instances[feature] else FALSE

    def occurrences(self, feature: Feature, instances: Instances) -> Iterator[Instances]:
        """Every way to complete the choice of instances so that it names one occurrence of the feature."""
        found: list[dict[Feature, int]] = [dict(instances)]
        for each in self.counted(feature):
            if each not in instances:
                assert each.cardinality is not None
                found = [{**one, each: number} for one in found for number in range(1, each.cardinality[1] + 1)]
        return (one for one in found if all(one[each] for each in self.counted(feature)))

    def cases(self, counted: Iterable[Feature]) -> list[Case] | None:
        """The instances that a constraint on features below these is about; None beyond CASE_LIMIT.

        It holds for each instance that is there, and with nothing of them where there is none.
        """
        found = [Case()]
        for feature in counted:
            assert feature.cardinality is not None
            above = self.composition.counted_above(feature)
            extended: list[Case] = []
            for case in found:
                numbers = [case.instances[each] for each in above]
                if 0 in numbers or not feature.cardinality[1]:
                    extended.append(Case({**case.instances, feature: 0}, case.conditions))
                    continue
                for number in range(1, feature.cardinality[1] + 1):
                    there = Name(self.node(feature, (*numbers, number)))
                    extended.append(Case({**case.instances, feature: number}, (*case.conditions, there)))
                if not (feature in self.composition.always and feature.cardinality[0]):
                    first = Name(self.node(feature, (*numbers, 1)))
                    extended.append(Case({**case.instances, feature: 0}, (*case.conditions, Negation(first))))
            found = extended
            if len(found) > CASE_LIMIT:
                return None
        return found


def _suffix(numbers: Iterable[int]) -> str:
    return "".join(f"#{number}" for number in numbers)
