"""The draft tables of a product as a product package, and back."""

from collections.abc import Sequence
from typing import Any

from configurator.engine import Item as EngineItem
from configurator.engine import Model, Variable
from configurator.formats.product_package import PACKAGE_FORMAT, FeatureEntry, ProductPackage
from configurator.models import (
    BillLine,
    Example,
    Feature,
    Item,
    Option,
    Parameter,
    Product,
    ProductItem,
    Rule,
    Section,
    Table,
)


def draft_package(product: Product) -> ProductPackage:
    """The package that a product's draft tables hold; raises `PackageError` with every mistake in them."""
    return ProductPackage.from_document(draft_document(product))


def draft_vocabulary(product: Product) -> Model:
    """The features and parameters of a draft, without anything that restricts them; raises `ModelError`."""
    variables = []
    for feature in product.features.prefetch_related("options"):
        codes = tuple(option.code for option in feature.options.all())
        variables.append(Variable(feature.code, (False, True) if feature.flag else codes))
    for row in product.parameters.all():
        variables.append(Variable(row.code, tuple(range(row.minimum, row.maximum + 1, row.step)), row.unit))
    return Model(product.code, tuple(variables))


def draft_document(product: Product) -> dict[str, Any]:
    """The draft tables as the document that a package file holds, in a constant number of queries."""
    lines = list(product.billlines.select_related("parent", "item"))
    return {
        "format": PACKAGE_FORMAT,
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
        "features": [_feature(row) for row in product.features.select_related("section").prefetch_related("options")],
        "parameters": [_parameter(row) for row in product.parameters.select_related("section")],
        "rules": [{"code": row.code, "rule": row.expression, "text": row.text} for row in product.rules.all()],
        "tables": [
            {"code": row.code, "text": row.text, "columns": row.columns, "rows": row.rows, "allowed": row.allowed}
            for row in product.tables.all()
        ],
        "items": [_item(item) for item in _items(product, lines)],
        "bill": [_bill_line(row) for row in lines],
        "examples": [
            {"code": row.code, "text": row.text, "choices": row.choices, "sold": row.sold}
            for row in product.examples.all()
        ],
    }


def _feature(row: Feature) -> dict[str, Any]:
    document: dict[str, Any] = {"code": row.code, "name": row.name, "section": row.section.code, "text": row.text}
    if row.flag:
        return {
            **document,
            "flag": True,
            "default": row.default == "true",
            "price": str(row.price),
            "parts": row.parts,
        }
    options = [
        {
            "code": option.code,
            "name": option.name,
            "text": option.text,
            "price": str(option.price),
            "parts": option.parts,
        }
        for option in row.options.all()
    ]
    return {**document, "default": row.default, "options": options}


def _parameter(row: Parameter) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": row.code,
        "name": row.name,
        "section": row.section.code,
        "text": row.text,
        "unit": row.unit,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "step": row.step,
    }
    return document if row.default is None else {**document, "default": row.default}


def _items(product: Product, lines: Sequence[BillLine]) -> list[Item]:
    """The items listed for the product, then those that only its bill names."""
    listed = {row.item.code: row.item for row in product.productitems.select_related("item")}
    named = {item.code: item for line in lines for item in (line.parent, line.item)}
    return list({**listed, **named}.values())


def _item(row: Item) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "made": row.made,
        "unit": row.unit,
        "parameters": list(row.parameters),
        "phantom": row.phantom,
        "scrap": str(row.scrap),
    }


def _bill_line(row: BillLine) -> dict[str, Any]:
    return {
        "parent": row.parent.code,
        "item": row.item.code,
        "quantity": row.quantity,
        "when": row.condition,
        "with": dict(row.parameters),
        "one_of": row.one_of,
        "scrap": str(row.scrap),
    }


def engine_item(row: Item) -> EngineItem:
    """What an item's code stands for."""
    return EngineItem(row.code, row.name, row.made, row.unit, tuple(row.parameters), row.phantom, row.scrap)


def draft_replace(product: Product, package: ProductPackage) -> None:
    """Make the draft tables hold exactly this package; items are written as they are, shared or not."""
    header = package.product
    for field in ("name", "text", "currency", "base_price", "root_item", "picture"):
        setattr(product, field, getattr(header, field))
    product.save()
    for rows in (Example, BillLine, ProductItem, Table, Rule, Parameter, Feature, Section):
        rows.objects.filter(product=product).delete()
    sections = {
        row.code: row
        for row in Section.objects.bulk_create(
            Section(product=product, position=position, code=entry.code, name=entry.name, text=entry.text)
            for position, entry in enumerate(package.sections)
        )
    }
    _features_write(product, package, sections)
    Rule.objects.bulk_create(
        Rule(product=product, position=position, code=entry.code, expression=entry.rule, text=entry.text)
        for position, entry in enumerate(package.rules)
    )
    Table.objects.bulk_create(
        Table(
            product=product,
            position=position,
            code=entry.code,
            text=entry.text,
            columns=list(entry.columns),
            rows=[list(row) for row in entry.rows],
            allowed=entry.allowed,
        )
        for position, entry in enumerate(package.tables)
    )
    _bill_write(product, package)
    Example.objects.bulk_create(
        Example(
            product=product,
            position=position,
            code=entry.code,
            text=entry.text,
            choices=dict(entry.choices),
            sold=entry.sold,
        )
        for position, entry in enumerate(package.examples)
    )


def _features_write(product: Product, package: ProductPackage, sections: dict[str, Section]) -> None:
    features = Feature.objects.bulk_create(
        Feature(
            product=product,
            position=position,
            section=sections[entry.section],
            code=entry.code,
            name=entry.name,
            text=entry.text,
            flag=entry.flag,
            default=_default_text(entry),
            price=entry.price,
            parts=list(entry.parts),
        )
        for position, entry in enumerate(package.features)
    )
    Option.objects.bulk_create(
        Option(
            feature=feature,
            position=position,
            code=option.code,
            name=option.name,
            text=option.text,
            price=option.price,
            parts=list(option.parts),
        )
        for feature, entry in zip(features, package.features, strict=True)
        for position, option in enumerate(entry.options)
    )
    Parameter.objects.bulk_create(
        Parameter(
            product=product,
            position=position,
            section=sections[entry.section],
            code=entry.code,
            name=entry.name,
            text=entry.text,
            unit=entry.unit,
            minimum=entry.minimum,
            maximum=entry.maximum,
            step=entry.step,
            default=entry.default,
        )
        for position, entry in enumerate(package.parameters)
    )


def _default_text(entry: FeatureEntry) -> str:
    if entry.default is None:
        return ""
    return str(entry.default).lower() if isinstance(entry.default, bool) else entry.default


def _bill_write(product: Product, package: ProductPackage) -> None:
    Item.objects.bulk_create(
        [
            Item(
                code=item.code,
                name=item.name,
                made=item.made,
                unit=item.unit,
                parameters=list(item.parameters),
                phantom=item.phantom,
                scrap=item.scrap,
            )
            for item in package.items
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "made", "unit", "parameters", "phantom", "scrap"],
    )
    items = Item.objects.in_bulk([item.code for item in package.items], field_name="code")
    ProductItem.objects.bulk_create(
        ProductItem(product=product, position=position, item=items[item.code])
        for position, item in enumerate(package.items)
    )
    BillLine.objects.bulk_create(
        BillLine(
            product=product,
            position=position,
            parent=items[line.parent],
            item=items[line.item],
            quantity=line.quantity,
            condition=line.condition,
            parameters=dict(line.parameters),
            one_of=line.one_of,
            scrap=line.scrap,
        )
        for position, line in enumerate(package.lines)
    )
