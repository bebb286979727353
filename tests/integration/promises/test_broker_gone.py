"""G5: losing the broker loses nothing. The rows are the queue; a message is only a wake-up."""

import pytest
from celery import Celery
from django.test import Client
from kombu.exceptions import OperationalError

from configurator.models import Order
from foundation.roles import Role
from planning import tasks
from planning.models import Plan, ProductionOrder, SolveRun, SolveState
from planning.services import wake
from tests.integration.bad_input.shop import Visit, said

pytestmark = pytest.mark.django_db(transaction=True)


NOWHERE = Celery("nowhere", broker="amqp://guest:guest@127.0.0.1:1//", set_as_current=False)


@pytest.fixture
def no_broker(monkeypatch) -> None:
    """The broker's address refuses every connection."""
    monkeypatch.setattr(wake, "current_app", NOWHERE)


@pytest.fixture
def console(client, person) -> Client:
    client.force_login(person("petra", Role.PLANNER))
    return client


def test_the_broker_is_really_gone(db):
    """Negative control of this file: sending a message fails."""
    with pytest.raises(OperationalError):
        NOWHERE.send_task("planning.tasks.solve", ["x"], queue="solve", retry=False)


def test_a_plan_asked_for_without_a_broker_is_made_at_the_next_tick(workshop, console, no_broker):
    workshop.order()

    answer = console.post("/planner/plans/make/", {"seconds": "10"}, follow=True)

    assert answer.status_code == 200
    run = SolveRun.objects.get()
    assert run.state == SolveState.QUEUED
    SolveRun.objects.update(budget_seconds=1)
    assert tasks.solve_waiting() == SolveState.DONE
    assert Plan.objects.get().assignments.count() == 3
    assert tasks.solve_waiting() == "nothing waits"


def test_without_the_row_such_a_request_would_be_lost(workshop, console, no_broker, monkeypatch):
    """Negative control: were the message the queue, nothing would be left to work off."""
    workshop.order()
    console.post("/planner/plans/make/", {"seconds": "10"})
    SolveRun.objects.all().delete()

    assert tasks.solve_waiting() == "nothing waits"
    assert Plan.objects.count() == 0


def test_if_the_lost_wake_up_were_an_error_the_page_would_fail(workshop, console, no_broker, monkeypatch):
    """Negative control: it is the wake-up's own care that keeps the planner's request alive."""
    workshop.order()
    monkeypatch.setattr(wake, "OperationalError", ZeroDivisionError)

    with pytest.raises(OperationalError):
        console.post("/planner/plans/make/", {"seconds": "10"})


def test_a_customer_orders_without_a_broker_and_planning_takes_the_order(workshop, no_broker):
    visit = Visit(Client()).begin("lamp")
    visit.fill_cart()
    visit.client.post("/checkout/hold/")

    answer = visit.check_out("key")

    order = Order.objects.get()
    assert order.number in said(answer)
    assert tasks.housekeeping()["taken"] == 1
    assert ProductionOrder.objects.get().order_number == order.number
