"""Can the plan be built? Written on its own: it shares no code with what makes plans, and knows no solver."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

from planning.engine.problem import Assignment, Interval, Plan, Problem


def violations(problem: Problem, plan: Plan) -> Iterator[str]:
    """Say what is wrong with the plan, one sentence for each fault; nothing when it can be built as it stands."""
    yield from _missing_or_twice(problem, plan)
    known = [a for a in plan.assignments if _refers(problem, a)]
    for assignment in known:
        yield from _wrong_place(problem, assignment)
    yield from _wrong_order(problem, known)
    for station in range(len(problem.stations)):
        lane = sorted((a for a in known if a.station == station), key=lambda a: (a.start, a.end))
        yield from _station_conflicts(problem, station, lane)


def _refers(problem: Problem, assignment: Assignment) -> bool:
    return 0 <= assignment.operation < len(problem.operations) and 0 <= assignment.station < len(problem.stations)


def _missing_or_twice(problem: Problem, plan: Plan) -> Iterator[str]:
    for assignment in plan.assignments:
        if not _refers(problem, assignment):
            yield f"The plan names operation {assignment.operation} on station {assignment.station}: there is no such."
    planned = Counter(assignment.operation for assignment in plan.assignments)
    left_out = Counter(some.operation for some in plan.unplanned)
    for number, operation in enumerate(problem.operations):
        if planned[number] > 1:
            yield f"{operation.key} is planned {planned[number]} times."
        if planned[number] and left_out[number]:
            yield f"{operation.key} is both planned and listed as left out."
        if not planned[number] and not left_out[number]:
            yield f"{operation.key} is missing: it is neither planned nor listed as left out."
        if operation.fixed is not None and left_out[number]:
            yield f"{operation.key} is fixed and yet left out."
    for some in plan.unplanned:
        if not 0 <= some.operation < len(problem.operations):
            yield f"The plan leaves out operation {some.operation}: there is no such."
        elif not some.reason.strip():
            yield f"{problem.operations[some.operation].key} is left out without a reason."


def _wrong_place(problem: Problem, assignment: Assignment) -> Iterator[str]:
    """What is wrong with one assignment, whatever the others are."""
    operation = problem.operations[assignment.operation]
    if operation.fixed is not None:
        if assignment != operation.fixed:
            yield f"{operation.key} is fixed and was moved."
        return
    station = problem.stations[assignment.station]
    where = f"{operation.key} on {station.key} at {assignment.start}"
    durations = [mode.duration for mode in operation.modes if mode.station == assignment.station]
    if not durations:
        yield f"{operation.key} cannot be done on {station.key}."
        return
    if assignment.start < problem.now:
        yield f"{where} starts in the past; now is {problem.now}."
    release = max(operation.release, problem.orders[operation.order].release)
    if assignment.start < release:
        yield f"{where} starts before it is released at {release}."
    worked = _worked_within(station.open, assignment.start, assignment.end)
    length = assignment.end - assignment.start
    if operation.pausable:
        if worked != durations[0]:
            yield f"{where} has {worked} s of working time up to {assignment.end} and needs {durations[0]} s."
        if not (_works(station.open, assignment.start) and _works(station.open, assignment.end - 1)):
            yield f"{where} begins or ends outside working time."
    else:
        if length != durations[0]:
            yield f"{where} takes {length} s and needs {durations[0]} s."
        if worked != length:
            yield f"{where} reaches outside working time and may not pause."


def _wrong_order(problem: Problem, assignments: list[Assignment]) -> Iterator[str]:
    """Operations that start before what must come first has ended."""
    ends: dict[int, int] = {}
    for assignment in assignments:
        ends[assignment.operation] = max(assignment.end, ends.get(assignment.operation, assignment.end))
    for assignment in assignments:
        operation = problem.operations[assignment.operation]
        if operation.fixed is not None and assignment.start < problem.now:
            continue  # a fact: it did start
        for predecessor in operation.predecessors:
            before = problem.operations[predecessor]
            if operation.fixed is not None and before.fixed is not None:
                continue
            if predecessor not in ends:
                yield f"{operation.key} is planned, but {before.key}, which comes before it, is not."
            elif ends[predecessor] > assignment.start:
                yield (
                    f"{operation.key} starts at {assignment.start}, before {before.key} ends at {ends[predecessor]}."
                )


def _station_conflicts(problem: Problem, station: int, lane: list[Assignment]) -> Iterator[str]:
    """Overlaps on one station, and changeovers without the working time they need."""
    table = next((c for c in problem.changeovers if station in c.stations), None)
    key, calendar = problem.stations[station].key, problem.stations[station].open
    family = problem.initial_family.get(station)
    previous: Assignment | None = None
    latest: Assignment | None = None
    for assignment in lane:
        operation = problem.operations[assignment.operation]
        facts = operation.fixed is not None and (previous is None or _is_fixed(problem, previous))
        if latest is not None and assignment.start < latest.end:
            if operation.fixed is None or not _is_fixed(problem, latest):
                other = problem.operations[latest.operation].key
                yield f"{operation.key} and {other} are on {key} at the same time, at {assignment.start}."
        elif table is not None and family is not None and not facts:
            needed = table.between(family, operation.family)
            since = problem.now if previous is None else max(problem.now, previous.end)
            there = _worked_within(calendar, since, assignment.start)
            if there < needed:
                yield (
                    f"{operation.key} on {key} at {assignment.start} needs {needed} s of changeover "
                    f"from {family!r} to {operation.family!r} and has {there} s."
                )
        if latest is None or assignment.end > latest.end:
            latest = assignment
        previous, family = assignment, operation.family


def _is_fixed(problem: Problem, assignment: Assignment) -> bool:
    return problem.operations[assignment.operation].fixed is not None


def _works(calendar: tuple[Interval, ...], moment: int) -> bool:
    index = bisect_right(calendar, (moment, float("inf"))) - 1
    return index >= 0 and moment < calendar[index][1]


def _worked_within(calendar: tuple[Interval, ...], start: int, end: int) -> int:
    """Seconds of working time in [start, end)."""
    total = 0
    index = max(0, bisect_right(calendar, (start, float("inf"))) - 1)
    while index < len(calendar) and calendar[index][0] < end:
        total += max(0, min(end, calendar[index][1]) - max(start, calendar[index][0]))
        index += 1
    return total
