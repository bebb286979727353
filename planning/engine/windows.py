"""Which operations to free for a solver when it cannot take them all: those around something that costs."""

from collections.abc import Sequence
from random import Random

from planning.engine.lane import StationRules
from planning.engine.problem import Assignment, Plan, Problem


def window(problem: Problem, rules: Sequence[StationRules], plan: Plan, random: Random, size: int) -> frozenset[int]:
    """About `size` operations that are not fixed, around a late order, a changeover, or the end of the plan."""
    movable = [a for a in plan.assignments if problem.operations[a.operation].fixed is None]
    if len(movable) <= size:
        return frozenset(a.operation for a in movable)
    focus = _focus(problem, rules, plan, movable, random)
    kind = random.random()
    if kind < 0.4:
        chosen = _near_in_time(movable, focus, size)
    elif kind < 0.75:
        chosen = _orders_around(problem, movable, focus, size)
    else:
        stations = {mode.station for mode in problem.operations[focus.operation].modes} | {focus.station}
        beside = [a for a in movable if a.station in stations]
        chosen = _near_in_time(beside, focus, size // 2)
        chosen |= _near_in_time(movable, focus, size - len(chosen))
    return frozenset(chosen)


def _focus(
    problem: Problem, rules: Sequence[StationRules], plan: Plan, movable: list[Assignment], random: Random
) -> Assignment:
    """Something that costs; the costs that come first in the objective are looked at most."""
    late = [a for a in movable if a.end > problem.orders[problem.operations[a.operation].order].due]
    if late and random.random() < 0.8:
        chosen = random.choice(late)
        members = problem.order_operations[problem.operations[chosen.operation].order]
        return random.choice([a for a in movable if a.operation in members])
    changed = [a for a in movable if rules[a.station].changeovers is not None]
    if changed and random.random() < 0.7:
        return random.choice(changed)
    return max(movable, key=lambda a: a.end) if random.random() < 0.4 else random.choice(movable)


def _near_in_time(movable: list[Assignment], focus: Assignment, size: int) -> set[int]:
    nearest = sorted(movable, key=lambda a: (abs(a.start - focus.start), a.operation))
    return {a.operation for a in nearest[:size]}


def _orders_around(problem: Problem, movable: list[Assignment], focus: Assignment, size: int) -> set[int]:
    """Whole orders, the nearest on the stations of the order in focus, so that what is won can reach their ends."""
    order = problem.operations[focus.operation].order
    stations = {a.station for a in movable if problem.operations[a.operation].order == order}
    members: dict[int, list[int]] = {}
    for a in movable:
        members.setdefault(problem.operations[a.operation].order, []).append(a.operation)
    chosen = set(members[order])
    for a in sorted(movable, key=lambda a: abs(a.start - focus.start)):
        if a.station in stations:
            more = members[problem.operations[a.operation].order]
            if len(chosen) + len(more) > size:
                break
            chosen.update(more)
    return chosen
