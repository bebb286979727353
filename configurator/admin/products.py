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
from configurator.admin.forms import PackageUpload, RuleForm, vocabulary_of
from configurator.admin.release_change import ReleaseChangeAdmin
from configurator.errors import ConfiguratorError, PublishRefused
from configurator.formats import FormatError
from configurator.models import Feature, Product, Rule, Section
from configurator.ports import Severity
from configurator.services.package import package_export, package_import
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
class ProductAdmin(ReleaseChangeAdmin, ModelAdmin):
    """The draft of a product, checked, published, exported and imported from here."""

    inlines = [SectionInline, FeatureInline, RuleInline]
    list_display = ["name", "code", "base_price", "currency", "sold"]
    list_select_related = ["current_release"]
    search_fields = ["code", "name"]
    readonly_fields = ["current_release"]
    actions_detail = ["check_and_publish", "what_would_change", "export_yaml"]
    actions_list = ["import_yaml"]

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

    @action(description=_("Export YAML"), url_path="export", permissions=["view"])
    def export_yaml(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The draft as a file."""
        product = get_object_or_404(Product, pk=object_id)
        try:
            text = package_export(product)
        except FormatError as error:
            messages.error(request, str(error))
            return redirect("admin:configurator_product_change", product.pk)
        headers = {"Content-Disposition": f'attachment; filename="{product.code}.yaml"'}
        return HttpResponse(text, content_type="application/yaml", headers=headers)

    @action(description=_("Import YAML"), url_path="import", permissions=["add"])
    def import_yaml(self, request: HttpRequest) -> HttpResponse:
        """Replace a product's draft with an uploaded package, whole or not at all."""
        form = PackageUpload(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["package"]
            try:
                product = package_import(
                    text=upload.read().decode(), source=upload.name, actor=actor_of(request), now=plant_now()
                )
            except UnicodeDecodeError:
                form.add_error("package", _("The file is not UTF-8 text."))
            except (FormatError, ConfiguratorError) as error:
                for line in str(error).splitlines():
                    form.add_error("package", line)
            else:
                messages.success(request, _("The draft of %(product)s was replaced.") % {"product": product.name})
                return redirect("admin:configurator_product_change", product.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import a product package"),
            "effect": _(
                "The package replaces the whole draft of its product, or nothing when there is a mistake in it. "
                "Releases and orders stay as they are."
            ),
            "form": form,
        }
        return TemplateResponse(request, "admin/import_package.html", context)
