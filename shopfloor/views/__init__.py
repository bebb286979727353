"""Pages of the shop floor: boards, controllers, transfers."""

from django.http import HttpRequest

from foundation.api import Role, User, allow

for_the_floor = allow(Role.OPERATOR, Role.INTEGRATOR, Role.PLANNER)
"""Who works with the line: operators at it, integrators behind it, planners ahead of it."""


def person(request: HttpRequest) -> User:
    """Who is signed in; the role mark of every view here lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user
