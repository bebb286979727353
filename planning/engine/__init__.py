"""The planning engine: frozen problem in, checked plan out. No Django here, and no OR-Tools before it solves."""

from planning.engine.bound import Gap, gap, lower_bound
from planning.engine.calendar import (
    CalendarException,
    ClosedDay,
    Closure,
    ExtraShift,
    Shift,
    merged,
    without,
    working_intervals,
)
from planning.engine.check import violations
from planning.engine.construct import construct
from planning.engine.errors import NothingFits, PlanningError, PrecedenceCycle, ProblemError
from planning.engine.improve import Progress, Result, improve, make_plan
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
from planning.engine.promise import Fit, Snapshot, Wait, earliest_fit

__all__ = [
    "Assignment",
    "CalendarException",
    "Changeover",
    "ClosedDay",
    "Closure",
    "Contribution",
    "ExtraShift",
    "Fit",
    "Gap",
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
    "Progress",
    "Result",
    "RoutedStep",
    "RoutingStep",
    "Shift",
    "Snapshot",
    "Station",
    "Unplanned",
    "Wait",
    "construct",
    "earliest_fit",
    "gap",
    "improve",
    "lower_bound",
    "make_plan",
    "merged",
    "objective",
    "routed_steps",
    "violations",
    "without",
    "working_intervals",
]
