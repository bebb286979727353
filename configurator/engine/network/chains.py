"""Chains: for which values of its axes does a comparison hold?

A chain reads one axis after the other and keeps a *state*, everything it needs to know of the axes read so far. It is
a decision diagram that reads every axis on every path. States are as few as possible: two from which all values of
the axes to come lead to the same outcomes are one. Sums are read as partial sums, after Abio et al., "A New Look at
BDDs for Pseudo-Boolean Constraints" (JAIR 45, 2012); everything else from its truth table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import ModelTooLarge
from configurator.engine.network.axes import AxisPart
from configurator.engine.network.rows import unique_rows

Int64s = NDArray[np.int64]

CELL_LIMIT = 4_000_000
"""Combinations of values that one comparison may be tried on."""
EDGE_LIMIT = 4_000_000
"""Pairs of a state and a value in one chain."""
REST_LIMIT = 5_000_000
"""Partial sums looked at for one chain."""


@dataclass(frozen=True, eq=False)
class Chain:
    """`steps[i][s, v]` is the state after state s and value v of `parts[i]`; the last states are the outcomes.

    A comparison has the outcomes 0, false, and 1, true. The first step has one state; without parts the outcome is
    the constant.
    """

    parts: "tuple[AxisPart | Term, ...]"
    steps: tuple[NDArray[np.integer], ...]
    constant: int = 0

    @property
    def axes(self) -> "Iterator[tuple[AxisPart, NDArray[np.integer]]]":
        """Every axis that is read, and the step that reads it, those of the terms too."""
        for part, step in zip(self.parts, self.steps):
            if isinstance(part, Term):
                yield from part.chain.axes
            else:
                yield part, step


@dataclass(frozen=True, eq=False)
class Term:
    """A term of a sum that asks several axes, read like an axis itself: its values are the chain's outcomes."""

    chain: Chain
    size: int


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest allowed sum; None: without limit. Negated: the sums outside."""

    low: int | None
    high: int | None
    negated: bool = False

    def within(self, least: int, most: int) -> "Bounds":
        """The same for sums from `least` to `most`: a bound that none of them breaks is none."""
        low = None if self.low is None or self.low <= least else self.low
        high = None if self.high is None or self.high >= most else self.high
        return Bounds(low, high, self.negated)


def from_truth_table(parts: Sequence[AxisPart], table: NDArray[np.int64]) -> Chain:
    """Fold a table of outcomes from its last axis: equal rows become one state."""
    steps: list[Int64s] = []
    states = table
    for part in reversed(parts):
        rows, states = unique_rows(states.reshape(-1, part.size))
        steps.insert(0, rows)
    return _without_idle_steps(parts, steps) if parts else Chain((), (), int(table.reshape(-1)[0]))


def from_sum(code: str, what: str, parts: Sequence[AxisPart | Term], terms: Sequence[Int64s], bounds: Bounds) -> Chain:
    """Read the sum of one term per axis part; `code` and `what` name it where it is refused as too large."""
    sums = _Sums(terms, bounds.within(sum(int(term.min()) for term in terms), sum(int(term.max()) for term in terms)))
    rests = sums.rests(code, what)
    partial = np.zeros(1, dtype=np.int64)
    steps: list[Int64s] = []
    edges = 0
    for term, rest in zip(terms, rests[1:]):
        reached = np.add.outer(partial, term)
        edges += reached.size
        if edges > EDGE_LIMIT:
            raise ModelTooLarge(f"rule {code}: steps over {what}", edges, EDGE_LIMIT)
        _, first, inverse = np.unique(sums.kinds(reached, rest), return_index=True, return_inverse=True)
        steps.append(inverse.reshape(reached.shape))
        partial = reached.reshape(-1)[first]
    outcome = sums.holds(partial)
    if not parts:
        return Chain((), (), int(outcome[0]))
    steps[-1] = outcome.astype(np.int64)[steps[-1]]
    return _without_idle_steps(parts, steps)


def from_count(code: str, what: str, parts: Sequence[AxisPart], low: int, high: int) -> Chain:
    """Count how many features are true, one on each axis: from `low` to `high` must be. The state is the count.

    Counts so small that the rest cannot reach `low` are one state, counts beyond `high` another.
    """
    count = len(parts)
    enough = high + 1 if high < count else max(low, 0)
    edges = 2 * sum(min(read, enough) + 1 - max(0, low - count + read - 1) for read in range(count))
    if edges > EDGE_LIMIT:
        raise ModelTooLarge(f"rule {code}: steps over {what}", edges, EDGE_LIMIT)
    steps: list[Int64s] = []
    first, last = 0, 0
    for read, part in enumerate(parts, 1):
        after, top = max(0, low - (count - read) - 1), min(read, enough)
        reached = np.add.outer(np.arange(first, last + 1), next(iter(part.values.values())))
        steps.append(np.minimum(np.maximum(reached, after), top) - after)
        first, last = after, top
    counts = np.arange(first, last + 1)
    steps[-1] = ((counts >= low) & (counts <= high)).astype(np.int64)[steps[-1]]
    return _without_idle_steps(parts, steps)


class _Sums:
    """Partial sums are alike when every sum of the terms to come decides them alike."""

    def __init__(self, terms: Sequence[Int64s], bounds: Bounds) -> None:
        self.terms, self.bounds = terms, bounds

    def rests(self, code: str, what: str) -> list[Int64s]:
        """For each step the different sums that the terms from it on can add, sorted; the last is just nought.

        Sums beyond what any partial sum could bring within the bounds stand for each other.
        """
        low, high = self.bounds.low, self.bounds.high
        least = np.cumsum([0] + [int(term.min()) for term in self.terms])
        most = np.cumsum([0] + [int(term.max()) for term in self.terms])
        lowest = (low if low is not None else high if high is not None else 0) - most - 1
        highest = (high if high is not None else low if low is not None else 0) - least + 1
        rests = [np.zeros(1, dtype=np.int64)]
        cells = 0
        for step in reversed(range(len(self.terms))):
            cells += len(self.terms[step]) * len(rests[-1])
            if cells > REST_LIMIT:
                raise ModelTooLarge(f"rule {code}: sums of {what}", cells, REST_LIMIT)
            sums = np.add.outer(self.terms[step], rests[-1])
            merged = np.sort(np.clip(sums, lowest[step], highest[step]), axis=None, kind="stable")  # of few sorted runs
            rests.append(merged[np.append(True, merged[1:] != merged[:-1])])
        return rests[::-1]

    def kinds(self, partial: Int64s, rest: Int64s) -> Int64s:
        """Equal for partial sums that every rest decides alike: which of the sorted rests keep the bounds."""
        low, high = self.bounds.low, self.bounds.high
        first = np.zeros_like(partial) if low is None else np.searchsorted(rest, low - partial, side="left")
        last = np.full_like(partial, len(rest)) if high is None else np.searchsorted(rest, high - partial, side="right")
        return np.where(first < last, first * (len(rest) + 1) + last, 0)

    def holds(self, sums: Int64s) -> NDArray[np.bool_]:
        """Whether complete sums keep the bounds."""
        low, high = self.bounds.low, self.bounds.high
        kept = np.ones(sums.shape, dtype=np.bool_)
        if low is not None:
            kept &= sums >= low
        if high is not None:
            kept &= sums <= high
        return kept != self.bounds.negated


def _without_idle_steps(parts: Sequence[AxisPart | Term], steps: Sequence[Int64s]) -> Chain:
    """The chain without the axes whose value makes no difference."""
    kept: list[tuple[AxisPart | Term, Int64s]] = []
    renamed = np.zeros(1, dtype=np.int64)  # states after the idle steps just passed, for each before them
    for part, step in zip(parts, steps):
        step = step[renamed]
        if (step == step[:, :1]).all():
            renamed = step[:, 0]
        else:
            kept.append((part, step))
            renamed = np.arange(int(step.max()) + 1)
    if not kept:
        return Chain((), (), int(renamed[0]))
    last_part, last = kept[-1]
    kept[-1] = last_part, renamed[last]
    return Chain(
        tuple(part for part, _ in kept), tuple(step.astype(np.min_scalar_type(step.max())) for _, step in kept)
    )
