"""What the line says moves operations, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from configurator.models import OrderLine, OrderMilestone
from planning.models import Operation, OperationFeedback, OperationState, ProductionOrder, ProductionOrderState, Stock
from planning.services import feedback
from planning.services.feedback import FactKind, feedback_record, operations_claim
from tests.integration.planning.workshop import MONDAY, Workshop, fact


def steps(order: ProductionOrder) -> list[Operation]:
    return list(order.operations.order_by("unit_number", "position"))


def build(order: ProductionOrder) -> None:
    """Every operation starts and completes."""
    sequence = 0
    for operation in steps(order):
        for kind in (FactKind.STARTED, FactKind.COMPLETED):
            sequence += 1
            feedback_record(facts=[fact(operation, kind, sequence, MONDAY + timedelta(minutes=sequence))], now=MONDAY)


def test_a_built_unit_is_told_upstream_once(workshop: Workshop):
    order = workshop.production_order()

    build(order)

    order.refresh_from_db()
    assert order.state == ProductionOrderState.BUILT
    assert OrderLine.objects.get(pk=order.order_line_id).state == "built"
    assert OrderMilestone.objects.filter(milestone="built").count() == 1


def test_an_order_of_two_is_built_only_with_its_second_unit(workshop: Workshop):
    order = workshop.production_order(quantity=2)
    for sequence, operation in enumerate(order.operations.filter(unit_number=1).order_by("position"), start=1):
        feedback_record(facts=[fact(operation, FactKind.COMPLETED, sequence)], now=MONDAY)

    order.refresh_from_db()
    assert order.state == ProductionOrderState.IN_PRODUCTION
    assert OrderMilestone.objects.filter(milestone="built").count() == 1


def test_the_same_fact_twice_changes_nothing(workshop: Workshop):
    order = workshop.production_order()
    assemble = order.operations.get(name="Assemble")
    done = fact(assemble, FactKind.COMPLETED, 1)

    assert [feedback_record(facts=[done], now=MONDAY), feedback_record(facts=[done, done], now=MONDAY)] == [1, 0]
    assert Stock.objects.get(item_code="BULB-WARM").quantity == 999
    assert OperationFeedback.objects.count() == 1


def test_without_the_memory_of_facts_the_database_refuses_the_second_telling(workshop, monkeypatch):
    """Negative control of the test above: the look-up is switched off, and the constraint still holds."""
    order = workshop.production_order()
    done = fact(order.operations.get(name="Assemble"), FactKind.COMPLETED, 1)
    feedback_record(facts=[done], now=MONDAY)
    monkeypatch.setattr(feedback.OperationFeedback.objects, "filter", lambda **_: OperationFeedback.objects.none())

    with pytest.raises(IntegrityError), transaction.atomic():
        feedback_record(facts=[done], now=MONDAY)


def test_without_deduplication_stock_would_be_taken_twice(workshop: Workshop):
    """Negative control: a second completion is applied when nothing remembers the first."""
    order = workshop.production_order()
    assemble = order.operations.get(name="Assemble")

    feedback_record(facts=[fact(assemble, FactKind.COMPLETED, 1)], now=MONDAY)
    Operation.objects.filter(pk=assemble.pk).update(state=OperationState.RUNNING)  # the condition's protection is off
    feedback_record(facts=[fact(assemble, FactKind.COMPLETED, 2)], now=MONDAY)

    assert Stock.objects.get(item_code="BULB-WARM").quantity == 998


def test_a_start_told_after_the_end_does_not_reopen_the_operation(workshop: Workshop):
    operation = steps(workshop.production_order())[0]

    feedback_record(facts=[fact(operation, FactKind.COMPLETED, 2, MONDAY + timedelta(minutes=20))], now=MONDAY)
    feedback_record(facts=[fact(operation, FactKind.STARTED, 1, MONDAY)], now=MONDAY)

    operation.refresh_from_db()
    assert operation.state == OperationState.DONE
    assert operation.actual_start == MONDAY
    assert operation.actual_end == MONDAY + timedelta(minutes=20)


def test_a_failed_operation_stops_its_order_with_a_sentence(workshop: Workshop):
    order = workshop.production_order()

    feedback_record(facts=[fact(steps(order)[0], FactKind.FAILED, 1, station_code="BOOTH")], now=MONDAY)

    order.refresh_from_db()
    assert (order.state, order.reason) == (
        ProductionOrderState.FAILED,
        "Paint the shade of unit 1 failed at BOOTH.",
    )


def test_an_operation_is_claimed_once(workshop: Workshop):
    operation = steps(workshop.production_order())[0]

    first = operations_claim(operation_ids=[operation.pk], now=MONDAY)
    second = operations_claim(operation_ids=[operation.pk], now=MONDAY)

    assert (first, second) == ({operation.pk}, frozenset())
