"""Releases with their review: read, approved or rejected by product managers and their tools."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.errors import ConfiguratorError
from configurator.models import CompiledRelease, Product, Release
from configurator.rest_api import serializers as words
from configurator.rest_api.throttles import PackageThrottle
from configurator.services.approval import release_approve, release_reject
from foundation.api import Role, User, actor_of, allow, plant_now


def _releases(code: str) -> QuerySet[Release]:
    """The releases of a product with review and engine, the last first; Http404 without the product."""
    product = get_object_or_404(Product, code=code)
    stored = CompiledRelease.objects.filter(content_hash=OuterRef("content_hash"))
    return (
        Release.objects.filter(product=product)
        .defer("package")
        .select_related("product", "published_by", "review__requested_by", "review__decided_by")
        .annotate(served_by=Subquery(stored.values("engine")[:1]), engine_reason=Subquery(stored.values("reason")[:1]))
    )


@allow(Role.PRODUCT_MANAGER)
class ReleaseList(APIView):
    """All releases of a product, the last first."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"], operation_id="release_list", responses=words.ReviewedReleaseSerializer(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(words.ReviewedReleaseSerializer(_releases(code), many=True).data)


@allow(Role.PRODUCT_MANAGER)
class ReleaseFindings(APIView):
    """What the check said when a release was published."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"], operation_id="release_findings", responses=words.FindingSerializer(many=True)
    )
    def get(self, request: Request, code: str, number: int) -> Response:
        release = get_object_or_404(_releases(code), number=number)
        review = getattr(release, "review", None)
        return Response(words.FindingSerializer(review.findings if review is not None else [], many=True).data)


class _Decision(APIView):
    """A decision on a waiting release by somebody who did not publish it."""

    throttle_classes = [PackageThrottle]

    def decided(self, request: Request, code: str, number: int, decide: Callable[..., Any]) -> Response:
        asked = words.RemarkRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        release = get_object_or_404(_releases(code), number=number)
        actor: User = actor_of(request)
        now: datetime = plant_now()
        try:
            decide(release=release, actor=actor, remark=asked.validated_data["remark"], now=now)
        except ConfiguratorError as error:
            return Response({"detail": str(error)}, status=409)
        return Response(words.ReviewedReleaseSerializer(get_object_or_404(_releases(code), number=number)).data)


REFUSED = OpenApiResponse(words.RefusalSerializer, "the release does not wait, or is your own")


@allow(Role.PRODUCT_MANAGER)
class Approve(_Decision):
    """Sell a waiting release from now on."""

    @extend_schema(
        tags=["product management"],
        operation_id="release_approve",
        request=words.RemarkRequest,
        responses={200: words.ReviewedReleaseSerializer, 409: REFUSED},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        return self.decided(request, code, number, release_approve)


@allow(Role.PRODUCT_MANAGER)
class Reject(_Decision):
    """Send a waiting release back, with the reason as the remark."""

    @extend_schema(
        tags=["product management"],
        operation_id="release_reject",
        request=words.RemarkRequest,
        responses={200: words.ReviewedReleaseSerializer, 409: REFUSED},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        return self.decided(request, code, number, release_reject)
