"""The shop floor's tables, split by noun."""

from shopfloor.models.controllers import Channel, Controller, ControllerState, DriverProfile
from shopfloor.models.events import ControllerEvent
from shopfloor.models.recipes import ControlRecipe, MasterRecipe, Unit
from shopfloor.models.transfers import Transfer, TransferState, TransferStep

__all__ = [
    "Channel",
    "ControlRecipe",
    "Controller",
    "ControllerEvent",
    "ControllerState",
    "DriverProfile",
    "MasterRecipe",
    "Transfer",
    "TransferState",
    "TransferStep",
    "Unit",
]
