"""Production orders over the API: where they stand, which will be late, and routing a blocked one again."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api import Role, allow, plant_now
from planning.models import Plan, ProductionOrder, ProductionOrderState
from planning.rest_api import serializers as words
from planning.selectors.orders import (
    LATE,
    UNPLANNED,
    materials_of,
    order_rows,
    order_steps_planned,
    orders_query,
)
from planning.selectors.plans import plan_followed, the_plant
from planning.services.orders import production_order_retry

SEARCH_LIMIT = 80
FILTERS = (*ProductionOrderState.values, LATE, UNPLANNED)


class _OrderPages(generics.ListAPIView[ProductionOrder]):
    """Pages of production orders by due date."""

    queryset = ProductionOrder.objects.none()
    serializer_class = words.ProductionOrderSerializer
    filter_backends = ()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(order_rows(page), many=True).data)


@allow(Role.PLANNER)
class ProductionOrderList(_OrderPages):
    """Production orders, by due date."""

    def get_queryset(self) -> QuerySet[ProductionOrder]:
        state, search = (self.request.query_params.get(name, "").strip() for name in ("state", "q"))
        return orders_query(_live(), state=state if state in FILTERS else "", search=search[:SEARCH_LIMIT])

    @extend_schema(
        tags=["planning"],
        operation_id="production_orders",
        parameters=[
            OpenApiParameter("state", enum=FILTERS, description="a state, or `late`, or `unplanned`"),
            OpenApiParameter("q", description="found in number, customer, product or reason"),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in FILTERS:
            detail = f"{state[:SEARCH_LIMIT]!r} is no state; there are {', '.join(FILTERS)}."
            return Response({"detail": detail}, status.HTTP_400_BAD_REQUEST)
        return super().get(request, *args, **kwargs)


@allow(Role.PLANNER)
class LateOrderList(_OrderPages):
    """Open orders that will miss their date by the live plan, the nearest date first."""

    def get_queryset(self) -> QuerySet[ProductionOrder]:
        return orders_query(_live(), state=LATE)

    @extend_schema(tags=["planning"], operation_id="late_orders")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@allow(Role.PLANNER)
class ProductionOrderDetail(APIView):
    """One production order with its steps, planned and actual, and the material it takes."""

    @extend_schema(tags=["planning"], operation_id="production_order", responses=words.ProductionOrderDetailSerializer)
    def get(self, request: Request, number: str) -> Response:
        return _answer(number)


@allow(Role.PLANNER)
class ProductionOrderRetry(APIView):
    """Route a blocked order again, after its routing or the plant was mended."""

    @extend_schema(
        tags=["planning"],
        operation_id="production_order_retry",
        request=None,
        responses={
            200: OpenApiResponse(words.ProductionOrderDetailSerializer, "open now, or blocked for the reason given"),
            409: OpenApiResponse(words.PlanningRefusalSerializer, "the order is not blocked"),
        },
    )
    def post(self, request: Request, number: str) -> Response:
        order = get_object_or_404(ProductionOrder, number=number)
        if order.state != ProductionOrderState.BLOCKED:
            detail = f"{number} is {order.get_state_display()}; only a blocked order can be routed again."
            return Response({"detail": detail}, status.HTTP_409_CONFLICT)
        production_order_retry(order=order, now=plant_now())
        return _answer(number)


def _live() -> Plan | None:
    plant = the_plant()
    return plan_followed(plant) if plant else None


def _answer(number: str) -> Response:
    live = _live()
    order = orders_query(live).filter(number=number).first()
    if order is None:
        raise Http404(f"There is no production order {number}.")
    row = order_rows([order])[0]
    steps = words.ProductionStepSerializer(order_steps_planned(order, live), many=True).data
    head = words.ProductionOrderSerializer(row).data
    return Response({**head, "steps": steps, "materials": materials_of(order)})
