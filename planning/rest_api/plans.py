"""Plans over the API: read, and published against the plan they were made on."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api import Role, actor_of, allow, plant_now
from planning.models import Assignment, Plan
from planning.rest_api import serializers as words
from planning.selectors.plans import plan_followed, the_plant
from planning.services.errors import PlanningRefused, StalePlan
from planning.services.publish import plan_publish

readers = allow(Role.PLANNER, Role.OPERATOR, Role.INTEGRATOR)

NO_BASE = "none"
IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description='The number of the plan that this one was made on, in quotes: `"7"`, or `"none"` for the first plan.',
)


@readers
class PlanList(generics.ListAPIView[Plan]):
    """All plans, the newest first."""

    queryset = Plan.objects.none()
    serializer_class = words.PlanSerializer
    filterset_fields = ("state",)

    def get_queryset(self) -> QuerySet[Plan]:
        return _plans()

    @extend_schema(tags=["planning"], operation_id="plans")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@readers
class LivePlanDetail(APIView):
    """The plan the plant follows."""

    @extend_schema(tags=["planning"], operation_id="plan_live", responses=words.PlanDetailSerializer)
    def get(self, request: Request) -> Response:
        plant = the_plant()
        live = plan_followed(plant) if plant else None
        if live is None:
            raise Http404("No plan was published yet.")
        return Response(words.PlanDetailSerializer(live).data)


@readers
class PlanDetail(APIView):
    """One plan: what it is worth, who found what, what it left out and why."""

    @extend_schema(tags=["planning"], operation_id="plan", responses=words.PlanDetailSerializer)
    def get(self, request: Request, number: int) -> Response:
        return Response(words.PlanDetailSerializer(_plan(number)).data)


@readers
class PlanAssignments(generics.ListAPIView[Assignment]):
    """What stands on the stations in a window of time: every assignment that overlaps it, by start."""

    queryset = Assignment.objects.none()
    serializer_class = words.PlanAssignmentSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Assignment]:
        asked = words.WindowRequest(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        window = asked.validated_data
        rows = (
            Assignment.objects.filter(plan=_plan(self.kwargs["number"]), start__lt=window["to"], end__gt=window["from"])
            .select_related("station__line", "operation__production_order")
            .order_by("start", "pk")
        )
        return rows.filter(station__code=window["station"]) if "station" in window else rows

    @extend_schema(tags=["planning"], operation_id="plan_assignments", parameters=[words.WindowRequest])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@allow(Role.PLANNER)
class PlanPublish(APIView):
    """Let the plant follow a draft."""

    @extend_schema(
        tags=["planning"],
        operation_id="plan_publish",
        parameters=[IF_MATCH],
        request=None,
        responses={
            200: words.PlanSerializer,
            409: OpenApiResponse(words.PlanningRefusalSerializer, "the plan is no draft"),
            412: OpenApiResponse(words.PlanningRefusalSerializer, "the plant follows another plan than its base"),
            428: OpenApiResponse(words.PlanningRefusalSerializer, "If-Match is missing"),
        },
    )
    def post(self, request: Request, number: int) -> Response:
        plan = _plan(number)
        said = request.headers.get("If-Match", "").strip()
        base = f'"{plan.base.number if plan.base else NO_BASE}"'
        if not said:
            detail = "Name the plan that this one was made on in an If-Match header."
            return _refusal(detail, status.HTTP_428_PRECONDITION_REQUIRED)
        if said != base:
            return _refusal(f"Plan {number} was made on {base}, not on {said}.", status.HTTP_412_PRECONDITION_FAILED)
        try:
            published = plan_publish(plan=plan, actor=actor_of(request), now=plant_now())
        except StalePlan as error:
            return _refusal(str(error), status.HTTP_412_PRECONDITION_FAILED)
        except PlanningRefused as error:
            return _refusal(str(error), status.HTTP_409_CONFLICT)
        return Response(words.PlanSerializer(published).data)


def _plans() -> QuerySet[Plan]:
    rows = Plan.objects.select_related("plant", "base", "published_by").order_by("-number")
    return rows.filter(plant=the_plant())


def _plan(number: int) -> Plan:
    plan = _plans().filter(number=number).first()
    if plan is None:
        raise Http404(f"There is no plan {number}.")
    return plan


def _refusal(detail: str, code: int) -> Response:
    return Response({"detail": detail}, status=code)
