"""Waking a worker. A lost wake-up costs only time: what is to be done stands in a row."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

from planning.models import SolveRun

logger = structlog.get_logger()


def solver_wake(*, run: SolveRun) -> None:
    """Tell a worker about the run at once; without a broker the next tick finds it, since its row is the queue."""
    try:
        current_app.send_task("planning.tasks.solve", [str(run.public_id)], queue="solve", retry=False)
    except OperationalError as error:
        logger.warning("solver_not_woken", run=str(run.public_id), reason=str(error))
