"""Plant time as arithmetic on one reading of the clock row."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One reading of the plant clock; tells the time again and again without the database, until the clock is set."""

    anchor: datetime
    monotonic_anchor: float
    speed: float

    def now(self) -> datetime:
        """Plant time, aware and in UTC."""
        return self.at(time.monotonic())

    def at(self, monotonic: float) -> datetime:
        """Plant time at a reading of CLOCK_MONOTONIC, in seconds."""
        return self.anchor + timedelta(seconds=self.speed * (monotonic - self.monotonic_anchor))


def wall_now() -> datetime:
    """The wall clock, aware and in UTC."""
    return datetime.now(UTC)


def boot_id() -> str:
    """Which boot of this machine we live in; empty where the kernel does not say."""
    try:
        return BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return ""
