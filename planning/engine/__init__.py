"""The planning engine: frozen problem in, checked plan out. It imports neither Django nor, until it solves, OR-Tools."""

from planning.engine.errors import NothingFits, PlanningError, PrecedenceCycle, ProblemError
from planning.engine.precedence import MadeItem, RoutedStep, RoutingStep, routed_steps
from planning.engine.problem import (
    Assignment,
    Changeover,
    Contribution,
    Interval,
    Mode,
    Objective,
    Operation,
    Order,
    Plan,
    Problem,
    Station,
    Unplanned,
    objective,
)

__all__ = [
    "Assignment",
    "Changeover",
    "Contribution",
    "Interval",
    "MadeItem",
    "Mode",
    "NothingFits",
    "Objective",
    "Operation",
    "Order",
    "Plan",
    "PlanningError",
    "PrecedenceCycle",
    "Problem",
    "ProblemError",
    "RoutedStep",
    "RoutingStep",
    "Station",
    "Unplanned",
    "objective",
    "routed_steps",
]
