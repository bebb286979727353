"""Publishing a draft as a release that never changes again."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from configurator.errors import PublishRefused
from configurator.formats import FormatError, ProductPackage
from configurator.loading import ReleaseEngine, draft_package
from configurator.loading.findings import findings_document
from configurator.models import CompiledRelease, Product, Release, ReleaseReview, ReviewState
from configurator.ports import Finding, Severity, release_checks
from configurator.services.draft_check import draft_findings
from configurator.services.stored_engine import engine_store
from foundation.api import User, audit_record

logger = structlog.get_logger()


def draft_check(*, product: Product) -> tuple[Finding, ...]:
    """Everything that stands against publishing the draft, worst first; nothing is changed."""
    return _checked(product)[1]


def release_publish(
    *, product: Product, actor: User | None, now: datetime, dead_options: Severity = Severity.ERROR
) -> Release:
    """Freeze the draft as the release that is sold from now on; an unchanged draft gives its existing release.

    With `settings.RELEASE_APPROVAL` the release waits until somebody else approves it, and what was sold before goes on
    being sold; see `release.review`. Compiling and checking happen before the transaction, so that the shop goes on
    selling meanwhile. Raises `PublishRefused` with all findings when one of them is an error. `dead_options` says how
    bad an option is that can never be chosen: a mistake in a product of our own, a fact in a feature model of somebody
    else.
    """
    engine, findings = _checked(product, dead_options)
    if engine is None or any(finding.severity == Severity.ERROR for finding in findings):
        raise PublishRefused(findings)
    content_hash = engine.package.content_hash()
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=product.pk)
        compiled = engine_store(content_hash=content_hash, engine=engine, now=now)
        release = locked.releases.filter(content_hash=content_hash).first()
        if release is None:
            release = _release_create(locked, engine.package, compiled, actor, now)
        _review(release, findings, actor, now)
        if release.review.may_be_sold:
            release_sell(product=locked, release=release, actor=actor, now=now)
    logger.info(
        "release_published",
        product=product.code,
        release=release.number,
        state=release.review.state,
        engine=compiled.engine,
        reason=compiled.reason,
        seconds=round(compiled.seconds, 3),
        nodes=compiled.nodes,
        edges=compiled.edges,
        size=compiled.size,
    )
    product.current_release = locked.current_release
    return release


def release_sell(*, product: Product, release: Release, actor: User | None, now: datetime) -> None:
    """Sell this release from now on, in the caller's transaction, which has locked the product."""
    if product.current_release_id == release.pk:
        return
    product.current_release = release
    product.save(update_fields=["current_release"])
    audit_record(
        actor=actor,
        verb="product.published",
        subject=product,
        detail={"release": release.number, "content_hash": release.content_hash},
        at=now,
    )


def _release_create(
    product: Product, package: ProductPackage, compiled: CompiledRelease, actor: User | None, now: datetime
) -> Release:
    last = product.releases.aggregate(last=Max("number"))["last"] or 0
    return Release.objects.create(
        product=product,
        number=last + 1,
        package=package.to_document(),
        content_hash=compiled.content_hash,
        engine=f"{compiled.engine}/{compiled.format_version}",
        published_at=now,
        published_by=actor,
    )


def _review(release: Release, findings: tuple[Finding, ...], actor: User | None, now: datetime) -> None:
    """Give the release its review, or ask for a new one where it may not be sold as things are."""
    asked = bool(settings.RELEASE_APPROVAL)
    review, created = ReleaseReview.objects.get_or_create(
        release=release,
        defaults={
            "state": ReviewState.WAITING if asked else ReviewState.UNASKED,
            "findings": findings_document(findings),
            "requested_by": actor,
            "requested_at": now,
        },
    )
    again = not created and review.state in (
        ReviewState.REJECTED,
        ReviewState.UNASKED if asked else ReviewState.WAITING,
    )
    if again and release.pk != release.product.current_release_id:
        review.state = ReviewState.WAITING if asked else ReviewState.UNASKED
        review.findings = findings_document(findings)
        review.requested_by, review.requested_at = actor, now
        review.decided_by, review.decided_at, review.remark = None, None, ""
        review.save()
    release.review = review
    if review.state == ReviewState.WAITING and (created or again):
        audit_record(
            actor=actor,
            verb="release.review_requested",
            subject=release,
            detail={"release": release.number, "findings": len(findings)},
            at=now,
        )


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
    return engine, tuple(sorted(findings, key=lambda finding: _WORST_FIRST[finding.severity]))


_WORST_FIRST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
