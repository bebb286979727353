"""Product packages in and out, checked and published: for product managers and their tools."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.errors import ConfiguratorError, PublishRefused
from configurator.formats import FormatError
from configurator.models import Product
from configurator.rest_api import serializers as words
from configurator.rest_api.throttles import PackageThrottle
from configurator.services.package import package_export, package_import
from configurator.services.publish import draft_check, release_publish
from foundation.api import Role, actor_of, allow, plant_now


@allow(Role.PRODUCT_MANAGER)
class PackageImport(APIView):
    """Replace a product's draft with a package, whole or not at all."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"],
        operation_id="package_import",
        request=words.PackageText,
        responses={200: words.RefusalSerializer, 400: words.RefusalSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = words.PackageText(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            product = package_import(text=asked.validated_data["package"], actor=actor_of(request), now=plant_now())
        except (FormatError, ConfiguratorError) as error:
            return Response({"detail": str(error)}, status=400)
        return Response({"detail": f"The draft of {product.code} was replaced."})


@allow(Role.PRODUCT_MANAGER)
class PackageExport(APIView):
    """A product's draft as a YAML package."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"],
        operation_id="package_export",
        responses={(200, "application/yaml"): OpenApiTypes.STR, 409: words.RefusalSerializer},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        product = get_object_or_404(Product, code=code)
        try:
            return HttpResponse(package_export(product), content_type="application/yaml")
        except FormatError as error:
            return Response({"detail": str(error)}, status=409)


@allow(Role.PRODUCT_MANAGER)
class DraftCheck(APIView):
    """What stands against publishing a draft."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"], operation_id="draft_check", responses=words.FindingSerializer(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        findings = draft_check(product=get_object_or_404(Product, code=code))
        return Response(words.FindingSerializer(findings, many=True).data)


@allow(Role.PRODUCT_MANAGER)
class Publish(APIView):
    """Freeze a draft as the release that is sold, or that waits until somebody else approves it."""

    throttle_classes = [PackageThrottle]

    @extend_schema(
        tags=["product management"],
        operation_id="release_publish",
        request=None,
        responses={
            200: words.PublishedSerializer,
            409: OpenApiResponse(words.FindingsSerializer, "what must be mended"),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        product = get_object_or_404(Product, code=code)
        try:
            release = release_publish(product=product, actor=actor_of(request), now=plant_now())
        except PublishRefused as refused:
            return Response(
                words.FindingsSerializer({"detail": str(refused), "findings": refused.findings}).data, status=409
            )
        return Response(words.PublishedSerializer(release).data)
