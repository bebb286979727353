"""The API's words for plans, runs, production orders and the plant."""

from typing import Any

from rest_framework import serializers

from planning.models import Assignment, Operation, Plan, ProductionOrder, SolveRun, Station, Stock
from planning.services.solve import BUDGET_LIMIT

QUANTITY_LIMIT = 10**12


class PlanningRefusalSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="one sentence why")


class ObjectiveSerializer(serializers.Serializer[Any]):
    """What a plan is judged by, most important first; times in seconds."""

    unplanned = serializers.IntegerField()
    broken_promises = serializers.IntegerField()
    weighted_tardiness = serializers.IntegerField()
    changeover = serializers.IntegerField()
    makespan = serializers.IntegerField()
    earliness = serializers.IntegerField()


class MetricsSerializer(serializers.Serializer[Any]):
    objective = ObjectiveSerializer(required=False)
    bound = ObjectiveSerializer(required=False, allow_null=True, help_text="no plan of these orders can be better")
    orders = serializers.IntegerField(required=False)
    operations = serializers.IntegerField(required=False)
    late_orders = serializers.IntegerField(required=False)
    makespan_minutes = serializers.IntegerField(required=False)
    violations = serializers.IntegerField(required=False)


class ContributionSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    before = ObjectiveSerializer(allow_null=True)
    after = ObjectiveSerializer(allow_null=True)


class UnplannedSerializer(serializers.Serializer[Any]):
    operation = serializers.IntegerField()
    order = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A version of the plan. `base` is the plan it was made on, which publishing names in If-Match."""

    base = serializers.IntegerField(source="base.number", allow_null=True, default=None)
    published_by = serializers.CharField(source="published_by.username", allow_null=True, default=None)
    metrics = MetricsSerializer()

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ("number", "base", "state", "made_at", "published_at", "published_by", "metrics")


class PlanDetailSerializer(PlanSerializer):
    contributions = ContributionSerializer(many=True)
    unplanned = UnplannedSerializer(many=True)

    class Meta(PlanSerializer.Meta):
        fields = (*PlanSerializer.Meta.fields, "contributions", "unplanned")


class PlanAssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """An operation on its station: as planned, and as it was if it has begun."""

    operation = serializers.IntegerField(source="operation_id")
    station = serializers.CharField(source="station.code")
    line = serializers.CharField(source="station.line.code")
    production_order = serializers.CharField(source="operation.production_order.number")
    unit_number = serializers.IntegerField(source="operation.unit_number")
    item_code = serializers.CharField(source="operation.item_code")
    name = serializers.CharField(source="operation.name")
    family = serializers.CharField(source="operation.family")
    state = serializers.ChoiceField(source="operation.state", choices=Operation._meta.get_field("state").choices or ())
    actual_start = serializers.DateTimeField(source="operation.actual_start", allow_null=True)
    actual_end = serializers.DateTimeField(source="operation.actual_end", allow_null=True)

    class Meta:
        model = Assignment
        fields = (
            "operation",
            "station",
            "line",
            "production_order",
            "unit_number",
            "item_code",
            "name",
            "family",
            "state",
            "start",
            "end",
            "actual_start",
            "actual_end",
        )


class WindowRequest(serializers.Serializer[Any]):
    """A window of time; `from` is a word of Python, so the field is put in by name."""

    to = serializers.DateTimeField()
    station = serializers.CharField(required=False, help_text="code of a station")

    def get_fields(self) -> dict[str, Any]:
        begin = serializers.DateTimeField()
        return {"from": begin, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] <= attrs["from"]:
            raise serializers.ValidationError("The window ends before it begins: `to` must be later than `from`.")
        return attrs


class SolveProgressSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    best = ObjectiveSerializer(allow_null=True)
    bound = ObjectiveSerializer(allow_null=True)
    elapsed = serializers.FloatField(help_text="seconds since the run began")


class SolveRunSerializer(serializers.ModelSerializer[SolveRun]):
    """One attempt to make a plan."""

    plan = serializers.IntegerField(source="plan.number", allow_null=True, default=None, help_text="what came of it")
    requested_by = serializers.CharField(source="requested_by.username", allow_null=True, default=None)

    class Meta:
        model = SolveRun
        fields: tuple[str, ...] = (
            "public_id",
            "state",
            "budget_seconds",
            "seed",
            "cancel_requested",
            "finish_requested",
            "message",
            "requested_by",
            "requested_at",
            "ended_at",
            "plan",
        )


class SolveRunDetailSerializer(SolveRunSerializer):
    progress = SolveProgressSerializer(many=True)

    class Meta(SolveRunSerializer.Meta):
        fields = (*SolveRunSerializer.Meta.fields, "progress")


class SolveRequest(serializers.Serializer[Any]):
    budget_seconds = serializers.IntegerField(min_value=1, max_value=BUDGET_LIMIT, default=30)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=1)


class ProductionOrderSerializer(serializers.Serializer[Any]):
    """A production order with where it stands in the live plan."""

    number = serializers.CharField(source="order.number")
    order_number = serializers.CharField(source="order.order_number")
    product_code = serializers.CharField(source="order.product_code")
    product_name = serializers.CharField(source="order.product_name")
    customer_label = serializers.CharField(source="order.customer_label")
    quantity = serializers.IntegerField(source="order.quantity")
    due = serializers.DateTimeField(source="order.due")
    promised = serializers.BooleanField(source="order.promised", help_text="whether the customer was told this date")
    state = serializers.ChoiceField(
        source="order.state", choices=ProductionOrder._meta.get_field("state").choices or ()
    )
    reason = serializers.CharField(source="order.reason", help_text="why it is blocked or failed")
    taken_at = serializers.DateTimeField(source="order.taken_at")
    planned_end = serializers.DateTimeField(allow_null=True)
    late_by = serializers.DurationField(allow_null=True, help_text="by how much it will miss its date")
    operations_done = serializers.IntegerField(source="done")
    operations = serializers.IntegerField(source="total")


class ProductionStepSerializer(serializers.Serializer[Any]):
    """One operation of a production order; the station's name is where it is planned, or where it was done."""

    operation = serializers.IntegerField(source="operation.pk")
    unit_number = serializers.IntegerField(source="operation.unit_number")
    item_code = serializers.CharField(source="operation.item_code")
    name = serializers.CharField(source="operation.name")
    capability = serializers.CharField(source="operation.capability")
    seconds = serializers.IntegerField(source="operation.seconds")
    parameters = serializers.DictField(source="operation.parameters")
    state = serializers.ChoiceField(source="operation.state", choices=Operation._meta.get_field("state").choices or ())
    station = serializers.CharField()
    planned_start = serializers.DateTimeField(allow_null=True)
    planned_end = serializers.DateTimeField(allow_null=True)
    actual_start = serializers.DateTimeField(source="operation.actual_start", allow_null=True)
    actual_end = serializers.DateTimeField(source="operation.actual_end", allow_null=True)
    good = serializers.IntegerField(source="operation.good")
    scrap = serializers.IntegerField(source="operation.scrap")
    energy_wh = serializers.IntegerField(source="operation.energy_wh")


class ProductionOrderDetailSerializer(ProductionOrderSerializer):
    steps = ProductionStepSerializer(many=True)
    materials = serializers.DictField(child=serializers.IntegerField(), help_text="bought items: code -> quantity")


class StationSerializer(serializers.ModelSerializer[Station]):
    line = serializers.CharField(source="line.code")
    calendar = serializers.CharField(source="calendar.code")
    capabilities = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Station
        fields = ("code", "name", "line", "calendar", "capabilities")


class StockSerializer(serializers.ModelSerializer[Stock]):
    class Meta:
        model = Stock
        fields = ("item_code", "quantity")


class StockCountRequest(serializers.Serializer[Any]):
    quantity = serializers.IntegerField(min_value=0, max_value=QUANTITY_LIMIT)
