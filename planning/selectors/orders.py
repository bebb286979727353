"""Production orders as the planner reads them: where they stand and whether they keep their promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery

from planning.models import (
    Assignment,
    Operation,
    OperationState,
    Plan,
    ProductionOrder,
    ProductionOrderState,
)
from planning.selectors.marks import product_mark

OPEN_STATES = (ProductionOrderState.OPEN, ProductionOrderState.IN_PRODUCTION)
LATE = "late"
UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One production order on a list."""

    order: ProductionOrder
    mark: str
    planned_end: datetime | None
    done: int
    total: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be built."""
        return self.order.state in OPEN_STATES

    @property
    def late_by(self) -> timedelta | None:
        """By how much it will miss its date; None when it keeps it, or nobody knows."""
        if self.planned_end is None or self.planned_end <= self.order.due or not self.is_open:
            return None
        return self.planned_end - self.order.due

    @property
    def spare(self) -> timedelta | None:
        """How much earlier than its date it will be ready."""
        if self.planned_end is None or self.planned_end > self.order.due or not self.is_open:
            return None
        return self.order.due - self.planned_end

    @property
    def share(self) -> int:
        """Percent of its operations that are done."""
        return round(100 * self.done / self.total) if self.total else 0


def orders_query(live: Plan | None, *, state: str = "", search: str = "") -> QuerySet[ProductionOrder]:
    """Orders with `planned_end`, by date; `state` is a state's value, `late` or `unplanned`."""
    last = (
        Assignment.objects.filter(plan=live, operation__production_order=OuterRef("pk"))
        .order_by()
        .values("operation__production_order")
        .annotate(last=Max("end"))
        .values("last")
    )
    rows = ProductionOrder.objects.annotate(planned_end=Subquery(last, output_field=DateTimeField()))
    rows = rows.order_by("due", "pk")
    if state == LATE:
        rows = rows.filter(state__in=OPEN_STATES, planned_end__gt=F("due"))
    elif state == UNPLANNED:
        rows = rows.filter(state__in=OPEN_STATES, planned_end__isnull=True)
    elif state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(number__icontains=search)
            | Q(customer_label__icontains=search)
            | Q(product_name__icontains=search)
            | Q(reason__icontains=search)
        )
    return rows


def order_rows(orders: Sequence[ProductionOrder]) -> list[OrderRow]:
    """Rows for a page of `orders_query`; one query for all of them."""
    counted = (
        Operation.objects.filter(production_order__in=[order.pk for order in orders])
        .order_by()
        .values_list("production_order")
        .annotate(done=Count("pk", filter=Q(state=OperationState.DONE)), total=Count("pk"))
    )
    counts = {pk: (done, total) for pk, done, total in counted}
    return [
        OrderRow(
            order,
            product_mark(order.product_code),
            getattr(order, "planned_end", None),
            *counts.get(order.pk, (0, 0)),
        )
        for order in orders
    ]


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """How many orders there are of each kind."""

    by_state: dict[str, int]
    late: int
    unplanned: int
    planned: int

    @property
    def all(self) -> int:
        """All orders there ever were."""
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        """Orders that are still to be built."""
        return sum(self.by_state.get(state, 0) for state in OPEN_STATES)

    @property
    def stopped(self) -> int:
        """Orders that wait for a person."""
        return sum(self.by_state.get(s, 0) for s in (ProductionOrderState.BLOCKED, ProductionOrderState.FAILED))

    @property
    def on_time_share(self) -> int | None:
        """Percent of the planned orders that keep their promise, rounded down so that 100 means all."""
        return int(100 * (self.planned - self.late) / self.planned) if self.planned else None


def order_counts(live: Plan | None) -> OrderCounts:
    """Two queries."""
    by_state = dict(ProductionOrder.objects.order_by().values_list("state").annotate(n=Count("pk")))
    judged = (
        orders_query(live)
        .filter(state__in=OPEN_STATES)
        .order_by()
        .aggregate(
            late=Count("pk", filter=Q(planned_end__gt=F("due"))),
            unplanned=Count("pk", filter=Q(planned_end__isnull=True)),
            planned=Count("pk", filter=Q(planned_end__isnull=False)),
        )
    )
    return OrderCounts(by_state, **judged)


# --- one order -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepRow:
    """One operation of an order with where and when it is planned and was done."""

    operation: Operation
    station: str
    planned_start: datetime | None
    planned_end: datetime | None

    @property
    def start(self) -> datetime | None:
        """When it began, or is to begin."""
        return self.operation.actual_start or self.planned_start

    @property
    def end(self) -> datetime | None:
        """When it ended, or is to end."""
        return self.operation.actual_end or self.planned_end


def order_steps_planned(order: ProductionOrder, plan: Plan | None) -> list[StepRow]:
    """The operations of an order, unit by unit in the order of time; two queries."""
    placed = {
        row.operation_id: row
        for row in Assignment.objects.filter(plan=plan, operation__production_order=order).select_related("station")
    }
    steps = []
    for operation in order.operations.select_related("actual_station"):
        row = placed.get(operation.pk)
        station = operation.actual_station or (row.station if row else None)
        steps.append(
            StepRow(operation, station.name if station else "", row.start if row else None, row.end if row else None)
        )
    return sorted(steps, key=_in_time)


def _in_time(step: StepRow) -> tuple[int, float, int]:
    moment = step.start
    return (step.operation.unit_number, moment.timestamp() if moment else float("inf"), step.operation.position)


def order_links(order: ProductionOrder) -> list[tuple[int, int]]:
    """Pairs of operations of the order: the first comes before the second."""
    through = Operation.predecessors.through
    rows = through.objects.filter(from_operation__production_order=order)
    return list(rows.values_list("to_operation", "from_operation"))


def materials_of(order: ProductionOrder) -> dict[str, int]:
    """What all units of the order take from store: item code -> quantity."""
    needed: dict[str, int] = {}
    for materials in order.operations.values_list("materials", flat=True):
        for code, quantity in materials.items():
            needed[code] = needed.get(code, 0) + quantity
    return dict(sorted(needed.items()))
