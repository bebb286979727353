"""Wake-ups of planning: what is to be done stands in rows, and each task looks for it there."""

from uuid import UUID

from celery import shared_task

from foundation.api import plant_now
from planning.services.capacity import holds_expire
from planning.services.orders import production_orders_pull
from planning.services.solve import leases_expire, solve_next, solve_run


@shared_task(name="planning.tasks.solve", queue="solve")
def solve(public_id: str) -> str:
    """Work off one requested plan; nothing happens when another worker has it."""
    run = solve_run(public_id=UUID(public_id))
    return run.state if run else "taken"


@shared_task(name="planning.tasks.solve_waiting", queue="solve")
def solve_waiting() -> str:
    """Work off a requested plan whose wake-up was lost."""
    run = solve_next()
    return run.state if run else "nothing waits"


@shared_task(name="planning.tasks.housekeeping")
def housekeeping() -> dict[str, int]:
    """Take new orders over, give lapsed holds back, notice workers that disappeared."""
    now = plant_now()
    return {
        "taken": production_orders_pull(now=now),
        "holds": holds_expire(now=now),
        "runs": leases_expire(now=now),
    }
