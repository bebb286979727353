"""Negative and huge quantities: in forms, in the API, in the bill, in what a controller reports."""

import pytest
from django.core.management import CommandError, call_command

from configurator.models import Cart, CartLine, Order
from configurator.services.package import package_import
from foundation.api import Role
from planning.models import ProductionOrder, ProductionOrderState
from shopfloor.engine.events import EventKind
from shopfloor.models import ControllerEvent, Transfer
from tests.integration.bad_input.shop import contents, said
from tests.integration.configurator.conftest import BIKE, NOW
from tests.integration.shopfloor.paint_shop import build_floor

HUGE = ["1000", "99999999999999999999", "9" * 5000]
NOBODY_MEANS = [*HUGE, "0", "-1", "1.5", "1e3", "NaN", "Infinity", "", "two", "\x00"]


@pytest.mark.parametrize("quantity", NOBODY_MEANS)
def test_the_page_refuses_the_quantity_in_a_sentence(visit, quantity):
    answer = visit.client.get(visit.fill_cart(quantity)["Location"])

    assert CartLine.objects.count() == 0
    assert any(words in said(answer) for words in ("than or equal to", "whole number", "required", "Null characters"))


@pytest.mark.parametrize("quantity", NOBODY_MEANS)
def test_the_cart_keeps_its_quantity(visit, quantity):
    visit.fill_cart(2)
    line = CartLine.objects.get()

    answer = visit.client.post(f"/cart/{line.public_id}/", {"quantity": quantity}, follow=True)

    assert CartLine.objects.get().quantity == 2
    assert any(words in said(answer) for words in ("than or equal to", "whole number", "required", "Null characters"))


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**30, 1.5, "two", None, [1], True, "NaN"])
def test_the_api_refuses_the_quantity_with_its_field(release, api_client, quantity):
    machine = api_client("ada", Role.CUSTOMER)
    body = {"name": "Ada", "lines": [{"product": "bike", "quantity": quantity}]}

    answer = machine.post("/api/v1/orders/", body, format="json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400
    assert "quantity" in str(answer.data)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("body", ["{", '{"lines": NaN}', "[]", '"x"', "null", '{"name": "Ada", "lines": {"0": 1}}'])
def test_the_api_refuses_a_body_that_is_no_order(release, api_client, body):
    machine = api_client("ada", Role.CUSTOMER)

    answer = machine.post("/api/v1/orders/", body, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("if(shape = lowstep, 3 - 4, 4)", "less than nothing"),
        ("tube * 1000000 * 1000000", "more than"),
        ("if(shape = lowstep, 4 // (tube - tube), 4)", "zero"),
    ],
)
def test_a_formula_that_gives_no_quantity_is_not_published(release, formula, says):
    package_import(text=BIKE.replace("if(shape = lowstep, 3, 4)", formula), actor=None, now=NOW)
    before = contents("configurator")

    with pytest.raises(CommandError, match=says):
        call_command("publish_product", "bike")

    assert contents("configurator") == before


def test_the_largest_order_the_shop_takes_is_planned_or_blocked_in_a_sentence(workshop):
    order = workshop.production_order(quantity=999)

    assert order.state == ProductionOrderState.OPEN
    assert order.operations.count() == 3 * 999
    assert ProductionOrder.objects.count() == 1


def test_what_planning_would_not_take_over_is_not_promised(workshop, monkeypatch):
    monkeypatch.setattr("planning.services.orders.OPERATION_LIMIT", 100)
    monkeypatch.setattr("planning.promiser.OPERATION_LIMIT", 100)

    order = workshop.production_order(quantity=50)

    assert order.order_line.promised_at is None
    assert order.order_line.promise_reason == "So many at once cannot be planned as one order; order fewer at a time."
    assert order.state == ProductionOrderState.BLOCKED
    assert order.reason == "50 units are 150 operations, too many for one order."


def test_a_negative_count_of_a_controller_is_parked_in_sight(db):
    floor = build_floor()
    claim = floor.claimed(state="COMMITTED")

    floor.report(floor.event(1, EventKind.COMPLETED, claim.job_id, good=-1))

    assert ControllerEvent.objects.get().parked == "A count is negative."
    assert Transfer.objects.get().state == "COMMITTED"


def test_nothing_was_put_into_any_cart_by_a_number_nobody_means(visit):
    """Negative control: a number somebody means is taken."""
    visit.fill_cart("999")

    assert Cart.objects.get().lines.get().quantity == 999
