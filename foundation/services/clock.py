"""Setting and reading the plant clock."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from foundation.clock import ClockReading, boot_id, wall_now
from foundation.models import PlantClock


class ClockError(ValueError):
    """The plant clock cannot be set like this."""


class ClockWouldGoBack(ClockError):
    """A jump would lead into the past, where events already happened."""

    def __init__(self, now: datetime, to: datetime) -> None:
        super().__init__(f"Plant time is {now:%Y-%m-%d %H:%M:%S} and cannot jump back to {to:%Y-%m-%d %H:%M:%S}.")
        self.now = now
        self.to = to


def plant_now() -> datetime:
    """Plant time now, aware and in UTC; one query."""
    return clock_reading().now()


def clock_reading() -> ClockReading:
    """The clock as it is set now; read it again at intervals, since somebody may set it."""
    clock = PlantClock.objects.first()
    if clock is None:
        return ClockReading(anchor=wall_now(), monotonic_anchor=time.monotonic(), speed=1.0)
    if clock.boot_id != boot_id():
        clock = _anchor_after_reboot(clock)
    return ClockReading(anchor=clock.anchor, monotonic_anchor=clock.monotonic_anchor, speed=clock.speed)


@transaction.atomic
def clock_start(*, at: datetime, speed: float) -> None:
    """Let plant time run from `at` with `speed` plant seconds per second; 0 stands still. Sets a new clock."""
    if speed < 0:
        raise ClockError(f"The speed of the plant clock is {speed:g}; it cannot be negative.")
    _require_aware(at)
    version = PlantClock.objects.values_list("version", flat=True).first() or 0
    PlantClock.objects.update_or_create(
        pk=1, defaults={"anchor": at.astimezone(UTC), "speed": speed, "version": version + 1, **_anchoring()}
    )


@transaction.atomic
def clock_jump(*, to: datetime) -> None:
    """Move plant time forward to `to`, the speed kept; raises ClockWouldGoBack for a moment that is over."""
    _require_aware(to)
    clock = PlantClock.objects.select_for_update().first()
    reading = clock_reading()
    now = reading.now()
    if to < now:
        raise ClockWouldGoBack(now, to)
    PlantClock.objects.update_or_create(
        pk=1,
        defaults={
            "anchor": to.astimezone(UTC),
            "speed": reading.speed,
            "version": clock.version + 1 if clock else 1,
            **_anchoring(),
        },
    )


def _anchor_after_reboot(clock: PlantClock) -> PlantClock:
    """Bridge the time the machine was down by the wall clock, once for all processes."""
    elapsed = max(timedelta(0), wall_now() - clock.wall_anchor)
    PlantClock.objects.filter(pk=clock.pk, version=clock.version).update(
        anchor=clock.anchor + elapsed * clock.speed, version=clock.version + 1, **_anchoring()
    )
    return PlantClock.objects.get(pk=clock.pk)  # another process may have been first: its anchoring counts


def _anchoring() -> dict[str, Any]:
    return {"monotonic_anchor": time.monotonic(), "wall_anchor": wall_now(), "boot_id": boot_id()}


def _require_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ClockError(f"Plant time needs a time zone: {moment.isoformat()} has none.")
