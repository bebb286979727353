"""The shop floor's rows in the admin. What a controller was sent or said is shown, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from foundation.api import ReadOnly
from shopfloor.models import (
    Channel,
    Controller,
    ControllerEvent,
    ControlRecipe,
    DriverProfile,
    MasterRecipe,
    Transfer,
    TransferStep,
    Unit,
)


class ChannelInline(TabularInline):
    model = Channel
    extra = 0
    fields = ("index", "station_code", "last_sequence")
    readonly_fields = ("last_sequence",)


@admin.register(Controller)
class ControllerAdmin(ModelAdmin):
    list_display = ("code", "host", "port", "profile", "enabled", "state", "last_seen_at")
    list_filter = ("enabled", "state", "profile")
    search_fields = ("code", "host")
    readonly_fields = ("boot_id", "state", "state_since", "last_seen_at", "silent_reason", "health")
    inlines = (ChannelInline,)


@admin.register(DriverProfile)
class DriverProfileAdmin(ReadOnly, ModelAdmin):
    list_display = ("code", "version", "name")
    search_fields = ("code", "name")


@admin.register(MasterRecipe)
class MasterRecipeAdmin(ReadOnly, ModelAdmin):
    """A recipe changes by importing the next version, so that every control recipe keeps the one it came from."""

    list_display = ("code", "version", "name", "created_at")
    search_fields = ("code", "name")


@admin.register(Unit)
class UnitAdmin(ReadOnly, ModelAdmin):
    list_display = ("serial", "production_order_number", "unit_number", "created_at")
    search_fields = ("serial", "production_order_number")


@admin.register(ControlRecipe)
class ControlRecipeAdmin(ReadOnly, ModelAdmin):
    list_display = ("unit", "operation_name", "item_code", "attempt", "channel", "created_at")
    list_select_related = ("unit", "channel__controller")
    search_fields = ("unit__serial", "operation_name", "job_id")


class TransferStepInline(TabularInline):
    model = TransferStep
    extra = 0
    can_delete = False
    fields = ("at", "from_state", "to_state", "gateway", "actor", "sequence_number", "note")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Transfer)
class TransferAdmin(ReadOnly, ModelAdmin):
    list_display = ("control_recipe", "channel", "state", "sequence_number", "attempts", "reason", "changed_at")
    list_filter = ("state", "channel__controller")
    list_select_related = ("control_recipe", "channel__controller")
    search_fields = ("control_recipe__unit__serial", "control_recipe__job_id")
    inlines = (TransferStepInline,)


class ParkedFilter(admin.SimpleListFilter):
    title = "parked"
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "could not be used")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(parked="") if self.value() == "yes" else queryset


@admin.register(ControllerEvent)
class ControllerEventAdmin(ReadOnly, ModelAdmin):
    list_display = ("source", "boot_id", "sequence", "kind", "at", "received_at", "parked")
    list_filter = (ParkedFilter, "kind", "source")
    search_fields = ("source", "job_id")
    show_full_result_count = False
