"""Why an order ends when it does: the chain of work and waits that leads to its last operation, read backwards."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from planning.engine import without
from planning.loading import PlantFloor
from planning.models import Assignment, Operation, Plan

WORK, BUSY, CLOSED, CHANGEOVER, WAITS = "work", "busy", "closed", "changeover", "waits"
LINKS_SHOWN = 14
WORTH_TELLING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Link:
    """One piece of the chain. `other` is the order that occupies the station, where that is the cause."""

    kind: str
    text: str
    station: str
    line: str
    start: datetime
    end: datetime
    other: str = ""

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Chain:
    """The links from the end of an order back to its beginning, and the longest wait among them."""

    links: tuple[Link, ...]
    binding: Link | None


@dataclass(frozen=True)
class _Lanes:
    """The assignments of some stations in the order of time."""

    by_station: Mapping[int, list[Assignment]]

    def before(self, assignment: Assignment) -> Assignment | None:
        """What stands on the station right before."""
        lane = self.by_station[assignment.station_id]
        place = bisect_left(lane, assignment.start, key=lambda some: some.start)
        return lane[place - 1] if place else None


def order_chains(plan: Plan, floor: PlantFloor, order_ids: Iterable[int]) -> dict[int, Chain]:
    """The chain of each order that the plan holds; three queries for all of them."""
    own: dict[int, dict[int, Assignment]] = defaultdict(dict)
    rows = Assignment.objects.filter(plan=plan, operation__production_order__in=list(order_ids))
    for row in rows.select_related("operation", "station__line"):
        own[row.operation.production_order_id][row.operation_id] = row
    if not own:
        return {}
    before = _predecessors(operation for placed in own.values() for operation in placed)
    lanes = _lanes(plan, {row.station_id for placed in own.values() for row in placed.values()})
    return {order: _chain(placed, before, lanes, floor, plan.made_at) for order, placed in own.items()}


def _predecessors(operation_ids: Iterable[int]) -> dict[int, list[int]]:
    before: dict[int, list[int]] = defaultdict(list)
    through = Operation.predecessors.through
    rows = through.objects.filter(from_operation__in=list(operation_ids))
    for operation, predecessor in rows.values_list("from_operation", "to_operation"):
        before[operation].append(predecessor)
    return before


def _lanes(plan: Plan, station_ids: set[int]) -> _Lanes:
    lanes: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(plan=plan, station__in=station_ids).order_by("start")
    for row in rows.select_related("operation__production_order"):
        lanes[row.station_id].append(row)
    return _Lanes(lanes)


def _chain(
    placed: Mapping[int, Assignment],
    before: Mapping[int, list[int]],
    lanes: _Lanes,
    floor: PlantFloor,
    made_at: datetime,
) -> Chain:
    links: list[Link] = []
    current: Assignment | None = max(placed.values(), key=lambda row: row.end)
    while current is not None and len(links) < LINKS_SHOWN:
        links.append(_link(WORK, current.operation.name, current, current.start, current.end))
        last = max(
            (placed[pk] for pk in before.get(current.operation_id, ()) if pk in placed),
            key=lambda row: row.end,
            default=None,
        )
        ready = last.end if last else made_at
        if current.start - ready > WORTH_TELLING:
            links += _waits(current, ready, lanes.before(current), floor)
        current = last
    waits = [link for link in links if link.kind != WORK]
    return Chain(tuple(links), max(waits, key=lambda link: link.length, default=None))


def _waits(current: Assignment, ready: datetime, previous: Assignment | None, floor: PlantFloor) -> Iterable[Link]:
    """What filled the time between `ready` and the operation's start, the latest first."""
    free = max(ready, previous.end) if previous else ready
    changeover = _changeover(floor, current, previous)
    begin = max(free, current.start - changeover)
    if changeover and begin < current.start:
        text = f"{previous.operation.family if previous else ''} → {current.operation.family}"
        yield _link(CHANGEOVER, text, current, begin, current.start)
    # Open time before a closed one was too short for the operation: the closed time is the cause of both.
    closed = max(_closed(floor, current, free, begin), key=lambda some: some[1] - some[0], default=None)
    if closed is not None and closed[1] - closed[0] > WORTH_TELLING:
        yield _link(CLOSED, "", current, *closed)
    elif begin - free > WORTH_TELLING:
        yield _link(WAITS, "", current, free, begin)
    if previous and previous.end - ready > WORTH_TELLING:
        yield _link(BUSY, "", current, ready, previous.end, previous.operation.production_order.number)


def _closed(floor: PlantFloor, current: Assignment, free: datetime, begin: datetime) -> list[tuple[datetime, datetime]]:
    """When the station is closed between two moments, as far back as the calendar was worked out."""
    number = floor.number.get(current.station_id)
    start, end = max(0, floor.seconds(free)), floor.seconds(begin)
    if number is None or start >= end:
        return []
    shut = without([(start, end)], floor.stations[number].open)
    return [(floor.moment(a), floor.moment(b)) for a, b in shut]


def _changeover(floor: PlantFloor, current: Assignment, previous: Assignment | None) -> timedelta:
    number = floor.number.get(current.station_id)
    if previous is None or number is None:
        return timedelta()
    for table in floor.changeovers:
        if number in table.stations:
            return timedelta(seconds=table.between(previous.operation.family, current.operation.family))
    return timedelta()


def _link(kind: str, text: str, row: Assignment, start: datetime, end: datetime, other: str = "") -> Link:
    return Link(kind, text, row.station.name, row.station.line.name, start, end, other)
