"""A small paint shop with one controller and two booths, and orders planned on it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from configurator.models import Order, OrderLine, Product, Release
from planning.models import Assignment, Calendar, Line, LivePlan, Operation, Plan, Plant, ProductionOrder, Station
from planning.models.plan import PlanState
from shopfloor import api
from shopfloor.engine.events import EventKind, RingEvent, to_milliseconds
from shopfloor.models import Controller, Transfer

MONDAY = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)
WALL = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HORIZON = timedelta(hours=2)
LINE_PACKAGE = """
format: linewright-line/1
controllers:
  - {code: PAINT, host: 127.0.0.1, port: 5021, profile: lw-compact, channels: [BOOTH-1, BOOTH-2]}
recipes:
  - code: coat
    name: Coat a frame
    phases: [hang, coat, bake]
    formula:
      - {name: film, value: "40 + 20 * coats", unit: um, register: u16, minimum: 40, maximum: 120}
      - {name: colour, value: "if(colour = sand, 1, 2)", register: u16}
      - {name: oven, value: "1805", unit: K/10, register: f32}
"""


@dataclass
class Floor:
    """The paint shop under test; it plans operations one after the other."""

    plant: Plant
    plan: Plan
    numbers: count = field(default_factory=lambda: count(4155))

    def order_line(self, quantity: int = 1) -> OrderLine:
        number = f"A{next(self.numbers)}"
        product, _ = Product.objects.get_or_create(code="city", defaults={"name": "City", "root_item": "BIKE"})
        release, _ = Release.objects.get_or_create(
            product=product,
            number=1,
            defaults={"package": {}, "content_hash": "x", "engine": "test", "published_at": MONDAY},
        )
        order = Order.objects.create(
            number=number,
            name="A customer",
            placed_at=MONDAY,
            total=0,
            currency="EUR",
            idempotency_scope="test",
            idempotency_key=number,
            fingerprint="x",
        )
        return OrderLine.objects.create(
            order=order,
            position=1,
            release=release,
            choices={},
            selection={"colour": "sand"},
            quantity=quantity,
            unit_price=0,
            promised_at=MONDAY + timedelta(days=3),
        )

    def order(self, quantity: int = 1) -> ProductionOrder:
        line = self.order_line(quantity)
        return ProductionOrder.objects.create(
            order_line=line,
            number=line.order.number[1:],
            order_number=line.order.number,
            product_code="city",
            product_name="City",
            quantity=quantity,
            due=MONDAY + timedelta(days=3),
            taken_at=MONDAY,
        )

    def operation(
        self, station: str = "BOOTH-1", *, order: ProductionOrder | None = None, unit: int = 1, **changes: object
    ) -> Operation:
        """One operation in the live plan, by default the coating of a sand frame that starts on Monday at six."""
        order = order or self.order()
        start = changes.pop("start", MONDAY)
        values = {
            "path": "BIKE/FRAME",
            "item_code": "FRAME",
            "item_name": "Frame",
            "position": Operation.objects.filter(production_order=order, unit_number=unit).count(),
            "step_number": 10,
            "name": "Coat",
            "capability": "paint",
            "recipe": "coat",
            "parameters": {"coats": 2, "colour": "sand"},
            "seconds": 600,
        }
        operation = Operation.objects.create(production_order=order, unit_number=unit, **(values | changes))
        Assignment.objects.create(
            plan=self.plan,
            operation=operation,
            station=Station.objects.get(code=station),
            start=start,
            end=start + timedelta(seconds=operation.seconds),
        )
        return operation

    def released(self, station: str = "BOOTH-1", **changes: object) -> Transfer:
        """The transfer of one operation that was just released."""
        operation = self.operation(station, **changes)
        assert api.recipes_release(now=MONDAY, horizon=HORIZON) == 1
        return Transfer.objects.get(control_recipe__operation=operation)

    def queued_behind(self, transfer: Transfer, *, planned_start: datetime) -> Transfer:
        """Another transfer in the same channel, as a second gateway's release might leave it."""
        recipe = transfer.control_recipe
        recipe.pk, recipe.job_id, recipe.attempt = None, uuid4(), recipe.attempt + 1
        recipe.save()
        return Transfer.objects.create(
            control_recipe=recipe,
            channel=transfer.channel,
            planned_start=planned_start,
            created_at=MONDAY,
            changed_at=MONDAY,
        )

    def claimed(self, station: str = "BOOTH-1", state: str = "PENDING", **changes: object) -> api.ClaimedTransfer:
        """A transfer that gateway-1 holds, moved on to `state`."""
        self.released(station, **changes)
        (claim,) = api.transfers_claim(gateway="gateway-1", now=MONDAY, wall=WALL)
        for step in {"STAGED": ["STAGED"], "VERIFIED": ["VERIFIED"], "COMMITTED": ["COMMITTED"]}.get(state, []):
            assert advance(claim, step)
        return claim

    def event(self, sequence: int, kind: EventKind, job_id: UUID, at: datetime = MONDAY, **counts: int) -> RingEvent:
        return RingEvent(
            boot_id=7,
            sequence=sequence,
            kind=kind,
            channel=0,
            job_id=job_id,
            at_milliseconds=to_milliseconds(at),
            **counts,
        )

    def report(self, *events: RingEvent, now: datetime = MONDAY) -> int:
        controller = Controller.objects.get(code="PAINT")
        return api.events_ingest(controller_id=controller.pk, boot_id=7, events=events, now=now)


def advance(claim: api.ClaimedTransfer, state: str, **more: object) -> bool:
    """Move a claimed transfer on as its gateway would."""
    more.setdefault("wall", WALL)
    return api.transfer_advance(transfer_id=claim.transfer_id, token=claim.token, state=state, now=MONDAY, **more)


def build_floor() -> Floor:
    plant = Plant.objects.create(code="velo", name="Velo", time_zone="Europe/Berlin")
    calendar = Calendar.objects.create(plant=plant, code="early", name="Early shift")
    line = Line.objects.create(plant=plant, code="paint", name="Paint line")
    for position, code in enumerate(("BOOTH-1", "BOOTH-2", "MASK")):
        Station.objects.create(
            line=line, calendar=calendar, code=code, name=code.title(), capabilities=["paint"], position=position
        )
    plan = Plan.objects.create(plant=plant, number=218, state=PlanState.LIVE, made_at=MONDAY)
    LivePlan.objects.create(plant=plant, plan=plan)
    api.line_package_import(source=LINE_PACKAGE, actor=None, now=MONDAY)
    return Floor(plant, plan)
