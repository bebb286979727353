"""From shifts on a wall clock to working intervals in seconds, right over daylight saving and holidays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from planning.engine.problem import Interval


@dataclass(frozen=True, slots=True)
class Shift:
    """Work from `start` to `end` on the wall clock, on each of these weekdays (Monday is 0).

    An end that is not after the start lies on the next day: 22:00 to 06:00 is a night shift, 00:00 to 00:00 a
    whole day.
    """

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """No regular shift begins on this day; the night shift of the day before still ends on it."""

    day: date


@dataclass(frozen=True, slots=True)
class ExtraShift:
    """Work on one day besides the regular shifts, on a closed day too."""

    day: date
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Closure:
    """No work at all between two moments, whatever the shifts say: maintenance, a power cut."""

    start: datetime
    end: datetime


CalendarException: TypeAlias = ClosedDay | ExtraShift | Closure


def working_intervals(
    shifts: Iterable[Shift],
    exceptions: Sequence[CalendarException],
    time_zone: str,
    origin: datetime,
    horizon: int,
) -> tuple[Interval, ...]:
    """Sorted, disjoint [start, end) in seconds from `origin` (aware) up to `horizon` seconds after it.

    Shifts are on the wall clock of `time_zone`, an IANA name; the seconds are real ones, so a night shift over the
    change of the clocks lasts an hour more or less. A wall time that occurs twice means its first occurrence, one that
    is skipped means the moment as far after the change (PEP 495, fold 0). Shifts that overlap or touch become one.
    """
    zone = ZoneInfo(time_zone)
    regular = tuple(shifts)
    closed = {exception.day for exception in exceptions if isinstance(exception, ClosedDay)}
    limit = origin + timedelta(seconds=horizon)
    spans = [_span(e.day, e.start, e.end, zone) for e in exceptions if isinstance(e, ExtraShift)]
    # A shift of the local day before may reach past the origin.
    day = origin.astimezone(zone).date() - timedelta(days=1)
    last = limit.astimezone(zone).date()
    while day <= last:
        if day not in closed:
            spans += [_span(day, s.start, s.end, zone) for s in regular if day.weekday() in s.weekdays]
        day += timedelta(days=1)
    closures = sorted((e.start, e.end) for e in exceptions if isinstance(e, Closure))
    seconds = [(_seconds(max(a, origin), origin), _seconds(min(b, limit), origin)) for a, b in spans]
    gone = [(_seconds(a, origin), _seconds(b, origin)) for a, b in closures]
    return without(merged(seconds), merged(gone))


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same moments as sorted intervals that neither overlap nor touch."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def without(intervals: Sequence[Interval], gone: Sequence[Interval]) -> tuple[Interval, ...]:
    """The moments of `intervals` that are not in `gone`; both sorted and disjoint."""
    result: list[Interval] = []
    for start, end in intervals:
        for gone_start, gone_end in gone:
            if gone_end <= start or gone_start >= end:
                continue
            if start < gone_start:
                result.append((start, gone_start))
            start = gone_end
            if start >= end:
                break
        if start < end:
            result.append((start, end))
    return tuple(result)


def _span(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    until = day if end > start else day + timedelta(days=1)
    return (
        datetime.combine(day, start, zone).astimezone(UTC),
        datetime.combine(until, end, zone).astimezone(UTC),
    )


def _seconds(moment: datetime, origin: datetime) -> int:
    return int((moment - origin) // timedelta(seconds=1))
