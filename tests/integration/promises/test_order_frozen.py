"""G7: price, rules and bill of an order are those of the moment it was placed, whatever the draft becomes."""

import pytest

from configurator.api import bill_explode
from configurator.models import OrderLine, Product
from configurator.selectors import bill_of, order_view
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from planning.models import ProductionOrder
from planning.services.orders import production_orders_pull
from planning.services.plant_package import plant_package_import
from tests.integration.planning.workshop import MONDAY, PLANT, PRODUCT, Workshop

pytestmark = pytest.mark.django_db

FOOT = """  - {code: FOOT, name: Foot, made: false}
bill:
  - {parent: LAMP, item: FOOT, quantity: "3"}
"""


def change_everything(workshop: Workshop) -> None:
    """A dearer product under other rules, with another bill, and a plant that works more slowly."""
    changed = PRODUCT.replace('"90.00"', '"190.00"').replace('"20.00"', '"120.00"').replace("bill:\n", FOOT)
    changed = changed.replace(
        "items:\n", 'rules:\n  - {code: R1, rule: "bulb != rare or height < 400", text: "Too hot."}\nitems:\n', 1
    )
    product = package_import(text=changed, actor=None, now=MONDAY)
    assert release_publish(product=product, actor=None, now=MONDAY).number == 2


def facts(line: OrderLine) -> tuple[object, ...]:
    """All that a customer was told of an order line, and what it is made of."""
    line = OrderLine.objects.select_related("order", "release").get(pk=line.pk)
    bill = [(node.item.code, node.quantity, dict(node.parameters)) for node in bill_of(line).walk()]
    values = OrderLine.objects.filter(pk=line.pk).values("selection", "choices", "quantity", "unit_price", "release_id")
    return (values.get(), line.promised_at, line.promise_reason, line.order.total, bill, order_view(line.order))


def test_an_order_stays_what_it_was_when_price_rules_and_bill_change(workshop):
    line = workshop.order(bulb="rare")
    before = facts(line)

    change_everything(workshop)

    assert facts(line) == before


def test_an_order_is_planned_by_the_bill_it_was_sold_with(workshop):
    line = workshop.order(bulb="rare")
    change_everything(workshop)

    production_orders_pull(now=MONDAY)

    order = ProductionOrder.objects.get(order_line=line)
    materials = {code for operation in order.operations.all() for code in operation.materials}
    assert order.due == line.promised_at
    assert materials == {"BULB-RARE"}


def test_a_plant_that_becomes_slower_moves_no_promise(workshop):
    line = workshop.order()
    promised = line.promised_at

    plant_package_import(source=PLANT.replace('"1200"', '"7200"'), actor=None, now=MONDAY)
    production_orders_pull(now=MONDAY)

    line.refresh_from_db()
    assert line.promised_at == promised == ProductionOrder.objects.get(order_line=line).due


def test_read_by_todays_release_the_order_would_be_another(workshop):
    """Negative control: it is the frozen release that keeps the bill."""
    line = workshop.order(bulb="rare")
    change_everything(workshop)

    today = bill_explode(Product.objects.get().current_release_id, line.selection)

    assert "FOOT" in {node.item.code for node in today.walk()}
    assert "FOOT" not in {node.item.code for node in bill_of(line).walk()}
