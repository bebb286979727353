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
    TransferState.ACKNOWLEDGED,
    TransferState.UNKNOWN,
)


def plant_pulse() -> Pulse:
    """The pulse at this moment of plant time."""
    now = plant_now()
    ends = running_ends()
    due = sum(end <= now for end in ends)
    waiting = Transfer.objects.filter(state__in=ON_THE_WAY).count()
    releasable = len(operations_releasable(now=now, horizon=timedelta(0)))
    return Pulse(
        now=now,
        under_way=due + waiting + releasable,
        next_end=next((end for end in ends if end > now), None),
        next_start=next_planned_start(now),
    )
