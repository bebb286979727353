"""What the factory reports about an order."""

from datetime import timedelta

import pytest

from configurator.api import Milestone, order_milestone_record
from configurator.errors import UnknownOrderLine
from configurator.models import Order, OrderLine, OrderMilestone, ProgressState
from configurator.selectors import order_view
from configurator.services.cart import cart_add
from configurator.services.configuration import configuration_start
from configurator.services.order import Contact, order_place
from foundation.models import LiveEvent
from tests.integration.configurator.conftest import NOW
from tests.integration.configurator.test_ordering import at_once


@pytest.fixture
def order(cart) -> Order:
    """Two bicycles of one kind and one of another."""
    configuration = configuration_start(release=cart.lines.get().release, owner=None, session_key="guest", now=NOW)
    cart_add(cart=cart, configuration=configuration, quantity=1, now=NOW)
    return order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)


def report(line: OrderLine, milestone: Milestone, sequence: int, unit: str = "1", detail: str = "") -> bool:
    return order_milestone_record(
        source="planning",
        boot_id=7,
        sequence=sequence,
        order_line_id=line.pk,
        unit=unit,
        milestone=milestone,
        at=NOW + timedelta(minutes=sequence),
        detail=detail,
    )


def states(order: Order) -> tuple[str, ...]:
    return (Order.objects.get(pk=order.pk).state, *order.lines.order_by("position").values_list("state", flat=True))


def test_an_order_moves_with_its_lines(order):
    first, second = order.lines.order_by("position")
    seen = [states(order)]
    facts = [
        (first, Milestone.PLANNED, ""),
        (second, Milestone.PLANNED, ""),
        (first, Milestone.STARTED, "1"),
        (first, Milestone.BUILT, "1"),
        (first, Milestone.BUILT, "2"),
        (second, Milestone.BUILT, "1"),
    ]
    for sequence, (line, milestone, unit) in enumerate(facts):
        assert report(line, milestone, sequence, unit)
        seen.append(states(order))

    assert seen == [
        ("placed", "placed", "placed"),
        ("placed", "planned", "placed"),
        ("planned", "planned", "planned"),
        ("in_production", "in_production", "planned"),
        ("in_production", "in_production", "planned"),
        ("in_production", "built", "planned"),
        ("built", "built", "built"),
    ]


def test_a_fact_reported_twice_counts_once(order):
    first = order.lines.order_by("position").first()

    assert report(first, Milestone.BUILT, 1)
    assert not report(first, Milestone.BUILT, 1)

    assert OrderMilestone.objects.count() == 1
    assert LiveEvent.objects.filter(topic=f"order:{order.public_id}").count() == 1
    assert states(order)[1] == ProgressState.IN_PRODUCTION


def test_the_same_unit_built_twice_is_one_unit(order):
    first = order.lines.order_by("position").first()
    report(first, Milestone.BUILT, 1, unit="1")
    report(first, Milestone.BUILT, 2, unit="1")

    assert states(order)[1] == ProgressState.IN_PRODUCTION
    assert order_view(order).lines[0].units_built == 1


def test_a_late_fact_never_moves_an_order_back(order):
    for line in order.lines.all():
        for unit in range(line.quantity):
            report(line, Milestone.BUILT, line.pk * 10 + unit, unit=str(unit))

    assert report(order.lines.first(), Milestone.PLANNED, 999)
    assert set(states(order)) == {ProgressState.BUILT}


def test_the_customer_hears_of_each_step(order):
    report(order.lines.order_by("position").first(), Milestone.STEP_DONE, 1, detail="Paint")

    event = LiveEvent.objects.get(topic=f"order:{order.public_id}")
    assert (event.payload["milestone"], event.payload["detail"]) == ("step_done", "Paint")
    assert [(fact.milestone, fact.detail) for fact in order_view(order).lines[0].milestones] == [
        (Milestone.STEP_DONE, "Paint")
    ]


def test_a_fact_about_nothing_is_refused(order):
    with pytest.raises(UnknownOrderLine, match="no order line 4711"):
        order_milestone_record(
            source="s", boot_id=1, sequence=1, order_line_id=4711, unit="", milestone=Milestone.BUILT, at=NOW
        )


@pytest.mark.django_db(transaction=True)
def test_the_last_two_units_built_at_the_same_moment_complete_the_line(order):
    first = order.lines.order_by("position").first()

    results = at_once([lambda unit=unit: report(first, Milestone.BUILT, unit, unit=str(unit)) for unit in (1, 2)])

    assert results == [True, True]
    assert states(order)[1] == ProgressState.BUILT


@pytest.mark.django_db(transaction=True)
def test_one_fact_arriving_four_times_at_once_is_recorded_once(order):
    first = order.lines.order_by("position").first()

    results = at_once([lambda: report(first, Milestone.STARTED, 1)] * 4)

    assert sorted(results) == [False, False, False, True]
    assert OrderMilestone.objects.count() == 1
