"""What no plan can beat: sound lower bounds from paths, loads and families, and the gap they leave.

All of it holds for the plans that leave out only what no plan can hold; no other plan can be better than those.
Sources: the load bounds are the preemptive relaxation of parallel stations (Carlier 1987; Pinedo, ch. 3 and 5).
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from planning.engine.calendar import merged, without
from planning.engine.lane import StationRules, station_rules
from planning.engine.problem import Interval, Objective, Problem
from planning.engine.working_time import WorkingTime

CRITERIA = ("unplanned", "broken_promises", "weighted_tardiness", "changeover", "makespan")
"""The parts of an objective that are bounded, in their order; earliness only breaks ties."""

GROUPS = 60
"""So many groups of stations, the most loaded ones, are looked at."""


class Gap(NamedTuple):
    """The first criterion in which a plan may still be beaten, by at most `share` of its value."""

    criterion: str
    value: int
    bound: int
    share: float


def gap(cost: Objective, bound: Objective) -> Gap | None:
    """How far the plan may be from the best one; None if it is proved the best but for earliness."""
    for criterion in CRITERIA:
        value, least = getattr(cost, criterion), getattr(bound, criterion)
        if value > least:
            return Gap(criterion, value, least, (value - least) / value)
    return None


def lower_bound(problem: Problem) -> Objective:
    """For each criterion a value no plan can be below; earliness is not bounded."""
    rules = station_rules(problem)
    ends = earliest_ends(problem, rules)
    hopeless = [number for number, end in enumerate(ends) if end is None]
    horizon = problem.horizon
    order_ends = [
        max((horizon if (end := ends[number]) is None else end for number in members), default=problem.now)
        for members in problem.order_operations
    ]
    stuck = {problem.operations[number].order for number in hopeless}
    late = [
        max(end - order.due, 1 if number in stuck else 0)
        for number, (order, end) in enumerate(zip(problem.orders, order_ends))
    ]
    path_late = {number for number, seconds in enumerate(late) if seconds > 0}
    tardiness = sum(problem.orders[number].weight * late[number] for number in path_late)
    makespan = max((end for end in ends if end is not None), default=problem.now) - problem.now
    broken = 0
    for group in _groups(problem, rules, ends):
        broken = max(broken, group.orders_too_many(path_late))
        weight, seconds = group.least_lateness()
        tardiness = max(tardiness, weight * seconds)
        makespan = max(makespan, group.all_done() - problem.now)
    return Objective(
        unplanned=len(hopeless),
        broken_promises=len(path_late) + broken,
        weighted_tardiness=tardiness,
        changeover=_changeover_bound(problem, rules, ends),
        makespan=max(0, makespan),
    )


def earliest_ends(problem: Problem, rules: Sequence[StationRules]) -> list[int | None]:
    """When each operation could end in an otherwise empty plant; None if it never could."""
    ends: list[int | None] = [None] * len(problem.operations)
    for number in problem.sequence:
        operation = problem.operations[number]
        if operation.fixed is not None:
            ends[number] = operation.fixed.end
            continue
        before = [ends[predecessor] for predecessor in operation.predecessors]
        if None in before:
            continue
        ready = max([problem.earliest(number), *(end for end in before if end is not None)])
        placed = [rules[mode.station].time.place(ready, mode.duration, operation.pausable) for mode in operation.modes]
        ends[number] = min((end for _, end in filter(None, placed)), default=None)
    return ends


class _Work(NamedTuple):
    """One operation that only the group can do: its order, quickest seconds, and when it must end to be on time."""

    order: int
    seconds: int
    deadline: int


class _Group:
    """Stations that must share some work, taken as one station of their joint working time."""

    def __init__(self, problem: Problem, times: Sequence[WorkingTime], works: list[_Work], head: int) -> None:
        self.problem = problem
        self.times = times
        self.works = sorted(works, key=lambda work: work.deadline)
        self.head = head
        self.horizon = problem.horizon
        self.loads = list(accumulate(work.seconds for work in self.works))
        self.before = self.worked(head)

    def worked(self, moment: int) -> int:
        return sum(time.worked(moment) for time in self.times)

    def capacity(self, moment: int) -> int:
        return self.worked(moment) - self.before

    def done_at(self, load: int) -> int:
        """The first moment at which the group can have worked off the load; the horizon if never."""
        return self.head + bisect_left(_Range(self.capacity, self.head, self.horizon), load)

    def all_done(self) -> int:
        return self.done_at(self.loads[-1])

    def least_lateness(self) -> tuple[int, int]:
        """Weight and seconds of lateness that some order must at least suffer: the largest product found."""
        best = (0, 0)
        weight: int | None = None
        for work, load in zip(self.works, self.loads):
            own = self.problem.orders[work.order].weight
            weight = own if weight is None else min(weight, own)
            if weight and load > self.capacity(work.deadline):
                seconds = self.done_at(load) - work.deadline
                if weight * seconds > best[0] * best[1]:
                    best = (weight, seconds)
        return best

    def orders_too_many(self, path_late: set[int]) -> int:
        """Orders that must be late because the group cannot do the work of all of them in time."""
        share: dict[int, int] = {}
        total, worst = 0, 0
        for work in self.works:
            if work.order in path_late:
                continue
            share[work.order] = share.get(work.order, 0) + work.seconds
            total += work.seconds
            excess = total - self.capacity(work.deadline)
            # Only a larger count than the best so far is worth the sorting.
            if excess > 0 and excess > sum(sorted(share.values(), reverse=True)[:worst]):
                dropped = accumulate(sorted(share.values(), reverse=True))
                worst = next((n for n, seconds in enumerate(dropped, 1) if seconds >= excess), len(share))
        return worst


class _Range(Sequence[int]):
    """A function that never falls, as a sequence that `bisect` can search."""

    def __init__(self, function: Callable[[int], int], start: int, stop: int) -> None:
        self.function, self.start, self.stop = function, start, stop

    def __len__(self) -> int:
        return max(0, self.stop - self.start)

    def __getitem__(self, index: int) -> int:  # type: ignore[override]  # bisect asks for single values only
        return self.function(self.start + index)


def _groups(problem: Problem, rules: Sequence[StationRules], ends: Sequence[int | None]) -> list[_Group]:
    occupied: list[list[Interval]] = [[] for _ in problem.stations]
    members: dict[frozenset[int], list[int]] = {}
    for number, operation in enumerate(problem.operations):
        if operation.fixed is not None:
            occupied[operation.fixed.station].append((operation.fixed.start, operation.fixed.end))
        elif ends[number] is not None:
            members.setdefault(frozenset(mode.station for mode in operation.modes), []).append(number)
    times = [
        WorkingTime(without(station.open, merged(some))) if some else rules[number].time
        for number, (station, some) in enumerate(zip(problem.stations, occupied))
    ]
    quickest = [min((mode.duration for mode in operation.modes), default=0) for operation in problem.operations]
    tail = [0] * len(quickest)
    for number in reversed(problem.sequence):
        tail[number] = max((tail[n] + quickest[n] for n in problem.successors[number]), default=0)
    groups = []
    for stations in members:
        inside = [number for some, numbers in members.items() if some <= stations for number in numbers]
        works = [
            _Work(o, quickest[number], problem.orders[o].due - tail[number])
            for number in inside
            for o in [problem.operations[number].order]
        ]
        head = min(problem.earliest(number) for number in inside)
        groups.append(_Group(problem, [times[station] for station in sorted(stations)], works, head))
    groups.sort(key=lambda group: -group.loads[-1] / len(group.times))
    return groups[:GROUPS]


def _changeover_bound(problem: Problem, rules: Sequence[StationRules], ends: Sequence[int | None]) -> int:
    """Each family that only one station can do must be changed to at least once there."""
    confined: dict[int, set[str]] = {}
    possible: dict[int, set[str]] = {}
    standing: dict[int, set[str]] = {station: {family} for station, family in problem.initial_family.items()}
    for number, operation in enumerate(problem.operations):
        if operation.fixed is not None:
            standing.setdefault(operation.fixed.station, set()).add(operation.family)
        elif ends[number] is not None:
            for mode in operation.modes:
                possible.setdefault(mode.station, set()).add(operation.family)
            if len(operation.modes) == 1:
                confined.setdefault(operation.modes[0].station, set()).add(operation.family)
    total = 0
    for station, families in confined.items():
        changeovers = rules[station].changeovers
        if changeovers is None:
            continue
        there = standing.get(station, set())
        others = possible[station] | there
        costs = [
            min((changeovers[other, family] for other in others if other != family), default=0)
            for family in families - there
        ]
        # A station that nothing was ever set up on begins with any family for free.
        total += sum(costs) - (0 if there else max(costs, default=0))
    return total
