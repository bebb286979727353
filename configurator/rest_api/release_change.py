"""What changed between two releases, and what that does to choices. Nothing here is stored."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.engine import NoValidCompletion
from configurator.engine.release_change import Reason
from configurator.errors import UnknownChoice
from configurator.loading import engine_of
from configurator.models import Release
from configurator.models.cart import QUANTITY_LIMIT
from configurator.rest_api import serializers as words
from configurator.rest_api.catalogue import sold
from configurator.rest_api.throttles import ConfigureThrottle
from configurator.selectors.release_difference import LineKind, difference_view
from configurator.selectors.release_migration import migration_view
from configurator.services.selection import choices_checked
from foundation.api import allow_anyone, plant_now


class DifferenceLineSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in LineKind])
    subject = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class DifferenceGroupSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="product, questions, prices, rules, tables or bill")
    title = serializers.CharField()
    lines = DifferenceLineSerializer(many=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    """What the later release says that the earlier one does not, and the other way round."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    groups = DifferenceGroupSerializer(many=True, help_text="empty when nothing changed")


class ChangedChoiceSerializer(serializers.Serializer[Any]):
    wanted = words.ChosenSerializer(help_text="in the words of the release it was chosen under")
    instead = words.ChosenSerializer(allow_null=True, help_text="what holds now; null when the question is gone")
    moved = serializers.BooleanField(help_text="whether it stays a choice, at the nearest number that can be had")
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    text = serializers.CharField()
    against = words.ChosenSerializer(many=True, help_text="the kept choices it contradicts")
    rules = serializers.ListField(child=serializers.CharField(), help_text="what a customer reads")


class OtherwiseSerializer(serializers.Serializer[Any]):
    feature_name = serializers.CharField()
    before = serializers.CharField(allow_null=True, help_text="null: the question is new")
    after = serializers.CharField(allow_null=True, help_text="null: the question is gone")


class MigrationSerializer(serializers.Serializer[Any]):
    """Choices brought to the release that is sold, with the least change."""

    product_code = serializers.CharField()
    before_number = serializers.IntegerField()
    after_number = serializers.IntegerField()
    untouched = serializers.BooleanField(help_text="the same for the same price")
    choices = words.ChoicesField(help_text="under the release that is sold")
    kept = words.ChosenSerializer(many=True)
    changed = ChangedChoiceSerializer(many=True)
    otherwise = OtherwiseSerializer(many=True, help_text="what nobody chose and is another now")
    price_before = words.MoneyField()
    currency_before = serializers.CharField()
    price_after = words.MoneyField()
    currency = serializers.CharField()
    quote = words.QuoteSerializer()


class MigrateRequest(serializers.Serializer[Any]):
    """The choices, oldest first, and the number of the release they were made under."""

    release = serializers.IntegerField(min_value=1)
    choices = words.ChoicesField(default=dict)
    quantity = serializers.IntegerField(min_value=1, max_value=QUANTITY_LIMIT, default=1)


def numbered(current: Release, number: int) -> Release:
    """The product's release of that number, or the API's not found."""
    release = current.product.releases.defer("package").filter(number=number).first()
    if release is None:
        raise Http404(f"{current.product.code} has no release {number}.")
    return release


@allow_anyone
class Difference(APIView):
    """What is different between two releases of a product, in its own words."""

    throttle_classes = [ConfigureThrottle]

    @extend_schema(
        tags=["catalogue"],
        operation_id="release_difference",
        parameters=[
            OpenApiParameter("before", int, required=True, description="number of the earlier release"),
            OpenApiParameter("after", int, description="number of the later one; the one that is sold if left out"),
        ],
        responses={200: DifferenceSerializer, 400: words.RefusalSerializer, 404: words.RefusalSerializer},
    )
    def get(self, request: Request, code: str) -> Response:
        current = sold(code)
        asked = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
        before = numbered(current, asked.run_validation(request.query_params.get("before")))
        after = numbered(current, asked.run_validation(request.query_params.get("after", current.number)))
        view = difference_view(engine_of(before).package, engine_of(after).package)
        answer = {"before": before.number, "after": after.number, "groups": view.groups}
        return Response(DifferenceSerializer(answer).data)


@allow_anyone
class Migrate(APIView):
    """Bring choices of an earlier release to the one that is sold: what stays, what cannot and why, at which price."""

    throttle_classes = [ConfigureThrottle]

    @extend_schema(
        tags=["catalogue"],
        operation_id="release_migrate",
        request=MigrateRequest,
        responses={
            200: MigrationSerializer,
            400: OpenApiResponse(words.RefusalSerializer, "something was not offered in that release"),
            404: words.RefusalSerializer,
            409: OpenApiResponse(words.RefusalSerializer, "the choices contradicted the rules of that release"),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        current = sold(code)
        asked = MigrateRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        before = numbered(current, asked.validated_data["release"])
        try:
            choices = choices_checked(before, asked.validated_data["choices"])
            view = migration_view(before, current, choices, now=plant_now(), quantity=asked.validated_data["quantity"])
        except UnknownChoice as error:
            return Response({"detail": str(error)}, status=400)
        except NoValidCompletion as error:
            reason = engine_of(before).words.conflict(error.conflict).reason
            return Response({"detail": f"These choices never went together. {reason}"}, status=409)
        return Response(MigrationSerializer(view).data)
