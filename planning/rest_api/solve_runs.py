"""Making plans over the API: start a run, follow it, end it early."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api import Role, actor_of, allow, plant_now
from planning.models import SolveRun
from planning.rest_api import serializers as words
from planning.selectors.plans import the_plant
from planning.services.errors import PlanningRefused
from planning.services.orders import production_orders_pull
from planning.services.solve import plan_request, solve_cancel, solve_finish
from planning.services.wake import solver_wake


@allow(Role.PLANNER)
class SolveRunList(generics.ListAPIView[SolveRun]):
    """Runs, the newest first."""

    queryset = SolveRun.objects.select_related("plan", "requested_by").defer("progress")
    serializer_class = words.SolveRunSerializer
    filterset_fields = ("state",)

    @extend_schema(tags=["planning"], operation_id="solve_runs")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        tags=["planning"],
        operation_id="solve_start",
        request=words.SolveRequest,
        responses={
            202: OpenApiResponse(words.SolveRunDetailSerializer, "asked for; follow it at the address in Location"),
            409: OpenApiResponse(words.PlanningRefusalSerializer, "a plan is being made already, or there is no plant"),
        },
    )
    def post(self, request: Request) -> Response:
        asked = words.SolveRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        plant, now = the_plant(), plant_now()
        if plant is None:
            return Response({"detail": "There is no plant yet; import a plant package."}, status.HTTP_409_CONFLICT)
        production_orders_pull(now=now)
        try:
            run = plan_request(plant=plant, actor=actor_of(request), now=now, **asked.validated_data)
        except PlanningRefused as error:
            return Response({"detail": str(error)}, status.HTTP_409_CONFLICT)
        solver_wake(run=run)
        headers = {"Location": request.build_absolute_uri(f"{run.public_id}/")}
        return Response(words.SolveRunDetailSerializer(run).data, status.HTTP_202_ACCEPTED, headers=headers)


@allow(Role.PLANNER)
class SolveRunDetail(APIView):
    """One run with its progress: the best plan so far and what is proved of any plan."""

    @extend_schema(tags=["planning"], operation_id="solve_run", responses=words.SolveRunDetailSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        return _answer(public_id)


@allow(Role.PLANNER)
class SolveRunCancel(APIView):
    """End a run and forget what it found; one that has ended stays as it is."""

    @extend_schema(
        tags=["planning"], operation_id="solve_cancel", request=None, responses={202: words.SolveRunDetailSerializer}
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        solve_cancel(run=_run(public_id), now=plant_now())
        return _answer(public_id, status.HTTP_202_ACCEPTED)


@allow(Role.PLANNER)
class SolveRunFinish(APIView):
    """End a run soon and keep the best plan so far; one that does not run stays as it is."""

    @extend_schema(
        tags=["planning"], operation_id="solve_finish", request=None, responses={202: words.SolveRunDetailSerializer}
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        solve_finish(run=_run(public_id))
        return _answer(public_id, status.HTTP_202_ACCEPTED)


def _run(public_id: UUID) -> SolveRun:
    rows: QuerySet[SolveRun] = SolveRun.objects.select_related("plan", "requested_by")
    return get_object_or_404(rows, public_id=public_id)


def _answer(public_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    return Response(words.SolveRunDetailSerializer(_run(public_id)).data, code)
