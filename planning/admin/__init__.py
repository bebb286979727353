"""Planning in the admin: the plant is edited, orders, plans and promises are read."""

from planning.admin.plant import (
    CalendarAdmin,
    ChangeoverTableAdmin,
    LineAdmin,
    PlantAdmin,
    RoutingAdmin,
    StationAdmin,
    StockAdmin,
    SupplyAdmin,
)
from planning.admin.records import (
    BucketAdmin,
    HoldAdmin,
    OperationAdmin,
    OperationFeedbackAdmin,
    PlanAdmin,
    ProductionOrderAdmin,
    SolveRunAdmin,
)

__all__ = [
    "BucketAdmin",
    "CalendarAdmin",
    "ChangeoverTableAdmin",
    "HoldAdmin",
    "LineAdmin",
    "OperationAdmin",
    "OperationFeedbackAdmin",
    "PlanAdmin",
    "PlantAdmin",
    "ProductionOrderAdmin",
    "RoutingAdmin",
    "SolveRunAdmin",
    "StationAdmin",
    "StockAdmin",
    "SupplyAdmin",
]
