"""A plant's stations, calendars and changeovers as the engine reads them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from planning import engine
from planning.engine import ClosedDay, ExtraShift, working_intervals
from planning.models import Calendar, ChangeoverTable, Plant, Station

HORIZON = timedelta(days=120)
"""How far ahead calendars are worked out; what does not fit into it is told as not planned."""


@dataclass(frozen=True)
class PlantFloor:
    """A plant's stations with their working time in seconds from `origin`, and what changing over costs."""

    plant: Plant
    origin: datetime
    rows: tuple[Station, ...]
    stations: tuple[engine.Station, ...]
    changeovers: tuple[engine.Changeover, ...]

    @cached_property
    def number(self) -> Mapping[int, int]:
        """Primary key of a station -> its number in the engine."""
        return {row.pk: number for number, row in enumerate(self.rows)}

    @cached_property
    def by_capability(self) -> Mapping[str, tuple[int, ...]]:
        """What is offered, and by the stations with which numbers."""
        offered: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for capability in row.capabilities:
                offered[capability].append(number)
        return {capability: tuple(numbers) for capability, numbers in offered.items()}

    def seconds(self, moment: datetime) -> int:
        """Seconds from the origin, rounded down."""
        return int((moment - self.origin) // timedelta(seconds=1))

    def moment(self, seconds: int) -> datetime:
        """The moment so many seconds after the origin."""
        return self.origin + timedelta(seconds=seconds)

    def modes(self, capability: str, seconds: int) -> tuple[engine.Mode, ...]:
        """The stations that offer a capability, each taking the same time."""
        return tuple(engine.Mode(number, seconds) for number in self.by_capability.get(capability, ()))

    def day_of(self, seconds: int) -> date:
        """The plant's local day at that second."""
        return self.moment(seconds).astimezone(ZoneInfo(self.plant.time_zone)).date()

    def midnight_after(self, seconds: int) -> int:
        """The second at which the plant's local day ends."""
        zone = ZoneInfo(self.plant.time_zone)
        tomorrow = datetime.combine(self.day_of(seconds) + timedelta(days=1), time(), zone)
        return self.seconds(tomorrow.astimezone(UTC))


def plant_floor(plant: Plant, now: datetime) -> PlantFloor:
    """The plant as it is planned from now on; the origin is the midnight before `now`."""
    zone = ZoneInfo(plant.time_zone)
    origin = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    rows = tuple(Station.objects.filter(line__plant=plant, retired=False).select_related("line", "calendar"))
    horizon = int(HORIZON.total_seconds())
    calendars = {
        calendar.pk: _intervals(calendar, plant.time_zone, origin, horizon)
        for calendar in Calendar.objects.filter(plant=plant).prefetch_related("shifts", "exceptions")
    }
    stations = tuple(engine.Station(row.code, calendars[row.calendar_id]) for row in rows)
    number = {row.pk: index for index, row in enumerate(rows)}
    tables = ChangeoverTable.objects.filter(plant=plant).prefetch_related("stations")
    return PlantFloor(plant, origin, rows, stations, tuple(_changeover(table, number) for table in tables))


def _intervals(calendar: Calendar, time_zone: str, origin: datetime, horizon: int) -> tuple[engine.Interval, ...]:
    shifts = [engine.Shift(frozenset(s.weekdays), s.start, s.end) for s in calendar.shifts.all()]
    exceptions: list[engine.CalendarException] = [
        ClosedDay(row.day) if row.start is None or row.end is None else ExtraShift(row.day, row.start, row.end)
        for row in calendar.exceptions.all()
    ]
    return working_intervals(shifts, exceptions, time_zone, origin, horizon)


def _changeover(table: ChangeoverTable, number: Mapping[int, int]) -> engine.Changeover:
    seconds = {(row["from"], row["to"]): row["minutes"] * 60 for row in table.minutes}
    return engine.Changeover(
        stations=frozenset(number[station.pk] for station in table.stations.all() if station.pk in number),
        default=table.default_minutes * 60,
        seconds=seconds,
    )
