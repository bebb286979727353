"""The planning problem and its answer: frozen values, integer seconds from the plan's origin.

What the words mean, for all parts of the engine alike:

* A station works in its `open` intervals only. An operation that is not pausable lies in one of them. A pausable one
  begins and ends in working time, collects its duration in working time only, and keeps its station over breaks.
* A changeover needs working time of the station between the end of one operation and the start of the next. It is
  done by people, so it may be interrupted by a break even where the operation may not, and it does not need the
  product, so it may be done while the station waits. It never begins before `Problem.now`.
* A fixed operation is a fact (done, running, frozen): it stays exactly where it is and is otherwise not judged. What is
  not fixed starts at `now` or later and respects the facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import NamedTuple, TypeAlias

from planning.engine.errors import (
    AmbiguousChangeover,
    BrokenCalendar,
    DuplicateKey,
    DuplicateMode,
    FixedElsewhere,
    FixedTooEarly,
    NoMode,
    NotPositive,
    TriangleBroken,
    UnknownReference,
)
from planning.engine.precedence import topological_order

Interval: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Station:
    """A place that does one operation at a time; `open` are its sorted, disjoint working intervals [start, end)."""

    key: str
    open: tuple[Interval, ...]


class Mode(NamedTuple):
    """One way to do an operation: on the station with this number, in so many seconds of work."""

    station: int
    duration: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The operation occupies the station from `start` to `end`, breaks included."""

    operation: int
    station: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One schedulable step of an order. `fixed` is where it was, is, or must be done; `family` drives changeovers."""

    key: str
    order: int
    modes: tuple[Mode, ...]
    predecessors: tuple[int, ...] = ()
    release: int = 0
    pausable: bool = False
    family: str = ""
    fixed: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What was promised for `due`; a second of lateness costs `weight`. Nothing of it starts before `release`."""

    key: str
    due: int
    weight: int = 1
    release: int = 0


@dataclass(frozen=True)
class Changeover:
    """Seconds of work between two families on some stations. The same family needs none unless `seconds` says so.

    The empty family is a family like any other.
    """

    stations: frozenset[int]
    default: int = 0
    seconds: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def between(self, first: str, second: str) -> int:
        """Seconds of changeover from the first family to the second."""
        return self.seconds.get((first, second), 0 if first == second else self.default)

    def closed(self, families: Iterable[str]) -> "Changeover":
        """The same table with every detour that is quicker taken as the direct time (Floyd and Warshall)."""
        names = sorted({*families, *(name for pair in self.seconds for name in pair)})
        best = {pair: self.between(*pair) for pair in product(names, names)}
        for middle, first, last in product(names, names, names):
            detour = best[first, middle] + best[middle, last]
            if detour < best[first, last]:
                best[first, last] = detour
        return replace(self, seconds=best)


@dataclass(frozen=True)
class Problem:
    """Everything a plan depends on. Positions in the tuples are the numbers by which the parts refer to each other."""

    stations: tuple[Station, ...]
    operations: tuple[Operation, ...]
    orders: tuple[Order, ...]
    changeovers: tuple[Changeover, ...] = ()
    initial_family: Mapping[int, str] = field(default_factory=dict)
    now: int = 0

    def validate(self) -> None:
        """Return if the problem makes sense; raise the `ProblemError` that says why not."""
        _validate_stations(self)
        _validate_orders(self)
        _validate_operations(self)
        _validate_changeovers(self)
        _validate_fixed(self)
        self.sequence  # noqa: B018 - raises PrecedenceCycle

    @cached_property
    def sequence(self) -> tuple[int, ...]:
        """All operations, each after its predecessors; raises `PrecedenceCycle`."""
        return topological_order([o.key for o in self.operations], (o.predecessors for o in self.operations))

    @cached_property
    def successors(self) -> tuple[tuple[int, ...], ...]:
        """For each operation those that name it as a predecessor."""
        after: list[list[int]] = [[] for _ in self.operations]
        for number, operation in enumerate(self.operations):
            for predecessor in operation.predecessors:
                after[predecessor].append(number)
        return tuple(tuple(some) for some in after)

    @cached_property
    def order_operations(self) -> tuple[tuple[int, ...], ...]:
        """For each order its operations."""
        members: list[list[int]] = [[] for _ in self.orders]
        for number, operation in enumerate(self.operations):
            members[operation.order].append(number)
        return tuple(tuple(some) for some in members)

    @cached_property
    def station_changeover(self) -> tuple[Changeover | None, ...]:
        """For each station its changeover table, if it has one."""
        tables: list[Changeover | None] = [None] * len(self.stations)
        for changeover in self.changeovers:
            for station in changeover.stations:
                tables[station] = changeover
        return tuple(tables)

    @cached_property
    def horizon(self) -> int:
        """The last second for which any calendar says something, and not before now."""
        return max([self.now, *(station.open[-1][1] for station in self.stations if station.open)])

    def earliest(self, operation: int) -> int:
        """The first second at which the operation may start, its predecessors aside."""
        some = self.operations[operation]
        return max(self.now, some.release, self.orders[some.order].release)


class Unplanned(NamedTuple):
    """An operation the plan leaves out, and the sentence why."""

    operation: int
    reason: str


class Contribution(NamedTuple):
    """What one method did to the plan: the objective it found and the one it left."""

    method: str
    before: "Objective | None"
    after: "Objective"


class Objective(NamedTuple):
    """What a plan costs; compared from left to right, less is better.

    An order whose operations are not all planned breaks its promise and is late until the end of the calendars.
    """

    unplanned: int = 0
    "operations left out"
    broken_promises: int = 0
    "orders that end after they are due"
    weighted_tardiness: int = 0
    "weight times seconds late, over all orders"
    changeover: int = 0
    "seconds of changeover before operations that start now or later"
    makespan: int = 0
    "seconds from now to the end of the last operation"
    earliness: int = 0
    "seconds by which orders end before they are due"


@dataclass(frozen=True)
class Plan:
    """Where and when each operation is done, what is left out and why, and which method contributed what."""

    assignments: tuple[Assignment, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    contributions: tuple[Contribution, ...] = ()


def objective(problem: Problem, plan: Plan) -> Objective:
    """The cost of the plan. Stations are read in order of start; the plan is taken to have no violations."""
    ends: dict[int, int] = {}
    lanes: dict[int, list[Assignment]] = {}
    for assignment in plan.assignments:
        order = problem.operations[assignment.operation].order
        ends[order] = max(ends.get(order, problem.now), assignment.end)
        lanes.setdefault(assignment.station, []).append(assignment)
    for left_out in plan.unplanned:
        order = problem.operations[left_out.operation].order
        ends[order] = max(ends.get(order, problem.now), problem.horizon, problem.orders[order].due + 1)
    broken = tardiness = earliness = 0
    for order, end in ends.items():
        late = end - problem.orders[order].due
        if late > 0:
            broken += 1
            tardiness += late * problem.orders[order].weight
        else:
            earliness -= late
    changeover = sum(_changeover_seconds(problem, station, lane) for station, lane in lanes.items())
    last = max((assignment.end for assignment in plan.assignments), default=problem.now)
    makespan = max(0, last - problem.now)
    return Objective(len(plan.unplanned), broken, tardiness, changeover, makespan, earliness)


def _changeover_seconds(problem: Problem, station: int, lane: list[Assignment]) -> int:
    table = problem.station_changeover[station]
    if table is None:
        return 0
    lane.sort(key=lambda assignment: (assignment.start, assignment.end))
    total = 0
    before = problem.initial_family.get(station)
    for assignment in lane:
        operation = problem.operations[assignment.operation]
        if before is not None and assignment.start >= problem.now:
            total += table.between(before, operation.family)
        before = operation.family
    return total


def _validate_stations(problem: Problem) -> None:
    _unique("station", (station.key for station in problem.stations))
    for station in problem.stations:
        closed_until = None
        for start, end in station.open:
            # Intervals that touch would be one: an operation may run across their border.
            if start >= end or (closed_until is not None and start <= closed_until):
                raise BrokenCalendar(station.key, (start, end))
            closed_until = end


def _validate_orders(problem: Problem) -> None:
    _unique("order", (order.key for order in problem.orders))
    for order in problem.orders:
        if order.weight < 0:
            raise NotPositive(order.key, "weight", order.weight)


def _validate_operations(problem: Problem) -> None:
    _unique("operation", (operation.key for operation in problem.operations))
    count, stations = len(problem.operations), len(problem.stations)
    for operation in problem.operations:
        if not 0 <= operation.order < len(problem.orders):
            raise UnknownReference(operation.key, "order", operation.order)
        for predecessor in operation.predecessors:
            if not 0 <= predecessor < count:
                raise UnknownReference(operation.key, "operation", predecessor)
        if not operation.modes and operation.fixed is None:
            raise NoMode(operation.key)
        for mode in operation.modes:
            if not 0 <= mode.station < stations:
                raise UnknownReference(operation.key, "station", mode.station)
            if mode.duration <= 0:
                raise NotPositive(operation.key, "duration", mode.duration)
        named = [mode.station for mode in operation.modes]
        for station in named:
            if named.count(station) > 1:
                raise DuplicateMode(operation.key, problem.stations[station].key)


def _validate_changeovers(problem: Problem) -> None:
    families: dict[int, set[str]] = {station: {name} for station, name in problem.initial_family.items()}
    for operation in problem.operations:
        at = [mode.station for mode in operation.modes]
        for station in [*at, operation.fixed.station] if operation.fixed else at:
            families.setdefault(station, set()).add(operation.family)
    claimed: set[int] = set()
    for changeover in problem.changeovers:
        for station in changeover.stations:
            if not 0 <= station < len(problem.stations):
                raise UnknownReference("A changeover table", "station", station)
            if station in claimed:
                raise AmbiguousChangeover(problem.stations[station].key)
            claimed.add(station)
        for value in [changeover.default, *changeover.seconds.values()]:
            if value < 0:
                raise NotPositive("A changeover table", "changeover time", value)
        _validate_triangle(changeover, sorted(set().union(*(families.get(s, set()) for s in changeover.stations))))


def _validate_triangle(changeover: Changeover, names: list[str]) -> None:
    rows = [[changeover.between(first, second) for second in names] for first in names]
    for first, middle in product(range(len(names)), repeat=2):
        to_middle, onward, direct = rows[first][middle], rows[middle], rows[first]
        for last in range(len(names)):
            if to_middle + onward[last] < direct[last]:
                detour = to_middle + onward[last]
                raise TriangleBroken(names[first], names[middle], names[last], direct[last], detour)


def _validate_fixed(problem: Problem) -> None:
    for number, operation in enumerate(problem.operations):
        fixed = operation.fixed
        if fixed is None:
            continue
        if not 0 <= fixed.station < len(problem.stations):
            raise UnknownReference(operation.key, "station", fixed.station)
        if fixed.operation != number or fixed.end < fixed.start:
            raise FixedElsewhere(operation.key)
        if fixed.start < problem.now:
            continue  # it happened, whatever was meant to come first
        for predecessor in operation.predecessors:
            if problem.operations[predecessor].fixed is None:
                raise FixedTooEarly(operation.key, problem.operations[predecessor].key)


def _unique(kind: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise DuplicateKey(kind, key)
        seen.add(key)
