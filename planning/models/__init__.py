"""Tables of planning, split by noun."""

from planning.models.feedback import OperationFeedback
from planning.models.orders import STOPPED, Operation, OperationState, ProductionOrder, ProductionOrderState
from planning.models.plan import SOLVE_ACTIVE, Assignment, LivePlan, Plan, PlanState, SolveRun, SolveState
from planning.models.plant import (
    Calendar,
    CalendarException,
    ChangeoverTable,
    Line,
    LineKind,
    Plant,
    Routing,
    RoutingOperation,
    Shift,
    Station,
    Stock,
    Supply,
)
from planning.models.promise import Bucket, Hold, HoldState

__all__ = [
    "SOLVE_ACTIVE",
    "STOPPED",
    "Assignment",
    "Bucket",
    "Calendar",
    "CalendarException",
    "ChangeoverTable",
    "Hold",
    "HoldState",
    "Line",
    "LineKind",
    "LivePlan",
    "Operation",
    "OperationFeedback",
    "OperationState",
    "Plan",
    "PlanState",
    "Plant",
    "ProductionOrder",
    "ProductionOrderState",
    "Routing",
    "RoutingOperation",
    "Shift",
    "SolveRun",
    "SolveState",
    "Station",
    "Stock",
    "Supply",
]
