"""Codes and names as long as a product may have: planning takes such an order over like any other."""

from configurator.services.package import package_import
from configurator.services.publish import release_publish
from planning.models import ProductionOrderState
from planning.services.plant_package import plant_package_import
from tests.integration.planning.workshop import MONDAY, PLANT, PRODUCT, Workshop

LONG_CODE = "SHADE-" + "X" * 190
LONG_NAME = "n" * 300


def test_an_order_with_the_longest_words_is_taken_over(workshop: Workshop):
    text = PRODUCT.replace("item: SHADE", f"item: {LONG_CODE}")
    text = text.replace("code: SHADE, name: Shade", f"code: {LONG_CODE}, name: {LONG_NAME}")
    text = text.replace("name: Lamp, text", f"name: {LONG_NAME}, text")
    plant_package_import(source=PLANT.replace("item: SHADE", f"item: {LONG_CODE}"), actor=None, now=MONDAY)
    product = package_import(text=text, actor=None, now=MONDAY)
    workshop.release = release_publish(product=product, actor=None, now=MONDAY)

    order = workshop.production_order()

    assert (order.state, order.reason) == (ProductionOrderState.OPEN, "")
    assert order.product_name == LONG_NAME
    assert LONG_CODE in order.operations.get(position=0).path
