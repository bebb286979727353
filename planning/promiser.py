"""The port `Promiser`: dates by earliest fit on the live plan, capacity kept by holds. No solver."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from configurator.api import (
    BillError,
    BillNode,
    HoldLapsed,
    Quote,
    QuoteRequest,
    Taken,
    bill_explode,
)
from foundation.api import plant_now
from planning import engine
from planning.engine import Fit, NothingFits, PlanningError, Snapshot, earliest_fit
from planning.loading import (
    CannotBeRouted,
    LoadedProblem,
    MaterialBook,
    PlantFloor,
    RoutedOperation,
    Routings,
    live_plan,
    load_problem,
    stored_plan,
)
from planning.models import Plant
from planning.services.capacity import (
    Full,
    SlotRow,
    active_slots,
    bucket_needs,
    hold_confirm,
    hold_release,
    hold_take,
    order_line_cancel,
    seconds_left,
)
from planning.services.orders import OPERATION_LIMIT

BUFFER = timedelta(hours=2)
"""Between the planned end and what the customer is told, so that a small disturbance breaks no promise."""
SNAPSHOT_SECONDS = 20.0
"""How long a snapshot may serve although nothing was promised or published: actual times move too."""
TRIES = 12
"""How many full days a quote walks around before it gives up."""
NO_PLANT = "No plant is set up yet."
TOO_MANY = "So many at once cannot be planned as one order; order fewer at a time."


@dataclass(frozen=True)
class _Picture:
    """The plant at one moment: what stands on its stations, what is promised, what material is left."""

    key: tuple[int, int, int]
    taken_at: float
    loaded: LoadedProblem
    snapshot: Snapshot
    left: Mapping[tuple[int, date], int]
    routings: Routings

    @property
    def floor(self) -> PlantFloor:
        return self.loaded.floor

    @property
    def book(self) -> MaterialBook:
        return self.loaded.book


class PlanPromiser:
    """Quotes and keeps dates against the live plan of the plant."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._picture: _Picture | None = None

    def quote_many(self, requests: Sequence[QuoteRequest], now: datetime) -> tuple[Quote, ...]:
        """One quote per request, each as if it were the only one; never called inside a transaction."""
        plant = Plant.objects.order_by("pk").first()
        if plant is None:
            return tuple(Quote(at=None, reason=NO_PLANT) for _ in requests)
        picture = self._current(plant, now)
        return tuple(_quote(picture, request, now) for request in requests)

    def hold(self, quote: Quote, until: datetime, now: datetime) -> str | Taken:
        """Take the capacity behind the quote; `Taken` with the next date when somebody else has it."""
        reference = quote.reference
        if quote.at is None or not reference:
            return ""
        slots = [SlotRow.from_document(document) for document in reference["slots"]]
        plant = Plant.objects.get(pk=reference["plant"])
        try:
            hold = hold_take(plant=plant, slots=slots, promised_at=quote.at, until=until, now=now)
        except Full:
            request = QuoteRequest(reference["release"], reference["selection"], reference["quantity"])
            return Taken(self.quote_many([request], now=now)[0])
        return str(hold.public_id)

    def confirm(self, hold_id: str, order_line_id: int) -> None:
        """Make the hold permanent, in the caller's transaction; raises `HoldLapsed`."""
        if hold_id and not hold_confirm(hold_id=hold_id, order_line_id=order_line_id):
            raise HoldLapsed(hold_id)

    def release(self, hold_id: str) -> None:
        """Give a hold back; one that is gone already is no error."""
        if hold_id:
            hold_release(hold_id=hold_id)

    def cancel(self, order_line_id: int) -> None:
        """Give back what an order line was promised, if nothing of it has begun."""
        order_line_cancel(order_line_id=order_line_id, now=plant_now())

    def _current(self, plant: Plant, now: datetime) -> _Picture:
        """The picture of the live plan, drawn again when something was published or promised."""
        pointer = live_plan(plant)
        key = (plant.pk, pointer.version, pointer.ledger)
        with self._lock:
            picture = self._picture
        fresh = picture is not None and picture.key == key and time.monotonic() - picture.taken_at < SNAPSHOT_SECONDS
        if picture is None or not fresh or now < picture.floor.moment(picture.loaded.problem.now):
            picture = _draw(plant, key, now)
            with self._lock:
                self._picture = picture
        return picture


def _draw(plant: Plant, key: tuple[int, int, int], now: datetime) -> _Picture:
    loaded = load_problem(plant, now)
    live = live_plan(plant).plan
    standing = stored_plan(loaded, live) if live is not None else engine.Plan()
    snapshot = Snapshot.of(loaded.problem, _with_facts(loaded, standing))
    floor = loaded.floor
    held = active_slots(floor)
    operations = [
        engine.Operation(key=f"hold {n}", order=0, modes=(), family=slot.family) for n, slot in enumerate(held)
    ]
    snapshot = snapshot.with_assignments(
        operations,
        [
            engine.Assignment(n, floor.number[slot.station_id], floor.seconds(slot.start), floor.seconds(slot.end))
            for n, slot in enumerate(held)
        ],
    )
    return _Picture(key, time.monotonic(), loaded, snapshot, seconds_left(floor), Routings.load())


def _with_facts(loaded: LoadedProblem, plan: engine.Plan) -> engine.Plan:
    """The plan with running operations where they really are."""
    fixed = {o.fixed.operation: o.fixed for o in loaded.problem.operations if o.fixed is not None}
    kept = [fixed.pop(some.operation, some) for some in plan.assignments]
    return replace(plan, assignments=(*kept, *fixed.values()))


def _quote(picture: _Picture, request: QuoteRequest, now: datetime) -> Quote:
    floor = picture.floor
    try:
        bill = bill_explode(request.release_id, request.selection)
        routed = picture.routings.operations(bill)
        if len(routed) * request.quantity > OPERATION_LIMIT:
            return Quote(at=None, reason=TOO_MANY)
        operations = _operations(picture, routed, request.quantity)
        fit, slots = _fit(picture, operations, floor.seconds(now))
    except _NoMaterial as error:
        names = _item_names(bill)
        return Quote(at=None, reason=f"{names.get(error.item, error.item)} is sold out.", bottleneck=error.item)
    except NothingFits as error:
        return Quote(at=None, reason=error.reason)
    except (BillError, CannotBeRouted, PlanningError) as error:
        return Quote(at=None, reason=f"This cannot be planned: {error}")
    reason, bottleneck = _reason(picture, bill, operations, routed, fit)
    return Quote(
        at=_promised(floor.moment(fit.end)),
        reason=reason,
        bottleneck=bottleneck,
        reference={
            "plant": floor.plant.pk,
            "slots": [slot.document() for slot in slots],
            "release": request.release_id,
            "selection": dict(request.selection),
            "quantity": request.quantity,
        },
    )


class _NoMaterial(Exception):
    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


def _operations(picture: _Picture, routed: Sequence[RoutedOperation], quantity: int) -> list[engine.Operation]:
    """The operations of all units, with the material that no open order has yet."""
    floor, book = picture.floor, picture.book.copy()
    operations = []
    for unit in range(quantity):
        first = unit * len(routed)
        for row in routed:
            available = book.take(row.materials_of(unit + 1))
            if available.missing:
                raise _NoMaterial(available.missing)
            operations.append(
                engine.Operation(
                    key=row.name,
                    order=0,
                    modes=floor.modes(row.capability, row.seconds),
                    predecessors=tuple(first + p for p in row.predecessors),
                    release=floor.seconds(available.ready) if available.ready else 0,
                    pausable=row.pausable,
                    family=row.family,
                )
            )
    return operations


def _fit(picture: _Picture, operations: Sequence[engine.Operation], now: int) -> tuple[Fit, list[SlotRow]]:
    """The earliest fit that no full bucket stands against; raises `NothingFits`."""
    floor = picture.floor
    snapshot = picture.snapshot.at(now)
    for _ in range(TRIES):
        fit = earliest_fit(snapshot, operations, now)
        slots = [
            SlotRow(
                floor.rows[a.station].pk,
                floor.moment(a.start),
                floor.moment(a.end),
                operations[a.operation].family,
            )
            for a in fit.assignments
        ]
        short = [
            key
            for key, seconds in bucket_needs(floor, slots).items()
            if key in picture.left and picture.left[key] < seconds
        ]
        if not short:
            return fit, slots
        snapshot = _without_days(floor, snapshot, short)
    raise NothingFits(operations[0].key, "Every day of the next weeks is promised to others.")


def _without_days(floor: PlantFloor, snapshot: Snapshot, keys: Sequence[tuple[int, object]]) -> Snapshot:
    """The snapshot with the rest of these stations' days taken."""
    blocks: list[engine.Assignment] = []
    for station_id, day in keys:
        number = floor.number[station_id]
        for start, end in floor.stations[number].open:
            if floor.day_of(start) == day:
                blocks.append(engine.Assignment(len(blocks), number, start, end))
    operations = [engine.Operation(key=f"full {n}", order=0, modes=()) for n in range(len(blocks))]
    return snapshot.with_assignments(operations, blocks)


def _reason(
    picture: _Picture,
    bill: BillNode,
    operations: Sequence[engine.Operation],
    routed: Sequence[RoutedOperation],
    fit: Fit,
) -> tuple[str, str]:
    """Why it is not sooner, in a customer's words, and what is behind it."""
    wait = fit.binding
    if wait is None:
        return "", ""
    station = picture.floor.rows[wait.station]
    if wait.cause == "material":
        unit, step = divmod(wait.operation, len(routed))
        last = picture.book.copy().take(routed[step].materials_of(unit + 1))
        arrives = last.ready.astimezone(ZoneInfo(picture.floor.plant.time_zone)) if last.ready else None
        what = _item_names(bill).get(last.last, last.last)
        when = f" on {arrives:%-d %b}" if arrives else " later"
        return f"{what} arrives{when}.", last.last
    if wait.cause == "station":
        return f"{station.name} is full.", station.code
    if wait.cause == "calendar":
        return f"{station.line.name} is closed until then.", station.code
    return "It takes this long to build.", station.code


def _item_names(bill: BillNode) -> dict[str, str]:
    return {node.item.code: node.item.name for node in bill.walk()}


def _promised(end: datetime) -> datetime:
    """The planned end with the buffer, rounded up to the full hour."""
    at = end + BUFFER
    full = at.replace(minute=0, second=0, microsecond=0)
    return full if full == at else full + timedelta(hours=1)
