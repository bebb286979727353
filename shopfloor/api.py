"""The shop floor's door, used by the gateway and by the commands that run a plant.

Two clocks go through it. `now` is plant time: when work was planned and done. `wall` is real time: how long a lease
holds and how old a link is, which must not jump when the plant clock does; None takes `now` for both.
"""

from shopfloor.loading import ClaimedTransfer, ControllerTarget
from shopfloor.selectors.targets import gateway_targets
from shopfloor.services.controllers import controller_seen, controller_silent, controllers_address
from shopfloor.services.events import events_ingest
from shopfloor.services.line_package import driver_profiles_load, line_package_export, line_package_import
from shopfloor.services.recipes import recipes_release
from shopfloor.services.transfers import transfer_advance, transfers_claim

__all__ = [
    "ClaimedTransfer",
    "ControllerTarget",
    "controller_seen",
    "controller_silent",
    "controllers_address",
    "driver_profiles_load",
    "events_ingest",
    "gateway_targets",
    "line_package_export",
    "line_package_import",
    "recipes_release",
    "transfer_advance",
    "transfers_claim",
]
