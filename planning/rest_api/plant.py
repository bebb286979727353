"""The plant over the API: stations are read, stock is read and corrected."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api import Role, actor_of, allow, plant_now
from planning.models import Station, Stock
from planning.rest_api import serializers as words
from planning.services.stock import stock_count

ITEM_CODE_LENGTH = Stock._meta.get_field("item_code").max_length or 0


@allow(Role.PLANNER, Role.OPERATOR, Role.INTEGRATOR)
class StationList(generics.ListAPIView[Station]):
    """Stations in use, by line and by their place on it."""

    queryset = Station.objects.filter(retired=False).select_related("line", "calendar")
    serializer_class = words.StationSerializer
    filterset_fields = ("line__code",)

    @extend_schema(tags=["planning"], operation_id="stations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@allow(Role.PLANNER, Role.INTEGRATOR)
class StockList(generics.ListAPIView[Stock]):
    """Bought items that are managed by stock; of any other item there is always enough."""

    queryset = Stock.objects.order_by("item_code")
    serializer_class = words.StockSerializer
    filter_backends = ()

    @extend_schema(tags=["planning"], operation_id="stock")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@allow(Role.PLANNER, Role.INTEGRATOR)
class StockDetail(APIView):
    """What lies in store of one item."""

    @extend_schema(tags=["planning"], operation_id="stock_of", responses=words.StockSerializer)
    def get(self, request: Request, item_code: str) -> Response:
        return Response(words.StockSerializer(get_object_or_404(Stock, item_code=item_code)).data)

    @extend_schema(
        tags=["planning"],
        operation_id="stock_count",
        request=words.StockCountRequest,
        responses={
            200: words.StockSerializer,
            201: OpenApiResponse(words.StockSerializer, "the item is managed by stock from now on"),
            400: OpenApiResponse(description="what is wrong with the quantity or the item's code"),
        },
    )
    @allow(Role.PLANNER)
    def put(self, request: Request, item_code: str) -> Response:
        if len(item_code) > ITEM_CODE_LENGTH:
            detail = f"An item's code has at most {ITEM_CODE_LENGTH} characters."
            return Response({"detail": detail}, status.HTTP_400_BAD_REQUEST)
        asked = words.StockCountRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        quantity = asked.validated_data["quantity"]
        row, is_new = stock_count(item_code=item_code, quantity=quantity, actor=actor_of(request), now=plant_now())
        return Response(words.StockSerializer(row).data, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
