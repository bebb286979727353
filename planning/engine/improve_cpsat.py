"""A better plan by CP-SAT, one criterion after the other, each held while the next is improved."""

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import NamedTuple

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import LinearExprT

from planning.engine.check import violations
from planning.engine.cpsat_changeovers import CIRCUIT_NODES, ChangeoverRules
from planning.engine.cpsat_model import PlanModel
from planning.engine.insertion import inserted
from planning.engine.lane import StationRules
from planning.engine.problem import Objective, Plan, Problem, objective
from planning.engine.solving import Effort, Outcome, run

STAGES = ("broken_promises", "weighted_tardiness", "changeover", "makespan")
"""The criteria that are minimised, in their order."""

STAGE_SHARE = 0.6
"""A stage may use this part of what is left of the time; the last one all of it."""


class Term(NamedTuple):
    """A criterion as the model sees it, and what the rest of the plan adds to it."""

    expression: LinearExprT
    constant: int


class Improvement:
    """Improves a plan in which the `free` operations may move; holds the best plan, its cost and what was proved.

    `bound` is raised only with `exact`, which asks that all operations that are not fixed are free. `refused` says what
    was wrong with plans that the checker did not let pass: mistakes of this module, never the caller's.
    """

    def __init__(
        self,
        problem: Problem,
        rules: Sequence[StationRules],
        plan: Plan,
        free: frozenset[int],
        bound: Objective,
        *,
        exact: bool,
    ) -> None:
        self.problem, self.rules, self.plan, self.free = problem, rules, plan, free
        self.bound, self.exact = bound, exact
        self.cost = objective(problem, plan)
        self.refused: list[str] = []
        self.of = PlanModel(problem, rules, plan, free, exact)
        self.changeovers = [
            ChangeoverRules(self.of, station, rule.changeovers)
            for station, rule in enumerate(rules)
            if rule.changeovers is not None and self.of.choices[station]
        ]

    def run(self, effort: Effort, on_better: Callable[["Improvement"], None]) -> None:
        """Go through the stages within the effort; `on_better` is called after each that improved the plan."""
        until = monotonic() + effort.seconds
        settled = True  # every criterion so far is at its proved best
        for stage in STAGES:
            left = until - monotonic()
            if left < 0.05 or effort.interrupted():
                return
            term = self.term(stage)
            if term is None:
                return
            if getattr(self.cost, stage) > getattr(self.bound, stage):
                before = self.cost
                share = effort._replace(seconds=left * STAGE_SHARE if stage != STAGES[-1] else left)
                settled = self._minimise(stage, term, share, settled) and settled
                if self.cost < before:
                    on_better(self)
                if self.cost.unplanned < before.unplanned:
                    return  # there is more in the plan now than in the model
            if not isinstance(term.expression, int):
                self.of.model.add(term.expression <= getattr(self.cost, stage) - term.constant)

    def _minimise(self, stage: str, term: Term, effort: Effort, settled: bool) -> bool:
        """One stage; whether its criterion is now proved to be at its best."""
        if isinstance(term.expression, int):
            if self.exact and settled:
                self.bound = self.bound._replace(**{stage: getattr(self.cost, stage)})
            return True
        self.of.write_hints()
        self.of.model.minimize(term.expression)
        answer = run(self.of.model, effort)
        if answer.bound is None:
            return False
        self._offer(answer.solver)
        if self.exact and settled:
            least = max(getattr(self.bound, stage), answer.bound + term.constant)
            self.bound = self.bound._replace(**{stage: least})
        return answer.outcome is Outcome.PROVED

    def _offer(self, solver: cp_model.CpSolver) -> None:
        """Take the solution, pulled as early as its sequences allow, if the checker passes it and it is better."""
        moved = list(self.of.assignments(solver))
        still = [a for a in self.plan.assignments if a.operation not in self.free]
        priority = [0.0] * len(self.problem.operations)
        stations: list[int | None] = [None] * len(self.problem.operations)
        for a in moved:
            priority[a.operation], stations[a.operation] = a.start, a.station
        early = inserted(self.problem, self.rules, priority, planned=still, stations=stations)
        for plan in (early, Plan((*still, *moved), self.plan.unplanned)):
            cost = objective(self.problem, plan)
            if cost < self.cost:
                wrong = list(violations(self.problem, plan))
                if wrong:
                    self.refused += wrong
                else:
                    self.plan, self.cost = plan, cost
        self.of.given = {a.operation: a for a in self.plan.assignments}

    def term(self, stage: str) -> Term | None:
        """The criterion in the model; None if the model cannot tell it."""
        if stage == "broken_promises":
            return self._broken_promises()
        if stage == "weighted_tardiness":
            return self._weighted_tardiness()
        if stage == "changeover":
            return self._changeover()
        return self._makespan()

    def _late_orders(self) -> list[int]:
        """Orders that the model could make late."""
        orders = self.problem.orders
        return [order for order, end in self.of.order_ends.items() if self.of.latest_end[order] > orders[order].due]

    def _broken_promises(self) -> Term:
        literals = []
        given = 0
        for number in self._late_orders():
            late = self.of.literal(partial(self._is_late, number))
            self.of.model.add(self.of.order_ends[number] <= self.problem.orders[number].due).only_enforce_if(~late)
            literals.append(late)
            given += self._is_late(number)
        return Term(sum(literals), self.cost.broken_promises - given)

    def _is_late(self, order: int) -> bool:
        return self.of.given_late(order) > 0

    def _weighted_tardiness(self) -> Term:
        terms = []
        given = 0
        for number in self._late_orders():
            order = self.problem.orders[number]
            if order.weight:
                most = self.of.latest_end[number] - order.due
                late = self.of.variable(0, most, partial(self.of.given_late, number))
                self.of.model.add(late >= self.of.order_ends[number] - order.due)
                terms.append(order.weight * late)
                given += order.weight * self.of.given_late(number)
        return Term(sum(terms), self.cost.weighted_tardiness - given)

    def _changeover(self) -> Term | None:
        if any(station.circuit_size() > CIRCUIT_NODES for station in self.changeovers):
            return None
        totals = [station.total() for station in self.changeovers]
        given = sum(value for _, value in totals)
        return Term(sum(expression for expression, _ in totals), self.cost.changeover - given)

    def _makespan(self) -> Term:
        now = self.problem.now
        still = max((a.end for n, a in self.of.given.items() if n not in self.free), default=now)
        high = max(end for _, end in self.of.windows.values())
        if still >= high:
            return Term(still, -now)
        last = self.of.variable(max(still, now), high, lambda: max(a.end for a in self.of.given.values()))
        for end in self.of.ends.values():
            self.of.model.add(last >= end)
        return Term(last, -now)
