"""The names and values of a compiled model and the slots they stand in: what is needed to understand a choice."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from configurator.engine.errors import UnknownFeature, UnknownValue, suggestion
from configurator.engine.expressions import Value
from configurator.engine.model import Choices

REMEMBERED_SLOTS = 4
"""Of features with up to so many slots every subset of values is made once and kept."""

_KINDS: Mapping[str, type] = {"bool": bool, "int": int, "str": str}


class Domain:
    """The values of a feature in their order, and the slot of each, from 0. Features with equal values share one."""

    def __init__(self, values: Sequence[Value], slots: Sequence[int]) -> None:
        self.values = tuple(values)
        self.slots = tuple(slots)
        self.kind = type(self.values[0])
        self.slot_of = dict(zip(self.values, self.slots))
        members: list[list[Value]] = [[] for _ in range(max(self.slots) + 1)]
        for value, slot in zip(self.values, self.slots):
            members[slot].append(value)
        self.members = tuple(map(tuple, members))
        self._subsets: dict[bytes, frozenset[Value]] = {}

    def subset(self, possible: bytes) -> frozenset[Value]:
        """The values in the possible slots: those whose byte is not zero."""
        found = self._subsets.get(possible)
        if found is None:
            members = (values for values, answer in zip(self.members, possible) if answer)
            found = frozenset(value for values in members for value in values)
            if len(self.members) <= REMEMBERED_SLOTS:
                self._subsets[possible] = found
        return found


class Vocabulary:
    """Every feature's name and domain, in the model's order; the slots of all features are numbered through."""

    def __init__(self, names: Sequence[str], domains: Sequence[Domain]) -> None:
        self.names = tuple(names)
        self.domains = tuple(domains)
        self.slot_start = np.cumsum([0, *(len(domain.members) for domain in domains)], dtype=np.int64)
        self._entries = {name: (start, domain) for name, start, domain in zip(names, self.slot_start.tolist(), domains)}

    @classmethod
    def of(cls, features: Iterable[tuple[str, Sequence[Value], Sequence[int]]]) -> "Vocabulary":
        """From name, values and their slots (from 0 for each feature) of every feature."""
        names: list[str] = []
        domains: list[Domain] = []
        known: dict[tuple[type, tuple[Value, ...], tuple[int, ...]], Domain] = {}
        for name, values, slots in features:
            key = (type(values[0]), tuple(values), tuple(slots))  # with the type, as True == 1
            if key not in known:
                known[key] = Domain(values, slots)
            names.append(name)
            domains.append(known[key])
        return cls(names, domains)

    @property
    def slots(self) -> int:
        """Number of slots of all features."""
        return int(self.slot_start[-1])

    def has(self, name: str) -> bool:
        """Whether a feature is called `name`."""
        return name in self._entries

    def span(self, name: str) -> range:
        """The slots of a feature; raises UnknownFeature."""
        start, domain = self.entry(name)
        return range(start, start + len(domain.members))

    def slot(self, name: str, value: Value) -> int:
        """The slot of a value; raises UnknownFeature and UnknownValue."""
        start, domain = self.entry(name)
        offset = domain.slot_of.get(value)
        if offset is None or type(value) is not domain.kind:
            raise UnknownValue(name, value)
        return start + offset

    def slots_of(self, choices: Choices) -> list[int]:
        """The slot of every choice; raises UnknownFeature and UnknownValue."""
        return [self.slot(name, value) for name, value in choices.items()]

    def weights(self) -> list[int]:
        """For every slot the number of values in it."""
        return [len(members) for domain in self.domains for members in domain.members]

    def document(self) -> dict[str, object]:
        """All of it as lists and words, for storing."""
        unique = list(dict.fromkeys(self.domains))
        number = {domain: index for index, domain in enumerate(unique)}
        return {
            "names": list(self.names),
            "domains": [[domain.kind.__name__, list(domain.values), list(domain.slots)] for domain in unique],
            "domain_of": [number[domain] for domain in self.domains],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, list]) -> "Vocabulary":  # type: ignore[type-arg]
        """The vocabulary that gave the document; raises KeyError, TypeError, ValueError or IndexError for any other."""
        domains = [Domain(list(map(_KINDS[kind], values)), slots) for kind, values, slots in document["domains"]]
        return cls(document["names"], [domains[number] for number in document["domain_of"]])

    def entry(self, name: str) -> tuple[int, Domain]:
        """The first slot of a feature and its domain; raises UnknownFeature."""
        found = self._entries.get(name)
        if found is None:
            raise UnknownFeature(name, suggestion(name, self.names))
        return found
