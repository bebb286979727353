"""What the shop floor asks of planning: what may be released, what stands on a line, where an order is."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef

from configurator.api import Value
from planning.models import (
    STOPPED,
    Assignment,
    Operation,
    OperationState,
    PlanState,
    RoutingOperation,
    Station,
)

ROWS_PER_STATION = 6


@dataclass(frozen=True, slots=True)
class ReleasableOperation:
    """An operation that its station may begin: planned next there, and everything before it is done."""

    operation_id: int
    production_order_number: str
    order_line_id: int
    unit_number: int
    quantity: int
    item_code: str
    name: str
    recipe: str
    station_code: str
    line_code: str
    planned_start: datetime
    planned_end: datetime
    duration_seconds: int
    parameters: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RoutedRecipe:
    """A recipe that making an item needs, and the stations that may run it."""

    item_code: str
    operation_name: str
    recipe: str
    capability: str
    seconds: str
    station_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownStation:
    """A station and the line it belongs to."""

    code: str
    name: str
    line_code: str
    line_name: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One operation on a line that is not done yet."""

    operation_id: int
    station_code: str
    production_order_number: str
    unit_number: int
    order_number: str
    product_code: str
    product_name: str
    item_code: str
    name: str
    state: str
    planned_start: datetime
    planned_end: datetime
    actual_start: datetime | None
    duration_seconds: int
    parameters: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One operation of an order line: planned and actual."""

    operation_id: int
    unit_number: int
    item_code: str
    name: str
    station_code: str
    station_name: str
    state: str
    planned_start: datetime | None
    planned_end: datetime | None
    actual_start: datetime | None
    actual_end: datetime | None


@dataclass(frozen=True, slots=True)
class OperationStory:
    """Where an operation comes from, back to the customer's order, and where the live plan has it."""

    operation_id: int
    name: str
    item_code: str
    item_name: str
    parameters: Mapping[str, Value]
    production_order_number: str
    unit_number: int
    order_line_id: int
    order_number: str
    product_name: str
    plan_number: int | None
    planned_start: datetime | None
    planned_end: datetime | None
    station_code: str
    made_at: datetime | None


def operations_releasable(*, now: datetime, horizon: timedelta) -> tuple[ReleasableOperation, ...]:
    """Per free station the next operation of the live plan, if all before it is done and it starts within `horizon`.

    Strictly in the plan's order: a station waits for its next operation rather than taking a later one, because the
    plan knows why. Operations of stopped orders are passed over. Asked several times a second, so the first query is
    a small one and mostly the only one.
    """
    live = Assignment.objects.filter(plan__state=PlanState.LIVE).order_by()
    busy = live.filter(operation__state__in=[OperationState.RELEASED, OperationState.RUNNING])
    waiting = live.filter(operation__state=OperationState.WAITING).exclude(
        operation__production_order__state__in=STOPPED
    )
    next_starts = (
        waiting.exclude(station_id__in=busy.values("station_id")).values_list("station_id").annotate(Min("start"))
    )
    due = {station_id: start for station_id, start in next_starts if start <= now + horizon}
    if not due:
        return ()
    unfinished = Operation.objects.filter(successors=OuterRef("operation_id")).exclude(state=OperationState.DONE)
    ready = (
        waiting.filter(~Exists(unfinished.order_by()), station_id__in=due, start__in=set(due.values()))
        .select_related("operation__production_order", "station__line")
        .order_by("start", "pk")
    )
    return tuple(_releasable(some) for some in ready if due[some.station_id] == some.start)


def _releasable(assignment: Assignment) -> ReleasableOperation:
    operation, order = assignment.operation, assignment.operation.production_order
    return ReleasableOperation(
        operation_id=operation.pk,
        production_order_number=order.number,
        order_line_id=order.order_line_id,
        unit_number=operation.unit_number,
        quantity=order.quantity,
        item_code=operation.item_code,
        name=operation.name,
        recipe=operation.recipe,
        station_code=assignment.station.code,
        line_code=assignment.station.line.code,
        planned_start=assignment.start,
        planned_end=assignment.end,
        duration_seconds=operation.seconds,
        parameters=operation.parameters,
    )


def next_planned_start(now: datetime) -> datetime | None:
    """When the live plan starts its next waiting operation after `now`; None when none is planned later."""
    return (
        Assignment.objects.filter(plan__state=PlanState.LIVE, operation__state=OperationState.WAITING, start__gt=now)
        .exclude(operation__production_order__state__in=STOPPED)
        .order_by("start")
        .values_list("start", flat=True)
        .first()
    )


def running_ends() -> tuple[datetime, ...]:
    """When each running operation should end by its own duration, earliest first."""
    running = Operation.objects.filter(state=OperationState.RUNNING, actual_start__isnull=False)
    times = running.values_list("actual_start", "seconds")
    return tuple(sorted(start + timedelta(seconds=seconds) for start, seconds in times if start is not None))


def recipes_routed(item_codes: Collection[str]) -> tuple[RoutedRecipe, ...]:
    """The recipes that making these items needs, each with the stations that offer its capability."""
    stations = list(Station.objects.filter(retired=False).values_list("code", "capabilities"))
    steps = RoutingOperation.objects.filter(routing__item_code__in=item_codes).select_related("routing")
    return tuple(
        RoutedRecipe(
            item_code=step.routing.item_code,
            operation_name=step.name,
            recipe=step.recipe,
            capability=step.capability,
            seconds=step.seconds,
            station_codes=tuple(code for code, offered in stations if step.capability in offered),
        )
        for step in steps.order_by("routing__item_code", "number")
        if step.recipe
    )


def stations_known() -> tuple[KnownStation, ...]:
    """All stations in use, by line and by their place on it."""
    return tuple(
        KnownStation(code=station.code, name=station.name, line_code=station.line.code, line_name=station.line.name)
        for station in Station.objects.filter(retired=False).select_related("line")
    )


def plan_board(line_code: str, now: datetime) -> tuple[BoardRow, ...]:
    """What the line's stations do now and next: running and released first, then by planned start."""
    rows = (
        Assignment.objects.filter(plan__state=PlanState.LIVE, station__line__code=line_code)
        .exclude(operation__state=OperationState.DONE)
        .exclude(operation__production_order__state__in=STOPPED)
        .select_related("operation__production_order", "station")
        .order_by("start", "pk")
    )
    by_station: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows:
        by_station[row.station_id].append(row)
    shown = [
        assignment
        for assignments in by_station.values()
        for assignment in sorted(assignments, key=lambda a: (a.operation.state not in _ON_STATION, a.start))[
            :ROWS_PER_STATION
        ]
    ]
    return tuple(_board_row(assignment) for assignment in shown)


_ON_STATION = (OperationState.RUNNING, OperationState.RELEASED)


def _board_row(assignment: Assignment) -> BoardRow:
    operation, order = assignment.operation, assignment.operation.production_order
    return BoardRow(
        operation_id=operation.pk,
        station_code=assignment.station.code,
        production_order_number=order.number,
        unit_number=operation.unit_number,
        order_number=order.order_number,
        product_code=order.product_code,
        product_name=order.product_name,
        item_code=operation.item_code,
        name=operation.name,
        state=operation.state,
        planned_start=assignment.start,
        planned_end=assignment.end,
        actual_start=operation.actual_start,
        duration_seconds=operation.seconds,
        parameters=operation.parameters,
    )


def order_steps(order_line_ids: Collection[int]) -> Mapping[int, tuple[PlannedStep, ...]]:
    """The operations of each order line in the live plan's order; lines that planning does not know are left out."""
    operations = list(
        Operation.objects.filter(production_order__order_line_id__in=order_line_ids).select_related(
            "production_order", "actual_station"
        )
    )
    planned = {
        assignment.operation_id: assignment
        for assignment in Assignment.objects.filter(
            plan__state=PlanState.LIVE, operation__production_order__order_line_id__in=order_line_ids
        ).select_related("station")
    }
    steps: dict[int, list[PlannedStep]] = defaultdict(list)
    for operation in sorted(operations, key=lambda some: _place_in_time(some, planned.get(some.pk))):
        assignment = planned.get(operation.pk)
        station = operation.actual_station or (assignment.station if assignment else None)
        steps[operation.production_order.order_line_id].append(
            PlannedStep(
                operation_id=operation.pk,
                unit_number=operation.unit_number,
                item_code=operation.item_code,
                name=operation.name,
                station_code=station.code if station else "",
                station_name=station.name if station else "",
                state=operation.state,
                planned_start=assignment.start if assignment else None,
                planned_end=assignment.end if assignment else None,
                actual_start=operation.actual_start,
                actual_end=operation.actual_end,
            )
        )
    return {order_line_id: tuple(some) for order_line_id, some in steps.items()}


def _place_in_time(operation: Operation, assignment: Assignment | None) -> tuple[int, float, int]:
    """Sorts by when a step began or is planned to begin; steps without any time come last, as in the bill."""
    moment = operation.actual_start or (assignment.start if assignment else None)
    return (operation.unit_number, moment.timestamp() if moment else float("inf"), operation.position)


def operation_story(operation_id: int) -> OperationStory:
    """Where the operation comes from and where the live plan has it; raises `Operation.DoesNotExist`."""
    operation = Operation.objects.select_related("production_order", "actual_station").get(pk=operation_id)
    order = operation.production_order
    assignment = (
        Assignment.objects.filter(plan__state=PlanState.LIVE, operation_id=operation_id)
        .select_related("plan", "station")
        .first()
    )
    station = operation.actual_station or (assignment.station if assignment else None)
    return OperationStory(
        operation_id=operation.pk,
        name=operation.name,
        item_code=operation.item_code,
        item_name=operation.item_name,
        parameters=operation.parameters,
        production_order_number=order.number,
        unit_number=operation.unit_number,
        order_line_id=order.order_line_id,
        order_number=order.order_number,
        product_name=order.product_name,
        plan_number=assignment.plan.number if assignment else None,
        planned_start=assignment.start if assignment else None,
        planned_end=assignment.end if assignment else None,
        station_code=station.code if station else "",
        made_at=assignment.plan.made_at if assignment else None,
    )
