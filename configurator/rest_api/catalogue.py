"""Products and configuring over the API. Nothing here is stored: choices in, answer out."""

from collections.abc import Mapping
from dataclasses import asdict

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.engine import NoValidCompletion, Value
from configurator.errors import NotSold, UnknownChoice
from configurator.loading import engine_of
from configurator.models import Product, Release
from configurator.rest_api import serializers as words
from configurator.rest_api.throttles import ConfigureThrottle
from configurator.selectors import catalogue, choices_refusal_view, choices_view, release_for_sale
from configurator.services.selection import choices_checked
from foundation.api import allow_anyone, plant_now


def sold(code: str) -> Release:
    """The release a product is sold under, or the API's not found."""
    try:
        return release_for_sale(code)
    except (Product.DoesNotExist, NotSold) as error:
        raise Http404(f"There is no product {code} for sale.") from error


@allow_anyone
class ProductList(APIView):
    """What is sold."""

    @extend_schema(tags=["catalogue"], responses=words.ProductSerializer(many=True), operation_id="products")
    def get(self, request: Request) -> Response:
        return Response(words.ProductSerializer(catalogue(), many=True).data)


@allow_anyone
class CurrentRelease(APIView):
    """The whole knowledge a product is sold under, as a product package."""

    @extend_schema(tags=["catalogue"], responses=words.ReleasePackageSerializer, operation_id="product_release")
    def get(self, request: Request, code: str) -> Response:
        release = sold(code)
        response = Response(words.ReleasePackageSerializer(release).data)
        response["ETag"] = f'"{release.content_hash}"'
        return response


@allow_anyone
class Configure(APIView):
    """Hold choices against the rules: what holds, what could be taken at which price and date, and what not.

    Where choices contradict each other the answer is 409: the first one that does not fit those before it, why, and
    up to three ways to have it.
    """

    throttle_classes = [ConfigureThrottle]

    @extend_schema(
        tags=["catalogue"],
        operation_id="configure",
        request=words.ConfigureRequest,
        responses={
            200: words.ConfiguredSerializer,
            400: OpenApiResponse(words.RefusalSerializer, "something is not offered"),
            409: OpenApiResponse(words.RefusedSerializer, "the choices contradict the rules"),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        release = sold(code)
        asked = words.ConfigureRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            choices = choices_checked(release, asked.validated_data["choices"])
        except UnknownChoice as error:
            return Response({"detail": str(error)}, status=400)
        asking = {"now": plant_now(), "quantity": asked.validated_data["quantity"]}
        try:
            view = choices_view(release, choices, dates=asked.validated_data["dates"], **asking)
        except NoValidCompletion:
            refusal = choices_refusal_view(release, *_first_refused(release, choices), **asking)
            answer = {**asdict(refusal), "detail": f"{refusal.wanted} does not fit. {refusal.conflict.reason}"}
            return Response(words.RefusedSerializer(answer).data, status=409)
        return Response(words.ConfiguredSerializer(view).data)


def _first_refused(release: Release, choices: Mapping[str, Value]) -> tuple[dict[str, Value], str, Value]:
    """The choices that go together, and the first one after them that does not."""
    engine = engine_of(release)
    kept: dict[str, Value] = {}
    for feature, value in choices.items():
        if value not in engine.valid_domains(kept)[feature]:
            return kept, feature, value
        kept[feature] = value
    raise AssertionError("These choices do not contradict each other.")
