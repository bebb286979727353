"""Pages of the shop floor: boards, controllers, transfers."""

from foundation.api import Role, allow

for_the_floor = allow(Role.OPERATOR, Role.INTEGRATOR, Role.PLANNER)
"""Who works with the line: operators at it, integrators behind it, planners ahead of it."""
