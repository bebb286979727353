"""The console's first page: what is so, and the one thing to do first."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.api import plant_now
from planning.loading import plant_floor
from planning.models import ProductionOrderState
from planning.selectors.chain import order_chains
from planning.selectors.load import load_map
from planning.selectors.orders import LATE, order_rows, orders_query
from planning.selectors.plans import plan_followed, plans_recent, the_plant
from planning.views import for_planners
from planning.views.frame import console

LATE_SHOWN = 12
STOPPED_SHOWN = 6


@require_safe
@for_planners
def home(request: HttpRequest) -> HttpResponse:
    """Load by line and day, late orders, what needs a person, the newest plans."""
    now, plant = plant_now(), the_plant()
    if plant is None:
        return console(request, "planning/no_plant.html", {}, now=now)
    live, floor = plan_followed(plant), plant_floor(plant, now)
    late = order_rows(list(orders_query(live, state=LATE)[:LATE_SHOWN])) if live else []
    chains = order_chains(live, floor, [row.order.pk for row in late]) if live and late else {}
    stopped = orders_query(live).filter(state__in=[ProductionOrderState.BLOCKED, ProductionOrderState.FAILED])
    context = {
        "load": load_map(floor, now) if live else None,
        "late": [(row, chains.get(row.order.pk)) for row in late],
        "stopped": order_rows(list(stopped[:STOPPED_SHOWN])),
        "left_out": live.unplanned[:STOPPED_SHOWN] if live else [],
        "left_out_count": len(live.unplanned) if live else 0,
        "plans": plans_recent(plant, 6),
    }
    return console(request, "planning/home.html", context, now=now)
