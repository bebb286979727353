"""Who may call which route. A route without a mark is denied; see `foundation.middleware.RoleMiddleware`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from foundation.models import User

View = TypeVar("View", bound=Callable[..., Any])


class Role(models.TextChoices):
    """What a person, or a machine with an account, does here."""

    CUSTOMER = "customer", _("Customer")
    PLANNER = "planner", _("Planner")
    OPERATOR = "operator", _("Operator")
    PRODUCT_MANAGER = "product_manager", _("Product manager")
    INTEGRATOR = "integrator", _("Integrator")
    CONTROLLER = "controller", _("Controller")
    ADMINISTRATOR = "administrator", _("Administrator")


class _Anyone(frozenset[Role]):
    """The mark of a route that needs no sign-in; recognised by identity, never by being empty."""


ANYONE = _Anyone()


def allow(*roles: Role) -> Callable[[View], View]:
    """Mark a view, a view class or an API action as open to these roles, and to administrators."""
    if not roles:
        raise ValueError("allow() needs at least one role; use allow_anyone for a route that is open to everybody.")

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(Role(role) for role in roles)  # type: ignore[attr-defined]
        return view

    return mark


def allow_anyone(view: View) -> View:
    """Mark a view as open without signing in."""
    view.allowed_roles = ANYONE  # type: ignore[attr-defined]
    return view


def allowed_roles(view: Any) -> frozenset[Role] | None:
    """The mark of a view function, view class or API action; None when it carries none."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        marked = getattr(candidate, "allowed_roles", None)
        if marked is not None:
            return marked if isinstance(marked, frozenset) else frozenset(Role(role) for role in marked)
    return None


def namespace_roles(namespaces: Iterable[str]) -> frozenset[Role] | None:
    """The roles for a route of somebody else's package, which cannot carry our mark."""
    for namespace in namespaces:
        if namespace in settings.ROLE_NAMESPACES:
            return frozenset(Role(role) for role in settings.ROLE_NAMESPACES[namespace])
    return None


def is_allowed(user: Any, roles: frozenset[Role]) -> bool:
    """Whether this user, signed in or not, may pass a mark."""
    if roles is ANYONE:
        return True
    return bool(user.is_authenticated and user.is_active and any(user.has_role(role) for role in roles))


def actor_of(request: Any) -> "User":
    """The signed-in user of a request, as services want their `actor`; PermissionDenied when nobody is signed in."""
    if not request.user.is_authenticated:
        raise PermissionDenied("This needs a signed-in user.")
    user: User = request.user
    return user
