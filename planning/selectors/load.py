"""How full the plant is, how well it keeps to the plan, and what is promised meanwhile."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Sum

from planning.loading import PlantFloor
from planning.models import Assignment, Bucket, Hold, HoldState, Line, Plan

DAYS_SHOWN = 10
FULL = 100
STEPS = (40, 60, 75, 88, 97)
"""Percent of load from which a cell takes the next tone."""
PUNCTUAL = timedelta(minutes=15)
STARTS_JUDGED = 500


@dataclass(frozen=True, slots=True)
class LoadCell:
    """A line on a day: percent of its open hours that are planned or promised; None when it is closed."""

    day: date
    percent: int | None

    @property
    def tone(self) -> str:
        """The class of the cell."""
        if self.percent is None:
            return "shut"
        level = sum(self.percent >= step for step in STEPS)
        return f"h{level} over" if self.percent > FULL else f"h{level}"


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A line over the days shown."""

    line: Line
    cells: tuple[LoadCell, ...]


@dataclass(frozen=True, slots=True)
class LoadMap:
    """Lines by days; `peak` is the fullest cell with its line."""

    days: tuple[date, ...]
    rows: tuple[LoadRow, ...]
    peak: tuple[Line, LoadCell] | None


def load_map(floor: PlantFloor, now: datetime) -> LoadMap:
    """The next working days of the plant; days on which every line is closed are left out. Two queries."""
    capacity = _capacity(floor, floor.seconds(now))
    days = tuple(sorted({day for _, day in capacity}))[:DAYS_SHOWN]
    taken = {
        (line_id, day): seconds
        for line_id, day, seconds in Bucket.objects.filter(day__in=days)
        .order_by()
        .values_list("station__line", "day")
        .annotate(seconds=Sum("reserved"))
    }
    rows = []
    for line in Line.objects.filter(plant=floor.plant):
        cells = tuple(_cell(day, taken.get((line.pk, day), 0), capacity.get((line.pk, day), 0)) for day in days)
        rows.append(LoadRow(line, cells))
    filled = [(row.line, cell) for row in rows for cell in row.cells if cell.percent is not None]
    return LoadMap(days, tuple(rows), max(filled, key=lambda some: some[1].percent or 0, default=None))


def _cell(day: date, taken: int, capacity: int) -> LoadCell:
    return LoadCell(day, round(100 * taken / capacity) if capacity else None)


def _capacity(floor: PlantFloor, now: int) -> dict[tuple[int, date], int]:
    """Open seconds per line and day, from today on, over a few weeks."""
    capacity: dict[tuple[int, date], int] = defaultdict(int)
    until = now + 4 * 7 * 86400
    for row, station in zip(floor.rows, floor.stations, strict=True):
        for opened, closed in station.open:
            while opened < min(closed, until):
                midnight = min(closed, floor.midnight_after(opened))
                if midnight > now:
                    capacity[row.line_id, floor.day_of(opened)] += midnight - opened
                opened = midnight
    return capacity


@dataclass(frozen=True, slots=True)
class Adherence:
    """Of the operations begun lately, how many began within a quarter of an hour of their planned time."""

    punctual: int
    begun: int

    @property
    def percent(self) -> int:
        """Share of the punctual ones."""
        return int(100 * self.punctual / self.begun) if self.begun else 0


def adherence(live: Plan | None) -> Adherence:
    """Over the operations of the live plan that began last."""
    starts = list(
        Assignment.objects.filter(plan=live, operation__actual_start__isnull=False)
        .order_by("-operation__actual_start")
        .values_list("start", "operation__actual_start")[:STARTS_JUDGED]
    )
    late = [abs(real - planned) for planned, real in starts if real is not None]
    return Adherence(sum(distance <= PUNCTUAL for distance in late), len(late))


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """Dates that are held for customers who have not ordered yet."""

    count: int
    next_ends: datetime | None


def hold_facts(now: datetime) -> HoldFacts:
    """One query."""
    facts = Hold.objects.filter(state=HoldState.HELD, until__gt=now).aggregate(count=Count("pk"), ends=Min("until"))
    return HoldFacts(facts["count"], facts["ends"])
