"""Background work of the foundation."""

from celery import shared_task

from foundation.clock import wall_now
from foundation.services.housekeeping import expired_delete


@shared_task(name="foundation.tasks.housekeeping")
def housekeeping() -> dict[str, int]:
    """Delete news and idempotency keys that nobody will ask for again; how many of each."""
    return expired_delete(wall_now=wall_now())
