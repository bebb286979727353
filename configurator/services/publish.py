"""Publishing a draft as a release that never changes again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from configurator.errors import PublishRefused
from configurator.formats import FormatError
from configurator.loading import ReleaseEngine, draft_package
from configurator.loading.engines import engine_keep
from configurator.models import Product, Release
from configurator.ports import Finding, Severity, release_checks
from configurator.services.draft_check import draft_findings
from foundation.api import User, audit_record

ENGINE = "linewright/1"


def draft_check(*, product: Product) -> tuple[Finding, ...]:
    """Everything that stands against publishing the draft, worst first; nothing is changed."""
    return _checked(product)[1]


def release_publish(
    *, product: Product, actor: User | None, now: datetime, dead_options: Severity = Severity.ERROR
) -> Release:
    """Freeze the draft as the release that is sold from now on; an unchanged draft gives its existing release.

    Compiling and checking happen before the transaction, so that the shop goes on selling meanwhile. Raises
    `PublishRefused` with all findings when one of them is an error. `dead_options` says how bad an option is that can
    never be chosen: a mistake in a product of our own, a fact in a feature model of somebody else.
    """
    engine, findings = _checked(product, dead_options)
    if engine is None or any(finding.severity == Severity.ERROR for finding in findings):
        raise PublishRefused(findings)
    content_hash = engine.package.content_hash()
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=product.pk)
        release = locked.releases.filter(content_hash=content_hash).first()
        if release is None:
            last = locked.releases.aggregate(last=Max("number"))["last"] or 0
            release = Release.objects.create(
                product=locked,
                number=last + 1,
                package=engine.package.to_document(),
                content_hash=content_hash,
                engine=ENGINE,
                published_at=now,
                published_by=actor,
            )
        if locked.current_release_id != release.pk:
            locked.current_release = release
            locked.save(update_fields=["current_release"])
            audit_record(
                actor=actor,
                verb="product.published",
                subject=locked,
                detail={"release": release.number, "content_hash": content_hash},
                at=now,
            )
    product.current_release = release
    engine_keep(content_hash, engine)
    return release


def _checked(
    product: Product, dead_options: Severity = Severity.ERROR
) -> tuple[ReleaseEngine | None, tuple[Finding, ...]]:
    """The draft compiled, if it can be, and all findings."""
    try:
        package = draft_package(product)
    except FormatError as error:
        return None, tuple(Finding(Severity.ERROR, product.code, str(finding)) for finding in error.findings)
    engine, findings = draft_findings(package, dead_options)
    if engine is not None and not any(finding.severity == Severity.ERROR for finding in findings):
        space = engine.space()
        for check in release_checks():
            findings += check.findings(space)
    return engine, tuple(sorted(findings, key=lambda finding: finding.severity != Severity.ERROR))
