from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from foundation.api import ClockError, ClockWouldGoBack, clock_jump, clock_reading, clock_start, plant_now
from foundation.models import PlantClock
from foundation.services import clock as clock_service

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)


def test_without_a_clock_plant_time_is_the_wall_clock():
    before = datetime.now(UTC)

    assert before <= plant_now() <= datetime.now(UTC)


def test_a_started_clock_begins_where_it_was_set():
    clock_start(at=MONDAY, speed=0)

    assert plant_now() == MONDAY


def test_a_jump_moves_plant_time_and_keeps_the_speed():
    clock_start(at=MONDAY, speed=5)

    clock_jump(to=MONDAY + timedelta(hours=8))

    assert MONDAY + timedelta(hours=8) <= plant_now() < MONDAY + timedelta(hours=8, minutes=1)
    assert clock_reading().speed == 5


def test_plant_time_never_jumps_back():
    clock_start(at=MONDAY, speed=0)

    with pytest.raises(ClockWouldGoBack, match="cannot jump back"):
        clock_jump(to=MONDAY - timedelta(seconds=1))

    assert plant_now() == MONDAY


def test_a_jump_without_a_started_clock_begins_one_at_speed_one():
    clock_jump(to=datetime.now(UTC) + timedelta(days=2))

    assert clock_reading().speed == 1
    assert plant_now() > datetime.now(UTC) + timedelta(days=1)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ClockError, match="time zone"):
        clock_start(at=datetime(2027, 5, 10), speed=1)


def test_a_negative_speed_is_refused_here_and_by_the_database():
    with pytest.raises(ClockError, match="negative"):
        clock_start(at=MONDAY, speed=-1)
    clock_start(at=MONDAY, speed=1)
    with pytest.raises(IntegrityError):
        PlantClock.objects.update(speed=-1)


def test_after_a_reboot_the_wall_clock_bridges_the_gap_once(monkeypatch):
    clock_start(at=MONDAY, speed=2)
    PlantClock.objects.update(monotonic_anchor=9e8, wall_anchor=datetime.now(UTC) - timedelta(hours=1))
    monkeypatch.setattr(clock_service, "boot_id", lambda: "another boot")

    first = clock_reading()
    second = clock_reading()

    assert MONDAY + timedelta(hours=2) <= first.now() < MONDAY + timedelta(hours=2, minutes=1)
    assert first == second
    assert PlantClock.objects.get().boot_id == "another boot"


def test_without_noticing_the_reboot_plant_time_would_be_wrong():
    # the negative control of the test above: the same row, read as if the machine had not been started anew
    clock_start(at=MONDAY, speed=2)
    PlantClock.objects.update(monotonic_anchor=9e8, wall_anchor=datetime.now(UTC) - timedelta(hours=1))

    assert plant_now() < MONDAY


def test_all_processes_read_the_same_clock_with_one_query(django_assert_num_queries):
    clock_start(at=MONDAY, speed=3)

    with django_assert_num_queries(1):
        reading = clock_reading()

    assert reading.anchor == MONDAY
