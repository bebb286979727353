"""All open operations of a plant as one problem."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from planning import engine
from planning.loading.floor import PlantFloor, plant_floor
from planning.loading.material import MaterialBook
from planning.models import STOPPED, Assignment, Operation, OperationState, PlanState, Plant, ProductionOrder


@dataclass(frozen=True)
class LoadedProblem:
    """An engine problem and what its numbers stand for."""

    problem: engine.Problem
    floor: PlantFloor
    operation_ids: tuple[int, ...]
    book: MaterialBook
    """What is left of the material after all open orders have theirs."""
    left_out: Mapping[int, str] = field(default_factory=dict)
    """Operation id -> why it is not part of the problem at all."""


def load_problem(plant: Plant, now: datetime) -> LoadedProblem:
    """All open operations of the plant as one problem; what is released or running stays where it is."""
    floor = plant_floor(plant, now)
    orders = list(ProductionOrder.objects.exclude(state__in=STOPPED).filter(operations__isnull=False).distinct())
    rows = list(
        Operation.objects.filter(production_order__in=orders)
        .exclude(state=OperationState.DONE)
        .select_related("production_order")
        .prefetch_related("predecessors")
        .order_by("production_order__due", "production_order_id", "unit_number", "position")
    )
    book = MaterialBook.load()
    blocked = _blocked(rows, floor, book)
    kept = [row for row in rows if row.pk not in blocked.reasons]
    used = sorted({row.production_order_id for row in kept})
    order_number = {pk: number for number, pk in enumerate(used)}
    number = {row.pk: index for index, row in enumerate(kept)}
    by_pk = {order.pk: order for order in orders}
    fixed = _fixed(kept, number, floor, now)
    problem = engine.Problem(
        stations=floor.stations,
        operations=tuple(
            engine.Operation(
                key=f"{row.production_order.number}/{row.unit_number} {row.name} ({row.path})",
                order=order_number[row.production_order_id],
                modes=floor.modes(row.capability, row.seconds),
                predecessors=tuple(number[p.pk] for p in row.predecessors.all() if p.pk in number),
                release=blocked.ready.get(row.pk, 0),
                pausable=row.pausable,
                family=row.family,
                fixed=fixed.get(row.pk),
            )
            for row in kept
        ),
        orders=tuple(engine.Order(key=by_pk[pk].number, due=floor.seconds(by_pk[pk].due)) for pk in used),
        changeovers=floor.changeovers,
        initial_family=_initial_families(floor),
        now=floor.seconds(now),
    )
    closed = tuple(table.closed(_families(problem, table)) for table in problem.changeovers)
    return LoadedProblem(
        problem=replace(problem, changeovers=closed),
        floor=floor,
        operation_ids=tuple(row.pk for row in kept),
        book=book,
        left_out=blocked.reasons,
    )


def _families(problem: engine.Problem, table: engine.Changeover) -> set[str]:
    used = {o.family for o in problem.operations if any(mode.station in table.stations for mode in o.modes)}
    return used | {family for station, family in problem.initial_family.items() if station in table.stations}


@dataclass(frozen=True)
class _Blocked:
    reasons: dict[int, str]
    ready: dict[int, int]


def _blocked(rows: Sequence[Operation], floor: PlantFloor, book: MaterialBook) -> _Blocked:
    """Give material out in due order; operations without a station or without material, and all after them, wait."""
    reasons: dict[int, str] = {}
    ready: dict[int, int] = {}
    for row in rows:
        if row.state != OperationState.WAITING:
            book.take(row.materials)
            continue
        waits_for = next((p for p in row.predecessors.all() if p.pk in reasons), None)
        available = book.take(row.materials)
        if waits_for is not None:
            reasons[row.pk] = f"It waits for {waits_for.name}, which is not planned."
        elif row.capability not in floor.by_capability:
            reasons[row.pk] = f"No station offers {row.capability!r}."
        elif available.missing:
            reasons[row.pk] = f"There is not enough {available.missing}, and no supply of it is confirmed."
        elif available.ready is not None:
            ready[row.pk] = max(0, floor.seconds(available.ready))
    return _Blocked(reasons, ready)


def _fixed(
    rows: Sequence[Operation], number: Mapping[int, int], floor: PlantFloor, now: datetime
) -> dict[int, engine.Assignment]:
    """Where operations that are released or running stand; an overrun ends as soon as possible."""
    live = {
        assignment.operation_id: assignment
        for assignment in Assignment.objects.filter(
            plan__state=PlanState.LIVE,
            operation__state__in=[OperationState.RELEASED, OperationState.RUNNING, OperationState.FAILED],
        )
    }
    fixed: dict[int, engine.Assignment] = {}
    free_from: dict[int, int] = defaultdict(int)
    current = floor.seconds(now)
    begun = [row for row in rows if row.state != OperationState.WAITING]
    for row in sorted(begun, key=lambda row: (row.actual_start is None, row.actual_start or now)):
        assignment = live.get(row.pk)
        station_id = row.actual_station_id or (assignment.station_id if assignment else None)
        if station_id is None or station_id not in floor.number:
            continue
        station = floor.number[station_id]
        if row.actual_start is not None:
            start = floor.seconds(row.actual_start)
        else:
            start = max(current, free_from[station])
        end = max(start + row.seconds, current + 1)
        fixed[row.pk] = engine.Assignment(number[row.pk], station, start, end)
        free_from[station] = max(free_from[station], end)
    return fixed


def _initial_families(floor: PlantFloor) -> dict[int, str]:
    """What stood last on each station that changes over."""
    stations = {number for table in floor.changeovers for number in table.stations}
    families: dict[int, str] = {}
    for number in stations:
        last = (
            Operation.objects.filter(actual_station=floor.rows[number], state=OperationState.DONE)
            .order_by("-actual_end")
            .values_list("family", flat=True)
            .first()
        )
        if last is not None:
            families[number] = last
    return families
