"""What the demonstration's plant is doing right now, in a handful of queries."""

from datetime import timedelta

from config.demo.pacing import Pulse
from foundation.api import plant_now
from planning.api import next_planned_start, operations_releasable, running_ends
from shopfloor.models import Transfer, TransferState

ON_THE_WAY = (
    TransferState.PENDING,
    TransferState.STAGED,
    TransferState.VERIFIED,
    TransferState.COMMITTED,
    TransferState.UNKNOWN,
)
"""An acknowledged recipe is not waited for: its controller began at the commit and knows when, though time jumps."""


def plant_pulse() -> Pulse:
    """The pulse at this moment of plant time; looks no further as soon as something is under way."""
    now = plant_now()
    ends = running_ends()
    under_way = sum(end <= now for end in ends) or Transfer.objects.filter(state__in=ON_THE_WAY).count()
    return Pulse(
        now=now,
        under_way=under_way or len(operations_releasable(now=now, horizon=timedelta(0))),
        next_end=next((end for end in ends if end > now), None),
        next_start=None if under_way else next_planned_start(now),
    )
