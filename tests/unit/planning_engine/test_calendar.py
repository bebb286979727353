from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from planning.engine import ClosedDay, Closure, ExtraShift, Interval, Shift, merged, without, working_intervals
from planning.engine.working_time import WorkingTime

HOUR = 3600
DAY = 24 * HOUR
EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
NIGHT = Shift(EVERY_DAY, time(22), time(6))
BERLIN = "Europe/Berlin"


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def test_an_early_shift_is_where_the_wall_clock_says() -> None:
    shifts = [Shift(WEEKDAYS, time(6), time(14))]

    intervals = working_intervals(shifts, [], BERLIN, midnight(2025, 6, 2), 2 * DAY)

    assert intervals == ((6 * HOUR, 14 * HOUR), (30 * HOUR, 38 * HOUR))


def test_the_night_in_which_summer_time_begins_has_seven_hours() -> None:
    intervals = working_intervals([NIGHT], [], BERLIN, midnight(2025, 3, 29) + timedelta(hours=12), DAY)

    assert intervals == ((10 * HOUR, 17 * HOUR),)


def test_the_night_in_which_summer_time_ends_has_nine_hours() -> None:
    intervals = working_intervals([NIGHT], [], BERLIN, midnight(2025, 10, 25) + timedelta(hours=12), DAY)

    assert intervals == ((10 * HOUR, 19 * HOUR),)


def test_after_the_change_the_shift_is_an_hour_earlier_in_real_seconds() -> None:
    shifts = [Shift(EVERY_DAY, time(6), time(14))]

    intervals = working_intervals(shifts, [], BERLIN, midnight(2025, 3, 29), 2 * DAY)

    assert intervals == ((6 * HOUR, 14 * HOUR), (29 * HOUR, 37 * HOUR))


def test_a_night_shift_that_began_before_the_origin_still_runs() -> None:
    intervals = working_intervals([NIGHT], [], BERLIN, midnight(2025, 6, 3), DAY)

    assert intervals == ((0, 6 * HOUR), (22 * HOUR, 24 * HOUR))


def test_a_closed_day_ends_the_shifts_that_begin_on_it_but_not_last_night() -> None:
    intervals = working_intervals([NIGHT], [ClosedDay(date(2025, 6, 4))], BERLIN, midnight(2025, 6, 3), 3 * DAY)

    assert intervals == ((0, 6 * HOUR), (22 * HOUR, 30 * HOUR), (70 * HOUR, 72 * HOUR))


def test_an_extra_shift_stands_even_on_a_closed_day() -> None:
    shifts = [Shift(WEEKDAYS, time(6), time(14))]
    exceptions = [ClosedDay(date(2025, 6, 7)), ExtraShift(date(2025, 6, 7), time(8), time(12))]

    intervals = working_intervals(shifts, exceptions, BERLIN, midnight(2025, 6, 7), 2 * DAY)

    assert intervals == ((8 * HOUR, 12 * HOUR),)


def test_shifts_that_overlap_or_touch_become_one() -> None:
    shifts = [
        Shift(EVERY_DAY, time(6), time(14)),
        Shift(EVERY_DAY, time(13, 30), time(22)),
        Shift(EVERY_DAY, time(22), time(23)),
    ]

    assert working_intervals(shifts, [], BERLIN, midnight(2025, 6, 2), DAY) == ((6 * HOUR, 23 * HOUR),)


def test_midnight_to_midnight_is_a_whole_day() -> None:
    shifts = [Shift(EVERY_DAY, time(0), time(0))]

    assert working_intervals(shifts, [], BERLIN, midnight(2025, 6, 2), 3 * DAY) == ((0, 3 * DAY),)


def test_maintenance_cuts_a_hole_into_a_shift() -> None:
    start = midnight(2025, 6, 2)
    exceptions = [Closure(start + timedelta(hours=8), start + timedelta(hours=9))]

    intervals = working_intervals([Shift(WEEKDAYS, time(6), time(14))], exceptions, BERLIN, start, DAY)

    assert intervals == ((6 * HOUR, 8 * HOUR), (9 * HOUR, 14 * HOUR))


shift_strategy = st.builds(
    Shift,
    st.frozensets(st.integers(0, 6), max_size=7),
    st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0)),
    st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0)),
)


@given(
    st.lists(shift_strategy, max_size=4),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.integers(0, 20 * DAY),
)
def test_intervals_are_sorted_disjoint_and_within_the_horizon(
    shifts: list[Shift], zone: str, origin: datetime, horizon: int
) -> None:
    intervals = working_intervals(shifts, [], zone, origin, horizon)

    edges = [edge for interval in intervals for edge in interval]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= horizon for edge in edges)


@given(st.lists(shift_strategy, max_size=3), st.integers(0, 10 * 24 * 4 - 1))
def test_away_from_changes_of_the_clock_every_moment_agrees_with_the_wall_clock(
    shifts: list[Shift], quarter: int
) -> None:
    origin = midnight(2025, 6, 2)
    moment = quarter * 900
    wall = (origin + timedelta(seconds=moment)).astimezone(ZoneInfo(BERLIN))

    intervals = working_intervals(shifts, [], BERLIN, origin, 10 * DAY)

    assert any(a <= moment < b for a, b in intervals) == any(_works(shift, wall) for shift in shifts)


def _works(shift: Shift, wall: datetime) -> bool:
    today, yesterday, clock = wall.weekday(), (wall.weekday() - 1) % 7, wall.time()
    if shift.end > shift.start:
        return today in shift.weekdays and shift.start <= clock < shift.end
    return (today in shift.weekdays and clock >= shift.start) or (yesterday in shift.weekdays and clock < shift.end)


interval_lists = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


@given(interval_lists, interval_lists)
def test_merging_and_cutting_agree_with_counting_seconds(some: list[Interval], gone: list[Interval]) -> None:
    wanted = {s for a, b in some for s in range(a, b)} - {s for a, b in gone for s in range(a, b)}

    result = without(merged(some), merged(gone))

    assert [s for a, b in result for s in range(a, b)] == sorted(wanted)


@given(interval_lists, st.integers(0, 70), st.integers(1, 30))
def test_the_working_axis_agrees_with_counting_seconds(some: list[Interval], moment: int, duration: int) -> None:
    intervals = merged(some)
    seconds = [s for a, b in intervals for s in range(a, b)]
    time_of = WorkingTime(intervals)
    ahead = [s for s in seconds if s >= moment]
    runs = [s for s in ahead if any(a <= s and s + duration <= b for a, b in intervals)]

    assert time_of.worked(moment) == len(seconds) - len(ahead)
    assert time_of.fit(moment, duration) == min(runs, default=None)
    assert time_of.run(moment, duration) == ((ahead[0], ahead[duration - 1] + 1) if len(ahead) >= duration else None)
