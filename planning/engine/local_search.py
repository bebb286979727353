"""A better plan by changed priorities: plan everything again in another order, keep what is better.

The state is a priority for each operation, as in serial schedule generation (Kolisch and Hartmann 1999); a move changes
the priorities of one order, or of one operation, and insertion turns them into a valid plan. No solver.
"""

from collections.abc import Callable, Sequence
from random import Random

from planning.engine.insertion import inserted
from planning.engine.lane import StationRules
from planning.engine.problem import Assignment, Objective, Plan, Problem, objective

PATIENCE = 150
"""So many moves without a better plan lead back to the best one."""


class LocalSearch:
    """Hill climbing over priorities from a given plan; equal plans are accepted, so that it may cross plateaus."""

    def __init__(self, problem: Problem, rules: Sequence[StationRules], seed: int) -> None:
        self.problem, self.rules = problem, rules
        self.random = Random(seed)  # noqa: S311 - reproducible, not secret
        self.movable = [number for number, operation in enumerate(problem.operations) if operation.fixed is None]
        self.span = 1

    def run(self, plan: Plan, interrupted: Callable[[], bool]) -> Plan:
        """The best plan found, at worst the given one, when `interrupted()` says to stop."""
        best, best_cost = plan, objective(self.problem, plan)
        if not self.movable:
            return best
        current, current_cost, idle = best, best_cost, 0
        while not interrupted():
            candidate = self._neighbour(current)
            cost = objective(self.problem, candidate)
            idle += 1
            if cost <= current_cost:
                current, current_cost = candidate, cost
            if cost < best_cost:
                best, best_cost, idle = candidate, cost, 0
            elif idle > PATIENCE:
                # A plan that was decoded from its own starts may differ from it and be a little worse: a new place.
                current, idle = inserted(self.problem, self.rules, self._priorities(best)), 0
                current_cost = objective(self.problem, current)
        return best

    def _priorities(self, plan: Plan) -> list[float]:
        """Start times; what was left out comes first, as it needs room most."""
        priority = [float(self.problem.now)] * len(self.problem.operations)
        for assignment in plan.assignments:
            priority[assignment.operation] = float(assignment.start)
        return priority

    def _neighbour(self, plan: Plan) -> Plan:
        problem, random = self.problem, self.random
        priority = self._priorities(plan)
        stations: list[int | None] = [None] * len(priority)
        self.span = max(1, max((a.end for a in plan.assignments), default=1) - problem.now)
        kind = random.random()
        if kind < 0.45:
            self._shift_order(plan, priority)
        elif kind < 0.6:
            self._swap_orders(priority)
        elif kind < 0.8:
            self._join_family(plan, priority, stations)
        else:
            number = random.choice(self.movable)
            priority[number] += random.gauss(0, 0.1) * self.span
            stations[number] = random.choice(problem.operations[number].modes).station
        return inserted(problem, self.rules, priority, stations=stations)

    def _shift_order(self, plan: Plan, priority: list[float]) -> None:
        """A late order earlier, or any order either way."""
        late = self._late_orders(plan)
        if late and self.random.random() < 0.7:
            order, shift = self.random.choice(late), -abs(self.random.gauss(0, 0.25)) * self.span
        else:
            order = self.problem.operations[self.random.choice(self.movable)].order
            shift = self.random.gauss(0, 0.15) * self.span
        for number in self.problem.order_operations[order]:
            priority[number] += shift

    def _late_orders(self, plan: Plan) -> list[int]:
        problem = self.problem
        late = {problem.operations[some.operation].order for some in plan.unplanned}
        for a in plan.assignments:
            order = problem.operations[a.operation].order
            if a.end > problem.orders[order].due:
                late.add(order)
        return sorted(late)

    def _swap_orders(self, priority: list[float]) -> None:
        """Two orders change places in the queue."""
        operations = self.problem.operations
        one, two = (operations[self.random.choice(self.movable)].order for _ in range(2))
        if one == two:
            return
        first, second = (self.problem.order_operations[order] for order in (one, two))
        distance = min(priority[n] for n in second) - min(priority[n] for n in first)
        for number in first:
            priority[number] += distance
        for number in second:
            priority[number] -= distance

    def _join_family(self, plan: Plan, priority: list[float], stations: list[int | None]) -> None:
        """An operation goes beside another of its family on a station with changeovers."""
        operations = self.problem.operations
        here = [
            a
            for a in plan.assignments
            if self.rules[a.station].changeovers is not None and operations[a.operation].fixed is None
        ]
        if len(here) < 2:
            return
        one: Assignment = self.random.choice(here)
        alike = [
            a
            for a in here
            if a is not one
            and operations[a.operation].family == operations[one.operation].family
            and any(mode.station == a.station for mode in operations[one.operation].modes)
        ]
        if alike:
            other = min(self.random.sample(alike, min(3, len(alike))), key=lambda a: abs(a.start - one.start))
            priority[one.operation] = priority[other.operation] + self.random.choice((-0.5, 0.5))
            stations[one.operation] = stations[other.operation] = other.station


def pulled_early(problem: Problem, rules: Sequence[StationRules], plan: Plan) -> tuple[Plan, Objective]:
    """The plan with every operation on its station, in its turn, as early as it fits; and what it costs."""
    priority = [0.0] * len(problem.operations)
    stations: list[int | None] = [None] * len(problem.operations)
    for a in plan.assignments:
        priority[a.operation], stations[a.operation] = a.start, a.station
    early = inserted(problem, rules, priority, stations=stations)
    return early, objective(problem, early)
