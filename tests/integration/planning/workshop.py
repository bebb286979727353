"""A small lamp workshop: one product, three stations, a paint booth that changes colour."""

from datetime import UTC, datetime

from configurator.models import Order, OrderLine, Release
from configurator.services.cart import cart_add, cart_open, promise_hold
from configurator.services.configuration import choice_make, configuration_start
from configurator.services.order import Contact, order_place
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from foundation.api import clock_start
from planning.models import Operation, Plan, Plant, ProductionOrder, SolveRun
from planning.services.feedback import FactKind, OperationFact
from planning.services.orders import production_orders_pull
from planning.services.plant_package import plant_package_import
from planning.services.publish import plan_publish
from planning.services.solve import plan_request, solve_run

MONDAY = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)

PRODUCT = """
format: linewright-product/1
product: {code: lamp, name: Lamp, text: A lamp., currency: EUR, base_price: "90.00", root_item: LAMP}
sections: [{code: look, name: Look}]
features:
  - code: colour
    name: Colour
    section: look
    default: white
    options:
      - {code: white, name: White}
      - {code: black, name: Black}
  - code: bulb
    name: Bulb
    section: look
    default: warm
    options:
      - {code: warm, name: Warm}
      - {code: rare, name: Rare, price: "20.00"}
parameters:
  - {code: height, name: Height, section: look, unit: mm, minimum: 300, maximum: 900, step: 100, default: 500}
items:
  - {code: LAMP, name: Lamp, made: true, parameters: [height]}
  - {code: SHADE, name: Shade, made: true, parameters: [colour]}
  - {code: BULB-WARM, name: Warm bulb, made: false}
  - {code: BULB-RARE, name: Rare bulb, made: false}
bill:
  - {parent: LAMP, item: SHADE, quantity: "1", with: {colour: colour}}
  - {parent: LAMP, item: BULB-WARM, quantity: "1", when: "bulb = warm"}
  - {parent: LAMP, item: BULB-RARE, quantity: "1", when: "bulb = rare"}
"""

PLANT = """
format: linewright-plant/1
plant: {code: workshop, name: Lamp workshop, time_zone: UTC}
calendars:
  - code: day
    name: Day shift
    shifts: [{days: [mon, tue, wed, thu, fri], start: "06:00", end: "14:00"}]
lines:
  - {code: PAINT, name: Paint, kind: batch}
  - {code: BENCH, name: Benches, kind: cell}
stations:
  - {code: BOOTH, name: Booth, line: PAINT, calendar: day, capabilities: [paint]}
  - {code: BENCH-1, name: Bench 1, line: BENCH, calendar: day, capabilities: [assemble]}
  - {code: BENCH-2, name: Bench 2, line: BENCH, calendar: day, capabilities: [assemble, test]}
changeovers:
  - {code: COLOUR, attribute: colour, stations: [BOOTH], default_minutes: 20}
routings:
  - item: SHADE
    operations: [{number: 10, name: Paint the shade, capability: paint, seconds: "1200", family: colour}]
  - item: LAMP
    operations:
      - {number: 10, name: Assemble, capability: assemble, seconds: "600 + height"}
      - {number: 20, name: Test, capability: test, seconds: "300", after: [10]}
stock: [{item: BULB-WARM, quantity: 1000}, {item: BULB-RARE, quantity: 0}]
supply: [{item: BULB-RARE, quantity: 5, due: "2027-05-12T08:00:00+00:00"}]
"""


class Workshop:
    """The workshop with its product on sale, and what its people do in tests."""

    def __init__(self, plant_text: str = PLANT, product_text: str = PRODUCT) -> None:
        clock_start(at=MONDAY, speed=0)
        self.plant: Plant = plant_package_import(source=plant_text, actor=None, now=MONDAY)
        product = package_import(text=product_text, source="lamp.yaml", actor=None, now=MONDAY)
        self.release: Release = release_publish(product=product, actor=None, now=MONDAY)
        self.customers = 0

    def order(self, quantity: int = 1, **choices: object) -> OrderLine:
        """One placed order line; choices as feature=value."""
        self.customers += 1
        session = f"customer-{self.customers}"
        configuration = configuration_start(release=self.release, owner=None, session_key=session, now=MONDAY)
        for feature, value in choices.items():
            change = choice_make(
                public_id=configuration.public_id,
                revision=configuration.revision,
                feature=feature,
                value=value,
                now=MONDAY,
            )
            configuration = change.configuration
        cart = cart_open(owner=None, session_key=session, now=MONDAY)
        cart_add(cart=cart, configuration=configuration, quantity=quantity, now=MONDAY)
        promise_hold(cart=cart, now=MONDAY)
        placed: Order = order_place(cart=cart, key=session, contact=Contact(name="Ada"), actor=None, now=MONDAY)
        return placed.lines.get()

    def production_order(self, quantity: int = 1, **choices: object) -> ProductionOrder:
        """One order taken over by planning."""
        line = self.order(quantity, **choices)
        production_orders_pull(now=MONDAY)
        return ProductionOrder.objects.get(order_line=line)

    def solved(self, seconds: int = 1) -> SolveRun:
        """A run that has ended, by a real solver process."""
        run = plan_request(plant=self.plant, budget_seconds=seconds, actor=None, now=MONDAY)
        ended = solve_run(public_id=run.public_id)
        assert ended is not None
        return ended

    def draft(self) -> Plan:
        """A plan that is not published yet."""
        run = self.solved()
        assert run.plan is not None, run.message
        return Plan.objects.select_related("plant", "base").get(pk=run.plan_id)

    def live(self) -> Plan:
        """A published plan of all open orders."""
        return plan_publish(plan=self.draft(), actor=None, now=MONDAY)


def fact(operation: Operation, kind: FactKind, sequence: int, at: datetime = MONDAY, **values: object) -> OperationFact:
    """What controller C says of the operation."""
    return OperationFact(
        source="C", boot_id=7, sequence=sequence, operation_id=operation.pk, kind=kind, at=at, **values
    )
