"""A scooter workshop: one product, two lines, three stations, orders and plans as a test wants them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from configurator.models import Order, OrderLine, Release
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from foundation.api import clock_start
from planning.models import (
    Assignment,
    LivePlan,
    Operation,
    OperationState,
    Plan,
    PlanState,
    Plant,
    ProductionOrder,
    Station,
)
from planning.services.orders import production_orders_pull
from planning.services.plant_package import plant_package_import
from planning.services.publish import plan_publish
from planning.services.solve import plan_request, solve_run

MONDAY = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)

PRODUCT = """
format: linewright-product/1
product: {code: scooter, name: Scooter, base_price: "300.00", root_item: SCOOTER}
sections: [{code: all, name: All}]
features:
  - {code: bell, name: Bell, section: all, flag: true}
items:
  - {code: SCOOTER, name: Scooter, made: true}
  - {code: LAMP, name: Lamp, made: false}
bill:
  - {parent: SCOOTER, item: LAMP, when: bell}
"""
PLANT = """
format: linewright-plant/1
plant: {code: shed, name: The shed, time_zone: UTC}
calendars:
  - code: day
    name: Day shift
    shifts: [{days: [mon, tue, wed, thu, fri], start: "06:00", end: "18:00"}]
lines:
  - {code: SHOP, name: Workshop, kind: cell}
  - {code: DOCK, name: Dock, kind: cell}
stations:
  - {code: BENCH-1, name: Bench 1, line: SHOP, calendar: day, capabilities: [build]}
  - {code: BENCH-2, name: Bench 2, line: SHOP, calendar: day, capabilities: [build]}
  - {code: PACK, name: Packing table, line: DOCK, calendar: day, capabilities: [pack]}
"""
ROUTING = """
routings:
  - item: SCOOTER
    operations:
      - {number: 10, name: Build scooter, capability: build, seconds: "3600"}
      - {number: 20, name: Pack scooter, capability: pack, seconds: "1200", after: [10]}
"""


@dataclass
class Workshop:
    """The workshop under test on Monday morning at six; its clock stands still."""

    plant: Plant
    release: Release
    placed: int = 0

    def order_line(self, *, due: timedelta = timedelta(days=3), quantity: int = 1, name: str = "") -> OrderLine:
        """A customer's accepted order, which planning has not looked at yet."""
        self.placed += 1
        number = f"2027-{self.placed:05}"
        order = Order.objects.create(
            number=number,
            name=name or f"Customer {self.placed}",
            placed_at=MONDAY,
            total=300,
            currency="EUR",
            idempotency_scope="test",
            idempotency_key=number,
            fingerprint="x",
        )
        return OrderLine.objects.create(
            order=order,
            position=1,
            release=self.release,
            choices={},
            selection={"bell": True},
            quantity=quantity,
            unit_price=300,
            promised_at=MONDAY + due,
        )

    def orders(self, count: int = 1, **more: object) -> list[ProductionOrder]:
        """So many new production orders."""
        lines = [self.order_line(**more) for _ in range(count)]
        production_orders_pull(now=MONDAY)
        return list(ProductionOrder.objects.filter(order_line__in=lines).order_by("pk"))

    def draft(self, *, late: timedelta | None = None, **more: object) -> Plan:
        """A draft on top of the live plan with all open operations one after the other, first unit first.

        With `late` every order's last operation ends so much after its promise.
        """
        pointer, _ = LivePlan.objects.get_or_create(plant=self.plant)
        number = Plan.objects.filter(plant=self.plant).count() + 1
        values = {"made_at": MONDAY, "metrics": {"objective": OBJECTIVE, "bound": OBJECTIVE, "late_orders": 0}}
        plan = Plan.objects.create(plant=self.plant, number=number, base=pointer.plan, **(values | more))
        rows = []
        for place, operation in enumerate(Operation.objects.exclude(state=OperationState.DONE)):
            start = MONDAY + timedelta(hours=2 * (place // 2) + place % 2)
            if late is not None:
                start = operation.production_order.due + late - timedelta(seconds=operation.seconds)
            station = Station.objects.filter(code="BENCH-1" if operation.capability == "build" else "PACK").get()
            end = start + timedelta(seconds=operation.seconds)
            rows.append(Assignment(plan=plan, operation=operation, station=station, start=start, end=end))
        Assignment.objects.bulk_create(rows)
        return plan

    def live(self, **more: object) -> Plan:
        """The same, published."""
        return plan_publish(plan=self.draft(**more), actor=None, now=MONDAY)

    def solved(self, seconds: int = 1) -> Plan:
        """A draft as the real solver makes it, in a child process."""
        run = solve_run(
            public_id=plan_request(plant=self.plant, budget_seconds=seconds, actor=None, now=MONDAY).public_id
        )
        assert run is not None
        assert run.plan is not None, run.message
        return run.plan


OBJECTIVE = {
    "unplanned": 0,
    "broken_promises": 0,
    "weighted_tardiness": 0,
    "changeover": 0,
    "makespan": 36000,
    "earliness": 0,
}


def build_workshop(*, routed: bool = True) -> Workshop:
    """The workshop; without its routing every order is blocked."""
    clock_start(at=MONDAY, speed=0)
    plant = plant_package_import(source=PLANT + (ROUTING if routed else ""), actor=None, now=MONDAY)
    product = package_import(text=PRODUCT, actor=None, now=MONDAY)
    return Workshop(plant, release_publish(product=product, actor=None, now=MONDAY))


def learn_routing() -> None:
    """Import the plant again, now with the routing."""
    plant_package_import(source=PLANT + ROUTING, actor=None, now=MONDAY)


__all__ = ["MONDAY", "PlanState", "Workshop", "build_workshop", "learn_routing"]
