"""The earliest date of an order that is not planned yet, by a search of the gaps in a plan; no solver.

The date is one that can be kept: the operations it stands for fit between what is planned without moving any of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from planning.engine.errors import NothingFits
from planning.engine.insertion import why_not
from planning.engine.lane import Lane, Slot, StationRules, lanes_of, station_rules
from planning.engine.precedence import topological_order
from planning.engine.problem import Assignment, Operation, Plan, Problem, Station

Cause = Literal["station", "calendar", "material", "work"]


class Wait(NamedTuple):
    """Why an operation on the critical chain starts or ends when it does, and the seconds it costs.

    "station": others stand on the station; "calendar": the station is closed; "material": the operation's release;
    "work": the operation itself. Operation and station are numbers.
    """

    cause: Cause
    operation: int
    station: int
    seconds: int


@dataclass(frozen=True)
class Fit:
    """When the order could end, where its operations would go, and the chain of waits that sets the date."""

    end: int
    assignments: tuple[Assignment, ...]
    chain: tuple[Wait, ...]

    @property
    def binding(self) -> Wait | None:
        """The longest wait of the chain; the longest work where nothing is waited for; None without operations."""
        waits = [wait for wait in self.chain if wait.cause != "work"]
        return max(waits or self.chain, key=lambda wait: wait.seconds, default=None)


@dataclass(frozen=True)
class Snapshot:
    """What stands on every station in one version of the plan, holds included; never changed, only derived from."""

    stations: tuple[Station, ...]
    lanes: tuple[Lane, ...]

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> "Snapshot":
        """The gaps of a plan that has no violations."""
        return cls(problem.stations, tuple(lanes_of(problem, station_rules(problem), plan.assignments)))

    def at(self, now: int) -> "Snapshot":
        """The same plan at a later moment: nothing new starts, and no changeover begins, before it."""
        rules = [lane.rules._replace(now=now) for lane in self.lanes]
        return Snapshot(self.stations, tuple(lane.under(rule) for lane, rule in zip(self.lanes, rules, strict=True)))

    def with_assignments(self, operations: Sequence[Operation], assignments: Iterable[Assignment]) -> "Snapshot":
        """The plan with these operations in it too, so that the next fit does not take their place."""
        lanes = list(self.lanes)
        for station, some in _by_station(assignments).items():
            more = [(a.start, a.end, operations[a.operation].family) for a in some]
            lanes[station] = Lane(lanes[station].rules, [*lanes[station].stretches(), *more])
        return Snapshot(self.stations, tuple(lanes))


def earliest_fit(snapshot: Snapshot, operations: Sequence[Operation], not_before: int = 0) -> Fit:
    """Each operation, predecessors first, in the gap where it ends first; raises `NothingFits` if one has none.

    Predecessors and the numbers in the answer are positions in `operations`; their `order` is not looked at.
    A date that can be kept, but found greedily: another choice of stations might end the order earlier.
    """
    lanes: dict[int, Lane] = {}
    done: dict[int, Assignment] = {}
    for number in topological_order([o.key for o in operations], (o.predecessors for o in operations)):
        operation = operations[number]
        ready = max([not_before, operation.release, *(done[p].end for p in operation.predecessors)])
        best: Slot | None = None
        where = -1
        for station, duration in operation.modes:
            lane = lanes.get(station) or snapshot.lanes[station]
            limit = None if best is None else best.end
            slot = lane.place(ready, duration, operation.family, operation.pausable, limit)
            if slot is not None:
                best, where = slot, station
        if best is None:
            rules = [lane.rules for lane in snapshot.lanes]
            raise NothingFits(operation.key, why_not(operation, snapshot.stations, rules))
        if where not in lanes:
            lanes[where] = snapshot.lanes[where].copy()
        lanes[where].insert(best, operation.family)
        done[number] = Assignment(number, where, best.start, best.end)
    if not done:
        return Fit(not_before, (), ())
    last = max(done.values(), key=lambda assignment: assignment.end)
    assignments = tuple(done[number] for number in range(len(operations)))
    return Fit(last.end, assignments, _chain(snapshot, operations, assignments, last, not_before))


def _chain(
    snapshot: Snapshot,
    operations: Sequence[Operation],
    assignments: Sequence[Assignment],
    last: Assignment,
    not_before: int,
) -> tuple[Wait, ...]:
    """The waits and the work that add up from `not_before` to the end of `last`, in order of time."""
    chain: list[Wait] = []
    current: Assignment | None = last
    while current is not None:
        number, station = current.operation, current.station
        operation = operations[number]
        rules: StationRules = snapshot.lanes[station].rules
        before = max((assignments[p] for p in operation.predecessors), key=lambda a: a.end, default=None)
        begin = max(not_before, rules.now)
        ready = max(begin, operation.release, before.end if before else 0)
        duration = next(mode.duration for mode in operation.modes if mode.station == station)
        alone = rules.time.place(ready, duration, operation.pausable)
        open_from = alone[0] if alone else ready
        chain += [
            Wait("work", number, station, current.end - current.start),
            Wait("station", number, station, current.start - open_from),
            Wait("calendar", number, station, open_from - ready),
        ]
        if before is None or before.end < ready:
            # Whatever delayed the predecessors, the material would not have been there sooner.
            chain.append(Wait("material", number, station, ready - begin))
        current = before if before is not None and before.end == ready else None
    return tuple(wait for wait in reversed(chain) if wait.seconds > 0)


def _by_station(assignments: Iterable[Assignment]) -> dict[int, list[Assignment]]:
    grouped: dict[int, list[Assignment]] = {}
    for assignment in assignments:
        grouped.setdefault(assignment.station, []).append(assignment)
    return grouped
