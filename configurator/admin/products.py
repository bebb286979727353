"""Products in the admin: the draft's head, and the way from draft to release."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from configurator.admin.finding_groups import grouped
from configurator.admin.forms import RuleForm, vocabulary_of
from configurator.admin.packages import PackageAdmin
from configurator.admin.release_change import ReleaseChangeAdmin
from configurator.errors import PublishRefused
from configurator.models import Feature, Product, Rule, Section
from configurator.ports import Severity
from configurator.services.publish import draft_check, release_publish
from foundation.api import actor_of, plant_now


class SectionInline(TabularInline):
    model = Section
    extra = 0
    tab = True
    fields = ["position", "code", "name", "text"]
    ordering_field = "position"
    hide_ordering_field = True


class FeatureInline(TabularInline):
    """The features at a glance; each opens its own page with its options."""

    model = Feature
    extra = 0
    tab = True
    fields = ["code", "name", "default", "flag"]
    readonly_fields = fields
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return False


class RuleInline(TabularInline):
    model = Rule
    form = RuleForm
    extra = 0
    tab = True
    fields = ["position", "code", "expression", "text"]
    ordering_field = "position"
    hide_ordering_field = True

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        """All rules of the page are held against one vocabulary, read once."""
        formset = super().get_formset(request, obj, **kwargs)
        if obj is not None and request.method == "POST":
            formset.form.vocabulary = vocabulary_of(obj)
        return formset


@admin.register(Product)
class ProductAdmin(ReleaseChangeAdmin, PackageAdmin, ModelAdmin):
    """The draft of a product, checked, published, exported and imported from here."""

    inlines = [SectionInline, FeatureInline, RuleInline]
    list_display = ["name", "code", "base_price", "currency", "sold"]
    list_select_related = ["current_release"]
    search_fields = ["code", "name"]
    readonly_fields = ["current_release"]
    actions_detail = ["check_and_publish", "what_would_change", "export_yaml", "export_workbook"]
    actions_list = ["import_package"]

    @admin.display(description=_("sold as release"))
    def sold(self, product: Product) -> str:
        return str(product.current_release.number) if product.current_release is not None else "-"

    @action(description=_("Check and publish"), url_path="publish", permissions=["change"])
    def check_and_publish(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what stands against publishing; a POST publishes."""
        product = get_object_or_404(Product, pk=object_id)
        if request.method == "POST":
            try:
                release = release_publish(product=product, actor=actor_of(request), now=plant_now())
            except PublishRefused as refused:
                messages.error(request, _("Nothing was published: mend what is listed below."))
                return self._publish_page(request, product, refused.findings)
            if release.review.may_be_sold:
                text = _("Release %(number)s is sold from now on.")
            else:
                text = _("Release %(number)s waits until somebody else has approved it.")
            messages.success(request, text % {"number": release.number})
            return redirect("admin:configurator_product_change", product.pk)
        return self._publish_page(request, product, draft_check(product=product))

    def _publish_page(self, request: HttpRequest, product: Product, findings: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Publish %(product)s") % {"product": product.name},
            "product": product,
            "groups": grouped(findings),
            "publishable": not any(finding.severity == Severity.ERROR for finding in findings),
            "approval": settings.RELEASE_APPROVAL,
        }
        return TemplateResponse(request, "admin/configurator/publish.html", context)
