"""The shop floor for machines: controllers, recipes, units and transfers are read; doubt is resolved."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.api import Role, actor_of, allow, plant_now
from shopfloor.models import Controller, MasterRecipe, Transfer, Unit
from shopfloor.rest_api.serializers import (
    ControllerSerializer,
    MasterRecipeSerializer,
    TransferDetailSerializer,
    TransferSerializer,
    UnitSerializer,
    VerdictSerializer,
)
from shopfloor.selectors.transfers import transfers_query
from shopfloor.services.resolution import NotInDoubt, Verdict, transfer_resolve

readers = allow(Role.OPERATOR, Role.INTEGRATOR, Role.PLANNER, Role.CONTROLLER)


@readers
class ControllerViewSet(viewsets.ReadOnlyModelViewSet[Controller]):
    """Controllers with their channels and the state of their link."""

    queryset = Controller.objects.select_related("profile").prefetch_related("channels").order_by("code")
    serializer_class = ControllerSerializer
    lookup_field = "code"
    filterset_fields = ("state", "enabled")


@readers
class MasterRecipeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[MasterRecipe]):
    """Master recipes, every version of them."""

    queryset = MasterRecipe.objects.order_by("code", "-version")
    serializer_class = MasterRecipeSerializer
    filterset_fields = ("code", "version")


@readers
class UnitViewSet(viewsets.ReadOnlyModelViewSet[Unit]):
    """Units by serial number."""

    queryset = Unit.objects.order_by("serial")
    serializer_class = UnitSerializer
    lookup_field = "serial"
    filterset_fields = ("production_order_number",)


@readers
class TransferViewSet(viewsets.ReadOnlyModelViewSet[Transfer]):
    """Transfers, the newest change first; one of them with its words, history and events."""

    queryset = transfers_query()
    filterset_fields = ("state", "channel__station_code", "control_recipe__unit__serial")

    def get_queryset(self) -> QuerySet[Transfer]:
        rows = transfers_query()
        if self.action == "list":
            return rows
        return rows.select_related("control_recipe__channel").prefetch_related("steps", "events")

    def get_serializer_class(self) -> Any:
        return TransferSerializer if self.action == "list" else TransferDetailSerializer

    @extend_schema(
        request=VerdictSerializer,
        responses={200: TransferSerializer, 409: OpenApiResponse(description="The transfer is not UNKNOWN any more.")},
    )
    @action(detail=True, methods=["post"])
    @allow(Role.OPERATOR, Role.INTEGRATOR)
    def resolve(self, request: Request, pk: str | None = None) -> Response:
        """Say whether the recipe of a transfer in doubt has run."""
        transfer = self.get_object()
        said = VerdictSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        verdict = Verdict(said.validated_data["verdict"])
        try:
            transfer_resolve(transfer_id=transfer.pk, verdict=verdict, actor=actor_of(request), now=plant_now())
        except NotInDoubt as error:
            detail = f"Nothing was decided: the transfer is {error.state}."
            return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
        return Response(TransferSerializer(transfers_query().get(pk=transfer.pk)).data)
