"""Controllers and the register maps they follow."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shopfloor.models import DriverProfile
from shopfloor.selectors.controllers import controllers_view, parked_events, register_table
from shopfloor.views import for_the_floor


@require_safe
@for_the_floor
def controllers(request: HttpRequest) -> HttpResponse:
    """Every controller with its link, its stations and what it said that nobody could use."""
    context = {"controllers": controllers_view(), "parked": parked_events(), "read_at": datetime.now(UTC)}
    return render(request, "shopfloor/controllers.html", context)


@require_safe
@for_the_floor
def profile(request: HttpRequest, profile_id: int) -> HttpResponse:
    """One driver profile as a table of registers."""
    row = get_object_or_404(DriverProfile, pk=profile_id)
    return render(request, "shopfloor/profile.html", {"profile": row, "map": register_table(row)})
