"""What planning's services write: read, never edited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from foundation.api import ReadOnly
from planning.models import Bucket, Hold, Operation, OperationFeedback, Plan, ProductionOrder, SolveRun


@admin.register(ProductionOrder)
class ProductionOrderAdmin(ReadOnly, ModelAdmin):
    """Order lines that planning took over."""

    list_display = ["number", "product_name", "quantity", "due", "promised", "state", "reason"]
    list_filter = ["state", "promised"]
    search_fields = ["number", "product_name", "customer_label", "reason"]
    date_hierarchy = "due"


@admin.register(Operation)
class OperationAdmin(ReadOnly, ModelAdmin):
    """Steps of units, with what the line reported."""

    list_display = ["production_order", "unit_number", "position", "name", "item_code", "capability", "state"]
    list_filter = ["state", "capability"]
    list_select_related = ["production_order"]
    search_fields = ["production_order__number", "name", "item_code"]
    show_full_result_count = False


@admin.register(Plan)
class PlanAdmin(ReadOnly, ModelAdmin):
    """Versions of the plan; the planner's console shows what is in them."""

    list_display = ["number", "plant", "state", "base", "made_at", "published_at", "published_by"]
    list_filter = ["state"]
    list_select_related = ["plant", "base", "published_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        rows: QuerySet[Plan] = super().get_queryset(request)
        listed = request.resolver_match is not None and "object_id" not in request.resolver_match.kwargs
        return rows.defer("metrics", "contributions", "unplanned") if listed else rows


@admin.register(SolveRun)
class SolveRunAdmin(ReadOnly, ModelAdmin):
    """Attempts to make a plan."""

    list_display = ["requested_at", "plant", "state", "budget_seconds", "requested_by", "ended_at", "message"]
    list_filter = ["state"]
    list_select_related = ["plant", "requested_by"]
    exclude = ["token"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SolveRun]:
        rows: QuerySet[SolveRun] = super().get_queryset(request)
        return rows.defer("progress")


@admin.register(Hold)
class HoldAdmin(ReadOnly, ModelAdmin):
    """Capacity kept for promises."""

    list_display = ["public_id", "state", "promised_at", "until", "order_line", "made_at"]
    list_filter = ["state"]
    list_select_related = ["order_line__order"]
    search_fields = ["public_id", "order_line__order__number"]


@admin.register(Bucket)
class BucketAdmin(ReadOnly, ModelAdmin):
    """Working seconds per station and day, and how many of them are taken."""

    list_display = ["day", "station", "capacity", "reserved"]
    list_filter = ["station"]
    list_select_related = ["station"]
    date_hierarchy = "day"


@admin.register(OperationFeedback)
class OperationFeedbackAdmin(ReadOnly, ModelAdmin):
    """Facts from the line, as they came in."""

    list_display = ["at", "kind", "operation", "station_code", "good", "scrap", "source", "boot_id", "sequence"]
    list_filter = ["kind", "source"]
    list_select_related = ["operation"]
    search_fields = ["operation__production_order__number", "station_code"]
    show_full_result_count = False
