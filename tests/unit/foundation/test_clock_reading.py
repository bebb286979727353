import time
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import ClockReading

MONDAY = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)


def test_plant_time_runs_sixty_times_as_fast_when_told_so():
    reading = ClockReading(anchor=MONDAY, monotonic_anchor=1000.0, speed=60.0)

    assert reading.at(1002.0) == MONDAY + timedelta(minutes=2)


def test_plant_time_stands_still_at_speed_zero():
    reading = ClockReading(anchor=MONDAY, monotonic_anchor=0.0, speed=0.0)

    assert reading.now() == MONDAY


def test_now_is_the_reading_at_the_monotonic_clock():
    reading = ClockReading(anchor=MONDAY, monotonic_anchor=time.monotonic(), speed=1.0)

    assert MONDAY <= reading.now() <= MONDAY + timedelta(seconds=5)


@given(
    speed=st.floats(min_value=0, max_value=10_000),
    first=st.floats(min_value=0, max_value=1e7),
    later=st.floats(min_value=0, max_value=1e5),
)
def test_plant_time_never_goes_back(speed, first, later):
    reading = ClockReading(anchor=MONDAY, monotonic_anchor=first, speed=speed)

    assert reading.at(first + later) >= reading.at(first)
