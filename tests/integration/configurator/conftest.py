"""A small bicycle that is imported, published and sold in these tests."""

from datetime import UTC, datetime

import pytest

from configurator.models import Cart, Product, Release
from configurator.services.cart import cart_add, cart_open
from configurator.services.configuration import configuration_start
from configurator.services.package import package_import
from configurator.services.publish import release_publish

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

BIKE = """
format: linewright-product/1
product: {code: bike, name: Bike, text: "Rides.", base_price: "1000.00", root_item: BIKE, picture: bike.svg}
sections:
  - {code: frame, name: Frame}
  - {code: carry, name: Carry}
features:
  - code: frame
    name: Frame
    section: frame
    default: diamond
    options:
      - {code: diamond, name: Diamond frame, parts: [frame-diamond]}
      - {code: lowstep, name: Low-step frame, price: "50.00", parts: [frame-low]}
  - code: motor
    name: Motor
    section: frame
    default: small
    options:
      - {code: small, name: 65 Nm}
      - {code: big, name: 85 Nm, price: "320.00"}
  - code: battery
    name: Battery
    section: frame
    default: f400
    options:
      - {code: f400, name: "400 Wh, in the frame"}
      - {code: f630, name: "630 Wh, in the frame", price: "180.00"}
      - {code: rack500, name: "500 Wh, in the rack", price: "90.00", parts: [battery-rack]}
  - code: seat
    name: Child seat
    section: carry
    default: none
    options:
      - {code: none, name: No child seat}
      - {code: rear, name: Child seat behind, price: "140.00", parts: [child-seat]}
  - {code: lights, name: Lights, section: carry, flag: true, default: true, price: "40.00", parts: [lights]}
parameters:
  - {code: rider_height, name: Rider height, section: frame, unit: cm, minimum: 150, maximum: 200, default: 172}
rules:
  - {code: R1, rule: "motor = big implies battery != f400", text: "The big motor empties the small battery too fast."}
  - {code: R2, rule: "seat = rear implies battery != rack500",
     text: "The rack battery and the child seat need the same place."}
  - {code: R3, rule: "frame = lowstep implies rider_height <= 190", text: "The low-step frame ends at 190 cm."}
tables:
  - {code: T1, text: "The low-step frame has no room for the rack battery.", columns: [frame, battery],
     rows: [[diamond, f400], [diamond, f630], [diamond, rack500], [lowstep, f400], [lowstep, f630]]}
items:
  - {code: BIKE, name: Bike, made: true}
  - {code: FRAME, name: Frame, made: true, parameters: [shape, tube]}
  - {code: TUBE, name: Tube, made: false}
  - {code: SEAT, name: Child seat, made: false}
  - {code: LAMP, name: Lamp, made: false}
bill:
  - {parent: BIKE, item: FRAME, with: {shape: frame, tube: "rider_height * 3 - 20"}}
  - {parent: FRAME, item: TUBE, quantity: "if(shape = lowstep, 3, 4)"}
  - {parent: BIKE, item: SEAT, when: "seat = rear"}
  - {parent: BIKE, item: LAMP, quantity: 2, when: lights}
"""


@pytest.fixture(autouse=True)
def no_factory(settings) -> None:
    """The shop alone: no plan, no line. What the factory adds is tested where it is built."""
    settings.PROMISER = ""
    settings.RELEASE_CHECKS = []
    settings.ORDER_PROGRESS = ""


@pytest.fixture
def bike(db) -> Product:
    return package_import(text=BIKE, source="bike.yaml", actor=None, now=NOW)


@pytest.fixture
def release(bike: Product) -> Release:
    return release_publish(product=bike, actor=None, now=NOW)


@pytest.fixture
def cart(release: Release) -> Cart:
    """A guest's cart with one bicycle that has a child seat."""
    configuration = configuration_start(
        release=release, owner=None, session_key="guest", now=NOW, choices={"seat": "rear"}
    )
    cart = cart_open(owner=None, session_key="guest", now=NOW)
    cart_add(cart=cart, configuration=configuration, quantity=2, now=NOW)
    return cart
