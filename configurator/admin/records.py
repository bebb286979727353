"""What was sold: read, never edited."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from configurator.models import Order, OrderLine
from foundation.api import ReadOnly


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
