"""The API's words for the configurator's values. Reading only, but for the requests at the end."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from configurator.models import ProgressState, ReviewState
from configurator.models.cart import QUANTITY_LIMIT
from configurator.ports import Severity
from configurator.selectors import ValueState

VALUE = {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}


@extend_schema_field(VALUE)
class ValueField(serializers.Field):
    """A value of a feature: an option's code, a parameter's number, or true and false of a flag."""

    def to_representation(self, value: Any) -> Any:
        return value

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool | int | str):
            raise serializers.ValidationError("A value is a word, a whole number, true or false.")
        return data


class ChoicesField(serializers.DictField):
    """Feature -> value."""

    child = ValueField()


class MoneyField(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)


class ProductSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    picture = serializers.CharField()
    currency = serializers.CharField()
    standard_price = MoneyField()
    features = serializers.IntegerField(help_text="how many questions it has")
    release_number = serializers.IntegerField()


class ChosenSerializer(serializers.Serializer[Any]):
    feature = serializers.CharField()
    value = ValueField()
    feature_name = serializers.CharField()
    value_name = serializers.CharField()


class ConflictSerializer(serializers.Serializer[Any]):
    rules = serializers.ListField(child=serializers.CharField(), help_text="what a customer reads")
    choices = ChosenSerializer(many=True, help_text="the choices that are involved")


class QuoteSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(allow_null=True, help_text="null: no date can be given")
    reason = serializers.CharField(help_text="what sets the date, or why there is none")


class OptionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=[state.value for state in ValueState])
    price_difference = MoneyField(help_text="to the total if taken, with all that would come along")
    days_difference = serializers.IntegerField(allow_null=True)
    brings = ChosenSerializer(many=True, help_text="what else would change if taken")
    why = ConflictSerializer(allow_null=True, help_text="of an excluded or implied option")


class FeatureSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    flag = serializers.BooleanField()
    state = serializers.ChoiceField(choices=[state.value for state in ValueState if state.holds])
    options = OptionSerializer(many=True)


class LimitSerializer(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    why = ConflictSerializer(allow_null=True)


class ParameterSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    unit = serializers.CharField()
    minimum = serializers.IntegerField()
    maximum = serializers.IntegerField()
    step = serializers.IntegerField()
    value = serializers.IntegerField()
    state = serializers.ChoiceField(choices=[state.value for state in ValueState if state.holds])
    lowest = LimitSerializer()
    highest = LimitSerializer()
    gaps = serializers.BooleanField()


class SectionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    features = FeatureSerializer(many=True)
    parameters = ParameterSerializer(many=True)


class PriceLineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value_name = serializers.CharField()
    amount = MoneyField()


class ConfiguredSerializer(serializers.Serializer[Any]):
    """Where the choices stand."""

    product_code = serializers.CharField()
    product_name = serializers.CharField()
    release_number = serializers.IntegerField()
    currency = serializers.CharField()
    price = MoneyField()
    breakdown = PriceLineSerializer(many=True)
    quote = QuoteSerializer()
    selection = ChoicesField()
    sections = SectionSerializer(many=True)


class RepairSerializer(serializers.Serializer[Any]):
    gives_up = ChosenSerializer(many=True)
    sets = ChosenSerializer(many=True)
    price = MoneyField()
    price_difference = MoneyField()
    quote = QuoteSerializer()


class RefusedSerializer(serializers.Serializer[Any]):
    """Why a choice does not fit those before it, and ways to have it."""

    detail = serializers.CharField()
    wanted = ChosenSerializer()
    conflict = ConflictSerializer()
    repairs = RepairSerializer(many=True)


class MilestoneSerializer(serializers.Serializer[Any]):
    milestone = serializers.CharField()
    unit = serializers.CharField()
    detail = serializers.CharField()
    at = serializers.DateTimeField()


class OrderStepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    station = serializers.CharField()
    state = serializers.CharField()
    planned_start = serializers.DateTimeField(allow_null=True)
    planned_end = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class OrderLineSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    product_code = serializers.CharField()
    product_name = serializers.CharField()
    selection = ChosenSerializer(many=True)
    quantity = serializers.IntegerField()
    units_built = serializers.IntegerField()
    unit_price = MoneyField()
    price = MoneyField()
    promised_at = serializers.DateTimeField(allow_null=True)
    promise_reason = serializers.CharField()
    state = serializers.ChoiceField(choices=ProgressState.choices)
    milestones = MilestoneSerializer(many=True)
    steps = OrderStepSerializer(many=True)


class OrderSerializer(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    number = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    address = serializers.CharField()
    placed_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ProgressState.choices)
    total = MoneyField()
    currency = serializers.CharField()
    promised_at = serializers.DateTimeField(allow_null=True)
    lines = OrderLineSerializer(many=True)


class OrderHeadSerializer(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    number = serializers.CharField()
    placed_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ProgressState.choices)
    total = MoneyField()
    currency = serializers.CharField()


class BillLineSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    level = serializers.IntegerField()
    item = serializers.CharField(source="item.code")
    name = serializers.CharField(source="item.name")
    made = serializers.BooleanField(source="item.made")
    unit = serializers.CharField(source="item.unit")
    quantity = serializers.IntegerField(help_text="net: what ends up in good products")
    gross_quantity = serializers.IntegerField(source="gross", help_text="with scrap, rounded up for the whole line")
    parameters = ChoicesField()


class FindingSerializer(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=[severity.value for severity in Severity])
    where = serializers.CharField()
    text = serializers.CharField()
    code = serializers.CharField(help_text="what kind of finding it is; empty for what the factory found")
    rules = serializers.ListField(child=serializers.CharField(), help_text="codes of the rules that are responsible")


class ReleaseSerializer(serializers.Serializer[Any]):
    product_code = serializers.CharField(source="product.code")
    number = serializers.IntegerField()
    content_hash = serializers.CharField()
    published_at = serializers.DateTimeField()


class PublishedSerializer(ReleaseSerializer):
    state = serializers.ChoiceField(
        source="review.state",
        choices=ReviewState.choices,
        help_text="waiting: not sold before somebody else has approved it",
    )


class ReviewedReleaseSerializer(ReleaseSerializer):
    published_by = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(source="review.state", choices=ReviewState.choices, default=ReviewState.UNASKED)
    requested_by = serializers.CharField(source="review.requested_by", allow_null=True, default=None)
    decided_by = serializers.CharField(source="review.decided_by", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(source="review.decided_at", allow_null=True, default=None)
    remark = serializers.CharField(source="review.remark", default="")
    engine = serializers.CharField(
        source="served_by", allow_null=True, help_text="circuit or sat; null where none is stored"
    )
    engine_reason = serializers.CharField(allow_null=True)


class ReleasePackageSerializer(ReleaseSerializer):
    package = serializers.DictField(help_text="the product package, as docs/reference describes it")


class RefusalSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()


class FindingsSerializer(RefusalSerializer):
    findings = FindingSerializer(many=True)


# --- requests


class RemarkRequest(serializers.Serializer[Any]):
    """Why a release is approved or rejected."""

    remark = serializers.CharField(allow_blank=True, max_length=2000, default="")


class ConfigureRequest(serializers.Serializer[Any]):
    """The choices made so far, oldest first."""

    choices = ChoicesField(default=dict)
    quantity = serializers.IntegerField(min_value=1, max_value=QUANTITY_LIMIT, default=1)
    dates = serializers.BooleanField(default=False, help_text="say of every option what it does to the date")


class OrderLineRequest(serializers.Serializer[Any]):
    product = serializers.CharField()
    choices = ChoicesField(default=dict)
    quantity = serializers.IntegerField(min_value=1, max_value=QUANTITY_LIMIT, default=1)


class OrderRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(default="", allow_blank=True)
    address = serializers.CharField(default="", allow_blank=True, max_length=2000)
    lines = OrderLineRequest(many=True, allow_empty=False)


class PackageText(serializers.Serializer[Any]):
    package = serializers.CharField(trim_whitespace=False, help_text="a product package in YAML")
