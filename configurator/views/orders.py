"""A customer's orders, and how far each is."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from configurator.models import Milestone, Order, ProgressState
from configurator.ports import Step, StepState
from configurator.selectors import OrderLineView, OrderView, order_view
from configurator.views.visitor import own_order, own_orders
from foundation.api import allow_anyone, live_position, plant_now

ORDERS_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """An order line with its steps sorted out for the page."""

    line: OrderLineView
    done: int
    total: int
    running: Step | None
    percent: int
    built: bool
    first_step: Step | None
    last_step: Step | None


@allow_anyone
@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The visitor's orders, newest first."""
    page = Paginator(own_orders(request), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "configurator/orders.html", {"orders": [order_view(order) for order in page], "page": page})


@allow_anyone
@never_cache
@require_GET
def order(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One order: what was promised, where it is, what is in it."""
    # The position is read first, so that news between the reading and the listening are told again, never lost.
    after = live_position()
    return render(request, "configurator/order.html", {**_page(own_order(request, public_id)), "live_after": after})


@allow_anyone
@never_cache
@require_GET
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the order page."""
    return render(request, "configurator/_order_progress.html", _page(own_order(request, public_id)))


def _page(row: Order) -> dict[str, Any]:
    view = order_view(row)
    lines = [_line(line) for line in view.lines]
    running = next((line.running for line in lines if line.running), None)
    return {
        "order": view,
        "lines": lines,
        "now": plant_now(),
        "built": view.state == ProgressState.BUILT,
        "running": running,
        "headline": _headline(view),
    }


def _line(line: OrderLineView) -> Line:
    done = sum(step.state == StepState.DONE for step in line.steps)
    total = len(line.steps)
    built = line.state == ProgressState.BUILT or any(fact.milestone == Milestone.BUILT for fact in line.milestones)
    return Line(
        line=line,
        done=done,
        total=total,
        running=next((step for step in line.steps if step.state == StepState.RUNNING), None),
        percent=100 if built and line.units_built >= line.quantity else round(100 * done / total) if total else 0,
        built=line.units_built >= line.quantity,
        first_step=line.steps[0] if line.steps else None,
        last_step=line.steps[-1] if line.steps else None,
    )


def _headline(view: OrderView) -> str:
    """What is true now, in one sentence."""
    product = view.lines[0].product_name if len(view.lines) == 1 else gettext("order")
    sentences = {
        ProgressState.PLACED: gettext("We have your %(product)s in the book."),
        ProgressState.PLANNED: gettext("Your %(product)s has its place in the plan."),
        ProgressState.IN_PRODUCTION: gettext("Your %(product)s is being made."),
        ProgressState.BUILT: gettext("Your %(product)s is built."),
    }
    return sentences[ProgressState(view.state)] % {"product": product}
