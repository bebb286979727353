"""The loop once, to its end, without an audience: click, bill, plan, recipe on a line, feedback, built."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from config.demo.customers import order_as_customer
from config.demo.factory import Factory, controllers_start, factory_load, gateway_start, monday_morning, plant_load
from config.demo.pacing import EventPacer
from config.demo.processes import ProcessFamily
from config.demo.pulse import plant_pulse
from config.demo.validity import obeys_all_rules
from config.embedded import EmbeddedWorker
from configurator.api import bill_explode
from configurator.models import Order, OrderLine, Release
from foundation.api import clock_start, plant_now
from planning.models import Operation, Plan, Plant, ProductionOrder, ProductionOrderState, SolveRun, SolveState
from planning.services.check import plan_violations
from planning.services.orders import production_orders_pull
from planning.services.publish import plan_publish
from planning.services.solve import plan_request
from planning.tasks import solve
from shopfloor.models import ControlRecipe, Transfer, TransferState, TransferStep

POLL_SECONDS = 0.02
PULSE_SECONDS = 0.025
HORIZON_MINUTES = 8
STUCK_SECONDS = 45.0


class LoopBroken(RuntimeError):
    """The loop did not come to its end; the message is the sentence why."""


@dataclass
class Stopwatch:
    """Seconds per stage."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = round(time.perf_counter() - begun, 2)


@dataclass(frozen=True)
class Request:
    """What to run: so many orders of a factory's products, by seed."""

    factory: Factory
    orders: int
    seed: int
    plan_seconds: int


def run_once(request: Request, family: ProcessFamily, watch: Stopwatch, say: Any) -> dict[str, Any]:
    """The report of one whole loop; raises `LoopBroken`."""
    clock_start(at=monday_morning(Plant(time_zone="UTC")), speed=1.0)
    with watch.stage("load"):
        plant = plant_load(request.factory, plant_now())
        clock_start(at=monday_morning(plant), speed=1.0)
        releases = factory_load(request.factory, plant_now())
    # The line comes up meanwhile: the controllers while customers order, the gateway while the plan is made.
    children = controllers_start(family, settings.LINEWRIGHT_HOME / "controllers")
    with watch.stage("orders"):
        say(f"{request.orders} customers configure and order ...")
        orders = _orders(request, releases)
        valid = sum(obeys_all_rules(line) for line in _lines(orders))
        bom_lines = sum(_bom_lines(line) for line in _lines(orders))
    children.append(gateway_start(family, POLL_SECONDS, HORIZON_MINUTES))
    with watch.stage("plan"):
        say("Planning ...")
        plan = _plan(plant, request)
        wrong = plan_violations(plan=plan)
        plan_publish(plan=plan, actor=None, now=plant_now())
    family.wait_until_ready(children)
    with watch.stage("build"):
        say("Building ...")
        _build(family, say)
    return _report(orders, plan, wrong, valid, bom_lines)


def _orders(request: Request, releases: tuple[Release, ...]) -> list[Order]:
    dice = random.Random(request.seed)  # noqa: S311 - a repeatable demonstration, not a secret
    return [
        order_as_customer(dice=dice, releases=releases, number=number, now=plant_now())
        for number in range(request.orders)
    ]


def _lines(orders: list[Order]) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order__in=orders).select_related("release"))


def _bom_lines(line: OrderLine) -> int:
    return sum(1 for _ in bill_explode(line.release_id, line.selection).walk())


def _plan(plant: Plant, request: Request) -> Plan:
    """Ask for a plan as the planner's page does, and wait for the worker."""
    production_orders_pull(now=plant_now())
    blocked = ProductionOrder.objects.filter(state=ProductionOrderState.BLOCKED).first()
    if blocked is not None:
        raise LoopBroken(f"{blocked.number} is blocked: {blocked.reason}")
    worker = EmbeddedWorker(concurrency=1)
    worker.start()
    try:
        run = plan_request(
            plant=plant, budget_seconds=request.plan_seconds, actor=None, now=plant_now(), seed=request.seed
        )
        solve.delay(str(run.public_id))
        give_up = time.monotonic() + request.plan_seconds + 60
        while run.state in (SolveState.QUEUED, SolveState.RUNNING):
            if time.monotonic() > give_up:
                raise LoopBroken("The plan did not come in time.")
            time.sleep(0.05)
            run = SolveRun.objects.select_related("plan__plant", "plan__base").get(pk=run.pk)
    finally:
        worker.stop()
    if run.plan is None:
        raise LoopBroken(f"No plan was made: {run.message}")
    return run.plan


def _build(family: ProcessFamily, say: Any) -> None:
    """Let plant time jump from event to event until every operation is done."""
    pacer = EventPacer(plant_pulse)
    done, changed, said = 0, time.monotonic(), time.monotonic()
    total = Operation.objects.count()
    while True:
        pacer.step()
        finished = Operation.objects.filter(state="done").count()
        if finished == total:
            return
        if finished != done:
            done, changed = finished, time.monotonic()
        if time.monotonic() - said > 5:
            say(f"  {done} of {total} operations done, plant time {plant_now():%a %d %b %H:%M} UTC")
            said = time.monotonic()
        family.check()
        if time.monotonic() - changed > STUCK_SECONDS:
            raise LoopBroken(f"Nothing has been finished for {STUCK_SECONDS:.0f} s; {_why_stuck()}")
        time.sleep(PULSE_SECONDS)


def _why_stuck() -> str:
    states = {state: Transfer.objects.filter(state=state).count() for state in TransferState.values}
    refused = Transfer.objects.filter(state=TransferState.REFUSED).first()
    counts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
    return f"transfers: {counts or 'none'}.{f' Refused: {refused.reason}' if refused else ''}"


def _report(orders: list[Order], plan: Plan, wrong: tuple[str, ...], valid: int, bom_lines: int) -> dict[str, Any]:
    acknowledged = TransferStep.objects.filter(to_state=TransferState.ACKNOWLEDGED).values("transfer").distinct()
    built = Order.objects.filter(pk__in=[order.pk for order in orders], state="built").count()
    return {
        "orders": len(orders),
        "configurations_valid": valid,
        "bom_lines": bom_lines,
        "operations": Operation.objects.count(),
        "plan": {
            "violations": len(wrong),
            "late_orders": plan.metrics["late_orders"],
            "makespan_minutes": plan.metrics["makespan_minutes"],
        },
        "recipes": {
            "released": ControlRecipe.objects.count(),
            "acknowledged": acknowledged.count(),
            "completed": Transfer.objects.filter(state=TransferState.DONE).count(),
            "unknown": Transfer.objects.filter(state=TransferState.UNKNOWN).count(),
        },
        "orders_built": built,
    }


def is_complete(report: dict[str, Any]) -> bool:
    """Whether every order was built, every plan was right, and nothing was skipped."""
    recipes = report["recipes"]
    return (
        report["orders"] == report["configurations_valid"] == report["orders_built"]
        and report["plan"]["violations"] == 0
        and report["operations"] == recipes["released"] == recipes["acknowledged"] == recipes["completed"]
        and recipes["unknown"] == 0
    )
