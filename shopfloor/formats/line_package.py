"""Reader and writer of the line package: controllers with their channels, and master recipes, as one YAML file.

    format: linewright-line/1
    controllers: [{code: PAINT, host: 127.0.0.1, port: 5021, profile: aldra-t4, channels: [PAINT-1, PAINT-2]}]
    recipes:
      - {code: paint, name: Paint a frame, phases: [hang, coat, bake],
         formula: [{name: film, value: "60 + 20 * coats", unit: um, register: u16, minimum: 40, maximum: 140}]}

A package is read whole or not at all; every fault is told with its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from foundation.documents import DocumentError, Fault, NodeReader, compose, line_of, read_text, repeated
from shopfloor.engine.codec import Kind, RegisterType

FORMAT = "linewright-line/1"


@dataclass(frozen=True, slots=True)
class FormulaEntry:
    """One value a recipe carries: an expression over the item's parameters, and the register it must fit."""

    name: str
    value: str
    unit: str = ""
    register: str = "u16"
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    scale: Decimal = Decimal(1)
    """The register holds value x scale."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RecipeEntry:
    """One master recipe, free of equipment."""

    code: str
    name: str
    formula: tuple[FormulaEntry, ...] = ()
    phases: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ControllerEntry:
    """One controller and the stations it serves, channel by channel."""

    code: str
    profile: str
    channels: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int = 502
    unit_id: int = 1
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LinePackage:
    """All that the file says."""

    controllers: tuple[ControllerEntry, ...] = ()
    recipes: tuple[RecipeEntry, ...] = ()


def read_line_package(path: Path) -> LinePackage:
    """The package in the file at `path`; raises `DocumentError`, also when the file cannot be read."""
    return parse_line_package(read_text(path), str(path))


def parse_line_package(text: str, source: str = "line package") -> LinePackage:
    """The package in `text`; raises `DocumentError` naming every fault that was found."""
    reader = _Reader()
    package = reader.package(compose(text, source))
    reader.check_codes(package)
    if reader.faults:
        raise DocumentError(source, reader.faults)
    return package


def write_line_package(package: LinePackage) -> str:
    """The package as YAML text; reading it gives the same package again."""
    document = {
        "format": FORMAT,
        "controllers": [
            {
                "code": controller.code,
                "host": controller.host,
                "port": controller.port,
                "unit_id": controller.unit_id,
                "profile": controller.profile,
                "channels": list(controller.channels),
            }
            for controller in package.controllers
        ],
        "recipes": [
            {
                "code": recipe.code,
                "name": recipe.name,
                "formula": [formula_document(entry) for entry in recipe.formula],
                "phases": list(recipe.phases),
            }
            for recipe in package.recipes
        ],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def formula_document(entry: FormulaEntry) -> dict[str, Any]:
    """The entry as JSON-able data, numbers as the file would write them."""
    document: dict[str, Any] = {
        "name": entry.name,
        "value": entry.value,
        "unit": entry.unit,
        "register": entry.register,
    }
    if entry.minimum is not None:
        document["minimum"] = _number_out(entry.minimum)
    if entry.maximum is not None:
        document["maximum"] = _number_out(entry.maximum)
    document["scale"] = _number_out(entry.scale)
    return document


def formula_entry(document: Mapping[str, Any]) -> FormulaEntry:
    """The entry that `formula_document` wrote."""
    return FormulaEntry(
        name=document["name"],
        value=document["value"],
        unit=document.get("unit", ""),
        register=document.get("register", "u16"),
        minimum=_number_in(document.get("minimum")),
        maximum=_number_in(document.get("maximum")),
        scale=_number_in(document.get("scale", 1)) or Decimal(1),
    )


def _number_out(number: Decimal) -> int | str:
    """A whole number as int, any other as text, because a float would not come back the same."""
    return int(number) if number == number.to_integral_value() else format(number, "f")


def _number_in(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


class _Reader(NodeReader):
    longest = {"code": 64, "name": 120, "host": 253, "profile": 64, "a channel": 64}

    def package(self, root: yaml.Node) -> LinePackage:
        fields = self.mapping(root, "the package", required=("format",), optional=("controllers", "recipes"))
        if "format" in fields and self.text(fields["format"], "format") != FORMAT:
            self.fault(fields["format"], f"This reader knows the format {FORMAT} only.")
        return LinePackage(
            controllers=tuple(self.controller(node) for node in self.items(fields.get("controllers"), "controllers")),
            recipes=tuple(self.recipe(node) for node in self.items(fields.get("recipes"), "recipes")),
        )

    def controller(self, node: yaml.Node) -> ControllerEntry:
        fields = self.mapping(
            node, "a controller", required=("code", "profile", "channels"), optional=("host", "port", "unit_id")
        )
        return ControllerEntry(
            code=self.text(fields.get("code"), "code"),
            profile=self.text(fields.get("profile"), "profile"),
            channels=tuple(self.text(item, "a channel") for item in self.items(fields.get("channels"), "channels")),
            host=self.text(fields["host"], "host") if "host" in fields else "127.0.0.1",
            port=self.whole(fields["port"], "port", 1, 65535) if "port" in fields else 502,
            unit_id=self.whole(fields["unit_id"], "unit_id", 0, 255) if "unit_id" in fields else 1,
            line=line_of(node),
        )

    def recipe(self, node: yaml.Node) -> RecipeEntry:
        fields = self.mapping(node, "a recipe", required=("code", "name"), optional=("formula", "phases"))
        return RecipeEntry(
            code=self.text(fields.get("code"), "code"),
            name=self.text(fields.get("name"), "name"),
            formula=tuple(self.formula(item) for item in self.items(fields.get("formula"), "formula")),
            phases=tuple(self.text(item, "a phase") for item in self.items(fields.get("phases"), "phases")),
            line=line_of(node),
        )

    def formula(self, node: yaml.Node) -> FormulaEntry:
        fields = self.mapping(
            node,
            "a formula value",
            required=("name", "value"),
            optional=("unit", "register", "minimum", "maximum", "scale"),
        )
        register = self.text(fields["register"], "register") if "register" in fields else "u16"
        try:
            if RegisterType.parse(register).kind is Kind.UUID:
                self.fault(fields["register"], "A recipe value cannot be an identifier.")
        except ValueError as error:
            self.fault(fields["register"], f"{error}.")
        minimum = self.number(fields["minimum"], "minimum") if "minimum" in fields else None
        maximum = self.number(fields["maximum"], "maximum") if "maximum" in fields else None
        scale = self.number(fields["scale"], "scale") if "scale" in fields else Decimal(1)
        if minimum is not None and maximum is not None and minimum > maximum:
            self.fault(node, f"The minimum {minimum} is above the maximum {maximum}.")
        if scale <= 0:
            self.fault(fields["scale"], f"The scale must be above 0, it is {scale}.")
        return FormulaEntry(
            name=self.text(fields.get("name"), "name"),
            value=self.text(fields.get("value"), "value"),
            unit=self.text(fields["unit"], "unit", empty=True) if "unit" in fields else "",
            register=register,
            minimum=minimum,
            maximum=maximum,
            scale=scale,
            line=line_of(node),
        )

    def check_codes(self, package: LinePackage) -> None:
        """Codes name one thing each, a station has one channel, an endpoint one controller."""
        for what, entries in (("controller", package.controllers), ("recipe", package.recipes)):
            for line, code in repeated((entry.line, entry.code) for entry in entries):
                self.faults.append(Fault(line, f"The {what} {code} is described twice."))
        for line, station in repeated(
            (entry.line, station) for entry in package.controllers for station in entry.channels
        ):
            self.faults.append(Fault(line, f"The station {station} has two channels."))
        for line, endpoint in repeated(
            (entry.line, f"{entry.host}:{entry.port}, unit {entry.unit_id}") for entry in package.controllers
        ):
            self.faults.append(Fault(line, f"Two controllers are at {endpoint}."))
        for recipe in package.recipes:
            for line, name in repeated((entry.line, entry.name) for entry in recipe.formula):
                self.faults.append(Fault(line, f"The recipe {recipe.code} has two values named {name}."))
