"""What the shop sells."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from configurator.errors import NotSold
from configurator.loading import engine_of
from configurator.models import Product, Release


@dataclass(frozen=True, slots=True)
class ProductCard:
    """One product as the catalogue shows it."""

    code: str
    name: str
    text: str
    picture: str
    currency: str
    standard_price: Decimal
    """Of the standard configuration."""
    features: int
    release_id: int
    release_number: int


def catalogue() -> tuple[ProductCard, ...]:
    """The products that are sold, each as its current release describes it; one query once they are compiled."""
    products = (
        Product.objects.exclude(current_release=None)
        .select_related("current_release")
        .defer("current_release__package")
        .order_by("code")
    )
    return tuple(_card(product.current_release) for product in products if product.current_release is not None)


def _card(release: Release) -> ProductCard:
    engine = engine_of(release)
    header = engine.package.product
    return ProductCard(
        code=header.code,
        name=header.name,
        text=header.text,
        picture=header.picture,
        currency=header.currency,
        standard_price=engine.standing({}).price,
        features=len(engine.package.features) + len(engine.package.parameters),
        release_id=release.pk,
        release_number=release.number,
    )


def release_for_sale(code: str) -> Release:
    """The release a product is sold under; raises `Product.DoesNotExist` or `NotSold`."""
    product = Product.objects.select_related("current_release").defer("current_release__package").get(code=code)
    if product.current_release is None:
        raise NotSold(product.name)
    # One row carries both, so that the caller can ask for release.product without a query.
    product.current_release.product = product
    return product.current_release


def may_be_ordered(release: Release) -> bool:
    """Whether the release is the one that is sold, or the shop goes on selling older ones."""
    return release.product.current_release_id == release.pk or bool(settings.OLD_RELEASES_ORDERABLE)
