"""Promised capacity: one bucket per station and day, taken by conditional updates, all of a hold or none of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import F

from planning import engine
from planning.loading import PlantFloor, live_plan, plant_floor
from planning.models import (
    Bucket,
    Hold,
    HoldState,
    LivePlan,
    Operation,
    OperationState,
    Plan,
    Plant,
    ProductionOrder,
    ProductionOrderState,
)

BucketKey = tuple[int, date]
"""Station and day; capacity is always taken in this order, so that two holds never wait for each other."""

ACTIVE_HOLDS = (HoldState.HELD, HoldState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """Where one operation of a held order would go."""

    station_id: int
    start: datetime
    end: datetime
    family: str

    def document(self) -> list[object]:
        """As JSON-able data."""
        return [self.station_id, self.start.timestamp(), self.end.timestamp(), self.family]

    @classmethod
    def from_document(cls, document: Sequence[object]) -> "SlotRow":
        """The slot that `document()` described."""
        station_id, start, end, family = document
        return cls(
            int(str(station_id)),
            datetime.fromtimestamp(float(str(start)), UTC),
            datetime.fromtimestamp(float(str(end)), UTC),
            str(family),
        )


class Full(Exception):
    """A bucket has not enough left."""

    def __init__(self, key: BucketKey) -> None:
        super().__init__(key)
        self.key = key


def bucket_needs(floor: PlantFloor, slots: Iterable[SlotRow]) -> dict[BucketKey, int]:
    """Working seconds that the slots take of each bucket, in key order."""
    needs: dict[BucketKey, int] = defaultdict(int)
    for slot in slots:
        if slot.station_id not in floor.number:
            continue
        station = floor.stations[floor.number[slot.station_id]]
        for start, end in _working_seconds(station, floor.seconds(slot.start), floor.seconds(slot.end)):
            for day, seconds in _days_between(floor, start, end):
                needs[slot.station_id, day] += seconds
    return dict(sorted(needs.items()))


def _working_seconds(station: engine.Station, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The station's working time between two seconds, piece by piece."""
    for opened, closed in station.open:
        if closed <= start:
            continue
        if opened >= end:
            return
        yield max(opened, start), min(closed, end)


def _days_between(floor: PlantFloor, start: int, end: int) -> Iterator[tuple[date, int]]:
    """The plant's days between two seconds, each with how many of the seconds lie in it."""
    while start < end:
        until = min(end, floor.midnight_after(start))
        yield floor.day_of(start), until - start
        start = until


def ledger_touch() -> None:
    """Let every picture that dates are quoted from be drawn anew: capacity or material has changed."""
    LivePlan.objects.update(ledger=F("ledger") + 1)


@transaction.atomic
def hold_take(*, plant: Plant, slots: Sequence[SlotRow], promised_at: datetime, until: datetime, now: datetime) -> Hold:
    """Take the capacity of all slots and write the hold; raises `Full`, and then nothing is taken."""
    floor = plant_floor(plant, now)
    live_plan(plant)
    # Taken first by everyone who changes promised capacity: publishing rebuilds the buckets meanwhile or after us.
    LivePlan.objects.filter(plant=plant).update(ledger=F("ledger") + 1)
    needs = bucket_needs(floor, slots)
    _open_buckets(floor, needs)
    for (station_id, day), seconds in needs.items():
        room = Bucket.objects.filter(station_id=station_id, day=day, reserved__lte=F("capacity") - seconds)
        if room.update(reserved=F("reserved") + seconds) != 1:
            raise Full((station_id, day))
    return Hold.objects.create(
        until=until, slots=[slot.document() for slot in slots], promised_at=promised_at, made_at=now
    )


def hold_confirm(*, hold_id: str, order_line_id: int) -> bool:
    """Make a hold permanent for an order line, in the caller's transaction; False when it has lapsed."""
    held = Hold.objects.filter(public_id=hold_id, state=HoldState.HELD)
    return held.update(state=HoldState.CONFIRMED, order_line_id=order_line_id) == 1


@transaction.atomic
def hold_release(*, hold_id: str) -> bool:
    """Give an unconfirmed hold's capacity back; False when there was nothing to give back."""
    hold = Hold.objects.filter(public_id=hold_id, state=HoldState.HELD).first()
    return hold is not None and _give_back(hold, HoldState.HELD)


@transaction.atomic
def order_line_cancel(*, order_line_id: int, now: datetime) -> bool:
    """Give back what an order line was promised and stop its production order; False once any of it has begun."""
    begun = Operation.objects.filter(production_order__order_line_id=order_line_id).exclude(
        state=OperationState.WAITING
    )
    if begun.exists():
        return False
    ProductionOrder.objects.filter(order_line_id=order_line_id).update(state=ProductionOrderState.CANCELLED)
    for hold in Hold.objects.filter(order_line_id=order_line_id, state=HoldState.CONFIRMED):
        _give_back(hold, HoldState.CONFIRMED)
    return True


def holds_expire(*, now: datetime) -> int:
    """Give back the capacity of holds whose time is over; how many there were."""
    lapsed = Hold.objects.filter(state=HoldState.HELD, until__lt=now).values_list("public_id", flat=True)
    return sum(hold_release(hold_id=str(public_id)) for public_id in list(lapsed))


def _give_back(hold: Hold, state: HoldState) -> bool:
    slots = [SlotRow.from_document(document) for document in hold.slots]
    plant = _plant_of(slots)
    # The ledger before the hold, as publishing does: in the other order each would wait for the other for ever.
    LivePlan.objects.filter(plant=plant).update(ledger=F("ledger") + 1)
    if Hold.objects.filter(pk=hold.pk, state=state).update(state=HoldState.RELEASED) != 1:
        return False
    if plant is None:
        return True
    for (station_id, day), seconds in bucket_needs(plant_floor(plant, hold.made_at), slots).items():
        Bucket.objects.filter(station_id=station_id, day=day, reserved__gte=seconds).update(
            reserved=F("reserved") - seconds
        )
    return True


def _plant_of(slots: Sequence[SlotRow]) -> Plant | None:
    return Plant.objects.filter(lines__stations__in=[slot.station_id for slot in slots]).first()


def buckets_rebuild(*, plan: Plan, now: datetime) -> None:
    """Count every bucket anew from the plan and the holds it does not contain yet; in the caller's transaction."""
    floor = plant_floor(plan.plant, now)
    planned_lines = ProductionOrder.objects.filter(operations__assignments__plan=plan).values("order_line_id")
    Hold.objects.filter(state=HoldState.CONFIRMED, order_line_id__in=planned_lines).update(state=HoldState.PLANNED)
    slots = [
        SlotRow(station_id, start, end, "")
        for station_id, start, end in plan.assignments.filter(end__gt=now).values_list("station_id", "start", "end")
    ]
    slots += active_slots(floor)
    needs = bucket_needs(floor, slots)
    Bucket.objects.filter(station__in=[row.pk for row in floor.rows]).delete()
    capacities = _capacities(floor, needs)
    Bucket.objects.bulk_create(
        [
            Bucket(station_id=station_id, day=day, capacity=capacities[station_id, day], reserved=seconds)
            for (station_id, day), seconds in needs.items()
        ],
        batch_size=500,
    )


def active_slots(floor: PlantFloor) -> list[SlotRow]:
    """Where holds stand that no published plan contains."""
    holds = Hold.objects.filter(state__in=ACTIVE_HOLDS)
    slots = [SlotRow.from_document(document) for hold in holds for document in hold.slots]
    return [slot for slot in slots if slot.station_id in floor.number]


def seconds_left(floor: PlantFloor) -> Mapping[BucketKey, int]:
    """What is left of each bucket that anything was taken from; may be negative after a new plan."""
    rows = Bucket.objects.filter(station__in=[row.pk for row in floor.rows])
    return {(row.station_id, row.day): row.capacity - row.reserved for row in rows}


def _open_buckets(floor: PlantFloor, keys: Iterable[BucketKey]) -> None:
    """Make the buckets that nobody has taken from yet."""
    capacities = _capacities(floor, keys)
    Bucket.objects.bulk_create(
        [
            Bucket(station_id=station_id, day=day, capacity=seconds)
            for (station_id, day), seconds in sorted(capacities.items())
        ],
        ignore_conflicts=True,
    )


def _capacities(floor: PlantFloor, keys: Iterable[BucketKey]) -> dict[BucketKey, int]:
    """Working seconds of stations on days."""
    wanted = set(keys)
    capacities = dict.fromkeys(wanted, 0)
    for station_id in {station_id for station_id, _ in wanted}:
        for start, end in floor.stations[floor.number[station_id]].open:
            for day, seconds in _days_between(floor, start, end):
                if (station_id, day) in wanted:
                    capacities[station_id, day] += seconds
    return capacities
