"""Planning's only translator between rows and engine values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from django.db.models import F

from configurator.api import BillNode, Expression, ExpressionError, RuleSyntaxError, Value, evaluate, names
from configurator.api import parse_expression as parse
from planning import engine
from planning.engine import ClosedDay, ExtraShift, MadeItem, RoutingStep, routed_steps, working_intervals
from planning.models import (
    STOPPED,
    Assignment,
    Calendar,
    ChangeoverTable,
    LivePlan,
    Operation,
    OperationState,
    Plan,
    PlanState,
    Plant,
    ProductionOrder,
    Routing,
    RoutingOperation,
    Station,
    Stock,
    Supply,
)

HORIZON = timedelta(days=120)
"""How far ahead calendars are worked out; what does not fit into it is told as not planned."""
CHANGEOVER_SHARE = 0.9
"""How much of a station's day may be promised where changeovers take some of it."""


class CannotBeRouted(Exception):
    """An order cannot become operations; the text is a sentence for the planner."""


# --- formulas over an item's parameters ------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def parsed(text: str) -> Expression:
    """The formula in `text`; raises `RuleSyntaxError`."""
    return parse(text)


def formula_value(text: str, parameters: Mapping[str, Value]) -> Value:
    """The value of a formula; a word that is no parameter stands for itself, as the code of an option does.

    Raises `RuleSyntaxError` and `ExpressionError`.
    """
    expression = parsed(text)
    words: dict[str, Value] = {name: name for name in names(expression) if name not in parameters}
    return evaluate(expression, {**words, **parameters})


# --- from a bill to operations ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoutedOperation:
    """One operation to be, of one unit: predecessors are positions in the same sequence."""

    path: str
    item_code: str
    item_name: str
    step_number: int
    name: str
    capability: str
    recipe: str
    parameters: Mapping[str, Value]
    materials: Mapping[str, int]
    seconds: int
    family: str
    pausable: bool
    predecessors: tuple[int, ...]


@dataclass(frozen=True)
class Routings:
    """All routings of the plants, by item."""

    steps: Mapping[str, tuple[RoutingOperation, ...]]

    @classmethod
    def load(cls) -> "Routings":
        """Two queries for all of them."""
        rows = Routing.objects.prefetch_related("operations")
        return cls({routing.item_code: tuple(routing.operations.all()) for routing in rows})

    def operations(self, bill: BillNode) -> tuple[RoutedOperation, ...]:
        """The operations that build one unit of the bill's root; raises `CannotBeRouted` and `PrecedenceCycle`."""
        nodes = {node.path: node for node in bill.walk() if node.item.made}
        sequence = routed_steps(self._made(bill))
        return tuple(self._operation(nodes[step.path], step) for step in sequence)

    def _made(self, node: BillNode) -> MadeItem:
        if node.item.made and node.item.code not in self.steps:
            raise CannotBeRouted(f"No routing says how {node.item.name} ({node.item.code}) is made.")
        return MadeItem(
            path=node.path,
            steps=tuple(RoutingStep(step.number, tuple(step.after)) for step in self.steps.get(node.item.code, ())),
            parts=tuple(self._made(child) for child in node.children if child.item.made),
        )

    def _operation(self, node: BillNode, step: engine.RoutedStep) -> RoutedOperation:
        row = next(row for row in self.steps[node.item.code] if row.number == step.number)
        return RoutedOperation(
            path=node.path,
            item_code=node.item.code,
            item_name=node.item.name,
            step_number=row.number,
            name=row.name,
            capability=row.capability,
            recipe=row.recipe,
            parameters=dict(node.parameters),
            materials=_materials(node) if row.number == min(s.number for s in self.steps[node.item.code]) else {},
            # The bill's quantity is for one unit: two wheels are laced in one operation of twice the work.
            seconds=_seconds(row, node) * node.quantity,
            family=_family(row, node),
            pausable=row.pausable,
            predecessors=step.predecessors,
        )


def _materials(node: BillNode) -> dict[str, int]:
    needed: dict[str, int] = defaultdict(int)
    for child in node.children:
        if not child.item.made:
            needed[child.item.code] += child.quantity
    return dict(needed)


def _seconds(row: RoutingOperation, node: BillNode) -> int:
    try:
        seconds = formula_value(row.seconds, node.parameters)
    except (ExpressionError, RuleSyntaxError) as error:
        raise CannotBeRouted(
            f"The duration of {row.name} for {node.item.code}, {row.seconds!r}, has no value: {error}"
        ) from error
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        raise CannotBeRouted(
            f"The duration of {row.name} for {node.item.code} comes out as {seconds} s; it must be a positive number."
        )
    return seconds


def _family(row: RoutingOperation, node: BillNode) -> str:
    if not row.family:
        return ""
    try:
        return str(formula_value(row.family, node.parameters))
    except (ExpressionError, RuleSyntaxError) as error:
        raise CannotBeRouted(
            f"The family of {row.name} for {node.item.code}, {row.family!r}, has no value: {error}"
        ) from error


# --- the plant -------------------------------------------------------------------------------------------------


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


# --- the problem -----------------------------------------------------------------------------------------------


@dataclass
class MaterialBook:
    """Stock and confirmed supply of bought items, given out in the order in which it is asked for."""

    stock: dict[str, int]
    supply: dict[str, list[tuple[datetime, int]]]

    @classmethod
    def load(cls) -> "MaterialBook":
        """What lies in store and what is due, before anything is given out."""
        supply: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for row in Supply.objects.filter(received_at__isnull=True).order_by("due_at"):
            supply[row.item_code].append((row.due_at, row.quantity))
        return cls(dict(Stock.objects.values_list("item_code", "quantity")), supply)

    def copy(self) -> "MaterialBook":
        """A book that can be given out from without touching this one."""
        return MaterialBook(dict(self.stock), {code: list(rows) for code, rows in self.supply.items()})

    def take(self, materials: Mapping[str, int]) -> "Availability":
        """Give the material out; when all of it is there, which item comes last, and which never comes."""
        ready: datetime | None = None
        last = missing = ""
        for code, quantity in materials.items():
            if code not in self.stock and code not in self.supply:
                continue  # not managed by stock
            at, short = self._take(code, quantity)
            if short:
                missing = code
            elif at is not None and (ready is None or at > ready):
                ready, last = at, code
        return Availability(ready, last, missing)

    def _take(self, code: str, quantity: int) -> tuple[datetime | None, bool]:
        there = min(max(self.stock.get(code, 0), 0), quantity)
        self.stock[code] = self.stock.get(code, 0) - there
        quantity -= there
        at = None
        rows = self.supply.get(code, [])
        while quantity > 0 and rows:
            at, offered = rows[0]
            taken = min(offered, quantity)
            quantity -= taken
            rows[0] = (at, offered - taken)
            if offered == taken:
                rows.pop(0)
        return at, quantity > 0


@dataclass(frozen=True, slots=True)
class Availability:
    """When material is there: at once (`ready` is None), later for `last`, or never for `missing`."""

    ready: datetime | None
    last: str = ""
    missing: str = ""


@dataclass(frozen=True)
class LoadedProblem:
    """An engine problem and what its numbers stand for."""

    problem: engine.Problem
    floor: PlantFloor
    operation_ids: tuple[int, ...]
    order_ids: tuple[int, ...]
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
        order_ids=tuple(used),
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


def assignments_of(loaded: LoadedProblem, plan: engine.Plan, row: Plan) -> list[Assignment]:
    """The plan's assignments as rows, not saved."""
    floor = loaded.floor
    return [
        Assignment(
            plan=row,
            operation_id=loaded.operation_ids[assignment.operation],
            station=floor.rows[assignment.station],
            start=floor.moment(assignment.start),
            end=floor.moment(assignment.end),
        )
        for assignment in plan.assignments
    ]


def stored_plan(loaded: LoadedProblem, plan: Plan) -> engine.Plan:
    """A stored plan as far as its operations are part of the problem: what is done has left it."""
    number = {pk: index for index, pk in enumerate(loaded.operation_ids)}
    floor = loaded.floor
    return engine.Plan(
        assignments=tuple(
            engine.Assignment(
                number[row.operation_id], floor.number[row.station_id], floor.seconds(row.start), floor.seconds(row.end)
            )
            for row in plan.assignments.all()
            if row.operation_id in number and row.station_id in floor.number
        )
    )


def live_plan(plant: Plant) -> LivePlan:
    """The plant's pointer, made on first use."""
    pointer, _ = LivePlan.objects.select_related("plan").get_or_create(plant=plant)
    return pointer


def ledger_touch() -> None:
    """Let every picture that dates are quoted from be drawn anew: capacity or material has changed."""
    LivePlan.objects.update(ledger=F("ledger") + 1)


def working_seconds(station: engine.Station, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The station's working time between two seconds, piece by piece."""
    for opened, closed in station.open:
        if closed <= start:
            continue
        if opened >= end:
            return
        yield max(opened, start), min(closed, end)
