"""The product package: all knowledge of one product, as frozen values.

Read from YAML by package_yaml.py, checked by package_document.py. docs/reference/product_package.md is the schema.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from configurator.engine.bill import BillLine, Item
from configurator.engine.expressions import Literal, Value
from configurator.engine.model import Model, Rule, Table, Variable
from configurator.formats.rule_language import parse_expression
from configurator.formats.rule_meaning import resolve

PACKAGE_FORMAT = "linewright-product/1"
MINOR_UNITS = 100
"""Prices inside the engine are whole hundredths of the currency."""


@dataclass(frozen=True, slots=True)
class ProductHeader:
    """The product itself; `base_price` is what it costs before any option, tax included."""

    code: str
    name: str
    root_item: str
    text: str = ""
    currency: str = "EUR"
    base_price: Decimal = Decimal("0.00")
    picture: str = ""


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A group of features under one heading."""

    code: str
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """One possible answer of a feature; `parts` are the names of the picture's layers it shows."""

    code: str
    name: str
    text: str = ""
    price: Decimal = Decimal("0.00")
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureEntry:
    """A question with options, of which exactly one holds; or, with `flag`, a yes-or-no question.

    A flag's own `price` and `parts` are those of yes.
    """

    code: str
    name: str
    section: str
    text: str = ""
    default: str | bool | None = None
    options: tuple[OptionEntry, ...] = ()
    flag: bool = False
    price: Decimal = Decimal("0.00")
    parts: tuple[str, ...] = ()

    def answers(self) -> tuple[tuple[Value, OptionEntry], ...]:
        """Every value with the option that describes it; a flag's are false and true, called No and Yes."""
        if self.flag:
            yes = OptionEntry("true", "Yes", "", self.price, self.parts)
            return ((False, OptionEntry("false", "No")), (True, yes))
        return tuple((option.code, option) for option in self.options)


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A question answered by a number of steps of a unit."""

    code: str
    name: str
    section: str
    minimum: int
    maximum: int
    text: str = ""
    unit: str = ""
    step: int = 1
    default: int | None = None

    def values(self) -> tuple[int, ...]:
        """All numbers that can be chosen, smallest first."""
        return tuple(range(self.minimum, self.maximum + 1, self.step))


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule in the rule language, with the sentence a customer reads."""

    code: str
    rule: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """Allowed (or forbidden) combinations of the columns' values."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    text: str = ""
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class BillEntry:
    """A line of the 150 % bill; quantity, condition and parameters are in the rule language, `scrap` is per cent."""

    parent: str
    item: str
    quantity: str = "1"
    condition: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    one_of: str = ""
    scrap: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ExampleEntry:
    """Choices that must be sold as long as the product is, or, with sold=False, must be refused."""

    code: str
    text: str = ""
    choices: Mapping[str, Value] = field(default_factory=dict)
    sold: bool = True


@dataclass(frozen=True, slots=True)
class ProductPackage:
    """Everything about one product, complete in itself and checked when it was read."""

    product: ProductHeader
    sections: tuple[SectionEntry, ...] = ()
    features: tuple[FeatureEntry, ...] = ()
    parameters: tuple[ParameterEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    tables: tuple[TableEntry, ...] = ()
    items: tuple[Item, ...] = ()
    lines: tuple[BillEntry, ...] = ()
    examples: tuple[ExampleEntry, ...] = ()

    def vocabulary(self) -> Model:
        """The features and parameters alone, without anything that restricts them."""
        answers = [Variable(feature.code, tuple(value for value, _ in feature.answers())) for feature in self.features]
        numbers = [Variable(entry.code, entry.values(), entry.unit) for entry in self.parameters]
        return Model(self.product.code, (*answers, *numbers))

    def to_model(self) -> Model:
        """What the configuration engine compiles."""
        vocabulary = self.vocabulary()
        rules = tuple(
            Rule(entry.code, resolve(parse_expression(entry.rule, entry.code), vocabulary, kind=bool), entry.text)
            for entry in self.rules
        )
        tables = tuple(Table(entry.code, entry.columns, entry.rows, entry.text, entry.allowed) for entry in self.tables)
        return Model(self.product.code, vocabulary.variables, rules, tables)

    def bill(self) -> tuple[str, tuple[Item, ...], tuple[BillLine, ...]]:
        """Root item, items and lines for `engine.bill.explode`."""
        vocabulary = self.vocabulary()
        parameters_of = {item.code: item.parameters for item in self.items}

        lines = []
        for entry in self.lines:
            names = parameters_of.get(entry.parent, ())
            condition = resolve(parse_expression(entry.condition), vocabulary, names, bool) if entry.condition else None
            lines.append(
                BillLine(
                    entry.parent,
                    entry.item,
                    resolve(parse_expression(entry.quantity), vocabulary, names, int),
                    None if condition == Literal(True) else condition,
                    {
                        name: resolve(parse_expression(formula), vocabulary, names)
                        for name, formula in entry.parameters.items()
                    },
                    entry.one_of,
                    entry.scrap,
                )
            )
        return self.product.root_item, self.items, tuple(lines)

    def prices(self) -> dict[tuple[str, Value], int]:
        """What each value adds to the base price, in hundredths of the currency; nought is left out."""
        return {
            (feature.code, value): minor_units(option.price)
            for feature in self.features
            for value, option in feature.answers()
            if option.price
        }

    def defaults(self) -> dict[str, Value]:
        """The values a fresh configuration shows, in the order of the features; they are preferences, not choices."""
        entries: tuple[FeatureEntry | ParameterEntry, ...] = (*self.features, *self.parameters)
        return {entry.code: entry.default for entry in entries if entry.default is not None}

    def to_document(self) -> dict[str, Any]:
        """Plain lists, dictionaries, texts, numbers and booleans; the same package always gives the same document."""
        document = {
            "format": PACKAGE_FORMAT,
            "product": _entry(self.product),
            "sections": [_entry(section) for section in self.sections],
            "features": [
                _entry(feature)
                | ({"options": [_entry(option) for option in feature.options]} if feature.options else {})
                for feature in self.features
            ],
            "parameters": [_entry(parameter) for parameter in self.parameters],
            "rules": [_entry(rule) for rule in self.rules],
            "tables": [_entry(table) | {"rows": [list(row) for row in table.rows]} for table in self.tables],
            "items": [_entry(item) for item in self.items],
            "bill": [_bill_entry(line) for line in self.lines],
            "examples": [_entry(example) for example in self.examples],
        }
        return {key: value for key, value in document.items() if value != []}

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> "ProductPackage":
        """The package of a document; raises PackageError with every mistake in it."""
        from configurator.formats.package_document import package_from_document  # it builds this class

        return package_from_document(document)

    @staticmethod
    def from_stored(document: Mapping[str, Any]) -> "ProductPackage":
        """The package of a document that was checked before it was stored: no rule or formula is read."""
        from configurator.formats.package_document import package_from_stored  # it builds this class

        return package_from_stored(document)

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON of the document, in hexadecimal."""
        text = json.dumps(self.to_document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def minor_units(amount: Decimal) -> int:
    """The amount in hundredths; prices have at most two decimals."""
    return int(amount * MINOR_UNITS)


def major_units(amount: int) -> Decimal:
    """The amount of the engine as money again, with two decimals."""
    return (Decimal(amount) / MINOR_UNITS).quantize(Decimal("0.01"))


_REQUIRED = {"code", "name", "section", "minimum", "maximum", "rule", "columns", "root_item", "made"}


def _entry(entry: Any) -> dict[str, Any]:
    """The fields that say something: those required, and those that differ from their default."""
    shown: dict[str, Any] = {}
    for name, definition in type(entry).__dataclass_fields__.items():
        value = getattr(entry, name)
        if name in _REQUIRED or value != definition.default:
            if isinstance(value, Decimal):
                value = str(value)
            shown[name] = list(value) if isinstance(value, tuple) else value
    return shown


def _bill_entry(line: BillEntry) -> dict[str, Any]:
    shown: dict[str, Any] = {"parent": line.parent, "item": line.item, "quantity": line.quantity}
    if line.one_of:
        shown["one_of"] = line.one_of
    if line.condition:
        shown["when"] = line.condition
    if line.scrap:
        shown["scrap"] = str(line.scrap)
    if line.parameters:
        shown["with"] = dict(line.parameters)
    return shown
