"""Taking accepted orders over from the configurator: bill, routing, operations."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from configurator.api import BillError, OrderedLine, bill_explode, order_lines_accepted, ordered_line
from foundation.api import live_publish
from planning.engine import PlanningError
from planning.loading import CannotBeRouted, RoutedOperation, Routings
from planning.models import Operation, ProductionOrder, ProductionOrderState, Station

LOOK_BACK = 1000
"""Order lines whose numbers were given early may be committed late; so many of the newest are looked at again."""
WISHED_DELIVERY = timedelta(days=14)
"""When an order without a promise is wanted."""
OPERATION_LIMIT = 20_000


def production_orders_pull(*, now: datetime) -> int:
    """Take over every accepted order line that is not taken yet; how many there were.

    One that cannot be routed is taken over as blocked, with the sentence why; the others are not held up by it.
    """
    newest = ProductionOrder.objects.order_by("-order_line_id").values_list("order_line_id", flat=True).first() or 0
    lines = order_lines_accepted(after_id=max(0, newest - LOOK_BACK))
    known = set(
        ProductionOrder.objects.filter(order_line_id__in=[line.order_line_id for line in lines]).values_list(
            "order_line_id", flat=True
        )
    )
    fresh = [line for line in lines if line.order_line_id not in known]
    if not fresh:
        return 0
    routings = Routings.load()
    taken = sum(_take(line, routings, now) for line in fresh)
    if taken:
        live_publish(topic="plan", payload={"taken": taken}, at=now)
    return taken


def production_order_retry(*, order: ProductionOrder, now: datetime) -> ProductionOrder:
    """Route a blocked order again, after its routing or the plant was mended."""
    operations, reason = _routed(ordered_line(order.order_line_id), Routings.load())
    with transaction.atomic():
        reopened = ProductionOrder.objects.filter(pk=order.pk, state=ProductionOrderState.BLOCKED).update(
            state=ProductionOrderState.BLOCKED if reason else ProductionOrderState.OPEN, reason=reason[:500]
        )
        if reopened and not reason:
            _store_operations(order, operations)
    order.refresh_from_db()
    return order


def _take(line: OrderedLine, routings: Routings, now: datetime) -> bool:
    """Store one production order with its operations, whole or not at all; False when somebody else did."""
    operations, reason = _routed(line, routings)
    try:
        with transaction.atomic():
            lines_before = ProductionOrder.objects.filter(order_number=line.order_number).count()
            order = ProductionOrder.objects.create(
                order_line_id=line.order_line_id,
                number=f"{line.order_number}-{lines_before + 1}",
                order_number=line.order_number,
                product_code=line.product_code,
                product_name=line.product_name,
                customer_label=line.customer_label[:160],
                quantity=line.quantity,
                due=line.promised_at or line.placed_at + WISHED_DELIVERY,
                promised=line.promised_at is not None,
                state=ProductionOrderState.BLOCKED if reason else ProductionOrderState.OPEN,
                reason=reason[:500],
                taken_at=now,
            )
            _store_operations(order, operations)
    except IntegrityError:
        return False
    return True


def _routed(line: OrderedLine, routings: Routings) -> tuple[tuple[RoutedOperation, ...], str]:
    """The operations of one unit, or none and the sentence why."""
    try:
        operations = routings.operations(bill_explode(line.release_id, line.selection))
        _require_stations(operations)
    except (BillError, CannotBeRouted, PlanningError) as error:
        return (), str(error)
    if not operations:
        return (), f"{line.product_name} has nothing to make: no item of its bill has a routing."
    if len(operations) * line.quantity > OPERATION_LIMIT:
        return (), f"{line.quantity} units are {len(operations) * line.quantity:,} operations, too many for one order."
    return operations, ""


def _require_stations(operations: Sequence[RoutedOperation]) -> None:
    offered = {
        word for words in Station.objects.filter(retired=False).values_list("capabilities", flat=True) for word in words
    }
    for operation in operations:
        if operation.capability not in offered:
            raise CannotBeRouted(
                f"No station offers {operation.capability!r}, which {operation.name} of {operation.item_name} needs."
            )


def _store_operations(order: ProductionOrder, operations: Sequence[RoutedOperation]) -> None:
    """The operations of every unit, with what comes before each."""
    rows = Operation.objects.bulk_create(
        [
            Operation(
                production_order=order,
                unit_number=unit,
                position=position,
                path=operation.path,
                item_code=operation.item_code,
                item_name=operation.item_name[:160],
                step_number=operation.step_number,
                name=operation.name,
                capability=operation.capability,
                recipe=operation.recipe,
                parameters=dict(operation.parameters),
                materials=operation.materials_of(unit),
                seconds=operation.seconds,
                family=operation.family[:80],
                pausable=operation.pausable,
            )
            for unit in range(1, order.quantity + 1)
            for position, operation in enumerate(operations)
        ],
        batch_size=500,
    )
    before = Operation.predecessors.through
    before.objects.bulk_create(
        [
            before(from_operation_id=rows[first + position].pk, to_operation_id=rows[first + predecessor].pk)
            for first in range(0, len(rows), len(operations) or 1)
            for position, operation in enumerate(operations)
            for predecessor in operation.predecessors
        ],
        batch_size=500,
    )
