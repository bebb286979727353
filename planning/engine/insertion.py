"""Operations one by one, by priority, each into the slot where it ends first: gaps included, nothing else moved."""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from planning.engine.lane import Lane, StationRules, fixed_assignments, lanes_of
from planning.engine.problem import Assignment, Operation, Plan, Problem, Station, Unplanned


def inserted(
    problem: Problem,
    rules: Sequence[StationRules],
    priority: Sequence[float],
    *,
    planned: Iterable[Assignment] | None = None,
    stations: Sequence[int | None] | None = None,
) -> Plan:
    """The facts, or what is `planned` already, and everything else by priority: least first, predecessors before.

    `stations` may name for an operation the only station to use. What fits nowhere is left out with its reason.
    """
    start = fixed_assignments(problem) if planned is None else list(planned)
    lanes = lanes_of(problem, rules, start)
    done: list[Assignment | None] = [None] * len(problem.operations)
    for assignment in start:
        done[assignment.operation] = assignment
    waiting = [0] * len(done)
    ready: list[tuple[float, int]] = []
    for number, operation in enumerate(problem.operations):
        if done[number] is None:
            waiting[number] = sum(done[p] is None for p in set(operation.predecessors))
            if waiting[number] == 0:
                ready.append((priority[number], number))
    heapify(ready)
    unplanned: dict[int, Unplanned] = {}
    while ready:
        _, number = heappop(ready)
        missing = next((p for p in problem.operations[number].predecessors if p in unplanned), None)
        placed = None
        if missing is None:
            placed = _ending_first(problem, lanes, number, done, None if stations is None else stations[number])
        if placed is None:
            operation = problem.operations[number]
            if missing is None:
                reason = why_not(operation, problem.stations, rules)
            else:
                reason = f"{operation.key} waits for {problem.operations[missing].key}, which is not planned."
            unplanned[number] = Unplanned(number, reason)
        done[number] = placed
        for successor in set(problem.successors[number]):
            if waiting[successor]:
                waiting[successor] -= 1
                if waiting[successor] == 0:
                    heappush(ready, (priority[successor], successor))
    return Plan(tuple(a for a in done if a is not None), tuple(unplanned.values()))


def _ending_first(
    problem: Problem, lanes: Sequence[Lane], number: int, done: Sequence[Assignment | None], only: int | None
) -> Assignment | None:
    """Occupy the slot in which the operation ends first, its predecessors being done."""
    operation = problem.operations[number]
    ready = problem.earliest(number)
    for predecessor in operation.predecessors:
        before = done[predecessor]
        if before is not None and before.end > ready:
            ready = before.end
    best, best_station = None, -1
    for station, duration in operation.modes:
        if only is not None and station != only:
            continue
        limit = None if best is None else best.end
        slot = lanes[station].place(ready, duration, operation.family, operation.pausable, limit)
        if slot is not None:
            best, best_station = slot, station
    if best is None:
        return None
    lanes[best_station].insert(best, operation.family)
    return Assignment(number, best_station, best.start, best.end)


def why_not(operation: Operation, stations: Sequence[Station], rules: Sequence[StationRules]) -> str:
    """One sentence: why none of its stations takes the operation."""
    names = " or ".join(stations[mode.station].key for mode in operation.modes)
    if not operation.pausable:
        nearest = min(operation.modes, key=lambda mode: mode.duration - rules[mode.station].time.longest)
        longest = rules[nearest.station].time.longest
        if nearest.duration > longest:
            return (
                f"{operation.key} takes {_hours(nearest.duration)} without a pause, "
                f"and {names} never works longer than {_hours(longest)} at a stretch."
            )
    return f"{operation.key} finds no room on {names} before the calendar ends."


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
