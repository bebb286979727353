"""From signing in to one's own desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.roles import Role, allow


@allow(*Role)
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page their role works on; the first role in the order of `settings.ROLE_HOME` counts."""
    roles = request.user.roles  # type: ignore[union-attr]
    for role, address in settings.ROLE_HOME.items():
        if Role(role) in roles:
            return redirect(address)
    return redirect("/admin/" if request.user.is_superuser else "/")
