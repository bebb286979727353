"""Ordering over the API, and reading one's own orders."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.engine import BillError
from configurator.errors import ConfiguratorError, KeyReused, NotBuildable, PromiseLapsed
from configurator.models import Order
from configurator.rest_api import serializers as words
from configurator.rest_api.catalogue import sold
from configurator.rest_api.throttles import OrderThrottle
from configurator.selectors import OrderView, bill_of, order_view, orders_of
from configurator.services.cart import HOLD_TIME
from configurator.services.order import Contact, LineRequest, order_place_directly
from foundation.api import Role, actor_of, allow, fingerprint_of, plant_now

CONFLICTS = (KeyReused, NotBuildable, PromiseLapsed)
KEY_LIMIT = 100

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    description="Chosen by you, new for every new order. Sending the same request again gives the same order.",
)


@allow(Role.CUSTOMER)
class OrderList(APIView):
    """One's own orders."""

    throttle_classes = [OrderThrottle]

    @extend_schema(tags=["orders"], operation_id="orders", responses=words.OrderHeadSerializer(many=True))
    def get(self, request: Request) -> Response:
        pages = LimitOffsetPagination()
        page = pages.paginate_queryset(orders_of(actor_of(request)), request, view=self)
        return pages.get_paginated_response(words.OrderHeadSerializer(page, many=True).data)

    @extend_schema(
        tags=["orders"],
        operation_id="order_place",
        parameters=[IDEMPOTENCY_KEY],
        request=words.OrderRequest,
        responses={
            201: words.OrderSerializer,
            400: words.RefusalSerializer,
            409: OpenApiResponse(
                words.RefusalSerializer, "cannot be built, the date is gone, or the key was used for another order"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= KEY_LIMIT:
            return _refusal(f"Send an Idempotency-Key header of 1 to {KEY_LIMIT} characters.", 400)
        asked = words.OrderRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        now = plant_now()
        try:
            order = order_place_directly(
                requests=[_line(line) for line in data["lines"]],
                key=key,
                contact=Contact(name=data["name"], email=data["email"], address=data["address"]),
                actor=actor_of(request),
                hold_until=now + HOLD_TIME,
                now=now,
            )
        except CONFLICTS as error:
            return _refusal(str(error), 409)
        except ConfiguratorError as error:
            return _refusal(str(error), 400)
        response = _answer(request, order)
        if response.status_code == 200:
            response.status_code = 201
        response["Location"] = request.build_absolute_uri(f"{order.public_id}/")
        return response


@allow(Role.CUSTOMER)
class OrderDetail(APIView):
    """One of one's own orders with its milestones and steps."""

    @extend_schema(
        tags=["orders"],
        operation_id="order",
        responses={200: words.OrderSerializer, 304: OpenApiResponse(description="nothing changed since the ETag")},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return _answer(request, _own(request, public_id))


@allow(Role.CUSTOMER, Role.PLANNER)
class OrderLineBill(APIView):
    """The bill of materials of an order line, parents before what they are made of; planners read all orders'."""

    @extend_schema(tags=["orders"], operation_id="order_line_bill", responses=words.BillLineSerializer(many=True))
    def get(self, request: Request, public_id: UUID, position: int) -> Response:
        order = _own(request, public_id, Role.PLANNER)
        line = order.lines.select_related("release").filter(position=position).first()
        if line is None:
            raise Http404("The order has no such line.")
        try:
            bill = bill_of(line)
        except BillError as error:
            return _refusal(f"The bill cannot be made: {error}.", 409)
        return Response(words.BillLineSerializer(list(bill.walk()), many=True).data)


def _line(line: dict[str, Any]) -> LineRequest:
    return LineRequest(sold(line["product"]), line["choices"], line["quantity"])


def _own(request: Request, public_id: UUID, *readers: Role) -> Order:
    """The order, if it is the caller's or the caller reads all; else it does not exist."""
    actor = actor_of(request)
    reads_all = any(actor.has_role(role) for role in (Role.ADMINISTRATOR, *readers))
    orders: QuerySet[Order] = Order.objects.all() if reads_all else orders_of(actor)
    order = orders.filter(public_id=public_id).first()
    if order is None:
        raise Http404("There is no such order of yours.")
    return order


def _answer(request: Request, order: Order) -> Response:
    """The order with an ETag over all that is shown; nothing but the tag when the caller has it already."""
    view: OrderView = order_view(order)
    data = words.OrderSerializer(view).data
    tag = f'"{fingerprint_of(data)}"'
    if request.method == "GET" and request.headers.get("If-None-Match") == tag:
        response = Response(status=304)
    else:
        response = Response(data)
    response["ETag"] = tag
    return response


def _refusal(detail: str, status: int) -> Response:
    return Response({"detail": detail}, status=status)
