"""The demonstration with an audience: pages, a worker, a gateway and controllers, until Ctrl-C."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from config.demo.customers import order_as_customer
from config.demo.factory import (
    Factory,
    accounts_make,
    controllers_start,
    factory_load,
    gateway_start,
    monday_morning,
    plant_load,
)
from config.demo.pacing import ClosedHoursPacer
from config.demo.processes import ProcessFamily, port_is_free
from config.demo.pulse import plant_pulse
from config.embedded import EmbeddedWorker, Ticker
from configurator.models import Release
from foundation.api import clock_start, plant_now
from planning.models import Plant
from planning.services.orders import production_orders_pull
from planning.services.publish import plan_publish
from planning.services.solve import plan_request, solve_run

GATEWAY_POLL_SECONDS = 0.1
HORIZON_MINUTES = 5


def run_live(options: dict[str, Any], factory: Factory, family: ProcessFamily, say: Callable[[str], None]) -> None:
    """Load the factory, fill it with orders, and serve until interrupted."""
    if not port_is_free(options["port"]):
        raise CommandError(f"Port {options['port']} is taken; choose another one with --port.")
    say("Preparing a fresh database ...")
    call_command("migrate", interactive=False, verbosity=0)
    clock_start(at=monday_morning(Plant(time_zone="UTC")), speed=0)
    say("Loading the factory and publishing its products ...")
    plant = plant_load(factory, plant_now())
    clock_start(at=monday_morning(plant), speed=0)  # stands still until the doors open
    releases = factory_load(factory, plant_now())
    passwords = accounts_make(plant_now())
    children = controllers_start(family, settings.LINEWRIGHT_HOME / "controllers")
    say(f"{options['orders']} customers order ...")
    _fill(releases, options["orders"], options["seed"])
    children.append(gateway_start(family, GATEWAY_POLL_SECONDS, HORIZON_MINUTES))
    say("Making and publishing the first plan ...")
    _first_plan(plant, options["plan_seconds"])
    family.wait_until_ready(children)
    worker, ticker = EmbeddedWorker(), Ticker()
    ticker.every_beat()
    ticker.every(timedelta(seconds=1), "closed hours", ClosedHoursPacer(plant_pulse).step)
    worker.start()
    ticker.start()
    clock_start(at=monday_morning(plant), speed=options["speed"])
    say(_welcome(options["port"], passwords))
    try:
        uvicorn.run(
            "config.asgi:application",
            host="127.0.0.1",
            port=options["port"],
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    finally:
        ticker.stop()
        worker.stop()


def _fill(releases: tuple[Release, ...], count: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable demonstration, not a secret
    for number in range(count):
        order_as_customer(dice=dice, releases=releases, number=number, now=plant_now())


def _first_plan(plant: Plant, seconds: int) -> None:
    now = plant_now()
    production_orders_pull(now=now)
    request = plan_request(plant=plant, budget_seconds=seconds, actor=None, now=now)
    run = solve_run(public_id=request.public_id)
    if run is None or run.plan is None:
        raise CommandError(f"No plan was made: {run.message if run else 'somebody else is making one'}")
    plan_publish(plan=run.plan, actor=None, now=plant_now())


def _welcome(port: int, passwords: dict[str, str]) -> str:
    address = f"http://127.0.0.1:{port}"
    people = "\n".join(f"    {name:<12} {password}" for name, password in passwords.items())
    return f"""
Linewright is running. Ctrl-C stops all of it.

    Shop             {address}/
    Planner          {address}/planner/
    Line boards      {address}/floor/
    Knowledge        {address}/admin/
    API              {address}/api/v1/docs/

Accounts (user name, password):
{people}

Order a bicycle in the shop; sign in as planner, make a plan and publish it; watch it being built on the line
boards and on the order's page.
"""
