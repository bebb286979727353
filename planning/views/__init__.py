"""Pages of the planner's console."""

from foundation.api import Role, allow

for_planners = allow(Role.PLANNER)
"""Who plans. Everything here is open to administrators too."""
