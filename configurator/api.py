"""The configurator's door: all that planning and the shop floor may import from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from configurator.engine import (
    BillCycle,
    BillError,
    BillNode,
    Expression,
    ExpressionError,
    Item,
    NegativeQuantity,
    QuantityTooLarge,
    UnknownItem,
    Value,
    evaluate,
    names,
)
from configurator.formats import RuleSyntaxError, format_expression, parse_expression
from configurator.models import Milestone
from configurator.ports import (
    Finding,
    HoldId,
    HoldLapsed,
    OrderProgress,
    ParameterSpace,
    Promiser,
    Quote,
    QuoteRequest,
    ReleaseCheck,
    ReleaseSpace,
    Severity,
    Step,
    StepState,
    Taken,
)

__all__ = [
    "BillCycle",
    "BillError",
    "BillNode",
    "Expression",
    "ExpressionError",
    "Finding",
    "HoldId",
    "HoldLapsed",
    "Item",
    "Milestone",
    "NegativeQuantity",
    "OrderProgress",
    "OrderedLine",
    "ParameterSpace",
    "Promiser",
    "QuantityTooLarge",
    "Quote",
    "QuoteRequest",
    "ReleaseCheck",
    "ReleaseSpace",
    "RuleSyntaxError",
    "Severity",
    "Step",
    "StepState",
    "Taken",
    "UnknownItem",
    "Value",
    "bill_explode",
    "evaluate",
    "format_expression",
    "names",
    "order_lines_accepted",
    "order_milestone_record",
    "parse_expression",
    "release_space",
]


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One accepted order line, as planning pulls it."""

    order_line_id: int
    order_number: str
    release_id: int
    product_code: str
    product_name: str
    selection: Mapping[str, Value]
    quantity: int
    promised_at: datetime | None
    placed_at: datetime
    customer_label: str


def order_lines_accepted(after_id: int = 0) -> tuple[OrderedLine, ...]:
    """Order lines with an id above `after_id`, oldest first."""
    from configurator.selectors.orders import accepted_lines

    return accepted_lines(after_id)


def bill_explode(release_id: int, selection: Mapping[str, Value]) -> BillNode:
    """The bill of materials of one unit of a selection under a release; raises `BillError`."""
    from configurator.loading import release_engine

    return release_engine(release_id).explode(selection)


def release_space(release_id: int) -> ReleaseSpace:
    """All that a release can ask of a factory."""
    from configurator.loading import release_engine

    return release_engine(release_id).space()


def order_milestone_record(
    *,
    source: str,
    boot_id: int,
    sequence: int,
    order_line_id: int,
    unit: str,
    milestone: Milestone,
    at: datetime,
    detail: str = "",
) -> bool:
    """Append one fact about an order line and move its state; False when it was recorded before."""
    from configurator.services.progress import milestone_record

    return milestone_record(
        source=source,
        boot_id=boot_id,
        sequence=sequence,
        order_line_id=order_line_id,
        unit=unit,
        milestone=milestone,
        at=at,
        detail=detail,
    )
