"""What a controller reports: the events in its ring."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

NO_JOB = UUID(int=0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EventKind(IntEnum):
    """What an event says; the numbers are those of the register map."""

    STARTED = 1
    COMPLETED = 2
    FAILED = 3  # the run ended without its result: aborted or stopped at the panel
    STATE = 4  # the station came into the PackML state in `code`


@dataclass(frozen=True)
class RingEvent:
    """One event, known for ever by (controller, boot id, sequence).

    The boot id is that of the moment the event was written, so an event that outlives a restart in the ring
    keeps its identity. Sequence numbers go on over restarts.
    """

    boot_id: int
    sequence: int
    kind: EventKind
    channel: int
    job_id: UUID  # NO_JOB when the event belongs to no recipe
    at_milliseconds: int  # plant time since 1970-01-01 UTC by the controller's clock; never used for order
    good: int = 0
    scrap: int = 0
    energy_wh: int = 0
    code: int = 0  # PackML state of a STATE event, stop reason of a FAILED one

    @property
    def at(self) -> datetime:
        """The controller's time of the event."""
        return from_milliseconds(self.at_milliseconds)


def to_milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> datetime:
    """The moment that many milliseconds after 1970-01-01 UTC; a clock beyond the calendar's end gives its end."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
