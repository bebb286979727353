"""Which values something can have at most: a few that are listed, or all between two bounds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

LIST_LIMIT = 2_000
"""Combinations of listed values that are tried; beyond them only the bounds are kept."""

Bound = Fraction | None


@dataclass(frozen=True, slots=True)
class Reach:
    """A superset of the possible values: those `listed`, or with None all from `low` to `high`, where None is endless.

    Words are always listed.
    """

    listed: frozenset[Fraction | str] | None = None
    low: Bound = None
    high: Bound = None

    @property
    def unknown(self) -> bool:
        """Whether nothing at all is excluded."""
        return self.listed is None and self.low is None and self.high is None

    @property
    def finite(self) -> bool:
        """Whether it ends on both sides and holds something."""
        return not self.empty and (self.listed is not None or None not in (self.low, self.high))

    @property
    def empty(self) -> bool:
        """Whether nothing is possible."""
        if self.listed is not None:
            return not self.listed
        return self.low is not None and self.high is not None and self.low > self.high

    def numbers(self) -> list[Fraction]:
        """The numbers that are listed, smallest first."""
        return sorted(value for value in self.listed or () if isinstance(value, Fraction))

    def bounds(self) -> tuple[Bound, Bound]:
        """The least and the greatest number; None where there is no end."""
        if self.listed is None:
            return self.low, self.high
        found = self.numbers()
        return (found[0], found[-1]) if found else (Fraction(0), Fraction(0))

    def contains(self, value: Fraction | str) -> bool:
        """Whether the value is possible."""
        if self.listed is not None:
            return value in self.listed
        if isinstance(value, str):
            return self.unknown
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def both(self, other: "Reach") -> "Reach":
        """What is possible under both."""
        for one, two in ((self, other), (other, self)):
            if one.listed is not None:
                return Reach(frozenset(filter(two.contains, one.listed)))
        return Reach(None, _chosen(max, self.low, other.low), _chosen(min, self.high, other.high))

    def either(self, other: "Reach") -> "Reach":
        """What is possible under one of them at least."""
        if self.listed is not None and other.listed is not None:
            return Reach(self.listed | other.listed)
        if self.listed == frozenset() or other.listed == frozenset():
            return other if self.listed == frozenset() else self
        if any(isinstance(value, str) for value in (*(self.listed or ()), *(other.listed or ()))):
            return EVERYTHING
        (low, high), (second_low, second_high) = self.bounds(), other.bounds()
        return Reach(
            None,
            None if low is None or second_low is None else min(low, second_low),
            None if high is None or second_high is None else max(high, second_high),
        )

    def plus(self, other: "Reach") -> "Reach":
        """What the sum can be."""
        return self._combined(other, lambda one, two: one + two, _sum_bounds)

    def times(self, other: "Reach") -> "Reach":
        """What the product can be."""
        return self._combined(other, lambda one, two: one * two, _product_bounds)

    def _combined(
        self,
        other: "Reach",
        calculate: Callable[[Fraction, Fraction], Fraction],
        limit: Callable[["Reach", "Reach"], tuple[Bound, Bound]],
    ) -> "Reach":
        if self.listed is not None and other.listed is not None and len(self.listed) * len(other.listed) <= LIST_LIMIT:
            return listed(calculate(one, two) for one in self.numbers() for two in other.numbers())
        return Reach(None, *limit(self, other))


EVERYTHING = Reach()
NOTHING = Reach(frozenset())


def listed(values: Iterable[Fraction | str]) -> Reach:
    """Just these values."""
    return Reach(frozenset(values))


def exactly(value: Fraction | str) -> Reach:
    """Just this value."""
    return Reach(frozenset((value,)))


def _chosen(choose: Callable[[Fraction, Fraction], Fraction], one: Bound, two: Bound) -> Bound:
    if one is None or two is None:
        return two if one is None else one
    return choose(one, two)


def _sum_bounds(one: Reach, two: Reach) -> tuple[Bound, Bound]:
    (low, high), (second_low, second_high) = one.bounds(), two.bounds()
    return (
        None if low is None or second_low is None else low + second_low,
        None if high is None or second_high is None else high + second_high,
    )


def _product_bounds(one: Reach, two: Reach) -> tuple[Bound, Bound]:
    first, second = one.bounds(), two.bounds()
    if None in first or None in second:
        for side, ends in ((one, second), (two, first)):
            if side.listed is not None and len(side.listed) == 1:
                return _scaled(ends, side.numbers()[0])
        return None, None
    corners = [a * b for a in first for b in second if a is not None and b is not None]
    return min(corners), max(corners)


def _scaled(ends: tuple[Bound, Bound], factor: Fraction) -> tuple[Bound, Bound]:
    if not factor:
        return Fraction(0), Fraction(0)
    low, high = (None if end is None else end * factor for end in ends)
    return (low, high) if factor > 0 else (high, low)
