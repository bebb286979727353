"""What planning is told of an order line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from configurator.engine import Value


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One accepted order line, frozen as it was placed."""

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
    choices: Mapping[str, Value] = field(default_factory=dict)
    """What the customer chose; the rest of the selection followed or is standard."""
    release_number: int = 0
    unit_price: Decimal = Decimal(0)
    currency: str = ""
