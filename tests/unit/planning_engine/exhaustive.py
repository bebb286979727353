"""The best plan of a tiny problem by trying everything, second by second; slow, plain and written on its own."""

from collections.abc import Iterator

from planning.engine import Assignment, Objective, Plan, Problem, Unplanned, objective, violations


def best_objective(problem: Problem, horizon: int = 80) -> Objective | None:
    """The least objective, earliness left out, of all plans without violations that plan everything; None if none."""
    fixed = [operation.fixed for operation in problem.operations if operation.fixed is not None]
    best: Objective | None = None
    for assignments in _extensions(problem, fixed, horizon):
        plan = Plan(tuple(assignments))
        cost = objective(problem, plan)._replace(earliness=0)
        if (best is None or cost < best) and not list(violations(problem, plan)):
            best = cost
    return best


def _extensions(problem: Problem, done: list[Assignment], horizon: int) -> Iterator[list[Assignment]]:
    """All plans in which every operation starts as early as its place in its station's sequence allows."""
    planned = {assignment.operation for assignment in done}
    todo = [number for number in range(len(problem.operations)) if number not in planned]
    if not todo:
        yield done
        return
    for number in todo:
        operation = problem.operations[number]
        if all(predecessor in planned for predecessor in operation.predecessors):
            for station, duration in operation.modes:
                for start, end in _places(problem, done, number, station, duration, horizon):
                    yield from _extensions(problem, [*done, Assignment(number, station, start, end)], horizon)


def _places(
    problem: Problem, done: list[Assignment], number: int, station: int, duration: int, horizon: int
) -> Iterator[tuple[int, int]]:
    """The earliest place in each gap between the facts that comes after what was put on the station before."""
    tried: set[int] = set()
    free = [a.start for a in done if a.station == station and problem.operations[a.operation].fixed is None]
    for start in range(max([0, *free]), horizon):
        for end in range(start + duration, horizon):
            gap = sum(a.start < end for a in done if a.station == station)
            if gap in tried:
                break
            if _fits(problem, done, Assignment(number, station, start, end)):
                tried.add(gap)
                yield start, end
                break
            if not problem.operations[number].pausable:
                break


def _fits(problem: Problem, done: list[Assignment], more: Assignment) -> bool:
    """Is there nothing wrong with the assignment but, perhaps, the changeover to what follows it?"""
    before = [a for a in done if a.station != more.station or a.start < more.end]
    chosen = Plan(
        (*before, more),
        tuple(
            Unplanned(number, "not yet")
            for number in range(len(problem.operations))
            if number != more.operation and all(number != a.operation for a in before)
        ),
    )
    key = problem.operations[more.operation].key
    return not any(key in sentence for sentence in violations(problem, chosen))
