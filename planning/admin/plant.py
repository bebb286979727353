"""The plant in the admin: what planners edit, and the way in and out as one package."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from foundation.api import actor_of, plant_now
from foundation.documents import DocumentError
from planning.admin.fields import WEEKDAYS
from planning.admin.forms import (
    CalendarExceptionForm,
    ChangeoverTableForm,
    PackageUpload,
    PlantForm,
    RoutingOperationForm,
    RoutingOperationFormSet,
    ShiftForm,
    StationForm,
)
from planning.models import (
    Calendar,
    CalendarException,
    ChangeoverTable,
    Line,
    Plant,
    Routing,
    RoutingOperation,
    Shift,
    Station,
    Stock,
    Supply,
)
from planning.services.plant_package import plant_package_export, plant_package_import


@admin.register(Plant)
class PlantAdmin(ModelAdmin):
    """The factory itself; its package is exported and imported from here."""

    form = PlantForm
    list_display = ["name", "code", "time_zone"]
    search_fields = ["code", "name"]
    actions_detail = ["export_yaml"]
    actions_list = ["import_yaml"]

    def has_delete_permission(self, request: HttpRequest, obj: Plant | None = None) -> bool:
        """Everything hangs on it: plans, promises and what was built."""
        return False

    @action(description=_("Export YAML"), url_path="export", permissions=["view"])
    def export_yaml(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The plant as it stands as a file."""
        plant = get_object_or_404(Plant, pk=object_id)
        headers = {"Content-Disposition": f'attachment; filename="{plant.code}.yaml"'}
        return HttpResponse(plant_package_export(plant), content_type="application/yaml", headers=headers)

    @action(description=_("Import YAML"), url_path="import", permissions=["add"])
    def import_yaml(self, request: HttpRequest) -> HttpResponse:
        """Make the plant as an uploaded package says, whole or not at all."""
        form = PackageUpload(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                text = form.cleaned_data["package"].read().decode()
                plant = plant_package_import(source=text, actor=actor_of(request), now=plant_now())
            except UnicodeDecodeError:
                form.add_error("package", _("The file is not UTF-8 text."))
            except DocumentError as error:
                for fault in error.faults:
                    form.add_error("package", f"line {fault.line}: {fault.reason}")
            else:
                messages.success(request, _("The plant %(plant)s is as the package says.") % {"plant": plant.name})
                return redirect("admin:planning_plant_change", plant.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import a plant package"),
            "effect": _(
                "The plant becomes as the package says, or stays as it is when there is a mistake in it. "
                "Stations that the package no longer names are retired; orders and plans stay as they are."
            ),
            "form": form,
        }
        return TemplateResponse(request, "admin/import_package.html", context)


class ShiftInline(TabularInline):
    model = Shift
    form = ShiftForm
    extra = 0


class CalendarExceptionInline(TabularInline):
    model = CalendarException
    form = CalendarExceptionForm
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(ModelAdmin):
    """Working time: shifts by weekday, closed days and extra shifts."""

    inlines = [ShiftInline, CalendarExceptionInline]
    list_display = ["name", "code", "shifts_in_words", "plant"]
    list_select_related = ["plant"]
    search_fields = ["code", "name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Calendar]:
        rows: QuerySet[Calendar] = super().get_queryset(request)
        return rows.prefetch_related("shifts")

    @admin.display(description="shifts")
    def shifts_in_words(self, calendar: Calendar) -> str:
        names = dict(WEEKDAYS)
        return "; ".join(f"{' '.join(names[d] for d in shift.weekdays)} {shift}" for shift in calendar.shifts.all())


class StationInline(TabularInline):
    """The stations at a glance; each opens its own page."""

    model = Station
    extra = 0
    fields = ["code", "name", "calendar", "retired"]
    readonly_fields = fields
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Line | None = None) -> bool:
        return False


@admin.register(Line)
class LineAdmin(ModelAdmin):
    """Stations that belong together."""

    inlines = [StationInline]
    list_display = ["name", "code", "kind", "position", "plant"]
    list_select_related = ["plant"]
    search_fields = ["code", "name"]


@admin.register(Station)
class StationAdmin(ModelAdmin):
    """A place that does one operation at a time. One that was ever planned is retired, not deleted."""

    form = StationForm
    list_display = ["name", "code", "line", "calendar", "offers", "retired"]
    list_filter = ["line", "calendar", "retired"]
    list_select_related = ["line", "calendar"]
    search_fields = ["code", "name", "capabilities"]

    @admin.display(description="capabilities")
    def offers(self, station: Station) -> str:
        return ", ".join(station.capabilities)


@admin.register(ChangeoverTable)
class ChangeoverTableAdmin(ModelAdmin):
    """Minutes between families; a station has at most one table."""

    form = ChangeoverTableForm
    list_display = ["code", "attribute", "default_minutes", "plant"]
    list_select_related = ["plant"]
    filter_horizontal = ["stations"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Stations that are planned."""
        if db_field.name == "stations":
            kwargs["queryset"] = Station.objects.filter(retired=False).select_related("line")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class RoutingOperationInline(TabularInline):
    model = RoutingOperation
    form = RoutingOperationForm
    formset = RoutingOperationFormSet
    extra = 0


@admin.register(Routing)
class RoutingAdmin(ModelAdmin):
    """How an item is made; orders taken over before keep the operations they got."""

    inlines = [RoutingOperationInline]
    list_display = ["item_code", "steps", "plant"]
    list_select_related = ["plant"]
    search_fields = ["item_code", "operations__name", "operations__capability"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Routing]:
        rows: QuerySet[Routing] = super().get_queryset(request)
        return rows.prefetch_related("operations")

    @admin.display(description="steps")
    def steps(self, routing: Routing) -> str:
        return ", ".join(f"{step.number} {step.name}" for step in routing.operations.all())


@admin.register(Stock)
class StockAdmin(ModelAdmin):
    """What lies in store; operations that are done take from it."""

    list_display = ["item_code", "quantity"]
    search_fields = ["item_code"]


@admin.register(Supply)
class SupplyAdmin(ModelAdmin):
    """Confirmed deliveries; one that was received no longer counts, its goods are counted in the stock."""

    list_display = ["item_code", "quantity", "due_at", "received_at"]
    search_fields = ["item_code"]
    date_hierarchy = "due_at"
