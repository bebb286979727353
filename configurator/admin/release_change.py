"""What would publishing a draft change? Asked before it is published, of knowledge and of everything open."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from configurator.engine import ConfigurationError
from configurator.formats import FormatError, ProductPackage
from configurator.loading import draft_package, engine_of
from configurator.loading.verdicts import Verdicts, verdicts_on
from configurator.models import Product
from configurator.selectors.release_difference import LineKind, difference_view
from configurator.selectors.release_impact import (
    AFFECTED_NAMES,
    ImpactReport,
    impact_report,
    impact_rows,
    reasons_in_words,
)
from foundation.api import plant_now

SECONDS_AT_ONCE = 2.0
"""How long one answer works; the page loads its next part by itself."""
OUTCOMES = (_("stay as they are"), _("keep all choices"), _("lose choices"), _("impossible"), _("together"))
KINDS = {LineKind.CAME: _("new"), LineKind.WENT: _("gone"), LineKind.CHANGED: _("changed")}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ReleaseChangeAdmin:
    """Adds the page to the admin of a product."""

    @action(description=_("What would publishing change?"), url_path="what-would-change", permissions=["change"])
    def what_would_change(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The difference to the release that is sold, and what it does to everything open."""
        product = get_object_or_404(Product.objects.select_related("current_release"), pk=object_id)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # the admin this is mixed into
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("What would publishing %(product)s change?") % {"product": product.name},
            "product": product,
        }
        try:
            package, verdicts = _draft(product)
        except (FormatError, ConfigurationError) as error:
            return self._page(request, {**context, "mistakes": str(error).splitlines()})
        if product.current_release is None:
            return self._page(request, {**context, "first": True})
        if "csv" in request.GET:
            return _csv(product, verdicts)
        report = _report(request, product, package, verdicts)
        context["difference"] = _difference(product, package)
        context["report"] = _shown(report)
        response = self._page(request, context)
        if not report.finished:
            response["Refresh"] = f"0; url={request.path}?continue"
        return response

    @staticmethod
    def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(request, "admin/configurator/release_change.html", context)


def _draft(product: Product) -> tuple[ProductPackage, Verdicts]:
    """The draft and what judges by it; raises what the draft's check says in full."""
    package = draft_package(product)
    verdicts = verdicts_on(package)
    verdicts.engine.valid_domains({})
    return package, verdicts


def _difference(product: Product, package: ProductPackage) -> list[dict[str, Any]]:
    assert product.current_release is not None
    view = difference_view(engine_of(product.current_release).package, package)
    return [
        {
            "title": group.title,
            "lines": [
                {"kind": KINDS[line.kind], "subject": line.subject, "details": line.details} for line in group.lines
            ],
        }
        for group in view.groups
    ]


def _report(request: HttpRequest, product: Product, package: ProductPackage, verdicts: Verdicts) -> ImpactReport:
    """The sums so far. What is counted waits in the session for the next part, as long as the draft is the same."""
    key = f"release_impact:{product.pk}"
    about = f"{product.current_release_id}:{package.content_hash()}"
    begun: ImpactReport | None = None
    kept = request.session.pop(key, None)
    if "continue" in request.GET and kept is not None and kept["about"] == about:
        begun = ImpactReport.from_plain(kept["report"])
    report = impact_report(product, verdicts, now=plant_now(), report=begun, seconds=SECONDS_AT_ONCE)
    if not report.finished:
        request.session[key] = {"about": about, "report": report.to_plain()}
    return report


def _shown(report: ImpactReport) -> dict[str, Any]:
    return {
        "finished": report.finished,
        "done": report.done,
        "total": report.total,
        "percent": 100 * report.done // max(report.total, report.done, 1),
        "headings": [_("What is open"), *OUTCOMES],
        "counts": report.table(),
        "reasons": [
            (
                reason,
                ", ".join(
                    f"{name}: {count}" for name, count in zip(AFFECTED_NAMES.values(), numbers, strict=True) if count
                ),
            )
            for reason, numbers in report.with_what()
        ],
    }


def _csv(product: Product, verdicts: Verdicts) -> HttpResponse:
    """Every row with what becomes of it, for a spreadsheet."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["what", "name", "release", "outcome", "price before", "price after", "changes"])
    for row in impact_rows(product, verdicts, now=plant_now()):
        verdict = row.verdict
        cells = [row.affected, row.name, row.release.number, verdict.outcome, verdict.price_before, verdict.price_after]
        writer.writerow(_safe([*cells, " | ".join(reasons_in_words(row, verdicts))]))
    name = f"{product.code}-release-change.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _safe(cells: Iterable[Any]) -> list[str]:
    """Cells that no spreadsheet takes for formulas: a product's texts may begin with anything."""
    texts = ("" if cell is None else str(cell) for cell in cells)
    return [f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in texts]
