"""What every page of the console shows around its content: the numbers on top and the state of planning."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.api import live_position, plant_now
from planning.models import Plan, Plant
from planning.selectors.load import adherence, hold_facts
from planning.selectors.orders import order_counts
from planning.selectors.plans import changeover_share, plan_followed, quality, run_active, the_plant


def console(request: HttpRequest, template: str, more: dict[str, Any], *, now: datetime | None = None) -> HttpResponse:
    """A page of the console; `more` is what is special to it."""
    now = now or plant_now()
    plant = the_plant()
    live = plan_followed(plant) if plant else None
    frame = {
        "plant": plant,
        "live": live,
        "now": now,
        "position": live_position(),
        **(_numbers(plant, live, now) if plant else {}),
    }
    return render(request, template, {**frame, **more})


def _numbers(plant: Plant, live: Plan | None, now: datetime) -> dict[str, Any]:
    return {
        "counts": order_counts(live),
        "holds": hold_facts(now),
        "adherence": adherence(live),
        "active": run_active(plant),
        "quality": quality(live.metrics.get("objective"), live.metrics.get("bound")) if live else None,
        "changeovers": changeover_share(live) if live else None,
    }
