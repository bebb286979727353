"""Answers about every feature, put into names and values when they are looked at."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Generic, TypeVar

from configurator.engine.completion import CostOf
from configurator.engine.expressions import Value
from configurator.engine.reasoner import UNREACHABLE, Bools, Costs
from configurator.engine.vocabulary import Vocabulary

Answer = TypeVar("Answer")


class _Answers(Mapping[str, Answer], Generic[Answer]):
    """A read-only mapping from every feature, in the model's order, to its answer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    @abstractmethod
    def __getitem__(self, name: str) -> Answer: ...

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._vocabulary.has(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._vocabulary.names)

    def __len__(self) -> int:
        return len(self._vocabulary.names)


class Domains(_Answers[frozenset[Value]]):
    """Feature to its valid values."""

    def __init__(self, vocabulary: Vocabulary, possible: Bools) -> None:
        super().__init__(vocabulary)
        self._possible = possible.tobytes()

    def __getitem__(self, name: str) -> frozenset[Value]:
        start, domain = self._vocabulary.entry(name)
        return domain.subset(self._possible[start : start + len(domain.members)])


class LeastTotals(_Answers[Mapping[Value, int]]):
    """Feature to the least total with each of its values; values that cannot be had are absent."""

    def __init__(self, vocabulary: Vocabulary, least: Costs, costs: Costs, cost_of: CostOf) -> None:
        super().__init__(vocabulary)
        self._least, self._costs, self._cost_of = least, costs, cost_of

    def __getitem__(self, name: str) -> Mapping[Value, int]:
        start, domain = self._vocabulary.entry(name)
        totals: dict[Value, int] = {}
        for value, offset in zip(domain.values, domain.slots):
            slot = start + offset
            if self._least[slot] != UNREACHABLE:
                totals[value] = int(self._least[slot]) - int(self._costs[slot]) + self._cost_of(name, value)
        return totals


class Shares(_Answers[Mapping[Value, Fraction]]):
    """Feature to the share that each of its values has in the selections that remain."""

    def __init__(self, vocabulary: Vocabulary, counts: Sequence[int], weights: Sequence[int]) -> None:
        super().__init__(vocabulary)
        self._counts, self._weights = counts, weights

    def __getitem__(self, name: str) -> Mapping[Value, Fraction]:
        start, domain = self._vocabulary.entry(name)
        each = {
            value: self._counts[start + slot] // self._weights[start + slot]
            for value, slot in zip(domain.values, domain.slots)
        }
        total = sum(each.values())
        return {value: Fraction(count, total) for value, count in each.items()}
