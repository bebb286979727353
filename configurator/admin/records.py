"""What was published or sold: read, never edited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from configurator.models import Order, OrderLine, Release
from foundation.api import ReadOnly


@admin.register(Release)
class ReleaseAdmin(ReadOnly, ModelAdmin):
    """Releases with the package they froze."""

    list_display = ["product", "number", "published_at", "published_by", "short_hash"]
    list_filter = ["product"]
    list_select_related = ["product", "published_by"]
    fields = ["product", "number", "published_at", "published_by", "engine", "content_hash", "package"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        rows: QuerySet[Release] = super().get_queryset(request)
        listed = request.resolver_match is not None and "object_id" not in request.resolver_match.kwargs
        return rows.defer("package") if listed else rows

    @admin.display(description="content")
    def short_hash(self, release: Release) -> str:
        return release.content_hash[:12]


class OrderLineInline(ReadOnly, TabularInline):
    model = OrderLine
    extra = 0
    fields = ["position", "release", "quantity", "unit_price", "promised_at", "promise_reason", "state", "choices"]


@admin.register(Order)
class OrderAdmin(ReadOnly, ModelAdmin):
    """Orders with their lines."""

    inlines = [OrderLineInline]
    list_display = ["number", "name", "placed_at", "state", "total", "currency"]
    list_filter = ["state"]
    search_fields = ["number", "name", "email"]
    date_hierarchy = "placed_at"
    fields = ["number", "public_id", "customer", "name", "email", "address", "placed_at", "state", "total", "currency"]
