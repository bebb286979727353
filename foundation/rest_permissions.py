"""The default permission of the REST API."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from foundation.roles import allowed_roles, is_allowed


class RoleRequired(BasePermission):
    """Lets a request pass when its view, or the single action, is marked with a role of the caller.

    The mark of an action or of a method (`get`, `post`, ...) goes before the mark of its class.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        handler = getattr(view, getattr(view, "action", None) or (request.method or "").lower(), None)
        roles = getattr(handler, "allowed_roles", None)
        if roles is None:
            roles = allowed_roles(type(view))
        return roles is not None and is_allowed(request.user, roles)
