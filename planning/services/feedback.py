"""Facts from the line move operations, and what follows from them goes up to the customer's page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from configurator.api import Milestone, order_milestone_record
from foundation.api import live_publish
from planning.models import (
    Operation,
    OperationFeedback,
    OperationState,
    ProductionOrder,
    ProductionOrderState,
    Station,
    Stock,
)


class FactKind(StrEnum):
    """What can be said about an operation."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OperationFact:
    """Something that happened to an operation at `at`; the first three fields say which telling of it this is."""

    source: str
    boot_id: int
    sequence: int
    operation_id: int
    kind: FactKind
    at: datetime
    good: int = 0
    scrap: int = 0
    energy_wh: int = 0
    station_code: str = ""


STATE_AFTER: Mapping[FactKind, OperationState] = {
    FactKind.STARTED: OperationState.RUNNING,
    FactKind.COMPLETED: OperationState.DONE,
    FactKind.FAILED: OperationState.FAILED,
}
# A start that is told late does not bring a finished operation back; a completion counts whatever came before it.
STATES_BEFORE: Mapping[FactKind, tuple[OperationState, ...]] = {
    FactKind.STARTED: (OperationState.WAITING, OperationState.RELEASED),
    FactKind.COMPLETED: (
        OperationState.WAITING,
        OperationState.RELEASED,
        OperationState.RUNNING,
        OperationState.FAILED,
    ),
    FactKind.FAILED: (OperationState.WAITING, OperationState.RELEASED, OperationState.RUNNING),
}


@transaction.atomic
def operations_claim(*, operation_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Take waiting operations for the shop floor; those that somebody else has taken are not in the answer."""
    return frozenset(
        operation_id
        for operation_id in operation_ids
        if Operation.objects.filter(pk=operation_id, state=OperationState.WAITING).update(state=OperationState.RELEASED)
    )


@transaction.atomic
def feedback_record(*, facts: Sequence[OperationFact], now: datetime) -> int:
    """Append facts and move their operations; the number of facts that were new. Known ones change nothing."""
    fresh = _append(facts, now)
    if not fresh:
        return 0
    operations = Operation.objects.select_related("production_order").in_bulk({fact.operation_id for fact in fresh})
    told = {fact.station_code for fact in fresh}
    stations = dict(Station.objects.filter(code__in=told).order_by().values_list("code", "pk"))
    for fact in fresh:
        _apply(fact, operations[fact.operation_id], stations)
    _tell_customers(fresh, operations)
    numbers = {operations[fact.operation_id].production_order.number for fact in fresh}
    live_publish(topic="plan", payload={"orders": sorted(numbers)}, at=now)
    return len(fresh)


def _append(facts: Sequence[OperationFact], now: datetime) -> list[OperationFact]:
    """The facts that were not known yet, stored."""
    unique = {(fact.source, fact.boot_id, fact.sequence): fact for fact in reversed(facts)}
    known: set[tuple[str, int, int]] = set()
    by_source: dict[tuple[str, int], list[int]] = defaultdict(list)
    for source, boot_id, sequence in unique:
        by_source[source, boot_id].append(sequence)
    for (source, boot_id), sequences in by_source.items():
        stored = OperationFeedback.objects.filter(source=source, boot_id=boot_id, sequence__in=sequences)
        known.update((source, boot_id, sequence) for sequence in stored.values_list("sequence", flat=True))
    fresh = [fact for key, fact in sorted(unique.items()) if key not in known]
    # Two tellings at once: the unique constraint lets the second transaction fail whole, and its sender tells again.
    OperationFeedback.objects.bulk_create(
        OperationFeedback(
            source=fact.source,
            boot_id=fact.boot_id,
            sequence=fact.sequence,
            operation_id=fact.operation_id,
            kind=fact.kind,
            at=fact.at,
            received_at=now,
            station_code=fact.station_code,
            good=fact.good,
            scrap=fact.scrap,
            energy_wh=fact.energy_wh,
        )
        for fact in fresh
    )
    return fresh


def _apply(fact: OperationFact, operation: Operation, stations: Mapping[str, int]) -> None:
    """Move the operation as far as the fact says, if it is not further already."""
    times: dict[str, object] = {}
    if fact.kind is FactKind.STARTED:
        times["actual_start"] = fact.at
    else:
        # Nobody told when it began: it took no time as far as we know. Asked of the table, not of `operation`, since
        # a start and an end may be told together.
        Operation.objects.filter(pk=operation.pk, actual_start__isnull=True).update(actual_start=fact.at)
        times.update(actual_end=fact.at, good=fact.good, scrap=fact.scrap, energy_wh=fact.energy_wh)
    if fact.station_code in stations:
        times["actual_station_id"] = stations[fact.station_code]
    moved = Operation.objects.filter(pk=operation.pk, state__in=STATES_BEFORE[fact.kind]).update(
        state=STATE_AFTER[fact.kind], **times
    )
    if not moved and fact.kind is FactKind.STARTED:
        Operation.objects.filter(pk=operation.pk).update(actual_start=fact.at)  # told late, but when it began is true
    if moved and fact.kind is FactKind.COMPLETED:
        for item_code, quantity in operation.materials.items():
            Stock.objects.filter(item_code=item_code).update(quantity=F("quantity") - quantity)
    if moved and fact.kind is FactKind.FAILED:
        ProductionOrder.objects.filter(pk=operation.production_order_id).update(
            state=ProductionOrderState.FAILED,
            reason=f"{operation.name} of unit {operation.unit_number} failed at {fact.station_code or 'its station'}.",
        )


def _tell_customers(facts: Sequence[OperationFact], operations: Mapping[int, Operation]) -> None:
    """Say upstream what began and what is built; the state of production orders follows.

    A unit begins once, with its first operation; the starts of the others are seen in its steps.
    """
    orders = {operation.production_order_id: operation.production_order for operation in operations.values()}
    starting = {fact.operation_id for fact in facts if fact.kind is FactKind.STARTED}
    unfinished: Counter[UnitKey] = Counter()
    begun_before: Counter[UnitKey] = Counter()
    rows = Operation.objects.filter(production_order_id__in=orders).order_by()
    for pk, order_id, unit_number, state, start in rows.values_list(
        "pk", "production_order_id", "unit_number", "state", "actual_start"
    ):
        unfinished[order_id, unit_number] += state != OperationState.DONE
        begun_before[order_id, unit_number] += start is not None and pk not in starting
    first: dict[UnitKey, OperationFact] = {}
    last: dict[UnitKey, OperationFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.sequence)):
        unit = _unit(operations[fact.operation_id])
        if fact.kind is FactKind.STARTED and not begun_before[unit]:
            first.setdefault(unit, fact)
        if fact.kind is FactKind.COMPLETED and not unfinished[unit]:
            last[unit] = fact
    for fact in facts:
        operation = operations[fact.operation_id]
        unit = _unit(operation)
        if fact is first.get(unit):
            milestone = Milestone.STARTED
        elif fact is last.get(unit):
            milestone = Milestone.BUILT
        elif fact.kind is FactKind.COMPLETED:
            milestone = Milestone.STEP_DONE
        else:
            continue
        order_milestone_record(
            source=fact.source,
            boot_id=fact.boot_id,
            sequence=fact.sequence,
            order_line_id=operation.production_order.order_line_id,
            unit=str(operation.unit_number),
            milestone=milestone,
            at=fact.at,
            detail=operation.name,
        )
    for order_id, order in orders.items():
        done = all(count == 0 for (some, _), count in unfinished.items() if some == order_id)
        state_now = ProductionOrderState.BUILT if done else ProductionOrderState.IN_PRODUCTION
        if order.state != state_now:
            ProductionOrder.objects.filter(pk=order_id, state__in=_MOVING).update(state=state_now)


UnitKey = tuple[int, int]
"""Production order and unit number."""

_MOVING = (ProductionOrderState.OPEN, ProductionOrderState.IN_PRODUCTION)


def _unit(operation: Operation) -> UnitKey:
    return (operation.production_order_id, operation.unit_number)
