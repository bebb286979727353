"""The versions of the plan: which one is followed, what each was worth, who published it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from planning.models import Plan
from planning.selectors.plans import the_plant
from planning.views import for_planners
from planning.views.frame import console

ROWS_PER_PAGE = 30


@require_safe
@for_planners
def plans(request: HttpRequest) -> HttpResponse:
    """All plans, the newest first."""
    plant = the_plant()
    if plant is None:
        return console(request, "planning/no_plant.html", {})
    rows = (
        Plan.objects.filter(plant=plant)
        .select_related("base", "published_by", "solve_run__requested_by")
        .order_by("-number")
    )
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return console(request, "planning/plans.html", {"page": page, "rows": page.object_list})
