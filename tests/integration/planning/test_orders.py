"""From accepted orders to operations."""

from configurator.models import OrderLine
from planning.models import Operation, ProductionOrder, ProductionOrderState, Routing, Station
from planning.services.orders import production_order_retry, production_orders_pull
from tests.integration.planning.workshop import MONDAY, PRODUCT, Workshop


def test_an_order_becomes_operations_unit_by_unit(workshop: Workshop):
    order = workshop.production_order(quantity=2, height=700)

    steps = order.operations.order_by("unit_number", "position").values_list("unit_number", "name", "seconds")
    unit = [("Paint the shade", 1200), ("Assemble", 1300), ("Test", 300)]
    assert list(steps) == [(number, name, seconds) for number in (1, 2) for name, seconds in unit]


def test_the_bill_decides_what_comes_before_what(workshop: Workshop):
    order = workshop.production_order()

    assemble = order.operations.get(name="Assemble")
    assert [operation.name for operation in assemble.predecessors.all()] == ["Paint the shade"]
    assert [operation.name for operation in assemble.successors.all()] == ["Test"]


def test_the_family_and_the_material_come_from_the_item(workshop: Workshop):
    order = workshop.production_order(colour="black", bulb="rare")

    assert order.operations.get(name="Paint the shade").family == "black"
    assert order.operations.get(name="Assemble").materials == {"BULB-RARE": 1}


def test_scrap_is_rounded_up_once_for_all_units_of_an_order(db):
    fragile = PRODUCT.replace("name: Warm bulb, made: false", 'name: Warm bulb, made: false, scrap: "2.5"')

    order = Workshop(product_text=fragile).production_order(quantity=4)

    taken = order.operations.filter(name="Assemble").order_by("unit_number").values_list("materials", flat=True)
    assert list(taken) == [{"BULB-WARM": 2}, {"BULB-WARM": 1}, {"BULB-WARM": 1}, {"BULB-WARM": 1}]


def test_a_phantom_has_no_operations_and_what_it_needs_is_needed_by_its_parent(db):
    light = PRODUCT.replace("bill:", "  - {code: LIGHT, name: Light, made: true, phantom: true}\nbill:").replace(
        "parent: LAMP, item: BULB-RARE", "parent: LIGHT, item: BULB-RARE"
    )

    order = Workshop(product_text=light + "  - {parent: LAMP, item: LIGHT}\n").production_order(bulb="rare")

    assert order.state == ProductionOrderState.OPEN
    assert order.operations.count() == 3
    assert order.operations.get(name="Assemble").materials == {"BULB-RARE": 1}


def test_an_order_is_taken_over_once(workshop: Workshop):
    workshop.order()

    assert [production_orders_pull(now=MONDAY), production_orders_pull(now=MONDAY)] == [1, 0]
    assert ProductionOrder.objects.count() == 1


def test_the_due_date_is_the_promise(workshop: Workshop):
    line: OrderLine = workshop.order()
    production_orders_pull(now=MONDAY)

    assert ProductionOrder.objects.get().due == line.promised_at


def test_an_item_nobody_can_make_blocks_its_order_and_no_other(workshop: Workshop):
    workshop.order()
    Routing.objects.filter(item_code="SHADE").delete()

    production_orders_pull(now=MONDAY)

    order = ProductionOrder.objects.get()
    assert order.state == ProductionOrderState.BLOCKED
    assert order.reason == "No routing says how Shade (SHADE) is made."
    assert not Operation.objects.exists()


def test_a_capability_no_station_offers_blocks_the_order(workshop: Workshop):
    workshop.order()
    Station.objects.filter(code="BOOTH").update(capabilities=["sand"])

    production_orders_pull(now=MONDAY)

    assert ProductionOrder.objects.get().reason == "No station offers 'paint', which Paint the shade of Shade needs."


def test_a_duration_below_zero_blocks_the_order(workshop: Workshop):
    workshop.order()
    routing = Routing.objects.get(item_code="LAMP")
    routing.operations.filter(number=10).update(seconds="height - 900")

    production_orders_pull(now=MONDAY)

    assert "comes out as -400 s; it must be a positive number" in ProductionOrder.objects.get().reason


def test_a_circle_in_a_routing_blocks_the_order_and_names_it(workshop: Workshop):
    workshop.order()
    Routing.objects.get(item_code="LAMP").operations.filter(number=10).update(after=[20])

    production_orders_pull(now=MONDAY)

    assert "wait for each other in a circle" in ProductionOrder.objects.get().reason


def test_a_mended_routing_opens_the_order_again(workshop: Workshop):
    workshop.order()
    Station.objects.filter(code="BOOTH").update(capabilities=["sand"])
    production_orders_pull(now=MONDAY)
    Station.objects.filter(code="BOOTH").update(capabilities=["paint"])

    order = production_order_retry(order=ProductionOrder.objects.get(), now=MONDAY)

    assert (order.state, order.reason, order.operations.count()) == (ProductionOrderState.OPEN, "", 3)
