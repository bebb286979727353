"""From a plain document to a checked product package: all mistakes in one answer."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from configurator.engine.bill import BillLine, Item, find_cycle, growth_by
from configurator.engine.errors import BadBillLine, ModelError, suggestion
from configurator.engine.expressions import Literal, Value
from configurator.engine.model import VALUE_LIMIT, Model
from configurator.formats.document_reader import NAME_LIMIT, DocumentReader, Path, kind_of
from configurator.formats.findings import PackageError
from configurator.formats.product_package import (
    PACKAGE_FORMAT,
    BillEntry,
    ExampleEntry,
    FeatureEntry,
    OptionEntry,
    ParameterEntry,
    ProductHeader,
    ProductPackage,
    RuleEntry,
    SectionEntry,
    TableEntry,
)
from configurator.formats.rule_language import RuleSyntaxError, parse_expression
from configurator.formats.rule_meaning import Kind, MeaningError, position_of, resolve

LISTS = ("sections", "features", "parameters", "rules", "tables", "items", "bill", "examples")
"""The parts of a package that an included file may bring."""


def package_from_document(document: Mapping[str, Any], reader: DocumentReader | None = None) -> ProductPackage:
    """The package a document says; raises PackageError that names every mistake with its place."""
    reader = reader or DocumentReader()
    package = _Parts(reader, reader.mapping(dict(document), (), {"format", "product", *LISTS})).package()
    if not reader.findings:
        _check_meaning(package, reader)
    if reader.findings:
        raise PackageError(sorted(reader.findings))
    return package


def package_from_stored(document: Mapping[str, Any]) -> ProductPackage:
    """The package of a document that `to_document` gave for a checked package; what it means is not checked again."""
    reader = DocumentReader()
    package = _Parts(reader, dict(document)).package()
    if reader.findings:
        raise PackageError(sorted(reader.findings))
    return package


class _Parts:
    """Each method reads one list; what is wrong is noted and reading goes on."""

    def __init__(self, reader: DocumentReader, document: dict[str, Any]) -> None:
        self.reader, self.document = reader, document

    def package(self) -> ProductPackage:
        written = self.document.get("format")
        if written != PACKAGE_FORMAT:
            self.reader.fail(("format",), f"format must be {PACKAGE_FORMAT}, not {written or 'missing'}")
        if "product" not in self.document:
            self.reader.fail((), "product is missing")
        return ProductPackage(
            self.header(),
            tuple(self.section(*each) for each in self.reader.entries(self.document, "sections")),
            tuple(self.feature(*each) for each in self.reader.entries(self.document, "features")),
            tuple(self.parameter(*each) for each in self.reader.entries(self.document, "parameters")),
            tuple(self.rule(*each) for each in self.reader.entries(self.document, "rules")),
            tuple(self.table(*each) for each in self.reader.entries(self.document, "tables")),
            tuple(self.item(*each) for each in self.reader.entries(self.document, "items")),
            tuple(self.line(*each) for each in self.reader.entries(self.document, "bill")),
            tuple(self.example(*each) for each in self.reader.entries(self.document, "examples")),
        )

    def header(self) -> ProductHeader:
        read, path = self.reader, ("product",)
        known = {"code", "name", "text", "currency", "base_price", "root_item", "picture"}
        entry = read.mapping(self.document.get("product", {}), path, known)
        currency = read.text(entry, path, "currency") or "EUR"
        if len(currency) != 3 or not currency.isascii() or not currency.isupper():
            read.fail((*path, "currency"), f"currency {currency} is not a code of three capital letters such as EUR")
        price = read.price(entry, path, "base_price")
        if price < 0:
            read.fail((*path, "base_price"), f"base_price {price} is less than nothing")
        code = read.required(entry, path, "code")
        if code and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", code):
            text = f"code {code} stands in addresses: up to 50 letters a to z, digits, hyphens and underscores"
            read.fail((*path, "code"), text)
        return ProductHeader(
            code,
            read.required(entry, path, "name", NAME_LIMIT),
            read.required(entry, path, "root_item"),
            read.text(entry, path, "text"),
            currency,
            price,
            read.text(entry, path, "picture"),
        )

    def section(self, path: Path, value: object) -> SectionEntry:
        read = self.reader
        entry = read.mapping(value, path, {"code", "name", "text"})
        code = read.required(entry, path, "code")
        return SectionEntry(code, read.required(entry, path, "name", NAME_LIMIT), read.text(entry, path, "text"))

    def feature(self, path: Path, value: object) -> FeatureEntry:
        read = self.reader
        known = {"code", "name", "section", "text", "default", "options", "flag", "price", "parts"}
        entry = read.mapping(value, path, known)
        flag = read.boolean(entry, path, "flag", False)
        options = tuple(self.option(*each) for each in read.entries(entry, "options", path))
        if flag and "options" in entry:
            read.fail((*path, "options"), "a flag has no options: it is yes or no")
        if not flag and not options:
            read.fail(path, "a feature needs at least one option, or flag: true")
        for key in ("price", "parts"):
            if key in entry and not flag:
                read.fail((*path, key), f"{key} stands on the options; only a flag has its own")
        return FeatureEntry(
            read.required(entry, path, "code"),
            read.required(entry, path, "name", NAME_LIMIT),
            read.required(entry, path, "section"),
            read.text(entry, path, "text"),
            read.boolean(entry, path, "default", False) if flag else read.text(entry, path, "default") or None,
            options,
            flag,
            read.price(entry, path, "price"),
            read.words(entry, path, "parts"),
        )

    def option(self, path: Path, value: object) -> OptionEntry:
        read = self.reader
        entry = read.mapping(value, path, {"code", "name", "text", "price", "parts"})
        return OptionEntry(
            read.required(entry, path, "code"),
            read.required(entry, path, "name", NAME_LIMIT),
            read.text(entry, path, "text"),
            read.price(entry, path, "price"),
            read.words(entry, path, "parts"),
        )

    def parameter(self, path: Path, value: object) -> ParameterEntry:
        read = self.reader
        known = {"code", "name", "section", "text", "unit", "minimum", "maximum", "step", "default"}
        entry = read.mapping(value, path, known)
        before = len(read.findings)
        for key in ("minimum", "maximum"):
            if key not in entry:
                read.fail(path, f"{key} is missing: a parameter is bounded")
        minimum = read.integer(entry, path, "minimum", 0) or 0
        maximum = read.integer(entry, path, "maximum", 0) or 0
        step = read.integer(entry, path, "step", 1)
        parameter = ParameterEntry(
            read.required(entry, path, "code"),
            read.required(entry, path, "name", NAME_LIMIT),
            read.required(entry, path, "section"),
            minimum,
            max(minimum, maximum),
            read.text(entry, path, "text"),
            read.text(entry, path, "unit"),
            step if step and step > 0 else 1,
            read.integer(entry, path, "default", None),
        )
        if len(read.findings) > before:
            return parameter  # a range that was not read needs no second sentence
        if maximum < minimum:
            read.fail((*path, "maximum"), f"maximum {maximum} is below minimum {minimum}")
        elif step is not None and step < 1:
            read.fail((*path, "step"), f"step {step} must be at least 1")
        elif (maximum - minimum) % parameter.step:
            read.fail((*path, "step"), f"step {step} does not divide the range {minimum} to {maximum}")
        elif (maximum - minimum) // parameter.step + 1 > VALUE_LIMIT:
            count = (maximum - minimum) // parameter.step + 1
            read.fail(path, f"{parameter.code} has {count:,} values, {VALUE_LIMIT:,} are allowed: choose a larger step")
        elif parameter.default is not None and (
            not minimum <= parameter.default <= maximum or (parameter.default - minimum) % parameter.step
        ):
            read.fail((*path, "default"), f"default {parameter.default} is not one of the values of {parameter.code}")
        return parameter

    def rule(self, path: Path, value: object) -> RuleEntry:
        read = self.reader
        entry = read.mapping(value, path, {"code", "rule", "text"})
        code, text = read.required(entry, path, "code"), read.required(entry, path, "text", 20_000)
        return RuleEntry(code, read.required(entry, path, "rule", 20_000), text)

    def table(self, path: Path, value: object) -> TableEntry:
        read = self.reader
        entry = read.mapping(value, path, {"code", "text", "columns", "rows", "allowed"})
        code, columns = read.required(entry, path, "code"), read.words(entry, path, "columns")
        if not columns or len(set(columns)) != len(columns):
            read.fail((*path, "columns"), "columns must be different features, at least one")
        rows: list[tuple[Value, ...]] = []
        for place, row in read.entries(entry, "rows", path):
            if not isinstance(row, list) or len(row) != len(columns):
                count = f"{len(row)} values" if isinstance(row, list) else "no list of values"
                read.fail(place, f"a row of {code} has {count} where {len(columns)} columns stand")
            elif not all(isinstance(cell, bool | int | str) for cell in row):
                read.fail(place, f"a row of {code} holds something that is not a word, a whole number, true or false")
            else:
                rows.append(tuple(row))
        if not rows:
            read.fail(path, f"table {code} has no rows")
        text = read.required(entry, path, "text", 20_000)
        return TableEntry(code, columns, tuple(rows), text, read.boolean(entry, path, "allowed", True))

    def item(self, path: Path, value: object) -> Item:
        read = self.reader
        entry = read.mapping(value, path, {"code", "name", "made", "unit", "parameters", "phantom", "scrap"})
        parameters = read.words(entry, path, "parameters")
        if len(set(parameters)) != len(parameters):
            read.fail((*path, "parameters"), "a parameter stands here twice")
        made, phantom = read.boolean(entry, path, "made", False), read.boolean(entry, path, "phantom", False)
        if phantom and not made:
            read.fail((*path, "phantom"), "a phantom is an assembly: say made: true, so that it can have bill lines")
        return Item(
            read.required(entry, path, "code"),
            read.required(entry, path, "name", NAME_LIMIT),
            made,
            read.text(entry, path, "unit") or "piece",
            parameters,
            phantom,
            self.scrap(entry, path),
        )

    def line(self, path: Path, value: object) -> BillEntry:
        read = self.reader
        entry = read.mapping(value, path, {"parent", "item", "quantity", "when", "with", "one_of", "scrap"})
        passed = entry.get("with") or {}
        if not isinstance(passed, dict):
            read.fail((*path, "with"), "with must be parameters with formulas")
            passed = {}
        return BillEntry(
            read.required(entry, path, "parent"),
            read.required(entry, path, "item"),
            self.formula(entry, path, "quantity") or "1",
            self.formula(entry, path, "when"),
            {str(name): self.formula(passed, (*path, "with"), name) for name in passed},
            read.text(entry, path, "one_of", NAME_LIMIT),
            self.scrap(entry, path),
        )

    def scrap(self, entry: Mapping[str, Any], path: Path) -> Decimal:
        """The per cent of what is taken that is lost: from 0 up to 100, with at most two decimals."""
        value = entry.get("scrap", "0.00")
        wanted = 'scrap must be a per cent such as "2.5"'
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self.reader.fail((*path, "scrap"), f"{wanted}, not {kind_of(value)}")
            return Decimal("0.00")
        try:
            per_cent = Decimal(value)
            growth_by(per_cent)
        except (InvalidOperation, BadBillLine):
            self.reader.fail((*path, "scrap"), f"{wanted}, from 0 up to 100 with at most two decimals, not {value}")
            return Decimal("0.00")
        return per_cent.quantize(Decimal("0.01"))

    def example(self, path: Path, value: object) -> ExampleEntry:
        read = self.reader
        entry = read.mapping(value, path, {"code", "text", "choices", "sold"})
        choices = entry.get("choices")
        if not isinstance(choices, dict) or not choices:
            read.fail((*path, "choices"), "choices must be features with a value each, at least one")
            choices = {}
        return ExampleEntry(
            read.required(entry, path, "code"),
            read.text(entry, path, "text"),
            {str(name): chosen for name, chosen in choices.items()},
            read.boolean(entry, path, "sold", True),
        )

    def formula(self, entry: Mapping[str, Any], path: Path, key: str) -> str:
        """A formula is text; a bare number, true or false is a formula too."""
        value = entry.get(key)
        if isinstance(value, bool | int):
            return str(value).lower()
        return self.reader.text(entry, path, key).strip()


def _check_meaning(package: ProductPackage, reader: DocumentReader) -> None:
    """Codes are unique, and everything named exists; notes findings."""
    unique: tuple[tuple[str, list[tuple[Path, str]]], ...] = (
        ("section", _codes("sections", package.sections)),
        ("feature", _codes("features", package.features) + _codes("parameters", package.parameters)),
        ("rule", _codes("rules", package.rules) + _codes("tables", package.tables)),
        ("item", _codes("items", package.items)),
        ("example", _codes("examples", package.examples)),
        *(
            (f"option of {feature.code}", _codes(("features", index, "options"), feature.options))
            for index, feature in enumerate(package.features)
        ),
    )
    for kind, codes in unique:
        seen: set[str] = set()
        for path, code in codes:
            if code in seen:
                reader.fail((*path, "code"), f"the {kind} {code} is there twice")
            seen.add(code)
    if reader.findings:
        return
    _check_features(package, reader)
    vocabulary = package.vocabulary()
    for index, rule in enumerate(package.rules):
        _check_formula(reader, ("rules", index, "rule"), rule.rule, vocabulary, (), bool)
    for index, table in enumerate(package.tables):
        _check_table(reader, ("tables", index), table, vocabulary)
    for index, example in enumerate(package.examples):
        for name, value in example.choices.items():
            _check_choice(reader, ("examples", index, "choices", name), vocabulary, name, value)
    _check_bill(package, reader, vocabulary)


def _codes(key: str | Path, entries: tuple[Any, ...]) -> list[tuple[Path, str]]:
    path: Path = (key,) if isinstance(key, str) else key
    return [((*path, index), entry.code) for index, entry in enumerate(entries)]


def _check_features(package: ProductPackage, reader: DocumentReader) -> None:
    sections = {section.code for section in package.sections}
    lowest = package.product.base_price
    for index, feature in enumerate(package.features):
        path: Path = ("features", index)
        if feature.section not in sections:
            reader.fail((*path, "section"), _unknown("section", feature.section, sections))
        codes = {option.code for option in feature.options}
        if not feature.flag and feature.default is not None and feature.default not in codes:
            text = f"default {feature.default} is not an option of {feature.code}"
            nearest = suggestion(str(feature.default), codes)
            reader.fail((*path, "default"), text + (f"; did you mean {nearest}?" if nearest else ""))
        lowest += min((option.price for _, option in feature.answers()), default=Decimal(0))
    for index, parameter in enumerate(package.parameters):
        if parameter.section not in sections:
            reader.fail(("parameters", index, "section"), _unknown("section", parameter.section, sections))
    if lowest < 0:
        reader.fail(("product", "base_price"), f"with the cheapest options the product would cost {lowest}")


def _unknown(kind: str, code: str, known: set[str]) -> str:
    nearest = suggestion(code, known)
    return f"there is no {kind} {code}" + (f"; did you mean {nearest}?" if nearest else "")


def _check_formula(
    reader: DocumentReader, path: Path, text: str, vocabulary: Model, parameters: tuple[str, ...], kind: Kind
) -> None:
    try:
        expression = resolve(parse_expression(text), vocabulary, parameters, kind)
    except RuleSyntaxError as error:
        reader.fail(path, error.text, (error.line, error.column))
    except MeaningError as error:
        reader.fail(path, str(error), position_of(error))
    else:
        if kind is int and isinstance(expression, Literal) and isinstance(expression.value, int):
            if expression.value < 0:
                reader.fail(path, f"the quantity {expression.value} is less than nothing")
            elif expression.value > 1_000_000:
                reader.fail(path, f"the quantity {expression.value:,} is more than 1,000,000")


def _check_table(reader: DocumentReader, path: Path, table: TableEntry, vocabulary: Model) -> None:
    domains: list[dict[Value, type]] = []
    for index, column in enumerate(table.columns):
        try:
            domains.append({value: type(value) for value in vocabulary.domain(column)})
        except ModelError as error:
            reader.fail((*path, "columns", index), str(error))
            return
    for row_index, row in enumerate(table.rows):
        for column_index, (column, domain, value) in enumerate(zip(table.columns, domains, row)):
            if domain.get(value) is not type(value):
                nearest = suggestion(str(value), [str(other) for other in domain])
                text = f"{column} has no value {value}" + (f"; did you mean {nearest}?" if nearest else "")
                reader.fail((*path, "rows", row_index, column_index), text)


def _check_choice(reader: DocumentReader, path: Path, vocabulary: Model, name: str, value: Value) -> None:
    try:
        domain = vocabulary.domain(name)
    except ModelError as error:
        reader.fail(path, str(error))
        return
    if not any(type(value) is type(other) and value == other for other in domain):
        nearest = suggestion(str(value), [str(other) for other in domain])
        reader.fail(path, f"{name} has no value {value}" + (f"; did you mean {nearest}?" if nearest else ""))


def _check_bill(package: ProductPackage, reader: DocumentReader, vocabulary: Model) -> None:
    items = {item.code: item for item in package.items}
    known = set(items)
    root = items.get(package.product.root_item)
    if root is None:
        reader.fail(("product", "root_item"), _unknown("item", package.product.root_item, known))
    else:
        if root.phantom:
            reader.fail(("product", "root_item"), f"{root.code} is a phantom: what is sold is made by itself")
        for name in root.parameters:
            if not vocabulary.has(name):
                text = f"{root.code} needs the parameter {name}, and no feature is called so"
                reader.fail(("product", "root_item"), text)
    for index, line in enumerate(package.lines):
        path: Path = ("bill", index)
        parent, item = items.get(line.parent), items.get(line.item)
        if parent is None:
            reader.fail((*path, "parent"), _unknown("item", line.parent, known))
        elif not parent.made:
            reader.fail((*path, "parent"), f"{line.parent} is bought: only a made item has bill lines")
        if item is None:
            reader.fail((*path, "item"), _unknown("item", line.item, known))
        names = parent.parameters if parent else ()

        def check(key: Path, text: str, kind: Kind, names: tuple[str, ...] = names, path: Path = path) -> None:
            _check_formula(reader, (*path, *key), text, vocabulary, names, kind)

        check(("quantity",), line.quantity, int)
        if line.condition:
            check(("when",), line.condition, bool)
        if item is not None:
            _check_passed(reader, path, line, item, check)
    _check_alternatives(package, reader)
    cycle = find_cycle([BillLine(line.parent, line.item, Literal(1)) for line in package.lines])
    if cycle:
        place = next(
            index for index, line in enumerate(package.lines) if (line.parent, line.item) == (cycle[0], cycle[1])
        )
        reader.fail(("bill", place), "an item contains itself: " + " > ".join(cycle))


def _check_alternatives(package: ProductPackage, reader: DocumentReader) -> None:
    """Refuse an alternative behind one that has no condition: it can never be taken."""
    settled: set[tuple[str, str]] = set()
    for index, line in enumerate(package.lines):
        group = (line.parent, line.one_of)
        if line.one_of and group in settled:
            text = f"it can never be taken: an earlier alternative of {line.one_of} has no condition"
            reader.fail(("bill", index, "one_of"), text)
        elif line.one_of and line.condition in ("", "true"):
            settled.add(group)


def _check_passed(
    reader: DocumentReader, path: Path, line: BillEntry, item: Item, check: Callable[[Path, str, Kind], None]
) -> None:
    for name in item.parameters:
        if name not in line.parameters:
            reader.fail(path, f"{item.code} needs the parameter {name}: say it under with")
    for name, formula in line.parameters.items():
        if name not in item.parameters:
            text = f"{item.code} has no parameter {name}"
            nearest = suggestion(name, item.parameters)
            reader.fail((*path, "with", name), text + (f"; did you mean {nearest}?" if nearest else ""))
        else:
            check(("with", name), formula, None)
