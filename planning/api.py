"""Planning's door: all that the shop floor may import from it."""

from planning.selectors.floor import (
    BoardRow,
    KnownStation,
    OperationStory,
    PlannedStep,
    ReleasableOperation,
    RoutedRecipe,
    next_planned_start,
    operation_story,
    operations_releasable,
    order_steps,
    plan_board,
    recipes_routed,
    running_ends,
    stations_known,
)
from planning.services.feedback import FactKind, OperationFact, feedback_record, operations_claim

__all__ = [
    "BoardRow",
    "FactKind",
    "KnownStation",
    "OperationFact",
    "OperationStory",
    "PlannedStep",
    "ReleasableOperation",
    "RoutedRecipe",
    "feedback_record",
    "next_planned_start",
    "operation_story",
    "operations_claim",
    "operations_releasable",
    "order_steps",
    "plan_board",
    "recipes_routed",
    "running_ends",
    "stations_known",
]
