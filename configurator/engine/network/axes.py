"""Axes: what becomes a variable of the network, one feature or all members of one alternative group.

At most one member of an alternative group is chosen, so the group is a single question: which one, or none?
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from configurator.engine.expressions import Value
from configurator.engine.model import FeatureNode, Model

Int64s = NDArray[np.int64]
Group = tuple[str | None, int]
"""Parent and number of a group of the feature tree."""


@dataclass(frozen=True)
class Axis:
    """The features on it, and how many values it has.

    The values of one feature alone are those of its domain, in the order written. On a `joined` axis value 0 says
    that no member is chosen, value j that member j - 1 is.
    """

    names: tuple[str, ...]
    size: int
    joined: bool = False


@dataclass(frozen=True, eq=False)
class AxisPart:
    """What an expression can see of an axis: members it does not name are one value together with `none`.

    `labels` gives for every value of the axis the value seen, out of `size`; `values` the features' values there.
    """

    axis: int
    size: int
    labels: Int64s
    values: Mapping[str, Int64s]


class Numbering:
    """Values as numbers; equal words have equal numbers."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}

    def number(self, value: Value) -> int:
        """A value as a number, comparable with others of its kind."""
        return self._words.setdefault(value, len(self._words)) if isinstance(value, str) else int(value)

    def array(self, values: Sequence[Value]) -> Int64s:
        """All values as numbers."""
        return np.array([self.number(value) for value in values], dtype=np.int64)


class Axes:
    """The axes of a model, and the values of its features as numbers."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.groups = groups_of(model)
        self.axes: list[Axis] = []
        self.axis_of: dict[str, int] = {}
        self.numbering = Numbering()
        self._numbers: dict[str, Int64s] = {}
        joined = {name: members for members in self._joined_groups for name in members}
        for variable in model.variables:
            if variable.name in self.axis_of:
                continue
            members = joined.get(variable.name)
            self.axis_of.update(dict.fromkeys(members or (variable.name,), len(self.axes)))
            if members:
                self.axes.append(Axis(members, len(members) + 1, True))
            else:
                self.axes.append(Axis((variable.name,), len(variable.domain)))

    @cached_property
    def _joined_groups(self) -> list[tuple[str, ...]]:
        uses = Counter(node.name for node in self.model.tree)
        found = []
        for (parent, _), nodes in self.groups.items():
            members = tuple(node.name for node in nodes)
            if parent is None or len(members) < 2 or parent in members or max(uses[name] for name in members) > 1:
                continue
            if at_most_one(nodes):
                found.append(members)
        return found

    def is_joined(self, name: str) -> bool:
        """Whether the feature shares its axis with the other members of its group."""
        return self.axes[self.axis_of[name]].joined

    def place(self, name: str) -> int:
        """The value of its joined axis that says the feature is chosen."""
        return self._places[name]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for axis in self.axes if axis.joined for place, name in enumerate(axis.names, 1)}

    def kind(self, name: str) -> type:
        """bool, int or str."""
        return type(self.model.domain(name)[0])

    def numbers(self, name: str) -> Int64s:
        """The domain of a feature as numbers."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = self.numbering.array(self.model.domain(name))
        return found

    def parts(self, names: Iterable[str]) -> list[AxisPart]:
        """What an expression over these features can see, in the order of the axes."""
        seen: dict[int, list[str]] = {}
        for name in names:
            seen.setdefault(self.axis_of[name], []).append(name)
        return [self._part(axis, seen[axis]) for axis in sorted(seen)]

    def _part(self, number: int, names: Sequence[str]) -> AxisPart:
        axis = self.axes[number]
        if not axis.joined:
            return AxisPart(number, axis.size, np.arange(axis.size), {names[0]: self.numbers(names[0])})
        labels = np.zeros(axis.size, dtype=np.int64)
        values = {}
        for label, name in enumerate(sorted(names, key=self.place), 1):
            labels[self.place(name)] = label
            values[name] = (np.arange(len(names) + 1) == label).astype(np.int64)
        return AxisPart(number, len(names) + 1, labels, values)


def groups_of(model: Model) -> dict[Group, list[FeatureNode]]:
    """The groups of the feature tree in the order written, each with its members."""
    groups: dict[Group, list[FeatureNode]] = {}
    for node in model.tree:
        groups.setdefault((node.parent, node.group_number), []).append(node)
    return groups


def at_most_one(members: Sequence[FeatureNode]) -> bool:
    """Whether a group never has two members chosen."""
    first = members[0]
    return first.group == "alternative" or (first.group == "cardinality" and first.cardinality in ((0, 1), (1, 1)))
