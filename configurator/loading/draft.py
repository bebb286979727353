"""The draft tables of a product as a product package, and back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from configurator.formats import ProductPackage
from configurator.models import BillLine, Feature, Item, Option, Parameter, Product, Rule, Section, Table

Document = Mapping[str, Any]


def draft_package(product: Product) -> ProductPackage:
    """The package a product's draft tables hold, in eight queries; raises what the reader of packages raises."""
    return ProductPackage.from_document(draft_document(product))


def draft_document(product: Product) -> dict[str, Any]:
    """The draft tables as the document a package file holds."""
    return {
        "format": "linewright-product/1",
        "product": {
            "code": product.code,
            "name": product.name,
            "text": product.text,
            "currency": product.currency,
            "base_price": str(product.base_price),
            "root_item": product.root_item,
            "picture": product.picture,
        },
        "sections": [{"code": row.code, "name": row.name, "text": row.text} for row in product.sections.all()],
        "features": [
            _feature(row)
            for row in product.features.select_related("section").prefetch_related("options").order_by("position", "pk")
        ],
        "parameters": [_parameter(row) for row in product.parameters.select_related("section")],
        "rules": [{"code": row.code, "rule": row.expression, "text": row.text} for row in product.rules.all()],
        "tables": [
            {"code": row.code, "text": row.text, "columns": row.columns, "rows": row.rows, "allowed": row.allowed}
            for row in product.tables.all()
        ],
        "items": [
            {"code": row.code, **item_content(row)}
            for row in product.items.order_by("code")
        ],
        "bill": [_bill_line(row) for row in product.billlines.select_related("parent", "item")],
    }


def item_content(item: Item) -> dict[str, Any]:
    """What an item's code stands for."""
    return {"name": item.name, "made": item.made, "unit": item.unit, "parameters": list(item.parameters)}


def _feature(row: Feature) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "section": row.section.code if row.section else "",
        "text": row.text,
        "flag": row.flag,
        "default": row.default,
        "options": [
            {"code": option.code, "name": option.name, "text": option.text, "price": str(option.price), "parts": option.parts}
            for option in row.options.all()
        ],
    }
