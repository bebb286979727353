"""Production orders: the list, the late ones, one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation.api import plant_now
from planning.loading import plant_floor
from planning.models import ProductionOrder, ProductionOrderState
from planning.selectors.chain import order_chains
from planning.selectors.orders import (
    LATE,
    UNPLANNED,
    materials_of,
    order_links,
    order_rows,
    order_steps_planned,
    orders_query,
)
from planning.selectors.plans import plan_followed, the_plant
from planning.services.orders import production_order_retry, production_orders_pull
from planning.views import for_planners
from planning.views.frame import console

ROWS_PER_PAGE = 50
FILTERS = {*ProductionOrderState.values, LATE, UNPLANNED}


@require_safe
@for_planners
def orders(request: HttpRequest) -> HttpResponse:
    """All production orders by date, filtered by state and search word."""
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()[:80]
    state = state if state in FILTERS else ""
    plant = the_plant()
    live = plan_followed(plant) if plant else None
    page = Paginator(orders_query(live, state=state, search=search), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": order_rows(list(page.object_list)),
        "states": ProductionOrderState.choices,
        "state": state,
        "search": search,
    }
    return console(request, "planning/orders.html", context)


@require_safe
@for_planners
def late(request: HttpRequest) -> HttpResponse:
    """Orders that will miss their promise, the nearest promise first, each with what holds it up."""
    now, plant = plant_now(), the_plant()
    if plant is None:
        return console(request, "planning/no_plant.html", {}, now=now)
    live = plan_followed(plant)
    page = Paginator(orders_query(live, state=LATE), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = order_rows(list(page.object_list))
    chains = order_chains(live, plant_floor(plant, now), [row.order.pk for row in rows]) if live and rows else {}
    context = {"page": page, "late": [(row, chains.get(row.order.pk)) for row in rows]}
    return console(request, "planning/late.html", context, now=now)


@require_safe
@for_planners
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One production order: its promise, its steps, why it ends when it does; `?panel` is the part beside the plan."""
    plant = the_plant()
    live = plan_followed(plant) if plant else None
    found = get_object_or_404(orders_query(live), number=number)
    now = plant_now()
    chains = order_chains(live, plant_floor(plant, now), [found.pk]) if plant and live else {}
    context = {
        "row": order_rows([found])[0],
        "steps": order_steps_planned(found, live),
        "chain": chains.get(found.pk),
        "materials": materials_of(found),
    }
    if "panel" in request.GET:
        links = ",".join(f"{before}>{after}" for before, after in order_links(found))
        return render(request, "planning/_order.html", {**context, "panel": True, "links": links, "now": now})
    return console(request, "planning/order.html", context, now=now)


@require_POST
@for_planners
def pull(request: HttpRequest) -> HttpResponse:
    """Take accepted orders over now instead of at the next tick."""
    taken = production_orders_pull(now=plant_now())
    messages.success(request, f"{taken} new order{'s' if taken != 1 else ''} taken over.")
    return redirect("planning:orders")


@require_POST
@for_planners
def retry(request: HttpRequest, number: str) -> HttpResponse:
    """Route a blocked order again."""
    order = production_order_retry(order=get_object_or_404(ProductionOrder, number=number), now=plant_now())
    if order.state == ProductionOrderState.BLOCKED:
        messages.warning(request, f"{order.number} is still blocked: {order.reason}")
    elif order.state == ProductionOrderState.OPEN:
        messages.success(request, f"{order.number} can be planned now.")
    else:
        messages.info(request, f"{order.number} is {order.get_state_display()}; there was nothing to try again.")
    return redirect("planning:order", order.number)
