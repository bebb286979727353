"""A part that no line can make: found at publishing; and when the plant forgets how later, its order says so."""

import pytest
from django.core.management import CommandError, call_command

from configurator.models import Order, Release
from configurator.services.package import package_import
from foundation.roles import Role
from planning.models import Operation, ProductionOrder, ProductionOrderState, Routing, RoutingOperation
from planning.services.orders import production_orders_pull
from planning.services.plant_package import plant_package_import
from tests.integration.bad_input.shop import contents, said
from tests.integration.planning.workshop import MONDAY, PLANT, PRODUCT


@pytest.fixture
def routing_check(settings) -> None:
    settings.RELEASE_CHECKS = ["planning.release_check.RoutingCheck"]


def test_a_made_item_without_routing_is_not_published(workshop, routing_check):
    shade = "  - {parent: LAMP, item: SHADE"
    with_foot = PRODUCT.replace("bill:\n", "  - {code: FOOT, name: Foot, made: true}\nbill:\n").replace(
        shade, f"  - {{parent: LAMP, item: FOOT}}\n{shade}"
    )
    package_import(text=with_foot, actor=None, now=MONDAY)
    before = contents("configurator")

    with pytest.raises(CommandError, match=r"No routing says how Foot \(FOOT\) is made\."):
        call_command("publish_product", "lamp")

    assert contents("configurator") == before


def test_a_step_that_no_station_offers_is_not_published(workshop, routing_check):
    RoutingOperation.objects.filter(routing__item_code="SHADE").update(capability="gild")
    package_import(text=PRODUCT.replace('"90.00"', '"95.00"'), actor=None, now=MONDAY)

    with pytest.raises(CommandError, match="No station offers 'gild', which Paint the shade of Shade needs"):
        call_command("publish_product", "lamp")

    assert Release.objects.count() == 1


def test_an_order_whose_routing_vanished_is_blocked_in_a_sentence_and_goes_on_when_it_is_back(workshop, client, person):
    line = workshop.order()
    Routing.objects.filter(item_code="SHADE").delete()

    assert production_orders_pull(now=MONDAY) == 1

    order = ProductionOrder.objects.get(order_line=line)
    client.force_login(person("petra", Role.PLANNER))
    assert order.state == ProductionOrderState.BLOCKED
    assert "SHADE" in order.reason
    assert order.reason in said(client.get(f"/planner/orders/{order.number}/"))
    assert Operation.objects.count() == 0
    assert Order.objects.count() == 1

    plant_package_import(source=PLANT, actor=None, now=MONDAY)
    client.post(f"/planner/orders/{order.number}/retry/")

    order.refresh_from_db()
    assert (order.state, order.reason) == (ProductionOrderState.OPEN, "")
    assert order.operations.count() == 3
