"""Plant time of the demonstration: it jumps over the time in which nothing happens."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.api import ClockWouldGoBack, clock_jump


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the plant is doing at one moment of plant time."""

    now: datetime
    under_way: int
    """How much must happen before time may jump: runs whose end is due but not yet reported, transfers on their way,
    operations that may start now. Not a full count: more than nought is enough."""
    next_end: datetime | None
    """When the first running operation will end."""
    next_start: datetime | None
    """When the plan starts the next operation."""

    @property
    def next_event(self) -> datetime | None:
        """The next moment at which anything happens; None when nothing is running and nothing is planned."""
        moments = [moment for moment in (self.next_end, self.next_start) if moment is not None]
        return min(moments, default=None)


@dataclass
class EventPacer:
    """Jumps from event to event; for a run without an audience.

    `together` merges events that lie close to each other into one jump, so that the stations of a plant work side
    by side and not one after the other. Plant time is never later than the next event by more than that.
    """

    read_pulse: Callable[[], Pulse]
    together: timedelta = timedelta(minutes=8)

    def step(self) -> Pulse:
        """Jump if nothing is under way; the pulse as it was before."""
        pulse = self.read_pulse()
        event = pulse.next_event
        if pulse.under_way == 0 and event is not None:
            _jump(event + self.together)
        return pulse


@dataclass
class ClosedHoursPacer:
    """Lets plant time run and jumps only over the hours in which the whole plant is closed; for an audience."""

    read_pulse: Callable[[], Pulse]
    worth_it: timedelta = timedelta(minutes=20)
    early: timedelta = timedelta(minutes=1)

    def step(self) -> Pulse:
        """Jump shortly before the next planned start if nothing runs until then."""
        pulse = self.read_pulse()
        idle = pulse.under_way == 0 and pulse.next_end is None
        if idle and pulse.next_start is not None and pulse.next_start - pulse.now > self.worth_it:
            _jump(pulse.next_start - self.early)
        return pulse


def _jump(to: datetime) -> None:
    """Jump unless plant time has come there by itself meanwhile."""
    with suppress(ClockWouldGoBack):
        clock_jump(to=to)
