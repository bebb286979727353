"""Product packages in and out of the admin: as YAML, and as the workbook in which people keep options and prices."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from configurator.admin.forms import PackageUpload
from configurator.errors import ConfiguratorError
from configurator.formats import FormatError
from configurator.models import Product
from configurator.services.package import package_export, package_parse, package_workbook, packages_import
from foundation.api import actor_of, plant_now

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PackageAdmin(ModelAdmin):
    """What the page of products and that of one product offer for packages."""

    @action(description=_("Export YAML"), url_path="export", permissions=["view"])
    def export_yaml(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The draft as a YAML file."""
        return self._download(request, object_id, "yaml", "application/yaml", package_export)

    @action(description=_("Export Excel"), url_path="export-workbook", permissions=["view"])
    def export_workbook(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The draft as an Excel workbook."""
        return self._download(request, object_id, "xlsx", WORKBOOK, package_workbook)

    def _download(
        self, request: HttpRequest, object_id: int, ending: str, kind: str, export: Callable[[Product], str | bytes]
    ) -> HttpResponse:
        product = get_object_or_404(Product, pk=object_id)
        try:
            content = export(product)
        except FormatError as error:
            messages.error(request, str(error))
            return redirect("admin:configurator_product_change", product.pk)
        headers = {"Content-Disposition": f'attachment; filename="{product.code}.{ending}"'}
        return HttpResponse(content, content_type=kind, headers=headers)

    @action(description=_("Import package"), url_path="import", permissions=["add"])
    def import_package(self, request: HttpRequest) -> HttpResponse:
        """Replace a product's draft with an uploaded package, whole or not at all."""
        form = PackageUpload(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["package"]
            try:
                package = package_parse(upload.read(), upload.name)
                (product,) = packages_import(packages=[package], actor=actor_of(request), now=plant_now())
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
