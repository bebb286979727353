"""What was ordered and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from configurator.engine import BillNode
from configurator.errors import UnknownOrderLine
from configurator.loading import engine_of
from configurator.loading.words import ChosenInWords
from configurator.models import Milestone, Order, OrderLine, OrderMilestone
from configurator.ports import Step, order_progress
from configurator.selectors.ordered_line import OrderedLine
from foundation.api import User


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """One fact reported about a line."""

    milestone: Milestone
    unit: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """One line of an order with what is known of its making."""

    order_line_id: int
    position: int
    product_code: str
    product_name: str
    picture: str
    parts: tuple[str, ...]
    chosen: tuple[ChosenInWords, ...]
    selection: tuple[ChosenInWords, ...]
    quantity: int
    units_built: int
    unit_price: Decimal
    price: Decimal
    promised_at: datetime | None
    promise_reason: str
    state: str
    state_name: str
    milestones: tuple[MilestoneView, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its customer sees it."""

    public_id: UUID
    number: str
    name: str
    email: str
    address: str
    placed_at: datetime
    state: str
    state_name: str
    total: Decimal
    currency: str
    promised_at: datetime | None
    """The date of its last line; None when a line has none."""
    lines: tuple[OrderLineView, ...]


def orders_of(customer: User) -> QuerySet[Order]:
    """A customer's orders, newest first."""
    return Order.objects.filter(customer=customer)


def order_view(order: Order) -> OrderView:
    """The order, in two queries and one question to the shop floor."""
    rows = list(order.lines.select_related("release").defer("release__package").prefetch_related("milestones"))
    steps = order_progress().steps([row.pk for row in rows])
    lines = tuple(_line(row, tuple(steps.get(row.pk, ()))) for row in rows)
    dates = [line.promised_at for line in lines if line.promised_at is not None]
    return OrderView(
        public_id=order.public_id,
        number=order.number,
        name=order.name,
        email=order.email,
        address=order.address,
        placed_at=order.placed_at,
        state=order.state,
        state_name=order.get_state_display(),
        total=order.total,
        currency=order.currency,
        promised_at=max(dates) if dates and len(dates) == len(lines) else None,
        lines=lines,
    )


def _line(row: OrderLine, steps: Sequence[Step]) -> OrderLineView:
    engine = engine_of(row.release)
    header = engine.package.product
    milestones = tuple(_milestone(milestone) for milestone in row.milestones.all())
    return OrderLineView(
        order_line_id=row.pk,
        position=row.position,
        product_code=header.code,
        product_name=header.name,
        picture=header.picture,
        parts=engine.parts(row.selection),
        chosen=engine.words.selection(row.choices),
        selection=engine.words.selection(row.selection),
        quantity=row.quantity,
        units_built=len({fact.unit for fact in milestones if fact.milestone == Milestone.BUILT}),
        unit_price=row.unit_price,
        price=row.unit_price * row.quantity,
        promised_at=row.promised_at,
        promise_reason=row.promise_reason,
        state=row.state,
        state_name=row.get_state_display(),
        milestones=milestones,
        steps=tuple(steps),
    )


def _milestone(row: OrderMilestone) -> MilestoneView:
    return MilestoneView(Milestone(row.milestone), row.unit, row.detail, row.at)


def bill_of(order_line: OrderLine) -> BillNode:
    """The bill of materials of a whole order line; raises `BillError`."""
    return engine_of(order_line.release).explode(order_line.selection, order_line.quantity)


def accepted_lines(after_id: int = 0) -> tuple[OrderedLine, ...]:
    """Order lines with an id above `after_id`, oldest first, in one query."""
    return tuple(_ordered(row) for row in _lines().filter(pk__gt=after_id).order_by("pk"))


def line_as_ordered(order_line_id: int) -> OrderedLine:
    """One order line, in one query; raises `UnknownOrderLine`."""
    row = _lines().filter(pk=order_line_id).first()
    if row is None:
        raise UnknownOrderLine(order_line_id)
    return _ordered(row)


def _lines() -> QuerySet[OrderLine]:
    return OrderLine.objects.select_related("order", "release__product").defer("release__package")


def _ordered(row: OrderLine) -> OrderedLine:
    return OrderedLine(
        order_line_id=row.pk,
        order_number=row.order.number,
        release_id=row.release_id,
        product_code=row.release.product.code,
        product_name=row.release.product.name,
        selection=row.selection,
        quantity=row.quantity,
        promised_at=row.promised_at,
        placed_at=row.order.placed_at,
        customer_label=row.order.name,
        choices=row.choices,
        release_number=row.release.number,
        unit_price=row.unit_price,
        currency=row.order.currency,
    )
