"""Facts about order lines, appended as they are reported."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count

from configurator.errors import UnknownOrderLine
from configurator.models import Milestone, Order, OrderLine, OrderMilestone, ProgressState
from foundation.api import live_publish

STATES = tuple(ProgressState)
RANK = {state: rank for rank, state in enumerate(STATES)}

MOVES_TO = {
    Milestone.PLANNED: ProgressState.PLANNED,
    Milestone.STARTED: ProgressState.IN_PRODUCTION,
    Milestone.STEP_DONE: ProgressState.IN_PRODUCTION,
    Milestone.BUILT: ProgressState.IN_PRODUCTION,  # of one unit; the line is built when all its units are
}


@transaction.atomic
def order_milestone_record(
    *,
    source: str,
    boot_id: int,
    sequence: int,
    order_line_id: int,
    unit: str,
    milestone: Milestone,
    at: datetime,
    detail: str = "",
) -> bool:
    """Append one fact and move the line and its order forward; False when the fact was recorded before."""
    line = OrderLine.objects.select_for_update().filter(pk=order_line_id).first()
    if line is None:
        raise UnknownOrderLine(order_line_id)
    if OrderMilestone.objects.filter(source=source, boot_id=boot_id, sequence=sequence).exists():
        return False
    try:
        with transaction.atomic():
            OrderMilestone.objects.create(
                order_line=line,
                unit=unit,
                milestone=milestone,
                detail=detail,
                at=at,
                source=source,
                boot_id=boot_id,
                sequence=sequence,
            )
    except IntegrityError:  # the same fact arrived for another line at the same moment
        return False
    order = Order.objects.select_for_update().get(pk=line.order_id)
    _move_line(line, _line_state(line, Milestone(milestone)))
    _move_order(order)
    live_publish(
        topic=f"order:{order.public_id}",
        payload={
            "line": line.position,
            "unit": unit,
            "milestone": str(milestone),
            "detail": detail,
            "line_state": line.state,
            "order_state": order.state,
        },
        at=at,
    )
    return True


def _line_state(line: OrderLine, milestone: Milestone) -> ProgressState:
    """The state the milestone brings the line to; built only when every unit is."""
    if milestone == Milestone.BUILT:
        built = line.milestones.filter(milestone=Milestone.BUILT).aggregate(units=Count("unit", distinct=True))["units"]
        if built >= line.quantity:
            return ProgressState.BUILT
    return MOVES_TO[milestone]


def _move_line(line: OrderLine, state: ProgressState) -> None:
    """A fact that arrives late never moves a line back."""
    if RANK[state] > RANK[ProgressState(line.state)]:
        line.state = state
        line.save(update_fields=["state"])


def _move_order(order: Order) -> None:
    """An order is as far as its slowest line, but in production as soon as any line is."""
    ranks = [RANK[ProgressState(state)] for state in order.lines.values_list("state", flat=True)]
    state = ProgressState.IN_PRODUCTION if max(ranks) >= RANK[ProgressState.IN_PRODUCTION] else STATES[min(ranks)]
    if min(ranks) == RANK[ProgressState.BUILT]:
        state = ProgressState.BUILT
    if RANK[state] > RANK[ProgressState(order.state)]:
        order.state = state
        order.save(update_fields=["state"])
