"""The plan as a picture, as data for the picture, and as a table."""

from datetime import UTC, datetime, timedelta

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_safe

from foundation.api import plant_now
from planning.loading import plant_floor
from planning.models import Assignment, Plan, Plant, ProductionOrder
from planning.selectors.gantt import Window, bars, changeover_bars, closures, lines_of, plan_span, seams
from planning.selectors.orders import LATE, orders_query
from planning.selectors.plans import plan_followed, plans_recent, the_plant
from planning.views import for_planners
from planning.views.frame import console

ROWS_PER_PAGE = 100
LONGEST_WINDOW = timedelta(days=120)
SEAMS_BEFORE, SEAMS_AFTER = timedelta(days=3), timedelta(days=28)
"""Folded nights are told beyond the window, so that the page can reckon where a jump leads."""
LATE_KEYS = 200
"""So many late orders can be walked through with the keys J and K."""


@require_safe
@for_planners
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # vis-timeline writes style attributes
def plan(request: HttpRequest) -> HttpResponse:
    """The plan on the stations; `?plan=NUMBER` shows another version than the live one."""
    plant, now = the_plant(), plant_now()
    if plant is None:
        return console(request, "planning/no_plant.html", {}, now=now)
    shown = _shown(request, plant)
    late = orders_query(shown, state=LATE).values_list("number", flat=True)[:LATE_KEYS] if shown else []
    context = {
        "shown": shown,
        "span": plan_span(shown) if shown else None,
        "plans": plans_recent(plant),
        "late_numbers": ",".join(late),
        "products": _products(shown),
    }
    return console(request, "planning/plan.html", context, now=now)


@require_safe
@for_planners
def plan_bars(request: HttpRequest) -> HttpResponse:
    """Bars, changeovers and closed times between `from` and `to` (epoch ms) as JSON."""
    plant = the_plant()
    shown = _shown(request, plant) if plant else None
    if plant is None or shown is None:
        raise Http404("There is no plan.")
    try:
        start, end = (datetime.fromtimestamp(int(request.GET[name]) / 1000, UTC) for name in ("from", "to"))
    except (KeyError, ValueError, OverflowError, OSError):
        return HttpResponseBadRequest("from and to must be moments in milliseconds since 1970.")
    if not timedelta() < end - start <= LONGEST_WINDOW:
        return HttpResponseBadRequest(f"A window is at most {LONGEST_WINDOW.days} days long.")
    window, now = Window(start, end), plant_now()
    floor = plant_floor(plant, min(start, now))
    return JsonResponse(
        {
            "lines": lines_of(floor),
            "bars": bars(shown, window, now),
            "changeovers": list(changeover_bars(shown, floor, window)),
            "closed": closures(floor, window),
            "seams": seams(floor, Window(start - SEAMS_BEFORE, end + SEAMS_AFTER)),
        }
    )


@require_safe
@for_planners
def plan_table(request: HttpRequest) -> HttpResponse:
    """The same plan as a table: station, operation, order, from, to, state."""
    plant = the_plant()
    if plant is None:
        return console(request, "planning/no_plant.html", {})
    shown = _shown(request, plant)
    rows = (
        Assignment.objects.filter(plan=shown)
        .select_related("station__line", "operation__production_order")
        .order_by("station__line__position", "station__position", "start", "pk")
    )
    search = request.GET.get("q", "").strip()[:80]
    if search:
        rows = rows.filter(operation__production_order__number__icontains=search) | rows.filter(
            station__name__icontains=search
        )
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "page": page, "plans": plans_recent(plant), "search": search}
    return console(request, "planning/plan_table.html", context)


def _shown(request: HttpRequest, plant: Plant) -> Plan | None:
    """The plan asked for, else the live one, else the newest draft."""
    number = request.GET.get("plan", "")
    if number:
        found = Plan.objects.filter(plant=plant, number=int(number) if number.isdecimal() else 0).first()
        if found is None:
            raise Http404("There is no such plan.")
        return found
    return plan_followed(plant) or Plan.objects.filter(plant=plant).first()


def _products(shown: Plan | None) -> list[tuple[str, str]]:
    """The products in the plan, for the legend."""
    orders = ProductionOrder.objects.filter(operations__assignments__plan=shown).order_by("product_code")
    return list(orders.values_list("product_code", "product_name").distinct()[:12])
