"""Releases in the admin: what they froze, which engine serves them, what the check said and who let them be sold."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from configurator.admin.finding_groups import grouped
from configurator.errors import ConfiguratorError
from configurator.loading.findings import findings_from_document
from configurator.models import CompiledRelease, Release, ReleaseReview, ReviewState
from configurator.services.approval import release_approve, release_reject
from foundation.api import ReadOnly, Role, actor_of, plant_now

NOT_STORED = _("not stored: each worker compiles it when it starts; manage.py compile_releases stores it")


@admin.register(Release)
class ReleaseAdmin(ReadOnly, ModelAdmin):
    """Releases with the package they froze; a waiting one is approved or rejected from here."""

    list_display = ["product", "number", "published_at", "published_by", "review_state", "engine_name", "short_hash"]
    list_filter = ["product", "review__state"]
    list_select_related = ["product", "published_by", "review"]
    fieldsets = [
        (None, {"fields": ["product", "number", "published_at", "published_by", "review_state", "content_hash"]}),
        (_("Engine"), {"fields": ["engine_name", "engine_reason", "engine_size", "engine_seconds", "engine_at"]}),
        (_("Package"), {"fields": ["package"]}),
    ]
    actions_detail = ["review"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        rows: QuerySet[Release] = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and "object_id" in match.kwargs:
            return rows.select_related("review")
        stored = CompiledRelease.objects.filter(content_hash=OuterRef("content_hash"))
        return rows.defer("package", "review__findings").annotate(served_by=Subquery(stored.values("engine")[:1]))

    @admin.display(description=_("content"))
    def short_hash(self, release: Release) -> str:
        return release.content_hash[:12]

    @admin.display(description=_("review"))
    def review_state(self, release: Release) -> str:
        review = _review_of(release)
        return str(review.get_state_display()) if review is not None else "-"

    @admin.display(description=_("served by"))
    def engine_name(self, release: Release) -> str:
        if hasattr(release, "served_by"):
            return str(release.served_by or "-")
        row = _stored(release)
        return str(row.get_engine_display()) if row is not None else str(NOT_STORED)

    @admin.display(description=_("why"))
    def engine_reason(self, release: Release) -> str:
        row = _stored(release)
        return row.reason if row is not None else "-"

    @admin.display(description=_("size"))
    def engine_size(self, release: Release) -> str:
        row = _stored(release)
        if row is None:
            return "-"
        circuit = _("%(nodes)s nodes, %(edges)s edges, ") % {"nodes": f"{row.nodes:,}", "edges": f"{row.edges:,}"}
        return (str(circuit) if row.nodes else "") + filesizeformat(row.size) + f", format {row.format_version}"

    @admin.display(description=_("seconds to compile"))
    def engine_seconds(self, release: Release) -> str:
        row = _stored(release)
        return f"{row.seconds:.2f}" if row is not None else "-"

    @admin.display(description=_("stored"))
    def engine_at(self, release: Release) -> str:
        row = _stored(release)
        return date_format(localtime(row.created_at), "DATETIME_FORMAT") if row is not None else "-"

    @action(description=_("Check and approval"), url_path="review", permissions=["view"])
    def review(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What the check said; a POST of another product manager decides on a waiting release."""
        release = get_object_or_404(
            Release.objects.defer("package").select_related("product", "review__requested_by", "review__decided_by"),
            pk=object_id,
        )
        review = _review_of(release)
        if review is None:
            messages.warning(request, _("This release was published before checks were kept."))
            return redirect("admin:configurator_release_change", release.pk)
        actor = actor_of(request)
        mistake = ""
        if request.method == "POST":
            if not actor.has_role(Role.PRODUCT_MANAGER):
                raise PermissionDenied
            try:
                return self._decided(request, release)
            except ConfiguratorError as error:
                mistake = str(error)
        waiting = review.state == ReviewState.WAITING
        own = review.requested_by_id == actor.pk
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Check of %(product)s release %(number)s")
            % {"product": release.product.name, "number": release.number},
            "review": review,
            "groups": grouped(findings_from_document(review.findings)),
            "own": waiting and own,
            "decides": waiting and not own and actor.has_role(Role.PRODUCT_MANAGER),
            "remark": request.POST.get("remark", ""),
            "mistake": mistake,
        }
        return TemplateResponse(request, "admin/configurator/review.html", context, status=409 if mistake else 200)

    def _decided(self, request: HttpRequest, release: Release) -> HttpResponse:
        actor, remark = actor_of(request), request.POST.get("remark", "").strip()
        if request.POST.get("decision") == "approve":
            release_approve(release=release, actor=actor, remark=remark, now=plant_now())
            messages.success(request, _("Release %(number)s is sold from now on.") % {"number": release.number})
        else:
            release_reject(release=release, actor=actor, remark=remark, now=plant_now())
            messages.success(request, _("Release %(number)s was rejected.") % {"number": release.number})
        return redirect("admin:configurator_release_change", release.pk)


def _review_of(release: Release) -> ReleaseReview | None:
    """The review of a release; None of one that is older than reviews."""
    return getattr(release, "review", None)


def _stored(release: Release) -> CompiledRelease | None:
    """The row of the engine that serves a release, without the engine itself; read once per page."""
    if not hasattr(release, "stored_row"):
        rows = CompiledRelease.objects.defer("stored")
        release.stored_row = rows.filter(content_hash=release.content_hash).first()  # type: ignore[attr-defined]
    row: CompiledRelease | None = release.stored_row  # type: ignore[attr-defined]
    return row
