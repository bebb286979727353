"""A second person lets a release be sold, or sends it back."""

from datetime import datetime

from django.db import transaction

from configurator.errors import NotWaiting, OwnRelease, RemarkMissing
from configurator.models import Product, Release, ReleaseReview, ReviewState
from configurator.services.publish import release_sell
from foundation.api import User, audit_record


def release_approve(*, release: Release, actor: User, remark: str = "", now: datetime) -> ReleaseReview:
    """Sell a waiting release from now on; raises `OwnRelease` for who published it, `NotWaiting` when it is decided."""
    with transaction.atomic():
        product, review = _decide(release, ReviewState.APPROVED, actor, remark, now)
        release_sell(product=product, release=release, actor=actor, now=now)
    return review


def release_reject(*, release: Release, actor: User, remark: str, now: datetime) -> ReleaseReview:
    """Send a waiting release back; what was sold before goes on being sold.

    Raises as approving does, and `RemarkMissing` without a reason.
    """
    if not remark:
        raise RemarkMissing
    with transaction.atomic():
        return _decide(release, ReviewState.REJECTED, actor, remark, now)[1]


def _decide(
    release: Release, state: ReviewState, actor: User, remark: str, now: datetime
) -> tuple[Product, ReleaseReview]:
    """The decision on a waiting review, which is made once; the product is locked, as it is when publishing."""
    product = Product.objects.select_for_update().get(pk=release.product_id)
    review = ReleaseReview.objects.filter(release=release).first()
    if review is None or review.state != ReviewState.WAITING:
        raise NotWaiting(release)
    if review.requested_by_id == actor.pk:
        raise OwnRelease(release)
    decided = ReleaseReview.objects.filter(pk=review.pk, state=ReviewState.WAITING).update(
        state=state, decided_by=actor, decided_at=now, remark=remark
    )
    if decided != 1:
        raise NotWaiting(release)
    review.refresh_from_db()
    audit_record(
        actor=actor,
        verb=f"release.{state.value}",
        subject=release,
        detail={"release": release.number, "remark": remark},
        at=now,
    )
    return product, review
