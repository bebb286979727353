"""Which releases may be ordered, and which one a customer was told about.

What was published before stays readable, so that a customer may go on looking at it. It may be ordered only while a
date is held for it, since that price and that date were promised together, or where the shop allows it.
"""

from configurator.errors import ReleaseMoved, ReleaseWithdrawn
from configurator.models import Release
from configurator.selectors.catalogue import may_be_ordered


def orderable_checked(release: Release) -> None:
    """Raise `ReleaseWithdrawn` when the release may not be ordered."""
    if not may_be_ordered(release):
        raise ReleaseWithdrawn(release.product.name)


def release_expected(release: Release, number: int) -> Release:
    """The release its product is sold under now, if it has this number; raises `ReleaseMoved`."""
    product = release.product
    current = product.releases.defer("package").filter(pk=product.current_release_id or 0, number=number).first()
    if current is None:
        raise ReleaseMoved(product.name)
    current.product = product
    return current
