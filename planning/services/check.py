"""Checking a stored plan with the engine's checker, which knows no solver."""

from planning.engine import violations
from planning.loading import load_problem, stored_plan
from planning.models import Plan


def plan_violations(*, plan: Plan) -> tuple[str, ...]:
    """What is wrong with the plan as it is stored, in words; for a plan none of whose operations has begun."""
    loaded = load_problem(plan.plant, plan.made_at)
    return tuple(violations(loaded.problem, stored_plan(loaded, plan)))
