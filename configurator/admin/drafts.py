"""The parts of drafts, each with its own list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from configurator.admin.forms import BillLineForm, ExampleForm, ParameterForm, RuleForm, TableForm
from configurator.models import BillLine, Example, Feature, Item, Option, Parameter, Rule, Section, Table


class DraftAdmin(ModelAdmin):
    """Rows of drafts: listed by product, in the product's order."""

    list_filter = ["product"]
    list_select_related = ["product"]
    ordering = ["product", "position"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Sections of the row's own product only."""
        if db_field.name == "section" and (product := self._product_id(request)):
            kwargs["queryset"] = Section.objects.filter(product=product)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _product_id(self, request: HttpRequest) -> Any:
        match = request.resolver_match
        row = self.get_object(request, match.kwargs["object_id"]) if match and "object_id" in match.kwargs else None
        return row.product_id if row is not None else request.GET.get("product")


class OptionInline(TabularInline):
    model = Option
    extra = 0
    fields = ["position", "code", "name", "text", "price", "parts"]
    ordering_field = "position"
    hide_ordering_field = True


@admin.register(Feature)
class FeatureAdmin(DraftAdmin):
    """A question with its options and their prices."""

    inlines = [OptionInline]
    list_display = ["name", "code", "product", "section", "default", "flag"]
    list_select_related = ["product", "section"]
    search_fields = ["code", "name"]
    fields = ["product", "section", "position", "code", "name", "text", "default", "flag", "price", "parts"]
    conditional_fields = {"price": "flag == true", "parts": "flag == true"}


@admin.register(Parameter)
class ParameterAdmin(DraftAdmin):
    """A number the customer chooses."""

    form = ParameterForm
    list_display = ["name", "code", "product", "minimum", "maximum", "step", "unit", "default"]
    search_fields = ["code", "name"]


@admin.register(Rule)
class RuleAdmin(DraftAdmin):
    """A rule with the sentence a customer reads; the expression is held against the product when it is saved."""

    form = RuleForm
    list_display = ["code", "product", "expression", "text"]
    search_fields = ["code", "expression", "text"]


@admin.register(Table)
class TableAdmin(DraftAdmin):
    """A table of allowed or forbidden combinations."""

    form = TableForm
    list_display = ["code", "product", "columns", "text", "allowed"]
    search_fields = ["code", "text"]


@admin.register(Example)
class ExampleAdmin(DraftAdmin):
    """Choices that every release has to sell, or to refuse."""

    form = ExampleForm
    list_display = ["code", "product", "choices", "sold", "text"]
    search_fields = ["code", "text"]


@admin.register(BillLine)
class BillLineAdmin(DraftAdmin):
    """A line of the 150 % bill; its formulas are held against the product when it is saved."""

    form = BillLineForm
    list_display = ["parent", "item", "quantity", "one_of", "condition", "scrap", "product"]
    list_select_related = ["product", "parent", "item"]
    search_fields = ["parent__code", "item__code", "item__name"]
    autocomplete_fields = ["parent", "item"]


@admin.register(Item)
class ItemAdmin(ModelAdmin):
    """An item; its code means the same in all products that use it, so a change here reaches all their drafts."""

    list_display = ["code", "name", "made", "phantom", "unit", "scrap", "used_by"]
    list_filter = ["made", "phantom", "products"]
    search_fields = ["code", "name"]
    readonly_fields = ["used_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        rows: QuerySet[Item] = super().get_queryset(request)
        return rows.prefetch_related("products")

    @admin.display(description="used by")
    def used_by(self, item: Item) -> str:
        if item.pk is None:
            return ""
        return ", ".join(sorted(product.name for product in item.products.all()))
