"""Product packages in and out of the draft tables."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from configurator.engine import Item as EngineItem
from configurator.errors import ItemClash, PackageRefused
from configurator.formats import (
    Finding,
    PackageError,
    ProductPackage,
    package_from_uvl,
    parse_product_package,
    parse_product_workbook,
    read_product_package,
    read_product_workbook,
    write_product_package,
    write_product_workbook,
)
from configurator.loading import draft_package, draft_replace
from configurator.loading.draft import engine_item
from configurator.models import Item, Product
from foundation.api import User, audit_record

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
"""Endings of files for the workbook reader, which knows how to refuse the last one."""


def package_read(path: Path) -> ProductPackage:
    """The package in a YAML file or workbook, or the generic one of a UVL model; raises `FormatError`."""
    if path.suffix.lower() == ".uvl":
        return package_from_uvl(path)
    return read_product_workbook(path) if path.suffix.lower() in WORKBOOKS else read_product_package(path)


def package_parse(content: bytes, name: str) -> ProductPackage:
    """The package in the content of an uploaded file, a workbook or YAML as its name says; raises `FormatError`."""
    if Path(name).suffix.lower() in WORKBOOKS:
        return parse_product_workbook(content, name)
    try:
        return parse_product_package(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise PackageError([Finding(name, 0, 0, "the file is not UTF-8 text")]) from None


def package_import(
    *, path: Path | None = None, text: str | None = None, source: str = "", actor: User | None, now: datetime
) -> Product:
    """Replace a product's draft with a package from a file or a text, whole or not at all."""
    if (path is None) == (text is None):
        raise ValueError("A package comes from a path or from a text.")
    package = package_read(path) if path is not None else parse_product_package(text or "", source)
    return packages_import(packages=[package], actor=actor, now=now)[0]


@transaction.atomic
def packages_import(*, packages: Sequence[ProductPackage], actor: User | None, now: datetime) -> tuple[Product, ...]:
    """Replace the drafts of several products, all or none.

    Items are shared between products by their code. An item may change its content only for all products that use it
    at once, so products that include the same module are imported together; raises `ItemClash` otherwise.
    """
    codes = [package.product.code for package in packages]
    if len(set(codes)) < len(codes):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise PackageRefused(f"The import holds two packages of the same product: {', '.join(twice)}.")
    _refuse_clashes(packages)
    return tuple(_import(package, actor, now) for package in packages)


def package_export(product: Product) -> str:
    """The product's draft as a YAML package, which reads back the same; raises `PackageError`."""
    return write_product_package(draft_package(product))


def package_workbook(product: Product) -> bytes:
    """The product's draft as an Excel workbook, which reads back the same; raises `PackageError`."""
    return write_product_workbook(draft_package(product))


def _import(package: ProductPackage, actor: User | None, now: datetime) -> Product:
    header = package.product
    product, created = Product.objects.select_for_update().get_or_create(
        code=header.code, defaults={"name": header.name, "root_item": header.root_item}
    )
    draft_replace(product, package)
    audit_record(
        actor=actor,
        verb="product.imported",
        subject=product,
        detail={"new": created, "features": len(package.features), "items": len(package.items)},
        at=now,
    )
    return product


def _refuse_clashes(packages: Sequence[ProductPackage]) -> None:
    """Raise `ItemClash` where an item would change under a product that is not imported, or differs in two that are."""
    wanted: dict[str, EngineItem] = {}
    for package in packages:
        for item in package.items:
            if wanted.setdefault(item.code, item) != item:
                raise PackageRefused(f"Item {item.code} is described differently in two of the packages.")
    imported = [package.product.code for package in packages]
    clashes = []
    rows = Item.objects.filter(code__in=wanted).prefetch_related("products").order_by("code")
    for row in rows:
        if engine_item(row) == wanted[row.code]:
            continue
        others = sorted(product.code for product in row.products.all() if product.code not in imported)
        if others:
            clashes.append((row.code, others))
    if clashes:
        raise ItemClash(clashes)
