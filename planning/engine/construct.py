"""A valid plan at once: dispatch rules and insertion, every one tried, the best kept.

The two ways to build are described by Pinedo, *Scheduling* (5th ed.), part II: `dispatch` follows the stations through
time, `insertion` takes operation after operation. The dispatch scores are earliest due date, least slack, and ATCS
(Lee, Bhaskaran and Pinedo 1997) over a small grid of its two scaling parameters.
"""

from collections.abc import Callable, Iterator

from planning.engine.dispatch import Rule, dispatched
from planning.engine.insertion import inserted
from planning.engine.lane import station_rules
from planning.engine.problem import Contribution, Objective, Plan, Problem, objective
from planning.engine.urgency import urgency_of

ATCS_GRID = ((0.5, 0.1), (0.5, 0.6), (2.0, 0.1), (2.0, 0.6), (6.0, 0.3))
"""How far ahead due dates are felt and how much changeovers are shunned, in multiples of their means."""


def construct(problem: Problem, cancelled: Callable[[], bool] = lambda: False) -> Plan:
    """The best plan of all rules, always without violations; its contributions say what each rule improved.

    At least one rule is carried through even when `cancelled()`.
    """
    best = Plan()
    cost: Objective | None = None
    contributions: list[Contribution] = []
    for method, plan in _attempts(problem):
        reached = objective(problem, plan)
        if cost is None or reached < cost:
            contributions.append(Contribution(method, cost, reached))
            best, cost = plan, reached
        if cancelled():
            break
    return Plan(best.assignments, best.unplanned, tuple(contributions))


def _attempts(problem: Problem) -> Iterator[tuple[str, Plan]]:
    rules = station_rules(problem)
    urgency = urgency_of(problem, rules)
    yield "insertion by due date", inserted(problem, rules, urgency.due)
    yield "insertion by slack", inserted(problem, rules, urgency.slack)
    yield "dispatch by due date", dispatched(problem, rules, urgency, Rule("due date"))
    yield "dispatch by slack", dispatched(problem, rules, urgency, Rule("slack"))
    for due, changeover in ATCS_GRID:
        rule = Rule("ATCS", due, changeover)
        yield f"dispatch by ATCS ({due}, {changeover})", dispatched(problem, rules, urgency, rule)
