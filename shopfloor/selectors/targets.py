"""What the gateway talks to."""

from shopfloor.loading import ControllerTarget, controller_target
from shopfloor.models import Controller


def gateway_targets() -> tuple[ControllerTarget, ...]:
    """Every enabled controller, by code, with its profile and channels."""
    controllers = Controller.objects.filter(enabled=True).select_related("profile").prefetch_related("channels")
    return tuple(controller_target(controller) for controller in controllers.order_by("code"))
