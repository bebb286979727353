"""What every page frame shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import get_current_timezone_name

from foundation.roles import Role
from foundation.services.clock import clock_reading


def frame(request: HttpRequest) -> dict[str, Any]:
    """Plant time and the caller's roles, each read only when a template asks for it."""
    return {
        "plant_clock": SimpleLazyObject(clock_reading),
        "plant_zone": get_current_timezone_name(),
        "may": Permissions(request),
    }


class Permissions:
    """`may.planner` in a template: whether the caller has the role."""

    def __init__(self, request: HttpRequest) -> None:
        self._user = getattr(request, "user", None)

    def __getitem__(self, name: str) -> bool:
        user = self._user
        return bool(user is not None and user.is_authenticated and user.has_role(Role(name)))
