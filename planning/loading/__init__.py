"""Planning's only translator between rows and engine values."""

from configurator.api import RuleSyntaxError
from planning.loading.floor import PlantFloor, plant_floor
from planning.loading.formulas import parsed
from planning.loading.material import MaterialBook
from planning.loading.plans import assignments_of, live_plan, stored_plan
from planning.loading.problem import LoadedProblem, load_problem
from planning.loading.routing import CannotBeRouted, RoutedOperation, Routings

__all__ = [
    "CannotBeRouted",
    "LoadedProblem",
    "MaterialBook",
    "PlantFloor",
    "RoutedOperation",
    "Routings",
    "RuleSyntaxError",
    "assignments_of",
    "live_plan",
    "load_problem",
    "parsed",
    "plant_floor",
    "stored_plan",
]
