"""Plant time for the scripts of open pages."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from foundation.roles import allow_anyone
from foundation.services.clock import clock_reading


@allow_anyone
@require_safe
def clock(request: HttpRequest) -> JsonResponse:
    """Plant time in milliseconds since 1970 and its speed."""
    reading = clock_reading()
    return JsonResponse({"now": round(reading.now().timestamp() * 1000), "speed": reading.speed})
