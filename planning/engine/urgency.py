"""How pressing each operation is, before anything is planned."""

from collections.abc import Sequence
from typing import NamedTuple

from planning.engine.lane import StationRules
from planning.engine.problem import Problem


class Urgency(NamedTuple):
    """For each operation: when its order is due, the time its order needs after it, and the latest sensible start."""

    due: tuple[int, ...]
    tail: tuple[int, ...]
    slack: tuple[int, ...]
    mean_duration: float


def urgency_of(problem: Problem, rules: Sequence[StationRules]) -> Urgency:
    """Urgency from the quickest modes, stretched from working time to real time by each station's share of work."""
    span = max(1, problem.horizon - problem.now)
    stretch = [span / max(1, rule.time.total - rule.time.worked(problem.now)) for rule in rules]
    quickest = [
        min((int(mode.duration * stretch[mode.station]) for mode in operation.modes), default=0)
        for operation in problem.operations
    ]
    tail = [0] * len(problem.operations)
    for number in reversed(problem.sequence):
        after = problem.successors[number]
        tail[number] = max((tail[successor] + quickest[successor] for successor in after), default=0)
    due = tuple(problem.orders[operation.order].due for operation in problem.operations)
    slack = tuple(due[n] - tail[n] - quickest[n] for n in range(len(due)))
    return Urgency(due, tuple(tail), slack, sum(quickest) / max(1, len(quickest)))
