"""G2: capacity is never promised twice, neither by holds that race nor by a plan published meanwhile."""

import threading
from collections.abc import Callable

import pytest
from django.db.models import F

from configurator.api import Taken
from planning.loading import plant_floor
from planning.models import Bucket, Hold, HoldState, Plan
from planning.promiser import PlanPromiser
from planning.services import capacity
from planning.services.capacity import SlotRow, active_slots, bucket_needs
from planning.services.publish import plan_publish
from tests.integration.planning.test_promises import LATER, quote
from tests.integration.planning.workshop import MONDAY, Workshop
from tests.integration.promises.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]
CUSTOMERS = 8


def holds_at_once(last: object) -> list[object]:
    return at_once([lambda: PlanPromiser().hold(last, until=LATER, now=MONDAY)] * CUSTOMERS)


def oversold() -> bool:
    return Bucket.objects.filter(reserved__gt=F("capacity")).exists()


def test_of_eight_customers_one_gets_the_last_place(full_booth):
    _, last = full_booth

    answers = holds_at_once(last)

    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert sum(isinstance(answer, Taken) for answer in answers) == CUSTOMERS - 1
    assert not oversold()


def test_without_the_condition_all_eight_would_get_it(full_booth, monkeypatch):
    """Negative control of the test above: buckets take without looking at what is left."""
    _, last = full_booth
    monkeypatch.setattr(capacity, "F", lambda name: F(name) + (10**6 if name == "capacity" else 0))

    assert [type(answer) for answer in holds_at_once(last)] == [str] * CUSTOMERS
    assert oversold()


def ledger_is_right(workshop: Workshop, plan: Plan) -> bool:
    """Whether every bucket holds exactly what the plan and the holds beside it take."""
    floor = plant_floor(workshop.plant, MONDAY)
    planned = plan.assignments.values_list("station_id", "start", "end")
    slots = [SlotRow(station, start, end, "") for station, start, end in planned] + active_slots(floor)
    taken = {(row.station_id, row.day): row.reserved for row in Bucket.objects.filter(reserved__gt=0)}
    return taken == bucket_needs(floor, slots)


def publish_while_somebody_holds(workshop: Workshop, monkeypatch) -> Plan:
    """Publishing has counted the holds and has not written the buckets yet when a customer holds one more."""
    workshop.production_order()
    plan = workshop.draft()
    offered = quote(workshop, colour="black")
    counted, held = threading.Event(), threading.Event()
    count = capacity.active_slots

    def count_and_dawdle(floor: object) -> list[SlotRow]:
        slots = count(floor)
        counted.set()
        held.wait(2)
        return slots

    def hold() -> object:
        counted.wait(20)
        try:
            return PlanPromiser().hold(offered, until=LATER, now=MONDAY)
        finally:
            held.set()

    monkeypatch.setattr(capacity, "active_slots", count_and_dawdle)
    published, answer = at_once([lambda: plan_publish(plan=plan, actor=None, now=MONDAY), hold])
    monkeypatch.setattr(capacity, "active_slots", count)
    assert isinstance(published, Plan), published
    assert isinstance(answer, str), answer
    return published


def test_a_hold_taken_while_a_plan_is_published_is_counted(workshop, monkeypatch):
    plan = publish_while_somebody_holds(workshop, monkeypatch)

    assert ledger_is_right(workshop, plan)


class NoLedger:
    """The pointer of the live plan, which nobody has to take."""

    class objects:  # noqa: N801 - stands in for the manager
        @staticmethod
        def filter(**conditions: object) -> object:
            return type("Row", (), {"update": staticmethod(lambda **values: 1)})


def test_without_the_ledgers_row_such_a_hold_would_be_forgotten(workshop, monkeypatch):
    """Negative control of the test above."""
    monkeypatch.setattr(capacity, "LivePlan", NoLedger)

    plan = publish_while_somebody_holds(workshop, monkeypatch)

    assert not ledger_is_right(workshop, plan)


@pytest.fixture
def given_back(monkeypatch) -> Callable[..., list[object]]:
    """Publish a plan at the moment at which an order that is in it is cancelled."""

    def race(workshop: Workshop) -> list[object]:
        order = workshop.production_order()
        plan = workshop.draft()
        cancelling, publishing = threading.Event(), threading.Event()
        plant_of, rebuild = capacity._plant_of, capacity.plant_floor

        def cancel_in_the_middle(slots: object) -> object:
            cancelling.set()
            publishing.wait(2)
            return plant_of(slots)

        def publish_in_the_middle(*arguments: object) -> object:
            publishing.set()
            return rebuild(*arguments)

        monkeypatch.setattr(capacity, "_plant_of", cancel_in_the_middle)
        monkeypatch.setattr(capacity, "plant_floor", publish_in_the_middle)

        def publish() -> object:
            cancelling.wait(20)
            return plan_publish(plan=plan, actor=None, now=MONDAY)

        return at_once([lambda: PlanPromiser().cancel(order.order_line_id), publish])

    return race


def test_cancelling_an_order_and_publishing_its_plan_do_not_block_each_other(workshop, given_back):
    cancelled, published = given_back(workshop)

    assert cancelled is None
    assert isinstance(published, Plan), published
    assert Hold.objects.get().state in (HoldState.RELEASED, HoldState.PLANNED)
    assert not oversold()
