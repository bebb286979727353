"""Deny by default, refuse what no database can look up, and the content policy of the admin."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.views import APIView

from foundation.roles import allowed_roles, is_allowed, namespace_roles

GetResponse = Callable[[HttpRequest], HttpResponseBase]
ADMIN_PREFIX = "/admin/"


class RoleMiddleware:
    """Refuses every view that carries no role mark, and every caller whom the mark does not name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        roles = allowed_roles(view)
        if roles is None and request.resolver_match is not None:
            roles = namespace_roles(request.resolver_match.namespaces)
        if roles is None:
            raise PermissionDenied("This route is not open to anybody.")
        if _checks_itself(view) or is_allowed(request.user, roles):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied("Your account does not have the role this page needs.")


def _checks_itself(view: Callable[..., Any]) -> bool:
    # The REST API also signs in by token, which only the API view reads: RoleRequired checks the same mark there.
    api_view = getattr(view, "cls", None)
    return isinstance(api_view, type) and issubclass(api_view, APIView)


class NullCharacterMiddleware:
    """Refuses addresses with a NUL character, which PostgreSQL cannot look up and nobody types."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        return self.get_response(request)


class AdminPolicyMiddleware:
    """Loosens the content policy for the admin alone: Unfold evaluates expressions and writes styles."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith(ADMIN_PREFIX):
            response._csp_update = {  # type: ignore[attr-defined]  # how django-csp's own decorators hand it over
                "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        return response
