"""The configurator's door: all that planning and the shop floor may import from it."""

from collections.abc import Mapping

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
from configurator.errors import UnknownOrderLine
from configurator.formats import (
    MeaningError,
    RuleSyntaxError,
    format_expression,
    parse_expression,
    position_of,
    resolve_formula,
)
from configurator.loading import release_engine
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
from configurator.selectors.ordered_line import OrderedLine
from configurator.selectors.orders import accepted_lines, line_as_ordered
from configurator.services.progress import order_milestone_record

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
    "MeaningError",
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
    "UnknownOrderLine",
    "Value",
    "bill_explode",
    "evaluate",
    "format_expression",
    "names",
    "order_lines_accepted",
    "order_milestone_record",
    "ordered_line",
    "parse_expression",
    "position_of",
    "release_space",
    "resolve_formula",
]


def order_lines_accepted(after_id: int = 0) -> tuple[OrderedLine, ...]:
    """Order lines with an id above `after_id`, oldest first."""
    return accepted_lines(after_id)


def ordered_line(order_line_id: int) -> OrderedLine:
    """One order line; raises `UnknownOrderLine`."""
    return line_as_ordered(order_line_id)


def bill_explode(release_id: int, selection: Mapping[str, Value]) -> BillNode:
    """The bill of materials of one unit of a selection under a release; raises `BillError`."""
    return release_engine(release_id).explode(selection)


def release_space(release_id: int) -> ReleaseSpace:
    """All that a release can ask of a factory."""
    return release_engine(release_id).space()
