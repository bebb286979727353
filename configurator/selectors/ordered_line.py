"""What planning is told of an order line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from configurator.engine import Value


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
